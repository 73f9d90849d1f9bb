from vitessctl.vtctld.proto import vttime_pb2 as _vttime_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class KeyspaceType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NORMAL: _ClassVar[KeyspaceType]
    SNAPSHOT: _ClassVar[KeyspaceType]

class TabletType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNKNOWN: _ClassVar[TabletType]
    PRIMARY: _ClassVar[TabletType]
    REPLICA: _ClassVar[TabletType]
    RDONLY: _ClassVar[TabletType]
    SPARE: _ClassVar[TabletType]
    EXPERIMENTAL: _ClassVar[TabletType]
    BACKUP: _ClassVar[TabletType]
    RESTORE: _ClassVar[TabletType]
    DRAINED: _ClassVar[TabletType]
NORMAL: KeyspaceType
SNAPSHOT: KeyspaceType
UNKNOWN: TabletType
PRIMARY: TabletType
REPLICA: TabletType
RDONLY: TabletType
SPARE: TabletType
EXPERIMENTAL: TabletType
BACKUP: TabletType
RESTORE: TabletType
DRAINED: TabletType

class KeyRange(_message.Message):
    __slots__ = ("start", "end")
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    start: bytes
    end: bytes
    def __init__(self, start: _Optional[bytes] = ..., end: _Optional[bytes] = ...) -> None: ...

class TabletAlias(_message.Message):
    __slots__ = ("cell", "uid")
    CELL_FIELD_NUMBER: _ClassVar[int]
    UID_FIELD_NUMBER: _ClassVar[int]
    cell: str
    uid: int
    def __init__(self, cell: _Optional[str] = ..., uid: _Optional[int] = ...) -> None: ...

class Tablet(_message.Message):
    __slots__ = ("alias", "hostname", "port_map", "keyspace", "shard", "key_range", "type", "db_name_override", "tags", "mysql_hostname", "mysql_port", "primary_term_start_time", "default_conn_collation", "tablet_start_time", "tablet_shutdown_time")
    class PortMapEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class TagsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ALIAS_FIELD_NUMBER: _ClassVar[int]
    HOSTNAME_FIELD_NUMBER: _ClassVar[int]
    PORT_MAP_FIELD_NUMBER: _ClassVar[int]
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    KEY_RANGE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DB_NAME_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    MYSQL_HOSTNAME_FIELD_NUMBER: _ClassVar[int]
    MYSQL_PORT_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_TERM_START_TIME_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_CONN_COLLATION_FIELD_NUMBER: _ClassVar[int]
    TABLET_START_TIME_FIELD_NUMBER: _ClassVar[int]
    TABLET_SHUTDOWN_TIME_FIELD_NUMBER: _ClassVar[int]
    alias: TabletAlias
    hostname: str
    port_map: _containers.ScalarMap[str, int]
    keyspace: str
    shard: str
    key_range: KeyRange
    type: TabletType
    db_name_override: str
    tags: _containers.ScalarMap[str, str]
    mysql_hostname: str
    mysql_port: int
    primary_term_start_time: _vttime_pb2.Time
    default_conn_collation: int
    tablet_start_time: _vttime_pb2.Time
    tablet_shutdown_time: _vttime_pb2.Time
    def __init__(self, alias: _Optional[_Union[TabletAlias, _Mapping]] = ..., hostname: _Optional[str] = ..., port_map: _Optional[_Mapping[str, int]] = ..., keyspace: _Optional[str] = ..., shard: _Optional[str] = ..., key_range: _Optional[_Union[KeyRange, _Mapping]] = ..., type: _Optional[_Union[TabletType, str]] = ..., db_name_override: _Optional[str] = ..., tags: _Optional[_Mapping[str, str]] = ..., mysql_hostname: _Optional[str] = ..., mysql_port: _Optional[int] = ..., primary_term_start_time: _Optional[_Union[_vttime_pb2.Time, _Mapping]] = ..., default_conn_collation: _Optional[int] = ..., tablet_start_time: _Optional[_Union[_vttime_pb2.Time, _Mapping]] = ..., tablet_shutdown_time: _Optional[_Union[_vttime_pb2.Time, _Mapping]] = ...) -> None: ...

