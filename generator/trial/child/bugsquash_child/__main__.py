"""`python -m bugsquash_child`, with a job on the first line of standard input."""

from __future__ import annotations

import json
import os
import sys

from bugsquash_child import server, suite, watchdog


def main() -> int:
    """Run the one job, or stay and serve; the exit status is pytest's."""
    parent = os.getppid()
    job = json.loads(sys.stdin.buffer.readline())
    if job["task"] in server.WAYS:
        return server.WAYS[job["task"]](job)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    watchdog.die_with(parent, job["wall"])
    return suite.run(job)


if __name__ == "__main__":
    sys.exit(main())
