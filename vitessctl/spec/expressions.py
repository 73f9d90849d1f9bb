"""`{{ }}` in values: variables, `env('NAME')` and `file('path')`, in a sandbox.

What an expression gives is data: it is never read as YAML and never evaluated again. Jinja is imported only
when a spec has an expression.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from vitessctl.errors import Place, SpecError
from vitessctl.spec.files import file_beside
from vitessctl.spec.node import BROKEN, Node, is_expression, walk
from vitessctl.spec.textfile import read_file
from vitessctl.spec.words import did_you_mean, listed

FUNCTIONS = ("env", "file")
_UNDEFINED = re.compile(r"'(\w+)' is undefined")

Given = TypeVar("Given")


def names_used(tree: Node) -> set[str]:
    """Every name that an expression of the tree asks for; what is no sound expression is left out."""
    found: set[str] = set()
    for _, node in walk(tree):
        if is_expression(node):
            try:
                found |= _names(node)
            except SpecError:
                continue
    return found - set(FUNCTIONS)


class Evaluator:
    """Evaluates the expressions of one spec over its `vars`."""

    def __init__(self, variables: Mapping[str, Node], environment: Mapping[str, str]) -> None:
        self._variables = variables
        self._environment = environment
        self._done: dict[str, Any] = {}
        self._failed: dict[str, SpecError] = {}
        self._doing: list[str] = []

    def tree(self, node: Node, errors: list[SpecError]) -> Node:
        """A tree with every expression replaced by what it gives; what fails is BROKEN, its error in `errors`."""
        if node.is_map:
            return Node({key: self.tree(child, errors) for key, child in node.value.items()}, node.place, node.keys)
        if node.is_list:
            return Node([self.tree(item, errors) for item in node.value], node.place)
        if not is_expression(node):
            return node
        try:
            return _placed(self._value(node), node.place)
        except SpecError as error:
            errors.append(error)
            return Node(BROKEN, node.place)

    def check(self, errors: list[SpecError]) -> None:
        """Evaluates every variable, needed or not, so that what is wrong with it is said now."""
        for name, node in self._variables.items():
            try:
                self._variable(name, node.place)
            except SpecError as error:
                errors.append(error)

    def _value(self, node: Node) -> Any:
        from vitessctl.spec.sandbox import evaluate

        wanted = sorted(_names(node) & set(self._variables))
        context = {name: self._variable(name, node.place) for name in wanted}
        context["env"] = lambda name, *default: self._env(node.place, name, *default)
        context["file"] = lambda path: _file(node.place, path)
        return _guarded(node.place, lambda: evaluate(node.value, context), self._variables)

    def _variable(self, name: str, asked: Place) -> Any:
        """The value of a variable, evaluated once; a failure, too, is found once and told by all that need it."""
        if name in self._failed:
            raise self._failed[name]
        if name in self._doing:
            ring = " needs ".join([*self._doing[self._doing.index(name) :], name])
            raise SpecError(f"the variable {name!r} needs itself", where=asked, why=ring, fix="break the ring")
        if name not in self._done:
            self._doing.append(name)
            try:
                self._done[name] = self._plain(self._variables[name])
            except SpecError as error:
                self._failed[name] = error
                raise
            finally:
                self._doing.pop()
        return self._done[name]

    def _plain(self, node: Node) -> Any:
        if node.is_map:
            return {key: self._plain(child) for key, child in node.value.items()}
        if node.is_list:
            return [self._plain(item) for item in node.value]
        return self._value(node) if is_expression(node) else node.value

    def _env(self, place: Place, name: Any, *default: Any) -> Any:
        if str(name) in self._environment:
            return self._environment[str(name)]
        if default:
            return default[0]
        raise SpecError(
            f"the environment variable {name} is not set",
            where=place,
            fix=f"set it, or give a default: env('{name}', '...')",
        )


def _file(place: Place, path: Any) -> str:
    """A file's text without the line end at its end, which hardly ever belongs to the value."""
    found = file_beside(place, str(path))
    try:
        return read_file(found).removesuffix("\n")
    except SpecError as error:
        raise SpecError(f"file({str(path)!r}) cannot be read", where=place, why=f"{found}: {error.what}") from error


def _names(node: Node) -> set[str]:
    from vitessctl.spec.sandbox import names

    return set(_guarded(node.place, lambda: names(node.value), ()))


def _guarded(place: Place, call: Callable[[], Given], known: Mapping[str, Node] | tuple[()]) -> Given:
    """What a call into the sandbox gives; anything that goes wrong there is a SpecError at the expression's place."""
    try:
        return call()
    except SpecError:
        raise
    except Exception as error:
        message = str(getattr(error, "message", None) or error) or type(error).__name__
        name = _UNDEFINED.search(message)
        fix = ""
        if name:
            names = [*FUNCTIONS, *sorted(known)]
            fix = did_you_mean(name[1], names) or f"declare it under vars:, or use one of {listed(names)}"
        raise SpecError(
            "the expression in {{ }} cannot be evaluated", where=place, why=message[:500], fix=fix
        ) from error


def _placed(value: Any, place: Place) -> Node:
    """The tree for what an expression gave, all of it at the place of the expression."""
    if isinstance(value, dict):
        children = {key: _placed(child, place) for key, child in value.items()}
        return Node(children, place, dict.fromkeys(children, place))
    if isinstance(value, list):
        return Node([_placed(item, place) for item in value], place)
    return Node(value, place)
