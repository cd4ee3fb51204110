"""Nobody else would be left to end a test that hangs, should the process be killed that waits for it."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys

_GRACE = 5
"""Seconds beyond its wall-clock limit that a process may live where it is not told that its parent has gone."""
_ORPHANED = 70
"""Exit status."""
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with(parent: int, wall: float) -> None:
    """This process ends when its parent does; where the system can't see to that, when it has run for much longer than it may.

    `parent` is the one that it had when it began.
    """
    if _libc is None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        faulthandler.dump_traceback_later(wall + _GRACE, exit=True, file=nowhere)
        return
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(_ORPHANED)


def adopt_orphans() -> None:
    """Whatever descends from this process and loses its parent becomes its child, whatever session it is in, where the system
    can see to that."""
    if _libc is not None:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
