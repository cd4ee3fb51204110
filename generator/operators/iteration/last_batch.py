"""Forget what is left when the loop ends: the flush after it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import remove
from generator.operators import Example, operator, removal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

EMPTY = cst.List | cst.Dict | cst.SimpleString | cst.Integer


@operator(
    family="iteration",
    change="structure",
    story="What is done whenever enough has come together was put into the loop; that the last of it is never enough was overlooked.",
    symptom="The last few rows are missing, unless their number happens to fill the last batch.",
    hint="Try one row more than a full batch, and one row less.",
    evidence=[
        "written from experience: no study at hand counts batches that are never sent",
    ],
    examples=[
        Example(
            "def batches(rows, size):\n    batch = []\n    for row in rows:\n        batch.append(row)\n        if len(batch) == size:\n            yield batch\n            batch = []\n    if batch:  # é\n        yield batch\n",
            "def batches(rows, size):\n    batch = []\n    for row in rows:\n        batch.append(row)\n        if len(batch) == size:\n            yield batch\n            batch = []\n",
        ),
        Example(
            "def load(self, rows):\n    held = []\n    for row in rows:\n        held.append(row)\n        if len(held) > 99:\n            self.save(held)\n            held.clear()\n\n    # the rest\n    self.save(held)\n    return self.count\n",
            "def load(self, rows):\n    held = []\n    for row in rows:\n        held.append(row)\n        if len(held) > 99:\n            self.save(held)\n            held.clear()\n\n    return self.count\n",
        ),
        Example(
            "def words(text):\n\tword = ''\n\tfound = []\n\tfor char in text:\n\t\tif char == ' ':\n\t\t\tfound.append(word)\n\t\t\tword = ''\n\t\telse:\n\t\t\tword += char\n\tif word: found.append(word)\n\treturn found\n",
            "def words(text):\n\tword = ''\n\tfound = []\n\tfor char in text:\n\t\tif char == ' ':\n\t\t\tfound.append(word)\n\t\t\tword = ''\n\t\telse:\n\t\t\tword += char\n\treturn found\n",
        ),
    ],
    untouched=[
        "def f(rows):\n    found = []\n    for row in rows:\n        found.append(row)\n    if found:\n        save(found)\n    return 1\n",
        "def f(rows):\n    batch = []\n    for row in rows:\n        batch.append(row)\n        if len(batch) == 2:\n            save(batch)\n            batch = []\n    return batch\n",
        "def f(rows, batch):\n    for row in rows:\n        save(batch)\n        batch = [row]\n    if batch:\n        raise ValueError(batch)\n",
        "def f(rows):\n    print(rows)\n    if rows:\n        save(rows)\n    return rows\n",
    ],
)
def last_batch(target: cst.For | cst.While, at: Context) -> Iterator[Change]:
    """Yield the removal of what is done with the rest after the loop."""
    after = next(iter(at.after(target)), None)
    if after is None or not removal.can_go(at, after):
        return
    done = _flushed(after)
    if done is None:
        return
    held = _emptied(target, at) & at.names(done)
    if not held or not _is_done_in(target, done, at):
        return
    clearing = removal.clearing(at, after)
    if clearing is not None:
        yield remove(after) + clearing


def _flushed(after: cst.CSTNode) -> cst.CSTNode | None:
    """What is done with the rest: `if batch: save(batch)`, or `save(batch)` in any case."""
    match after:
        case cst.If(orelse=None, body=cst.IndentedBlock(body=[first, *_])):
            return _small(first)
        case cst.If(orelse=None, body=cst.SimpleStatementSuite(body=[first])):
            return first if isinstance(first, cst.Expr) else None
        case cst.SimpleStatementLine():
            return _small(after)
    return None


def _small(line: cst.CSTNode) -> cst.CSTNode | None:
    match line:
        case cst.SimpleStatementLine(body=[cst.Expr() as one]):
            return one
    return None


def _emptied(loop: cst.For | cst.While, at: Context) -> frozenset[str]:
    """The names that start anew inside the loop: `batch = []`, `batch.clear()`."""
    found: set[str] = set()
    for each in at.within(loop.body, cst.Assign):
        empty = isinstance(each.value, EMPTY) or at.text(each.value).endswith("()")
        some = [one.target for one in each.targets]
        found |= {one.value for one in some if empty and isinstance(one, cst.Name)}
    for call in at.within(loop.body, cst.Call):
        match call.func:
            case cst.Attribute(value=cst.Name(value=name), attr=cst.Name("clear")):
                found.add(name)
    return frozenset(found)


def _is_done_in(loop: cst.For | cst.While, done: cst.CSTNode, at: Context) -> bool:
    """Whether the loop does the same with what is full."""
    wanted = "".join(at.text(done).split())
    return any("".join(at.text(each).split()) == wanted for each in at.within(loop.body, cst.Expr))
