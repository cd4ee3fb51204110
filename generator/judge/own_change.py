"""What a learner changed, beside what was wrong."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import outline
from generator.judge import challenge_directory, clean_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from generator.key import AnswerKey


@dataclass(frozen=True, slots=True)
class OwnChange:
    """The source as it lies there, against the source as it was handed out."""

    patch: str
    """A unified diff, "" where nothing was changed."""
    beside: tuple[tuple[str, str], ...]
    """Path and function of what was changed and is at no fault; the function is "" outside of all."""
    touched: bool
    """Whether anything was changed where a fault is."""


def as_it_lies(key: AnswerKey, root: Path) -> OwnChange:
    """Of a challenge's directory; what can't be read there counts as deleted."""
    present = challenge_directory.listing(root, {*key.fixed, *key.source})
    paths = [path for path in present.files if clean_tree.is_source(key, path)]
    return own_change(key, challenge_directory.read(root, paths))


def own_change(key: AnswerKey, submitted: Mapping[str, bytes]) -> OwnChange:
    """`submitted` holds the learner's files by path; one that is not there was deleted, and what the key does not know is
    new."""
    paths = sorted({*key.emitted, *submitted})
    pairs = {path: (key.emitted.get(path, b""), submitted.get(path, b"")) for path in paths}
    changed = {
        (path, function)
        for path, (before, after) in pairs.items()
        for function in _changed(before, after)
    }
    guilty = {(bug.path, bug.function) for bug in key.bugs}
    return OwnChange(
        patch="".join(_patch(path, *both) for path, both in pairs.items() if both[0] != both[1]),
        beside=tuple(sorted(changed - guilty)),
        touched=bool(changed & guilty),
    )


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").splitlines()


def _patch(path: str, before: bytes, after: bytes) -> str:
    lines = difflib.unified_diff(
        _lines(before), _lines(after), f"a/{path}", f"b/{path}", lineterm=""
    )
    return "".join(f"{line}\n" for line in lines)


def _changed(before: bytes, after: bytes) -> Iterator[str]:
    """The functions, as they were, in which lines are others now."""
    matcher = difflib.SequenceMatcher(None, _lines(before), _lines(after), autojunk=False)
    for kind, first, last, _, _ in matcher.get_opcodes():
        if kind != "equal":
            for line in range(first + 1, max(last, first + 1) + 1):
                yield _function(before, line)


def _function(source: bytes, line: int) -> str:
    try:
        found = outline.enclosing(outline.functions(source), line)
    except SyntaxError:
        return ""
    return found.name if found else ""
