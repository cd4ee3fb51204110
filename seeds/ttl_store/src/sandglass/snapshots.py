"""Snapshots: what a box holds, as text.

    sandglass 2 <revision>
    space {...}
    entry {...}
    end <number of lines> <checksum>

One line for each space that has limits of its own and for each entry, the one first that was not used for longest. Version 1, which older boxes
wrote, had entries as lists, times in seconds, and no spaces, tags or pins.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sandglass.accounts import Limits
from sandglass.entries import Entry
from sandglass.outcomes import SnapshotError
from sandglass.runtime import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

MAGIC = "sandglass"
VERSION = 2

_USUAL: dict[str, Any] = {
    "expires_at": None,
    "ttl": None,
    "sliding": False,
    "tags": (),
    "pinned": False,
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Limits and entries, and the revision of the box they are from."""

    revision: int
    limits: dict[str, Limits]
    entries: tuple[Entry, ...]


def write(snapshot: Snapshot) -> str:
    """A snapshot as text, in the present version."""
    lines = [f"{MAGIC} {VERSION} {snapshot.revision}"]
    lines += [
        f"space {_told({'space': space, **asdict(limits)})}"
        for space, limits in snapshot.limits.items()
    ]
    lines += [f"entry {_told(_row(entry))}" for entry in snapshot.entries]
    return "\n".join([*lines, f"end {len(lines)} {_checksum(lines)}", ""])


def read(text: str) -> Snapshot:
    """A snapshot from text of any version. Line ends may have changed on the way, nothing else."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip().split("\n")
    version, revision = _heading(lines[0])
    _check_end(lines)
    limits: dict[str, Limits] = {}
    entries: list[Entry] = []
    for number, line in enumerate(lines[1:-1], start=2):
        kind, _, told = line.partition(" ")
        try:
            row = json.loads(told)
            if kind == "space":
                space = row.pop("space")
                limits[space] = Limits(**row)
            else:
                entries.append(_READERS[version](row))
        except (ValueError, TypeError, LookupError) as error:
            raise SnapshotError(f"line {number} can't be read") from error
    return Snapshot(revision, limits, tuple(entries))


def _heading(line: str) -> tuple[int, int]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != MAGIC or not all(part.isdecimal() for part in parts[1:]):
        raise SnapshotError("this is no snapshot")
    version, revision = int(parts[1]), int(parts[2])
    if version not in _READERS:
        raise SnapshotError(f"version {version} is not known")
    return version, revision


def _check_end(lines: list[str]) -> None:
    """Whether all lines are there as they were written."""
    kind, _, told = lines[-1].partition(" ")
    if kind != "end":
        raise SnapshotError("the end is missing")
    if told != f"{len(lines) - 1} {_checksum(lines[:-1])}":
        raise SnapshotError("the checksum does not fit")


def _checksum(lines: list[str]) -> str:
    return format(zlib.crc32("\n".join(lines).encode()), "08x")


def _told(row: dict[str, Any]) -> str:
    """One line whatever is in it, and the same one for the same content."""
    return json.dumps(row, sort_keys=True, separators=(",", ":"))


def _row(entry: Entry) -> dict[str, Any]:
    """An entry in version 2; what is as usual is left out."""
    row = {
        "space": entry.space,
        "key": entry.key,
        "value": entry.value,
        "revision": entry.revision,
        "created_at": entry.created_at,
        "expires_at": entry.expires_at,
        "ttl": entry.ttl,
        "sliding": entry.sliding,
        "tags": entry.tags,
        "pinned": entry.pinned,
    }
    return {name: value for name, value in row.items() if value != _USUAL.get(name)}


def _from_row(row: dict[str, Any]) -> Entry:
    row = _USUAL | row
    entry = Entry(row["space"], row["key"], row["value"], row["created_at"])
    entry.revision = row["revision"]
    entry.expires_at = row["expires_at"]
    entry.ttl = row["ttl"]
    entry.sliding = row["sliding"]
    entry.tags = tuple(row["tags"])
    entry.pinned = row["pinned"]
    return entry


def _from_list(row: list[Any]) -> Entry:
    """An entry of version 1: space, key, value, revision, and in seconds when it was made and when it ends."""
    space, key, value, revision, created, expires = row
    entry = Entry(space, key, value, created * SECOND)
    entry.revision = revision
    entry.expires_at = None if expires is None else expires * SECOND
    return entry


_READERS: dict[int, Callable[[Any], Entry]] = {1: _from_list, 2: _from_row}
