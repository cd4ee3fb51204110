"""No longer take `**kwargs` or `*args` that the function did not look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_item
from generator.operators import Example, operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

LOOKING = frozenset({"locals", "vars", "eval", "exec", "dir"})
"""Functions through which a body may see parameters that it does not name."""

OWN = frozenset({"__init__", "__call__"})
"""Special methods that take what their authors like."""


@operator(
    family="contract",
    change="argument",
    story="The function has no use for anything else that it might be given, so it was written without a place for it.",
    symptom="Callers that hand over more than is needed are turned away, though nothing they ask for is missing.",
    hint="Find out what each caller passes to every function behind the same name.",
    evidence=[
        "celery: **kwargs was added to three functions by fixes, when callers began to pass more",
        "werkzeug: runsource(source, **kwargs) has to take what its base class takes",
    ],
    examples=[
        Example(
            "def on_paid(order, amount, **kwargs):  # é\n    book(order, amount)\n",
            "def on_paid(order, amount):  # é\n    book(order, amount)\n",
        ),
        Example(
            "def snapshot(camera, freq=1.0, app=None,\n             **kwargs):\n    camera.shoot(freq, app)\n",
            "def snapshot(camera, freq=1.0, app=None):\n    camera.shoot(freq, app)\n",
        ),
        Example(
            "class Shop:\n\tdef rows(\n\t\tself,\n\t\tday=None,\n\t\t# for the others\n\t\t**_,\n\t):\n\t\treturn self.all[day]\n",
            "class Shop:\n\tdef rows(\n\t\tself,\n\t\tday=None,\n\t):\n\t\treturn self.all[day]\n",
        ),
        Example(
            "def stop(*_):  # at once\n    worker.stop()\n",
            "def stop():  # at once\n    worker.stop()\n",
        ),
    ],
    untouched=[
        "def f(order, **kwargs):\n    book(order, **kwargs)\n",
        "def f(order, **kwargs):\n    book(order, locals())\n",
        "class Base:\n    def f(self, **kwargs):\n        raise NotImplementedError\n",
        "class Lock:\n    def __exit__(self, *error):\n        self.release()\n",
        "def f(order, **kwargs):\n    book(order)\n\n\nf(1, note='x')\n",
        "def f(order, *args, note=None):\n    book(order, note)\n",
        "class Shop(Base):\n    def f(self, **kwargs: int) -> None:\n        self.go()\n",
        "key = lambda row, **kwargs: row\n",
    ],
)
def drop_parameter(target: cst.FunctionDef, at: Context) -> Iterator[Change]:
    """Yield the signature without each star that goes unread."""
    if _is_a_promise(target, at) or not LOOKING.isdisjoint(at.names(target.body)):
        return
    params = target.params
    every = (
        *params.posonly_params, *params.params, params.star_arg, *params.kwonly_params, params.star_kwarg,
    )  # fmt: skip
    items = [each for each in every if isinstance(each, cst.CSTNode)]
    for star in (params.star_arg, params.star_kwarg):
        if isinstance(star, cst.Param) and _can_go(star, target, at):
            yield drop_item(star, items)


def _is_a_promise(function: cst.FunctionDef, at: Context) -> bool:
    """Whether others decide what the function has to take: the language, a base class, whoever writes the body."""
    name = function.name.value
    last = function.body.body[-1] if function.body.body else None
    only = len(function.body.body) == 1
    small = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
    empty = (
        only and isinstance(small, cst.Pass | cst.Raise | cst.Expr) and not _does_something(small)
    )
    around = at.around(cst.ClassDef, cst.FunctionDef, node=function)
    bases = isinstance(around, cst.ClassDef) and bool(around.bases)
    return (
        empty
        or (name.startswith("__") and name.endswith("__") and name not in OWN)
        or (bases and function.returns is not None)
    )


def _does_something(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.Expr) and isinstance(statement.value, cst.Call | cst.Await)


def _can_go(star: cst.Param, function: cst.FunctionDef, at: Context) -> bool:
    """Whether the function does without a star, and no call in sight needs it."""
    if star.name.value in at.names(function.body):
        return False
    if star is function.params.star_arg and function.params.kwonly_params:
        return False
    made = at.klass if function.name.value == "__init__" else None
    name = (made or function).name.value
    return not any(
        _needs(call, star, function) for call in at.facts.call_graph.calls_by_name.get(name, ())
    )


def _needs(call: cst.Call, star: cst.Param, function: cst.FunctionDef) -> bool:
    """Whether a call hands over what only a star takes."""
    params = function.params
    places = [*params.posonly_params, *params.params]
    if star is params.star_arg:
        placed = [arg for arg in call.args if not arg.keyword and arg.star != "**"]
        return len(placed) > len(places) or any(arg.star for arg in placed)
    known = {each.name.value for each in (*places, *params.kwonly_params)}
    return any(
        arg.star == "**" or (arg.keyword and arg.keyword.value not in known) for arg in call.args
    )
