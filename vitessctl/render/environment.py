"""The Jinja environment: sandboxed, strict, and with no way for a value to become structure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from vitessctl.render.failures import Missing
from vitessctl.render.marks import END, PLAIN, QUOTED, STRUCTURE, Fragment, Quoted, Structure, ValueRefused, kind_of
from vitessctl.render.syntaxes import SYNTAXES, Syntax

LOOP_BUDGET = 1_000_000
"""Numbers that `range` gives in one rendering, over all its calls."""
SIZE_LIMIT = 1_000_000
"""Characters of one rendered document: Kubernetes takes objects up to 1.5 MB."""
PIECES_LIMIT = 20_000
"""Values and texts between them in one rendered document."""


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox, with fragments of the template told from values, and multiplication bounded."""

    intercepted_binops = frozenset({"*", "**"})
    concat = staticmethod(lambda parts: Fragment("".join(parts)))
    loops_left = LOOP_BUDGET

    def run(self, template: str, context: Mapping[str, Any]) -> str:
        """The raw rendering of one template, with marks around the values; anything a template can raise."""
        self.loops_left = LOOP_BUDGET
        pieces = list(islice(self.get_template(template).generate(context), PIECES_LIMIT))
        text = "".join(pieces)
        if len(pieces) == PIECES_LIMIT or len(text) > SIZE_LIMIT:
            raise ValueRefused(f"the template writes more than {SIZE_LIMIT} characters, or loops without end")
        return text

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Attributes of the model without the sandbox's slow look at lists and text: it is frozen data."""
        if _is_harmless(type(obj), attribute):  # type: ignore[arg-type]  # mypy takes types for unhashable
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def bounded_range(self, *arguments: int) -> range:
        """`range`, until one rendering has counted LOOP_BUDGET numbers."""
        numbers = range(*arguments)
        self.loops_left -= len(numbers)
        if self.loops_left < 0:
            raise ValueRefused(f"the template loops more than {LOOP_BUDGET} times")
        return numbers

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse powers and repeated text, which could fill the memory."""
        if operator == "**" or not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise ValueRefused(f"'{operator}' is for numbers only, and powers are not needed here")
        return super().call_binop(context, operator, left, right)


_READS_MAPS = frozenset({"get", "items", "keys", "values"})


@cache
def _is_harmless(kind: type, attribute: str) -> bool:
    """Whether an attribute of all objects of a type can only be read: the model's data, and how maps are read."""
    if kind in (dict, MappingProxyType):
        return attribute in _READS_MAPS
    return hasattr(kind, "__dataclass_fields__") and not attribute.startswith("_")


@cache
def environment(ending: str, folders: tuple[Path, ...]) -> TemplateEnvironment:
    """The environment for templates of one ending (see vitessctl.render.syntaxes); the first folder wins."""
    syntax = SYNTAXES[ending]
    made = TemplateEnvironment(
        loader=jinja2.FileSystemLoader(folders, encoding="utf-8"),
        undefined=Missing,
        finalize=partial(placed, syntax),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        cache_size=-1,
        auto_reload=False,
    )
    made.filters = {**made.filters, **syntax.filters, "indent": _indent, "safe": _refuse_safe}
    made.globals = {"range": made.bounded_range, "namespace": jinja2.utils.Namespace}
    return made


def placed(syntax: Syntax, value: Any) -> str:
    """What Jinja writes for a value: the checked text between marks; ValueRefused if it is not safe."""
    kind = type(value)
    if kind is Quoted:
        return f"{QUOTED}{value}{END}"
    if kind is Structure:
        return f"{STRUCTURE}{value}{END}"
    if kind is Fragment:
        return str.__str__(value)
    if kind is int:
        return f"{PLAIN}{value}{END}"
    if isinstance(value, str):
        return f"{PLAIN}{syntax.plain(value)}{END}"
    if isinstance(value, jinja2.Undefined):
        return str(value)
    raise ValueRefused(f"a template places text and whole numbers, not {kind_of(value)}")


def _indent(text: str, width: int = 4, first: bool = False, blank: bool = False) -> str:
    indented = jinja2.filters.do_indent(text, width, first, blank)
    return Fragment(indented) if isinstance(text, Fragment) else indented


def _refuse_safe(value: Any) -> Any:
    raise ValueRefused("the filter 'safe' has no meaning here; write {{ value | q }}")
