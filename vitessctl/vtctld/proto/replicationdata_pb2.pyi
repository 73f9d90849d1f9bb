from vitessctl.vtctld.proto import topodata_pb2 as _topodata_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Status(_message.Message):
    __slots__ = ("position", "replication_lag_seconds", "source_host", "source_port", "connect_retry", "relay_log_position", "file_position", "relay_log_source_binlog_equivalent_position", "source_server_id", "source_uuid", "io_state", "last_io_error", "sql_state", "last_sql_error", "relay_log_file_position", "source_user", "sql_delay", "auto_position", "using_gtid", "has_replication_filters", "ssl_allowed", "replication_lag_unknown", "backup_running", "semi_sync_primary_enabled", "semi_sync_replica_enabled", "semi_sync_primary_status", "semi_sync_replica_status")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    REPLICATION_LAG_SECONDS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_HOST_FIELD_NUMBER: _ClassVar[int]
    SOURCE_PORT_FIELD_NUMBER: _ClassVar[int]
    CONNECT_RETRY_FIELD_NUMBER: _ClassVar[int]
    RELAY_LOG_POSITION_FIELD_NUMBER: _ClassVar[int]
    FILE_POSITION_FIELD_NUMBER: _ClassVar[int]
    RELAY_LOG_SOURCE_BINLOG_EQUIVALENT_POSITION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_SERVER_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_UUID_FIELD_NUMBER: _ClassVar[int]
    IO_STATE_FIELD_NUMBER: _ClassVar[int]
    LAST_IO_ERROR_FIELD_NUMBER: _ClassVar[int]
    SQL_STATE_FIELD_NUMBER: _ClassVar[int]
    LAST_SQL_ERROR_FIELD_NUMBER: _ClassVar[int]
    RELAY_LOG_FILE_POSITION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_USER_FIELD_NUMBER: _ClassVar[int]
    SQL_DELAY_FIELD_NUMBER: _ClassVar[int]
    AUTO_POSITION_FIELD_NUMBER: _ClassVar[int]
    USING_GTID_FIELD_NUMBER: _ClassVar[int]
    HAS_REPLICATION_FILTERS_FIELD_NUMBER: _ClassVar[int]
    SSL_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    REPLICATION_LAG_UNKNOWN_FIELD_NUMBER: _ClassVar[int]
    BACKUP_RUNNING_FIELD_NUMBER: _ClassVar[int]
    SEMI_SYNC_PRIMARY_ENABLED_FIELD_NUMBER: _ClassVar[int]
    SEMI_SYNC_REPLICA_ENABLED_FIELD_NUMBER: _ClassVar[int]
    SEMI_SYNC_PRIMARY_STATUS_FIELD_NUMBER: _ClassVar[int]
    SEMI_SYNC_REPLICA_STATUS_FIELD_NUMBER: _ClassVar[int]
    position: str
    replication_lag_seconds: int
    source_host: str
    source_port: int
    connect_retry: int
    relay_log_position: str
    file_position: str
    relay_log_source_binlog_equivalent_position: str
    source_server_id: int
    source_uuid: str
    io_state: int
    last_io_error: str
    sql_state: int
    last_sql_error: str
    relay_log_file_position: str
    source_user: str
    sql_delay: int
    auto_position: bool
    using_gtid: bool
    has_replication_filters: bool
    ssl_allowed: bool
    replication_lag_unknown: bool
    backup_running: bool
    semi_sync_primary_enabled: bool
    semi_sync_replica_enabled: bool
    semi_sync_primary_status: bool
    semi_sync_replica_status: bool
    def __init__(self, position: _Optional[str] = ..., replication_lag_seconds: _Optional[int] = ..., source_host: _Optional[str] = ..., source_port: _Optional[int] = ..., connect_retry: _Optional[int] = ..., relay_log_position: _Optional[str] = ..., file_position: _Optional[str] = ..., relay_log_source_binlog_equivalent_position: _Optional[str] = ..., source_server_id: _Optional[int] = ..., source_uuid: _Optional[str] = ..., io_state: _Optional[int] = ..., last_io_error: _Optional[str] = ..., sql_state: _Optional[int] = ..., last_sql_error: _Optional[str] = ..., relay_log_file_position: _Optional[str] = ..., source_user: _Optional[str] = ..., sql_delay: _Optional[int] = ..., auto_position: bool = ..., using_gtid: bool = ..., has_replication_filters: bool = ..., ssl_allowed: bool = ..., replication_lag_unknown: bool = ..., backup_running: bool = ..., semi_sync_primary_enabled: bool = ..., semi_sync_replica_enabled: bool = ..., semi_sync_primary_status: bool = ..., semi_sync_replica_status: bool = ...) -> None: ...

class Configuration(_message.Message):
    __slots__ = ("heartbeat_interval", "replica_net_timeout")
    HEARTBEAT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    REPLICA_NET_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    heartbeat_interval: float
    replica_net_timeout: int
    def __init__(self, heartbeat_interval: _Optional[float] = ..., replica_net_timeout: _Optional[int] = ...) -> None: ...

