"""Where somebody says that the fault is: a file of the source and a function in it, as they lie there now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator import outline
from generator.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator


def place(root: Path, told: str) -> tuple[str, str]:
    """`FILE:FUNCTION`, the file from the challenge's root or from here, the function by its name or its qualified one; or
    `FILE` alone for what stands outside of every function. Returns both as the source has them.

    Raises UsageError where there is no such file or function, or several of that name.
    """
    named, _, function = told.partition(":")
    path = _file(root, named)
    if not function:
        return path, ""
    names = list(_functions(root / path))
    found = [name for name in names if name == function] or [
        name for name in names if name.endswith(f".{function}")
    ]
    if not found:
        short = {name.rpartition(".")[2] for name in names}
        raise UsageError(f"{path} has no function '{function}'. {nearest(function, short)}")
    if len(found) > 1:
        raise UsageError(f"{path} has {' and '.join(found)}. Say which.")
    return path, found[0]


def _file(root: Path, named: str) -> str:
    for candidate in (root / named, Path(named).absolute()):
        if candidate.is_file() and candidate.resolve().is_relative_to(root):
            return candidate.resolve().relative_to(root).as_posix()
    raise UsageError(f"there is no file {named} in {root}. Give it as FILE:FUNCTION.")


def _functions(file: Path) -> Iterator[str]:
    try:
        yield from (function.name for function in outline.functions(file.read_bytes()))
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{file} can't be read: {error}.") from error
