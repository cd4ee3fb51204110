"""Write a text that is looked up or compared in capitals, or without them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

NAME = re.compile(r"[A-Za-z][A-Za-z]+(?:[_-][A-Za-z]+)*")
LOOKUPS = frozenset({"get", "pop", "setdefault", "getenv", "startswith", "endswith", "first"})
SHORT = 4
"""Letters of a word that may be an abbreviation, and written in capitals."""


@operator(
    family="text",
    change="constant",
    story="The name was written as people write it, or as the other settings are written, and not as it is stored.",
    symptom="Something that is there is not found, on every system or on one of them.",
    hint="Compare what is looked for, letter by letter, with what is really stored.",
    evidence=[
        "werkzeug: os.name was compared with NT, where it is nt; celery: time_zone was looked up for TIME_ZONE",
        "numeric, boolean, string or type constant: 12.8 % of one-line fixes in payment-like libraries",
    ],
    examples=[
        Example(
            "import os\n\nif os.name == 'nt':\n    go()\n",
            "import os\n\nif os.name == 'NT':\n    go()\n",
        ),
        Example("zone = env.get( 'TIME_ZONE', \"é\" )\n", "zone = env.get( 'time_zone', \"é\" )\n"),
        Example(
            'size = headers[\n    "Content-Length"  # in bytes\n]\n',
            'size = headers[\n    "content-length"  # in bytes\n]\n',
        ),
        Example("if unit != 'EUR':  # é\n    go()\n", "if unit != 'eur':  # é\n    go()\n"),
    ],
    untouched=[
        "name = 'TIME_ZONE'\n",
        "if kind == 'paid_in_full':\n    go()\n",
        "if name.lower() == 'nt':\n    go()\n",
        "use(names['a'])\n",
        "if policy == 'skip':\n    go()\n",
        "if x == 'é':\n    go()\n",
        "d['KEY'] = 1\n",
        "if kind == 'csv':\n    go()\nelif 'csv' in kinds:\n    go()\n",
        "if kind == 'csv' or kind == 'tsv':\n    go()\n",
    ],
)
def letter_case(target: cst.SimpleString, at: Context) -> Iterator[Change]:
    """Yield the text in the other case."""
    name = target.evaluated_value
    if not isinstance(name, str) or not NAME.fullmatch(name) or not _is_looked_for(at):
        return
    if _is_written_elsewhere(name, at):
        return
    if not name.islower():
        yield _with(name.lower(), target)
    elif len(name) <= SHORT and _is_of_the_system(at):
        yield _with(name.upper(), target)


def _is_of_the_system(at: Context) -> bool:
    """Whether a text is compared with what a module says: `os.name`."""
    whole = at.parent(at.parent())
    left = whole.left if isinstance(whole, cst.Comparison) else None
    return isinstance(left, cst.Attribute) and at.is_module(left.value)


def _is_written_elsewhere(name: str, at: Context) -> bool:
    """Whether the right spelling stands in the module once more, or beside another text, and shows up the wrong one."""
    again = sum(at.source.data.count(f"{quote}{name}{quote}".encode()) for quote in "'\"")
    others = at.within(at.alongside(at.node), cst.ComparisonTarget)
    compared = [each for each in others if isinstance(each.comparator, cst.SimpleString)]
    beside = isinstance(at.parent(), cst.ComparisonTarget) and len(compared) > 1
    return again > 1 or beside


def _with(name: str, target: cst.SimpleString) -> Change:
    return replace(target, f"{target.prefix}{target.quote}{name}{target.quote}")


def _is_looked_for(at: Context) -> bool:
    """Whether a text is a key that is read, or is compared with a text whose case is as it comes."""
    parent = at.parent()
    match parent:
        case cst.Index():
            whole = at.around(cst.Subscript)
            return whole is not None and at.is_read(whole)
        case cst.Arg(keyword=None):
            call = at.parent(parent)
            return isinstance(call, cst.Call) and last_name(call.func) in LOOKUPS
        case cst.ComparisonTarget() | cst.Comparison():
            return _comes_as_it_is(at)
    return False


def _comes_as_it_is(at: Context) -> bool:
    whole = at.around(cst.Comparison)
    return whole is not None and last_name(whole.left) not in {
        "lower",
        "upper",
        "casefold",
        "title",
    }
