"""Options that belong together: a dataclass, which a command takes as one parameter.

Typer knows only parameters that are one option each, so a command that says which cluster it is for would have to
write out seven of them, and put them together again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """The command as typer wants it: in place of each parameter that is a dataclass, the fields of that dataclass.

    The annotations of the fields are those of options, and each field has a default.
    """
    hints = get_type_hints(command, include_extras=True)
    own = {name: hints[name] for name in signature(command).parameters}
    groups = {name: kind for name, kind in own.items() if isinstance(kind, type) and is_dataclass(kind)}

    @wraps(command)
    def flat(**given: Any) -> None:
        for name, kind in groups.items():
            members = {field.name: given.pop(field.name) for field in fields(kind) if field.name in given}
            given[name] = kind(**members)
        command(**given)

    parameters = list(_flattened(command, own, groups))
    flat.__annotations__ = {each.name: each.annotation for each in parameters}
    flat.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return flat


def _flattened(command: Callable[..., None], own: Mapping[str, Any], groups: Mapping[str, type]) -> Iterator[Parameter]:
    for name, parameter in signature(command).parameters.items():
        if name not in groups:
            yield parameter.replace(kind=Parameter.KEYWORD_ONLY, annotation=own[name])
            continue
        kinds = get_type_hints(groups[name], include_extras=True)
        for field in fields(groups[name]):
            yield Parameter(field.name, Parameter.KEYWORD_ONLY, default=field.default, annotation=kinds[field.name])
