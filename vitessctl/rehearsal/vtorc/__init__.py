"""The stand-in for vtorc."""
