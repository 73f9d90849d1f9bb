"""The client of vtctld: one interface, the dialects behind it."""
