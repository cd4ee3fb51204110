"""Hand over a whole object where one of its parts was meant: `drop(request.id)` becomes `drop(request)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.nodes import last_name
from generator.operators.uses import uses
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

ASKING = frozenset(
    "isinstance getattr hasattr setattr type len int float format range min max sum abs round".split()
)
"""Callees that complain at once, or for which the difference is the point."""
PARTS = frozenset(
    "id ids pk uuid key name number code value title label slug ref reference".split()
)
"""Words for the part of an object by which it is known."""


@operator(
    family="dataflow",
    change="expression",
    story="The neighbours take the whole object, so this call got it as well; this one wants only a part of it.",
    symptom="Something is looked up, stored or shown under the object itself, and never found again.",
    hint="For every call, compare what is handed over with what the callee does with it.",
    evidence=[
        "wrong identifier, attribute, function or receiver: over a third of labelled single-statement fixes in Python",
        "celery: a finished request was to be removed by itself where its id was the key",
    ],
    examples=[
        Example(
            "def ready(request, active, known):\n    known.pop(request.id, None)  # é\n    active.discard(request)\n",
            "def ready(request, active, known):\n    known.pop(request, None)  # é\n    active.discard(request)\n",
        ),
        Example(
            "def save(self, order):\n    check(order)\n    self.put(\n        # by its number\n        key = order . number,\n        order=order,\n    )\n",
            "def save(self, order):\n    check(order)\n    self.put(\n        # by its number\n        key = order,\n        order=order,\n    )\n",
        ),
        Example(
            "def end(rows, job):\n\tprint(job); rows.remove(job.id)\n\tlog(job)\n",
            "def end(rows, job):\n\tprint(job); rows.remove(job)\n\tlog(job)\n",
        ),
    ],
    untouched=[
        "def f(request, known):\n    known.pop(request.id, None)\n",
        "def f(request: Request, known):\n    known.pop(request.id, None)\n    use(request)\n",
        "def f(request, known):\n    known.pop(request, request.id)\n    use(request)\n",
        "def f(self, known):\n    known.pop(self.id)\n    use(self)\n",
        "import os\n\n\ndef f(file):\n    os.remove(file.name)\n    use(file)\n",
        "def f(request):\n    use(request)\n    return len(request.id)\n",
    ],
)
def whole_for_part(target: cst.Attribute, at: Context) -> Iterator[Change]:
    """Yield the object in the place of its part, where nothing is told of types."""
    arg, whole = at.parent(), target.value
    call = at.parent(arg) if isinstance(arg, cst.Arg) else None
    if not isinstance(call, cst.Call) or not isinstance(whole, cst.Name) or at.function is None:
        return
    if PARTS.isdisjoint(words(target.attr.value)) or _is_of_a_module(call, at):
        return
    if whole.value not in at.variables(target) or whole.value in {"self", "cls"}:
        return
    params = at.function.params
    told = any(each.annotation is not None for each in (*params.params, *params.kwonly_params))
    if told or at.function.returns is not None or last_name(call.func) in ASKING:
        return
    handed = [
        role for role in uses(at.source, at.function).roles[whole.value] if role[0] == "given"
    ]
    beside = {at.text(each.value) for each in call.args if each.keyword is None}
    plain = isinstance(arg, cst.Arg) and not arg.star
    if plain and handed and whole.value not in beside:
        yield replace(target, whole.value)


def _is_of_a_module(call: cst.Call, at: Context) -> bool:
    """Whether a library is called, which does not take the project's own objects: `os.remove(path)`."""
    return isinstance(call.func, cst.Attribute) and at.is_module(call.func.value)