class Shard(_message.Message):
    __slots__ = ("primary_alias", "key_range", "source_shards", "tablet_controls", "is_primary_serving", "primary_term_start_time")
    class SourceShard(_message.Message):
        __slots__ = ("uid", "keyspace", "shard", "key_range", "tables")
        UID_FIELD_NUMBER: _ClassVar[int]
        KEYSPACE_FIELD_NUMBER: _ClassVar[int]
        SHARD_FIELD_NUMBER: _ClassVar[int]
        KEY_RANGE_FIELD_NUMBER: _ClassVar[int]
        TABLES_FIELD_NUMBER: _ClassVar[int]
        uid: int
        keyspace: str
        shard: str
        key_range: KeyRange
        tables: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, uid: _Optional[int] = ..., keyspace: _Optional[str] = ..., shard: _Optional[str] = ..., key_range: _Optional[_Union[KeyRange, _Mapping]] = ..., tables: _Optional[_Iterable[str]] = ...) -> None: ...
    class TabletControl(_message.Message):
        __slots__ = ("tablet_type", "cells", "denied_tables", "frozen", "allow_reads")
        TABLET_TYPE_FIELD_NUMBER: _ClassVar[int]
        CELLS_FIELD_NUMBER: _ClassVar[int]
        DENIED_TABLES_FIELD_NUMBER: _ClassVar[int]
        FROZEN_FIELD_NUMBER: _ClassVar[int]
        ALLOW_READS_FIELD_NUMBER: _ClassVar[int]
        tablet_type: TabletType
        cells: _containers.RepeatedScalarFieldContainer[str]
        denied_tables: _containers.RepeatedScalarFieldContainer[str]
        frozen: bool
        allow_reads: bool
        def __init__(self, tablet_type: _Optional[_Union[TabletType, str]] = ..., cells: _Optional[_Iterable[str]] = ..., denied_tables: _Optional[_Iterable[str]] = ..., frozen: bool = ..., allow_reads: bool = ...) -> None: ...
    PRIMARY_ALIAS_FIELD_NUMBER: _ClassVar[int]
    KEY_RANGE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_SHARDS_FIELD_NUMBER: _ClassVar[int]
    TABLET_CONTROLS_FIELD_NUMBER: _ClassVar[int]
    IS_PRIMARY_SERVING_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_TERM_START_TIME_FIELD_NUMBER: _ClassVar[int]
    primary_alias: TabletAlias
    key_range: KeyRange
    source_shards: _containers.RepeatedCompositeFieldContainer[Shard.SourceShard]
    tablet_controls: _containers.RepeatedCompositeFieldContainer[Shard.TabletControl]
    is_primary_serving: bool
    primary_term_start_time: _vttime_pb2.Time
    def __init__(self, primary_alias: _Optional[_Union[TabletAlias, _Mapping]] = ..., key_range: _Optional[_Union[KeyRange, _Mapping]] = ..., source_shards: _Optional[_Iterable[_Union[Shard.SourceShard, _Mapping]]] = ..., tablet_controls: _Optional[_Iterable[_Union[Shard.TabletControl, _Mapping]]] = ..., is_primary_serving: bool = ..., primary_term_start_time: _Optional[_Union[_vttime_pb2.Time, _Mapping]] = ...) -> None: ...

