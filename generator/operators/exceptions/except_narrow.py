"""Catch less than may come: one type of several goes, or a child is caught in the place of its parent."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_item, replace
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name
from generator.operators.words import speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.changes import Change
    from generator.operators.context import Context

CHILDREN = {
    "UnicodeError": ("UnicodeDecodeError", "UnicodeEncodeError"), "OSError": ("FileNotFoundError",),
    "IOError": ("FileNotFoundError",), "EnvironmentError": ("FileNotFoundError",), "LookupError": ("KeyError", "IndexError"),
    "ArithmeticError": ("ZeroDivisionError",), "ConnectionError": ("ConnectionRefusedError",), "Exception": ("ValueError",),
    "json.JSONDecodeError": (), "sqlite3.Error": ("sqlite3.OperationalError",),
    "subprocess.SubprocessError": ("subprocess.CalledProcessError",), "requests.RequestException": ("requests.ConnectionError",),
    "requests.exceptions.RequestException": ("requests.exceptions.ConnectionError",),
}  # fmt: skip
"""What is caught where only one of the failures had been seen, by what is caught now."""
FILES = frozenset(
    "open read write path file files filename stat remove unlink rename rmdir mkdir listdir directory dir load".split()
)
"""Words of lines in which a file may be missing."""
MOST = 2
"""How many children of a project's own exception are thought of."""


@operator(
    family="exceptions",
    change="name",
    story="One failure had been seen, and just that one was caught; its siblings had not come up yet.",
    symptom="A failure of nearly the same kind is not handled as the others are.",
    hint="For each handler, name the other ways in which the same lines can fail.",
    evidence=[
        "werkzeug: ValueError beside IndexError, and UnicodeError for UnicodeEncodeError, were put in by fixes",
        "celery: AttributeError beside ImportError was put in by a fix",
        "wrong identifier, attribute, function or receiver: 37.8 % of labelled single-statement fixes in Python",
    ],
    examples=[
        Example(
            "def load(text):\n    try:\n        salt, data = text.split('?')\n    except (ValueError, IndexError):\n        return ()\n    return data, salt\n",
            "def load(text):\n    try:\n        salt, data = text.split('?')\n    except IndexError:\n        return ()\n    return data, salt\n",
        ),
        Example(
            "from errors import Busy, Gone, Slow\n\n\ndef send(e):\n    try:\n        post(e)\n    except (\n        Busy,\n        Gone,  # für immer\n        Slow,\n    ) as error:\n        tell(error)\n",
            "from errors import Busy, Slow\n\n\ndef send(e):\n    try:\n        post(e)\n    except (\n        Busy,\n        Slow,\n    ) as error:\n        tell(error)\n",
        ),
        Example(
            "def bind(name):\n\ttry:\n\t\tname = name.encode('idna')\n\texcept  UnicodeError as e:\n\t\traise BadHost() from e\n\treturn name\n",
            "def bind(name):\n\ttry:\n\t\tname = name.encode('idna')\n\texcept  UnicodeEncodeError as e:\n\t\traise BadHost() from e\n\treturn name\n",
        ),
        Example(
            "class BankError(Exception): ...\n\n\nclass Short(BankError): ...\n\n\ndef pay(n):\n    try:\n        take(n)\n    except BankError as error:  # too little\n        tell(error)\n",
            "class BankError(Exception): ...\n\n\nclass Short(BankError): ...\n\n\ndef pay(n):\n    try:\n        take(n)\n    except Short as error:  # too little\n        tell(error)\n",
        ),
        Example(
            "def f(path):\n    with suppress(OSError, KeyError):\n        path.close()\n",
            "def f(path):\n    with suppress(OSError):\n        path.close()\n",
        ),
    ],
    untouched=[
        "def f():\n    try:\n        g()\n    except KeyError:\n        h()\n",
        "try:\n    import g\nexcept (ImportError, AttributeError):\n    g = None\n",
        "def f():\n    try:\n        g()\n    except FileNotFoundError:\n        h()\n    except OSError:\n        i()\n",
        "def f():\n    try:\n        g()\n    except KeyError:\n        h()\n    except UnicodeDecodeError:\n        i()\n    except UnicodeEncodeError:\n        j()\n    except UnicodeError:\n        k()\n",
        "def f():\n    try:\n        g()\n    except Exception:  # noqa: BLE001\n        h()\n",
        "def f():\n    try:\n        return 1\n    except OSError:\n        return 2\n",
    ],
)
def except_narrow(target: cst.ExceptHandler | cst.Call, at: Context) -> Iterator[Change]:
    """Yield one change for each exception that could be missing, or be one of its children."""
    if at.function is None:
        return
    if isinstance(target, cst.Call):
        if at.text(target.func).rpartition(".")[2] == "suppress" and len(target.args) > 1:
            yield from _one_less(target.args, target, at)
        return
    around, kind = at.parent(), target.type
    if kind is None or not isinstance(around, cst.Try) or not _calls(around.body, at):
        return
    if isinstance(kind, cst.Tuple):
        yield from _one_less(kind.elements, kind, at)
    elif (
        b"noqa"
        not in at.source.data[at.source.span(kind)[1] : at.source.line_end(at.source.span(kind)[1])]
    ):
        caught = _caught(around, at)
        for child in _children(kind, at):
            clearing = removal.clearing(
                at, kind, kept=(kind,) if _same_module(kind, child, at) else ()
            )
            if child not in caught and clearing is not None and _may_come(child, around.body, at):
                yield replace(kind, child) + clearing


