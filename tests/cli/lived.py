"""Past evenings in a history: what happened is written by commands, and that it is long ago by hand."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DAY = 24 * 60 * 60.0


def change(home: Path, statement: str, *values: object) -> None:
    """Do something to the history below a home."""
    with closing(sqlite3.connect(home / "state" / "history.sqlite3")) as kept:
        kept.execute(statement, values)
        kept.commit()


def days_pass(home: Path, days: float) -> None:
    """Everything in the history is so much longer ago."""
    change(home, "UPDATE events SET at = at - ?", days * DAY)
