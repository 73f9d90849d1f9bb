"""The first trial, step by step: what somebody did in 2018 with Vitess 2.1, what one does now, and what is so then.

In 2018 somebody tried Vitess 2.1 on Kubernetes with its example scripts: operations E1 to E16, problems P1 to P13.
It ended with a primary deleted, a shard that took no writes, and a tablet that had come back empty and looked healthy.
Here each operation is one command, and each problem is prevented or named. The steps are one story on one cluster: each
begins where the one before ended. They run in every place (`tests.story.place`) with the newest Vitess and with 2.1.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import yaml

from tests.story.place import FOLDER
from tests.story.trial import Trial, told

TOO_LARGE = "resources={vttablet: {requests: {cpu: 1000}}}"
WITH_AUTHOR = f"keyspaces.messages.schema={FOLDER / 'messages-with-author.sql'}"
SHORT = ("-e", "timeouts.replication=20s", "-e", "timeouts.vtgate=20s")
"""For an `up` that may find a tablet which cannot be filled: it says so after so long."""


class NotHereError(Exception):
    """A step that cannot take place here, and why."""


@dataclass(frozen=True)
class Step:
    """A step of the story."""

    numbers: str
    """The operations (E) and problems (P) of the trial."""
    then: str
    """What was done in 2018, and what came of it."""
    tell: Callable[[Trial], None]

    @property
    def name(self) -> str:
        """What it is about, in words."""
        return self.tell.__name__


STEPS: list[Step] = []
"""In the order in which they are told."""


def step(numbers: str, then: str) -> Callable[[Callable[[Trial], None]], Callable[[Trial], None]]:
    """Add a step to the story."""

    def add(tell: Callable[[Trial], None]) -> Callable[[Trial], None]:
        STEPS.append(Step(numbers, then, tell))
        return tell

    return add


# Before anything runs


@step("E3 E5 P2", "edited the image into every template; the default had no tag, and what it was changed underfoot")
def an_image_without_a_version_is_refused(trial: Trial) -> None:
    for image in ("vitess/lite", "vitess/lite:latest"):
        ran = trial.offline("validate", "--image", image)
        assert ran.code == 5
        assert f"{image} does not tell which release of Vitess it is" in ran.words
    assert f"Vitess {trial.release.name}," in trial.offline("validate").ok().words


@step("P1", "vtctld and others did not start: their options were not those of the image")
def a_flag_that_the_image_does_not_know_is_seen_before_anything_is_made(trial: Trial) -> None:
    ran = trial.offline("validate", "-e", f"extra_flags.vttablet.{trial.release.wrong_flag}=true")
    assert ran.code == 5
    assert f"vttablet of Vitess {trial.release.name} has no flag --{trial.release.wrong_flag}" in ran.words
    assert trial.release.why_wrong in ran.words


@step("E6", "deleted the resources from each template by hand")
def what_no_resources_are_said_for_asks_for_none(trial: Trial) -> None:
    documents = [each for each in yaml.safe_load_all(trial.offline("render").ok().screen) if each]
    pods = [each["spec"]["template"]["spec"] for each in documents if each["kind"] in ("StatefulSet", "Deployment")]
    containers = [each for pod in pods for each in (*pod.get("initContainers", ()), *pod["containers"])]
    assert len(containers) > 10
    assert all("resources" not in container for container in containers)


@step("P3", "there was too little CPU and memory; pods stayed away, and it took a while to see why")
def pods_that_fit_no_node_are_named_before_anything_is_made(trial: Trial) -> None:
    if not trial.place.kubernetes:
        raise NotHereError("processes ask for no CPU and memory")
    ran = trial.run("up", "-e", TOO_LARGE)
    assert ran.code == 1
    assert "is too large for any node" in ran.words
    assert "it asks for 1000 cpu" in ran.words
    assert trial.place.remains() == []


@step("P1 E2", "found out what the image knows by starting it, and reading logs")
def the_images_are_asked_what_flags_they_know(trial: Trial) -> None:
    assert "The images are what the documents take them for." in trial.run("check-images").ok().words


# Bringing it up


@step("E1 E4", "installed an etcd operator, ran five scripts in order, waited by hand for each")
def one_command_brings_it_up(trial: Trial) -> None:
    assert trial.run("plan", "--detailed-exitcode").code == 2
    ran = trial.run("up", "--yes").ok()
    assert "vtgate ready: sees 5 tablets, a query answers" in ran.words
    assert "applications ready: guestbook answers" in ran.words
    trial.until_ready()
    trial.figures.append(f"up from nothing: {ran.seconds:.0f} s")


@step("E10 P8", "listed tablets until there was one master, two replicas and two rdonly")
def the_tablets_are_what_the_spec_says(trial: Trial) -> None:
    trial.until_ready()
    tablets = trial.json("tablets", "messages/0")["tablets"]
    assert sorted(each["type"] for each in tablets) == ["primary", "rdonly", "rdonly", "replica", "replica"]
    assert all(each["serving"] and not each["differs"] for each in tablets)


@step("E14", "ran the same scripts again: they stopped at the first object that was there")
def again_nothing_changes(trial: Trial) -> None:
    before = trial.place.untouched()
    assert "Nothing changed." in trial.run("up", "--yes").ok().screen
    assert "No changes." in trial.run("plan", "--detailed-exitcode").ok().screen
    assert trial.place.untouched() == before


# Looking at it


@step("E7 E9", "looked up the Service's IP; asked vtctld for the tablets, read their roles")
def one_look_tells_who_leads_and_where_everything_listens(trial: Trial) -> None:
    assert ": ready" in trial.run("status").ok().screen
    status = trial.status()
    assert status["vtgate"][0]["mysql"]
    assert status["vtctld"][0]["grpc"]
    shard = trial.json("topology", "keyspaces/messages/shards/0/Shard")["records"][0]
    assert shard["content"]["primary_alias"]["uid"] == int(trial.primary.rpartition("-")[2])


@step(
    "E8 P13", "show databases, users, master status, slave status, by ExecuteFetchAsDba; found a user that nobody used"
)
def any_mysql_is_asked_by_name(trial: Trial) -> None:
    primary, replica = trial.primary, trial.replica()
    assert ["vt_messages"] in trial.at(replica, "show databases")
    assert trial.at(primary, "show tables") == [["messages"]]
    users = {row[0] for row in trial.at(primary, "select user from mysql.user")}
    assert not any("orc" in user for user in users), users
    assert trial.at(primary, "show master status")[0][0].startswith("vt-")
    assert trial.json("sql", "show slave status", "--replica", "messages/0")["rows"]
    refused = trial.run("sql", "delete from messages", "--write", "--tablet", replica)
    assert refused.code == 5
    assert "is not the primary of its shard" in refused.words


@step("E2 P12", "downloaded Go, built vtctlclient, found two ways to call it")
def the_admin_client_runs_where_it_is(trial: Trial) -> None:
    listed = trial.run("vtctl", "--", *trial.release.list_tablets).ok()
    assert len([line for line in listed.screen.splitlines() if line.startswith("zone1-")]) == 5
    failed = trial.run("vtctl", "--", "GetShard", "nope/0")
    assert failed.code == 1
    assert "node doesn't exist" in failed.screen


@step("E11", "checked each replica's replication with awk")
def replication_is_one_screen_and_an_exit_code(trial: Trial) -> None:
    primary = trial.until_ready()["shards"][0]["primary"]
    (shard,) = trial.json("replication")["shards"]
    copying = [each for each in shard["tablets"] if each["alias"] != primary]
    assert {each["source"] for each in copying} == {primary}
    assert {each["missing_transactions"] for each in copying} == {0}


@step("E12", "ran the guestbook: INSERT to the master, SELECT from a replica")
def the_guestbook_writes_to_the_primary_and_reads_from_a_replica(trial: Trial) -> None:
    trial.post("Hello from 2018")
    seen = trial.place.visitor().get("/page/7")
    asked = "replica" if trial.release.reads_replicas else "primary"
    assert (seen.messages, seen.shown("tablet-type")) == (["Hello from 2018"], asked)
    if trial.release.reads_replicas:
        assert trial.query("select message from messages", "messages@rdonly") in ([], [("Hello from 2018",)])
    else:  # the Python client of 2018 spoke gRPC; a MySQL client is told, and a replica can be asked itself
        refused = trial.run("sql", "select message from messages", "--target", "messages@replica")
        assert "knows no tablet types" in refused.screen
        assert trial.at(trial.replica(), "select message from messages") in ([], [["Hello from 2018"]])


# Losing the primary


@step(
    "E13 P4 P5 P6 P7 P11", "deleted the master's pod: it hung Terminating, writes failed for good, nothing failed over"
)
def a_deleted_primary_is_replaced_and_writes_go_on(trial: Trial) -> None:
    dead = trial.primary
    with trial.writing("the primary's pod deleted" if trial.place.kubernetes else "the primary killed") as writer:
        trial.place.lose(dead)
        if not (trial.release.has_vtorc or trial.place.gives_away):  # nobody heals it, and it is said
            found = trial.until(lambda status: not status["ready"], "the shard called not ready", 30)
            assert any("vitessctl" in finding["remedy"] for finding in found["findings"]), found["findings"]
            trial.run("up", "--yes").ok()
        writer.wait_for_writes(20, 90)
    if trial.place.gives_away:
        assert trial.primary != dead
    assert "Hello from 2018" in trial.messages()
    trial.post("still here")


@step("E13 E14", "did it once, by hand, and looked at what was left")
def the_same_as_a_drill_counts_what_it_costs(trial: Trial) -> None:
    if not trial.release.has_vtorc:
        raise NotHereError("without vtorc it reports that nobody heals the shard, as the step before has shown")
    trial.until_ready()
    report = trial.json("drill", "kill-primary", "--yes", "-e", "drills=allowed")
    assert not report["rows"]["lost"], report
    assert report["healed"], report


@step("E14 E16 P6 P9", "ran vttablet-up.sh again; the tablet came back with a database and no tables")
def it_comes_back_as_it_was_with_all_its_rows(trial: Trial) -> None:
    trial.run("up", "--yes").ok()
    trial.until_ready()
    trial.count()


@step("E15 P8", "forced another master with InitShardMaster -force, which empties histories")
def the_first_primary_leads_again_by_a_planned_reparent(trial: Trial) -> None:
    first, *_ = trial.tablets
    if trial.primary == first:
        trial.run("reparent", "messages", "--yes").ok()
        trial.until_ready()
    with trial.writing("planned reparent"):
        done = trial.json("reparent", "messages", "--to", first, "--yes")
    assert (done["primary"], len(done["replicas"])) == (first, 4)
    trial.count()


@step("P5 P7", "a master that is silent: nobody saw it but the writers, and nobody did anything")
def a_silent_primary_is_named_and_given_up_and_nothing_is_lost(trial: Trial) -> None:
    if not trial.place.durable:
        raise NotHereError("without semi-sync it may hold the only copy, so giving it up is refused: reparent's tests")
    silent = trial.primary
    with ExitStack() as until_the_end, trial.writing("emergency reparent") as writer:
        until_the_end.enter_context(trial.place.freeze(silent))
        found = trial.until(lambda status: not status["ready"], "the shard called not ready", 60)
        assert any(silent in finding["subject"] + finding["sentence"] for finding in found["findings"]), told(found)
        assert trial.json("reparent", "messages", "--yes")["silent"] == [silent]
        writer.wait_for_writes(10, 60)
    trial.run("up", "--yes", *SHORT)
    if not trial.becomes_ready(20):
        # When it woke up it did what had been asked of it before: rows that nobody was told of, and that only it has.
        status = trial.status()
        assert {finding["subject"] for finding in status["findings"]} == {silent}, told(status)
        trial.run("rebuild", silent, "--yes", "--allow", "data-loss").ok()
    assert trial.primary != silent
    trial.count()
    trial.run("reparent", "messages", "--to", silent, "--yes").ok()
    trial.until_ready()


# Empty, and said to be healthy


@step(
    "P9 P10 E16", "the tablet without tables replicated and called itself healthy; reads looked fine, so nobody saw it"
)
def an_empty_replica_that_says_it_is_healthy_is_named_and_made_anew(trial: Trial) -> None:
    hollow = trial.replica()
    for words in trial.release.empty:
        trial.insist("vtctl", "--", *(hollow if word == "ALIAS" else word for word in words))

    status = trial.until(lambda status: not status["ready"], "the hole", 30)
    problem, *more = [each for each in status["findings"] if each["severity"] == "error"]
    assert not more, told(status)
    assert problem["subject"] == hollow
    assert problem["sentence"] == "incomplete, although it says SERVING: lacks the tables messages"
    assert problem["remedy"] == f"vitessctl rebuild {hollow}"
    assert trial.run("replication").code == 3
    examined = trial.run("doctor")
    assert examined.code == 3
    assert f"{hollow}: incomplete" in examined.words

    assert "it is the primary of messages/0" in trial.run("rebuild", trial.primary, "--yes").words
    made = trial.json("rebuild", hollow, "--yes")
    assert (made["alias"], made["way"]) == (hollow, "binlogs")
    trial.figures.append(f"rebuild of an empty replica: {made['seconds']:.0f} s")
    trial.until_ready()
    trial.run("replication").ok()
    trial.count()


@step("P9", "the data were in the pod (emptyDir) and went with it")
def a_primary_whose_disk_is_gone_never_leads_with_an_empty_database(trial: Trial) -> None:
    lost = trial.primary
    with trial.writing("the primary and its disk gone") as writer:
        trial.place.lose_with_disk(lost)
        ran = trial.run("up", "--yes", *SHORT)
        writer.wait_for_writes(10, 60)
    assert trial.primary != lost
    if ran.code:  # until 12 only a tablet that copied from the first primary from the beginning has its first rows
        assert not trial.release.has_vtorc
        assert f"{lost}: Got fatal error 1236" in ran.words
        assert any(each["sentence"].startswith("is empty: lacks") for each in trial.status()["findings"])
        refused = trial.run("rebuild", lost, "--yes")
        assert refused.code == 1
        assert "vitessctl reparent messages/0 --to " in refused.words
        whole = refused.words.partition("vitessctl reparent messages/0 --to ")[2].split()[0].rstrip(",;")
        trial.run("reparent", "messages/0", "--to", whole, "--yes").ok()
        trial.run("rebuild", lost, "--yes").ok()
    trial.until_ready()
    trial.count()


# Changing it, and putting it away


@step("-", "made the table by hand with ApplySchema")
def a_changed_table_is_shown_then_applied_and_rows_stay(trial: Trial) -> None:
    assert "author" in trial.run("schema diff", "-e", WITH_AUTHOR).screen
    trial.run("schema apply", "--yes", "-e", WITH_AUTHOR).ok()
    assert trial.run("schema diff", "-e", WITH_AUTHOR).code == 0
    refused = trial.run("schema apply", "--yes")
    assert refused.code != 0
    assert "--allow-destructive" in refused.words
    trial.run("schema apply", "--yes", "--allow-destructive").ok()
    trial.until_ready()
    assert "Hello from 2018" in trial.messages()
    trial.count()


@step("P9", "taking the cluster down meant losing it")
def down_keeps_the_rows_and_up_brings_them_back(trial: Trial) -> None:
    assert "kept" in trial.run("down", "--yes").ok().screen
    assert trial.place.remains() == []
    back = trial.run("up", "--yes").ok()
    trial.figures.append(f"up with its rows: {back.seconds:.0f} s")
    trial.until_ready()
    assert "Hello from 2018" in trial.messages()
    trial.post("back again")
    trial.count()


@step("-", "who did what was in nobody's head any more")
def the_history_names_every_command_that_changed_it(trial: Trial) -> None:
    runs = trial.json("history")["runs"]
    assert {"up", "down", "reparent", "rebuild"} <= {run["command"] for run in runs}


@step("-", "kubectl delete, one kind after the other")
def everything_goes_under_its_name_and_only_then(trial: Trial) -> None:
    assert trial.run("down", "--yes", "--delete-data", "minimal").code == 5
    trial.until_ready()
    trial.run("down", "--yes", "--delete-data", "guestbook").ok()
    assert trial.place.remains() == []
