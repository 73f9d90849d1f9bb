"""`python -m tests.testbed.image_recipes [--real] [--image NAME]… FOLDER`: makes images, prints archive and names."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.testbed.image_recipes import real, standins
from tests.testbed.image_recipes.archive import write
from tests.testbed.image_recipes.names import image_names

CACHE = "vitessctl-testbed/images"


def cache_folder() -> Path:
    """Where layers and archives are kept: below XDG_CACHE_HOME, or ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / CACHE


def build(names: Sequence[str], use_real: bool = False) -> Path:
    """The archive with the images of these names, in the cache. real.NoBinaries."""
    cache = cache_folder()
    return write((real if use_real else standins).images(names, cache), cache)


def main(words: Sequence[str]) -> int:
    """Build, link the archive into the folder, print its path and the names in it."""
    parser = argparse.ArgumentParser(prog="python -m tests.testbed.image_recipes", description=__doc__)
    parser.add_argument("--real", action="store_true", help="from VITESS_BIN and MYSQL_ROOT")
    parser.add_argument("--image", action="append", dest="images", metavar="NAME", help="only these")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    options = parser.parse_args(words)
    names = options.images or image_names(options.real)
    try:
        archive = build(names, options.real)
    except real.NoBinaries as error:
        sys.stderr.write(f"{error}\n")
        return 1
    options.folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(archive, options.folder / archive.name)
    sys.stdout.write("\n".join([str(options.folder / archive.name), *names, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
