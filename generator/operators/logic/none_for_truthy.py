"""Ask whether there is a value at all where its being empty or zero counts too: `if x` becomes `if x is not None`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.nodes import last_name
from generator.operators.repetition import would_ask_twice
from generator.operators.words import LIMITS, NUMBERS, TEXTS, TIMES, speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.source import Source

FLAGS = frozenset(
    """
    is has have can should must may was did does use uses with no not do allow allowed enable enabled disable disabled
    force strict debug verbose quiet active closed open done ready ok valid flag only auto dry used
    """.split()
)
"""Words for what is true or false, and never missing."""
EMPTY = LIMITS | NUMBERS | TEXTS | TIMES
"""Words for what can be zero or empty, and can be missing."""


@operator(
    family="logic",
    change="condition",
    story="The check for a missing value was made exact, as a rule of style asks for; that empty or zero had been meant too was not seen.",
    symptom="Zero, an empty text or an empty list is treated as if something had been given.",
    hint="Ask of each check for None what should happen with zero, with an empty text and with an empty list.",
    evidence=[
        "celery: an expiry of 0 was set on a key, with `is not None` where the plain value was right",
        "celery: a proxy that is false, and not None, was taken for an app that is there",
    ],
    examples=[
        Example(
            "if self.expires:\n    set_expiry(self.expires)\n",
            "if self.expires is not None:\n    set_expiry(self.expires)\n",
        ),
        Example(
            "from state import default\n\nif not default:  # é\n    start()\n",
            "from state import default\n\nif default is None:  # é\n    start()\n",
        ),
        Example(
            "def f(note, other):\n    if note is None:\n        return 1\n    while (\n        other\n        and note\n    ):\n        go()\n",
            "def f(note, other):\n    if note is None:\n        return 1\n    while (\n        other\n        and note is not None\n    ):\n        go()\n",
        ),
        Example("lines = x if path else y\n", "lines = x if path is not None else y\n"),
    ],
    untouched=[
        "if is_open:\n    go()\n",
        "def f(count: int):\n    if count:\n        go()\n",
        "if ready(amount):\n    go()\n",
        "total = amount\n",
        "if self.use_path:\n    go()\n",
        "if amount is not None and amount:\n    go()\n",
    ],
    general=True,
)
def none_for_truthy(target: cst.Name | cst.Attribute, at: Context) -> Iterator[Change]:
    """Yield the question for None."""
    if not at.is_tested() or not _may_be_missing(target, at):
        return
    parent, text = at.parent(), at.text(target)
    whole = parent if isinstance(parent, cst.UnaryOperation) else target
    asked = f"{text} is None" if isinstance(parent, cst.UnaryOperation) else f"{text} is not None"
    asked_already = f"{text} is " in at.text(at.alongside(whole))
    if not asked_already and not would_ask_twice(at, whole, asked):
        yield replace(whole, asked)


def _may_be_missing(target: cst.Name | cst.Attribute, at: Context) -> bool:
    """Whether nothing says that a value is there or is a flag, and something that it can be missing and can be empty."""
    name = last_name(target)
    if at.type_of(target) is not None and not at.can_be_none(target):
        return False
    if at.type_of(target) == "bool" or speaks_of(name, FLAGS):
        return False
    return speaks_of(name, EMPTY) or name in _asked_for(at.source) or _is_imported(target, at)


def _is_imported(target: cst.CSTNode, at: Context) -> bool:
    if not isinstance(target, cst.Name) or not target.value.islower():
        return False
    bindings = at.source.module_scope.bindings.get(target.value, ())
    return any(isinstance(at.parent(each.owner), cst.ImportFrom) for each in bindings)


@functools.lru_cache(maxsize=4)
def _asked_for(source: Source) -> frozenset[str]:
    """The names of what the module compares with None."""
    found = (node for node in source.nodes(cst.Comparison) if isinstance(node, cst.Comparison))
    return frozenset(
        last_name(each.left)
        for each in found
        if any(source.text(one.comparator) == "None" for one in each.comparisons)
    )
