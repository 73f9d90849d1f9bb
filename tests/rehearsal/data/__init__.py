"""Tests of the rehearsal's data plane: mysqld, mysqlctld, vttablet."""
