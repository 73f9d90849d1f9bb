"""What can go wrong between vitessctl and an API server, as errors that a person can act on."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.errors import ConflictError, ExitCode, TemplateError, UnreachableError, UsageError, VitessctlError
from vitessctl.targets.base import FieldConflict

_ROLE = "docs/rbac.yaml holds the Role that vitessctl needs: have it created in the namespace and bound to you"


class Unreachable(UnreachableError):
    """The API server does not answer: refused, not found, not trusted, or too slow."""

    def __init__(self, server: str, why: str, fix: str = "") -> None:
        self.server = server
        fix = fix or "check the server's address in the kubeconfig, the network, and whether the cluster is up"
        super().__init__("the API server cannot be reached", where=server, why=why, fix=fix)


class ServerFailed(UnreachableError):
    """The API server answered with an error of its own, again and again where asking again made sense."""

    def __init__(self, what: str, server: str, code: int, message: str) -> None:
        self.server, self.code, self.message = server, code, message
        super().__init__(
            f"cannot {what}",
            where=server,
            why=f"the API server answers {code}: {message}",
            fix="look at the API server and its etcd; run the command again when they are well: it resumes",
        )


class Unauthorized(UnreachableError):
    """The API server does not know who we are."""

    passing = False

    def __init__(self, server: str, context: str, why: str = "") -> None:
        self.context = context
        super().__init__(
            "the API server does not accept our credentials",
            where=server or context,
            why=why or f"it answers 401 to what the context {context} has, also after reading it anew",
            fix="log in again, the way this cluster wants it; `kubectl auth whoami` must work",
        )


class Forbidden(UnreachableError):
    """The API server knows us, but we may not."""

    passing = False

    def __init__(self, verb: str, resource: str, namespace: str, message: str = "") -> None:
        self.verb, self.resource, self.namespace = verb, resource, namespace
        scope = f"in the namespace {namespace}" if namespace else "in the cluster"
        super().__init__(
            f"we may not {verb} {resource} {scope}",
            where=resource,
            why=message or "no Role grants it",
            fix=_ROLE if namespace else "have it granted with a ClusterRole, or do without what needs it",
        )


class Refused(VitessctlError):
    """We may, but a policy says no: a quota, an admission webhook, a namespace that is being deleted."""

    def __init__(self, what: str, label: str, message: str) -> None:
        self.label, self.message = label, message
        super().__init__(f"cannot {what}", where=label, why=message, fix=_refusal_fix(message))


def _refusal_fix(message: str) -> str:
    for words, fix in _REFUSALS:
        if words in message:
            return fix
    return "change the spec so that the cluster's policy allows it, or ask those who run the cluster"


_REFUSALS = (
    (
        "exceeded quota",
        "have the namespace's ResourceQuota raised, or ask for less (see `resources`)",
    ),
    ("must specify", "the namespace's ResourceQuota wants every container to ask: set `resources: recommended`"),
    ("being terminated", "wait until the namespace is gone, then run the command again"),
    (
        "violates PodSecurity",
        "label the namespace with a Pod Security level that allows it",
    ),
)


class ApplyConflict(ConflictError):
    """Another manager owns fields that we want to have another value."""

    def __init__(self, label: str, conflicts: Sequence[FieldConflict]) -> None:
        self.label = label
        self.conflicts = tuple(conflicts)
        fields = "; ".join(f"{conflict.path} is set by {conflict.manager}" for conflict in self.conflicts)
        super().__init__(
            "another manager owns fields that would change",
            where=label,
            why=fields or "the API server does not say which",
            fix="let the other manager give the fields up, or leave them out of the spec",
        )


class AlreadyThere(ConflictError):
    """What was to be created exists."""

    def __init__(self, label: str) -> None:
        self.label = label
        super().__init__("it exists already", where=label, fix="run the command again: it takes up what is there")


class Outdated(ConflictError):
    """The object is not the one that was read: somebody changed or replaced it meanwhile."""

    def __init__(self, label: str, message: str = "") -> None:
        self.label = label
        super().__init__(
            "it changed since it was read",
            where=label,
            why=message,
            fix="run the command again: it starts from what is there now",
        )


class NotThere(ConflictError):
    """What was to be changed, read from or reached does not exist (any more)."""

    def __init__(self, label: str, message: str = "") -> None:
        self.label = label
        super().__init__("it does not exist", where=label, why=message, fix="run `vitessctl up` to have it made")


class NoNamespace(VitessctlError):
    """The namespace does not exist."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        super().__init__(
            "the namespace does not exist",
            where=f"Namespace/{namespace}",
            fix=f"create it: kubectl create namespace {namespace}",
        )


class Invalid(VitessctlError):
    """The API server does not accept a document; every field that it names, with its reason."""

    exit_code = ExitCode.SPEC

    def __init__(self, label: str, fields: Sequence[tuple[str, str]], message: str) -> None:
        self.label, self.fields, self.message = label, tuple(fields), message
        named = "; ".join(f"{path}: {reason}" if reason else path for path, reason in self.fields)
        super().__init__(
            "the API server does not accept this document",
            where=label,
            why=named or message,
            fix="mend the field in cluster.yaml or in the template; `vitessctl render` shows the document",
        )


class NoContext(UsageError):
    """There is no cluster to talk to: no kubeconfig, or not the context that was named."""

    def __init__(self, why: str, fix: str, where: str = "") -> None:
        super().__init__("no Kubernetes cluster is chosen", where=where or None, why=why, fix=fix)


class NotSupported(TemplateError):
    """A document of a kind that vitessctl does not handle."""

    def __init__(self, api_version: str, kind: str, other_versions: Sequence[str] = ()) -> None:
        self.api_version, self.kind = api_version, kind
        super().__init__(
            f"vitessctl does not handle objects of kind {kind or '(none)'} of {api_version or '(no apiVersion)'}",
            where=kind,
            why=f"it handles {kind} of {', '.join(other_versions)}" if other_versions else "",
            fix="change the template; apply what vitessctl does not handle by other means",
        )


class StreamFailed(UnreachableError):
    """A command in a container, a log that is followed, or a forwarded port broke off or could not start."""

    def __init__(self, what: str, label: str, why: str) -> None:
        self.label = label
        super().__init__(
            f"cannot {what}", where=label, why=why, fix="see whether the pod runs: vitessctl status; then try again"
        )


class NotTold(UnreachableError):
    """A program in a container did not say what it was asked for."""

    def __init__(self, label: str, command: str, why: str) -> None:
        self.label, self.command = label, command
        super().__init__(
            f"`{command}` does not say it", where=label, why=why, fix="see whether the image has that program"
        )
