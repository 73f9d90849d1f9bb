"""vitessctl brings up and runs Vitess from one cluster.yaml."""

__version__ = "0.1.0"
