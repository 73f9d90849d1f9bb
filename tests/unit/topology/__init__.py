"""The topology: read, decoded, chosen from."""
