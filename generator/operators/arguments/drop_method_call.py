"""Leave out one method call of a chain, or on a value: `rows.all()` becomes `rows`, `q.filter(a).limit(5)` becomes `q.limit(5)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.operators import Example, operator, removal
from generator.operators.nodes import assigned, last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

SAME_KIND = frozenset(
    """
    replace format encode decode translate clone all values items lists distinct order_by filter exclude annotate
    select_related prefetch_related limit offset group_by having options with_for_update only defer using reverse where
    join_from astype reshape ravel flatten squeeze fillna dropna reset_index sort_values sort_index tolist to_numpy detach
    transpose round clip localize with_suffix with_name expanduser simplify isoformat date serializable union difference
    intersection
    """.split()
)
"""Methods whose result can stand where the object they are called on did, or is mistaken for it, beyond the usual forms."""
OTHER_KIND = frozenset(
    """
    get pop popitem split rsplit splitlines partition rpartition keys values items join read readline readlines group
    groups find index count open execute fetchone fetchall scalar first one json text result send call delete save create
    update add append load dump start run recv begin
    """.split()
)
"""Methods whose result is something else, or which are what a chain is there for."""
ASKING = frozenset("is has can get find load read make create build open new len count any".split())
"""First words of methods that answer a question."""
CHANGING = frozenset("isoformat date encode decode values items lists tolist format".split())
"""Methods whose result has other methods, which type checkers know."""


@operator(
    family="arguments",
    change="call",
    story="One step of several was left out; what it is called on has the same methods, so that the rest reads right.",
    symptom="A step that everybody takes for granted does not happen.",
    hint="Read the chain one call at a time, and say what each adds.",
    evidence=[
        "missing conversion, wrapper or method call: 11.9 % of labelled single-statement fixes in Python",
        "celery: connections.all() was added by a fix",
        "werkzeug: encode on one arm of a condition was added by a fix",
    ],
    examples=[
        Example(
            "for conn in self.db.connections.all( ):  # é\n    conn.close()\n",
            "for conn in self.db.connections:  # é\n    conn.close()\n",
        ),
        Example(
            "found = (\n    rows.filter(open=True)\n    # the oldest first\n    .order_by('day')\n    .limit(5)\n)\n",
            "found = rows.filter(open=True).limit(5)\n",
        ),
        Example(
            "part = (int2byte(c) if c in safe\n        else ('%%%x' % c).encode('ascii'))\n",
            "part = (int2byte(c) if c in safe\n        else ('%%%x' % c))\n",
        ),
        Example(
            "pipe.zadd(key, now).expire(key, 60).execute()\n",
            "pipe.zadd(key, now).execute()\n",
        ),
        Example(
            "def shown(query, user):\n    query = query.visible_to(user)\n    return query, user\n",
            "def shown(query, user):\n    return query, user\n",
        ),
        Example("total = sum(prices.values())\n", "total = sum(prices)\n"),
    ],
    untouched=[
        "rows.reverse()\n",
        "text = 'a b'.replace(' ', '')\n",
        "import copy\n\nother = copy.copy(row)\n",
        "for key in rows.keys():\n    go(key)\n",
        "name, _, rest = text.partition('=')\n",
        "key = super().replace(a)\n",
        "def f(text: str):\n    send(text.encode())\n",
        "found = await_(rows).get(key).first()\n",
        "def f(key) -> bytes:\n    return sign(key.encode())\n",
        "if text.strip():\n    go()\n",
        "for key, row in rows.items():\n    go(key, row)\n",
    ],
    general=True,
)
def drop_method_call(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield what the method is called on, by itself."""
    func, parent = target.func, at.parent()
    if not isinstance(func, cst.Attribute) or isinstance(parent, cst.Expr | cst.Await):
        return
    if _is_no_value(func.value, at) or not _could_be_forgotten(target, func.value, at):
        return
    if at.is_tested() or not _makes_a_difference(target, at):
        return
    change = removal.unwrapped(at, target, func.value)
    if change is not None:
        yield change


def _is_no_value(node: cst.BaseExpression, at: Context) -> bool:
    """Whether a method is called on a module, a class, a literal, or the object that the code is a method of."""
    name = last_name(node)
    if isinstance(node, cst.Call) and name == "super":
        return True
    plain = isinstance(node, cst.Name) and (name in {"self", "cls"} or name[:1].isupper())
    return (
        plain
        or at.is_module(node)
        or isinstance(node, cst.BaseString | cst.BaseList | cst.BaseDict)
    )


def _could_be_forgotten(call: cst.Call, kept: cst.BaseExpression, at: Context) -> bool:
    """Whether the result is of the kind of what the method is called on, as far as it shows."""
    name, parent = last_name(call.func), at.parent(call) or call
    mine, theirs = at.type_of(call), at.type_of(kept)
    if mine and theirs and mine.partition("[")[0] != theirs.partition("[")[0]:
        return False
    if name in SAME_KIND:
        return name != "format" or isinstance(kept, cst.Name | cst.Attribute)
    if name in OTHER_KIND or next(iter(words(name)), "") in ASKING:
        return False
    inner = isinstance(kept, cst.Call) and isinstance(kept.func, cst.Attribute)
    goes_on = isinstance(parent, cst.Attribute) and isinstance(at.parent(parent), cst.Call)
    if inner and goes_on and call.args:
        return last_name(kept) not in OTHER_KIND
    return [at.text(each) for each in assigned(parent)] == [at.text(kept)]


def _makes_a_difference(call: cst.Call, at: Context) -> bool:
    """Whether the place takes what comes without the call, and it is not the same in any case."""
    name, parent = last_name(call.func), at.parent()
    if isinstance(parent, cst.For | cst.CompFor) and name == "items":
        return not isinstance(parent.target, cst.Tuple)
    typed = at.function is not None and at.function.returns is not None
    return name not in CHANGING or not (typed or isinstance(parent, cst.Attribute))
