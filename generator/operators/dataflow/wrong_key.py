"""Look another key up in the same object: one that shares a word with the right one, or plays its opposite part."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.nodes import last_name
from generator.operators.repetition import would_ask_twice, would_repeat
from generator.operators.words import same_role, share_a_word, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.source import Source

LOOKUPS = frozenset({"get", "pop", "setdefault", "getlist", "getfirst"})
"""Methods that take a key first."""


@operator(
    family="dataflow",
    change="constant",
    story="The keys of the record were not looked up again, and one that sounds like the right one is in it too.",
    symptom="A value of the right kind turns up that belongs to another field, or is missing where it was set.",
    hint="Print one whole record, and follow each value that is used to the key that it came from.",
    evidence=[
        "numeric, boolean, string or type constant: 12.8 % of one-line fixes in payment-like libraries",
        "written from experience: no study at hand counts keys that were mixed up by themselves",
    ],
    examples=[
        Example(
            "use(row['id'])\nuse(row['request_id'])\n",
            "use(row['request_id'])\nuse(row['request_id'])\n",
        ),
        Example(
            "use(row[ \"start\" ], 1)  # é\nx = row['end']\n",
            "use(row[ \"end\" ], 1)  # é\nx = row['end']\n",
        ),
        Example(
            "a = conf.get('min_size', 1)\nb = conf.get(\n    'max_size',  # at most\n    2,\n)\n",
            "a = conf.get('min_size', 1)\nb = conf.get(\n    'min_size',  # at most\n    2,\n)\n",
        ),
        Example(
            "if 'paid_at' in self.row:\n    use(self.row['paid_at'], row['sent_at'])\n",
            "if 'sent_at' in self.row:\n    use(self.row['paid_at'], row['sent_at'])\n",
        ),
    ],
    untouched=[
        "use(row['start'], row['end'])\n",
        "use(row['name'])\nuse(row['city'])\n",
        "row['start'] = 1\nrow['end'] = 2\n",
        "use(a['start'])\nuse(b['end'])\n",
        "use(d.find('start'))\nuse(d.find('end'))\n",
    ],
)
def wrong_key(target: cst.SimpleString, at: Context) -> Iterator[Change]:
    """Yield one change for each key that could be taken for this one."""
    asked = _asked(target, at.source)
    key = target.evaluated_value
    if asked is None or not isinstance(key, str) or not at.is_read(_lookup(target, at)):
        return
    beside = at.text(at.alongside(target))
    for other in _keys(at.source).get(asked, ()):
        if not _could_be(key, other) or f"'{other}'" in beside or f'"{other}"' in beside:
            continue
        text = f"{target.prefix}{target.quote}{other}{target.quote}"
        if not would_repeat(at, target, text) and not would_ask_twice(at, target, text):
            yield replace(target, text)


def _could_be(key: str, other: str) -> bool:
    alike = same_role(key, other) or share_a_word(key, other)
    case = (key.isupper(), key.islower()) == (other.isupper(), other.islower())
    return key.lower() != other.lower() and alike and case


def _lookup(target: cst.SimpleString, at: Context) -> cst.CSTNode:
    """The whole expression that looks a key up."""
    return at.around(cst.Subscript, cst.Call, cst.Comparison) or target


def _asked(node: cst.SimpleString, source: Source) -> str | None:
    """The name of what a key is looked up in; None where it is no key."""
    parent = source.parent(node)
    around = source.parent(parent) if parent is not None else None
    match parent, around:
        case cst.Index(), cst.SubscriptElement():
            whole = source.parent(around)
            return last_name(whole.value) or None if isinstance(whole, cst.Subscript) else None
        case cst.Arg(keyword=None), cst.Call(func=cst.Attribute(value=value, attr=attr), args=args):
            return (
                (last_name(value) or None) if attr.value in LOOKUPS and args[0] is parent else None
            )
        case cst.Comparison(
            comparisons=[cst.ComparisonTarget(operator=cst.In() | cst.NotIn(), comparator=value)]
        ), _:
            return last_name(value) or None
    return None


@functools.lru_cache(maxsize=4)
def _keys(source: Source) -> Mapping[str, tuple[str, ...]]:
    """The keys that a module looks up, by the name of what it looks them up in, in the order they come."""
    found: dict[str, dict[str, None]] = {}
    for node in source.nodes(cst.SimpleString):
        name = _asked(node, source) if isinstance(node, cst.SimpleString) else None
        key = node.evaluated_value if isinstance(node, cst.SimpleString) else None
        if name is not None and isinstance(key, str) and words(key):
            found.setdefault(name, {})[key] = None
    return {name: tuple(keys) for name, keys in found.items()}
