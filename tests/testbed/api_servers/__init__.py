"""API servers of other Kubernetes versions than the bed's: a Go module each, which names nothing but the program."""
