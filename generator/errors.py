"""What a person can cause, said to that person: one or two sentences with what mends it, and the exit code.

Exit codes: 0 fine or solved, 1 not solved, 2 wrong usage, 3 the environment or the seed is not fit, 4 tampered with.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class BugsquashError(Exception):
    """Ends a command with its message, without a traceback."""

    exit_code = 3


class UsageError(BugsquashError):
    """The command was asked for something that does not exist."""

    exit_code = 2


class UnfitError(BugsquashError):
    """The environment or the seed can't serve: no git, a red suite, no tests, nothing admitted."""

    exit_code = 3


class NothingFitsError(UnfitError):
    """No bug of what was asked for makes a fair exercise; another wish may be fulfilled."""


class MissingMetadataError(UnfitError):
    """The suite asks for the metadata of a distribution that is not installed; it may be the seed's own."""


class TamperedError(BugsquashError):
    """A key or a challenge was damaged or does not belong together."""

    exit_code = 4


def nearest(word: str, known: Iterable[str]) -> str:
    """For the end of an error about an unknown name: the nearest known one, and all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1)
    meant = f"Did you mean '{near[0]}'? " if near else ""
    return f"{meant}There are: {', '.join(names)}."
