"""vtctld's legacy service: command lines in, log lines and output out. The only way into releases before 9."""
