"""The data of a rendered YAML text, open where its values go."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from vitessctl.render.marks import CACHED
from vitessctl.render.raw import Raw, filled, not_legal

Check = Callable[[Any], str]
"""What is wrong with a scalar; empty if nothing is."""

JSON_TYPES = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null"))
_KEY_LIMIT = 1000  # YAML reads no key longer than 1024 characters on one line
_resolver = yaml.resolver.Resolver()


@dataclass(frozen=True)
class Leaf:
    """A scalar with values in it: of one value from the quoting filter, or of pieces of text around plain values."""

    pieces: tuple[str, ...]
    numbers: tuple[int, ...]
    plain: bool
    """Whether YAML decides its type, as the scalar is not quoted."""
    line: int

    def json(self, values: tuple[str, ...]) -> str:
        """The scalar as JSON; ValueError if YAML would read it as something that JSON has not."""
        text = filled(self.pieces, self.numbers, values)
        return plain_json(text) if self.plain else json.dumps(text)


@dataclass(frozen=True)
class Mould:
    """The data of one text as JSON, open where its leaves go."""

    parts: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    """What comes after each part but the last."""
    direct: tuple[int, ...]
    """For each leaf the number of the one value that it is, from the quoting filter and so JSON; -1 for others."""
    checks: tuple[tuple[int, Check], ...]
    maps: tuple[tuple[tuple[int, ...], frozenset[str]], ...]
    """Maps with keys that are values: the leaves of those, and as JSON the keys that are not."""

    def fill(self, raw: Raw, template: str) -> Any:
        """The data with these values; TemplateError if one is not right in its place."""
        values = raw.values
        texts = [
            self._json(leaf, raw, template) if number < 0 else values[number] for leaf, number in enumerate(self.direct)
        ]
        for leaf, check in self.checks:
            problem = _problem(check, texts[leaf])
            if problem:
                raise not_legal(template, problem, self.leaves[leaf].line, raw.text)
        for leaves, others in self.maps:
            self._check_keys([texts[leaf] for leaf in leaves], others, template)
        pieces = [*self.parts, *texts]
        pieces[0::2], pieces[1::2] = self.parts, texts
        return json.loads("".join(pieces))

    def _json(self, leaf: int, raw: Raw, template: str) -> str:
        try:
            return self.leaves[leaf].json(raw.values)
        except ValueError as error:
            raise not_legal(template, str(error), self.leaves[leaf].line, raw.text) from error

    @staticmethod
    def _check_keys(keys: list[str], others: frozenset[str], template: str) -> None:
        if len(set(keys)) < len(keys) or not others.isdisjoint(keys):
            raise not_legal(template, f"a key is there twice: {', '.join(sorted([*keys, *others]))}")
        for key in keys:
            if not key.startswith('"') or len(key) > _KEY_LIMIT:
                raise not_legal(template, f"a key has to be a short text, and is {key[:60]}")


@lru_cache(maxsize=CACHED)
def _problem(check: Check, text: str) -> str:
    return check(json.loads(text))


@lru_cache(maxsize=CACHED)
def plain_json(text: str) -> str:
    """What YAML 1.1 reads a bare scalar as, in JSON; ValueError for what JSON has not, such as dates."""
    tag = _resolver.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    node = yaml.ScalarNode(tag, text)
    if node.tag not in JSON_TYPES:
        raise ValueError(f"YAML reads {text!r} as {node.tag.rpartition(':')[2]}; quote it")
    value = yaml.constructor.SafeConstructor().construct_object(node, deep=True)
    encoded = json.dumps(value)
    if encoded.lstrip("-") in ("NaN", "Infinity"):
        raise ValueError(f"YAML reads {text!r} as a number that JSON has not; quote it")
    return encoded
