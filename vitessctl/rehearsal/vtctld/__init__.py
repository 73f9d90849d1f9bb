"""The stand-in for vtctld, and the reparent rules that vtorc's stand-in shares with it."""
