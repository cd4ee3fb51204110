"""Ask for a parameter that callers could leave out: `def f(note=None)` becomes `def f(note)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import cut
from generator.operators import Example, operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

MANY = 3
"""Options in one signature, at most: among more of them, one without a default looks odd."""


@operator(
    family="contract",
    change="argument",
    story="Everybody who called the function had the value at hand, so nothing was written for those who have not.",
    symptom="Callers that say nothing about one thing are turned away, where they used to be served.",
    hint="Read the signature as a promise, and look for callers that rely on all of it.",
    evidence=[
        "arguments missing, extra or swapped: 15.3 % of labelled single-statement fixes in Python",
        "redis-py: an exception has to be made without a message too, as it was before",
    ],
    examples=[
        Example(
            "class LockError(Exception):\n    def __init__(self, message = None, name=None):  # é\n        self.message = message\n        self.name = name\n",
            "class LockError(Exception):\n    def __init__(self, message, name=None):  # é\n        self.message = message\n        self.name = name\n",
        ),
        Example(
            "def book(\n    amount: int,\n    # what for\n    note: str | None = None,  # may be empty\n):\n    post(amount, note)\n",
            "def book(\n    amount: int,\n    # what for\n    note: str | None,  # may be empty\n):\n    post(amount, note)\n",
        ),
        Example(
            "def book(amount, *, note=None):\n\tpost(amount, note)\n",
            "def book(amount, *, note):\n\tpost(amount, note)\n",
        ),
    ],
    untouched=[
        "def book(amount, note='x'):\n    post(amount, note)\n",
        "def _book(amount, note=None):\n    post(amount, note)\n",
        "def book(amount, note=None):\n    post(amount, note)\n\n\nbook(5)\n",
        "class Rows:\n    def __exit__(self, kind=None):\n        self.close(kind)\n",
        "@hook\ndef book(amount, note=None):\n    post(amount, note)\n",
        "def outer():\n    def book(note=None):\n        post(note)\n\n    use(book)\n",
    ],
)
def default_lost(target: cst.FunctionDef, at: Context) -> Iterator[Change]:
    """Yield one change for each parameter that may come without its `None`."""
    name, around = target.name.value, at.around(cst.FunctionDef, node=target)
    if target.decorators or around is not None or (name.startswith("_") and name != "__init__"):
        return
    places = [*target.params.posonly_params, *target.params.params]
    named = target.params.kwonly_params
    optional = [each for each in places if each.default is not None]
    if len(optional) + len(named) > MANY:
        return
    for param in (*optional[:1], *(named if len(named) == 1 else ())):
        if _is_none(param.default) and not _is_left_out(param, target, at):
            yield cut(param.annotation or param.name, param.default or param, after=True)


def _is_none(node: cst.BaseExpression | None) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def _is_left_out(param: cst.Param, function: cst.FunctionDef, at: Context) -> bool:
    """Whether a call in sight says nothing of a parameter."""
    made = at.klass if function.name.value == "__init__" else None
    name = (made or function).name.value
    params = function.params
    places = [each.name.value for each in (*params.posonly_params, *params.params)]
    places = places[1:] if places[:1] in (["self"], ["cls"]) else places
    calls = at.facts.call_graph.calls_by_name.get(name, ())
    return any(not _is_given(param.name.value, places, call) for call in calls)


def _is_given(name: str, places: list[str], call: cst.Call) -> bool:
    if any(arg.star or (arg.keyword and arg.keyword.value == name) for arg in call.args):
        return True
    placed = sum(arg.keyword is None for arg in call.args)
    return name in places[:placed]
