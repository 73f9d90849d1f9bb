from vitessctl.rehearsal.etcd.proto import etcd_pb2 as _etcd_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Command(_message.Message):
    __slots__ = ("txn", "grant", "revoke")
    TXN_FIELD_NUMBER: _ClassVar[int]
    GRANT_FIELD_NUMBER: _ClassVar[int]
    REVOKE_FIELD_NUMBER: _ClassVar[int]
    txn: _etcd_pb2.TxnRequest
    grant: _etcd_pb2.LeaseGrantRequest
    revoke: _etcd_pb2.LeaseRevokeRequest
    def __init__(self, txn: _Optional[_Union[_etcd_pb2.TxnRequest, _Mapping]] = ..., grant: _Optional[_Union[_etcd_pb2.LeaseGrantRequest, _Mapping]] = ..., revoke: _Optional[_Union[_etcd_pb2.LeaseRevokeRequest, _Mapping]] = ...) -> None: ...

class Entry(_message.Message):
    __slots__ = ("term", "index", "command")
    TERM_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    term: int
    index: int
    command: Command
    def __init__(self, term: _Optional[int] = ..., index: _Optional[int] = ..., command: _Optional[_Union[Command, _Mapping]] = ...) -> None: ...

class AppendRequest(_message.Message):
    __slots__ = ("term", "leader", "previous_index", "previous_term", "entries", "committed")
    TERM_FIELD_NUMBER: _ClassVar[int]
    LEADER_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_INDEX_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_TERM_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_FIELD_NUMBER: _ClassVar[int]
    term: int
    leader: str
    previous_index: int
    previous_term: int
    entries: _containers.RepeatedCompositeFieldContainer[Entry]
    committed: int
    def __init__(self, term: _Optional[int] = ..., leader: _Optional[str] = ..., previous_index: _Optional[int] = ..., previous_term: _Optional[int] = ..., entries: _Optional[_Iterable[_Union[Entry, _Mapping]]] = ..., committed: _Optional[int] = ...) -> None: ...

class AppendReply(_message.Message):
    __slots__ = ("accepted", "term", "last_index")
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    TERM_FIELD_NUMBER: _ClassVar[int]
    LAST_INDEX_FIELD_NUMBER: _ClassVar[int]
    accepted: bool
    term: int
    last_index: int
    def __init__(self, accepted: bool = ..., term: _Optional[int] = ..., last_index: _Optional[int] = ...) -> None: ...

class PeerStatus(_message.Message):
    __slots__ = ("name", "term", "last_term", "last_index")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TERM_FIELD_NUMBER: _ClassVar[int]
    LAST_TERM_FIELD_NUMBER: _ClassVar[int]
    LAST_INDEX_FIELD_NUMBER: _ClassVar[int]
    name: str
    term: int
    last_term: int
    last_index: int
    def __init__(self, name: _Optional[str] = ..., term: _Optional[int] = ..., last_term: _Optional[int] = ..., last_index: _Optional[int] = ...) -> None: ...

class PeerStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
