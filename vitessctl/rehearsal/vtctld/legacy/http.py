"""The legacy commands over HTTP: `POST /api/vtctl/` with a list of words, for whoever has no client."""

from __future__ import annotations

import json
import time
from typing import Final

from vitessctl.rehearsal.etcd.client import EtcdError
from vitessctl.rehearsal.servenv.web import Page
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.vtctld.call import Call
from vitessctl.rehearsal.vtctld.legacy import service
from vitessctl.rehearsal.vtctld.legacy.job import Output
from vitessctl.vtctld.proto import logutil_pb2 as logutil

JSON: Final = "application/json; charset=utf-8"


def over_http(call: Call, body: bytes) -> Page:
    """Run a command; its error and its output, log lines and all, in one JSON object. 200 also for a refusal."""
    try:
        words = json.loads(body)
    except ValueError as error:
        return Page(f"can't unmarshal request: {error}\n", 500)
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return Page("can't unmarshal request: json: cannot unmarshal into Go value of type []string\n", 500)
    output, failure = Output(), ""
    try:
        service.run(call, words, output)
    except (Refused, TopologyError, TabletError, EtcdError) as error:
        failure = str(error)
    shown = {"Error": failure, "Output": "".join(_line(event) for event in output.events)}
    return Page(json.dumps(shown, indent=2, ensure_ascii=False), content_type=JSON)


def _line(event: logutil.Event) -> str:
    """Output as it is; a log line as glog has it."""
    if event.level == logutil.CONSOLE:
        return event.value
    moment = time.strftime("%m%d %H:%M:%S.000000", time.gmtime(event.time.seconds))
    return f"{logutil.Level.Name(event.level)[0]}{moment} {event.file}:{event.line}] {event.value}\n"
