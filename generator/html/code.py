"""Code, diffs and sessions of pdb as HTML, coloured by the page's own style.

Pygments says what each word is; a class says it to the style. No line of it is a colour only: what a diff takes off or adds has its
sign before it, and what is marked is underlined.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from pygments.lexers.python import PythonLexer
from pygments.token import STANDARD_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LEXER = PythonLexer(stripnl=False, ensurenl=False)
_PROMPT = "(Pdb) "
_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+\d+(?:,(\d{1,9}))? @@ ?(.*)")
_PATH = re.compile(r"(?:---|\+\+\+) (?:[ab]/)?([^\t]*)")
_NOWHERE = "/dev/null"
_NO_END = "\\ "
"""Begins what is said of a last line that has no end."""
_WORD = re.compile(r"\w+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of one line."""

    kind: str
    """As pygments names its class."""
    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a diff: one of ` `, `-`, `+`, its number in the file before and its code."""

    sign: str
    number: int | None
    """None of a line that is added."""
    html: Markup


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines in a row, and what stands above them in the file."""

    begin: int
    within: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What is changed in one file."""

    path: str
    hunks: tuple[Hunk, ...]


def python(text: str) -> Markup:
    """Python source."""
    return Markup("\n").join(map(_html, _lexed(_lines(text))))


def session(typed: Sequence[tuple[str, str]]) -> Markup:
    """Lines typed in pdb, each with what pdb says to it."""
    return Markup("\n").join(
        line
        for command, shows in typed
        for line in (_typed(command), *map(_said, _lines(shows) if shows else ()))
    )


def _typed(command: str) -> Markup:
    return Markup('<span class="gp">{}</span><span class="typed">{}</span>').format(
        _PROMPT, command
    )


def _said(line: str) -> Markup:
    """The line of source that pdb is about to run is code; the rest is as it was printed."""
    sign, blank, code = line.partition(" ")
    if sign == "->":
        return Markup('<span class="go">{}{}</span>{}').format(sign, blank, python(code))
    return Markup('<span class="go">{}</span>').format(line)


def beside(expected: str, actual: str) -> tuple[Markup, Markup]:
    """Two values, each with the first run of words marked in which they differ; none where they have nothing in common."""
    first, second = _WORD.findall(expected), _WORD.findall(actual)
    steps = difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    alike = [step for step in steps if step[0] == "equal"]
    _, *spans = next((step for step in steps if alike and step[0] != "equal"), ("", 0, 0, 0, 0))
    return _with_mark(first, *spans[:2]), _with_mark(second, *spans[2:])


def _with_mark(words: Sequence[str], begin: int, end: int) -> Markup:
    return _html([_Token("", word, begin <= at < end) for at, word in enumerate(words)])


def diff(patch: str) -> tuple[FileDiff, ...]:
    """A unified diff, file by file; what belongs to no hunk of it is passed over."""
    found: list[FileDiff] = []
    lines = iter(_lines(patch))
    paths = {"---": "", "+++": ""}
    for line in lines:
        if header := _HUNK.fullmatch(line):
            hunk = _hunk(header, lines)
            path = paths["---"] if paths["+++"] in {"", _NOWHERE} else paths["+++"]
            if found and found[-1].path == path:
                found[-1] = replace(found[-1], hunks=(*found[-1].hunks, hunk))
            else:
                found.append(FileDiff(path, (hunk,)))
        elif header := _PATH.match(line):
            paths[line[:3]] = header[1]
    return tuple(found)


def _hunk(header: re.Match[str], lines: Iterator[str]) -> Hunk:
    """As many of the lines as its header says."""
    begin = int(header[1])
    before, after = (int(header[group] or 1) for group in (2, 3))
    taken: list[tuple[str, str]] = []
    while before > 0 or after > 0:
        line = next(lines, None)
        if line is None:
            break
        if line.startswith(_NO_END):
            continue
        sign, code = (line[:1], line[1:]) if line[:1] in {"-", "+", " "} else (" ", line)
        taken.append((sign, code))
        before -= sign != "+"
        after -= sign != "-"
    return Hunk(begin, header[4], tuple(_numbered(taken, begin)))


def _numbered(taken: Sequence[tuple[str, str]], begin: int) -> Iterator[Line]:
    number = begin
    for sign, tokens in _with_marks(_tokens(taken)):
        yield Line(sign, None if sign == "+" else number, _html(tokens))
        number += sign != "+"


def _tokens(taken: Sequence[tuple[str, str]]) -> list[tuple[str, list[_Token]]]:
    """Each side is read as a whole, so that a text over several lines is one."""
    before, after = (
        iter(_lexed([code for sign, code in taken if sign != other])) for other in "+-"
    )
    told = []
    for sign, _ in taken:
        old = next(before) if sign != "+" else []
        new = next(after) if sign != "-" else []
        told.append((sign, new or old))
    return told


def _with_marks(
    lines: Sequence[tuple[str, list[_Token]]],
) -> Iterator[tuple[str, Sequence[_Token]]]:
    """Where as many lines are taken off as are added right after, each is held against the one in its place."""
    at = 0
    while at < len(lines):
        gone = [line for _, line in takewhile(lambda line: line[0] == "-", lines[at:])]
        new = [line for _, line in takewhile(lambda line: line[0] == "+", lines[at + len(gone) :])]
        if not gone and not new:
            yield lines[at]
            at += 1
            continue
        at += len(gone) + len(new)
        if len(gone) == len(new):
            pairs = [_marked(one, other) for one, other in zip(gone, new, strict=True)]
            gone, new = [one for one, _ in pairs], [other for _, other in pairs]
        yield from (("-", line) for line in gone)
        yield from (("+", line) for line in new)


def _marked(one: Sequence[_Token], other: Sequence[_Token]) -> tuple[list[_Token], list[_Token]]:
    """With marks from the first to the last token that differs; without any where nothing is common to both."""
    head = _common(one, other)
    tail = _common(one[head:][::-1], other[head:][::-1])
    common = (*one[:head], *one[len(one) - tail :])
    if not any(token.text.strip() for token in common):
        return list(one), list(other)
    first, second = (
        [
            replace(token, is_marked=head <= number < len(tokens) - tail)
            for number, token in enumerate(tokens)
        ]
        for tokens in (one, other)
    )
    return first, second


def _common(one: Sequence[_Token], other: Sequence[_Token]) -> int:
    """How many they begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0].text == pair[1].text, pairs))


