"""What this machine offers to the programs that run here: how many at once, and behind which walls."""

from __future__ import annotations

import functools
import os

from generator import places, process, views
from generator.errors import UnfitError, UsageError, nearest
from generator.views import Walls


def workers() -> int:
    """How many programs run at once: the usable cores, or `BUGSQUASH_JOBS`. No result hangs on it.

    Raises UsageError where that is no number of programs.
    """
    asked = os.environ.get("BUGSQUASH_JOBS")
    if not asked:
        return _cores()
    if not (asked.isascii() and asked.isdecimal() and int(asked) > 0):
        raise UsageError(
            f"BUGSQUASH_JOBS is '{asked}', which is no number of trials to run at once. Set it to 1 or more, "
            f"or unset it, and it is the number of cores ({_cores()})."
        )
    return int(asked)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def walls() -> Walls:
    """The best that work on this machine, or what `BUGSQUASH_ISOLATION` names. Raises UnfitError where that does not work."""
    asked = os.environ.get("BUGSQUASH_ISOLATION")
    if not asked:
        return next(kind for kind in Walls if _why_not(kind) is None)
    if asked not in {kind.value for kind in Walls}:
        raise UsageError(
            f"BUGSQUASH_ISOLATION has no '{asked}'. {nearest(asked, [kind.value for kind in Walls])}"
        )
    why_not = _why_not(Walls(asked))
    if why_not is not None:
        raise UnfitError(
            f"BUGSQUASH_ISOLATION asks for {asked}, which does not work here ({why_not}). {_MENDS[Walls(asked)]}, "
            "or unset it, and the best that works is taken."
        )
    return Walls(asked)


def remedy(walls: Walls) -> str:
    """What to do so that these walls work; not for plain ones, which always do."""
    return _MENDS[walls]


_MENDS = {
    Walls.BUBBLEWRAP: "Install bubblewrap (it comes with bwrap) where user namespaces are allowed",
    Walls.NETWORK: "Allow user namespaces",
}


@functools.cache
def _why_not(walls: Walls) -> str | None:
    """What a program says that can't start behind these walls; None where one starts."""
    if walls is Walls.PLAIN:
        return None
    with places.scratch() as scratch:
        tried = process.retried_if_killed(
            lambda: process.run(
                ["/bin/sh", "-c", ":"],
                cwd=scratch,
                limits=process.Limits(wall=60),
                env=process.environment(scratch),
                view=views.View(walls, scratch),
            )
        )
    return None if tried.ok else tried.last_words.rstrip(".")
