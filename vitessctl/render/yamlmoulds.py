"""Rendered YAML to data, quickly: documents of one template differ in their values only.

The text around the values is parsed once, with a token in the place of each value. That one parse proves
that every value is a scalar, or a part of one, and nothing else; and it gives a mould of the data, into
which every further document with the same text fills its own values. A thousand tablets cost one parse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import yaml

from vitessctl.render.marks import QUOTED, STRUCTURE
from vitessctl.render.mould import JSON_TYPES, Check, Leaf, Mould, plain_json
from vitessctl.render.raw import Raw, holds_tokens, not_legal, pieces_of, token

Place = tuple["str | int", ...]
Rule = Callable[[Place], "Check | None"]
"""The check for the scalar at a place of the data; a place that ends with KEY is that of a map's key."""
KEY = "\ue004key"
REMEMBERED = 512
"""Moulds that are kept, for all renderings of this process."""

_LEAF = re.compile('"\ue002([0-9]+)\ue003"')
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def data_of(raw: Raw, template: str, rule: Rule) -> Any:
    """The data of a rendered document; TemplateError if it is not right. `rule` says what is checked where."""
    structures: tuple[str, ...] = ()
    if STRUCTURE in raw.kinds:
        structures = tuple(value for value, kind in zip(raw.values, raw.kinds, strict=True) if kind == STRUCTURE)
    return _mould(template, raw.literals, raw.kinds, structures, rule).fill(raw, template)


@lru_cache(maxsize=REMEMBERED)
def _mould(
    template: str, literals: tuple[str, ...], kinds: tuple[str, ...], structures: tuple[str, ...], rule: Rule
) -> Mould:
    given = iter(structures)
    stand_ins = tuple(next(given) if kind == STRUCTURE else _stand_in(n, kind) for n, kind in enumerate(kinds))
    return _Maker(Raw(literals, kinds, stand_ins), template, rule).mould()


class _Maker:
    """Makes the mould of one text, in which tokens stand for the values."""

    def __init__(self, raw: Raw, template: str, rule: Rule) -> None:
        self._raw = raw
        self._template = template
        self._rule = rule
        self._text = raw.text
        self._leaves: list[Leaf] = []
        self._checks: list[tuple[int, Check]] = []
        self._maps: list[tuple[tuple[int, ...], frozenset[str]]] = []
        self._seen: set[int] = set()

    def mould(self) -> Mould:
        """The mould; TemplateError if the text is no legal document whatever the values are."""
        parts = _LEAF.split(json.dumps(self._data(self._root(), ()), ensure_ascii=False))
        order = [int(number) for number in parts[1::2]]
        leaves = [self._leaves[number] for number in order]
        return Mould(
            parts=tuple(parts[0::2]),
            leaves=tuple(leaves),
            direct=tuple(leaf.numbers[0] if self._is_json(leaf) else -1 for leaf in leaves),
            checks=tuple((order.index(leaf), check) for leaf, check in self._checks),
            maps=tuple((tuple(map(order.index, leaves)), others) for leaves, others in self._maps),
        )

    def _is_json(self, leaf: Leaf) -> bool:
        return any(self._raw.kinds[number] == QUOTED for number in leaf.numbers)

    def _root(self) -> yaml.Node:
        if holds_tokens(self._raw.literals):
            raise self._wrong("the template holds characters of Unicode's private use area")
        try:
            documents = list(yaml.compose_all(self._text, Loader=_Loader))
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            raise self._wrong(f"it is no YAML: {error.problem}", line) from error
        except yaml.YAMLError as error:
            raise self._wrong(f"it is no YAML: {error}") from error
        if len(documents) != 1 or not isinstance(documents[0], yaml.MappingNode):
            raise self._wrong(f"it has to be one YAML map, and holds {len(documents)} documents")
        return documents[0]

    def _data(self, node: yaml.Node, place: Place) -> Any:
        if id(node) in self._seen:
            raise self._wrong("it uses an alias (*name); write the value out", _line(node))
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, place))
        if isinstance(node, yaml.SequenceNode):
            return [self._data(item, (*place, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return self._scalar(node, place)

    def _entries(self, node: yaml.MappingNode, place: Place) -> Iterator[tuple[str, Any]]:
        keys = [self._key(key_node, place) for key_node, _ in node.value]
        open_keys = tuple(int(found[1]) for key in keys if (found := _LEAF.fullmatch(f'"{key}"')))
        if open_keys:
            fixed = frozenset(json.dumps(key) for key in keys if _LEAF.fullmatch(f'"{key}"') is None)
            self._maps.append((open_keys, fixed))
        for index, (key_node, value_node) in enumerate(node.value):
            if keys[index] in keys[:index]:
                raise self._wrong(f"the key {key_node.value} is there twice", _line(key_node))
            yield keys[index], self._data(value_node, (*place, key_node.value))

    def _key(self, node: yaml.Node, place: Place) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._wrong("a key has to be a text", _line(node))
        key = self._scalar(node, (*place, KEY))
        if not isinstance(key, str):
            raise self._wrong(f"the key {node.value} would be read as {type(key).__name__}; quote it", _line(node))
        return key

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Any:
        pieces, numbers = pieces_of(node.value)
        if not numbers:
            return self._constant(node, place)
        leaf = Leaf(pieces, numbers, not node.style, _line(node))
        if self._is_json(leaf) and (node.style != '"' or pieces != ("", "")):
            raise self._wrong("a value that went through the filter q has to stand alone, without quotes", leaf.line)
        self._leaves.append(leaf)
        check = self._rule(place)
        if check is not None:
            self._checks.append((len(self._leaves) - 1, check))
        return f"\ue002{len(self._leaves) - 1}\ue003"

    def _constant(self, node: yaml.ScalarNode, place: Place) -> Any:
        if not node.style and node.value == "":
            raise self._wrong("a key has no value, which YAML reads as null", _line(node))
        try:
            value = node.value if node.style else json.loads(plain_json(node.value))
        except ValueError as error:
            raise self._wrong(str(error), _line(node)) from error
        if node.tag not in JSON_TYPES:
            raise self._wrong(f"it uses the YAML tag {node.tag}", _line(node))
        check = self._rule(place)
        problem = check(value) if check else ""
        if problem:
            raise self._wrong(problem, _line(node))
        return value

    def _wrong(self, why: str, line: int = 0) -> Exception:
        return not_legal(self._template, why, line, self._text)


def _stand_in(number: int, kind: str) -> str:
    """What is parsed in the place of a value: a token, as bare or as quoted as the value is."""
    return f'"{token(number)}"' if kind == QUOTED else token(number)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
