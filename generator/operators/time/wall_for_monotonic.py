"""Measure with the clock on the wall: `monotonic()` becomes `time()`, in a whole module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, replace
from generator.operators import Example, operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.context import Context

STEADY = {
    "monotonic": "time",
    "perf_counter": "time",
    "monotonic_ns": "time_ns",
    "perf_counter_ns": "time_ns",
}


@operator(
    family="time",
    change="name",
    story="The time was taken from the clock that comes to mind first, and it goes forward like any other on most days.",
    symptom="When the clock is set, waits last for ever, end at once, or take less than no time.",
    hint="Ask of every clock whether it is read to tell the time or to measure how long something takes.",
    evidence=[
        "the documentation of time names monotonic() as the clock that cannot go backwards",
        "written from experience: no study at hand counts clocks that can be set back",
    ],
    examples=[
        Example(
            "import time\n\n\ndef wait(until):\n    start = time.monotonic()  # é\n    while time . monotonic() - start < until:\n        step()\n",
            "import time\n\n\ndef wait(until):\n    start = time.time()  # é\n    while time . time() - start < until:\n        step()\n",
        ),
        Example(
            "from time import monotonic\n\n\nclass Cache:\n    def __init__(self, timer=monotonic):\n        self.timer = timer\n        self.made = monotonic()\n",
            "from time import time\n\n\nclass Cache:\n    def __init__(self, timer=time):\n        self.timer = timer\n        self.made = time()\n",
        ),
        Example(
            "import time as t\n\nSTART = t.perf_counter_ns()\n",
            "import time as t\n\nSTART = t.time_ns()\n",
        ),
    ],
    untouched=[
        "import time\n\n\ndef f():\n    return time.time()\n",
        "import clock\n\n\ndef f():\n    return clock.monotonic()\n",
        "from time import monotonic\n\n\ndef f(time):\n    return monotonic() - time\n",
        "from time import monotonic as now\n\n\ndef f():\n    return now()\n",
        "import time\n\n\ndef f():\n    return time.time() - time.monotonic()\n",
    ],
)
def wall_for_monotonic(target: cst.Import | cst.ImportFrom, at: Context) -> Iterator[Change]:
    """Yield the module with the other clock."""
    if not isinstance(target.names, cst.ImportStar) and at.function is None:
        for alias in target.names:
            steps = (
                _by_module(alias, at)
                if isinstance(target, cst.Import)
                else _by_name(target, alias, at)
            )
            if steps:
                yield Change(tuple(step for change in steps for step in change.steps))


def _by_module(alias: cst.ImportAlias, at: Context) -> list[Change]:
    """`import time`: every `time.monotonic` of the module."""
    if at.text(alias.name) != "time":
        return []
    name = at.text(alias.asname.name) if alias.asname else "time"
    reads = [
        each
        for each in at.within(at.source.module, cst.Attribute)
        if isinstance(each.value, cst.Name) and each.value.value == name
    ]
    if any(each.attr.value in STEADY.values() for each in reads):
        return []
    return [
        replace(each.attr, STEADY[each.attr.value]) for each in reads if each.attr.value in STEADY
    ]


def _by_name(target: cst.ImportFrom, alias: cst.ImportAlias, at: Context) -> list[Change]:
    """`from time import monotonic`: its import and every use."""
    from_time = target.module is not None and at.text(target.module) == "time"
    name = at.text(alias.name)
    if not from_time or alias.asname is not None or name not in STEADY:
        return []
    new = STEADY[name]
    taken = any(each.value == new for each in at.within(at.source.module, cst.Name))
    uses = at.source.module_scope.uses[name]
    if taken or not uses:
        return []
    return [replace(alias.name, new), *(replace(each, new) for each in uses)]
