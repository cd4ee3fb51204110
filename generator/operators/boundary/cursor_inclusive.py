"""Let a page start with the row that the page before ended with, or skip one: `row.id > cursor` becomes `>=`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.edges import edge_of
from generator.operators.nodes import last_name
from generator.operators.words import speaks_of, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

CURSORS = frozenset(
    "cursor marker watermark bookmark checkpoint acked acknowledged seen consumed".split()
)
"""Words for the place where the reader has got to."""
PLACES = frozenset("id seq sequence position number no key version revision offset rowid".split())
"""Words for what rows are counted by."""
HEADS = frozenset({"after", "since", "last", "latest", "previous", "prev"})
"""First words that make a place one that the reader has got to: `last_id`, `since_id`."""
QUERY = re.compile(
    r"(?P<place>\b(?:\w+\.)?(?:\w+_)?(?:id|seq|position|version|rowid))(?P<gap>\s*)(?P<sign>[<>]=?)(?=\s*(?:\?|:\w|%[s(]|\$\d))"
)
"""What a row of a query is compared with to go on from there."""
TWINS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


@operator(
    family="boundary",
    change="expression",
    story="Whether the mark is the last row that was seen, or the first that was not, was settled differently by writer and reader.",
    symptom="The last row of one page comes again on the next, or one row is on no page at all.",
    hint="Read two pages one after the other, and lay the last row of the first beside the first row of the second.",
    evidence=[
        "change of a comparison operator: a pattern of its own in ManySStuBs4J",
        "written from experience: no study at hand counts pages that overlap by a row",
    ],
    examples=[
        Example(
            "more = [row for row in rows if row.id > cursor]\n",
            "more = [row for row in rows if row.id >= cursor]\n",
        ),
        Example(
            "if event.seq<=self.last_seq:  # é\n    skip()\n",
            "if event.seq<self.last_seq:  # é\n    skip()\n",
        ),
        Example(
            "while (\n    row['id']\n    > after_id\n):\n    go()\n",
            "while (\n    row['id']\n    >= after_id\n):\n    go()\n",
        ),
        Example(
            "db.execute(\n    'SELECT * FROM rows WHERE book = ? AND id > ?'\n    ' ORDER BY id',\n    [book, at],\n)\n",
            "db.execute(\n    'SELECT * FROM rows WHERE book = ? AND id >= ?'\n    ' ORDER BY id',\n    [book, at],\n)\n",
        ),
        Example(
            "db.execute(f'SELECT {COLUMNS} FROM rows WHERE rows.id<:after LIMIT {n}')\n",
            "db.execute(f'SELECT {COLUMNS} FROM rows WHERE rows.id<=:after LIMIT {n}')\n",
        ),
    ],
    untouched=[
        "text = f'{n} with id > {after}'\n",
        "if used < limit:\n    admit()\n",
        "if last_name > first_name:\n    go()\n",
        "if row.id == cursor:\n    go()\n",
        "if cursor > 3:\n    go()\n",
        "text = 'id > 3'\n",
    ],
)
def cursor_inclusive(
    target: cst.ComparisonTarget | cst.SimpleString | cst.FormattedStringText, at: Context
) -> Iterator[Change]:
    """Yield the twin of the operator, in the code or in a query."""
    if not isinstance(target, cst.ComparisonTarget):
        yield from _in_a_query(target, at)
        return
    edge = edge_of(target, at)
    if edge is None or any(
        isinstance(each, cst.BaseNumber | cst.BaseString) for each in edge.sides
    ):
        return
    if any(_is_a_cursor(last_name(each)) for each in edge.sides):
        yield replace(target.operator, edge.twin)


def _in_a_query(
    target: cst.SimpleString | cst.FormattedStringText, at: Context
) -> Iterator[Change]:
    text = at.text(target)
    is_bytes = isinstance(target, cst.SimpleString) and "b" in target.prefix.lower()
    for found in QUERY.finditer(text) if not is_bytes else ():
        start, end = found.span("sign")
        yield replace(target, text[:start] + TWINS[found["sign"]] + text[end:], parentheses=True)


def _is_a_cursor(name: str) -> bool:
    parts = words(name)
    counted = len(parts) > 1 and parts[0] in HEADS and parts[-1] in PLACES
    return counted or name == "after" or speaks_of(name, CURSORS)
