"""One thing that is another in a test on buggy code than on clean code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """In what two executions differ."""

    BRANCH = "another line comes next"
    LOCAL = "a local name stands for another value"
    ATTRIBUTE = "an attribute has another value"
    ARGUMENT = "a call is given another value"
    RETURN = "a call gives back another value"
    EXCEPTION = "one raises what the other does not"
    CALL = "another function is called, or none"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is not as it should be."""

    kind: Kind
    path: str
    function: str
    """Qualified name."""
    line: int
    """In the buggy file: where it came about. Of an argument, where the function begins."""
    clean_line: int
    """The line that ran in its place in the clean file."""
    name: str
    """Of the local, the attribute (`self.total`), the parameter, the function that is called or not; or ""."""
    expected: str
    """The value that should have been, as text; of a branch, the line of the clean file that should have come next."""
    actual: str
    """The value that was; of a branch, the line of the buggy file that came next."""
