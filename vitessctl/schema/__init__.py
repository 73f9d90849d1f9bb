"""The schema and VSchema that the spec declares, beside what the tablets and the topology have. Pure."""
