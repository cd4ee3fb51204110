"""Patches as `git apply` reads them, applied to files that are only in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import places
from generator.challenge import repository
from generator.trial.suite import write_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class PatchError(Exception):
    """A patch does not apply; the text is git's last line."""


def applied(contents: Mapping[str, bytes], patches: Iterable[str]) -> dict[str, bytes]:
    """The files with all patches applied, one after the other.

    Raises PatchError at the first that does not apply.
    """
    with places.scratch() as scratch:
        root = scratch / "tree"
        write_tree(root, contents)
        for patch in patches:
            file = scratch / "one.patch"
            file.write_bytes(patch.encode("utf-8", "surrogateescape"))
            done = repository.git(
                "-c",
                "core.autocrlf=false",
                "apply",
                "--whitespace=nowarn",
                str(file),
                cwd=root,
                home=scratch,
            )
            if not done.ok:
                raise PatchError(done.last_words)
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }
