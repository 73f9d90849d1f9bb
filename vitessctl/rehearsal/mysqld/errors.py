"""MySQL's errors: number, SQL state, text."""

from __future__ import annotations

SQL_STATES = {
    1044: "42000",
    1045: "28000",
    1046: "3D000",
    1048: "23000",
    1049: "42000",
    1050: "42S01",
    1051: "42S02",
    1052: "23000",
    1054: "42S22",
    1060: "42S21",
    1061: "42000",
    1062: "23000",
    1064: "42000",
    1065: "42000",
    1068: "42000",
    1072: "42000",
    1075: "42000",
    1091: "42000",
    1136: "21S01",
    1146: "42S02",
    1138: "22004",
    1176: "42000",
    1235: "42000",
    1264: "22003",
    1265: "01000",
    1292: "22007",
    1305: "42000",
    1406: "22001",
    1451: "23000",
    1452: "23000",
}
"""From MySQL's error reference; HY000 where a number is missing."""

TEXTS = {
    1007: "Can't create database '{0}'; database exists",
    1008: "Can't drop database '{0}'; database doesn't exist",
    1046: "No database selected",
    1048: "Column '{0}' cannot be null",
    1049: "Unknown database '{0}'",
    1050: "Table '{0}' already exists",
    1051: "Unknown table '{0}'",
    1054: "Unknown column '{0}' in '{1}'",
    1060: "Duplicate column name '{0}'",
    1061: "Duplicate key name '{0}'",
    1062: "Duplicate entry '{0}' for key '{1}'",
    1064: "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version"
    " for the right syntax to use near '{0}' at line 1",
    1072: "Key column '{0}' doesn't exist in table",
    1091: "Can't DROP '{0}'; check that column/key exists",
    1136: "Column count doesn't match value count at row 1",
    1146: "Table '{0}' doesn't exist",
    1193: "Unknown system variable '{0}'",
    1200: "The server is not configured as replica; fix in config file or with CHANGE REPLICATION SOURCE TO",
    1205: "Lock wait timeout exceeded; try restarting transaction",
    1235: "The rehearsal's MySQL cannot do this (MySQL can): {0}",
    1264: "Out of range value for column '{0}' at row 1",
    1290: "The MySQL server is running with the {0} option so it cannot execute this statement",
    1305: "FUNCTION {0} does not exist",
    1364: "Field '{0}' doesn't have a default value",
    1366: "Incorrect integer value: '{0}' for column '{1}' at row 1",
    1406: "Data too long for column '{0}' at row 1",
    1451: "Cannot delete or update a parent row: a foreign key constraint fails",
    1452: "Cannot add or update a child row: a foreign key constraint fails",
    1777: "CHANGE MASTER TO MASTER_AUTO_POSITION = 1 cannot be executed because @@GLOBAL.GTID_MODE = OFF.",
    3024: "Query execution was interrupted, maximum statement execution time exceeded",
    3819: "Check constraint '{0}' is violated.",
}


class MySqlError(Exception):
    """An error as a MySQL client gets it."""

    def __init__(self, number: int, *details: object, text: str | None = None) -> None:
        self.number = number
        self.text = TEXTS[number].format(*details) if text is None else text
        super().__init__(f"{self.text} (errno {number}) (sqlstate {self.sql_state})")

    @property
    def sql_state(self) -> str:
        """Five letters, as the protocol has them beside the number."""
        return SQL_STATES.get(self.number, "HY000")


def unsupported(what: str) -> MySqlError:
    """For SQL that MySQL would run: says plainly that it is the rehearsal that cannot."""
    return MySqlError(1235, what)
