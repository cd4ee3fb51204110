"""Leave one field out of the text or digest by which a repeated request is told from another one."""

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

MARKS = frozenset(
    """
    fingerprint digest hash checksum signature sign hmac etag sha256 sha1 md5 idempotency dedupe identity canonical
    blake2b
    """.split()
)
"""Words for what tells contents apart."""
SHORT = frozenset({"sign", "identity"})
"""Those of them that mean something else in a longer name."""


@operator(
    family="transaction",
    change="element",
    story="The field came later than the fingerprint, and nothing complains of a fingerprint that does not cover it.",
    symptom="Two requests that differ in one field only are taken for one, and the second is not carried out.",
    hint="Change one field at a time and see whether the fingerprint changes with it.",
    evidence=[
        "element missing from a collection: 3.6 % of labelled single-statement fixes in Python",
        "celery: self.app was missing from the arguments by which a result is made again",
    ],
    examples=[
        Example(
            "def fingerprint(self):\n    parts = [self.payer, self.payee, str(self.amount)]\n    return sha256('|'.join(parts).encode()).hexdigest()\n",
            "def fingerprint(self):\n    parts = [self.payer, self.payee]\n    return sha256('|'.join(parts).encode()).hexdigest()\n",
        ),
        Example(
            "def mark(order):\n    return digest(\n        {\n            'id': order.id,\n            # it may be changed\n            'note': order.note,  # é\n            'sum': order.sum,\n        }\n    )\n",
            "def mark(order):\n    return digest(\n        {\n            'id': order.id,\n            'sum': order.sum,\n        }\n    )\n",
        ),
        Example(
            "def __hash__(self):\n\treturn hash(( self.name,self.unit, self.at ))\n",
            "def __hash__(self):\n\treturn hash(( self.name,self.at ))\n",
        ),
        Example(
            "def fingerprint(*parts):\n    return md5(repr(parts)).hexdigest()\n\n\ndef send(order, at):\n    return fingerprint(order.id, order.sum, at), at\n",
            "def fingerprint(*parts):\n    return md5(repr(parts)).hexdigest()\n\n\ndef send(order, at):\n    return fingerprint(order.id, at), at\n",
        ),
    ],
    untouched=[
        "def __hash__(self):\n    return hash((self.name, self.unit))\n",
        "def split_digest(text):\n    head, _, tail = text.partition(':')\n    return tail, head, _\n",
        "def parts(self):\n    return [self.payer, self.payee]\n",
        "def fingerprint(self):\n    return sha256(self.text).hexdigest()\n",
        "def fingerprint(payer, payee):\n    return sha256('|'.join([payer, payee]))\n",
        "def fingerprint(self):\n    return join(['a', 'b'])\n",
        "def fingerprint(a, b):\n    return a.x + b.x\n\n\ndef f(a, b):\n    return fingerprint(a, b), a, b\n",
    ],
)
def idempotency_hash_part(
    target: cst.List | cst.Tuple | cst.Dict | cst.Call, at: Context
) -> Iterator[Change]:
    """Yield one change for each field that could be missing."""
    items = target.args if isinstance(target, cst.Call) else target.elements
    fewest = 2 if isinstance(target, cst.Tuple) else 1
    if len(items) <= fewest or not _tells_apart(target, at):
        return
    for item in items:
        value = item.value
        varies = isinstance(value, cst.Attribute | cst.Name | cst.Call | cst.FormattedString)
        clearing = removal.clearing(at, item) if varies else None
        if clearing is not None:
            yield drop_item(item, items, target) + clearing


def _tells_apart(target: cst.List | cst.Tuple | cst.Dict | cst.Call, at: Context) -> bool:
    """Whether contents are told apart by what is listed here."""
    if isinstance(target, cst.Call):
        signature = at.signature(target)
        free = signature is not None and any(each.kind == "star" for each in signature.parameters)
        plain = all(each.keyword is None and not each.star for each in target.args)
        return free and plain and _speaks(last_name(target.func))
    for around in at.ancestors():
        if isinstance(around, cst.AssignTarget | cst.For | cst.CompFor):
            return False
        if isinstance(around, cst.Call) and _speaks(last_name(around.func)):
            return True
        if isinstance(around, cst.FunctionDef):
            return _speaks(around.name.value)
        if isinstance(around, cst.BaseCompoundStatement | cst.Subscript | cst.Comparison):
            return False
    return False


def _speaks(name: str) -> bool:
    return name in MARKS or not (MARKS - SHORT).isdisjoint(words(name))
