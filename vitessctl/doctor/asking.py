"""What each server is asked, one call each. Runs in the threads of Looks."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime, timezone

from vitessctl.doctor.examined import EtcdNumbers
from vitessctl.errors import UnreachableError
from vitessctl.run.context import Context
from vitessctl.run.http import Answer, date_of
from vitessctl.targets.base import Address
from vitessctl.targets.ground import Expiry, Reading

SECONDS = 3.0
"""For one statement on one MySQL. It takes some milliseconds, and one about a dead tablet hangs."""
MYSQL_RENEWS = "MySQL made it itself: remove the .pem files of its data folder and restart it, and it makes new ones"
_METRIC = re.compile(r'^(?P<name>\w+)(?:\{server_version="(?P<version>[^"]*)"\})? (?P<value>\S+)$', re.MULTILINE)


def page(context: Context, name: str, address: Address, path: str) -> tuple[Answer, Reading | None]:
    """A page of a server, and what its clock said; None where it gives no Date. Raises UnreachableError."""
    before = time.time()
    answer = context.get(address, path)
    if not answer.status:
        raise UnreachableError(f"{name} does not answer", why=answer.text)
    said = date_of(answer.date)
    return answer, None if said is None else Reading(name, before, said, time.time(), 1.0)


def version_of(answer: Answer) -> str:
    """What a server calls its version in /debug/vars; "" where it does not (until 18)."""
    found = answer.json()
    return str(found.get("BuildVersion", "")) if isinstance(found, dict) else ""


def etcd_numbers(answer: Answer) -> EtcdNumbers:
    """Of a member's /metrics."""
    numbers: dict[str, int] = {}
    version = ""
    for match in _METRIC.finditer(answer.text):
        if match["name"] == "etcd_server_version":
            version = match["version"] or ""
        elif match["name"] in ("etcd_server_quota_backend_bytes", *_SIZES):
            numbers[match["name"]] = int(float(match["value"]))
    size, used = (numbers.get(name, 0) for name in _SIZES)
    return EtcdNumbers(version, size, used, numbers.get("etcd_server_quota_backend_bytes", 0))


_SIZES = ("etcd_mvcc_db_total_size_in_bytes", "etcd_mvcc_db_total_size_in_use_in_bytes")


def mysql_clock(context: Context, alias: str) -> Reading:
    """The clock of a tablet's MySQL, and so of its machine."""
    before = time.time()
    rows = context.vtctld.fetch_as_dba(alias, "select utc_timestamp(6)", seconds=SECONDS).rows
    after = time.time()
    text = str(rows[0][0])
    said = datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()
    return Reading(alias, before, said, after, 0.000001 if "." in text else 1.0)


def binlogs(context: Context, alias: str) -> int:
    """How many bytes a tablet's binary logs have."""
    found = context.vtctld.fetch_as_dba(alias, "show binary logs", seconds=SECONDS)
    at = [name.lower() for name in found.columns].index("file_size")
    return sum(int(row[at] or 0) for row in found.rows)


def mysql_certificate(context: Context, alias: str) -> tuple[Expiry, ...]:
    """How long a MySQL's own certificate is valid; none where it has none."""
    found = context.vtctld.fetch_as_dba(alias, "show global status like 'Ssl_server_not_%'", seconds=SECONDS).rows
    said = {str(name).lower(): str(value or "") for name, value, *_ in found}
    ends = _gmt(said.get("ssl_server_not_after", ""))
    begins = _gmt(said.get("ssl_server_not_before", "")) or 0.0
    name = f"the TLS certificate of MySQL of {alias}"
    return (Expiry(name, begins, ends, MYSQL_RENEWS),) if ends is not None else ()


def _gmt(text: str) -> float | None:
    """`Nov 24 10:00:00 2036 GMT`, as OpenSSL writes it."""
    try:
        return (
            datetime.strptime(" ".join(text.split()), "%b %d %H:%M:%S %Y GMT").replace(tzinfo=timezone.utc).timestamp()
        )
    except ValueError:
        return None


def certificate_flags(context: Context) -> Iterator[tuple[str, str, str, str]]:
    """Component, subject, flag and file of each certificate that the spec's extra flags name."""
    cluster = context.cluster
    first = {"vttablet": next((tablet.alias for tablet in cluster.tablets()), "")}
    first |= {component: cluster.cells[0].name for component in ("vtgate", "vtorc") if cluster.cells}
    for component, flags in cluster.extra_flags.items():
        for flag, value in flags.items():
            if _CERTIFICATE.search(flag.replace("_", "-")) and str(value).startswith("/"):
                yield component, first.get(component, ""), flag, str(value)


_CERTIFICATE = re.compile(r"(?:^|-)(?:cert|ca)$")
"""How Vitess's flags for certificates end: grpc-cert, mysql-server-ssl-ca, topo-etcd-tls-cert."""
