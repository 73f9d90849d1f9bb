"""What all stand-in servers have in common: flags, logs, HTTP pages, ports, signals, waiting times."""
