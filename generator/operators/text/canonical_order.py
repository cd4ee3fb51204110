"""Let the order of keys be what it happens to be: `sort_keys=True` goes, or the `sorted` before a join or a digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_item
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

ONE_FORM = frozenset(
    "digest sha256 sha1 md5 sign signature hmac fingerprint hash checksum etag urlencode canonical".split()
)
"""Words for what must be the same text for the same content."""


@operator(
    family="text",
    change="argument",
    story="The keys came in the same order each time it was tried, so putting them in order seemed to be for show.",
    symptom="The same content gives two texts, and what is compared or looked up by its text is not recognised.",
    hint="Build the same mapping in two orders and compare what comes out, to the byte.",
    evidence=[
        "celery: a bug that only showed with another PYTHONHASHSEED",
        "peewee: an order that the test relied on was no order of the database's",
    ],
    examples=[
        Example(
            "def key(fields):\n    return json.dumps(fields, sort_keys=True)  # é\n",
            "def key(fields):\n    return json.dumps(fields)  # é\n",
        ),
        Example(
            "def text(self):\n    return json.dumps(\n        self.fields,\n        # always the same\n        sort_keys=True,\n        indent=2,\n    )\n",
            "def text(self):\n    return json.dumps(\n        self.fields,\n        indent=2,\n    )\n",
        ),
        Example(
            "def mark(fields):\n    parts = [f'{k}={v}' for k, v in sorted(fields.items())]\n    return sha256('&'.join(parts).encode()).hexdigest()\n",
            "def mark(fields):\n    parts = [f'{k}={v}' for k, v in fields.items()]\n    return sha256('&'.join(parts).encode()).hexdigest()\n",
        ),
        Example(
            "def signature(self, fields):\n\treturn sign(self.key, urlencode(sorted( fields.items() )))\n",
            "def signature(self, fields):\n\treturn sign(self.key, urlencode(fields.items()))\n",
        ),
    ],
    untouched=[
        "def f(fields):\n    return json.dumps(fields, sort_keys=False)\n",
        "def f(fields):\n    return [k for k, v in sorted(fields.items())]\n",
        "def mark(fields):\n    return sha256(sorted(fields, key=len))\n",
        "def f(fields):\n    return dict(fields, sort_keys=1)\n",
    ],
)
def canonical_order(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield the text in no certain order."""
    for arg in target.args:
        named = arg.keyword is not None and arg.keyword.value == "sort_keys"
        if named and at.text(arg.value) == "True":
            yield drop_item(arg, target.args, target)
    match target:
        case cst.Call(func=cst.Name("sorted"), args=[cst.Arg(value=whole, star="", keyword=None)]):
            change = removal.unwrapped(at, target, whole) if _is_for_one_form(at) else None
            if change is not None and last_name(whole) in {"items", "keys"}:
                yield change


def _is_for_one_form(at: Context) -> bool:
    """Whether the function makes a text by which content is known."""
    if at.function is None:
        return False
    calls = {last_name(each.func) for each in at.within(at.function, cst.Call)}
    said = {word for name in (at.function.name.value, *calls) for word in (name, *words(name))}
    return not ONE_FORM.isdisjoint(said)
