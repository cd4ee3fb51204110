"""Processes that have left the group they were started in, told by their environment: it names the scratch directory of the
run that they belong to, as what a process starts inherits it.

Linux only: other systems don't show a process's environment. What drops its environment, too, is not found.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE = 5
"""Seconds that what is killed may take to be gone, and what starts others as fast as they are killed to be caught."""


def kill(scratch: Path) -> bool:
    """Kill every process that has a place below this directory in its environment. Whether there was one."""
    found = list(_below(scratch))
    for pid in found:
        # It may have ended meanwhile.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    return bool(found)


def end(scratch: Path) -> None:
    """The same until none is left."""
    deadline = time.monotonic() + _PATIENCE
    while kill(scratch) and time.monotonic() < deadline:
        time.sleep(0.002)


def _below(scratch: Path) -> Iterator[int]:
    sought, ours = os.fsencode(scratch) + b"/", str(os.getpid())
    for name in _processes():
        # Somebody else's, or one that ends just now; one that has ended has none.
        with contextlib.suppress(OSError):
            if name != ours and sought in Path(f"/proc/{name}/environ").read_bytes():
                yield int(name)


def _processes() -> list[str]:
    try:
        return [name for name in os.listdir("/proc") if name.isdecimal()]  # noqa: PTH208
    except OSError:
        return []
