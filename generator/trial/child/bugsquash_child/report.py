"""The way out: JSON lines, each flushed, so that a run that dies has said all that it saw."""

from __future__ import annotations

import copy
import json
import os
import re
import tempfile
from typing import Any

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")


class Report:
    """Appends events to the job's report file."""

    def __init__(self, path: str, tree: str) -> None:
        self._begin(path)
        self.tree = os.path.realpath(tree)
        self._known: dict[str, str | None] = {}
        self._temporary = os.path.realpath(tempfile.gettempdir())

    def elsewhere(self, path: str) -> Report:
        """The same of this process, which is a fork of the one that this was made in, in another file."""
        other = copy.copy(self)
        other._begin(path)
        return other

    def _begin(self, path: str) -> None:
        self._file = open(path, "a", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123, SIM115
        self._process = os.getpid()

    def say(self, event: str, **facts: Any) -> None:
        """One line of the report. A process that a test forked has no say in it."""
        if os.getpid() != self._process:
            return
        self._file.write(json.dumps({"event": event, **facts}) + "\n")
        self._file.flush()

    def relative(self, path: str) -> str | None:
        """The path below the tree with `/` between names, or None when it lies elsewhere."""
        if path.startswith("<"):
            # Code without a file, such as a dataclass's own methods.
            return None
        path = os.path.realpath(path)
        if not path.startswith(self.tree + os.sep):
            return None
        return path[len(self.tree) + 1 :].replace(os.sep, "/")

    def relative_code(self, path: str) -> str | None:
        """The same for code: where that lies is asked of the disk once."""
        if path not in self._known:
            self._known[path] = self.relative(path)
        return self._known[path]

    def message(self, error: Any) -> str:
        """What an exception says."""
        try:
            return self.scrub(str(error))
        except Exception as broken:  # noqa: BLE001 - its own str() is the seed's code, and may be the bug
            return "no message: " + type(broken).__name__

    def scrub(self, text: str, limit: int = 400) -> str:
        """The text without what differs between two runs of the same thing (places on disk and in memory), fit to be written."""
        text = text.replace(self.tree + os.sep, "").replace(self._temporary, "/tmp")  # noqa: S108
        text = _ADDRESS.sub("0x…", text.encode("utf-8", "backslashreplace").decode())
        return text if len(text) <= limit else text[: limit - 1] + "…"