def _one_less(
    several: Sequence[cst.Arg | cst.BaseElement], whole: cst.BaseExpression, at: Context
) -> Iterator[Change]:
    for gone in several:
        rest = [each for each in several if each is not gone]
        clearing = removal.clearing(at, gone)
        if clearing is None or not rest or any(_covers(each, gone, at) for each in rest):
            continue
        if len(rest) == 1 and isinstance(whole, cst.Tuple):
            yield replace(whole, at.text(rest[0].value), parentheses=True) + clearing
        else:
            yield drop_item(gone, several, whole) + clearing


def _covers(one: cst.Arg | cst.BaseElement, other: cst.Arg | cst.BaseElement, at: Context) -> bool:
    """Whether what one catches takes in the other anyway."""
    wide, narrow = (_builtin(at.text(each.value)) for each in (one, other))
    return wide is not None and narrow is not None and issubclass(narrow, wide)


def _builtin(name: str) -> type | None:
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) else None


def _calls(body: cst.CSTNode, at: Context) -> bool:
    """Whether something may fail in a block in several ways, and it is no import."""
    imports = next(at.within(body, cst.Import, cst.ImportFrom), None)
    return imports is None and next(at.within(body, cst.Call, cst.Subscript), None) is not None


def _caught(around: cst.Try, at: Context) -> frozenset[str]:
    """The names of all that the handlers of a `try` catch."""
    return frozenset(
        at.text(each)
        for handler in around.handlers
        if handler.type is not None
        for each in (handler.type, *at.within(handler.type, cst.Name))
    )


def _may_come(child: str, body: cst.CSTNode, at: Context) -> bool:
    """Whether one could think of just that failure when reading what is tried."""
    named = (*at.within(body, cst.Attribute), *at.within(body, cst.Name))
    return child != "FileNotFoundError" or any(speaks_of(last_name(each), FILES) for each in named)


def _same_module(kind: cst.BaseExpression, child: str, at: Context) -> bool:
    return at.source.inner_text(kind).partition(".")[0] == child.partition(".")[0]


def _children(kind: cst.BaseExpression, at: Context) -> Iterator[str]:
    name = at.source.inner_text(kind)
    if name in CHILDREN:
        yield from CHILDREN[name]
        return
    found = at.project.definition(at.source, name)
    if found is None or not isinstance(found[1], cst.ClassDef):
        return
    children = [each for each in at.source.module_scope.bindings if _is_child(each, found[1], at)]
    yield from children[:MOST]


def _is_child(name: str, parent: cst.ClassDef, at: Context) -> bool:
    """Whether a name of the module is a class that has another one for a base."""
    found = at.project.definition(at.source, name)
    if found is None or not isinstance(found[1], cst.ClassDef):
        return False
    bases = (at.project.definition(found[0], found[0].text(each.value)) for each in found[1].bases)
    return any(base is not None and base[1] is parent for base in bases)
