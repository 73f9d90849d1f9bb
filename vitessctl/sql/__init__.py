"""SQL that a person gives to a cluster: what it is, where it is run, how its answer looks."""
