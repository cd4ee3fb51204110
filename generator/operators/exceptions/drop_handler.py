"""Don't handle one of the errors that may come: its `except` goes, the others or a `finally` stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_branch
from generator.operators import Example, operator, removal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

LONGEST = 12
"""Lines of a handler that a person could have not thought of."""


@operator(
    family="exceptions",
    change="structure",
    story="The errors that had been seen were handled, each in its way; one that comes seldom had not been seen.",
    symptom="One kind of failure is not dealt with: it goes up to a caller who doesn't expect it, or is taken for another.",
    hint="List the errors that can come out of the block, and find for each of them the lines that deal with it.",
    evidence=[
        "celery: a handler for ValueError beside the one for KeyError was added by a fix",
        "celery: a handler for SystemError in a check of a pid file was added by a fix",
    ],
    examples=[
        Example(
            "def route(key):\n    try:\n        return split(key)\n    except KeyError:\n        pass\n    except ValueError:\n        return {'queue': key}  # a plain name\n    return None\n",
            "def route(key):\n    try:\n        return split(key)\n    except KeyError:\n        pass\n    return None\n",
        ),
        Example(
            "from errors import Busy, Gone\n\n\ndef send(e):\n\ttry:\n\t\tpost(e)\n\t# später\n\texcept Busy as error:\n\t\tqueue(e, error)\n\n\texcept Gone: drop(e)\n",
            "from errors import Gone\n\n\ndef send(e):\n\ttry:\n\t\tpost(e)\n\n\texcept Gone: drop(e)\n",
        ),
        Example(
            "def send(e):\n    try:\n        post(e)\n    except KeyError as error:\n        queue(e, error)\n\n    # später\n    except OSError:\n        drop(e)\n\n    return e\n",
            "def send(e):\n    try:\n        post(e)\n    except KeyError as error:\n        queue(e, error)\n\n    return e\n",
        ),
        Example(
            "def work(job):\n    try:\n        job.run()\n    except OSError:\n        job.fail()\n    finally:\n        job.close()\n",
            "def work(job):\n    try:\n        job.run()\n    finally:\n        job.close()\n",
        ),
        Example(
            "def work(job):\n    try:\n        job.run()\n    except Cancelled:\n        raise\n    except Exception:\n        job.fail()\n",
            "def work(job):\n    try:\n        job.run()\n    except Exception:\n        job.fail()\n",
        ),
    ],
    untouched=[
        "def f():\n    try:\n        g()\n    except OSError:\n        h()\n",
        "try:\n    g()\nexcept OSError:\n    h()\nexcept ValueError:\n    i()\n",
        "def f(a):\n    try:\n        g()\n    except OSError:\n        h()\n    else:\n        i()\n    finally:\n        j()\n",
        "def f(a, b):\n    try:\n        g(a)\n    except OSError:\n        raise\n    finally:\n        h(a, b)\n",
        "def f():\n    try:\n        import g\n    except ImportError:\n        g = None\n    finally:\n        h(1)\n",
    ],
)
def drop_handler(target: cst.ExceptHandler, at: Context) -> Iterator[Change]:
    """Yield the removal of the handler."""
    around = at.parent()
    if at.function is None or not isinstance(around, cst.Try) or target.type is None:
        return
    others = [each for each in around.handlers if each is not target]
    if not others and (around.finalbody is None or around.orelse is not None):
        return
    if "ImportError" in at.names(target.type) or _lines(target, at) > LONGEST:
        return
    if _changes_nothing(target, around):
        return
    clearing = removal.clearing(at, target)
    if clearing is not None and not removal.abandons(at, target) and not _alone_gives(target, at):
        yield drop_branch(target) + clearing


def _lines(target: cst.ExceptHandler, at: Context) -> int:
    first, last = at.source.span(target)
    return at.source.data[first:last].strip().count(b"\n") + 1


def _changes_nothing(target: cst.ExceptHandler, around: cst.Try) -> bool:
    """Whether it only raises again what no handler below would catch."""
    match target.body.body:
        case [cst.SimpleStatementLine(body=[cst.Raise(exc=None)])] | [cst.Raise(exc=None)]:
            return around.handlers[-1] is target
    return False


def _alone_gives(target: cst.ExceptHandler, at: Context) -> bool:
    """Whether a name that is read below would have a value nowhere."""
    scope = at.source.scope(target)
    start, end = at.source.span(target)
    return any(
        all(start <= at.source.span(each.node)[0] < end for each in scope.bindings[name])
        and any(at.source.span(use)[0] >= end for use in scope.uses[name])
        for name in at.bound(target)
    )
