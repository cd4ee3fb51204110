"""Which source lines each test executes.

coverage's contexts, one per node id. Its C tracer is asked for by name: with the newer core that uses `sys.monitoring`
a line counts for the first context only (2 of 23 contexts were kept on Python 3.13).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import coverage

if TYPE_CHECKING:
    from collections.abc import Iterator


class LineMap:
    """Collects lines of the given files (paths below the tree) by context."""

    def __init__(self, tree: str, source: list[str]) -> None:
        self._files = {os.path.realpath(os.path.join(tree, path)): path for path in source}  # noqa: PTH118
        self._coverage = coverage.Coverage(
            data_file=None, config_file=False, include=list(self._files), messages=False
        )
        self._context = ""
        self._users: dict[str, list[str]] = {}
        self._coverage.set_option("run:core", "ctrace")
        self._coverage.set_option(
            "run:disable_warnings", ["no-data-collected", "module-not-imported"]
        )

    def start(self) -> None:
        """From here on lines are counted; those before the first test belong to the empty context."""
        self._coverage.start()
        self._coverage.switch_context("")

    def switch(self, context: str) -> str:
        """From here on lines belong to this test, or to this set-up that several tests share. Returns what they
        belonged to so far."""
        before, self._context = self._context, context
        self._coverage.switch_context(context)
        return before

    def share(self, context: str, test: str) -> None:
        """The lines of this shared set-up count as executed by this test too, whoever of its users came first."""
        self._users.setdefault(context, []).append(test)

    def stop(self) -> Iterator[tuple[str, dict[str, list[int]]]]:
        """Each test with its lines by path; "" for those of import."""
        self._coverage.stop()
        by_test: dict[str, dict[str, set[int]]] = {}
        for path, line, context in self._executed():
            for test in self._users.get(context, [context]):
                by_test.setdefault(test, {}).setdefault(path, set()).add(line)
        for test in sorted(by_test):
            yield test, {path: sorted(lines) for path, lines in by_test[test].items()}

    def _executed(self) -> Iterator[tuple[str, int, str]]:
        data = self._coverage.get_data()
        for file in sorted(data.measured_files()):
            path = self._files.get(os.path.realpath(file))
            if path is not None:
                for line, contexts in data.contexts_by_lineno(file).items():
                    for context in contexts:
                        yield path, line, context
