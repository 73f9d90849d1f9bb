"""The legacy service of releases 2.1 to 14: command lines go in, text and JSON come out."""
