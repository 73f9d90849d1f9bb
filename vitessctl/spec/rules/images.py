"""Images and the release that they tell of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from vitessctl import releases
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.spec import VITESS_COMPONENTS
from vitessctl.spec.view import View
from vitessctl.spec.words import listed


def every_component_has_an_image(view: View) -> Iterator[Finding]:
    """Somebody must say which Vitess runs."""
    if "vitess" in view.images:
        return
    missing = [component for component in sorted(VITESS_COMPONENTS) if component not in view.images]
    if view.release and not view.release.has_vtorc and "vtorc" in missing:
        missing.remove("vtorc")
    if missing:
        yield finding(
            view,
            ("images",),
            f"there is no image for {listed(missing, 'and')}",
            why="an image decides which Vitess runs, and nothing chooses one for you",
            fix="write image: vitess/lite:v24.0.4, or another release",
        )


def release_is_told(view: View) -> Iterator[Finding]:
    """The flags of a release can only be written if the release is known."""
    named = [("images", component) for component in ("vitess", *VITESS_COMPONENTS) if component in view.images]
    if view.spec.release or not named:
        return
    image = view.images[named[0][1]]
    yield finding(
        view,
        named[0],
        f"{image} does not tell which release of Vitess it is",
        why="the tag is missing, is a digest, or is not a version such as v24.0.4; `latest` changes under your feet",
        fix='choose a version tag, or write release: "24"',
    )


def release_is_known(view: View) -> Iterator[Finding]:
    """Only a release whose flags are known can be brought up."""
    release = view.spec.release
    if not release or view.release is not None:
        return
    known = releases.names()
    written = view.spec.has("release")
    path = ("release",) if written else ("images",)
    yield finding(
        view,
        path,
        f"Vitess {release} is not a release that is known here",
        why=f"the known releases are {listed(known, 'and')}",
        fix="write one of them" if written else 'choose another image, or write release: "24"',
    )


def release_and_tag_agree(view: View) -> Iterator[Finding]:
    """An image of the Vitess project says in its tag what it is; `release:` cannot make it another."""
    image = view.images.get("vitess", "")
    told = releases.of_image(image) if _is_official(image) else None
    if told and view.spec.has("release") and told != view.spec.release:
        yield finding(
            view,
            ("release",),
            f"release is {view.spec.release}, but {image} is {told}",
            why="flags that the image does not know would end its servers at once",
            fix="remove release: (the tag tells it), or choose the other image",
        )


def _is_official(image: str) -> bool:
    return image.removeprefix("docker.io/").startswith("vitess/")


def components_are_near(view: View) -> Iterator[Finding]:
    """Vitess supports a component next to one of the release before or after it, no further."""
    told = {component: releases.of_image(image) for component, image in view.images.items()}
    known = releases.names()
    orders = {
        component: known.index(release)
        for component, release in told.items()
        if release in known and component in ("vitess", *VITESS_COMPONENTS)
    }
    for one, other in combinations(orders, 2):
        if abs(orders[one] - orders[other]) > 1:
            yield finding(
                view,
                ("images", other),
                f"{other} {told[other]} and {one} {told[one]} are more than one release apart",
                why="Vitess is tested with components of one release and its neighbours only",
                fix=f"choose an image of {told[one]} or next to it",
            )
            return


def mysql_can_be_managed(view: View) -> Iterator[Finding]:
    """The release starts and speaks to some series of MySQL, and to no other."""
    image = view.images.get("mysqld")
    if image is None or view.release is None:
        return
    from vitessctl.spec.mysql_image import is_mariadb, series_of

    series, able = series_of(image), view.release.mysql_series
    default = view.release.default_images.get("mysqld", "")
    if is_mariadb(image) or (series is not None and series not in able):
        yield finding(
            view,
            ("images", "mysqld"),
            f"Vitess {view.release.name} cannot manage {image}",
            why=f"it can start and manage MySQL {listed(able, 'and')}",
            fix=f"choose {default}" if default else "remove this: the Vitess image holds MySQL",
        )


def vtorc_is_there(view: View) -> Iterator[Finding]:
    """Before 15 there is no vtorc that could be run."""
    if view.release is None or view.release.has_vtorc:
        return
    for path in (("images", "vtorc"), ("extra_flags", "vtorc"), ("resources", "vtorc")):
        if view.spec.has(*path):
            yield finding(
                view,
                path,
                f"Vitess {view.release.name} runs without vtorc",
                why="vtorc is fit for use from release 15 on",
                fix="remove this",
                at_key=True,
            )
