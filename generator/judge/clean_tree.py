"""What is judged: everything as the key has it, and of what was submitted the source alone."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator import seeds
from generator.trial import suite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.judge.challenge_directory import Listing
    from generator.key import AnswerKey


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something in the challenge that is not as it was handed out, and that the judge does not look at."""

    path: str
    how: str
    """changed, added or deleted; or why it is not read, as `challenge_directory.listing` says it."""


@dataclass(frozen=True, slots=True)
class Change:
    """The size of what the learner changed in the source: files, and lines as `diff` counts them."""

    files: int
    added: int
    removed: int


def is_source(key: AnswerKey, path: str) -> bool:
    """Whether a submitted file is taken: the source as handed out, and new modules of the same packages that are no tests."""
    if path in key.source:
        return True
    return (
        path.endswith(".py")
        and path not in key.fixed
        and _top(key, path) in {_top(key, known) for known in key.source}
        and not seeds.is_test(path)
    )


def _top(key: AnswerKey, path: str) -> str | None:
    """The top-level package or module that the file belongs to; None outside of the import root."""
    root = PurePosixPath(key.seed.import_root)
    relative = PurePosixPath(path)
    if not relative.is_relative_to(root):
        return None
    return relative.relative_to(root).parts[0].removesuffix(".py")


def clean_tree(key: AnswerKey, submitted: Mapping[str, bytes]) -> suite.Tree:
    """The tree that is run: the fixed files, the whole original tests, and the submitted source. A deleted source file
    stays away; whatever else was submitted is left out."""
    source = {path: content for path, content in submitted.items() if is_source(key, path)}
    return suite.Tree(
        contents={**key.fixed, **key.originals, **source},
        executable=key.executable,
        package=key.seed.package,
        import_root=key.seed.import_root,
        source=tuple(sorted(source)),
        configuration=key.seed.configuration,
    )


def ignored(
    key: AnswerKey, present: Listing, submitted: Mapping[str, bytes]
) -> tuple[Ignored, ...]:
    """What in the directory differs from what was handed out and has no part in the judgement. Line ends make no
    difference: git may have written others.

    `present` is what lies there, `submitted` the contents of at least those files that the key fixes.
    """
    there = set(present.files)
    told = {path: "deleted" for path in key.fixed if path not in there}
    told |= {path: "added" for path in there - key.fixed.keys() if not is_source(key, path)}
    told |= {
        path: "changed"
        for path in key.fixed.keys() & there
        if _lines(submitted[path]) != _lines(key.fixed[path])
    }
    seen = {path: how for path, how in told.items() if not _lies_below(path, present.unread)}
    return not_looked_at({**seen, **present.unread})


def not_looked_at(told: Mapping[str, str]) -> tuple[Ignored, ...]:
    """What is ignored, in the order of the paths."""
    return tuple(Ignored(path, told[path]) for path in sorted(told))


def _lies_below(path: str, places: Iterable[str]) -> bool:
    return any(PurePosixPath(path).is_relative_to(place) for place in places)


def change(key: AnswerKey, submitted: Mapping[str, bytes]) -> Change:
    """How much source differs from what was handed out."""
    after = {path: content for path, content in submitted.items() if is_source(key, path)}
    before = key.emitted
    old, new = ({path: _lines(told[path]) for path in told} for told in (before, after))
    paths = [path for path in sorted({*old, *new}) if old.get(path) != new.get(path)]
    added = removed = 0
    for path in paths:
        for line in _diff(old.get(path, []), new.get(path, [])):
            added += line.startswith("+")
            removed += line.startswith("-")
    return Change(len(paths), added, removed)


def _lines(content: bytes) -> list[str]:
    # Split as bytes: read as Latin-1, half of an "Å" in UTF-8 would end a line.
    lines = content.replace(b"\r\n", b"\n").splitlines(keepends=True)
    return [line.decode("latin-1") for line in lines]


def _diff(before: list[str], after: list[str]) -> list[str]:
    headers = 2
    return list(difflib.unified_diff(before, after, n=0, lineterm=""))[headers:]
