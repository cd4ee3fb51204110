"""What the commands that write a page share."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

STDOUT = "-"
_OPENERS = ("open",) if sys.platform == "darwin" else ("xdg-open", "wslview")


def option(help_text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--html`, `--html FILE`, `--html -`."""
    return click.option(
        "--html", "html", is_flag=False, flag_value="", metavar="[FILE]", help=help_text
    )


def look(name: str, default: Path) -> None:
    """Refuse a file over which no page is written, before anything is done for it."""
    from generator import html

    if name != STDOUT:
        html.refuse_another(_file(name, default))


def write(text: str, name: str, default: Path, about: str) -> None:
    """Write it, and say where it is, what it is about, and how to see it."""
    from generator import html
    from generator.cli import _screen, _words

    if name == STDOUT:
        click.echo(text)
        return
    file = _file(name, default)
    html.write(file, text)
    _screen.tell(f"{_words.shown(file.absolute())}   {about}", copied=True)
    _screen.next_step(*_opened(file.absolute()))


def _file(name: str, default: Path) -> Path:
    return Path(name).expanduser() if name else default


def _opened(file: Path) -> tuple[str, str]:
    """What shows a page: the desktop's own way, or its address for whichever browser there is."""
    from generator.cli import _words

    program = next(filter(shutil.which, _OPENERS), None)
    if program is None:
        return file.as_uri(), "in your browser"
    return f"{program} {shlex.quote(_words.shown(file))}", ""
