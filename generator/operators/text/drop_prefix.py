"""Leave the `f` or the `b` out in front of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator, removal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context


@operator(
    family="text",
    change="constant",
    story="The text was plain at first, and its one-letter prefix was not written, or was lost, when that changed.",
    symptom="Braces show where a value should be, or a text does not fit in with bytes.",
    hint="Look at the type and at the exact characters of the text that comes out, not at what it says.",
    evidence=[
        "werkzeug: parts of a body were joined with a text and not with bytes, and the same elsewhere",
        "celery: a message that named {ttl} in braces for want of the f",
    ],
    examples=[
        Example("def f(n):\n    return g(f'{n}-é', n)\n", "def f(n):\n    return g('{n}-é', n)\n"),
        Example('n = 1\nuse(rf"{n}\\d")\n', 'n = 1\nuse(r"{n}\\d")\n'),
        Example(
            'use(\n    f"{day}."  # first\n    f"{month}"\n)\n',
            'use(\n    f"{day}."  # first\n    "{month}"\n)\n',
        ),
        Example("body = b''.join(parts)\n", "body = ''.join(parts)\n"),
        Example("ok = data[:2] == Rb'PK'\n", "ok = data[:2] == r'PK'\n"),
    ],
    untouched=[
        "name = 'plain'\n",
        "name = u'plain'\n",
        "def f(key):\n    return f'{key}'\n",
        "def f(parts: list[bytes]) -> bytes:\n    return b''.join(parts)\n",
        "logger.info(f'{paid}')\n",
        "x: bytes = b'a'\n",
        "write(b' ' + name + b',')\n",
    ],
)
def drop_prefix(target: cst.FormattedString | cst.SimpleString, at: Context) -> Iterator[Change]:
    """Yield the text without its prefix."""
    if isinstance(target, cst.FormattedString):
        shows = any(isinstance(each, cst.FormattedStringExpression) for each in target.parts)
        if shows and removal.clearing(at, target) is not None:
            yield _without("f", target.start, target, at)
    elif "b" in target.prefix.lower() and not _is_checked(at):
        yield _without("b", target.prefix, target, at)


def _without(letter: str, start: str, target: cst.BaseExpression, at: Context) -> Change:
    bare = "".join(each for each in start if each.lower() != letter)
    return replace(target, bare + at.source.inner_text(target)[len(start) :])


def _is_checked(at: Context) -> bool:
    """Whether types are told around a literal, or other bytes, so that one sees what it is."""
    parent, function = at.parent(), at.function
    if isinstance(parent, cst.AnnAssign | cst.ConcatenatedString) or _has_company(at):
        return True
    params = function.params.params if function is not None else ()
    returns = function.returns if function is not None else None
    return returns is not None or any(each.annotation for each in params)


def _has_company(at: Context) -> bool:
    """Whether the same statement holds other bytes, beside which a text would look odd."""
    others = at.within(at.alongside(at.node), cst.SimpleString)
    return any("b" in each.prefix.lower() for each in others if each is not at.node)