def _lexed(lines: Sequence[str]) -> list[list[_Token]]:
    """Each line's tokens."""
    read: list[list[_Token]] = [[]]
    for kind, text in _LEXER.get_tokens("\n".join(lines)):
        first, *others = text.split("\n")
        read[-1] += [_Token(STANDARD_TYPES.get(kind, ""), first)] if first else []
        read += [[_Token(STANDARD_TYPES.get(kind, ""), each)] if each else [] for each in others]
    # Some characters it takes off.
    if ["".join(token.text for token in line) for line in read] == [*lines]:
        return read
    return [[_Token("", line)] for line in lines]


def _html(tokens: Sequence[_Token]) -> Markup:
    """Marked tokens in a row are one mark."""
    told = Markup()
    was_marked = False
    for token in tokens:
        if token.is_marked is not was_marked:
            told += Markup("<mark>") if token.is_marked else Markup("</mark>")
            was_marked = token.is_marked
        told += _span(token)
    return told + (Markup("</mark>") if was_marked else Markup())


def _span(token: _Token) -> Markup:
    if not token.kind or token.kind == "w":
        return escape(token.text)
    return Markup('<span class="{}">{}</span>').format(token.kind, token.text)


def _lines(text: str) -> list[str]:
    """Without the ends of lines, of whatever kind they are."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
