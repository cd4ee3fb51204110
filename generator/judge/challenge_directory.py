"""A directory → the challenge around it: its marker, its files as they lie there now, and its key where that can be opened."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from generator import index, process
from generator import key as keys
from generator.challenge.repository import MARKER, MARKER_FORMAT
from generator.errors import TamperedError, UnfitError, UsageError
from generator.trial import suite

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from generator.index import Entry

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_CACHES = frozenset(
    "__pycache__ .pytest_cache .mypy_cache .ruff_cache .hypothesis .tox .nox .venv .idea node_modules".split()
)
_DROPPINGS = re.compile(r"\.py[co]$|^\.coverage(\..*)?$|~$|\.sw[a-p]$|^\.#|^#.*#$|^\.DS_Store$")
_LARGEST = 256 << 20
"""Bytes. No source and no test has more, and a disk image or a core dump has no place in memory."""
UNREADABLE = "not readable"


@dataclass(frozen=True, slots=True)
class Marker:
    """What `.bugsquash.json` says."""

    id: str
    mode: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Found:
    """The challenge around a directory."""

    root: Path
    marker: Marker
    key: keys.AnswerKey | None
    sealed: Path | None
    """The key's file, where there is one."""
    why_closed: str | None
    """Why there is no opened key, as a sentence."""
    python: Path
    limits: process.Limits
    """What one run of its tests may take."""


def find(directory: Path) -> Found:
    """The challenge that `directory` lies in, with its key opened where that is possible.

    Raises UsageError outside of any challenge, TamperedError where marker or key are damaged or don't belong together.
    """
    root = around(directory)
    marker = _marker(root)
    entry = index.find(marker.id)
    sealed = _sealed(root, marker.id, entry)
    key, why_closed = _opened(marker.id, sealed)
    return Found(root, marker, key, sealed, why_closed, _python(entry), _limits(entry))


def opened(directory: Path) -> tuple[Found, keys.AnswerKey]:
    """The same, for those who can do nothing without the key.

    Raises UnfitError where it is missing or sealed to somebody else.
    """
    found = find(directory)
    if found.key is None:
        raise UnfitError(found.why_closed or "the key is not there.")
    return found, found.key


def key_of(challenge: str, root: Path) -> keys.AnswerKey | None:
    """The key of a challenge that lies there, or lay there once; None where it can't be opened."""
    try:
        return _opened(challenge, _sealed(root, challenge, index.find(challenge)))[0]
    except TamperedError:
        return None


def interpreter(directory: Path) -> Path:
    """The one that runs the tests of the challenge around a directory. Raises like `find`."""
    return _python(index.find(_marker(around(directory)).id))


def _python(entry: Entry | None) -> Path:
    return entry.python if entry and entry.python.exists() else Path(sys.executable)


def around(directory: Path) -> Path:
    """The root of the challenge that a directory lies in. Raises UsageError outside of any."""
    try:
        start = directory.resolve(strict=True)
    except OSError as error:
        raise UsageError(
            f"{directory} is not a directory. Give one that bugsquash made."
        ) from error
    for above in (start, *start.parents):
        if (above / MARKER).is_file():
            return above
    raise UsageError(
        f"{directory} is not inside a challenge. Go into one, or make one with bugsquash new."
    )


