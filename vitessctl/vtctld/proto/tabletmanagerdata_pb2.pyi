from vitessctl.vtctld.proto import query_pb2 as _query_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TableDefinition(_message.Message):
    __slots__ = ("name", "schema", "columns", "primary_key_columns", "type", "data_length", "row_count", "fields")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_KEY_COLUMNS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DATA_LENGTH_FIELD_NUMBER: _ClassVar[int]
    ROW_COUNT_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    name: str
    schema: str
    columns: _containers.RepeatedScalarFieldContainer[str]
    primary_key_columns: _containers.RepeatedScalarFieldContainer[str]
    type: str
    data_length: int
    row_count: int
    fields: _containers.RepeatedCompositeFieldContainer[_query_pb2.Field]
    def __init__(self, name: _Optional[str] = ..., schema: _Optional[str] = ..., columns: _Optional[_Iterable[str]] = ..., primary_key_columns: _Optional[_Iterable[str]] = ..., type: _Optional[str] = ..., data_length: _Optional[int] = ..., row_count: _Optional[int] = ..., fields: _Optional[_Iterable[_Union[_query_pb2.Field, _Mapping]]] = ...) -> None: ...

class SchemaDefinition(_message.Message):
    __slots__ = ("database_schema", "table_definitions")
    DATABASE_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    TABLE_DEFINITIONS_FIELD_NUMBER: _ClassVar[int]
    database_schema: str
    table_definitions: _containers.RepeatedCompositeFieldContainer[TableDefinition]
    def __init__(self, database_schema: _Optional[str] = ..., table_definitions: _Optional[_Iterable[_Union[TableDefinition, _Mapping]]] = ...) -> None: ...
