"""What differs between programs and what is rendered for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vitessctl import releases
from vitessctl.errors import VitessctlError
from vitessctl.model.cluster import Cluster
from vitessctl.probe import helptext, likeness, mysql, versions
from vitessctl.probe.checked import Checked, ImageDiffers, ImageDoesNotRun, Row
from vitessctl.probe.flags import Compared, FlagRefused, compare
from vitessctl.probe.helptext import Help
from vitessctl.probe.programs import Hidden, Program
from vitessctl.probe.questions import About, Asked
from vitessctl.targets.base import Answer

_HIDDEN = "its flags cannot be compared, for the template does not start it by name"
_ETCD = "etcd"
_LAST_LINES = 5
_LINES = 6
"""How many refused flags are shown where a whole release is another."""


@dataclass
class _Image:
    """What is known of one image, once all its answers are read."""

    helps: dict[str, Help] = field(default_factory=dict)
    """By component."""
    version: str = ""
    """Of Vitess."""
    etcd: str = ""
    """The version of etcd."""
    like: str = ""
    refused: list[FlagRefused] = field(default_factory=list)
    """Flags that its programs do not take."""

    def version_of(self, component: str) -> str:
        """What the component says of itself."""
        return self.etcd if component == _ETCD else self.version

    def like_of(self, component: str) -> str:
        """The release that the component is like; etcd is of none."""
        return "" if component == _ETCD else self.like


def judge(
    cluster: Cluster, target: str, asked: Sequence[Asked], answers: Sequence[Answer], hidden: Sequence[Hidden] = ()
) -> Checked:
    """Compare every answer with the command lines. `answers` are in the order of `asked`."""
    told = {each.question.name: answer for each, answer in zip(asked, answers, strict=True)}
    images = _images(cluster.release, asked, told)
    rows: list[Row] = []
    errors: list[VitessctlError] = list(_troubles(asked, told))
    notes = [f"{each.container} of {each.document.label}: {_HIDDEN}" for each in hidden]
    for each in asked:
        answer, image = told[each.question.name], images[each.program.image]
        if each.about is About.FLAGS:
            compared = _flags(cluster.release_of(each.program.component), each.program, answer, image)
            rows.append(_row(each.program, answer, image, compared))
            image.refused += [error for error in compared.errors if isinstance(error, FlagRefused)]
            errors += [error for error in compared.errors if not isinstance(error, FlagRefused)]
            notes += compared.notes
        elif each.about is About.MYSQL:
            found = mysql.compare(cluster.release_of(each.program.component), each.program, answer)
            rows.append(found.row)
            errors += found.errors
    for name, image in images.items():
        if _is_chosen(cluster.release, name, image):
            notes.append(
                f"{name} is Vitess {image.version}, as its tag says; it takes what is rendered for {cluster.release}"
            )
        else:
            errors += list(_release(cluster.release, name, image)) or image.refused
        notes += list(_between(name, image))
    return Checked(cluster.name, target, cluster.release, rows, notes, errors)


def _images(release: str, asked: Sequence[Asked], told: Mapping[str, Answer]) -> Mapping[str, _Image]:
    images: dict[str, _Image] = {}
    for each in asked:
        answer, image = told[each.question.name], images.setdefault(each.program.image, _Image())
        if each.about is About.FLAGS and answer.trouble is None:
            image.helps[each.program.component] = helptext.parse(answer.lines)
        elif each.about is About.VITESS:
            image.version = versions.of_vitess(answer.lines)
        elif each.about is About.ETCD:
            image.etcd = versions.of_etcd(answer.lines)
    for image in images.values():
        listed = {component: tuple(found.flags) for component, found in image.helps.items() if component != _ETCD}
        image.like = likeness.best({name: flags for name, flags in listed.items() if flags}, release)
    return images


def _troubles(asked: Sequence[Asked], told: Mapping[str, Answer]) -> Iterator[VitessctlError]:
    """Why programs could not be run; a cause that several share once, with all of them."""
    shared: dict[str, list[tuple[Asked, Answer]]] = {}
    for each in asked:
        answer = told[each.question.name]
        if answer.trouble is not None:
            shared.setdefault(answer.trouble.reason, []).append((each, answer))
    for reason, found in shared.items():
        image = found[0][0].program.image
        names = dict.fromkeys(each.question.program.rpartition("/")[2] for each, _ in found)
        trouble = found[0][1].trouble
        yield ImageDoesNotRun(
            f"{', '.join(names)} could not be run to ask for {'their' if len(names) > 1 else 'its'} flags",
            where=f"image {image}" if image else found[0][0].question.program,
            why=reason,
            fix=trouble.fix if trouble else "",
            evidence=trouble.evidence if trouble else (),
        )


def _flags(release: str, program: Program, answer: Answer, image: _Image) -> Compared:
    if answer.trouble is not None:
        return Compared()
    found = image.helps[program.component]
    if found.flags:
        return compare(release, program, found, image.like_of(program.component))
    lines = [line for line in answer.lines if line.strip()]
    return Compared(
        errors=(
            ImageDoesNotRun(
                f"{program.path} --help lists no flag",
                where=f"image {program.image}" if program.image else program.document.label,
                why=f"it ended with exit code {answer.exit_code}" + ("" if lines else " and printed nothing"),
                fix="use an image in which that is the server of Vitess; run it by hand to see more",
                evidence=lines[-_LAST_LINES:],
            ),
        )
    )


def _row(program: Program, answer: Answer, image: _Image, compared: Compared) -> Row:
    return Row(
        program.component,
        program.image or program.path,
        image.version_of(program.component),
        image.like_of(program.component),
        len(program.flags),
        len({error.flag for error in compared.errors if isinstance(error, FlagRefused)}),
        ran=answer.trouble is None and bool(image.helps[program.component].flags),
    )


def _release(declared: str, name: str, image: _Image) -> Iterator[VitessctlError]:
    """Whether it is the release that the spec says: by its own word, else by its flags. The flags that it refuses
    follow from that, so they are no more than evidence then."""
    own = versions.release_of(image.version)
    where = f"image {name}" if name else "on this machine"
    what = "it is" if name else "the programs are"
    looks = "it looks" if name else "the programs look"
    if own and own != declared:
        yield ImageDiffers(
            f"{what} Vitess {image.version}, and the spec is for {declared}",
            where=where,
            why="flags, calls and files differ between releases",
            fix=_other(own, declared),
            evidence=_some(image.refused),
        )
    elif not own and image.like and image.like != declared:
        yield ImageDiffers(
            f"{looks} like Vitess {image.like}, and the spec is for {declared}",
            where=where,
            why=f"no version is told, and of all known releases {image.like} lists the flags that are most like these",
            fix=_other(image.like, declared),
            evidence=_some(image.refused),
        )


def _is_chosen(declared: str, name: str, image: _Image) -> bool:
    """Whether the spec names an image of a release next to its own, and that can do with what is rendered."""
    own = versions.release_of(image.version)
    return bool(name) and own not in ("", declared) and releases.of_image(name) == own and not image.refused


def _some(refused: Sequence[FlagRefused]) -> list[str]:
    more = len(refused) - _LINES
    return [*(error.line for error in refused[:_LINES]), *([f"and {more} flags more"] if more > 0 else [])]


def _other(found: str, declared: str) -> str:
    if found in releases.names():
        return f'say `release: "{found}"` in the spec, or use an image of Vitess {declared}'
    return f"use an image of Vitess {declared}, or of another release that is known: vitessctl releases"


def _between(name: str, image: _Image) -> Iterator[str]:
    own = versions.release_of(image.version)
    if own and image.like and own != image.like:
        who = f"{name} is" if name else "the programs are"
        yield f"{who} {image.version} as told, with flags most like those of {image.like}: a build in between"
