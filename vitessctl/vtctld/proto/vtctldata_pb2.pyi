from vitessctl.vtctld.proto import logutil_pb2 as _logutil_pb2
from vitessctl.vtctld.proto import query_pb2 as _query_pb2
from vitessctl.vtctld.proto import replicationdata_pb2 as _replicationdata_pb2
from vitessctl.vtctld.proto import tabletmanagerdata_pb2 as _tabletmanagerdata_pb2
from vitessctl.vtctld.proto import topodata_pb2 as _topodata_pb2
from vitessctl.vtctld.proto import vschema_pb2 as _vschema_pb2
from vitessctl.vtctld.proto import vtrpc_pb2 as _vtrpc_pb2
from vitessctl.vtctld.proto import vttime_pb2 as _vttime_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExecuteVtctlCommandRequest(_message.Message):
    __slots__ = ("args", "action_timeout")
    ARGS_FIELD_NUMBER: _ClassVar[int]
    ACTION_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    args: _containers.RepeatedScalarFieldContainer[str]
    action_timeout: int
    def __init__(self, args: _Optional[_Iterable[str]] = ..., action_timeout: _Optional[int] = ...) -> None: ...

class ExecuteVtctlCommandResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: _logutil_pb2.Event
    def __init__(self, event: _Optional[_Union[_logutil_pb2.Event, _Mapping]] = ...) -> None: ...

class Keyspace(_message.Message):
    __slots__ = ("name", "keyspace")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    name: str
    keyspace: _topodata_pb2.Keyspace
    def __init__(self, name: _Optional[str] = ..., keyspace: _Optional[_Union[_topodata_pb2.Keyspace, _Mapping]] = ...) -> None: ...

class Shard(_message.Message):
    __slots__ = ("keyspace", "name", "shard")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    name: str
    shard: _topodata_pb2.Shard
    def __init__(self, keyspace: _Optional[str] = ..., name: _Optional[str] = ..., shard: _Optional[_Union[_topodata_pb2.Shard, _Mapping]] = ...) -> None: ...

class GetCellInfoNamesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetCellInfoNamesResponse(_message.Message):
    __slots__ = ("names",)
    NAMES_FIELD_NUMBER: _ClassVar[int]
    names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, names: _Optional[_Iterable[str]] = ...) -> None: ...

class GetCellInfoRequest(_message.Message):
    __slots__ = ("cell",)
    CELL_FIELD_NUMBER: _ClassVar[int]
    cell: str
    def __init__(self, cell: _Optional[str] = ...) -> None: ...

class GetCellInfoResponse(_message.Message):
    __slots__ = ("cell_info",)
    CELL_INFO_FIELD_NUMBER: _ClassVar[int]
    cell_info: _topodata_pb2.CellInfo
    def __init__(self, cell_info: _Optional[_Union[_topodata_pb2.CellInfo, _Mapping]] = ...) -> None: ...

class AddCellInfoRequest(_message.Message):
    __slots__ = ("name", "cell_info")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CELL_INFO_FIELD_NUMBER: _ClassVar[int]
    name: str
    cell_info: _topodata_pb2.CellInfo
    def __init__(self, name: _Optional[str] = ..., cell_info: _Optional[_Union[_topodata_pb2.CellInfo, _Mapping]] = ...) -> None: ...

class AddCellInfoResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class UpdateCellInfoRequest(_message.Message):
    __slots__ = ("name", "cell_info")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CELL_INFO_FIELD_NUMBER: _ClassVar[int]
    name: str
    cell_info: _topodata_pb2.CellInfo
    def __init__(self, name: _Optional[str] = ..., cell_info: _Optional[_Union[_topodata_pb2.CellInfo, _Mapping]] = ...) -> None: ...

class UpdateCellInfoResponse(_message.Message):
    __slots__ = ("name", "cell_info")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CELL_INFO_FIELD_NUMBER: _ClassVar[int]
    name: str
    cell_info: _topodata_pb2.CellInfo
    def __init__(self, name: _Optional[str] = ..., cell_info: _Optional[_Union[_topodata_pb2.CellInfo, _Mapping]] = ...) -> None: ...

class DeleteCellInfoRequest(_message.Message):
    __slots__ = ("name", "force")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    name: str
    force: bool
    def __init__(self, name: _Optional[str] = ..., force: bool = ...) -> None: ...

class DeleteCellInfoResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetKeyspacesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetKeyspacesResponse(_message.Message):
    __slots__ = ("keyspaces",)
    KEYSPACES_FIELD_NUMBER: _ClassVar[int]
    keyspaces: _containers.RepeatedCompositeFieldContainer[Keyspace]
    def __init__(self, keyspaces: _Optional[_Iterable[_Union[Keyspace, _Mapping]]] = ...) -> None: ...

class GetKeyspaceRequest(_message.Message):
    __slots__ = ("keyspace",)
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    def __init__(self, keyspace: _Optional[str] = ...) -> None: ...

class GetKeyspaceResponse(_message.Message):
    __slots__ = ("keyspace",)
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    keyspace: Keyspace
    def __init__(self, keyspace: _Optional[_Union[Keyspace, _Mapping]] = ...) -> None: ...

class CreateKeyspaceRequest(_message.Message):
    __slots__ = ("name", "force", "allow_empty_v_schema", "type", "base_keyspace", "snapshot_time", "durability_policy", "sidecar_db_name")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    ALLOW_EMPTY_V_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BASE_KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_TIME_FIELD_NUMBER: _ClassVar[int]
    DURABILITY_POLICY_FIELD_NUMBER: _ClassVar[int]
    SIDECAR_DB_NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    force: bool
    allow_empty_v_schema: bool
    type: _topodata_pb2.KeyspaceType
    base_keyspace: str
    snapshot_time: _vttime_pb2.Time
    durability_policy: str
    sidecar_db_name: str
    def __init__(self, name: _Optional[str] = ..., force: bool = ..., allow_empty_v_schema: bool = ..., type: _Optional[_Union[_topodata_pb2.KeyspaceType, str]] = ..., base_keyspace: _Optional[str] = ..., snapshot_time: _Optional[_Union[_vttime_pb2.Time, _Mapping]] = ..., durability_policy: _Optional[str] = ..., sidecar_db_name: _Optional[str] = ...) -> None: ...

class CreateKeyspaceResponse(_message.Message):
    __slots__ = ("keyspace",)
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    keyspace: Keyspace
    def __init__(self, keyspace: _Optional[_Union[Keyspace, _Mapping]] = ...) -> None: ...

class SetKeyspaceDurabilityPolicyRequest(_message.Message):
    __slots__ = ("keyspace", "durability_policy")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    DURABILITY_POLICY_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    durability_policy: str
    def __init__(self, keyspace: _Optional[str] = ..., durability_policy: _Optional[str] = ...) -> None: ...

class SetKeyspaceDurabilityPolicyResponse(_message.Message):
    __slots__ = ("keyspace",)
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    keyspace: _topodata_pb2.Keyspace
    def __init__(self, keyspace: _Optional[_Union[_topodata_pb2.Keyspace, _Mapping]] = ...) -> None: ...

class DeleteKeyspaceRequest(_message.Message):
    __slots__ = ("keyspace", "recursive", "force")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    RECURSIVE_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    recursive: bool
    force: bool
    def __init__(self, keyspace: _Optional[str] = ..., recursive: bool = ..., force: bool = ...) -> None: ...

class DeleteKeyspaceResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class FindAllShardsInKeyspaceRequest(_message.Message):
    __slots__ = ("keyspace",)
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    def __init__(self, keyspace: _Optional[str] = ...) -> None: ...

class FindAllShardsInKeyspaceResponse(_message.Message):
    __slots__ = ("shards",)
    class ShardsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Shard
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Shard, _Mapping]] = ...) -> None: ...
    SHARDS_FIELD_NUMBER: _ClassVar[int]
    shards: _containers.MessageMap[str, Shard]
    def __init__(self, shards: _Optional[_Mapping[str, Shard]] = ...) -> None: ...

class GetShardRequest(_message.Message):
    __slots__ = ("keyspace", "shard_name")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_NAME_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    shard_name: str
    def __init__(self, keyspace: _Optional[str] = ..., shard_name: _Optional[str] = ...) -> None: ...

class GetShardResponse(_message.Message):
    __slots__ = ("shard",)
    SHARD_FIELD_NUMBER: _ClassVar[int]
    shard: Shard
    def __init__(self, shard: _Optional[_Union[Shard, _Mapping]] = ...) -> None: ...

class CreateShardRequest(_message.Message):
    __slots__ = ("keyspace", "shard_name", "force", "include_parent")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_NAME_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_PARENT_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    shard_name: str
    force: bool
    include_parent: bool
    def __init__(self, keyspace: _Optional[str] = ..., shard_name: _Optional[str] = ..., force: bool = ..., include_parent: bool = ...) -> None: ...

class CreateShardResponse(_message.Message):
    __slots__ = ("keyspace", "shard", "shard_already_exists")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    SHARD_ALREADY_EXISTS_FIELD_NUMBER: _ClassVar[int]
    keyspace: Keyspace
    shard: Shard
    shard_already_exists: bool
    def __init__(self, keyspace: _Optional[_Union[Keyspace, _Mapping]] = ..., shard: _Optional[_Union[Shard, _Mapping]] = ..., shard_already_exists: bool = ...) -> None: ...

class GetTabletsRequest(_message.Message):
    __slots__ = ("keyspace", "shard", "cells", "strict", "tablet_aliases", "tablet_type")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    CELLS_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    TABLET_ALIASES_FIELD_NUMBER: _ClassVar[int]
    TABLET_TYPE_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    shard: str
    cells: _containers.RepeatedScalarFieldContainer[str]
    strict: bool
    tablet_aliases: _containers.RepeatedCompositeFieldContainer[_topodata_pb2.TabletAlias]
    tablet_type: _topodata_pb2.TabletType
    def __init__(self, keyspace: _Optional[str] = ..., shard: _Optional[str] = ..., cells: _Optional[_Iterable[str]] = ..., strict: bool = ..., tablet_aliases: _Optional[_Iterable[_Union[_topodata_pb2.TabletAlias, _Mapping]]] = ..., tablet_type: _Optional[_Union[_topodata_pb2.TabletType, str]] = ...) -> None: ...

class GetTabletsResponse(_message.Message):
    __slots__ = ("tablets",)
    TABLETS_FIELD_NUMBER: _ClassVar[int]
    tablets: _containers.RepeatedCompositeFieldContainer[_topodata_pb2.Tablet]
    def __init__(self, tablets: _Optional[_Iterable[_Union[_topodata_pb2.Tablet, _Mapping]]] = ...) -> None: ...

class GetTabletRequest(_message.Message):
    __slots__ = ("tablet_alias",)
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class GetTabletResponse(_message.Message):
    __slots__ = ("tablet",)
    TABLET_FIELD_NUMBER: _ClassVar[int]
    tablet: _topodata_pb2.Tablet
    def __init__(self, tablet: _Optional[_Union[_topodata_pb2.Tablet, _Mapping]] = ...) -> None: ...

class DeleteTabletsRequest(_message.Message):
    __slots__ = ("tablet_aliases", "allow_primary")
    TABLET_ALIASES_FIELD_NUMBER: _ClassVar[int]
    ALLOW_PRIMARY_FIELD_NUMBER: _ClassVar[int]
    tablet_aliases: _containers.RepeatedCompositeFieldContainer[_topodata_pb2.TabletAlias]
    allow_primary: bool
    def __init__(self, tablet_aliases: _Optional[_Iterable[_Union[_topodata_pb2.TabletAlias, _Mapping]]] = ..., allow_primary: bool = ...) -> None: ...

class DeleteTabletsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ChangeTabletTypeRequest(_message.Message):
    __slots__ = ("tablet_alias", "db_type", "dry_run")
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    DB_TYPE_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    db_type: _topodata_pb2.TabletType
    dry_run: bool
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., db_type: _Optional[_Union[_topodata_pb2.TabletType, str]] = ..., dry_run: bool = ...) -> None: ...

class ChangeTabletTypeResponse(_message.Message):
    __slots__ = ("before_tablet", "after_tablet", "was_dry_run")
    BEFORE_TABLET_FIELD_NUMBER: _ClassVar[int]
    AFTER_TABLET_FIELD_NUMBER: _ClassVar[int]
    WAS_DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    before_tablet: _topodata_pb2.Tablet
    after_tablet: _topodata_pb2.Tablet
    was_dry_run: bool
    def __init__(self, before_tablet: _Optional[_Union[_topodata_pb2.Tablet, _Mapping]] = ..., after_tablet: _Optional[_Union[_topodata_pb2.Tablet, _Mapping]] = ..., was_dry_run: bool = ...) -> None: ...

class RefreshStateRequest(_message.Message):
    __slots__ = ("tablet_alias",)
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class RefreshStateResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PingTabletRequest(_message.Message):
    __slots__ = ("tablet_alias",)
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class PingTabletResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RunHealthCheckRequest(_message.Message):
    __slots__ = ("tablet_alias",)
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class RunHealthCheckResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SetWritableRequest(_message.Message):
    __slots__ = ("tablet_alias", "writable")
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    WRITABLE_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    writable: bool
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., writable: bool = ...) -> None: ...

class SetWritableResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class InitShardPrimaryRequest(_message.Message):
    __slots__ = ("keyspace", "shard", "primary_elect_tablet_alias", "force", "wait_replicas_timeout")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_ELECT_TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    WAIT_REPLICAS_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    shard: str
    primary_elect_tablet_alias: _topodata_pb2.TabletAlias
    force: bool
    wait_replicas_timeout: _vttime_pb2.Duration
    def __init__(self, keyspace: _Optional[str] = ..., shard: _Optional[str] = ..., primary_elect_tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., force: bool = ..., wait_replicas_timeout: _Optional[_Union[_vttime_pb2.Duration, _Mapping]] = ...) -> None: ...

class InitShardPrimaryResponse(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_logutil_pb2.Event]
    def __init__(self, events: _Optional[_Iterable[_Union[_logutil_pb2.Event, _Mapping]]] = ...) -> None: ...

class PlannedReparentShardRequest(_message.Message):
    __slots__ = ("keyspace", "shard", "new_primary", "avoid_primary", "wait_replicas_timeout", "tolerable_replication_lag", "allow_cross_cell_promotion", "expected_primary")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    NEW_PRIMARY_FIELD_NUMBER: _ClassVar[int]
    AVOID_PRIMARY_FIELD_NUMBER: _ClassVar[int]
    WAIT_REPLICAS_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    TOLERABLE_REPLICATION_LAG_FIELD_NUMBER: _ClassVar[int]
    ALLOW_CROSS_CELL_PROMOTION_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_PRIMARY_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    shard: str
    new_primary: _topodata_pb2.TabletAlias
    avoid_primary: _topodata_pb2.TabletAlias
    wait_replicas_timeout: _vttime_pb2.Duration
    tolerable_replication_lag: _vttime_pb2.Duration
    allow_cross_cell_promotion: bool
    expected_primary: _topodata_pb2.TabletAlias
    def __init__(self, keyspace: _Optional[str] = ..., shard: _Optional[str] = ..., new_primary: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., avoid_primary: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., wait_replicas_timeout: _Optional[_Union[_vttime_pb2.Duration, _Mapping]] = ..., tolerable_replication_lag: _Optional[_Union[_vttime_pb2.Duration, _Mapping]] = ..., allow_cross_cell_promotion: bool = ..., expected_primary: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class PlannedReparentShardResponse(_message.Message):
    __slots__ = ("keyspace", "shard", "promoted_primary", "events")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    PROMOTED_PRIMARY_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    shard: str
    promoted_primary: _topodata_pb2.TabletAlias
    events: _containers.RepeatedCompositeFieldContainer[_logutil_pb2.Event]
    def __init__(self, keyspace: _Optional[str] = ..., shard: _Optional[str] = ..., promoted_primary: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., events: _Optional[_Iterable[_Union[_logutil_pb2.Event, _Mapping]]] = ...) -> None: ...

class EmergencyReparentShardRequest(_message.Message):
    __slots__ = ("keyspace", "shard", "new_primary", "ignore_replicas", "wait_replicas_timeout", "prevent_cross_cell_promotion", "wait_for_all_tablets", "expected_primary")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    NEW_PRIMARY_FIELD_NUMBER: _ClassVar[int]
    IGNORE_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    WAIT_REPLICAS_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    PREVENT_CROSS_CELL_PROMOTION_FIELD_NUMBER: _ClassVar[int]
    WAIT_FOR_ALL_TABLETS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_PRIMARY_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    shard: str
    new_primary: _topodata_pb2.TabletAlias
    ignore_replicas: _containers.RepeatedCompositeFieldContainer[_topodata_pb2.TabletAlias]
    wait_replicas_timeout: _vttime_pb2.Duration
    prevent_cross_cell_promotion: bool
    wait_for_all_tablets: bool
    expected_primary: _topodata_pb2.TabletAlias
    def __init__(self, keyspace: _Optional[str] = ..., shard: _Optional[str] = ..., new_primary: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., ignore_replicas: _Optional[_Iterable[_Union[_topodata_pb2.TabletAlias, _Mapping]]] = ..., wait_replicas_timeout: _Optional[_Union[_vttime_pb2.Duration, _Mapping]] = ..., prevent_cross_cell_promotion: bool = ..., wait_for_all_tablets: bool = ..., expected_primary: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class EmergencyReparentShardResponse(_message.Message):
    __slots__ = ("keyspace", "shard", "promoted_primary", "events")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    PROMOTED_PRIMARY_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    shard: str
    promoted_primary: _topodata_pb2.TabletAlias
    events: _containers.RepeatedCompositeFieldContainer[_logutil_pb2.Event]
    def __init__(self, keyspace: _Optional[str] = ..., shard: _Optional[str] = ..., promoted_primary: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., events: _Optional[_Iterable[_Union[_logutil_pb2.Event, _Mapping]]] = ...) -> None: ...

class TabletExternallyReparentedRequest(_message.Message):
    __slots__ = ("tablet",)
    TABLET_FIELD_NUMBER: _ClassVar[int]
    tablet: _topodata_pb2.TabletAlias
    def __init__(self, tablet: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class TabletExternallyReparentedResponse(_message.Message):
    __slots__ = ("keyspace", "shard", "new_primary", "old_primary")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    NEW_PRIMARY_FIELD_NUMBER: _ClassVar[int]
    OLD_PRIMARY_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    shard: str
    new_primary: _topodata_pb2.TabletAlias
    old_primary: _topodata_pb2.TabletAlias
    def __init__(self, keyspace: _Optional[str] = ..., shard: _Optional[str] = ..., new_primary: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., old_primary: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class ReparentTabletRequest(_message.Message):
    __slots__ = ("tablet",)
    TABLET_FIELD_NUMBER: _ClassVar[int]
    tablet: _topodata_pb2.TabletAlias
    def __init__(self, tablet: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class ReparentTabletResponse(_message.Message):
    __slots__ = ("keyspace", "shard", "primary")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    shard: str
    primary: _topodata_pb2.TabletAlias
    def __init__(self, keyspace: _Optional[str] = ..., shard: _Optional[str] = ..., primary: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class StartReplicationRequest(_message.Message):
    __slots__ = ("tablet_alias",)
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class StartReplicationResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StopReplicationRequest(_message.Message):
    __slots__ = ("tablet_alias",)
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class StopReplicationResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ShardReplicationPositionsRequest(_message.Message):
    __slots__ = ("keyspace", "shard")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    shard: str
    def __init__(self, keyspace: _Optional[str] = ..., shard: _Optional[str] = ...) -> None: ...

class ShardReplicationPositionsResponse(_message.Message):
    __slots__ = ("replication_statuses", "tablet_map")
    class ReplicationStatusesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _replicationdata_pb2.Status
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_replicationdata_pb2.Status, _Mapping]] = ...) -> None: ...
    class TabletMapEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _topodata_pb2.Tablet
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_topodata_pb2.Tablet, _Mapping]] = ...) -> None: ...
    REPLICATION_STATUSES_FIELD_NUMBER: _ClassVar[int]
    TABLET_MAP_FIELD_NUMBER: _ClassVar[int]
    replication_statuses: _containers.MessageMap[str, _replicationdata_pb2.Status]
    tablet_map: _containers.MessageMap[str, _topodata_pb2.Tablet]
    def __init__(self, replication_statuses: _Optional[_Mapping[str, _replicationdata_pb2.Status]] = ..., tablet_map: _Optional[_Mapping[str, _topodata_pb2.Tablet]] = ...) -> None: ...

