"""What each Vitess release accepts, as data."""
