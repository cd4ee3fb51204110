"""Any value as JSON that a ticket can be written from; see `Call` in the generator's records."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import enum
import itertools
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bugsquash_child.report import Report

ITEMS = 50
DEPTH = 6
NODES = 2000
"""Parts of one value; lists within lists would grow without end."""
NODES_IN_ALL = 60_000
_LARGEST_INT = 10**4000
"""Beyond 4,300 digits Python itself refuses to write one."""
_SORTED = 10_000
_SEQUENCES = (list, tuple, collections.deque)
_NO_TEXT_OF_ITS_OWN: tuple[Any, ...] = (object.__str__, tuple.__str__)


class Describer:
    """Describes values, as many as fit into one report."""

    def __init__(self, report: Report) -> None:
        self._scrub = report.scrub
        self._left_in_all = NODES_IN_ALL
        self._left = 0

    def describe(self, value: Any) -> Any:
        """The value as JSON. Never raises, whatever the value's own methods do, and changes nothing."""
        self._left = min(NODES, self._left_in_all)
        before = self._left
        described = self._described(value, DEPTH)
        self._left_in_all -= before - self._left
        return described

    def _described(self, value: Any, depth: int) -> Any:
        self._left -= 1
        described: dict[str, Any] = {"type": type(value).__name__}
        try:
            if _is_plain(value):
                return self._scrub(str.__str__(value)) if isinstance(value, str) else value
            if depth > 0 and self._left > 0:
                described.update(self._parts(value, depth - 1))
        except Exception:  # noqa: BLE001 - whatever the value's own methods raise, the test goes on
            described["text"] = None
        return described

    def _parts(self, value: Any, depth: int) -> dict[str, Any]:
        kind = type(value)
        fields = _fields(value)
        if issubclass(kind, dict):
            # Not the value's own methods: reading a cache's entry may move or drop it.
            return self._mapping(dict.items(value), len(dict.keys(value)), depth)
        if issubclass(kind, types.MappingProxyType):
            return self._mapping(value.items(), len(value), depth)
        if fields is None and issubclass(kind, _SEQUENCES):
            return self._collection(value, depth)
        if issubclass(kind, (set, frozenset)):
            if len(value) > _SORTED:
                return {"length": len(value), "items": []}
            return self._collection(sorted(value, key=self._sort_key), depth)
        parts: dict[str, Any] = {}
        text = _text(value)
        if text is not None:
            parts["text"] = self._scrub(text)
        if fields is not None:
            parts["fields"] = {
                name: self._described(getattr(value, name, None), depth) for name in fields
            }
        return parts

    def _sort_key(self, value: Any) -> str:
        # Without the addresses: the order has to be the same in the next run.
        return self._scrub(repr(value))

    def _mapping(self, entries: Any, length: int, depth: int) -> dict[str, Any]:
        kept = itertools.islice(entries, ITEMS)
        described = [
            [self._described(key, depth), self._described(item, depth)] for key, item in kept
        ]
        return {"length": length, "entries": described}

    def _collection(self, value: Any, depth: int) -> dict[str, Any]:
        kept = itertools.islice(value, ITEMS)
        return {"length": len(value), "items": [self._described(item, depth) for item in kept]}


def _is_plain(value: Any) -> bool:
    """None, booleans, numbers and strings, also of a subclass that shows itself as these do."""
    kind = type(value)
    if value is None or kind is bool:
        return True
    if issubclass(kind, enum.Enum) or not issubclass(kind, (int, float, str)):
        return False
    if issubclass(kind, int) and abs(value) > _LARGEST_INT:
        return False
    return kind.__str__ in (int.__str__, float.__str__, str.__str__)


def _text(value: Any) -> str | None:
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return repr(bytes(value))
    return None if type(value).__str__ in _NO_TEXT_OF_ITS_OWN else str(value)


def _fields(value: Any) -> list[str] | None:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
    elif isinstance(value, tuple) and isinstance(getattr(type(value), "_fields", None), tuple):
        names = list(type(value)._fields)  # type: ignore[attr-defined]
    else:
        return None
    return [name for name in names if not name.startswith("_")]
