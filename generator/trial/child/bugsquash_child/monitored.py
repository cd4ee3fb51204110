"""Lines by `sys.monitoring`, from Python 3.12 on.

Each code object that starts is looked at once in a context; those of the source have their lines watched. A line that
was counted is not told again before the context changes, so that what a test repeats costs nothing.

Threads may be at work when the context changes. From where a callback takes up the record of a context to its end
there is no call, and only at calls and on the way back of a loop another thread gets its turn: a line is told no more in
exactly those contexts that have counted it.
"""

from __future__ import annotations

import sys
from os.path import join, normpath, realpath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

_monitoring: Any = getattr(sys, "monitoring", None)
_IDS = (5, 4, 3, 2, 1, 0)
"""From the last, which nobody uses: hypothesis takes 3 or does without; profilers, coverage and debuggers have theirs."""


class MonitoredLines:
    """A `linemap.Collector`. To make one exits where other tools have taken every id."""

    def __init__(self, tree: str, source: list[str]) -> None:
        self._tree = tree
        # By both names of the tree, since the files that code objects name are compared as text: what asks the disc can
        # be what a test has replaced.
        self._source = {
            normpath(join(root, path)): path  # noqa: PTH118
            for root in (tree, realpath(tree))
            for path in source
        }
        self._paths: dict[str, str] = {}
        self._counted: dict[tuple[str, int], None] = {}
        self._spans = [("", self._counted)]
        self._id = _free_id()

    def start(self) -> None:
        """From here on lines are counted."""
        events = _monitoring.events
        _monitoring.use_tool_id(self._id, "bugsquash")
        _monitoring.register_callback(self._id, events.PY_START, self._started)
        _monitoring.register_callback(self._id, events.LINE, self._reached)
        _monitoring.register_callback(self._id, events.JUMP, self._jumped)
        _monitoring.set_events(self._id, events.PY_START)

    def switch(self, context: str) -> None:
        """From here on they are counted for this context."""
        before, self._counted = self._counted, {}
        self._spans.append((context, self._counted))
        if before:
            _monitoring.restart_events()

    def stop(self) -> Iterator[tuple[str, str, int]]:
        """Context, path and line."""
        _monitoring.set_events(self._id, 0)
        for event in (_monitoring.events.LINE, _monitoring.events.JUMP):
            _monitoring.register_callback(self._id, event, None)
        _monitoring.free_tool_id(self._id)
        for context, counted in self._spans:
            for file, line in tuple(counted):  # A thread that still runs may be about to add one.
                yield context, self._paths[file], line

    def _started(self, code: CodeType, _: int) -> object:
        if self._path(code.co_filename):
            events = _monitoring.events
            # PY_RESUME is nothing that is listened to: from Python 3.13 on, what follows the resumption of a generator
            # on the same line is told of only where that is instrumented. (So is the line of a function of one line;
            # there PY_START is, in each context anew.)
            wanted = events.LINE | events.JUMP | events.PY_RESUME
            _monitoring.set_local_events(self._id, code, wanted)
        return _monitoring.DISABLE

    def _path(self, file: str) -> str:
        """The path below the tree; empty when the file is no source. A relative name starts at the tree."""
        if file not in self._paths:
            self._paths[file] = self._source.get(normpath(join(self._tree, file)), "")  # noqa: PTH118
        return self._paths[file]

    def _reached(self, code: CodeType, line: int) -> object:
        self._counted[code.co_filename, line] = None
        return _monitoring.DISABLE

    def _jumped(self, code: CodeType, start: int, end: int) -> object:
        """A loop that stands on one line reaches it by going back, which is no event of a line."""
        line = sys._getframe(1).f_lineno
        if end < start and line is not None:
            self._counted[code.co_filename, line] = None
        return _monitoring.DISABLE


def _free_id() -> int:
    users = {tool: _monitoring.get_tool(tool) for tool in _IDS}
    for tool, user in users.items():
        if user is None:
            return tool
    sys.exit(
        "Every id of sys.monitoring is taken before the first test ({}), so that lines can't be counted. Start fewer such "
        "tools with that interpreter, or name another with --python.".format(
            ", ".join(users.values())
        )
    )
