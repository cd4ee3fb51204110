"""Don't call what the base does: `super().__init__(...)`, `super().close()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

MARKERS = frozenset("object ABC Protocol Generic NamedTuple TypedDict Enum".split())
"""Bases whose methods do nothing that could be missed."""


@operator(
    family="contract",
    change="call",
    story="The method was written as if the class stood alone; what its base does in the same method was not looked at.",
    symptom="What every class of the kind does is not done by this one.",
    hint="For each method that the base has too, ask what the base does there and who does it now.",
    evidence=[
        "tenacity: an exception handed its arguments to its base only since a fix, so that its args were empty",
        "missing conversion, wrapper or method call: 11.9 % of labelled single-statement fixes in Python",
    ],
    examples=[
        Example(
            "class Refused(Exception):\n    def __init__(self, code):\n        self.code = code\n        super(Refused, self).__init__(code)  # for pickle\n",
            "class Refused(Exception):\n    def __init__(self, code):\n        self.code = code\n",
        ),
        Example(
            "class Cache(Store):\n    def close(self):\n        # what was not written yet\n        self.flush()\n\n        super().close()\n",
            "class Cache(Store):\n    def close(self):\n        # what was not written yet\n        self.flush()\n",
        ),
        Example(
            "class Cache(Store):\n\tdef __init__(self, größe):\n\t\tStore.__init__( self,\n\t\t\tgröße)\n\t\tself.size = größe\n",
            "class Cache(Store):\n\tdef __init__(self, größe):\n\t\tself.size = größe\n",
        ),
        Example(
            "class Conn(Base):\n    async def stop(self):\n        await super().stop()\n        self.open = False\n",
            "class Conn(Base):\n    async def stop(self):\n        self.open = False\n",
        ),
    ],
    untouched=[
        "class A(B):\n    def __init__(self):\n        super().__init__()\n",
        "class A:\n    def __init__(self):\n        super().__init__()\n        self.a = 1\n",
        "class A(B):\n    def __init__(self, a, b):\n        super().__init__(a)\n        self.b = b\n",
        "class A(B):\n    def f(self):\n        a = super().f()\n        return a\n",
        "class A(B):\n    def f(self):\n        self.g()\n        return super().f()\n",
        "class A(Protocol):\n    def __init__(self):\n        super().__init__()\n        self.a = 1\n",
    ],
)
def missing_super(target: cst.Expr, at: Context) -> Iterator[Change]:
    """Yield the removal of the call."""
    line = at.parent()
    call = target.value.expression if isinstance(target.value, cst.Await) else target.value
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
        return
    if at.function is None or at.klass is None or not _has_a_base(at.klass):
        return
    if isinstance(call, cst.Call) and _reaches_the_base(call, at):
        change = removal.removed(at, line)
        if change is not None:
            yield change


def _has_a_base(klass: cst.ClassDef) -> bool:
    return any(last_name(each.value) not in MARKERS for each in klass.bases)


def _reaches_the_base(call: cst.Call, at: Context) -> bool:
    """Whether the same method of the base is called, on this object."""
    func = call.func
    if not isinstance(func, cst.Attribute) or at.function is None or at.klass is None:
        return False
    if func.attr.value != at.function.name.value:
        return False
    if isinstance(func.value, cst.Call):
        return at.text(func.value.func) == "super"
    bases = {at.text(each.value) for each in at.klass.bases}
    passes = bool(call.args) and at.text(call.args[0].value) == "self"
    return passes and at.text(func.value) in bases
