"""Catch the parent of the exception that was meant, or simply everything."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator, removal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.source import Source

    Definition = tuple[Source, cst.FunctionDef | cst.ClassDef]

WIDEST = "Exception"
RARE = frozenset({"LookupError", "ArithmeticError", "UnicodeError", "BaseException", "object"})
"""Parents that nobody thinks of: their own parent is written."""
LEAVING = frozenset({"CancelledError", "Exit", "Abort"})
"""What is raised to leave, and not because something failed."""
PARENTS = {
    "sqlite3.IntegrityError": "sqlite3.Error", "sqlite3.OperationalError": "sqlite3.Error",
    "sqlite3.ProgrammingError": "sqlite3.Error", "sqlite3.DatabaseError": "sqlite3.Error",
    "sqlite3.InterfaceError": "sqlite3.Error", "sqlite3.DataError": "sqlite3.Error",
    "json.JSONDecodeError": "ValueError", "JSONDecodeError": "ValueError", "json.decoder.JSONDecodeError": "ValueError",
    "binascii.Error": "ValueError", "decimal.InvalidOperation": "decimal.DecimalException",
    "InvalidOperation": "DecimalException", "urllib.error.HTTPError": "urllib.error.URLError", "HTTPError": "URLError",
    "urllib.error.URLError": "OSError", "URLError": "OSError", "socket.timeout": "OSError", "socket.gaierror": "OSError",
    "ssl.SSLError": "OSError", "ssl.CertificateError": "ssl.SSLError", "shutil.Error": "OSError",
    "subprocess.CalledProcessError": "subprocess.SubprocessError", "subprocess.TimeoutExpired": "subprocess.SubprocessError",
    "configparser.NoSectionError": "configparser.Error", "configparser.NoOptionError": "configparser.Error",
    "requests.Timeout": "requests.RequestException", "requests.ConnectionError": "requests.RequestException",
    "requests.HTTPError": "requests.RequestException",
    "requests.exceptions.Timeout": "requests.exceptions.RequestException",
    "requests.exceptions.ConnectionError": "requests.exceptions.RequestException",
    "requests.exceptions.HTTPError": "requests.exceptions.RequestException",
}  # fmt: skip
"""Parents of well-known exceptions that are not builtins."""
DEPTH = 5
"""How far up the parents of a project's exceptions are followed."""
COMMON = frozenset(
    {"args", "with_traceback", "add_note", "__traceback__", "__cause__", "__context__", "__class__"}
)
"""What every exception has."""
OF_FILES = COMMON | {"errno", "strerror", "filename"}


@operator(
    family="exceptions",
    change="name",
    story="Every exception that had been seen so far was one of the wider kind, so the wider kind was caught.",
    symptom="A failure of another kind is taken for the expected one and treated as if nothing were wrong.",
    hint="For each handler, name every failure that can reach it, and ask which of them it was written for.",
    evidence=[
        "wrong identifier, attribute, function or receiver: 37.8 % of labelled single-statement fixes in Python",
        "written from experience: no study at hand counts handlers that catch too much",
    ],
    examples=[
        Example(
            "def read(row):\n    try:\n        return parse(row['amount'])\n    except KeyError:\n        return None\n",
            "def read(row):\n    try:\n        return parse(row['amount'])\n    except Exception:\n        return None\n",
        ),
        Example(
            "class BankError(Exception): ...\n\n\nclass Short(BankError): ...\n\n\ndef pay(n):\n    try:\n        take(n)\n    except ( Short ) as error:  # too little\n        tell(error)\n",
            "class BankError(Exception): ...\n\n\nclass Short(BankError): ...\n\n\ndef pay(n):\n    try:\n        take(n)\n    except ( BankError ) as error:  # too little\n        tell(error)\n",
        ),
        Example(
            "class Plain: ...\n\n\nclass Bad(Plain, ValueError): ...\n\n\ndef f():\n    try:\n        g()\n    except Bad:\n        h()\n",
            "class Plain: ...\n\n\nclass Bad(Plain, ValueError): ...\n\n\ndef f():\n    try:\n        g()\n    except ValueError:\n        h()\n",
        ),
        Example(
            "from errors import Missing, Refused\n\n\ndef f():\n    try:\n        g()\n    except (\n        Missing,\n        KeyError,\n    ):\n        return Refused\n",
            "from errors import Refused\n\n\ndef f():\n    try:\n        g()\n    except Exception:\n        return Refused\n",
        ),
        Example(
            "def f():\n    with suppress(FileNotFoundError):\n        remove(path())\n",
            "def f():\n    with suppress(OSError):\n        remove(path())\n",
        ),
        Example(
            "import os\nimport sqlite3\n\n\ndef f(db):\n    try:\n        db.add(1)\n    except sqlite3.IntegrityError:\n        db.replace(1)\n",
            "import os\nimport sqlite3\n\n\ndef f(db):\n    try:\n        db.add(1)\n    except sqlite3.Error:\n        db.replace(1)\n",
        ),
    ],
    untouched=[
        "def f():\n    try:\n        g()\n    except Exception:\n        h()\n",
        "try:\n    import g\nexcept ImportError:\n    g = None\n",
        "def f():\n    try:\n        g()\n    except KeyboardInterrupt:\n        h()\n",
        "def f():\n    try:\n        g()\n    except Strange:\n        h()\n    except Exception:\n        i()\n",
        "def f():\n    try:\n        g()\n    except Strange as error:\n        h(error.code)\n",
        "class Plain: ...\n\n\nclass Bad(Plain, Exception): ...\n\n\ndef f():\n    try:\n        g()\n    except Bad as e:\n        h(e.code)\n",
        "def f():\n    try:\n        return 1\n    except Strange:\n        return 2\n",
    ],
)
def except_broaden(target: cst.ExceptHandler | cst.Call, at: Context) -> Iterator[Change]:
    """Yield the parents that could be caught in the place of each exception, and of several together."""
    if at.function is None:
        return
    if isinstance(target, cst.Call):
        if at.text(target.func).rpartition(".")[2] == "suppress" and _guards_calls(at):
            for arg in target.args:
                yield from _wider(arg.value, (), (), at)
        return
    kind, around = target.type, at.parent()
    if kind is None or not isinstance(around, cst.Try) or not _calls(around.body, at):
        return
    later = _later(target, around, at)
    used = tuple(_used(target, at))
    if isinstance(kind, cst.Tuple):
        caught = [each.value for each in kind.elements]
        if _can_be(WIDEST, later, used, at) and all(_is_ordinary(each, at) for each in caught):
            clearing = removal.clearing(at, kind)
            if clearing is not None:
                yield replace(kind, WIDEST, parentheses=True) + clearing
    else:
        yield from _wider(kind, later, used, at)


