"""The stand-in mysqld: MySQL's SQL on SQLite, replication by GTID, semi-synchronous commits."""
