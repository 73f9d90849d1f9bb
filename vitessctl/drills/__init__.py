"""Failures that are brought about on purpose, and what they cost those who read and write all along."""
