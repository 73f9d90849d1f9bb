"""One stage a file."""
