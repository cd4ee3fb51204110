"""Files put back as they were handed out. What lay there before is kept aside: nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator import places
from generator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.key import AnswerKey


def changed(root: Path, key: AnswerKey, names: Iterable[str]) -> tuple[str, ...]:
    """The files of the challenge, or those of them that are named, that are not as they were handed out. New ones are
    the learner's own, and none of them.

    Raises UsageError for a name that is no file of the challenge.
    """
    handed_out = _handed_out(key)
    wanted = [_path(root, handed_out, name) for name in names] or sorted(handed_out)
    return tuple(path for path in wanted if _content(root / path) != handed_out[path])


def put_back(root: Path, key: AnswerKey, paths: Iterable[str], kept: Path) -> None:
    """Write these files as they were handed out, those that were there first below the directory `kept`."""
    handed_out = _handed_out(key)
    for path in paths:
        content = _content(root / path)
        if content is not None:
            places.write_whole(kept / path, content)
        mode = 0o755 if path in key.executable else 0o644
        places.write_whole(root / path, handed_out[path], mode=mode)


def aside(key: AnswerKey, number: int) -> Path:
    """Where the n-th event of a session puts what it replaces."""
    return places.state() / "put-aside" / f"{key.id}-{number}"


def _handed_out(key: AnswerKey) -> Mapping[str, bytes]:
    return {**key.fixed, **key.emitted}


def _path(root: Path, handed_out: Mapping[str, bytes], name: str) -> str:
    for candidate in (Path(name).absolute(), root / name):
        if candidate.is_relative_to(root):
            path = candidate.relative_to(root).as_posix()
            if path in handed_out:
                return path
    raise UsageError(f"{name} is no file of this challenge as it was handed out.")


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
