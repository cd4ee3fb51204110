"""What tells a crash from a refusal: Python raised it, and not the project. Pure."""

from __future__ import annotations

import builtins
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.records import Failure, Seed

NOT_OUR_ERRORS = frozenset(
    name
    for module in (builtins, sqlite3)
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, BaseException)
) | {"InvalidOperation", "DivisionByZero", "JSONDecodeError"}
"""Class names of exceptions that come from Python and its library."""
_SHIFTED = 2
"""Lines by which a statement may lie elsewhere than a traceback of the mutated file says: what went or came shifts it."""


def is_crash(seed: Seed, failure: Failure) -> bool:
    """Whether a test ended in an exception of Python's own, in a line of the source that does not mean to raise it."""
    if failure.exception not in NOT_OUR_ERRORS or not failure.frames:
        return False
    last = failure.frames[-1]
    if last.path not in seed.source:
        return False
    lines = seed.contents[last.path].splitlines()
    around = lines[max(0, last.line - 1 - _SHIFTED) : last.line + _SHIFTED]
    return not any(f"raise {failure.exception}".encode() in line for line in around)