class GetFullStatusRequest(_message.Message):
    __slots__ = ("tablet_alias",)
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ...) -> None: ...

class GetFullStatusResponse(_message.Message):
    __slots__ = ("status",)
    STATUS_FIELD_NUMBER: _ClassVar[int]
    status: _replicationdata_pb2.FullStatus
    def __init__(self, status: _Optional[_Union[_replicationdata_pb2.FullStatus, _Mapping]] = ...) -> None: ...

class ExecuteFetchAsDBARequest(_message.Message):
    __slots__ = ("tablet_alias", "query", "max_rows", "disable_binlogs", "reload_schema")
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    MAX_ROWS_FIELD_NUMBER: _ClassVar[int]
    DISABLE_BINLOGS_FIELD_NUMBER: _ClassVar[int]
    RELOAD_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    query: str
    max_rows: int
    disable_binlogs: bool
    reload_schema: bool
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., query: _Optional[str] = ..., max_rows: _Optional[int] = ..., disable_binlogs: bool = ..., reload_schema: bool = ...) -> None: ...

class ExecuteFetchAsDBAResponse(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: _query_pb2.QueryResult
    def __init__(self, result: _Optional[_Union[_query_pb2.QueryResult, _Mapping]] = ...) -> None: ...

class ExecuteMultiFetchAsDBARequest(_message.Message):
    __slots__ = ("tablet_alias", "sql", "max_rows", "disable_binlogs", "reload_schema")
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    SQL_FIELD_NUMBER: _ClassVar[int]
    MAX_ROWS_FIELD_NUMBER: _ClassVar[int]
    DISABLE_BINLOGS_FIELD_NUMBER: _ClassVar[int]
    RELOAD_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    sql: str
    max_rows: int
    disable_binlogs: bool
    reload_schema: bool
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., sql: _Optional[str] = ..., max_rows: _Optional[int] = ..., disable_binlogs: bool = ..., reload_schema: bool = ...) -> None: ...

class ExecuteMultiFetchAsDBAResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[_query_pb2.QueryResult]
    def __init__(self, results: _Optional[_Iterable[_Union[_query_pb2.QueryResult, _Mapping]]] = ...) -> None: ...

class ExecuteFetchAsAppRequest(_message.Message):
    __slots__ = ("tablet_alias", "query", "max_rows", "use_pool")
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    MAX_ROWS_FIELD_NUMBER: _ClassVar[int]
    USE_POOL_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    query: str
    max_rows: int
    use_pool: bool
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., query: _Optional[str] = ..., max_rows: _Optional[int] = ..., use_pool: bool = ...) -> None: ...

class ExecuteFetchAsAppResponse(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: _query_pb2.QueryResult
    def __init__(self, result: _Optional[_Union[_query_pb2.QueryResult, _Mapping]] = ...) -> None: ...

class GetSchemaRequest(_message.Message):
    __slots__ = ("tablet_alias", "tables", "exclude_tables", "include_views", "table_names_only", "table_sizes_only", "table_schema_only")
    TABLET_ALIAS_FIELD_NUMBER: _ClassVar[int]
    TABLES_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_TABLES_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_VIEWS_FIELD_NUMBER: _ClassVar[int]
    TABLE_NAMES_ONLY_FIELD_NUMBER: _ClassVar[int]
    TABLE_SIZES_ONLY_FIELD_NUMBER: _ClassVar[int]
    TABLE_SCHEMA_ONLY_FIELD_NUMBER: _ClassVar[int]
    tablet_alias: _topodata_pb2.TabletAlias
    tables: _containers.RepeatedScalarFieldContainer[str]
    exclude_tables: _containers.RepeatedScalarFieldContainer[str]
    include_views: bool
    table_names_only: bool
    table_sizes_only: bool
    table_schema_only: bool
    def __init__(self, tablet_alias: _Optional[_Union[_topodata_pb2.TabletAlias, _Mapping]] = ..., tables: _Optional[_Iterable[str]] = ..., exclude_tables: _Optional[_Iterable[str]] = ..., include_views: bool = ..., table_names_only: bool = ..., table_sizes_only: bool = ..., table_schema_only: bool = ...) -> None: ...

class GetSchemaResponse(_message.Message):
    __slots__ = ("schema",)
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    schema: _tabletmanagerdata_pb2.SchemaDefinition
    def __init__(self, schema: _Optional[_Union[_tabletmanagerdata_pb2.SchemaDefinition, _Mapping]] = ...) -> None: ...

class ReloadSchemaKeyspaceRequest(_message.Message):
    __slots__ = ("keyspace", "wait_position", "include_primary", "concurrency")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    WAIT_POSITION_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_PRIMARY_FIELD_NUMBER: _ClassVar[int]
    CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    wait_position: str
    include_primary: bool
    concurrency: int
    def __init__(self, keyspace: _Optional[str] = ..., wait_position: _Optional[str] = ..., include_primary: bool = ..., concurrency: _Optional[int] = ...) -> None: ...

class ReloadSchemaKeyspaceResponse(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_logutil_pb2.Event]
    def __init__(self, events: _Optional[_Iterable[_Union[_logutil_pb2.Event, _Mapping]]] = ...) -> None: ...

class ApplySchemaRequest(_message.Message):
    __slots__ = ("keyspace", "sql", "ddl_strategy", "uuid_list", "migration_context", "wait_replicas_timeout", "caller_id", "batch_size")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SQL_FIELD_NUMBER: _ClassVar[int]
    DDL_STRATEGY_FIELD_NUMBER: _ClassVar[int]
    UUID_LIST_FIELD_NUMBER: _ClassVar[int]
    MIGRATION_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    WAIT_REPLICAS_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    CALLER_ID_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    sql: _containers.RepeatedScalarFieldContainer[str]
    ddl_strategy: str
    uuid_list: _containers.RepeatedScalarFieldContainer[str]
    migration_context: str
    wait_replicas_timeout: _vttime_pb2.Duration
    caller_id: _vtrpc_pb2.CallerID
    batch_size: int
    def __init__(self, keyspace: _Optional[str] = ..., sql: _Optional[_Iterable[str]] = ..., ddl_strategy: _Optional[str] = ..., uuid_list: _Optional[_Iterable[str]] = ..., migration_context: _Optional[str] = ..., wait_replicas_timeout: _Optional[_Union[_vttime_pb2.Duration, _Mapping]] = ..., caller_id: _Optional[_Union[_vtrpc_pb2.CallerID, _Mapping]] = ..., batch_size: _Optional[int] = ...) -> None: ...

class ApplySchemaResponse(_message.Message):
    __slots__ = ("uuid_list", "rows_affected_by_shard")
    class RowsAffectedByShardEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    UUID_LIST_FIELD_NUMBER: _ClassVar[int]
    ROWS_AFFECTED_BY_SHARD_FIELD_NUMBER: _ClassVar[int]
    uuid_list: _containers.RepeatedScalarFieldContainer[str]
    rows_affected_by_shard: _containers.ScalarMap[str, int]
    def __init__(self, uuid_list: _Optional[_Iterable[str]] = ..., rows_affected_by_shard: _Optional[_Mapping[str, int]] = ...) -> None: ...

class GetVSchemaRequest(_message.Message):
    __slots__ = ("keyspace",)
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    def __init__(self, keyspace: _Optional[str] = ...) -> None: ...

class GetVSchemaResponse(_message.Message):
    __slots__ = ("v_schema",)
    V_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    v_schema: _vschema_pb2.Keyspace
    def __init__(self, v_schema: _Optional[_Union[_vschema_pb2.Keyspace, _Mapping]] = ...) -> None: ...

class ApplyVSchemaRequest(_message.Message):
    __slots__ = ("keyspace", "skip_rebuild", "dry_run", "cells", "v_schema", "sql", "strict")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SKIP_REBUILD_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    CELLS_FIELD_NUMBER: _ClassVar[int]
    V_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    SQL_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    skip_rebuild: bool
    dry_run: bool
    cells: _containers.RepeatedScalarFieldContainer[str]
    v_schema: _vschema_pb2.Keyspace
    sql: str
    strict: bool
    def __init__(self, keyspace: _Optional[str] = ..., skip_rebuild: bool = ..., dry_run: bool = ..., cells: _Optional[_Iterable[str]] = ..., v_schema: _Optional[_Union[_vschema_pb2.Keyspace, _Mapping]] = ..., sql: _Optional[str] = ..., strict: bool = ...) -> None: ...

class ApplyVSchemaResponse(_message.Message):
    __slots__ = ("v_schema", "unknown_vindex_params")
    class ParamList(_message.Message):
        __slots__ = ("params",)
        PARAMS_FIELD_NUMBER: _ClassVar[int]
        params: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, params: _Optional[_Iterable[str]] = ...) -> None: ...
    class UnknownVindexParamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ApplyVSchemaResponse.ParamList
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ApplyVSchemaResponse.ParamList, _Mapping]] = ...) -> None: ...
    V_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_VINDEX_PARAMS_FIELD_NUMBER: _ClassVar[int]
    v_schema: _vschema_pb2.Keyspace
    unknown_vindex_params: _containers.MessageMap[str, ApplyVSchemaResponse.ParamList]
    def __init__(self, v_schema: _Optional[_Union[_vschema_pb2.Keyspace, _Mapping]] = ..., unknown_vindex_params: _Optional[_Mapping[str, ApplyVSchemaResponse.ParamList]] = ...) -> None: ...