def _wider(
    kind: cst.BaseExpression, later: tuple[str, ...], used: tuple[str, ...], at: Context
) -> Iterator[Change]:
    if not _is_ordinary(kind, at):
        return
    for parent in dict.fromkeys(_parents(_name(kind, at), at)):
        same = parent.partition(".")[0] == _name(kind, at).partition(".")[0]
        clearing = removal.clearing(at, kind, kept=(kind,) if same else ())
        if clearing is not None and _can_be(parent, later, used, at):
            yield replace(kind, parent) + clearing


def _is_ordinary(kind: cst.BaseExpression, at: Context) -> bool:
    """Whether an expression names an exception below `Exception`, and not one that a linter knows the reason of."""
    name = _name(kind, at)
    found = getattr(builtins, name, None)
    if isinstance(found, type):
        return issubclass(found, Exception) and found not in {Exception, NameError}
    last = name.rpartition(".")[2]
    named = isinstance(kind, cst.Name | cst.Attribute) and last[:1].isupper()
    return named and not last.isupper() and last not in LEAVING


def _name(kind: cst.BaseExpression, at: Context) -> str:
    return at.source.inner_text(kind)


def _parents(name: str, at: Context) -> Iterator[str]:
    """What somebody would write for the parent of an exception, the nearest first."""
    found = getattr(builtins, name, None)
    if isinstance(found, type):
        yield from (each.__name__ for each in found.__mro__[1:] if each.__name__ not in RARE)
        return
    if name in PARENTS:
        yield from (parent for parent in (PARENTS[name],) if _is_known(parent, at))
    yield from _of_the_project(name, at)
    yield WIDEST


def _of_the_project(name: str, at: Context) -> Iterator[str]:
    prefix, dot, _ = name.rpartition(".")
    found = at.project.definition(at.source, name)
    for _ in range(DEPTH):
        base = _first_exception(found, at)
        if found is None or base is None:
            return
        written = f"{prefix}{dot}{base}"
        if _is_known(written, at) and base not in RARE:
            yield written
        found = at.project.definition(found[0], base)


def _first_exception(found: Definition | None, at: Context, depth: int = DEPTH) -> str | None:
    """The first of the bases of a class that is an exception, and no mixin."""
    if found is None or not isinstance(found[1], cst.ClassDef) or not depth:
        return None
    source, node = found[0], found[1]
    for base in (source.text(each.value) for each in node.bases):
        known = getattr(builtins, base, None)
        if isinstance(known, type) and issubclass(known, Exception):
            return known.__name__
        if _first_exception(at.project.definition(source, base), at, depth - 1) is not None:
            return base
    return None


def _is_known(name: str, at: Context) -> bool:
    """Whether a name means something at module level."""
    first, _, rest = name.partition(".")
    if rest and at.project.definition(at.source, name) is None and name not in PARENTS.values():
        return False
    return (
        isinstance(getattr(builtins, name, None), type) or first in at.source.module_scope.bindings
    )


def _can_be(parent: str, later: tuple[str, ...], used: tuple[str, ...], at: Context) -> bool:
    """Whether a handler may catch `parent`: it leaves the later ones something, and reads only what that has."""
    if later and (parent == WIDEST or any(parent in {each, *_parents(each, at)} for each in later)):
        return False
    has = OF_FILES if parent == "OSError" else COMMON
    found = at.project.definition(at.source, parent)
    if found is not None and isinstance(found[1], cst.ClassDef):
        described = at.facts.types.describe(found[0], found[1])
        has |= {*described.attributes, *described.methods} if described else set()
    return has.issuperset(used)


def _later(target: cst.ExceptHandler, around: cst.Try, at: Context) -> tuple[str, ...]:
    """What the handlers below catch."""
    below = around.handlers[list(around.handlers).index(target) + 1 :]
    kinds = [each.type for each in below if each.type is not None]
    parts = [
        part
        for kind in kinds
        for part in ([e.value for e in kind.elements] if isinstance(kind, cst.Tuple) else [kind])
    ]
    return tuple(at.text(each) for each in parts) + ("BaseException",) * (len(kinds) < len(below))


def _used(target: cst.ExceptHandler, at: Context) -> Iterator[str]:
    """The attributes of the error that its handler reads."""
    caught = target.name.name if target.name is not None else None
    if not isinstance(caught, cst.Name):
        return
    for each in at.within(target.body, cst.Attribute):
        if isinstance(each.value, cst.Name) and each.value.value == caught.value:
            yield each.attr.value


def _guards_calls(at: Context) -> bool:
    around = at.around(cst.With)
    return around is not None and _calls(around.body, at)


def _calls(body: cst.CSTNode, at: Context) -> bool:
    """Whether something else may fail in a block."""
    return next(at.within(body, cst.Call, cst.Attribute), None) is not None
