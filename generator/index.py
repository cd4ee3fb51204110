"""Where the key of a challenge lies and which interpreter runs its tests: one small file per challenge in the data directory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import places


@dataclass(frozen=True, slots=True)
class Entry:
    """What this machine remembers of a challenge that was made on it."""

    key: Path
    path: Path
    """Where it was written."""
    python: Path
    suite_seconds: float | None = None
    """CPU seconds of the clean suite, start-up included."""
    memory: int | None = None
    """Peak resident bytes of the clean suite."""
    waited: float | None = None
    """Seconds that its tests took beyond those of CPU time."""


def remember(
    challenge: str,
    key: Path,
    path: Path,
    python: Path | str,
    *,
    suite_seconds: float | None = None,
    memory: int | None = None,
    waited: float | None = None,
) -> None:
    """Note where a challenge and its key lie, and what its suite takes; an older note of the same id is replaced."""
    told: dict[str, Any] = {
        "key": str(key.absolute()),
        "path": str(path.absolute()),
        "python": str(python),
        "suite_seconds": suite_seconds,
        "memory": memory,
        "waited": waited,
    }
    places.write_whole(_file(challenge), json.dumps(told, indent=2).encode() + b"\n")


def find(challenge: str) -> Entry | None:
    """What is remembered of this challenge; None where nothing is, or the note can't be read."""
    try:
        told = json.loads(_file(challenge).read_bytes())
        return Entry(
            key=Path(told["key"]),
            path=Path(told["path"]),
            python=Path(told["python"]),
            suite_seconds=told.get("suite_seconds"),
            memory=told.get("memory"),
            waited=told.get("waited"),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # The index only saves looking; the key beside the challenge is found without it.
        return None


def _file(challenge: str) -> Path:
    return places.data() / "index" / f"{challenge}.json"
