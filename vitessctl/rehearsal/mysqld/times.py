"""MySQL's date and time functions over text, the way SQLite stores times."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from vitessctl.rehearsal.mysqld.context import FunctionContext

_LENGTHS = {
    "MICROSECOND": timedelta(microseconds=1),
    "SECOND": timedelta(seconds=1),
    "MINUTE": timedelta(minutes=1),
    "HOUR": timedelta(hours=1),
    "DAY": timedelta(days=1),
    "WEEK": timedelta(weeks=1),
}
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_DATE_UNITS = {"DAY", "WEEK", *_MONTHS}

_FORMATS: dict[str, Callable[[datetime], object]] = {
    "Y": lambda t: f"{t.year:04d}",
    "y": lambda t: f"{t.year % 100:02d}",
    "m": lambda t: f"{t.month:02d}",
    "c": lambda t: t.month,
    "d": lambda t: f"{t.day:02d}",
    "e": lambda t: t.day,
    "D": lambda t: f"{t.day}{'th' if 11 <= t.day <= 13 else {1: 'st', 2: 'nd', 3: 'rd'}.get(t.day % 10, 'th')}",
    "H": lambda t: f"{t.hour:02d}",
    "k": lambda t: t.hour,
    "h": lambda t: f"{(t.hour % 12) or 12:02d}",
    "I": lambda t: f"{(t.hour % 12) or 12:02d}",
    "l": lambda t: (t.hour % 12) or 12,
    "i": lambda t: f"{t.minute:02d}",
    "s": lambda t: f"{t.second:02d}",
    "S": lambda t: f"{t.second:02d}",
    "f": lambda t: f"{t.microsecond:06d}",
    "p": lambda t: "AM" if t.hour < 12 else "PM",
    "r": lambda t: t.strftime("%I:%M:%S %p"),
    "T": lambda t: t.strftime("%H:%M:%S"),
    "j": lambda t: f"{t.timetuple().tm_yday:03d}",
    "a": lambda t: calendar.day_abbr[t.weekday()],
    "W": lambda t: calendar.day_name[t.weekday()],
    "b": lambda t: calendar.month_abbr[t.month],
    "M": lambda t: calendar.month_name[t.month],
    "w": lambda t: (t.weekday() + 1) % 7,
    "x": lambda t: f"{t.isocalendar()[0]:04d}",
    "v": lambda t: f"{t.isocalendar()[1]:02d}",
    "u": lambda t: t.strftime("%W"),
    "U": lambda t: t.strftime("%U"),
    "%": lambda _: "%",
}
_PARTS: dict[str, Callable[[datetime], int]] = {
    "YEAR": lambda t: t.year,
    "QUARTER": lambda t: (t.month + 2) // 3,
    "MONTH": lambda t: t.month,
    "WEEK": lambda t: int(t.strftime("%U")),
    "DAY": lambda t: t.day,
    "HOUR": lambda t: t.hour,
    "MINUTE": lambda t: t.minute,
    "SECOND": lambda t: t.second,
    "MICROSECOND": lambda t: t.microsecond,
}


def parse_time(value: Any) -> datetime | None:
    """The moment that a stored or written time stands for; None when it is none."""
    text = str(int(value)) if isinstance(value, (int, float)) else str(value).strip()
    if re.fullmatch(r"\d{8}|\d{14}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10] or '00'}:{text[10:12] or '00'}:{text[12:14] or '00'}"
    match = re.fullmatch(
        r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6}))?)?)?(?:Z|[+-]\d\d:\d\d)?",
        text,
    )
    if match is None:
        return None
    *numbers, fraction = match.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    try:
        return datetime(year, month, day, hour, minute, second, int((fraction or "0").ljust(6, "0")))
    except ValueError:
        return None


def time_text(moment: datetime, digits: int | None = None) -> str:
    """A moment as MySQL shows it; `digits` of a second, None for six where there are any."""
    base = moment.isoformat(" ", "seconds")
    if digits is None:
        digits = 6 if moment.microsecond else 0
    return f"{base}.{moment.microsecond:06d}"[: len(base) + 1 + digits] if digits else base


def shift(value: Any, amount: Any, unit: str, sign: int = 1) -> str | None:
    """DATE_ADD and DATE_SUB: a date stays a date where the unit is a day or more."""
    moment = parse_time(value)
    unit = unit.upper()
    if moment is None or amount is None:
        return None
    number = float(amount) if unit in {"SECOND", "MICROSECOND"} else math.floor(abs(float(amount)) + 0.5)
    if float(amount) < 0 and number > 0:
        number = -number
    try:
        moved = _moved(moment, number * sign, unit)
    except (OverflowError, ValueError):
        return None
    is_date = len(str(value)) <= 10 and unit in _DATE_UNITS
    return moved.date().isoformat() if is_date else time_text(moved)


def _moved(moment: datetime, amount: float, unit: str) -> datetime:
    if unit in _LENGTHS:
        return moment + amount * _LENGTHS[unit]
    months = moment.year * 12 + moment.month - 1 + int(amount) * _MONTHS[unit]
    year, month = divmod(months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def difference(unit: str, start: Any, end: Any) -> int | None:
    """TIMESTAMPDIFF: whole units between two moments."""
    first, last = parse_time(start), parse_time(end)
    unit = unit.upper()
    if first is None or last is None:
        return None
    if unit in _LENGTHS:
        return int((last - first) / _LENGTHS[unit])
    sign = 1 if first <= last else -1
    first, last = min(first, last), max(first, last)
    months = (last.year - first.year) * 12 + last.month - first.month
    if (last.day, last.time()) < (first.day, first.time()):
        months -= 1
    return sign * (months // _MONTHS[unit])


def formatted(value: Any, pattern: Any) -> str | None:
    """DATE_FORMAT."""
    moment = parse_time(value)
    if moment is None:
        return None
    return re.sub(r"%(.)", lambda match: _formatted_part(match[1], moment), str(pattern))


def _formatted_part(letter: str, moment: datetime) -> str:
    rule = _FORMATS.get(letter)
    return letter if rule is None else str(rule(moment))


def part(unit: str, value: Any) -> int | None:
    """EXTRACT, YEAR(), MONTH() and the like."""
    moment = parse_time(value)
    if moment is None and re.fullmatch(r"\d{1,3}:\d\d(:\d\d)?", str(value)):
        moment = parse_time(f"2000-01-01 {value}")
    return None if moment is None else _PARTS[unit.upper()](moment)


def time_functions(context: FunctionContext) -> dict[str, Callable[..., Any]]:
    """The functions by the name that the translated SQL calls; all take and give None for NULL as MySQL does."""

    def now(digits: int = 0) -> str:
        return time_text(context.session.now, digits)

    def utc(digits: int = 0) -> str:
        return time_text(context.session.now.astimezone(timezone.utc).replace(tzinfo=None), digits)

    def unix(*values: Any) -> int:
        moment = parse_time(values[0]) if values else context.session.now
        return 0 if moment is None else int(moment.timestamp())

    def from_unix(seconds: Any, pattern: Any = None) -> str | None:
        text = time_text(datetime.fromtimestamp(float(seconds)))
        return text if pattern is None else formatted(text, pattern)

    return {
        "now": now,
        "utc_timestamp": utc,
        "sysdate": lambda digits=0: time_text(datetime.now(), digits),
        "curdate": lambda: now()[:10],
        "curtime": lambda digits=0: now(digits)[11:],
        "unix_timestamp": unix,
        "from_unixtime": from_unix,
        "date": lambda value: (moment := parse_time(value)) and moment.date().isoformat(),
        "time": lambda value: (moment := parse_time(value)) and time_text(moment)[11:],
        "timestamp": lambda value: (moment := parse_time(value)) and time_text(moment),
        "date_format": formatted,
        "shift": shift,
        "timestampdiff": difference,
        "datediff": lambda end, start: difference("DAY", str(start)[:10], str(end)[:10]),
        "extract": part,
        "dayofweek": lambda value: (moment := parse_time(value)) and moment.isoweekday() % 7 + 1,
        "weekday": lambda value: None if (moment := parse_time(value)) is None else moment.weekday(),
        "dayofyear": lambda value: (moment := parse_time(value)) and moment.timetuple().tm_yday,
        "dayname": lambda value: formatted(value, "%W"),
        "monthname": lambda value: formatted(value, "%M"),
        "last_day": lambda value: (
            (moment := parse_time(value))
            and f"{moment.date().isoformat()[:7]}-{calendar.monthrange(moment.year, moment.month)[1]:02d}"
        ),
    }
