"""Let a query lose one of the conditions by which rows are told apart, and the value for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, drop_item, fits, one_line, replace
from generator.edits import apply_to_file
from generator.operators import Example, operator, removal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.operators.context import Context

WHERE = re.compile(
    r"\bwhere\b(?P<tests>.*?)(?=\b(?:order by|group by|limit|returning|on conflict)\b|.\Z)",
    re.IGNORECASE | re.DOTALL,
)
"""The conditions of a query, up to what follows them or its last quote."""
TEST = re.compile(r"\s*[\w.]+\s*=\s*(?:\?|%s)\s*")
AND = re.compile(r"\band\b", re.IGNORECASE)
MARK = re.compile(r"\?|%s")
LITERAL = (cst.SimpleString, cst.ConcatenatedString, cst.BaseNumber)


@operator(
    family="state",
    change="element",
    story="While there was one tenant the query found the right rows, and when others came it was not looked at again.",
    symptom="Rows that belong to somebody else are read, changed or deleted along with one's own.",
    hint="Put the same key into the books of two owners, and see whose rows a call touches.",
    evidence=[
        "element missing from a collection: 3.6 % of labelled single-statement fixes in Python",
        "written from experience: no study at hand counts conditions missing from queries",
    ],
    examples=[
        Example(
            "def drop(db, tenant, key):\n    log(tenant, key)\n    db.execute(\n        'delete from counts where tenant = ? and key = ? limit 1', (tenant, key)\n    )  # all of it\n",
            "def drop(db, tenant, key):\n    log(tenant, key)\n    db.execute('delete from counts where key = ? limit 1', (key,))  # all of it\n",
        ),
        Example(
            "def take(self, tenant, key):\n    log(tenant, key)\n    return self.run('SELECT n FROM t WHERE tenant = ? AND key = ?', tenant, key)\n",
            "def take(self, tenant, key):\n    log(tenant, key)\n    return self.run('SELECT n FROM t WHERE tenant = ?', tenant)\n",
        ),
        Example(
            'def due(db, book, day):\n    log(book, day)\n    return db.execute(\n        """\n        SELECT id FROM rows\n        WHERE kind = \'due\' AND book = ? AND day = ?\n        ORDER BY id\n        """,\n        (book, day),\n    )\n',
            'def due(db, book, day):\n    log(book, day)\n    return db.execute(\n        """\n        SELECT id FROM rows\n        WHERE kind = \'due\' AND day = ?\n        ORDER BY id\n        """,\n        (day,),\n    )\n',
        ),
    ],
    untouched=[
        "def f(db, tenant, key):\n    return db.execute('select 1 from t where tenant = ? and key = ?', (tenant, key))\n",
        "def f(db, key):\n    log(key)\n    db.execute('delete from t where key = ?', (key,))\n",
        "def f(db, a, b):\n    log(a, b)\n    if b:\n        db.execute('delete from t where a = ? and b = ?', (a, b))\n    elif a:\n        db.execute('delete from t where a = ?', (a,))\n    else:\n        db.execute('delete from t where b = ?', (b,))\n",
        "def f(db, a, b):\n    log(a, b)\n    db.execute('delete from t where a = ? or b = ?', (a, b))\n",
        "def f(db, a):\n    log(a)\n    db.execute('select 1 from t where a > ? and kind = ?', (a, 'open'))\n",
    ],
)
def where_part(target: cst.SimpleString, at: Context) -> Iterator[Change]:
    """Yield the query without each of several `column = ?`, and the call without the value for it."""
    arg = at.parent()
    call = at.parent(arg) if isinstance(arg, cst.Arg) else None
    text = at.source.inner_text(target)
    found = WHERE.search(text)
    if not isinstance(call, cst.Call) or call.args[0] is not arg or found is None:
        return
    start, end = found.span("tests")
    ending = found["tests"][len(found["tests"].rstrip()) :]
    tests = AND.split(found["tests"])
    given = _values(call)
    if len(tests) < 2 or len(given) < 2 or len(given) != len(MARK.findall(text)):
        return
    for n in (n for n, test in enumerate(tests) if TEST.fullmatch(test)):
        value = given[len(MARK.findall(" ".join([text[:start], *tests[:n]])))]
        clearing = removal.clearing(at, value)
        query = f"{text[:start]} {_joined(tests, n, found['tests'])}{ending}{text[end:]}"
        if clearing is None or isinstance(value, LITERAL) or _stands_there(query, at):
            continue
        yield _asked_with(call, target, query, value, at) + clearing


def _stands_there(query: str, at: Context) -> bool:
    """Whether the function runs that very query already, on another branch."""
    if at.function is None:
        return False
    texts = at.within(at.function, cst.SimpleString)
    return any(at.source.inner_text(each).split() == query.split() for each in texts)


def _joined(tests: Sequence[str], gone: int, before: str) -> str:
    """The conditions but one, with the AND of the query as it is written there."""
    first, *rest = [each for n, each in enumerate(tests) if n != gone]
    word: str = AND.findall(before)[0]
    return word.join([first.lstrip(), *rest]).rstrip()


def _values(call: cst.Call) -> tuple[cst.BaseExpression, ...]:
    """What a call gives for the marks in its query: a tuple, or one argument each."""
    rest = call.args[1:]
    if any(each.star or each.keyword is not None for each in rest):
        return ()
    if len(rest) == 1 and isinstance(rest[0].value, cst.Tuple | cst.List):
        every = rest[0].value.elements
        return tuple(each.value for each in every if isinstance(each, cst.Element))
    return tuple(each.value for each in rest)


def _asked_with(
    call: cst.Call, query: cst.SimpleString, text: str, gone: cst.BaseExpression, at: Context
) -> Change:
    """The call with another query and one value less, on one line where it was not and now fits."""
    item = at.parent(gone) or gone
    some = at.parent(item)
    if isinstance(some, cst.Tuple) and len(some.elements) == 2:
        other = next(each for each in some.elements if each is not item)
        values = replace(some, f"({at.text(other.value)},)", parentheses=True)
    else:
        every = some.elements if isinstance(some, cst.Tuple | cst.List) else call.args
        values = drop_item(item, every)
    change = replace(query, text) + values
    start, end = at.source.span(call)
    edits = change.edits(lambda _: at.source)
    end += sum(len(each.text.encode()) - (each.end - each.start) for each in edits)
    written = apply_to_file(at.source.data, edits)[start:end].decode()
    joined = one_line(written)
    if joined is None or joined == written or not fits(at.source, call, joined):
        return change
    return replace(call, joined)
