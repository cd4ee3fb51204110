"""Which source lines each test executes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Callable, Protocol

    class Collector(Protocol):
        """Counts the lines that are executed, of the files it was made with, each for the context it is executed in."""

        def start(self) -> None:
            """From here on lines are counted, for the empty context."""

        def switch(self, context: str) -> None:
            """From here on they are counted for this one, also those that were counted for another before."""

        def stop(self) -> Iterable[tuple[str, str, int]]:
            """Context, path and line: each at least once."""


class LineMap:
    """Collects lines of the given files (paths below the tree) by test."""

    def __init__(self, tree: str, source: list[str]) -> None:
        self._collector = collector()(tree, source)
        self.context = ""
        """What lines belong to."""
        self._users: dict[str, list[str]] = {}

    def start(self) -> None:
        """From here on lines are counted; those before the first test belong to the empty context."""
        self._collector.start()

    def switch(self, context: str) -> str:
        """From here on lines belong to this test, or to this set-up that several tests share. Returns what they
        belonged to so far."""
        before, self.context = self.context, context
        if context != before:
            self._collector.switch(context)
        return before

    def share(self, context: str, test: str) -> None:
        """The lines of this shared set-up count as executed by this test too, whoever of its users came first."""
        self._users.setdefault(context, []).append(test)

    def stop(self) -> Iterator[tuple[str, dict[str, list[int]]]]:
        """Each test with its lines by path; "" for those of import, and see `bodies`."""
        by_test: dict[str, dict[str, set[int]]] = {}
        for context, path, line in self._collector.stop():
            for test in self._users.get(context, [context]):
                by_test.setdefault(test, {}).setdefault(path, set()).add(line)
        for test in sorted(by_test):
            yield test, {path: sorted(lines) for path, lines in by_test[test].items()}


def collector() -> Callable[[str, list[str]], Collector]:
    """The kind that this interpreter has the means for: the other one can't be imported, or need not be installed."""
    if hasattr(sys, "monitoring"):
        from bugsquash_child.monitored import MonitoredLines  # noqa: PLC0415

        return MonitoredLines
    from bugsquash_child.covered import CoveredLines  # noqa: PLC0415

    return CoveredLines
