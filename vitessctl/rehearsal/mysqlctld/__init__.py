"""The stand-in mysqlctld: makes a data folder, starts mysqld, goes when mysqld goes."""
