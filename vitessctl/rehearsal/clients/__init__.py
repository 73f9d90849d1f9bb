"""Stand-ins for the client programs that pods call: in probes, before they stop, or by a person inside one."""
