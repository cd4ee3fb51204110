"""Note that something has been done before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import move
from generator.operators import Example, operator
from generator.operators.nodes import last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

DONE = frozenset(
    """
    seen done processed handled visited sent delivered completed complete finished applied known position offset cursor
    checkpoint last latest acked acknowledged consumed imported published notified synced flushed loaded initialized
    initialised ready emitted registered paid captured refunded booked posted undone expired settled stored saved
    written started connected opened built watermark attempts
    """.split()
)
"""Words for what remembers how far things have come."""
QUEUES = frozenset(
    "pending queue outbox inbox buffer buffered aside backlog todo waiting dirty unsent batch changes deferred".split()
)
"""Words for what still has to be done."""
MARKING = frozenset(
    {
        "add",
        "append",
        "update",
        "put",
        "set",
        "insert",
        "remember",
        "record",
        "save",
        "setdefault",
    }
)
STRIKING = frozenset({"clear", "discard", "remove", "popleft", "pop"})
VERBS = frozenset({"mark", "ack", "acknowledge", "remember", "checkpoint", "confirm"})
"""Methods that note something by their own name."""
IDLE = frozenset(
    """
    len int str float bool list tuple dict set frozenset sorted min max sum abs round type isinstance getattr print range
    format join strip lower upper split get items keys values copy time now monotonic debug info warning error exception
    append appendleft extend clear discard pop popleft setdefault sort reverse seek truncate
    """.split()
)
"""Calls that neither fail nor change anything, as far as one can tell."""
CLOCKS = frozenset({"now", "utcnow", "time", "monotonic", "today"})
KEEPING = frozenset({"add", "update", "remove", "insert", "put", "set"})
"""Calls that are no work where they only fill a local collection."""
RESETS = frozenset({"None", "False", "0", "[]", "{}", "()", '""', "''"})
REACH = 3
"""How many statements of work the mark may move above."""


@operator(
    family="transaction",
    change="structure",
    story="The line that takes note was put first, so that it would not be forgotten, or so that nothing would be done twice.",
    symptom="What failed once is never tried again: it counts as done.",
    hint="Let the work fail in the middle, and look at what the program believes afterwards.",
    evidence=[
        "written from experience: no study at hand counts marks that come before their work",
    ],
    examples=[
        Example(
            "def handle(self, event):\n    if event.id in self.seen:\n        return\n    self.apply(event)\n    self.seen.add(event.id)\n",
            "def handle(self, event):\n    if event.id in self.seen:\n        return\n    self.seen.add(event.id)\n    self.apply(event)\n",
        ),
        Example(
            "def take(self, event):\n    if event.kind == 'booked':\n        self.book(event)  # may fail\n\n    # so far so good\n    self.position = event.seq\n    return True\n",
            "def take(self, event):\n    # so far so good\n    self.position = event.seq\n    if event.kind == 'booked':\n        self.book(event)  # may fail\n\n    return True\n",
        ),
        Example(
            "def run(jobs, store):\n\tfor job in jobs:\n\t\tresult = job.run()\n\t\tstore.save(\n\t\t\tresult\n\t\t)\n\t\tstore.mark_done(job)\n",
            "def run(jobs, store):\n\tfor job in jobs:\n\t\tresult = job.run()\n\t\tstore.mark_done(job)\n\t\tstore.save(\n\t\t\tresult\n\t\t)\n",
        ),
        Example(
            "def run(self):\n    job = self.queue[0]\n    self.carry_out(job)\n    self.queue.popleft()\n",
            "def run(self):\n    job = self.queue[0]\n    self.queue.popleft()\n    self.carry_out(job)\n",
        ),
    ],
    untouched=[
        "def f(self, x):\n    n = self.work(x)\n    self.seen.add(n)\n",
        "def f(self, x):\n    n = len(x)\n    self.seen.add(x)\n    return n\n",
        "def f(self, x):\n    self.work(x)\n    self.rows.add(x)\n",
        "def f(xs):\n    seen = set()\n    for x in xs:\n        g(x)\n        seen.add(x)\n    return seen\n",
        "def f(self, x):\n    logger.info('working on %s', x)\n    self.seen.add(x)\n",
        "def f(self, x):\n    if x.bad:\n        return\n    self.seen.add(x)\n",
        "def flush(self):\n    self.write(self.pending)\n    self.pending.clear()\n",
        "def f(self, x):\n    self.work(x)\n    self.position = 0\n",
        "def f(self, x):\n    self.work(x)\n    self.last = self.other_work(x)\n",
        "def __init__(self, x):\n    self.work(x)\n    self.position = x\n",
    ],
)
def mark_before_do(target: cst.SimpleStatementLine, at: Context) -> Iterator[Change]:
    """Yield the move of the mark above the work: the nearest statement of it, and those before that."""
    if len(target.body) != 1 or at.function is None or _starts_over(at.function):
        return
    mark = _marked(target.body[0], at)
    if mark is None or not at.block(target) or not _outlives(mark, at):
        return
    needed = at.names(target)
    about = DONE | QUEUES
    place = at.text(mark) if about & set(words(last_name(mark))) else None
    for statement in at.before(target)[:REACH]:
        if at.bound(statement) & needed or not _can_be_jumped(statement, at):
            return
        if _sets_what_is_read(statement, target, at) or (
            place is not None and place in at.text(statement)
        ):
            return
        if _is_work(statement, at):
            yield move(target, before=statement)


def _starts_over(function: cst.FunctionDef) -> bool:
    """Whether a function has nothing behind it that could be done or not."""
    return function.name.value == "__init__" or bool(
        {"reset", "clear", "rebuild"} & set(words(function.name.value))
    )


def _marked(statement: cst.CSTNode, at: Context) -> cst.CSTNode | None:
    """What takes the note, where a statement is one."""
    match statement:
        case cst.Expr(value=cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(name)))):
            told, about = words(name), {*words(last_name(owner)), *words(name)[1:]}
            if not told:
                return None
            noted = told[0] in MARKING and about & DONE
            struck = name in STRIKING and about & QUEUES
            return owner if noted or struck or (told[0] in VERBS and len(told) > 1) else None
        case cst.Assign(targets=[cst.AssignTarget(target=place)], value=value):
            return place if _is_a_note(place) and _is_to_note(value, at) else None
        case cst.AugAssign(target=place, operator=cst.AddAssign()):
            return place if _is_a_note(place) else None
    return None


def _is_a_note(place: cst.BaseExpression) -> bool:
    return isinstance(place, cst.Attribute | cst.Subscript) and bool(
        DONE & set(words(last_name(place)))
    )


def _is_to_note(value: cst.BaseExpression, at: Context) -> bool:
    """Whether a value is at hand: work that is done in the same line can't be noted before."""
    calls = at.within(value, cst.Call, cst.Await)
    ready = all(isinstance(each, cst.Call) and last_name(each.func) in CLOCKS for each in calls)
    return ready and at.text(value) not in RESETS


