"""Read the clock once, before a loop, where every round has to ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import move, remove
from generator.operators import Example, operator
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

CLOCKS = frozenset(
    "now time monotonic perf_counter time_ns monotonic_ns utcnow today clock timer _clock _now _timer _time".split()
)
"""What tells the time when it is called."""


@operator(
    family="time",
    change="structure",
    story="The time was needed in several places, so it was read once at the top, where no round of the loop comes by again.",
    symptom="What should end after a while goes on, or everything that happens later is dated like the first.",
    hint="Follow every variable that holds a time, and ask how old it may be when it is used.",
    evidence=[
        "celery: a loop that never reached its timeout, since what it counted did not go on",
        "written from experience: no study at hand counts clocks that are read too early",
    ],
    examples=[
        Example(
            "def wait(self, end):\n    while self.busy():\n        now = self.clock.now()  # é\n        if now >= end:\n            break\n        self.rest(end - now)\n",
            "def wait(self, end):\n    now = self.clock.now()  # é\n    while self.busy():\n        if now >= end:\n            break\n        self.rest(end - now)\n",
        ),
        Example(
            "def run(jobs, store):\n\tfor job in jobs:\n\t\tjob.do()\n\t\tat = time.time()\n\t\tstore.put(job, at)\n",
            "def run(jobs, store):\n\tat = time.time()\n\tfor job in jobs:\n\t\tjob.do()\n\t\tstore.put(job, at)\n",
        ),
        Example(
            "def wait(end):\n    now = monotonic()\n    while now < end:\n        rest()\n        # once more\n        now = monotonic()\n        tell(now)\n",
            "def wait(end):\n    now = monotonic()\n    while now < end:\n        rest()\n        tell(now)\n",
        ),
    ],
    untouched=[
        "def f(rows):\n    for row in rows:\n        now = row.clock.now()\n        save(row, now)\n",
        "def f(rows):\n    now = time.time()\n    for row in rows:\n        save(row, now)\n",
        "def f(rows):\n    for row in rows:\n        now = time.time()\n",
        "def f(rows):\n    for row in rows:\n        at = row.time\n        save(at)\n",
        "def f(ends):\n    while True:\n        now = ask(time.time())\n        use(now)\n",
    ],
)
def stale_now(target: cst.For | cst.While, at: Context) -> Iterator[Change]:
    """Yield the loop with its clock read before it."""
    if not isinstance(target.body, cst.IndentedBlock) or not at.block(target):
        return
    for line in target.body.body:
        name, value = _read(line)
        if not name or value is None or at.names(value) & at.bound(target):
            continue
        others = [each for each in target.body.body if each is not line]
        if not any(name in at.names(each) for each in others) or not others:
            continue
        bindings = at.source.scope(line).bindings[name]
        if len(bindings) == 1:
            yield move(line, before=target)
        elif len(bindings) == 2 and _is_given_above(name, target, at):
            yield remove(line)


def _read(line: cst.CSTNode) -> tuple[str, cst.BaseExpression | None]:
    """The name that a statement gives the time, and how it asks for it."""
    match line:
        case cst.SimpleStatementLine(
            body=[
                cst.Assign(
                    targets=[cst.AssignTarget(target=cst.Name(value=name))],
                    value=cst.Call(func=func) as value,
                )
            ]
        ) if last_name(func) in CLOCKS:
            return name, value
    return "", None


def _is_given_above(name: str, loop: cst.CSTNode, at: Context) -> bool:
    return any(_read(each)[0] == name for each in at.before(loop))