class RebuildKeyspaceGraphRequest(_message.Message):
    __slots__ = ("keyspace", "cells", "allow_partial")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    CELLS_FIELD_NUMBER: _ClassVar[int]
    ALLOW_PARTIAL_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    cells: _containers.RepeatedScalarFieldContainer[str]
    allow_partial: bool
    def __init__(self, keyspace: _Optional[str] = ..., cells: _Optional[_Iterable[str]] = ..., allow_partial: bool = ...) -> None: ...

class RebuildKeyspaceGraphResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RebuildVSchemaGraphRequest(_message.Message):
    __slots__ = ("cells",)
    CELLS_FIELD_NUMBER: _ClassVar[int]
    cells: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, cells: _Optional[_Iterable[str]] = ...) -> None: ...

class RebuildVSchemaGraphResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetSrvKeyspacesRequest(_message.Message):
    __slots__ = ("keyspace", "cells")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    CELLS_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    cells: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, keyspace: _Optional[str] = ..., cells: _Optional[_Iterable[str]] = ...) -> None: ...

class GetSrvKeyspacesResponse(_message.Message):
    __slots__ = ("srv_keyspaces",)
    class SrvKeyspacesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _topodata_pb2.SrvKeyspace
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_topodata_pb2.SrvKeyspace, _Mapping]] = ...) -> None: ...
    SRV_KEYSPACES_FIELD_NUMBER: _ClassVar[int]
    srv_keyspaces: _containers.MessageMap[str, _topodata_pb2.SrvKeyspace]
    def __init__(self, srv_keyspaces: _Optional[_Mapping[str, _topodata_pb2.SrvKeyspace]] = ...) -> None: ...

