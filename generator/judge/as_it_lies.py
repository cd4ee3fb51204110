"""A challenge's directory as a codebase: what its own tests say of it needs no key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import places, seeds
from generator.errors import UnfitError
from generator.judge import challenge_directory
from generator.trial import suite

if TYPE_CHECKING:
    from pathlib import Path

    from generator.judge.challenge_directory import Listing
    from generator.records import Seed


def seed(root: Path, present: Listing | None = None) -> Seed:
    """The files that lie in a challenge now, `present` of them where that is known, as the codebase that they are.

    Raises UnfitError where it is gone, and where there are no tests, or no source.
    """
    if not root.is_dir():
        raise UnfitError(f"{root} is gone.")
    present = present or challenge_directory.listing(root)
    code = [path for path in present.files if path.endswith(".py")]
    if not any(map(seeds.is_test, code)):
        raise UnfitError(f"{root} has no tests any more. Put them back: git checkout -- tests")
    if all(map(seeds.is_test, code)):
        raise UnfitError(f"{root} has no source any more. Put it back: git checkout -- .")
    with places.scratch() as scratch:
        copy = scratch / root.name
        suite.write_tree(
            copy,
            challenge_directory.read(root, present.files),
            challenge_directory.executable(root, present.files),
        )
        return seeds.load(str(copy))
