"""What is printed for people: plain lines, colour and progress on a terminal only."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from generator.cli import _words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def out(*, copied: bool = False) -> Console:
    """Where results go. Prose breaks between words on a terminal; what is there to be copied, and everything in a pipe,
    is left in one line."""
    console = Console(highlight=False, emoji=False)
    console.soft_wrap = copied or not console.is_terminal
    return console


def tell(line: str = "", style: str | None = None, *, copied: bool = False) -> None:
    """One line of a result; no markup is read from it."""
    out(copied=copied).print(line, style=style, markup=False)


def next_step(command: str, why: str = "") -> None:
    """The one next command, last."""
    told = f"next  {_words.pasteable(command)}"
    tell(told + (f"   {why}" if why else ""), style="bold", copied=True)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Shows what is being done while it is done, on a terminal; elsewhere nothing."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("") as status:
        yield status.update
