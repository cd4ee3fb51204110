"""`python -m bugsquash_child`, with a job on the first line of standard input."""

from __future__ import annotations

import faulthandler
import json
import os
import sys

from bugsquash_child import server, suite


def main() -> int:
    """Run the one job, or stay and serve; the exit status is pytest's."""
    job = json.loads(sys.stdin.buffer.readline())
    if job["task"] in server.WAYS:
        return server.WAYS[job["task"]](job)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    # Should the parent be killed, nobody else is left to end a test that hangs.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    faulthandler.dump_traceback_later(job["wall"] + 5, exit=True, file=nowhere)
    return suite.run(job)


if __name__ == "__main__":
    sys.exit(main())