def _marker(root: Path) -> Marker:
    damaged = f"{root / MARKER} is damaged. Restore it: git checkout -- {MARKER}"
    try:
        told: Any = json.loads((root / MARKER).read_bytes())
        name, mode, minutes, version = (told[it] for it in ("id", "mode", "minutes", "format"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TamperedError(damaged) from error
    if version != MARKER_FORMAT:
        raise TamperedError(
            f"{root / MARKER} has format {version}, and this bugsquash reads format {MARKER_FORMAT}. Use the one that made it."
        )
    if not (_is_id(name) and isinstance(mode, str) and isinstance(minutes, int)):
        raise TamperedError(damaged)
    return Marker(name, mode, minutes)


def _is_id(told: object) -> bool:
    # It becomes part of a path.
    return isinstance(told, str) and _ID.fullmatch(told) is not None


def _sealed(root: Path, challenge: str, entry: Entry | None) -> Path | None:
    beside = root.parent / ".keys" / f"{challenge}.age"
    candidates = [entry.key, beside] if entry else [beside]
    return next((path for path in candidates if path.is_file()), None)


def _opened(challenge: str, sealed: Path | None) -> tuple[keys.AnswerKey | None, str | None]:
    if sealed is None:
        return None, f"the key of {challenge} is not on this machine."
    try:
        key = keys.unseal(sealed.read_bytes())
    except OSError as error:
        return None, f"the key {sealed} can't be read: {error.strerror}."
    except UnfitError as error:
        return None, str(error)
    if key.id != challenge:
        raise TamperedError(
            f"{sealed} is the key of {key.id}, and this is {challenge}. Restore the marker with git checkout -- {MARKER}, or the key."
        )
    return key, None


def _limits(entry: Entry | None) -> process.Limits:
    """Generous: a limit that strikes says "your code loops" to a person. Without a measurement, a minute."""
    seconds = entry.suite_seconds if entry else None
    memory = (entry.memory if entry else None) or 0
    waited = (entry.waited if entry else None) or 0.0
    cpu = 60.0 if seconds is None else 3 + 10 * seconds
    return process.Limits(
        wall=15 + 3 * cpu + 4 * waited,
        cpu=cpu,
        memory=max(suite.MEMORY, 4 * memory),
        file=suite.FILE,
    )


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a challenge's directory, by relative path."""

    files: tuple[str, ...]
    """The files that are read."""
    unread: Mapping[str, str]
    """Whatever else is no directory, and why it is not read: see `_why_unread`."""


def listing(root: Path, theirs: Collection[str] = ()) -> Listing:
    """What lies in a challenge without `.git`, caches, virtual environments and editors' droppings; but of the paths
    `theirs` none is left out for its name.

    A symbolic link counts as a file when it leads to one inside the directory; linked directories are not entered.
    """
    found = [
        (path, why)
        for path, why in _walk(root, _CACHES)
        if path in theirs or not _DROPPINGS.search(path.split("/")[-1])
    ]
    return Listing(
        files=tuple(sorted(path for path, why in found if why is None)),
        unread={path: why for path, why in found if why is not None},
    )


def every_file(root: Path) -> list[str]:
    """All regular files below a directory but those of `.git`."""
    return sorted(path for path, why in _walk(root) if why is None)


def _walk(root: Path, without: Collection[str] = ()) -> Iterator[tuple[str, str | None]]:
    """Whatever is no directory, and why it is not read; not below `.git`, nor below directories with one of these names
    and, where there are such names, below virtual environments."""
    shut: list[OSError] = []
    for directory, below, files in os.walk(root, onerror=shut.append):
        here = Path(directory)
        below[:] = [
            name
            for name in below
            if name != ".git"
            and name not in without
            and not (without and _is_environment(here / name))
        ]
        # Of what can't be asked, the walk will see that it can't be entered.
        links = [name for name in below if os.path.islink(here / name)]  # noqa: PTH114
        for path in [here / name for name in (*files, *links) if name != ".git"]:
            yield path.relative_to(root).as_posix(), _why_unread(root, path)
    for error in shut:
        yield Path(error.filename).relative_to(root).as_posix(), UNREADABLE


def _is_environment(directory: Path) -> bool:
    try:
        return (directory / "pyvenv.cfg").exists()
    except OSError:
        return False


def _why_unread(root: Path, path: Path) -> str | None:
    """A few words where it is nothing to read: a link that leads to no file inside of the directory, a pipe, and so on."""
    try:
        status = path.lstat()
    except OSError:
        return UNREADABLE
    if stat.S_ISLNK(status.st_mode):
        target = _followed(root, path)
        if target is None:
            return "link not followed"
        status = target
    if not stat.S_ISREG(status.st_mode):
        return "not a file"
    if status.st_size > _LARGEST:
        return "too large"
    return None if os.access(path, os.R_OK) else UNREADABLE


def _followed(root: Path, link: Path) -> os.stat_result | None:
    try:
        inside = link.resolve().is_relative_to(root.resolve())
        status = link.stat()
    except (OSError, RuntimeError):
        # Dangling, or a loop of links.
        return None
    return status if inside and stat.S_ISREG(status.st_mode) else None


def read(root: Path, paths: Iterable[str]) -> dict[str, bytes]:
    """The contents of some files of a directory.

    Raises UnfitError for one that can't be read.
    """
    try:
        return {path: (root / PurePosixPath(path)).read_bytes() for path in paths}
    except OSError as error:
        raise UnfitError(f"{error.filename} can't be read: {error.strerror}.") from error


def executable(root: Path, paths: Iterable[str]) -> frozenset[str]:
    """Those of the files that have the executable bit."""
    return frozenset(path for path in paths if (root / path).stat().st_mode & stat.S_IXUSR)
