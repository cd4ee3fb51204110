"""What is printed for people: plain lines, colour and progress on a terminal only."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from generator.cli import INTERRUPTED, _words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.progress import Task


_INDENT = 4


def out(*, copied: bool = False) -> Console:
    """Where results go. Prose breaks between words on a terminal; what is there to be copied, and everything in a pipe,
    is left in one line."""
    console = Console(highlight=False, emoji=False)
    console.soft_wrap = copied or not console.is_terminal
    return console


def tell(line: str = "", style: str | None = None, *, copied: bool = False) -> None:
    """One line of a result; no markup is read from it."""
    out(copied=copied).print(line, style=style, markup=False)


def rows(line: str) -> int:
    """How many lines `tell` makes of one."""
    console = out()
    return 1 if console.soft_wrap else max(1, len(Text(line).wrap(console, console.width)))


def tell_list(
    label: str, items: Iterable[str], style: str | None = None, *, between: str = "·"
) -> None:
    """Items in a row; on a terminal none is broken, and further lines are indented."""
    console = out()
    first, *others = items
    lines = [f"{label}{first}"]
    for item in others:
        longer = f"{lines[-1]} {between} {item}"
        if console.soft_wrap or cell_len(f"{longer} {between}") <= console.width:
            lines[-1] = longer
        else:
            lines[-1] += f" {between}"
            lines.append(" " * _INDENT + item)
    for line in lines:
        tell(line, style)


def page(markdown: str) -> None:
    """A page that somebody wants to read, or to keep: laid out on a terminal, as it is in a pipe."""
    from rich.markdown import Markdown

    console = out()
    if console.is_terminal:
        console.print(Markdown(markdown, code_theme="ansi_dark"))
    else:
        click.echo(markdown, nl=False)


def next_step(command: str, why: str = "") -> None:
    """The one next command, last; what it is for stands behind it where there is room, else below."""
    first, *below = next_lines(command, why)
    tell(first, style="bold", copied=True)
    for line in below:
        tell(line)


def next_lines(command: str, why: str = "") -> list[str]:
    """The lines of it."""
    console = out()
    told = f"next  {_words.pasteable(command)}"
    beside = f"{told}   {why}".rstrip()
    if not why or console.soft_wrap or cell_len(beside) <= console.width:
        return [beside]
    return [told, f"      {why}"]


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Shows what is being done while it is done, on a terminal; elsewhere nothing."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("") as status:
        yield status.update


@contextmanager
def bar() -> Iterator[Callable[[str, int, int], None]]:
    """Shows what is being done, and of what can be counted how much is done, how fast, and the time that remains; on a
    terminal, elsewhere nothing."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _what, _done, _of: None
        return
    columns = (
        SpinnerColumn(finished_text=" "),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[told]}", style="dim", markup=False),
    )
    with Progress(*columns, console=console, transient=True, expand=True) as shown:
        task = shown.add_task("", total=None, told="")

        def listen(what: str, done: int, of: int) -> None:
            if shown.tasks[0].description != what:
                shown.reset(task, total=of or None, description=what, told="")
                shown.refresh()
            shown.update(task, completed=done, total=of or None)
            shown.update(task, told=_pace(shown.tasks[0]))

        yield listen


class StoppedError(click.ClickException):
    """Work that was interrupted and goes on where it stopped."""

    exit_code = INTERRUPTED


@contextmanager
def stoppable_bar() -> Iterator[Callable[[str, int, int], None]]:
    """The same for work whose results are kept: an interruption says how far it had come."""
    so_far = ""
    with bar() as show:

        def listen(what: str, done: int, of: int) -> None:
            nonlocal so_far
            so_far = f" while {what}" + (f", {done:,} of {of:,} done" if of else "")
            show(what, done, of)

        try:
            yield listen
        except KeyboardInterrupt as interrupt:
            kept = "What is done is kept: the same command goes on from there."
            raise StoppedError(f"stopped{so_far}. {kept}") from interrupt


def _pace(task: Task) -> str:
    """`312 of 706, 4.1 a second, 1:36 left`, as far as it is known."""
    if task.total is None:
        return ""
    told = [f"{task.completed:,.0f} of {task.total:,.0f}"]
    if task.speed:
        told.append(f"{task.speed:.{0 if task.speed >= 10 else 1}f} a second")
    if task.time_remaining is not None:
        told.append(f"{_words.clock(task.time_remaining)} left")
    return ", ".join(told)
