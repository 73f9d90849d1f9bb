"""What a run would change."""
