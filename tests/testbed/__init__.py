"""A real Kubernetes of one node, or two, that tests start and throw away; built from Go modules."""
