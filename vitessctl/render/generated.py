"""Values of a Secret that the target makes once and keeps: rendering is pure, so it leaves a placeholder for each.

A Secret has such a value under a key of its own, and perhaps again inside other values (a file of users). The
target reads the Secret that is there, if there is one, calls `filled`, and applies what comes back.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace

from vitessctl.render.documents import Document
from vitessctl.render.names import label_value


def key_of(user: str) -> str:
    """The key that holds the password of a user."""
    return f"password.{label_value(user)}"


def placeholder(key: str) -> str:
    """What stands in a rendered value where the generated one will be; it needs no escape in JSON."""
    return f"<generated {key}>"


def filled(document: Document, existing: Mapping[str, str], make: Callable[[], str]) -> Document:
    """The document with real values in place of its placeholders.

    `existing` is the `data` of the Secret in the cluster, base64 as it is there; empty if there is none. A value
    that it has is kept, for any other `make` is called. What `make` gives must need no escape in JSON
    (secrets.token_urlsafe). The text no longer counts, only the data.
    """
    values = {
        key: base64.b64decode(existing[key]).decode() if existing.get(key) else make() for key in document.generated
    }
    data = {name: _replaced(text, values) for name, text in document.data.get("data", {}).items()}
    return replace(document, data={**document.data, "data": data}) if document.generated else document


def _replaced(encoded: str, values: Mapping[str, str]) -> str:
    text = base64.b64decode(encoded).decode()
    for key, value in values.items():
        text = text.replace(placeholder(key), value)
    return base64.b64encode(text.encode()).decode()
