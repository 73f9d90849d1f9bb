"""From a gRPC status to the project's own error, by the table errors.yaml."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

import yaml

from vitessctl.vtctld import errors
from vitessctl.vtctld.errors import SchemaChangeError, SqlError, VtctldError

# Layers that vtctld and the tablets put around an error; they tell nothing that the rest does not.
_LAYERS = re.compile(
    r"rpc error: code = \w+ desc = |TabletManager\.\w+ on [\w-]+(?: error)?: |^Code: [A-Z_]+\n|(?<=: )Code: [A-Z_]+\n"
)
# A statement may hold a password: it is not repeated.
_QUERY = re.compile(r" during query: .*", re.DOTALL)
_SQL = re.compile(r"(?P<message>.*?) \(errno (?P<errno>\d+)\) \(sqlstate (?P<sqlstate>\w+)\)", re.DOTALL)
_CALL = re.compile(r"^(?:\w+\([\w ,-]*\) failed: )+")
_TRANSPORT = {
    "Connection refused": "nobody listens there (connection refused)",
    "http1": "a web server listens there; vtctld's gRPC port is another",
    "Domain name not found|Misformatted domain|DNS resolution failed|lookup": "its host name is not known",
    "No route to host|Network is unreachable": "there is no route to it",
    "reset by peer|Socket closed|Broken pipe": "the connection broke",
}
_NODES = {
    r"/cells/([^/]+)/CellInfo$": "cell {0}",
    r"/keyspaces/([^/]+)/shards/([^/]+)/(?:Shard)?$": "shard {0}/{1}",
    r"/keyspaces/([^/]+)/VSchema$": "VSchema of keyspace {0}",
    r"/keyspaces/([^/]+)(?:/(?:Keyspace|shards)?)?$": "keyspace {0}",
    r"/tablets/([^/]+)/Tablet$": "tablet {0}",
    r"/keyspaces/([^/]+)/shards/([^/]+)/": "shard {0}/{1}",
}


@dataclass(frozen=True)
class Row:
    """One row of the table; see the head of errors.yaml."""

    kind: type[VtctldError]
    what: str
    fix: str
    why: str = "{text}"
    code: str = ""
    rpc: re.Pattern[str] = re.compile("")
    when: re.Pattern[str] = re.compile("")
    errno: tuple[int, ...] | None = None

    def fits(self, call: Call) -> bool:
        """Whether this row speaks about the failed call."""
        if self.code and self.code != call.code:
            return False
        return bool(self.rpc.search(call.rpc) and self.when.search(call.text)) and self._fits_number(call.sql)

    def _fits_number(self, sql: re.Match[str] | None) -> bool:
        if self.errno is None:
            return True
        return sql is not None and (not self.errno or int(sql["errno"]) in self.errno)


@dataclass(frozen=True)
class Call:
    """A call that failed, with its text unnested."""

    rpc: str
    code: str
    text: str
    subject: str
    seconds: float
    shards: tuple[tuple[str, str], ...] = ()
    """Where a schema change failed, and with what."""

    @cached_property
    def sql(self) -> re.Match[str] | None:
        """MySQL's message, error number and state, if it was MySQL that refused."""
        return _SQL.search(self.text)

    def words(self, row: Row) -> dict[str, Any]:
        """What the sentences of a row may use."""
        match = row.when.search(self.text)
        groups = {name: value or "" for name, value in match.groupdict().items()} if match else {}
        if "path" in groups:
            groups["path"] = node_name(groups["path"])
        known = {
            "text": "; ".join(self.text.splitlines()),
            "rpc": self.rpc,
            "subject": self.subject,
            "seconds": f"{self.seconds:g}",
            "transport": transport(self.text),
            "failed": _sentence(self.shards) or self.text,
        }
        if self.sql is not None:
            known |= {"errno": self.sql["errno"], "sql": sql_words(self.sql)}
        return known | groups


def refusal(rpc: str, code: str, text: str, subject: str = "", address: str = "", seconds: float = 0.0) -> VtctldError:
    """The error for a call that ended with a gRPC status: the name of its code (`UNKNOWN`), and its text.

    `subject` is what the call was about, such as a tablet's alias; `seconds` its deadline.
    """
    shards = _shards(text)
    call = Call(rpc, code, _simplify(text, shards), subject, seconds, shards)
    row = next(row for row in table() if row.fits(call))
    words = call.words(row)
    error = row.kind(
        row.what.format_map(words),
        where=" ".join([rpc, *([f"of {subject}"] if subject else []), *([f"at {address}"] if address else [])]),
        why=row.why.format_map(words),
        fix=row.fix.format_map(words),
    )
    error.rpc, error.text = rpc, call.text
    _add_details(error, call)
    return error


def unnest(text: str) -> str:
    """The inmost words of an error that went through several servers, without the statement that caused it."""
    return _QUERY.sub("", _LAYERS.sub("", text)).strip()


def node_name(path: str) -> str:
    """A topology path in words: `/vitess/global/keyspaces/commerce/Keyspace` is `keyspace commerce`."""
    for pattern, words in _NODES.items():
        match = re.search(pattern, path)
        if match:
            return words.format(*match.groups())
    return path


def sql_words(match: re.Match[str]) -> str:
    """MySQL's message with its number, without the calls that led there."""
    return f"{_CALL.sub('', match['message'])} (MySQL error {match['errno']})"


def transport(text: str) -> str:
    """Why a connection failed, in a few words out of gRPC's long text, which differs by its version."""
    return next((words for pattern, words in _TRANSPORT.items() if re.search(pattern, text)), text)


@cache
def table() -> tuple[Row, ...]:
    """The rows of errors.yaml, in their order."""
    text = resources.files("vitessctl.vtctld").joinpath("errors.yaml").read_text(encoding="utf-8")
    return tuple(_row(row) for row in yaml.safe_load(text))


def _row(row: Mapping[str, Any]) -> Row:
    given = dict(row)
    given["kind"] = getattr(errors, given.pop("class"))
    given |= {key: re.compile(given[key], re.DOTALL) for key in ("rpc", "when") if key in given}
    if "errno" in given:
        given["errno"] = tuple(given["errno"])
    return Row(**given)


def _add_details(error: VtctldError, call: Call) -> None:
    if isinstance(error, SqlError) and call.sql is not None:
        error.errno, error.sqlstate = int(call.sql["errno"]), call.sql["sqlstate"]
    if isinstance(error, SchemaChangeError):
        error.failed = call.shards
        error.evidence = tuple(f"shard {shard}: {said}" for shard, said in call.shards)


def _shards(text: str) -> tuple[tuple[str, str], ...]:
    """ApplySchema puts a JSON document into its error: which shards failed, and with what."""
    try:
        result = json.loads(text.partition("ExecuteResult: ")[2])
    except ValueError:
        return ()
    failed = tuple((str(shard["Shard"]), unnest(shard["Err"])) for shard in result.get("FailedShards") or ())
    return failed or (("all", unnest(result.get("ExecutorErr") or "vtctld does not say why")),)


def _sentence(shards: tuple[tuple[str, str], ...]) -> str:
    return "; ".join(f"shard {shard}: {words}" for shard, words in shards)


def _simplify(text: str, shards: tuple[tuple[str, str], ...]) -> str:
    """The text to show and to match: unnested, with sentences in place of a JSON document."""
    return text.partition("{")[0] + _sentence(shards) if shards else unnest(text)
