"""Let what is tried fail openly: the body of a `try` stays, its handlers go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, remove, unwrap
from generator.operators import Example, operator, removal
from generator.operators.nodes import jumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.context import Context

LONGEST = 12
"""Lines of handlers that a person could have not thought of."""


@operator(
    family="exceptions",
    change="structure",
    story="It never failed where it was tried out, so that nothing was written down for the case that it does.",
    symptom="One kind of input, or one moment, ends everything with an error that used to be dealt with.",
    hint="Ask of every call which errors it documents, and who catches them.",
    evidence=[
        "tinydb: the length of a table that is not there yet is nought, since a fix that added a `try`",
        "cachetools: a value too large to be kept is handed out all the same, since a fix that added a `try`",
        "celery and thefuck: an index that may be past the end was handled by a fix",
    ],
    examples=[
        Example(
            "def size(tables, name):\n    try:\n        return len(tables[name])\n    except KeyError:\n        return 0\n",
            "def size(tables, name):\n    return len(tables[name])\n",
        ),
        Example(
            "def keep(self, key):\n    value = self.make(key)\n\n    # may be too large\n    try:\n        self[key] = value  # größe\n    except ValueError:\n        pass  # then not\n\n    return value\n",
            "def keep(self, key):\n    value = self.make(key)\n\n    # may be too large\n    self[key] = value  # größe\n\n    return value\n",
        ),
        Example(
            "from errors import Bad, Missing\n\n\ndef read(rows):\n\tfor row in rows:\n\t\ttry:\n\t\t\tn = int(row)\n\t\texcept Bad:\n\t\t\tcontinue\n\t\telse:\n\t\t\t# fine\n\t\t\tsave(n, Missing)\n",
            "from errors import Missing\n\n\ndef read(rows):\n\tfor row in rows:\n\t\tn = int(row)\n\t\t# fine\n\t\tsave(n, Missing)\n",
        ),
        Example(
            "def find(rows, key):\n    try:\n        return rows[key]\n    except KeyError:\n        pass\n    return None\n",
            "def find(rows, key):\n    return rows[key]\n",
        ),
        Example(
            "def load(path):\n    try:\n        return parse(path)\n    except OSError as error:\n        raise Missing(path) from error\n\n\nclass Missing(Exception): ...\n",
            "def load(path):\n    return parse(path)\n\n\nclass Missing(Exception): ...\n",
        ),
    ],
    untouched=[
        "def f():\n    try:\n        import g\n    except ImportError:\n        g = None\n    return g\n",
        "def f():\n    try:\n        g()\n    finally:\n        h()\n",
        "def f(a):\n    try:\n        g(a)\n    except OSError:\n        b = 1\n    else:\n        return 2\n    return b\n",
        "try:\n    g()\nexcept OSError:\n    h()\n",
        "def f(a, b):\n    try:\n        return a()\n    except OSError:\n        return b\n",
        "def f(rows):\n    for row in rows:\n        try:\n            return g(row)\n        except OSError:\n            continue\n    return None\n",
        "def f():\n    try:\n        g()\n    except KeyError:\n        raise\n",
    ],
)
def drop_try(target: cst.Try, at: Context) -> Iterator[Change]:
    """Yield the body of the `try` without what handles its failures."""
    if at.function is None or target.finalbody is not None or not at.block(target):
        return
    body, then = target.body, target.orelse.body if target.orelse else None
    if not isinstance(body, cst.IndentedBlock) or not isinstance(then, cst.IndentedBlock | None):
        return
    if _is_its_own(target, at) or _lines(target, at) > LONGEST or _changes_nothing(target):
        return
    kept = (body,) if then is None else (body, then)
    rest = at.after(target) if jumps(kept[-1]) else ()
    if len(rest) > 1 or (jumps(kept[-1]) and _is_in_a_loop(at)):
        return
    clearing = removal.clearing(at, target, *rest, kept=kept)
    if clearing is None or removal.unbound(at, target, kept=kept):
        return
    if not removal.abandons(at, target, *rest, kept=kept):
        yield unwrap(target, *kept) + (remove(*rest) if rest else Change(())) + clearing


def _is_its_own(target: cst.Try, at: Context) -> bool:
    """Whether what is tried is an import, or raises what is handled itself."""
    return next(at.within(target.body, cst.Import, cst.ImportFrom, cst.Raise), None) is not None


def _lines(target: cst.Try, at: Context) -> int:
    first, last = at.source.span(target.handlers[0])[0], at.source.span(target.handlers[-1])[1]
    return at.source.data[first:last].strip().count(b"\n") + 1


def _changes_nothing(target: cst.Try) -> bool:
    """Whether every handler only raises again."""
    return all(_only_raises(each) for each in target.handlers)


def _only_raises(handler: cst.ExceptHandler) -> bool:
    match handler.body.body:
        case [cst.SimpleStatementLine(body=[cst.Raise(exc=None)])] | [cst.Raise(exc=None)]:
            return True
    return False


def _is_in_a_loop(at: Context) -> bool:
    """Whether a loop would be left in its first round."""
    return at.around(cst.For, cst.While, cst.FunctionDef) is not at.function