class GetSrvVSchemaRequest(_message.Message):
    __slots__ = ("cell",)
    CELL_FIELD_NUMBER: _ClassVar[int]
    cell: str
    def __init__(self, cell: _Optional[str] = ...) -> None: ...

class GetSrvVSchemaResponse(_message.Message):
    __slots__ = ("srv_v_schema",)
    SRV_V_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    srv_v_schema: _vschema_pb2.SrvVSchema
    def __init__(self, srv_v_schema: _Optional[_Union[_vschema_pb2.SrvVSchema, _Mapping]] = ...) -> None: ...

class ValidateRequest(_message.Message):
    __slots__ = ("ping_tablets",)
    PING_TABLETS_FIELD_NUMBER: _ClassVar[int]
    ping_tablets: bool
    def __init__(self, ping_tablets: bool = ...) -> None: ...

class ValidateResponse(_message.Message):
    __slots__ = ("results", "results_by_keyspace")
    class ResultsByKeyspaceEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ValidateKeyspaceResponse
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ValidateKeyspaceResponse, _Mapping]] = ...) -> None: ...
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    RESULTS_BY_KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedScalarFieldContainer[str]
    results_by_keyspace: _containers.MessageMap[str, ValidateKeyspaceResponse]
    def __init__(self, results: _Optional[_Iterable[str]] = ..., results_by_keyspace: _Optional[_Mapping[str, ValidateKeyspaceResponse]] = ...) -> None: ...

class ValidateKeyspaceRequest(_message.Message):
    __slots__ = ("keyspace", "ping_tablets")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    PING_TABLETS_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    ping_tablets: bool
    def __init__(self, keyspace: _Optional[str] = ..., ping_tablets: bool = ...) -> None: ...

class ValidateKeyspaceResponse(_message.Message):
    __slots__ = ("results", "results_by_shard")
    class ResultsByShardEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ValidateShardResponse
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ValidateShardResponse, _Mapping]] = ...) -> None: ...
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    RESULTS_BY_SHARD_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedScalarFieldContainer[str]
    results_by_shard: _containers.MessageMap[str, ValidateShardResponse]
    def __init__(self, results: _Optional[_Iterable[str]] = ..., results_by_shard: _Optional[_Mapping[str, ValidateShardResponse]] = ...) -> None: ...

class ValidateShardRequest(_message.Message):
    __slots__ = ("keyspace", "shard", "ping_tablets")
    KEYSPACE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    PING_TABLETS_FIELD_NUMBER: _ClassVar[int]
    keyspace: str
    shard: str
    ping_tablets: bool
    def __init__(self, keyspace: _Optional[str] = ..., shard: _Optional[str] = ..., ping_tablets: bool = ...) -> None: ...

class ValidateShardResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, results: _Optional[_Iterable[str]] = ...) -> None: ...

class GetTopologyPathRequest(_message.Message):
    __slots__ = ("path", "version", "as_json")
    PATH_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    AS_JSON_FIELD_NUMBER: _ClassVar[int]
    path: str
    version: int
    as_json: bool
    def __init__(self, path: _Optional[str] = ..., version: _Optional[int] = ..., as_json: bool = ...) -> None: ...

class GetTopologyPathResponse(_message.Message):
    __slots__ = ("cell",)
    CELL_FIELD_NUMBER: _ClassVar[int]
    cell: TopologyCell
    def __init__(self, cell: _Optional[_Union[TopologyCell, _Mapping]] = ...) -> None: ...

class TopologyCell(_message.Message):
    __slots__ = ("name", "path", "data", "children", "version")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    CHILDREN_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    path: str
    data: str
    children: _containers.RepeatedScalarFieldContainer[str]
    version: int
    def __init__(self, name: _Optional[str] = ..., path: _Optional[str] = ..., data: _Optional[str] = ..., children: _Optional[_Iterable[str]] = ..., version: _Optional[int] = ...) -> None: ...
