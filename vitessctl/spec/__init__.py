"""cluster.yaml: load, layer, evaluate, validate; every value knows its place."""
