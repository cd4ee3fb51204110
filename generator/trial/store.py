"""What was measured once for the same content is not measured again. One small file each, written whole, so any number of
commands can share it; anything unreadable there counts as absent."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from generator import places

if TYPE_CHECKING:
    from pathlib import Path


def key(*parts: object) -> str:
    """A name for the result that hangs on these parts, and on nothing else."""
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


def _path(kind: str, name: str) -> Path:
    return places.cache() / kind / name[:2] / f"{name}.json"


def load(kind: str, name: str) -> Any:
    """The stored JSON, or None."""
    try:
        return json.loads(_path(kind, name).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def save(kind: str, name: str, value: Any) -> None:
    """Keep the JSON. A cache that can't be written costs time, nothing else."""
    try:
        places.write_whole(_path(kind, name), json.dumps(value).encode())
    except OSError:
        return
