"""`-e` and `--image`: what the command line says over everything else.

`-e key=value`, with dots to go deeper; the value is one YAML scalar, or a list or map if it begins with a
bracket. `-e '{a: 1}'` and `-e @file` give a whole map. A name of the spec sets the spec, any other a variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence, Set
from pathlib import Path

from vitessctl.errors import Place, SpecError
from vitessctl.spec import scalars, schema
from vitessctl.spec.expressions import names_used
from vitessctl.spec.groups import COMPONENT_GROUPS
from vitessctl.spec.layers import merged, normal
from vitessctl.spec.node import Node, map_of, nested
from vitessctl.spec.reader import read_file, read_text
from vitessctl.spec.words import did_you_mean, listed

EXTRA = Place("-e", 1, 1)
IMAGE = Place("--image", 1, 1)
_EXPRESSION_OR_COLLECTION = re.compile(r"\s*(\[|\{(?!\{)|\"|')")


def override_layers(
    extra_vars: Sequence[str], images: Sequence[str], trees: Sequence[Node], errors: list[SpecError]
) -> list[Node]:
    """A layer for each `-e` and each `--image`, in their order; what cannot be read is added to `errors`.

    `trees` are the layers below, which say what variables there are.
    """
    extras = _collected(extra_vars, _extra_layer, errors)
    known = _variables([*trees, *extras])
    sorted_extras = [_sorted(layer, known, errors) for layer in extras]
    return [*sorted_extras, *_collected(images, _image_layer, errors)]


def _variables(trees: Iterable[Node]) -> set[str]:
    """Every name that is declared in `vars` or used in an expression."""
    found: set[str] = set()
    for tree in trees:
        declared = tree.get("vars")
        found |= set(declared.value) if declared is not None and declared.is_map else set()
        found |= names_used(tree)
    return found


def _collected(texts: Sequence[str], read: Callable[[str], Node], errors: list[SpecError]) -> list[Node]:
    layers = []
    for text in texts:
        try:
            layers.append(read(text))
        except SpecError as error:
            errors.append(error)
    return layers


def _extra_layer(text: str) -> Node:
    if text.startswith("@"):
        return read_file(Path(text[1:])) or map_of(Place(text[1:], 1, 1))
    if text.lstrip().startswith("{"):
        return read_text(text, EXTRA.file) or map_of(EXTRA)
    key, equals, value = text.partition("=")
    steps = tuple(key.strip().split("."))
    if not equals or not all(steps):
        raise SpecError(
            f"-e {text!r} is not an assignment",
            where=EXTRA,
            fix="write -e key=value, -e '{\"key\": value}' or -e @file; dots go deeper: -e local.base_port=15500",
        )
    return nested(steps, _value(value))


def _value(text: str) -> Node:
    """A scalar as it stands; only what is bracketed or quoted is YAML, so `a: b` and `*` need no quotes."""
    if _EXPRESSION_OR_COLLECTION.match(text):
        node = read_text(text, EXTRA.file, root="any")
        if node is not None:
            return node
    return Node(scalars.read(text) if text else "", EXTRA, text=text)


def _image_layer(text: str) -> Node:
    """`REF` or `COMPONENT=REF`; a reference has no equals sign."""
    component, equals, reference = text.partition("=")
    component, reference = (component, reference) if equals else ("vitess", text)
    known = ["vitess", *COMPONENT_GROUPS]
    if component not in known:
        raise SpecError(
            f"--image {text!r}: there is no component {component!r}",
            where=IMAGE,
            fix=did_you_mean(component, known) or f"the components are {listed(known, 'and')}",
        )
    if not reference:
        raise SpecError(f"--image {text!r} names no image", where=IMAGE, fix="write --image REF or --image vtgate=REF")
    return nested(("images", component), Node(reference, IMAGE, text=reference))


def _sorted(layer: Node, known: Set[str], errors: list[SpecError]) -> Node:
    """A layer of `-e` with everything that is no field of the spec moved into `vars`.

    A name that is neither a field nor a known variable is an error.
    """
    fields = schema.load()["properties"]
    result = map_of(layer.place)
    for name, child in layer.value.items():
        if name in fields:
            result = merged(result, nested((name,), child))
        elif name in known:
            result = merged(result, nested(("vars", name), child))
        else:
            errors.append(
                SpecError(
                    f"-e sets {name!r}, which is neither a field of the spec nor a variable",
                    where=layer.keys[name],
                    why="a variable is declared under vars:, or used in a value with {{ }}",
                    fix=did_you_mean(name, [*fields, *sorted(known)]) or f"declare it: vars: {{{name}: ...}}",
                )
            )
    return normal(result, errors)
