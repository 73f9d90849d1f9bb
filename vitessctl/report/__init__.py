"""Screen, JSON lines, recap, status."""
