"""The rows of `vitessctl tablets`."""
