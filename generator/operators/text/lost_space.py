"""Forget the space at one end of a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

STATEMENT = re.compile(r"\b(SELECT|FROM|WHERE|AND|OR|SET|VALUES|JOIN|ORDER BY|GROUP BY|LIMIT)\b")
"""Words of a query."""


@operator(
    family="text",
    change="constant",
    story="The text was looked at by itself, where its last space can't be seen, and not together with what it is joined to.",
    symptom="Two words run together, or a short word is found in the middle of a longer one.",
    hint="Print the whole text that comes out, between bars, and look at every seam.",
    evidence=[
        "werkzeug: the name of a system was found inside other words, without the spaces around it",
        "numeric, boolean, string or type constant: 11.6 % of labelled single-statement fixes in Python",
    ],
    examples=[
        Example(
            "query = (\n    'SELECT id, é '  # all of it\n    'FROM payments'\n)\n",
            "query = (\n    'SELECT id, é'  # all of it\n    'FROM payments'\n)\n",
        ),
        Example("found = ' os ' in agent\n", "found = 'os' in agent\n"),
        Example('line = f"{name}: " + text\n', 'line = f"{name}:" + text\n'),
        Example('line = "total " f"{n}"\n', 'line = "total" f"{n}"\n'),
        Example("line = name + r' of ' + other\n", "line = name + r' of' + other\n"),
    ],
    untouched=[
        "line = 'a b'\n",
        "text = x + ' '\n",
        "text = x + '  - '\n",
        "logger.info('paid ' + name)\n",
        "text = '''\n    SELECT\n    '''\n",
        "text = x.split(' ')\n",
        "query = 'SELECT id FROM t WHERE (n > ?) ' + 'AND id = ?'\n",
        "query = rows + ' (SELECT id FROM t)'\n",
    ],
)
def lost_space(target: cst.FormattedString | cst.SimpleString, at: Context) -> Iterator[Change]:
    """Yield the text without the space at its end; without both, where it has one at its start too and is looked for."""
    text = at.source.inner_text(target)
    start = (
        target.start if isinstance(target, cst.FormattedString) else target.prefix + target.quote
    )
    end = target.end if isinstance(target, cst.FormattedString) else target.quote
    inside = text[len(start) : len(text) - len(end)]
    if not _has_words(inside) or len(end) > 1:
        return
    if _is_looked_for(at):
        yield replace(target, start + inside.strip(" ") + end)
    elif _is_joined(at) and inside.endswith(" ") and _runs_together(inside, inside[-2]):
        yield replace(target, start + inside.removesuffix(" ") + end)
    elif _is_joined(at) and inside.startswith(" ") and _runs_together(inside, inside[1]):
        yield replace(target, start + inside.removeprefix(" ") + end)


def _has_words(inside: str) -> bool:
    """Whether it is more than blanks, and no column that is laid out with them."""
    return (
        "  " not in inside
        and any(each.isalnum() for each in inside)
        and inside != inside.strip(" ")
    )


def _runs_together(inside: str, edge: str) -> bool:
    """Whether the space is missed: a database parts `?)AND` where a reader can't."""
    return edge.isalnum() or not STATEMENT.search(inside)


def _is_joined(at: Context) -> bool:
    match at.parent():
        case cst.ConcatenatedString() | cst.BinaryOperation(operator=cst.Add()):
            return True
    return False


def _is_looked_for(at: Context) -> bool:
    """Whether it is compared with, or looked for in, another text, or is one of a table that tells texts apart."""
    match at.parent():
        case cst.Comparison() | cst.ComparisonTarget():
            return True
        case cst.Element():
            return isinstance(at.parent(at.parent()), cst.Tuple)
    return False
