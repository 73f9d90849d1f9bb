"""The one adapter between vitessctl and an API server: objects as plain dicts, calls by a static table of routes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from typing import Any

from vitessctl import garbage
from vitessctl.targets.base import Address, Pipes
from vitessctl.targets.ground import Expiry, Reading
from vitessctl.targets.kubernetes import connect, kinds, routes
from vitessctl.targets.kubernetes.faults import AlreadyThere, NotThere, Outdated, ServerFailed, StreamFailed
from vitessctl.targets.kubernetes.interface import FIELD_MANAGER, Executed, Kind, KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.portforward import Forward
from vitessctl.targets.kubernetes.refusals import Call, status_of
from vitessctl.targets.kubernetes.requests import Ask, Requests, Result
from vitessctl.targets.kubernetes.retry import Patience
from vitessctl.targets.kubernetes.streams import Channels, Streams
from vitessctl.targets.kubernetes.transport import Answer

Query = list[tuple[str, str]]
_APPLY = "application/apply-patch+yaml"
_MERGE = "application/merge-patch+json"
_STRICT = ("fieldValidation", "Strict")
_MANAGER = ("fieldManager", FIELD_MANAGER)


def open_api(
    context: str | None = None,
    *,
    kubeconfig: str | None = None,
    environ: Mapping[str, str] | None = None,
    patience: Patience | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> KubernetesApi:
    """The API server of a kubeconfig's context, else of $VITESSCTL_CONTEXT, else of the current one, else of this pod.

    Nothing is sent yet. Raises NoContext.
    """
    found = os.environ if environ is None else environ
    return Client(Requests(lambda: connect.load(context, kubeconfig, found), patience or Patience(), clock, sleep))


class Client:
    """The KubernetesApi that talks to a server."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self.context_name = requests.access.context_name
        self.server = requests.access.server
        self.in_cluster = requests.access.in_cluster
        self._streams = Streams(requests)

    @property
    def counts(self) -> Mapping[str, int]:
        """See KubernetesApi."""
        return self._requests.counts

    def get(self, kind: Kind, namespace: str, name: str) -> KubernetesObject | None:
        """See KubernetesApi."""
        call = Call("get", kind, namespace, name)
        answer = self._ask(call, "GET", routes.item(kind, namespace, name)).answer
        if answer.code == 404 and _of_item(answer, call):
            return None
        return self._object(call, answer)

    def list(self, kind: Kind, namespace: str, labels: Mapping[str, str] | None = None) -> Sequence[KubernetesObject]:
        """See KubernetesApi. Starts over, once, where a page has expired before it was asked for.

        Without a limit, as pages come one after the other. Without a resourceVersion: 0 would do with what a server
        remembers, which may lack what was just written through another one, and a plan has to see that. From
        Kubernetes 1.31 a server takes the list from its memory all the same, once it knows that nothing is newer.
        """
        query: Query = [("labelSelector", routes.selector(labels))] if labels else []
        call = Call("list", kind, namespace)
        try:
            pages = list(self._pages(call, query))
        except _Expired:
            pages = list(self._pages(call, query))
        named = {"apiVersion": kind.api_version, "kind": kind.name}
        return [{**named, **item} for page in pages for item in page.get("items") or ()]

    def apply(self, body: KubernetesObject, *, dry_run: bool = False, force: bool = False) -> KubernetesObject:
        """See KubernetesApi."""
        call, path = _named("patch", body)
        query = [_MANAGER, _STRICT, ("force", "true" if force else "false")] + [("dryRun", "All")] * dry_run
        free = not body["metadata"].keys() & {"resourceVersion", "uid"}
        result = self._ask(call, "PATCH", path, query, body, _APPLY, apply=free)
        return self._object(call, result.answer)

    def create(self, body: KubernetesObject) -> KubernetesObject:
        """See KubernetesApi."""
        call, _ = _named("create", body)
        result = self._ask(call, "POST", routes.collection(call.kind, call.namespace), [_MANAGER, _STRICT], body)
        try:
            return self._object(call, result.answer)
        except AlreadyThere:
            return self._ours(call, body, result)

    def replace(self, body: KubernetesObject) -> KubernetesObject:
        """See KubernetesApi."""
        call, path = _named("update", body)
        result = self._ask(call, "PUT", path, [_MANAGER, _STRICT], body)
        try:
            return self._object(call, result.answer)
        except Outdated:
            return self._ours(call, body, result)

    def merge(self, kind: Kind, namespace: str, name: str, patch: Mapping[str, Any]) -> KubernetesObject:
        """See KubernetesApi."""
        call = Call("patch", kind, namespace, name)
        path = routes.item(kind, namespace, name)
        return self._object(call, self._ask(call, "PATCH", path, [_MANAGER, _STRICT], patch, _MERGE).answer)

    def delete(
        self, kind: Kind, namespace: str, name: str, *, uid: str = "", orphan: bool = False, grace: int | None = None
    ) -> bool:
        """See KubernetesApi."""
        call = Call("delete", kind, namespace, name)
        options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions"}
        options["propagationPolicy"] = "Orphan" if orphan else "Background"
        if uid:
            options["preconditions"] = {"uid": uid}
        if grace is not None:
            options["gracePeriodSeconds"] = grace
        result = self._ask(call, "DELETE", routes.item(kind, namespace, name), (), options)
        if result.answer.code == 404 and _of_item(result.answer, call):
            return result.unsure
        self._object(call, result.answer)
        return True

    def evict(self, namespace: str, pod: str, *, uid: str) -> bool:
        """See KubernetesApi."""
        call = Call("create", kinds.POD, namespace, pod, "eviction")
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod, "namespace": namespace},
            "deleteOptions": {"preconditions": {"uid": uid}},
        }
        path = routes.item(kinds.POD, namespace, pod, "eviction")
        try:
            answer = self._ask(call, "POST", path, (), body).answer
        except ServerFailed as error:
            if error.code == 429:
                return False
            raise
        if answer.code == 404 or (answer.code == 409 and uid in answer.body.decode("utf-8", "replace")):
            return True
        self._object(call, answer)
        return True

    def allowed(self, verb: str, kind: Kind, namespace: str, subresource: str = "") -> bool:
        """See KubernetesApi."""
        group = kind.api_version.rpartition("/")[0]
        wanted = {"verb": verb, "group": group, "resource": kind.plural, "subresource": subresource}
        if kind.namespaced:
            wanted["namespace"] = namespace
        review = kinds.SELF_SUBJECT_ACCESS_REVIEW
        body = {"apiVersion": review.api_version, "kind": review.name, "spec": {"resourceAttributes": wanted}}
        call = Call("create", review, "")
        answer = self._ask(call, "POST", routes.collection(review, ""), (), body).answer
        return bool(self._object(call, answer).get("status", {}).get("allowed"))

    def logs(self, namespace: str, pod: str, container: str, lines: int, *, previous: bool = False) -> Sequence[str]:
        """See KubernetesApi."""
        query: Query = [("container", container), ("tailLines", str(lines))] + [("previous", "true")] * previous
        call = Call("get", kinds.POD, namespace, pod, "log")
        answer = self._ask(call, "GET", routes.item(kinds.POD, namespace, pod, "log"), query, accept="*/*").answer
        if answer.code == 400 and _never_ran(answer):
            return ()
        if answer.code >= 400:
            raise self._requests.fault(call, answer)
        return tuple(answer.body.decode("utf-8", "replace").splitlines())

    def follow(self, namespace: str, pod: str, container: str, lines: int) -> Iterator[str]:
        """See KubernetesApi."""
        query = [("container", container), ("tailLines", str(lines)), ("follow", "true")]
        call = Call("get", kinds.POD, namespace, pod, "log")
        path = routes.with_query(routes.item(kinds.POD, namespace, pod, "log"), query)
        with closing(self._requests.stream(Ask(call, "GET", path, accept="*/*"))) as response:
            yield from _lines(response, call)

    def execute(self, namespace: str, pod: str, container: str, command: Sequence[str], seconds: float) -> Executed:
        """See KubernetesApi."""
        return self._streams.execute(namespace, pod, container, command, seconds)

    def run(self, namespace: str, pod: str, container: str, command: Sequence[str], pipes: Pipes) -> int:
        """See KubernetesApi."""
        return self._streams.run(namespace, pod, container, command, pipes)

    def forward(
        self, namespace: str, pod: str | Callable[[], str], port: int, local_port: int = 0
    ) -> AbstractContextManager[Address]:
        """See KubernetesApi."""

        def dial() -> Channels:
            return self._streams.port(namespace, pod if isinstance(pod, str) else pod(), port)

        return Forward(dial, local_port, f"port forward to {port}")

    def version(self) -> str:
        """See KubernetesApi."""
        call = Call("get", kinds.NAMESPACE, "", "version")
        return str(self._object(call, self._ask(call, "GET", "/version").answer).get("gitVersion", ""))

    def clock(self) -> Reading:
        """See KubernetesApi."""
        from vitessctl.run.http import date_of

        call, before = Call("get", kinds.NAMESPACE, "", "version"), time.time()
        answer = self._ask(call, "GET", "/version").answer
        said = date_of(answer.headers.get("Date", ""))
        if said is None:
            raise ServerFailed(call.what, self.server, answer.code, "its answer has no Date")
        return Reading("the API server", before, said, time.time(), 1.0)

    def expiries(self) -> Sequence[Expiry]:
        """See KubernetesApi."""
        from vitessctl.targets.kubernetes.credentials import expiries

        return tuple(expiries(self._requests.access))

    def _ask(
        self,
        call: Call,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]] = (),
        body: Mapping[str, Any] | None = None,
        content_type: str = "application/json",
        *,
        accept: str = "application/json",
        apply: bool = False,
    ) -> Result:
        content = None if body is None else json.dumps(body).encode()
        path = routes.with_query(path, query)
        return self._requests.ask(Ask(call, method, path, content, content_type, accept, apply))

    def _object(self, call: Call, answer: Answer) -> dict[str, Any]:
        """The object that an answer holds; raises the fault that it means otherwise."""
        if answer.code >= 400:
            raise self._requests.fault(call, answer)
        try:
            with garbage.left_alone():
                found = json.loads(answer.body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ServerFailed(call.what, self.server, answer.code, "what it sends is not a Kubernetes object")
        return found

    def _pages(self, call: Call, query: Query) -> Iterator[Mapping[str, Any]]:
        path = routes.collection(call.kind, call.namespace)
        token = ""
        while True:
            answer = self._ask(call, "GET", path, query + ([("continue", token)] if token else [])).answer
            if token and answer.code == 410:
                raise _Expired
            page = self._object(call, answer)
            yield page
            token = page.get("metadata", {}).get("continue", "")
            if not token:
                return

    def _ours(self, call: Call, body: KubernetesObject, result: Result) -> KubernetesObject:
        """What is there, if it is what an earlier attempt of ours has written; else raise what was raised."""
        live = self.get(call.kind, call.namespace, call.name) if result.unsure else None
        if live is None or not _holds(live, _without_version(body)):
            raise self._requests.fault(call, result.answer)
        return live


class _Expired(Exception):
    """A list's next page is no longer to be had."""


def _named(verb: str, body: KubernetesObject) -> tuple[Call, str]:
    """The call that writes an object, and the path of the object."""
    kind = kinds.of(body)
    namespace, name = body["metadata"].get("namespace", ""), body["metadata"]["name"]
    return Call(verb, kind, namespace, name), routes.item(kind, namespace, name)


def _of_item(answer: Answer, call: Call) -> bool:
    """Whether a 404 is about the object itself; not about its namespace or a kind that the server does not have."""
    details = status_of(answer.code, answer.body).details or {}
    return bool(details.get("name")) and details.get("kind") == call.kind.plural


def _without_version(body: KubernetesObject) -> Mapping[str, Any]:
    metadata = {key: value for key, value in body["metadata"].items() if key in ("name", "namespace", "labels")}
    return {**body, "metadata": metadata}


def _holds(live: Any, wanted: Any) -> bool:
    """Whether all that is wanted is there; the server may have added defaults."""
    if isinstance(wanted, Mapping):
        return isinstance(live, Mapping) and all(_holds(live.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        same_length = isinstance(live, list) and len(live) == len(wanted)
        return same_length and all(_holds(one, other) for one, other in zip(live, wanted, strict=True))
    return bool(live == wanted)


def _never_ran(answer: Answer) -> bool:
    """Whether a container has no log, because it waits to start or has no previous run."""
    message = status_of(answer.code, answer.body).message
    return any(text in message for text in ("is waiting to start", "previous terminated container", "is not available"))


def _lines(response: Any, call: Call) -> Iterator[str]:
    """The lines of a body that grows; the last one without its end too."""
    from urllib3.exceptions import HTTPError

    rest = b""
    try:
        for chunk in response.stream(amt=None if response.chunked else 1024, decode_content=True):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode("utf-8", "replace") for line in whole)
    except (HTTPError, OSError) as error:
        raise StreamFailed("follow the log", call.label, f"the connection broke off: {error}") from error
    if rest:
        yield rest.decode("utf-8", "replace")


__all__ = ["Client", "NotThere", "Patience", "open_api"]
