"""The test bed: a real Kubernetes for tests."""
