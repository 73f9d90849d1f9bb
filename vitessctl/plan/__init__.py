"""What `up` would do, and what that means for data and serving. Pure: no network, no clock, no environment."""
