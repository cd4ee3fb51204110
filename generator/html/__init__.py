"""One look for every page: a base template and its style, and charts that go with them.

A page is one file that needs nothing from elsewhere: no script, no font, no picture. It follows the reader's choice of light or
dark, fits a phone and a sheet of paper, and whatever is put into it is escaped.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import jinja2

from generator import places
from generator.errors import UnfitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OURS = b'<meta name="generator" content="bugsquash">'
_HEAD = 1000
"""Bytes within which a page says whose it is."""


def environment(package: str) -> jinja2.Environment:
    """The templates of a package, which may extend `page.html.j2` and import from `parts.html.j2`."""
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(package), jinja2.PackageLoader(__name__)]),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write(file: Path, page: str) -> None:
    """Write a page, whole or not at all, over an earlier one but over no other file.

    Raises UsageError where something else lies there, UnfitError where nothing can be written.
    """
    refuse_another(file)
    with _telling(file):
        # A name need not be text.
        places.write_whole(file, page.encode("utf-8", "backslashreplace"))


def refuse_another(file: Path) -> None:
    """Raises UsageError where something lies that is no page of bugsquash, UnfitError where that can't be seen."""
    with _telling(file):
        if not _may_be_written(file):
            raise UsageError(f"{file} is there already, and is no page of bugsquash. Name another.")


@contextmanager
def _telling(file: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        why = f"{error.filename} is no directory"
        raise UnfitError(f"{file} can't be written: {why}. Name another.") from error
    except OSError as error:
        raise UnfitError(f"{file} can't be written: {error.strerror}. Name another.") from error


def _may_be_written(file: Path) -> bool:
    if not file.exists():
        return True
    if not file.is_file():
        return False
    with file.open("rb") as earlier:
        return _OURS in earlier.read(_HEAD)