class PrimaryStatus(_message.Message):
    __slots__ = ("position", "file_position", "server_uuid")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    FILE_POSITION_FIELD_NUMBER: _ClassVar[int]
    SERVER_UUID_FIELD_NUMBER: _ClassVar[int]
    position: str
    file_position: str
    server_uuid: str
    def __init__(self, position: _Optional[str] = ..., file_position: _Optional[str] = ..., server_uuid: _Optional[str] = ...) -> None: ...

class FullStatus(_message.Message):
    __slots__ = ("server_id", "server_uuid", "replication_status", "primary_status", "gtid_purged", "version", "version_comment", "read_only", "gtid_mode", "binlog_format", "binlog_row_image", "log_bin_enabled", "log_replica_updates", "semi_sync_primary_enabled", "semi_sync_replica_enabled", "semi_sync_primary_status", "semi_sync_replica_status", "semi_sync_primary_clients", "semi_sync_primary_timeout", "semi_sync_wait_for_replica_count", "super_read_only", "replication_configuration", "disk_stalled", "semi_sync_blocked", "tablet_type")
    SERVER_ID_FIELD_NUMBER: _ClassVar[int]
    SERVER_UUID_FIELD_NUMBER: _ClassVar[int]
    REPLICATION_STATUS_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_STATUS_FIELD_NUMBER: _ClassVar[int]
    GTID_PURGED_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    VERSION_COMMENT_FIELD_NUMBER: _ClassVar[int]
    READ_ONLY_FIELD_NUMBER: _ClassVar[int]
    GTID_MODE_FIELD_NUMBER: _ClassVar[int]
    BINLOG_FORMAT_FIELD_NUMBER: _ClassVar[int]
    BINLOG_ROW_IMAGE_FIELD_NUMBER: _ClassVar[int]
    LOG_BIN_ENABLED_FIELD_NUMBER: _ClassVar[int]
    LOG_REPLICA_UPDATES_FIELD_NUMBER: _ClassVar[int]
    SEMI_SYNC_PRIMARY_ENABLED_FIELD_NUMBER: _ClassVar[int]
    SEMI_SYNC_REPLICA_ENABLED_FIELD_NUMBER: _ClassVar[int]
    SEMI_SYNC_PRIMARY_STATUS_FIELD_NUMBER: _ClassVar[int]
    SEMI_SYNC_REPLICA_STATUS_FIELD_NUMBER: _ClassVar[int]
    SEMI_SYNC_PRIMARY_CLIENTS_FIELD_NUMBER: _ClassVar[int]
    SEMI_SYNC_PRIMARY_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    SEMI_SYNC_WAIT_FOR_REPLICA_COUNT_FIELD_NUMBER: _ClassVar[int]
    SUPER_READ_ONLY_FIELD_NUMBER: _ClassVar[int]
    REPLICATION_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    DISK_STALLED_FIELD_NUMBER: _ClassVar[int]
    SEMI_SYNC_BLOCKED_FIELD_NUMBER: _ClassVar[int]
    TABLET_TYPE_FIELD_NUMBER: _ClassVar[int]
    server_id: int
    server_uuid: str
    replication_status: Status
    primary_status: PrimaryStatus
    gtid_purged: str
    version: str
    version_comment: str
    read_only: bool
    gtid_mode: str
    binlog_format: str
    binlog_row_image: str
    log_bin_enabled: bool
    log_replica_updates: bool
    semi_sync_primary_enabled: bool
    semi_sync_replica_enabled: bool
    semi_sync_primary_status: bool
    semi_sync_replica_status: bool
    semi_sync_primary_clients: int
    semi_sync_primary_timeout: int
    semi_sync_wait_for_replica_count: int
    super_read_only: bool
    replication_configuration: Configuration
    disk_stalled: bool
    semi_sync_blocked: bool
    tablet_type: _topodata_pb2.TabletType
    def __init__(self, server_id: _Optional[int] = ..., server_uuid: _Optional[str] = ..., replication_status: _Optional[_Union[Status, _Mapping]] = ..., primary_status: _Optional[_Union[PrimaryStatus, _Mapping]] = ..., gtid_purged: _Optional[str] = ..., version: _Optional[str] = ..., version_comment: _Optional[str] = ..., read_only: bool = ..., gtid_mode: _Optional[str] = ..., binlog_format: _Optional[str] = ..., binlog_row_image: _Optional[str] = ..., log_bin_enabled: bool = ..., log_replica_updates: bool = ..., semi_sync_primary_enabled: bool = ..., semi_sync_replica_enabled: bool = ..., semi_sync_primary_status: bool = ..., semi_sync_replica_status: bool = ..., semi_sync_primary_clients: _Optional[int] = ..., semi_sync_primary_timeout: _Optional[int] = ..., semi_sync_wait_for_replica_count: _Optional[int] = ..., super_read_only: bool = ..., replication_configuration: _Optional[_Union[Configuration, _Mapping]] = ..., disk_stalled: bool = ..., semi_sync_blocked: bool = ..., tablet_type: _Optional[_Union[_topodata_pb2.TabletType, str]] = ...) -> None: ...
