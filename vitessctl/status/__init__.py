"""What a cluster is like now, beside what the spec wants."""
