"""Let an option get lost between the function that takes it and the one that acts on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, drop_item
from generator.operators import Example, operator
from generator.operators.callers import argument, given, leaving, parameters, uses
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.context import Context


@operator(
    family="arguments",
    change="argument",
    story="The option was added at the outside and at the place that acts on it. The function in between was forgotten, or rewritten from an older copy.",
    symptom="An option is accepted and has no effect; what happens is what happens without it.",
    hint="Follow the option from the outermost call inwards until it is no longer handed on.",
    evidence=[
        "arguments missing: 11.4 % of one-line fixes in payment-like libraries, with wrong ones",
        "celery: events were sent without the fields that their caller gave",
        "celery: a result was reported to its chord without the result itself",
    ],
    examples=[
        Example(
            "from books import Books\n\n\nclass Api:\n    def __init__(self, books: Books):\n        self.books = books\n\n    def move(self, amount, *, day=None):\n        return self.books.move(amount, day=day)\n",
            "from books import Books\n\n\nclass Api:\n    def __init__(self, books: Books):\n        self.books = books\n\n    def move(self, amount, *, day=None):\n        return self.books.move(amount)\n",
            path="api.py",
            others=(
                (
                    "books.py",
                    "class Books:\n    def move(self, amount, *, day=None):\n        self.check(amount)\n        return self.book(amount, day=day)  # at once\n\n    def check(self, amount):\n        return amount > 0\n\n    def book(self, amount, day=None):\n        return amount, day\n",
                    "class Books:\n    def move(self, amount):\n        self.check(amount)\n        return self.book(amount)  # at once\n\n    def check(self, amount):\n        return amount > 0\n\n    def book(self, amount, day=None):\n        return amount, day\n",
                ),
            ),
        ),
        Example(
            "def plain(amount, mark='.'):\n    return str(amount).replace('.', mark)\n\n\ndef _row(\n    day,\n    amount,\n    mark,  # of decimals\n):\n    return [day, plain(amount, mark)]\n\n\ndef export(rows, mark=','):\n    return [_row(day, amount, mark) for day, amount in rows]\n",
            "def plain(amount, mark='.'):\n    return str(amount).replace('.', mark)\n\n\ndef _row(\n    day,\n    amount,\n):\n    return [day, plain(amount)]\n\n\ndef export(rows, mark=','):\n    return [_row(day, amount) for day, amount in rows]\n",
        ),
        Example(
            "def ask(url, tries=3):\n\treturn url, tries\n\n\ndef _fetch(name, *, tries):\n\treturn ask('é/' + name, tries=tries)\n\n\ndef fetch(name, tries=1):\n\treturn _fetch(name, tries=tries)\n",
            "def ask(url, tries=3):\n\treturn url, tries\n\n\ndef _fetch(name):\n\treturn ask('é/' + name)\n\n\ndef fetch(name, tries=1):\n\treturn _fetch(name)\n",
        ),
    ],
    untouched=[
        "def ask(url, tries):\n    return url, tries\n\n\ndef _fetch(name, tries):\n    return ask(name, tries)\n\n\ndef fetch(name, tries=1):\n    return _fetch(name, tries)\n",
        "def ask(url, tries=3):\n    return url, tries\n\n\ndef _fetch(name, tries):\n    print(tries)\n    return ask(name, tries)\n\n\ndef fetch(name, tries=1):\n    return _fetch(name, tries)\n",
        "def ask(url, tries=3):\n    return url, tries\n\n\ndef _fetch(name, tries):\n    return ask(name, tries)\n\n\ndef fetch(name, tries):\n    return _fetch(name, tries)\n",
        "def ask(url, tries=3):\n    return url, tries\n\n\ndef fetch(name, tries=3):\n    return ask(name, tries)\n",
        "def ask(url, tries=3):\n    return url, tries\n\n\ndef _fetch(name, tries=3):\n    return ask(name, tries)\n\n\ndef fetch(name, tries=1):\n    return _fetch(name, tries)\n\n\nWAYS = {'http': _fetch}\n",
        "def ask(url, tries=3):\n    return url, tries\n\n\ndef _fetch(name, tries=3):\n    return ask(name, tries)\n\n\nprint(_fetch('a', 3))\n",
    ],
)
def dropped_forwarding(target: cst.FunctionDef, at: Context) -> Iterator[Change]:
    """Yield the loss of each parameter that the function only hands on to somebody who can do without it."""
    for param in parameters(target):
        handed_on = [at.parent(use) for use in uses(param, target, at)]
        if not handed_on or not all(_can_go(each, at) for each in handed_on):
            continue
        handed_in = [each.arg for each in given(param, target, at)]
        if not any(_is_handed_on(arg, param) for arg in handed_in) or any(map(_is_told, handed_in)):
            continue
        rest = leaving(param, target, at, [each for each in handed_on if each is not None])
        if rest is not None:
            yield _no_longer_handed_on(handed_on, at) + rest


def _can_go(arg: cst.CSTNode | None, at: Context) -> bool:
    """Whether a parameter is handed on as it is, to a function of the project that has a default for it."""
    call = at.parent(arg) if isinstance(arg, cst.Arg) else None
    if not isinstance(arg, cst.Arg) or not isinstance(call, cst.Call) or arg.star:
        return False
    reached = at.facts.call_graph.callee(at.source, call)
    if reached is None:
        return False
    there = at.elsewhere(*reached)
    for each in parameters(reached[1]):
        if argument(call, each, reached[1], there) is arg:
            last = arg.keyword is not None or _is_last_positional(arg, call)
            return each.default is not None and last
    return False


def _is_last_positional(arg: cst.Arg, call: cst.Call) -> bool:
    positional = [each for each in call.args if each.keyword is None]
    return positional[-1] is arg and not any(each.star for each in call.args)


def _is_handed_on(arg: cst.Arg | None, param: cst.Param) -> bool:
    """Whether a caller has the option under the same name, and only hands it on itself."""
    held = arg is not None and isinstance(arg.value, cst.Name | cst.Attribute)
    return held and arg is not None and last_name(arg.value) == param.name.value


def _is_told(arg: cst.Arg | None) -> bool:
    """Whether a caller has a text of its own for it, which would be lost: who mends it types it in again."""
    return arg is not None and isinstance(arg.value, cst.BaseString)


def _no_longer_handed_on(handed_on: list[cst.CSTNode | None], at: Context) -> Change:
    change = Change(())
    for arg in handed_on:
        call = at.parent(arg)
        if arg is not None and isinstance(call, cst.Call):
            change += drop_item(arg, call.args, call)
    return change
