"""Sort by less: the last part of a key goes, and equals come in any order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_item, replace
from generator.operators import Example, operator, removal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

GETTERS = frozenset({"attrgetter", "itemgetter"})
PLAIN_COLUMN = r"[\w.\"`]+(?:\s+(?:ASC|DESC))?(?:\s+NULLS\s+(?:FIRST|LAST))?"
ORDER_BY = re.compile(
    rf"(ORDER\s+BY\s+{PLAIN_COLUMN}(?:\s*,\s*{PLAIN_COLUMN})*?)\s*,\s*{PLAIN_COLUMN}(?=\s*(?:$|\)|;|LIMIT|OFFSET|['\"]))",
    re.IGNORECASE,
)


@operator(
    family="iteration",
    change="element",
    story="Nobody thought of two entries that agree in the first part of the key; in the first week there were none.",
    symptom="Entries that are equal at first sight change places, repeat on the next page or go missing between pages.",
    hint="Make two entries equal in what they are sorted by.",
    evidence=[
        "element missing from a collection: 3.6 % of labelled single-statement fixes in Python",
        "written from experience: no study at hand counts sort keys that lack their last part",
    ],
    examples=[
        Example(
            "rows.sort(key=lambda row: (row.at, row.id))\n", "rows.sort(key=lambda row: row.at)\n"
        ),
        Example(
            "x = sorted(rows, key=lambda r: (r.day,r.at,r.id))\n",
            "x = sorted(rows, key=lambda r: (r.day,r.at))\n",
        ),
        Example(
            "first = min(\n    rows,\n    key=lambda row: (\n        row.at,\n        row.id,\n    ),\n)\n",
            "first = min(\n    rows,\n    key=lambda row: row.at,\n)\n",
        ),
        Example("rows.sort(key=attrgetter('at', 'id'))\n", "rows.sort(key=attrgetter('at'))\n"),
        Example(
            'Q = "SELECT id FROM é ORDER BY at DESC, id LIMIT 5"\n',
            'Q = "SELECT id FROM é ORDER BY at DESC LIMIT 5"\n',
        ),
    ],
    untouched=[
        "rows.sort(key=lambda row: row.at)\n",
        "pairs = map(lambda row: (row.at, row.id), rows)\n",
        "rows.sort(key=attrgetter('at'))\n",
        'Q = "SELECT a, b FROM t ORDER BY a"\n',
        '"""We ORDER BY a, b"""\n',
    ],
)
def sort_tiebreak(
    target: cst.Lambda | cst.Call | cst.SimpleString | cst.FormattedStringText, at: Context
) -> Iterator[Change]:
    """Yield the key without its last part."""
    match target:
        case cst.Lambda(
            body=cst.Tuple(elements=[*_, cst.Element(), cst.Element() as last] as elements) as key
        ):
            if _is_sort_key(target, at) and not removal.is_only_use(at, last):
                alone = len(elements) == 2
                yield (
                    replace(key, at.text(elements[0].value), parentheses=True)
                    if alone
                    else drop_item(last, elements)
                )
        case cst.Call(args=[*_, cst.Arg(), cst.Arg() as last]):
            if at.text(target.func).rpartition(".")[2] in GETTERS and _is_sort_key(target, at):
                yield drop_item(last, target.args, target)
        case cst.SimpleString() | cst.FormattedStringText():
            text = at.text(target)
            for match in ORDER_BY.finditer(text):
                yield replace(target, text[: match.end(1)] + text[match.end() :])


def _is_sort_key(target: cst.CSTNode, at: Context) -> bool:
    """Whether it is what a sort, a minimum or a merge compares."""
    arg = at.parent(target)
    return isinstance(arg, cst.Arg) and arg.keyword is not None and arg.keyword.value == "key"
