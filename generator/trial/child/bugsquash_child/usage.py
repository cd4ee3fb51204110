"""What this process has taken so far."""

from __future__ import annotations

import resource
import sys

_UNIT = 1 if sys.platform == "darwin" else 1024


def cpu() -> float:
    """CPU seconds. Not `time.process_time`: under a limit of CPU time, Linux counts that in ticks of 4 ms, and of many tests
    that take less the sum is wrong by half."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def memory() -> int:
    """Resident bytes at its largest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
