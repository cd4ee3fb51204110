"""Files parsed, or refused with line and reason: what isn't the Python that runs here, or can't be kept byte for byte."""

from __future__ import annotations

import ast
import re
import warnings

import libcst as cst

from generator.source import Source

BOM = b"\xef\xbb\xbf"
RESET = re.compile(r"(?:(?<=[\r\n])|\A)[ \t\f]*\f")
"""A form feed in front of a line's first token sets the column back to nought."""


class SourceError(Exception):
    """A file that can't be read as Python: which, where, and why."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


def parse(path: str, data: bytes) -> Source:
    """The module in these bytes. Raises SourceError where they are not UTF-8, or not the Python that runs here."""
    lead = len(BOM) if data.startswith(BOM) else 0
    try:
        text = data[lead:].decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(path, line, "not UTF-8") from error
    resets: list[tuple[int, int]] = []
    if "\f" in text:
        text, resets = _without_resets(text)
    try:
        module = cst.parse_module(text)
        same = module.code == text
    except cst.ParserSyntaxError as error:
        raise SourceError(path, *_complaint(data, error.raw_line)) from error
    except cst.CSTValidationError as error:
        # Of strings and bytes side by side it only says so once it builds the tree.
        raise SourceError(path, *_complaint(data, 1)) from error
    except (RecursionError, ValueError) as error:
        raise SourceError(path, 1, f"can't be parsed: {error}") from error
    if not same:
        raise SourceError(path, 1, "its layout can't be kept byte for byte")
    if objection := _objection(data):
        raise SourceError(path, *objection)
    return Source(path, data, module, lead, tuple(resets))


def _objection(data: bytes) -> tuple[int, str] | None:
    """What this Python's own compiler has against a file, as line and reason: libcst reads newer syntax as well."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(data)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (RecursionError, ValueError) as error:
        return 1, f"can't be parsed: {error}"
    return None


def _complaint(data: bytes, line: int) -> tuple[int, str]:
    """Line and reason in the words of the compiler, which are better known, where it objects too."""
    try:
        ast.parse(data)
    except SyntaxError as known:
        return known.lineno or line, known.msg
    except ValueError as known:
        return line, str(known)
    return line, "syntax that is not supported"


def _without_resets(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without form feeds (which the parser loses), and what that does to offsets."""
    resets: list[tuple[int, int]] = []
    pieces: list[str] = []
    at = length = gone = 0
    for match in RESET.finditer(text):
        pieces.append(text[at : match.start()])
        length += len(pieces[-1].encode())
        gone += len(match.group())
        resets.append((length, gone))
        at = match.end()
    return "".join([*pieces, text[at:]]).replace("\f", " "), resets