def _outlives(mark: cst.CSTNode, at: Context) -> bool:
    """Whether somebody can see the mark after the work has failed."""
    root = mark
    while isinstance(root, cst.Attribute | cst.Subscript | cst.Call):
        root = root.func if isinstance(root, cst.Call) else root.value
    if not isinstance(root, cst.Name):
        return True
    local = at.variables(mark).get(root.value)
    if local is None or local.binding.kind in {"parameter", "for"}:
        return True
    return at.around(cst.Try, node=mark) is not None


def _can_be_jumped(statement: cst.CSTNode, at: Context) -> bool:
    """Whether the flow always goes on behind a statement."""
    if isinstance(statement, cst.FunctionDef | cst.ClassDef):
        return False
    leaving = at.within(statement, cst.Return, cst.Continue, cst.Break, cst.Raise, cst.Yield)
    return next(leaving, None) is None


def _sets_what_is_read(statement: cst.CSTNode, target: cst.CSTNode, at: Context) -> bool:
    """Whether the mark notes what a statement works out: `self.n = f()`, then `self.last = self.n`."""
    places = [
        *(each.target for each in at.within(statement, cst.AssignTarget)),
        *(each.target for each in at.within(statement, cst.AugAssign)),
    ]
    text = at.text(target)
    if any(at.text(p) in text for p in places if isinstance(p, cst.Attribute | cst.Subscript)):
        return True
    local = at.variables(target)
    filled = {_owner(call) for call in at.within(statement, cst.Call)} & at.names(target)
    return any(name in local and local[name].binding.kind == "assignment" for name in filled)


def _owner(call: cst.Call) -> str:
    """`rows` of `rows.append(1)`."""
    owner = call.func.value if isinstance(call.func, cst.Attribute) else None
    return owner.value if isinstance(owner, cst.Name) else ""


def _is_work(statement: cst.CSTNode, at: Context) -> bool:
    """Whether a statement calls something that may fail, and not only to write a log."""
    local = at.variables(statement)
    for call in at.within(statement, cst.Call):
        name = last_name(call.func)
        kept = name in KEEPING and _owner(call) in local
        first = at.text(call.args[0].value) if call.args else ""
        quiet = {"log", "debug", "report"} & set(words(name)) or first.endswith("logger")
        if name not in IDLE and not kept and not quiet:
            return True
    return False
