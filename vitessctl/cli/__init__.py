"""The command line: one command a file, flags in, one call, print."""
