"""Messages of vtctld and of the topology, generated from the .proto files beside them (see README.md)."""
