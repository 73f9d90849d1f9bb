"""Tools for those who change vitessctl."""
