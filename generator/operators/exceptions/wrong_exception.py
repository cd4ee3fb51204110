"""Mistake an exception for its sibling, where it is caught or where it is raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import fits, replace
from generator.operators import Example, operator, removal
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.source import Source

    Definition = tuple[Source, cst.ClassDef]

SIBLINGS = {
    "ValueError": ("TypeError", "IndexError"), "TypeError": ("ValueError",), "KeyError": ("IndexError", "AttributeError"),
    "IndexError": ("KeyError", "ValueError"), "AttributeError": ("KeyError",),
}  # fmt: skip
"""Exceptions that are mistaken for one another: an `index` that is not found is a ValueError, a missing key is no IndexError."""
COMMON = frozenset({"args", "with_traceback", "add_note", "__traceback__", "__cause__"})
"""What every exception has."""
EVERY = frozenset({"error", "exception"})
"""Words that tell no exceptions apart."""


@operator(
    family="exceptions",
    change="name",
    story="Which exception it is was written down from memory, and it is one that is very much like it.",
    symptom="A failure that is provided for goes past its handler, to one that is there for something else, or to nobody.",
    hint="Look up which exception each failing call really raises, and which one its callers wait for.",
    evidence=[
        "celery: IndexError was caught where a list is searched, until a fix said ValueError",
        "wrong identifier, attribute, function or receiver: 37.8 % of labelled single-statement fixes in Python",
    ],
    examples=[
        Example(
            "def cut(argv):\n    try:\n        return argv[: argv.index('--')]\n    except ValueError:  # not there\n        return argv\n",
            "def cut(argv):\n    try:\n        return argv[: argv.index('--')]\n    except IndexError:  # not there\n        return argv\n",
        ),
        Example(
            "def find(rows, key):\n\ttry:\n\t\treturn rows[ key ]\n\texcept ( KeyError ) as error:\n\t\treturn str(error)\n",
            "def find(rows, key):\n\ttry:\n\t\treturn rows[ key ]\n\texcept ( IndexError ) as error:\n\t\treturn str(error)\n",
        ),
        Example(
            "class BankError(Exception): ...\n\n\nclass Short(BankError): ...\n\n\nclass Frozen(BankError): ...\n\n\ndef pay(konto):\n    if not konto.n:\n        raise Short\n    if konto.frozen:\n        raise Frozen(f'für {konto}')  # until May\n",
            "class BankError(Exception): ...\n\n\nclass Short(BankError): ...\n\n\nclass Frozen(BankError): ...\n\n\ndef pay(konto):\n    if not konto.n:\n        raise Short\n    if konto.frozen:\n        raise Short(f'für {konto}')  # until May\n",
        ),
    ],
    untouched=[
        "def f():\n    try:\n        g()\n    except OSError:\n        h()\n",
        "def f(a):\n    try:\n        g(a)\n    except RuntimeError:\n        h()\n    except (TypeError, IndexError):\n        i()\n",
        "def f(a):\n    raise ValueError(a)\n",
        "class A(Exception):\n    def __init__(self, a):\n        self.a = a\n\n\nclass B(Exception): ...\n\n\ndef f(a):\n    raise A(a)\n",
        "def f(a):\n    try:\n        a()\n    except AttributeError as error:\n        return error.name\n",
        "def f(a):\n    try:\n        return 1\n    except KeyError:\n        return a\n",
    ],
)
def wrong_exception(target: cst.ExceptHandler | cst.Raise, at: Context) -> Iterator[Change]:
    """Yield one change for each exception that could be taken for this one."""
    if at.function is None:
        return
    if isinstance(target, cst.Raise):
        yield from _raised(target, at)
        return
    kind, around = target.type, at.parent()
    if not isinstance(kind, cst.Name) or not isinstance(around, cst.Try):
        return
    if not _may_fail(around.body, at) or _is_looked_into(target, at):
        return
    caught = {each for other in around.handlers if other.type for each in at.names(other.type)}
    if caught & {"Exception", "BaseException"}:
        return
    for sibling in SIBLINGS.get(kind.value, ()):
        if sibling not in caught and _fits(sibling, around.body, at):
            yield replace(kind, sibling)


def _may_fail(body: cst.CSTNode, at: Context) -> bool:
    return next(at.within(body, cst.Call, cst.Subscript, cst.Attribute), None) is not None


def _fits(sibling: str, body: cst.CSTNode, at: Context) -> bool:
    """Whether one could think that the lines that are tried raise such an exception."""
    looks_up = next(at.within(body, cst.Subscript), None) is not None
    if sibling in {"KeyError", "IndexError"}:
        searches = any(
            each.attr.value in {"index", "remove", "pop", "partition", "split"}
            for each in at.within(body, cst.Attribute)
        )
        return looks_up or searches
    if sibling == "AttributeError":
        return not looks_up and next(at.within(body, cst.Attribute), None) is not None
    return next(at.within(body, cst.Call), None) is not None


def _is_looked_into(target: cst.ExceptHandler, at: Context) -> bool:
    """Whether a handler reads what only its own exception has."""
    caught = target.name.name if target.name is not None else None
    return isinstance(caught, cst.Name) and any(
        isinstance(each.value, cst.Name)
        and each.value.value == caught.value
        and each.attr.value not in COMMON
        for each in at.within(target.body, cst.Attribute)
    )


# -- raise ------------------------------------------------------------------------------------------------------------


def _raised(target: cst.Raise, at: Context) -> Iterator[Change]:
    called = target.exc.func if isinstance(target.exc, cst.Call) else target.exc
    if not isinstance(called, cst.Name):
        return
    mine = _class(called.value, at)
    if mine is None:
        return
    for name in at.source.module_scope.bindings:
        other = _class(name, at)
        if other is None or name == called.value or not _is_sibling(mine, other, at):
            continue
        clearing = removal.clearing(at, called)
        if clearing is not None and _comes_to_mind(name, called, at):
            yield replace(called, name) + clearing


def _comes_to_mind(name: str, called: cst.Name, at: Context) -> bool:
    """Whether a sibling is named nearly the same, or is raised close by as well."""
    told = {*words(name)} & {*words(called.value)} - EVERY
    nearby = at.function is not None and name in at.names(at.function)
    return (bool(told) or nearby) and fits(at.source, called, name)


def _class(name: str, at: Context) -> Definition | None:
    found = at.project.definition(at.source, name)
    return (
        (found[0], found[1]) if found is not None and isinstance(found[1], cst.ClassDef) else None
    )


def _is_sibling(one: Definition, other: Definition, at: Context) -> bool:
    """Whether two classes have the same base, one of the project's own, and are made in the same way."""
    bases = [_base(each, at) for each in (one, other)]
    made = [_made(each, at) for each in (one, other)]
    return bases[0] is not None and bases[0] is bases[1] and made[0] == made[1]


def _base(found: Definition, at: Context) -> cst.CSTNode | None:
    source, node = found
    for each in node.bases:
        base = at.project.definition(source, source.text(each.value))
        if base is not None:
            return base[1]
    return None


def _made(found: Definition, at: Context) -> tuple[str, ...]:
    """What a class is made from: its own parameters, or those that it inherits."""
    described = at.facts.types.describe(*found)
    init = described.methods.get("__init__") if described is not None else None
    if init is None:
        return tuple(each.name for each in described.fields) if described is not None else ()
    source, function = init
    return tuple(source.text(each) for each in function.params.params[1:])
