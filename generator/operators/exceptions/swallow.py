"""Let a failure end in its handler: the `raise` at its end goes, or becomes `continue` or an empty answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import remove, replace
from generator.operators import Example, operator, removal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

STOPPING = frozenset({"KeyboardInterrupt", "SystemExit", "GeneratorExit", "CancelledError"})
"""What nobody holds back by mistake."""
EMPTY = {
    "bool": "False", "list": "[]", "List": "[]", "Sequence": "[]", "dict": "{}", "Dict": "{}", "Mapping": "{}",
    "int": "0", "float": "0.0", "tuple": "()", "Tuple": "()", "set": "set()", "str": '""',
}  # fmt: skip
"""The answers that look like nothing found, by what a function says it returns."""
PREFIX = re.compile(r"^(?:t|typing|cabc|abc|collections\.abc)\.")
NOTHING = frozenset({"None", "False", "[]", "{}", "()", "0", '""', "''", "set()"})


@operator(
    family="exceptions",
    change="structure",
    story="The handler was written so that one failure would not stop everything, and passing the failure on was forgotten.",
    symptom="Something fails, and whoever asked for it is told nothing.",
    hint="Make each step inside the handled block fail, and see what the caller gets to know.",
    evidence=[
        "celery: `if not package: raise` was added to a handler by a fix",
        "written from experience: no study at hand counts handlers that keep a failure to themselves",
    ],
    examples=[
        Example(
            "def send(event):\n    try:\n        post(event)\n    except OSError:\n        logger.exception('not sent')\n        raise\n",
            "def send(event):\n    try:\n        post(event)\n    except OSError:\n        logger.exception('not sent')\n",
        ),
        Example(
            "def read(rows):\n    found = []\n    for row in rows:\n        try:\n            made = parse(row)\n        except ValueError as error:\n            raise BadRow(row) from error  # for now\n        found.append(made)\n    return found, BadRow\n",
            "def read(rows):\n    found = []\n    for row in rows:\n        try:\n            made = parse(row)\n        except ValueError:\n            continue  # for now\n        found.append(made)\n    return found, BadRow\n",
        ),
        Example(
            "def load(path) -> dict[str, int]:\n    try:\n        return parse(path)\n    except OSError as e:\n        print(e)\n        raise Missing(\n            path,\n        ) from e\n\n\nclass Missing(Exception): ...\n",
            "def load(path) -> dict[str, int]:\n    try:\n        return parse(path)\n    except OSError as e:\n        print(e)\n        return {}\n\n\nclass Missing(Exception): ...\n",
        ),
        Example(
            "@contextmanager\ndef begun(db):\n    try:\n        yield\n    except BaseException:\n        db.rollback()\n        raise\n    finally:\n        db.close()\n",
            "@contextmanager\ndef begun(db):\n    try:\n        yield\n    except BaseException:\n        db.rollback()\n    finally:\n        db.close()\n",
        ),
        Example(
            "def find(key):\n    try:\n        return table()[key]\n    except KeyError as error:\n        raise Unknown(key) from error\n\n\nclass Unknown(Exception): ...\n",
            "def find(key):\n    try:\n        return table()[key]\n    except KeyError:\n        return None\n\n\nclass Unknown(Exception): ...\n",
        ),
    ],
    untouched=[
        "def f():\n    try:\n        g()\n    except OSError:\n        print('no')\n",
        "def f():\n    try:\n        g()\n    except OSError:\n        raise\n    except Exception:\n        h()\n",
        "try:\n    import g\nexcept ImportError:\n    print('no')\n    raise\n",
        "def f() -> Money:\n    try:\n        return g()\n    except OSError as e:\n        raise Bad from e\n",
        "def f() -> Money:\n    try:\n        a = g()\n    except OSError:\n        h()\n        raise\n    return a\n",
        "def f():\n    try:\n        return g()\n    except OSError as e:\n        # with its name\n        raise Bad from e\n",
        "def f() -> NoReturn:\n    try:\n        g()\n    except OSError:\n        h()\n        raise\n",
        "def f():\n    try:\n        g()\n    except KeyboardInterrupt:\n        print('bye')\n        raise\n",
    ],
)
def swallow(target: cst.ExceptHandler, at: Context) -> Iterator[Change]:
    """Yield what the handler looks like when it does not raise at its end."""
    line = target.body.body[-1]
    last = line.body[-1] if isinstance(line, cst.SimpleStatementLine) else None
    around = at.parent()
    if not isinstance(last, cst.Raise) or not isinstance(around, cst.Try) or at.function is None:
        return
    only = len(target.body.body) == 1
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
        return
    if (only and last.exc is None) or at.names(target) & STOPPING & _caught(target, at):
        return
    clearing = removal.clearing(at, last)
    if clearing is None:
        return
    goes_on = _can_go_on(around, at)
    falls = goes_on and not (_answers(at.function, at) and _is_the_end(around, at))
    if not only and falls and not _never_returns(at.function, at):
        yield remove(line) + clearing
    elif _is_explained(line):
        return
    elif _is_in_a_loop(around, at):
        yield replace(last, "continue") + clearing
    elif (answer := _nothing(at.function, at)) is not None:
        yield replace(last, answer) + clearing


def _caught(target: cst.ExceptHandler, at: Context) -> frozenset[str]:
    return at.names(target.type) if target.type is not None else frozenset()


def _can_go_on(around: cst.Try, at: Context) -> bool:
    """Whether nothing below reads what only the part that failed gives a value."""
    made = at.bound(around) - at.variables(around).keys()
    end = at.source.span(around)[1]
    scope = at.source.scope(around)
    return not any(at.source.span(use)[0] >= end for name in made for use in scope.uses[name])


def _is_the_end(around: cst.CSTNode, at: Context) -> bool:
    """Whether the function ends where a statement ends, without another round of a loop."""
    node = around
    for each in at.ancestors(around):
        if isinstance(each, cst.IndentedBlock):
            if each.body[-1] is not node:
                return False
        elif isinstance(each, cst.FunctionDef):
            return True
        elif isinstance(each, cst.For | cst.While):
            return False
        else:
            node = each
    return True


def _is_in_a_loop(around: cst.CSTNode, at: Context) -> bool:
    node = around
    for each in at.ancestors(around):
        if isinstance(each, cst.FunctionDef):
            return False
        if isinstance(each, cst.For):
            return node is each.body
        if isinstance(each, cst.While):
            return False  # the same would be tried for ever
        node = each
    return False


def _is_explained(line: cst.SimpleStatementLine) -> bool:
    """Whether a comment above a line tells what it is for."""
    return any(each.comment is not None for each in line.leading_lines)


def _told(function: cst.FunctionDef, at: Context) -> str:
    """What a function says that it returns."""
    text = at.text(function.returns.annotation).strip("\"'") if function.returns else ""
    return PREFIX.sub("", text)


def _never_returns(function: cst.FunctionDef, at: Context) -> bool:
    return _told(function, at) in {"NoReturn", "Never"}


def _returns(function: cst.FunctionDef, at: Context) -> tuple[cst.Return, ...]:
    found = at.within(function.body, cst.Return)
    return tuple(each for each in found if at.around(cst.FunctionDef, node=each) is function)


def _answers(function: cst.FunctionDef, at: Context) -> bool:
    """Whether a function returns values."""
    return any(each.value is not None for each in _returns(function, at))


def _nothing(function: cst.FunctionDef, at: Context) -> str | None:
    """How the function says that there is nothing to return."""
    if any(at.source.scope(each).node is function for each in at.within(function, cst.Yield)):
        return "return"
    told = _told(function, at)
    values = [each.value for each in _returns(function, at)]
    if not any(value is not None for value in values):
        return "return" if told in {"", "None"} else None
    texts = [at.text(value) for value in values if value is not None]
    used = next((text for text in texts if text in NOTHING), None)
    if used is not None:
        return f"return {used}"
    if not told or told.startswith("Optional[") or told.endswith("| None"):
        return "return None"
    kind = told.partition("[")[0]
    fixed = kind in {"tuple", "Tuple"} and "..." not in told
    found = None if fixed else EMPTY.get(kind)
    return f"return {found}" if found else None
