"""Stand-in servers: what `--rehearse` runs in place of Vitess."""
