"""Write another text of the module in the place of this one: what the same value is compared with elsewhere, the value of the
line above in a table, a constant beside the right one."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator, removal
from generator.operators.repetition import would_ask_twice, would_repeat
from generator.operators.words import same_role, share_a_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.source import Source

ASKED = cst.Equal | cst.NotEqual
WORD = re.compile(r"([\"'])[A-Za-z][\w.-]+\1")
SHORT = 40
"""Letters of a text that is a name and not a sentence."""


@operator(
    family="text",
    change="constant",
    story="The line was copied from its neighbour, and one of the texts in it was not changed.",
    symptom="One case is treated as if it were the one beside it.",
    hint="Read each table column by column, and look for a text that comes twice or not at all.",
    evidence=[
        "numeric, boolean, string or type constant: 11.6 % of labelled single-statement fixes in Python",
        "peewee: a field was declared with the name of another type, more than once",
        "written from experience: no study at hand counts lines that were copied and half changed",
    ],
    examples=[
        Example(
            "def f(kind):\n    return kind == 'paid'\n\n\ndef g(kind):\n    return kind == 'held'  # é\n",
            "def f(kind):\n    return kind == 'paid'\n\n\ndef g(kind):\n    return kind == 'paid'  # é\n",
        ),
        Example(
            "PLACES = {\n    'csv': 'readers:Csv',\n    # by line\n    'json':  'readers:Json',\n}\n",
            "PLACES = {\n    'csv': 'readers:Csv',\n    # by line\n    'json':  'readers:Csv',\n}\n",
        ),
        Example(
            "STATE_OPEN = 'open'\nSTATE_HELD = 'held'\n\n\ndef f(x):\n    keep(STATE_OPEN)\n    drop(STATE_HELD)\n    return x == STATE_HELD\n",
            "STATE_OPEN = 'open'\nSTATE_HELD = 'held'\n\n\ndef f(x):\n    keep(STATE_OPEN)\n    drop(STATE_HELD)\n    return x == STATE_OPEN\n",
        ),
        Example(
            "rows = {'von': \"start\", 'bis': \"end\"}\n",
            "rows = {'von': \"start\", 'bis': \"start\"}\n",
        ),
    ],
    untouched=[
        "if kind == 'paid' or kind == 'held':\n    go()\n",
        "name = 'paid'\n",
        "A = 'x'\n\n\ndef f():\n    return A\n",
        "TEXTS = {'a': 'This is a sentence of some length, for people.', 'b': 'And this is another sentence, for them.'}\n",
        "_OPEN_STATE = 'open'\n_HELD_STATE = 'held'\n\n\ndef f():\n    return _HELD_STATE\n",
        "X = {'a': 'b', **more}\n",
    ],
)
def string_constant(target: cst.SimpleString | cst.Name, at: Context) -> Iterator[Change]:
    """Yield one change for each text that could stand here by mistake."""
    others: list[str] = []
    if isinstance(target, cst.Name):
        others += _neighbours(target, at)
    elif _is_a_name(target):
        others += (*_compared(target, at), *_above(target, at))
    for other in dict.fromkeys(others):
        beside = other in at.text(at.alongside(target)) and isinstance(target, cst.Name)
        if (
            not beside
            and not would_repeat(at, target, other)
            and not would_ask_twice(at, target, other)
        ):
            yield replace(target, other)


def _is_a_name(node: cst.SimpleString) -> bool:
    inside = node.raw_value
    return (
        bool(inside) and len(inside) < SHORT and "b" not in node.prefix and inside.count(" ") <= 1
    )


def _compared(target: cst.SimpleString, at: Context) -> Iterator[str]:
    """The texts that the module compares the same value with right before and after, where all are words."""
    subject, mine = _subject(target, at.source), at.text(target)
    every = _subjects(at.source).get(subject or "", ())
    here = at.text(at.function or at.statement())
    if mine in every:
        place = every.index(mine)
        for other in (*every[max(place - 1, 0) : place], *every[place + 1 : place + 2]):
            if other not in here and WORD.fullmatch(other) and WORD.fullmatch(mine):
                yield other


def _subject(node: cst.SimpleString, source: Source) -> str | None:
    """What a text is compared with, as it is written."""
    part = source.parent(node)
    comparison = source.parent(part) if isinstance(part, cst.ComparisonTarget) else None
    if isinstance(comparison, cst.Comparison) and isinstance(part, cst.ComparisonTarget):
        asked = isinstance(part.operator, ASKED) and len(comparison.comparisons) == 1
        return source.text(comparison.left) if asked else None
    return None


@functools.lru_cache(maxsize=4)
def _subjects(source: Source) -> Mapping[str, tuple[str, ...]]:
    """The texts that a module compares things with, by the thing."""
    found: dict[str, dict[str, None]] = {}
    for node in source.nodes(cst.SimpleString):
        name = _subject(node, source) if isinstance(node, cst.SimpleString) else None
        if name is not None:
            found.setdefault(name, {})[source.text(node)] = None
    return {name: tuple(texts) for name, texts in found.items()}


def _above(target: cst.SimpleString, at: Context) -> Iterator[str]:
    """The text in the same column of the line above."""
    member = at.parent()
    table = at.parent(member) if isinstance(member, cst.DictElement) else None
    if not isinstance(table, cst.Dict) or not isinstance(member, cst.DictElement):
        return
    place = next(n for n, each in enumerate(table.elements) if each is member)
    above = table.elements[place - 1] if place else None
    if member.value is target and isinstance(above, cst.DictElement):
        text = at.text(above.value)
        if isinstance(above.value, cst.SimpleString) and text != at.text(target):
            yield text


def _neighbours(target: cst.Name, at: Context) -> Iterator[str]:
    """The constants right above and below the right one, where they are texts too and share a word with it."""
    constants = at.constants
    mine = constants.get(target.value)
    if (
        at.function is None
        or not isinstance(mine, cst.SimpleString)
        or not at.source.is_read(target)
    ):
        return
    names = list(constants)
    place = names.index(target.value)
    for other in (*names[max(place - 1, 0) : place], *names[place + 1 : place + 2]):
        alike = share_a_word(target.value, other) or same_role(target.value, other)
        value = constants[other]
        fits = isinstance(value, cst.SimpleString) and value.prefix == mine.prefix
        if alike and fits and not removal.is_only_use(at, target):
            yield other
