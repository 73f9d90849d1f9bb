"""cluster.yaml: load, layer, evaluate, validate; every value knows its place."""

from vitessctl.spec.load import load
from vitessctl.spec.spec import Spec

__all__ = ["Spec", "load"]