class Keyspace(_message.Message):
    __slots__ = ("keyspace_type", "base_keyspace", "snapshot_time", "durability_policy", "sidecar_db_name")
    KEYSPACE_TYPE_FIELD_NUMBER: _ClassVar[int]
    BASE_KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_TIME_FIELD_NUMBER: _ClassVar[int]
    DURABILITY_POLICY_FIELD_NUMBER: _ClassVar[int]
    SIDECAR_DB_NAME_FIELD_NUMBER: _ClassVar[int]
    keyspace_type: KeyspaceType
    base_keyspace: str
    snapshot_time: _vttime_pb2.Time
    durability_policy: str
    sidecar_db_name: str
    def __init__(self, keyspace_type: _Optional[_Union[KeyspaceType, str]] = ..., base_keyspace: _Optional[str] = ..., snapshot_time: _Optional[_Union[_vttime_pb2.Time, _Mapping]] = ..., durability_policy: _Optional[str] = ..., sidecar_db_name: _Optional[str] = ...) -> None: ...

class ShardReplication(_message.Message):
    __slots__ = ("nodes",)
    class Node(_message.Message):
        __slots__ = ("tablet_alias",)
        TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
        tablet_alias: TabletAlias
        def __init__(self, tablet_alias: _Optional[_Union[TabletAlias, _Mapping]] = ...) -> None: ...
    NODES_FIELD_NUMBER: _ClassVar[int]
    nodes: _containers.RepeatedCompositeFieldContainer[ShardReplication.Node]
    def __init__(self, nodes: _Optional[_Iterable[_Union[ShardReplication.Node, _Mapping]]] = ...) -> None: ...

class ShardReference(_message.Message):
    __slots__ = ("name", "key_range")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KEY_RANGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    key_range: KeyRange
    def __init__(self, name: _Optional[str] = ..., key_range: _Optional[_Union[KeyRange, _Mapping]] = ...) -> None: ...

class ShardTabletControl(_message.Message):
    __slots__ = ("name", "key_range", "query_service_disabled")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KEY_RANGE_FIELD_NUMBER: _ClassVar[int]
    QUERY_SERVICE_DISABLED_FIELD_NUMBER: _ClassVar[int]
    name: str
    key_range: KeyRange
    query_service_disabled: bool
    def __init__(self, name: _Optional[str] = ..., key_range: _Optional[_Union[KeyRange, _Mapping]] = ..., query_service_disabled: bool = ...) -> None: ...

class SrvKeyspace(_message.Message):
    __slots__ = ("partitions",)
    class KeyspacePartition(_message.Message):
        __slots__ = ("served_type", "shard_references", "shard_tablet_controls")
        SERVED_TYPE_FIELD_NUMBER: _ClassVar[int]
        SHARD_REFERENCES_FIELD_NUMBER: _ClassVar[int]
        SHARD_TABLET_CONTROLS_FIELD_NUMBER: _ClassVar[int]
        served_type: TabletType
        shard_references: _containers.RepeatedCompositeFieldContainer[ShardReference]
        shard_tablet_controls: _containers.RepeatedCompositeFieldContainer[ShardTabletControl]
        def __init__(self, served_type: _Optional[_Union[TabletType, str]] = ..., shard_references: _Optional[_Iterable[_Union[ShardReference, _Mapping]]] = ..., shard_tablet_controls: _Optional[_Iterable[_Union[ShardTabletControl, _Mapping]]] = ...) -> None: ...
    PARTITIONS_FIELD_NUMBER: _ClassVar[int]
    partitions: _containers.RepeatedCompositeFieldContainer[SrvKeyspace.KeyspacePartition]
    def __init__(self, partitions: _Optional[_Iterable[_Union[SrvKeyspace.KeyspacePartition, _Mapping]]] = ...) -> None: ...

class CellInfo(_message.Message):
    __slots__ = ("server_address", "root")
    SERVER_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    server_address: str
    root: str
    def __init__(self, server_address: _Optional[str] = ..., root: _Optional[str] = ...) -> None: ...

class CellsAlias(_message.Message):
    __slots__ = ("cells",)
    CELLS_FIELD_NUMBER: _ClassVar[int]
    cells: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, cells: _Optional[_Iterable[str]] = ...) -> None: ...
