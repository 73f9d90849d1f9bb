"""The Jinja environment for expressions in values. Importing this module imports Jinja.

Immutable and sandboxed, undefined names are errors, no statements, nothing random, and nothing that grows
without bounds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_LENGTH = 1_000_000
"""How many characters or items an expression may give."""
MAX_VALUES = 10_000
MAX_DEPTH = 32
MAX_EXPONENT = 64
_NEVER = "\x00"
_VALUES = (str, bool, int, float, type(None))


class Sandbox(ImmutableSandboxedEnvironment):
    """Evaluates `{{ }}` and nothing else."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            block_start_string=f"{_NEVER}[",
            block_end_string=f"{_NEVER}]",
            comment_start_string=f"{_NEVER}(",
            comment_end_string=f"{_NEVER})",
            keep_trailing_newline=True,
            cache_size=0,
        )
        self.globals = {"range": self.globals["range"]}
        del self.filters["random"]
        self.filters["tojson"] = self.filters["to_json"] = _to_json

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A map's own keys before the methods of Python's dict, so that `region.items` is the key `items`."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Multiplication and powers, as far as they stay small."""
        if operator == "**" and not (_is_small(left) and _is_small(right)):
            raise SecurityError(f"a power with numbers above {MAX_EXPONENT} is not allowed")
        if operator == "*" and _product_length(left, right) > MAX_LENGTH:
            raise SecurityError(f"a text or list of more than {MAX_LENGTH:,} is not allowed")
        return super().call_binop(context, operator, left, right)


def _is_small(number: Any) -> bool:
    return not isinstance(number, int | float) or abs(number) <= MAX_EXPONENT


def _product_length(left: Any, right: Any) -> int:
    for sized, times in ((left, right), (right, left)):
        if isinstance(sized, str | bytes | list | tuple) and isinstance(times, int):
            return len(sized) * times
    return 0


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


_SANDBOX = Sandbox()


@lru_cache(maxsize=1000)
def _parsed(text: str) -> nodes.Template:
    return _SANDBOX.parse(text)


@lru_cache(maxsize=1000)
def names(text: str) -> frozenset[str]:
    """Every name that an expression asks for; TemplateError if it is not sound."""
    return frozenset(find_undeclared_variables(_parsed(text)))


def evaluate(text: str, context: Mapping[str, Any]) -> Any:
    """What a text gives: natively if it is nothing but one `{{ }}`, else as text.

    Raises TemplateError, or whatever the expression itself raises (a division by zero, say).
    """
    if _is_one_expression(text):
        given = _SANDBOX.compile_expression(_inside(text), undefined_to_none=False)(**context)
        return _Check()(given)
    return _joined(_SANDBOX.from_string(text).generate(**context))


def _is_one_expression(text: str) -> bool:
    body = _parsed(text).body
    if not (text.startswith("{{") and text.endswith("}}") and len(body) == 1 and isinstance(body[0], nodes.Output)):
        return False
    return len(body[0].nodes) == 1 and not isinstance(body[0].nodes[0], nodes.TemplateData)


def _inside(text: str) -> str:
    inner = text[2:-2]
    inner = inner[1:] if inner[:1] in ("-", "+") else inner
    return inner[:-1] if inner[-1:] in ("-", "+") else inner


class _Check:
    """Takes a plain value apart and puts it together again, or says why it is none."""

    def __init__(self) -> None:
        self._budget = iter(range(MAX_VALUES))

    def __call__(self, given: Any, depth: int = 0) -> Any:
        if depth > MAX_DEPTH or next(self._budget, None) is None:
            raise SecurityError(f"it gives more than {MAX_VALUES:,} values or {MAX_DEPTH} levels")
        if isinstance(given, dict):
            return {str(key): self(value, depth + 1) for key, value in given.items()}
        if isinstance(given, list | tuple | range):
            return [self(item, depth + 1) for item in given]
        return _scalar(given)


def _scalar(given: Any) -> Any:
    if isinstance(given, Undefined):
        str(given)  # raises what StrictUndefined has to say
    if not isinstance(given, _VALUES):
        raise SecurityError(f"it gives a {type(given).__name__}, which is no value; for a list add | list")
    if isinstance(given, str) and len(given) > MAX_LENGTH:
        raise SecurityError(f"it gives a text of more than {MAX_LENGTH:,} characters")
    return str(given) if isinstance(given, str) else given


def _joined(pieces: Iterable[str]) -> str:
    text = ""
    for piece in pieces:
        text += piece
        if len(text) > MAX_LENGTH:
            raise SecurityError(f"it gives a text of more than {MAX_LENGTH:,} characters")
    return text
