"""How a mutant is shown: where it is, and the lines that go and come."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from generator import edits
from generator.cli import _screen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.records import Mutant


def tell(contents: Mapping[str, bytes], mutant: Mutant) -> None:
    """One mutant of a seed with these files."""
    _screen.tell(f"{mutant.path}:{mutant.line}  {mutant.operator}  {mutant.function}")
    for sign, style, line in _difference(contents, mutant):
        _screen.tell(f"    {sign} {line}", style=style, copied=True)


def _difference(contents: Mapping[str, bytes], mutant: Mutant) -> list[tuple[str, str, str]]:
    return [
        (line[0], "green" if line[0] == "+" else "red", line[1:])
        for path, changed in edits.apply(contents, mutant.edits).items()
        for line in difflib.unified_diff(
            _text_lines(contents[path]), _text_lines(changed), n=0, lineterm=""
        )
        if line[0] in "+-" and not line.startswith(("---", "+++"))
    ]


def _text_lines(source: bytes) -> list[str]:
    return source.decode("utf-8", "replace").splitlines()
