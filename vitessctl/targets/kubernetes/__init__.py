"""The Kubernetes target: a cluster as objects of one namespace. Only `client.py` imports the Kubernetes client."""
