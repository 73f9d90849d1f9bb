"""The calls of etcd's v3 API that this package makes or answers, by service; no grpc is imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from google.protobuf.message import Message

from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb


@dataclass(frozen=True)
class Method:
    """One call; `streams` tells that both directions stream."""

    service: str
    name: str
    request: type[Message]
    response: type[Message]
    streams: bool = False

    @property
    def path(self) -> str:
        """`/etcdserverpb.KV/Range`"""
        return f"/{self.service}/{self.name}"


KV: Final = "etcdserverpb.KV"
LEASE: Final = "etcdserverpb.Lease"
WATCH_SERVICE: Final = "etcdserverpb.Watch"
MAINTENANCE: Final = "etcdserverpb.Maintenance"
CLUSTER: Final = "etcdserverpb.Cluster"

RANGE = Method(KV, "Range", pb.RangeRequest, pb.RangeResponse)
PUT = Method(KV, "Put", pb.PutRequest, pb.PutResponse)
DELETE_RANGE = Method(KV, "DeleteRange", pb.DeleteRangeRequest, pb.DeleteRangeResponse)
TXN = Method(KV, "Txn", pb.TxnRequest, pb.TxnResponse)
LEASE_GRANT = Method(LEASE, "LeaseGrant", pb.LeaseGrantRequest, pb.LeaseGrantResponse)
LEASE_REVOKE = Method(LEASE, "LeaseRevoke", pb.LeaseRevokeRequest, pb.LeaseRevokeResponse)
LEASE_KEEP_ALIVE = Method(LEASE, "LeaseKeepAlive", pb.LeaseKeepAliveRequest, pb.LeaseKeepAliveResponse, streams=True)
WATCH = Method(WATCH_SERVICE, "Watch", pb.WatchRequest, pb.WatchResponse, streams=True)
STATUS = Method(MAINTENANCE, "Status", pb.StatusRequest, pb.StatusResponse)
MEMBER_LIST = Method(CLUSTER, "MemberList", pb.MemberListRequest, pb.MemberListResponse)
