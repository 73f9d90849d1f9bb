"""The way from files and command line to a checked spec; all errors of all steps at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from vitessctl.errors import Place, SpecError, SpecErrors
from vitessctl.spec import groups, layers, rules, schema, shape
from vitessctl.spec.coerce import coerced
from vitessctl.spec.files import texts_of
from vitessctl.spec.node import Node, is_expression, walk
from vitessctl.spec.spec import Spec, release_of
from vitessctl.spec.view import View

MAX_TABLETS = 20_000
"""More is a mistake: it would take minutes only to say what is wrong."""
LOCAL_TABLETS = 100
"""A cluster with more tablets is not meant for one machine."""


def load(
    inventory: Path | None,
    extra_vars: Sequence[str] = (),
    images: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    target: str = "local",
) -> Spec:
    """The spec of an inventory (a folder, a file, or ./cluster.yaml), layered, evaluated and checked.

    `extra_vars` are the texts of `-e`, `images` those of `--image`; `environment` is what env() may see.
    For the target "kubernetes" ports need not differ; nor for a cluster too big for one machine.
    Raises SpecErrors with everything that is wrong.
    """
    errors: list[SpecError] = []
    try:
        written = _layered(inventory, extra_vars, images, errors)
    except SpecError as error:
        raise _all([*errors, error]) from error
    spec = _checked(_evaluated(written, environment or {}, errors), target, errors)
    if errors or spec is None:
        raise _all(errors)
    return spec


def _layered(inventory: Path | None, extra_vars: Sequence[str], images: Sequence[str], errors: list[SpecError]) -> Node:
    """All layers as one tree, in the long form."""
    file = layers.spec_file(inventory)
    group_files = groups.read_groups(file.parent, errors)
    written = layers.normal(layers.read_spec(file), errors)
    top = [written]
    if extra_vars or images:
        from vitessctl.spec.overrides import override_layers

        top += override_layers(extra_vars, images, [written, *(group.content for group in group_files)], errors)
    return layers.stacked([*groups.group_layers(group_files, top, errors), *top]) or written


def _evaluated(tree: Node, environment: Mapping[str, str], errors: list[SpecError]) -> Node:
    """The tree with what its expressions give; the variables themselves stay as they were written."""
    if not any(is_expression(node) for _, node in walk(tree)):
        return tree
    from vitessctl.spec.expressions import Evaluator

    variables = tree.get("vars")
    known = variables.value if variables is not None and variables.is_map else {}
    evaluator = Evaluator(known, environment)
    evaluator.check(errors)
    evaluated = evaluator.tree(tree.without(("vars",)), errors)
    return evaluated if variables is None else evaluated.replaced("vars", variables)


def _checked(tree: Node, target: str, errors: list[SpecError]) -> Spec | None:
    """The spec, as far as its shape is sound, with the complaints of schema and rules added to `errors`."""
    sound = shape.mended(coerced(tree, [schema.load()]), errors)
    if sound.root is None:
        return None
    spec = Spec(sound.root, sound.root.plain(), release_of(sound.root), texts_of(sound.root, errors))
    tablets = View(spec).count_tablets()
    if tablets > MAX_TABLETS:
        errors.append(_too_big(spec, tablets))
        return spec
    local = target != "kubernetes" and tablets <= LOCAL_TABLETS
    errors.extend(finding.error for finding in rules.findings(spec, local) if not sound.touches(finding.path))
    return spec


def _too_big(spec: Spec, tablets: int) -> SpecError:
    return SpecError(
        f"this spec has {tablets:,} tablets",
        where=spec.place("keyspaces"),
        why=f"a cluster here has at most {MAX_TABLETS:,}: shards times tablets of every pool",
        fix="write fewer shards or tablets; split what is really that big into clusters",
    )


def _all(errors: Iterable[SpecError]) -> SpecErrors:
    """Every error once, in the order of their places."""
    by_text = {str(error): error for error in errors}
    return SpecErrors(sorted(by_text.values(), key=_order))


def _order(error: SpecError) -> tuple[Place, str]:
    place = error.where if isinstance(error.where, Place) else Place(str(error.where or ""), 0, 0)
    return place, error.what
