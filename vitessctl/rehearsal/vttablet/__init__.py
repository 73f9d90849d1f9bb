"""The stand-in vttablet: one tablet's role, its record in the topology, and the queries of its mysqld."""
