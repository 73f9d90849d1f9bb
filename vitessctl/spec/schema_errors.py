"""What the schema has against a spec: jsonschema's errors, taken apart as far as they lead.

Only here is jsonschema imported, and only after the quick check has said no.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vitessctl.spec import schema as schemas
from vitessctl.spec.node import Node
from vitessctl.spec.sentences import Failure, Fault, written

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


def faults(root: Node) -> Iterator[Fault]:
    """Everything in a tree that does not fit the schema."""
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(schemas.load()).iter_errors(root.plain()):
        for leaf in _leaves(error):
            yield from written(_failure(leaf, root))


def _failure(error: Any, root: Node) -> Failure:
    path = tuple(error.absolute_path)
    of_name = "propertyNames" in error.absolute_schema_path
    return Failure(
        error.validator, error.validator_value, error.schema, error.instance, path, root, of_name, error.message
    )


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors behind an error: of an anyOf those of the branch that was meant, by the type of the value."""
    if error.validator != "anyOf" or not error.context:
        yield error
        return
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    meant = [inner for inner in branches.values() if not any(_is_wrong_type(one, error) for one in inner)]
    if len(meant) != 1:
        yield error
        return
    for inner in meant[0]:
        yield from _leaves(inner)


def _is_wrong_type(inner: ValidationError, outer: ValidationError) -> bool:
    return inner.validator == "type" and inner.absolute_path == outer.absolute_path
