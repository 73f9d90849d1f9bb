"""Why a text is not YAML, in words that help."""

from __future__ import annotations

import yaml

from vitessctl.errors import Place, SpecError


def not_yaml(error: yaml.YAMLError, text: str, file: str) -> SpecError:
    """The error for a text on which a YAML parser gave up."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        position = max(text.find(_character(error)), 0)
        before = text[:position]
        line, column = before.count("\n"), position - before.rfind("\n") - 1
        return SpecError(
            "a control character is not allowed here",
            where=Place(file, line + 1, column + 1),
            why=str(getattr(error, "reason", "")),
        )
    context, problem = getattr(error, "context", None) or "", getattr(error, "problem", None) or ""
    if "quoted scalar" in context:
        begin = Place(file, error.context_mark.line + 1, error.context_mark.column + 1)  # type: ignore[attr-defined]
        return SpecError("a quote begins here and does not end", where=begin, why=problem, fix="close it")
    lines = text.splitlines()
    what, why, fix = _explained(lines[mark.line] if mark.line < len(lines) else "", mark.column)
    return SpecError(
        what,
        where=Place(file, mark.line + 1, mark.column + 1),
        why=why or ", ".join(part for part in (context, problem) if part),
        fix=fix,
    )


def _character(error: yaml.YAMLError) -> str:
    """The character of a reader error; its position would count bytes in one loader, characters in the other."""
    code = getattr(error, "character", 0)
    return chr(code) if isinstance(code, int) else str(code)


def _explained(line: str, column: int) -> tuple[str, str, str]:
    """What, why (empty: YAML's own words) and what to do, by the line in which reading stopped."""
    here = line[column : column + 1]
    if here == "\t":
        return "a tab is used for indentation", "YAML is indented with spaces alone", "put spaces in its place"
    if "{{" in line:
        return "this is not YAML", "", 'put quotes around a value that holds {{ }}: "{{ name }}"'
    if here and here in "@`%":
        return "this is not YAML", "", f"put quotes around a value that begins with {here}"
    return "this is not YAML", "", "mind the indentation, the quotes and the brackets here and in the lines before"
