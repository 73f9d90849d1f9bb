"""One release of Vitess: everything that depends on which one it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vitessctl.releases import explain, ranges
from vitessctl.releases.errors import UnknownFlagError, UnknownOptionError
from vitessctl.releases.knowledge import Knowledge, flag_key


@dataclass(frozen=True)
class Probe:
    """HTTP paths that tell whether a component can do its work, and whether its process is alive at all."""

    ready: str
    live: str


@dataclass(frozen=True, eq=False)
class Release:
    """What the binaries of a release accept and how they behave. Facts come from data/facts.json."""

    name: str
    order: int
    """Its place among the known releases, the oldest is 0."""
    rpc: str
    """How vtctld is spoken to: `legacy` (command lines over gRPC) or `vtctld` (one RPC an operation)."""
    flag_parser: str
    """Whose rules and error words hold: `go` (one or two dashes) or `pflag` (two dashes)."""
    accepts_underscores: bool
    """Whether every flag spelled with dashes is accepted with underscores alone, too."""
    probes: Mapping[str, Probe]
    default_images: Mapping[str, str]
    """`etcd`, and `mysqld` where the Vitess image is not the one to use."""
    durability_policies: Sequence[str]
    """Names that this release knows; vtctld itself takes any word."""
    durability_mechanism: str
    """What turns semi-sync on: a `flag` of vttablet, or the keyspace's `record`."""
    publishes_keyspaces: bool
    """Whether vtctld tells the vtgates of a keyspace when it creates it."""
    has_vtorc: bool
    """Whether vtorc is there and fit for use."""
    elects_with: str
    """The call that makes a shard's first primary."""
    primary_type: str
    """The word for a primary in this release's output and flags: `master` or `primary`."""
    mysqld_in_image: bool
    """Whether mysqld runs from the Vitess image; else it needs an image of its own."""
    image_mysql: str
    """The MySQL that the Vitess image without a flavour in its tag holds."""
    image_user: str
    """Whose name the Vitess image's processes have unless told otherwise."""
    mysql_series: Sequence[str]
    """MySQL series whose servers this release can start and manage: `8.0`, `8.4`, `9`."""
    vttablet_environment: Mapping[str, str]
    """What a vttablet has to be told where its image holds no mysqld: from 4 to 16 it asks `mysqld --version` else."""
    init_db_sql_required: bool
    """Whether mysqlctld must be given the file that makes MySQL's users."""
    init_db_sql_file: str
    """Where that file is in the image."""
    has_expected_primary: bool
    """Whether reparent calls take expected_primary, which makes two electors harmless."""
    has_sidecar_name: bool
    """Whether a keyspace's sidecar database can have another name than `_vt`."""
    extra_my_cnf: Sequence[str]
    """MySQL settings in the image that mysqlctld does not choose by itself: its flavour's."""
    my_cnf_forgets: bool
    """Whether MySQL has to be told not to forget: with mysqlctld's own settings one that is killed loses rows.

    default.cnf of 2.1 has `innodb_support_xa = 0` and `innodb_flush_log_at_trx_commit = 2`: a primary came back from a
    kill -9 without rows that its binary log has, and with a GTID set that says that they are there (seen with 2.1.1 and
    MySQL 5.6). 8 has neither any more; 3 to 7 were not looked at, and MySQL's own defaults do no harm there.
    """
    mysql_target_has_type: bool
    """Whether a MySQL client of vtgate can name a tablet type: `messages@replica`.

    vtgate of 2.1 takes that whole word for a keyspace, and has no USE (seen with 2.1.1); sessions with a target came
    after it (vitess commit ea12c8f0f6 of April 2017).
    """
    users_file_lists: bool
    """Whether vtgate's file of users holds a list of passwords for each, or the one bare."""
    admin_client: str
    """The program in the image that sends commands to vtctld; empty for 2.1, whose image has none.

    (That one is asked by HTTP: vitessctl/render/vtctl_by_http.py.)
    """
    vttablet_image_has_client: bool
    """Whether the image `vitess/vttablet`, too, holds that program, as `vitess/lite` does."""
    admin_server_flag: str
    """That program's flag for vtctld's address."""
    reparent_away: Sequence[str]
    """What that program is told to make another tablet primary of `{shard}`, if `{alias}` is it now."""
    emergency_reparent_looks_at_received: bool
    """Whether EmergencyReparentShard finds the tablet that has most by itself, and counts what is received.

    Before, one has to be named, and what was received but is not applied yet is thrown away (source of 2.1 and 7).
    """
    dual_in_every_keyspace: bool
    """Whether vtgate answers `select 1` without being told a keyspace, also where there are several.

    2.1 does not ("table dual not found"), 7 does (source); those between are not known to.
    """
    splits_schema_blindly: bool
    """Whether ApplySchema cuts at every semicolon, within quotes too."""
    emergency_reparent: str
    """How a person makes a tablet primary of `{shard}` whatever the others hold."""
    _knowledge: Knowledge = field(repr=False)

    def accepts(self, component: str, flag: str) -> bool:
        """Whether a component takes the flag spelled just so; leading dashes do not matter."""
        spelled = flag.strip().lstrip("-")
        spellings = self._spellings(component, spelled)
        return spelled in spellings or (self._pure_underscores(spelled) and bool(spellings))

    def spelling(self, component: str, flag: str) -> str:
        """This release's own spelling of a flag given in any spelling; UnknownFlagError if there is none."""
        spellings = self._spellings(component, flag)
        if spellings:
            return spellings[0]
        raise UnknownFlagError(
            f"{component} of Vitess {self.name} has no flag --{flag.strip().lstrip('-')}",
            why=self.explain_unknown(component, flag),
            fix="remove the flag, use its successor, or choose an image of a release that has it",
        )

    def flags(self, component: str) -> list[str]:
        """Every flag of a component in this release's spelling, sorted."""
        return sorted(spellings[0] for spellings in self._knowledge.accepted(component, self.name).values())

    def explain_unknown(self, component: str, flag: str) -> str:
        """A sentence that says where a flag went that this release does not have."""
        return explain.unknown_flag(self._knowledge, self.name, component, flag)

    def option(self, component: str, option: str) -> str:
        """The flag for a logical option in this release's spelling.

        UnknownOptionError if there is none; KeyError for an option that is not in the table.
        """
        flags = self._knowledge.options[option]
        for flag in flags:
            spellings = self._spellings(component, flag)
            if spellings:
                return spellings[0]
        raise UnknownOptionError(
            f"{component} of Vitess {self.name} has no flag for {option.replace('_', ' ')}",
            why=self.explain_unknown(component, flags[0]),
        )

    def line(self, component: str) -> tuple[Mapping[str, str], ...]:
        """The options that this release's component is told on its command line (see data/lines.json)."""
        return tuple(entry for entry in self._knowledge.lines[component] if self.within(entry.get("releases", "..")))

    def within(self, text: str) -> bool:
        """Whether this release lies in a range such as `15..` or `2.1..14`."""
        return ranges.holds(text, self.name, self._knowledge.names)

    def _spellings(self, component: str, flag: str) -> tuple[str, ...]:
        return self._knowledge.accepted(component, self.name).get(flag_key(flag), ())

    def _pure_underscores(self, flag: str) -> bool:
        return self.accepts_underscores and "-" not in flag


def build(knowledge: Knowledge, name: str) -> Release:
    """The release of that name from the facts; every fact is a field of Release."""
    facts = {fact: _frozen(knowledge.fact(fact, name)) for fact in knowledge.facts if fact != "probes"}
    probes = {
        component: Probe(**found)
        for component, by_range in knowledge.facts["probes"].items()
        if (found := ranges.pick(by_range, name, knowledge.names)) is not None
    }
    return Release(name=name, order=knowledge.names.index(name), probes=probes, _knowledge=knowledge, **facts)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
