"""Sorting more lines than fit into memory: sorted chunks go to temporary files, and are merged from there."""

from __future__ import annotations

import heapq
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from crosscheck.lines import Line, order, packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FAN_IN: Final = 4
"""Files that are read at the same time."""


@dataclass
class Tally:
    """What a sort has cost."""

    spilled: int = 0
    most_in_memory: int = 0


def in_order(rows: Iterable[Line], chunk: int, tally: Tally) -> Iterator[Line]:
    """The lines in order, no more than a chunk of them in memory. Equal ones stay as they came."""
    with ExitStack() as files:
        parts: list[Iterator[Line]] = []
        batch: list[Line] = []
        for row in rows:
            if len(batch) == chunk:
                parts.append(_spilled(sorted(batch, key=order), files, tally))
                batch = []
            batch.append(row)
            tally.most_in_memory = max(tally.most_in_memory, len(batch))
        parts.append(iter(sorted(batch, key=order)))
        # Each round leaves that many fewer: what was merged is one part again.
        for _ in range((len(parts) - 2) // (FAN_IN - 1)):
            first = heapq.merge(*parts[:FAN_IN], key=order)
            parts = [_spilled(first, files, tally), *parts[FAN_IN:]]
        yield from heapq.merge(*parts, key=order)


def _spilled(rows: Iterable[Line], files: ExitStack, tally: Tally) -> Iterator[Line]:
    """Write lines to a file of their own, and read them from there when they are wanted."""
    temporary = TemporaryFile("w+")  # noqa: SIM115
    file = files.enter_context(temporary)
    file.writelines(f"{packed(row)}\n" for row in rows)
    file.seek(0)
    tally.spilled += 1
    return map(unpacked, file)
