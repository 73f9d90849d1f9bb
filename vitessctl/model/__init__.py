"""The cluster as pure data, with every name, number and port decided."""
