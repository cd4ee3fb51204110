"""Lines by coverage's contexts, before Python 3.12.

Where there is another, its C tracer is asked for by name (coverage knows that option since 7.9): with its newer core, which
uses `sys.monitoring`, a line counts for the first context only (2 of 23 contexts were kept on Python 3.13).
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import coverage

if TYPE_CHECKING:
    from collections.abc import Iterator


class CoveredLines:
    """A `linemap.Collector`."""

    def __init__(self, tree: str, source: list[str]) -> None:
        self._files = {os.path.realpath(os.path.join(tree, path)): path for path in source}  # noqa: PTH118
        self._coverage = coverage.Coverage(
            data_file=None, config_file=False, include=list(self._files), messages=False
        )
        if hasattr(sys, "monitoring"):
            self._coverage.set_option("run:core", "ctrace")
        self._coverage.set_option(
            "run:disable_warnings", ["no-data-collected", "module-not-imported"]
        )

    def start(self) -> None:
        """From here on lines are counted."""
        self._coverage.start()
        self._coverage.switch_context("")

    def switch(self, context: str) -> None:
        """From here on they are counted for this context."""
        self._coverage.switch_context(context)

    def stop(self) -> Iterator[tuple[str, str, int]]:
        """Context, path and line."""
        self._coverage.stop()
        data = self._coverage.get_data()
        for file in sorted(data.measured_files()):
            path = self._files.get(os.path.realpath(file))
            if path is not None:
                for line, contexts in data.contexts_by_lineno(file).items():
                    for context in contexts:
                        yield context, path, line
