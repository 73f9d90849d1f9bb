"""Images and the release that they tell of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from vitessctl import releases
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.spec import VITESS_COMPONENTS
from vitessctl.spec.view import View
from vitessctl.spec.words import listed

FOR_ALL = ("lite", "base", "k8s")
"""Images of the Vitess project that hold every program; the others hold the one that they are called after."""


def every_component_has_an_image(view: View) -> Iterator[Finding]:
    """Somebody must say which Vitess runs."""
    if "vitess" in view.images:
        return
    missing = [component for component in sorted(VITESS_COMPONENTS) if component not in view.images]
    if view.release and not view.release.has_vtorc and "vtorc" in missing:
        missing.remove("vtorc")
    if view.release and view.release.mysqld_in_image and "mysqld" not in view.images and not _lends_mysql(view):
        missing.append("mysqld")
    if missing:
        yield finding(
            view,
            ("images",),
            f"there is no image for {listed(missing, 'and')}",
            why="an image decides which Vitess runs, and nothing chooses one for you",
            fix="write image: vitess/lite:v24.0.4, or another release",
        )


def _lends_mysql(view: View) -> bool:
    """Whether MySQL can run from mysqlctld's image where there is no common one."""
    image = view.images.get("mysqlctld", "")
    return not releases.is_vitess_image(image) or releases.image_name(image) in FOR_ALL


def images_hold_the_program(view: View) -> Iterator[Finding]:
    """`vitess/vtgate` holds vtgate alone, and nothing starts from it that is called otherwise."""
    for name in ("vitess", *VITESS_COMPONENTS):
        image = view.images.get(name, "")
        program = releases.image_name(image) if releases.is_vitess_image(image) else "lite"
        if program not in (*FOR_ALL, name):
            yield finding(
                view,
                ("images", name),
                f"{image} cannot be the image of {'every component' if name == 'vitess' else name}",
                why=f"vitess/{program} holds no other server than {program}",
                fix=f"choose vitess/lite, or write it as images.{program}",
            )


def tablets_can_ask_vtctld(view: View) -> Iterator[Finding]:
    """A tablet's pod asks vtctld before it starts and before it stops, with a program of vttablet's image."""
    image, release = view.images.get("vttablet", ""), view.release_of("vttablet")
    if release is None or not releases.is_vitess_image(image) or releases.image_name(image) != "vttablet":
        return
    if not release.vttablet_image_has_client:
        yield finding(
            view,
            ("images", "vttablet"),
            f"{image} holds no {release.admin_client}",
            why="a tablet's pod asks vtctld with it before it starts, and to give its role away before it stops",
            fix="choose vitess/lite with the same tag, which holds both",
        )


def release_is_told(view: View) -> Iterator[Finding]:
    """The flags of a release can only be written if the release is known, for each image."""
    if view.spec.has("release"):
        return
    for component, image in _named(view):
        if releases.of_image(image) is None:
            yield finding(
                view,
                ("images", component),
                f"{image} does not tell which release of Vitess it is",
                why="the tag is missing, is a digest, or is not a version such as v24.0.4;"
                " `latest` changes under your feet",
                fix='choose a version tag, or write release: "24"',
            )


def release_is_known(view: View) -> Iterator[Finding]:
    """Only a release whose flags are known can be brought up, of every component."""
    known = releases.names()
    why = f"the known releases are {listed(known, 'and')}"
    if view.spec.has("release") and view.release is None:
        what = f"Vitess {view.spec.release} is not a release that is known here"
        yield finding(view, ("release",), what, why=why, fix="write one of them")
        return
    for component, image in _named(view):
        release = view.release_name(component)
        if release and release not in known:
            other = "" if releases.is_vitess_image(image) else ', or write release: "24"'
            what = f"Vitess {release} is not a release that is known here"
            yield finding(view, ("images", component), what, why=why, fix=f"choose an image of one of them{other}")


def _named(view: View) -> list[tuple[str, str]]:
    """The images of Vitess that the spec names, the common one first."""
    return [(name, view.images[name]) for name in ("vitess", *VITESS_COMPONENTS) if name in view.images]


def release_and_tag_agree(view: View) -> Iterator[Finding]:
    """An image of the Vitess project says in its tag what it is; `release:` cannot make it another.

    In the tag of any other image a number may mean anything: there `release:` is believed.
    """
    if view.release is None:
        return
    images = [image for name, image in _named(view) if name == "vitess" or "vitess" not in view.images]
    told = [releases.of_image(image) if releases.is_vitess_image(image) else None for image in images]
    if view.spec.has("release") and told and set(told) <= {*releases.names()} - {view.release.name}:
        yield finding(
            view,
            ("release",),
            f"release is {view.spec.release}, but {images[0]} is {told[0]}",
            why="flags that the image does not know would end its servers at once",
            fix="remove release: (the tag tells it), or choose the other image",
        )


def components_are_near(view: View) -> Iterator[Finding]:
    """Vitess supports a component next to one of the release before or after it, no further."""
    told = {name: view.release_name(name) for name in VITESS_COMPONENTS if name in view.images}
    told = {"vitess" if "vitess" in view.images else "release:": view.spec.release, **told}
    known = {component: release for component, release in told.items() if release in releases.names()}
    for one, other in combinations(known, 2):
        if releases.between(known[one], known[other]):
            yield finding(
                view,
                ("images", other),
                f"{other} {told[other]} and {one} {told[one]} are more than one release apart",
                why="Vitess is tested with components of one release and its neighbours only",
                fix=f"choose an image of {told[one]} or next to it",
            )
            return


def vtorc_is_there(view: View) -> Iterator[Finding]:
    """Before 15 there is no vtorc that could be run, beside no other component."""
    release = view.oldest_release("vitess", "vtorc")
    if release is None or release.has_vtorc:
        return
    for path in (("images", "vtorc"), ("extra_flags", "vtorc"), ("resources", "vtorc"), ("components", "vtorc")):
        if view.spec.has(*path):
            yield finding(
                view,
                path,
                f"Vitess {release.name} runs without vtorc",
                why="vtorc is fit for use from release 15 on",
                fix="remove this",
                at_key=True,
            )
