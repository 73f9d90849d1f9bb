"""What went wrong in a template, as one error with a place."""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import jinja2
from jinja2.utils import missing

from vitessctl.errors import TemplateError
from vitessctl.render.marks import ValueRefused


class UndefinedName(jinja2.UndefinedError):
    """A name or attribute that a template uses and that is not there."""

    def __init__(self, message: str, name: str, owner: Any) -> None:
        super().__init__(message)
        self.name = name
        self.owner = owner


class Missing(jinja2.StrictUndefined):
    """An undefined value that says which name it was when something is done with it."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[jinja2.exceptions.TemplateRuntimeError] = jinja2.UndefinedError,
    ) -> None:
        super().__init__(hint, obj, name, exc)
        if exc is jinja2.UndefinedError:  # the sandbox gives SecurityError here
            self._undefined_exception = partial(UndefinedName, name=name or "", owner=obj)  # type: ignore[assignment]


def template_error(error: Exception, template: str, context: Mapping[str, Any]) -> TemplateError:
    """The error to show for whatever a template raised, with `file:line` of the template where it is known."""
    where = _place(error) or template
    if isinstance(error, UndefinedName):
        return _undefined(error, where, context)
    if isinstance(error, jinja2.TemplateSyntaxError):
        return TemplateError(f"the template is not right: {error.message}", where=where)
    if isinstance(error, jinja2.TemplateNotFound):
        return TemplateError(f"there is no template {error.name}", where=where)
    if isinstance(error, UnicodeDecodeError):
        return TemplateError(
            "the template is not UTF-8 text",
            where=where,
            why=f"byte {error.start} is 0x{error.object[error.start]:02x}: {error.reason}",
            fix="save the file as UTF-8",
        )
    if isinstance(error, jinja2.exceptions.SecurityError):
        return TemplateError("the template does something that templates may not do", where=where, why=str(error))
    if isinstance(error, ValueRefused):
        return TemplateError("the template places an unsafe value", where=where, why=str(error))
    if isinstance(error, RecursionError):
        return TemplateError("the template includes or calls itself without end", where=where)
    return TemplateError("the template could not be rendered", where=where, why=_reason(error))


def _undefined(error: UndefinedName, where: str, context: Mapping[str, Any]) -> TemplateError:
    known = list(context) if error.owner is missing else _names_of(error.owner)
    close = difflib.get_close_matches(error.name, known, n=1)
    return TemplateError(
        f"the template uses {error.name!r}, which is not there",
        where=where,
        why=str(error.message),
        fix=f"did you mean {close[0]!r}?" if close else f"there is: {', '.join(sorted(known))}",
    )


def _names_of(owner: Any) -> list[str]:
    names: Iterable[Any] = owner if isinstance(owner, Mapping) else dir(owner)
    return [str(name) for name in names if not str(name).startswith("_")]


def _place(error: Exception) -> str:
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.filename or error.name}:{error.lineno}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"there is no {error}"
    return str(error) or type(error).__name__
