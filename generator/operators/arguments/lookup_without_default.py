"""Look something up as if it were always there: `d.get(key, x)` becomes `d[key]`, `getattr(o, "name", x)` becomes `o.name`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import rewrite
from generator.operators import Example, operator, removal
from generator.operators.nodes import assigned, last_name
from generator.operators.repetition import would_repeat
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

MAPPINGS = ("dict", "Dict", "Mapping", "Map", "Counter", "Cache", "Headers")
"""How the names of types of dictionaries end."""
TABLES = frozenset(
    """
    kwargs options opts headers environ settings params config conf meta data payload row record cache map mapping table
    index lookup registry dict attrs fields info extra context state by args query body json doc values env
    """.split()
)
"""Words in the names of what is usually a dictionary."""
ELSEWHERE = frozenset(
    "requests session client http api redis queue conn connection self cls".split()
)
"""Names of what is asked in another way."""
TIGHT = cst.Name | cst.Attribute | cst.Call | cst.Subscript


@operator(
    family="arguments",
    change="call",
    story="Whatever was tried out had the entry, so it was read directly; the case in which it is missing was thought of later.",
    symptom="All goes well as long as the entry is there; without it, the operation fails.",
    hint="Ask of each lookup what happens when there is nothing to be found.",
    evidence=[
        "missing conversion, wrapper or method call: 9.9 % of one-line fixes in payment-like libraries",
        "marshmallow: getattr(self.parent, name, {}) was added by a fix",
        "tinydb: the cached answer may be gone by the time it is read",
    ],
    examples=[
        Example("rate = rates.get( code , 1 )  # é\n", "rate = rates[code]  # é\n"),
        Example(
            "def rows(self, query):\n    return self._cache.get(query, [])[:]\n",
            "def rows(self, query):\n    return self._cache[query][:]\n",
        ),
        Example(
            "if getattr(base, '_app', None):\n    app = base._app\n",
            "if base._app:\n    app = base._app\n",
        ),
        Example(
            "from names import NONE\n\nname = options.get(\n    'name',\n    # nobody\n    NONE,\n)\n",
            "name = options['name']\n",
        ),
        Example(
            "def find(rows: dict[str, int], key):\n    found = rows.get(key)\n    if found is None:\n        return 0\n    return found\n",
            "def find(rows: dict[str, int], key):\n    found = rows[key]\n    if found is None:\n        return 0\n    return found\n",
        ),
        Example("port = row.get('port') or 80\n", "port = row['port'] or 80\n"),
    ],
    untouched=[
        "port = ports.get(name) or ports.get('*')\n",
        "page = requests.get(url, 5)\n",
        "found = store.get(key)\nuse(found)\n",
        "data = self.get(key, None)\n",
        "value = getattr(row, name, None)\n",
        "value = getattr(row, 'name')\n",
        "value = getattr(a + b, 'name', 0)\n",
        "rows.get(key, 0)\n",
        "rows.get(key, default=0)\n",
        "value = getattr(row, 'not a name', 0)\n",
        "path = os.environ.get(key)\n",
    ],
)
def lookup_without_default(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield the lookup that fails where nothing is found."""
    if any(arg.keyword or arg.star for arg in target.args) or isinstance(at.parent(), cst.Expr):
        return
    becomes, gone = _direct(target, at)
    clearing = removal.clearing(at, gone) if gone is not None else removal.clearing(at)
    if becomes and clearing is not None and not would_repeat(at, target, becomes):
        yield rewrite(target, becomes) + clearing


def _direct(call: cst.Call, at: Context) -> tuple[str, cst.CSTNode | None]:
    """The lookup as one writes it for what is there, and the argument that goes."""
    match call:
        case cst.Call(
            func=cst.Name("getattr"),
            args=[cst.Arg(value=owner), cst.Arg(value=cst.SimpleString() as name), default],
        ):
            text = name.evaluated_value
            if isinstance(owner, TIGHT) and isinstance(text, str) and text.isidentifier():
                return f"{at.text(owner)}.{text}", default
        case cst.Call(
            func=cst.Attribute(value=cst.Name() | cst.Attribute() as owner, attr=cst.Name("get")),
            args=[cst.Arg(value=key), *rest],
        ) if len(rest) < 2 and _is_a_table(owner, key, at):
            if rest or _is_handled(call, at):
                return f"{at.text(owner)}[{at.text(key)}]", rest[0] if rest else None
    return "", None


def _is_a_table(owner: cst.BaseExpression, key: cst.BaseExpression, at: Context) -> bool:
    """Whether it is a dictionary that is asked."""
    kind = (at.type_of(owner) or "").partition("[")[0]
    if kind:
        return kind.endswith(MAPPINGS)
    name = last_name(owner)
    if name in ELSEWHERE or at.is_module(owner):
        return False
    named = not TABLES.isdisjoint(words(name)) or name.endswith("s")
    return named or isinstance(key, cst.BaseString)


def _is_handled(call: cst.Call, at: Context) -> bool:
    """Whether the code says what happens where nothing is found."""
    parent = at.parent(call)
    match parent:
        case cst.BooleanOperation(left=left, right=right):  # `found[a] or found.get(b)` is absurd
            return left is call and not isinstance(right, cst.Call)
        case cst.Comparison(comparisons=[cst.ComparisonTarget(comparator=cst.Name("None"))]):
            return True
        case cst.NamedExpr(target=target):
            return at.is_tested(parent) or _is_asked_for(at.text(target), at)
        case cst.Assign() | cst.AnnAssign():
            return any(_is_asked_for(at.text(each), at) for each in assigned(parent))
    return at.is_tested(call)


def _is_asked_for(name: str, at: Context) -> bool:
    """Whether the function asks somewhere whether a variable is None, or nothing."""
    if at.function is None:
        return False
    return any(
        at.text(each) == name and (at.is_tested(each) or _is_compared_to_none(each, at))
        for each in at.within(at.function.body, cst.Name, cst.Attribute)
    )


def _is_compared_to_none(node: cst.BaseExpression, at: Context) -> bool:
    match at.parent(node):
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(comparator=cst.Name("None"))]
        ):
            return left is node
    return False
