"""Start a count or a collection at the wrong loop: before the outer one where each round should start anew, or in it where it
should go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import move
from generator.operators import Example, operator
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

EMPTY = frozenset(
    {"0", "0.0", "1", "[]", "{}", "set()", "dict()", "list()", '""', "''", "False", "None"}
)
GROWING = frozenset("append add extend update insert setdefault appendleft put push".split())


@operator(
    family="dataflow",
    change="structure",
    story="The line that starts the count was put with the other starting values, one loop too far out or too far in.",
    symptom="Later groups contain what belongs to earlier ones, or what was seen in the last round is forgotten.",
    hint="Ask for every count and every collection how long it should live, and run the code on two groups.",
    evidence=[
        "written from experience: no study at hand counts starting values in the wrong loop",
        "werkzeug: a handler around the whole loop where one for each round was right",
    ],
    examples=[
        Example(
            "def sums(groups):\n    for group in groups:\n        total = 0\n        for row in group:\n            total += row.amount\n        yield total\n",
            "def sums(groups):\n    total = 0\n    for group in groups:\n        for row in group:\n            total += row.amount\n        yield total\n",
        ),
        Example(
            "def fresh(rows):\n    seen = set()  # é\n\n    for row in rows:\n        # twice\n        if row.id in seen:\n            continue\n        seen.add(row.id)\n        yield row\n",
            "def fresh(rows):\n    for row in rows:\n        seen = set()  # é\n        # twice\n        if row.id in seen:\n            continue\n        seen.add(row.id)\n        yield row\n",
        ),
        Example(
            "def batches(files):\n\tfor file in files:\n\t\tprint(file)\n\t\tbatch: list[str] = []\n\t\tfor line in file:\n\t\t\tbatch.append(line)\n\t\tsave(file, batch)\n",
            "def batches(files):\n\tbatch: list[str] = []\n\tfor file in files:\n\t\tprint(file)\n\t\tfor line in file:\n\t\t\tbatch.append(line)\n\t\tsave(file, batch)\n",
        ),
    ],
    untouched=[
        "def f(rows):\n    total = 0\n    for row in rows:\n        total += row\n    return total\n",
        "def f(rows):\n    for row in rows:\n        total = row\n        total += 1\n        save(total)\n",
        "def f(rows):\n    for row in rows:\n        found = []\n        save(found)\n",
        "def f(rows):\n    total = 0\n    for row in rows:\n        print(row)\n        total = 0\n        for n in row:\n            total += n\n        save(total)\n    return total\n",
    ],
)
def accumulator_hoist(target: cst.For | cst.While, at: Context) -> Iterator[Change]:
    """Yield the move of each start out of the loop, and into it."""
    if not isinstance(target.body, cst.IndentedBlock) or not at.block(target):
        return
    for line in target.body.body[:-1]:
        name = _started(line, at)
        if name is not None and _grows_below(name, line, at):
            yield move(line, before=target)
    above = next(iter(at.before(target)), None)
    name = _started(above, at) if above is not None else None
    if above is not None and name is not None and _lives_in(name, target, above, at):
        yield move(above, before=target.body.body[0])


def _started(line: cst.CSTNode, at: Context) -> str | None:
    """The local that a statement starts empty, and nothing else gives a new value."""
    match line:
        case cst.SimpleStatementLine(
            body=[
                cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)
                | cst.AnnAssign(target=cst.Name(value=name), value=value)
            ]
        ) if value is not None and at.text(value) in EMPTY:
            made = [
                each for each in at.source.scope(line).bindings[name] if each.kind != "augmented"
            ]
            return name if len(made) == 1 else None
    return None


def _grows(name: str, within: cst.CSTNode, at: Context) -> bool:
    """Whether something is added to a local inside a statement."""
    for call in at.within(within, cst.Call):
        match call.func:
            case cst.Attribute(value=cst.Name(value=whole)):
                if whole == name and last_name(call.func) in GROWING:
                    return True
    written: list[cst.AugAssign | cst.AssignTarget] = [
        *at.within(within, cst.AugAssign),
        *at.within(within, cst.AssignTarget),
    ]
    for each in written:
        match each.target:
            case cst.Subscript(value=cst.Name(value=whole)):
                if whole == name:
                    return True
            case cst.Name(value=whole):
                if whole == name and isinstance(each, cst.AugAssign):
                    return True
    return False


def _grows_below(name: str, line: cst.CSTNode, at: Context) -> bool:
    """Whether an inner loop adds to it, and it is used after that."""
    below = at.after(line)
    loops = [n for n, each in enumerate(below) if isinstance(each, cst.For | cst.While)]
    growing = [n for n in loops if _grows(name, below[n], at)]
    return bool(growing) and any(name in at.names(each) for each in below[growing[0] + 1 :])


def _lives_in(name: str, loop: cst.For | cst.While, line: cst.CSTNode, at: Context) -> bool:
    """Whether it is read and added to inside a loop only, so that it is what one round tells the next."""
    start, end = at.source.span(loop)
    reads = [at.source.span(each)[0] for each in at.source.scope(line).uses[name]]
    head = loop.iter if isinstance(loop, cst.For) else loop.test
    inside = all(start < place < end for place in reads) and name not in at.names(head)
    asked = any(
        not isinstance(at.parent(each), cst.Attribute)
        for each in at.source.scope(line).uses[name]
        if isinstance(each, cst.Name)
    )
    return bool(reads) and inside and asked and _grows(name, loop.body, at)
