"""Benchmarks: commands to run by hand, never timed tests. Each prints medians and, where it compares, a ratio."""
