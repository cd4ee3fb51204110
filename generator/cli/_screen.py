"""What is printed for people: plain lines, colour and progress on a terminal only."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def out() -> Console:
    """Where results go. Long lines are left to the terminal: commands in them are there to be copied."""
    return Console(soft_wrap=True, highlight=False)


def tell(line: str = "", style: str | None = None) -> None:
    """One line of a result; no markup is read from it."""
    out().print(line, style=style, markup=False)


def next_step(command: str, why: str = "") -> None:
    """The one next command, last."""
    tell(f"next  {command}" + (f"   {why}" if why else ""), style="bold")


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Shows what is being done while it is done, on a terminal; elsewhere nothing."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("") as status:
        yield status.update
