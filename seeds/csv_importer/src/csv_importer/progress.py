"""Observers that are told how an import comes along."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

logger = logging.getLogger("csv_importer.progress")


@dataclass(frozen=True)
class Progress:
    """How far an import has come."""

    import_id: str
    line: int
    read: int
    imported: int
    rejected: int

    def __str__(self) -> str:
        return (
            f"line {self.line}: {self.imported} of {self.read} imported, {self.rejected} rejected"
        )


class Observer:
    """Does nothing with what it is told; made to be extended."""

    def started(self, import_id: str, file: str) -> None:
        """An import begins."""

    def advanced(self, progress: Progress) -> None:
        """A batch was written."""

    def finished(self, import_id: str, status: str) -> None:
        """An import is over."""


class ProgressLog(Observer):
    """Keeps readable messages, at most one for each `every` lines read."""

    def __init__(self, every: int = 100) -> None:
        self._every = every
        self._next = every
        self._messages: list[str] = []

    def __str__(self) -> str:
        return f"messages for every {self._every} lines"

    def started(self, import_id: str, file: str) -> None:
        """Note the beginning."""
        self._next = self._every
        self._messages.append(f"{import_id}: {file} started")

    def advanced(self, progress: Progress) -> None:
        """Note how far it is, when enough lines have passed since the last time."""
        if progress.read < self._next:
            return
        self._messages.append(f"{progress.import_id}: {progress}")
        self._next = (progress.read // self._every + 1) * self._every

    def finished(self, import_id: str, status: str) -> None:
        """Note the end."""
        self._messages.append(f"{import_id}: {status}")

    def messages(self, last: int | None = None) -> list[str]:
        """All messages, or the last few."""
        if last is None:
            return list(self._messages)
        return self._messages[max(len(self._messages) - last, 0) :]


class Observers:
    """Passes the news on to several observers; one that fails does no harm."""

    def __init__(self, observers: Iterable[Observer] = ()) -> None:
        self._observers = list(observers)

    def tell(self, news: Callable[[Observer], None], import_id: str) -> None:
        """Pass one piece of news on."""
        for observer in self._observers:
            try:
                news(observer)
            except Exception:
                logger.exception("observer failed", extra={"import_id": import_id, "line": 0})
