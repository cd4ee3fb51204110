from __future__ import annotations

import pytest

from generator import outline
from generator.outline import Function

SOURCE = b'''\
LIMIT = 3


def plain(n=1):
    """Doc."""
    return n


@decorator
@other(
    argument
)
def decorated(): return 1


class Cart:
    size = 3

    async def total(self):
        def add(a,
                b):
            return a + b
        return add(1, 2)

    class Line:
        @property
        def price(self):
            return 1


if LIMIT:
    def hidden():
        pass
'''


def names_by_line() -> dict[int, str | None]:
    found = outline.functions(SOURCE)
    lines = range(1, SOURCE.count(b"\n") + 1)
    around = {line: outline.enclosing(found, line) for line in lines}
    return {line: None if function is None else function.name for line, function in around.items()}


def test_every_function_with_its_lines_outer_before_inner() -> None:
    assert outline.functions(SOURCE) == (
        Function("plain", 4, 4, 5, 6, "Doc."),
        Function("decorated", 9, 13, 13, 13),
        Function("Cart.total", 19, 19, 20, 23),
        Function("Cart.total.add", 20, 20, 22, 22),
        Function("Cart.Line.price", 26, 27, 28, 28),
        Function("hidden", 32, 32, 33, 33),
    )


def test_text_and_bytes_are_the_same() -> None:
    assert outline.functions(SOURCE.decode()) == outline.functions(SOURCE)


def test_the_innermost_function_around_a_line() -> None:
    named = names_by_line()
    assert [named[line] for line in (1, 6, 7, 13, 17, 19, 21, 22, 23, 28, 33)] == [
        None,
        "plain",
        None,
        "decorated",
        None,
        "Cart.total",
        "Cart.total.add",
        "Cart.total.add",
        "Cart.total",
        "Cart.Line.price",
        "hidden",
    ]


def test_text_that_does_not_parse_is_an_error() -> None:
    with pytest.raises(SyntaxError):
        outline.functions(b"def f(:")


def test_the_statements_are_those_that_do_something() -> None:
    source = """\
'''A docstring.'''
import os
if TYPE_CHECKING:
    import abc

@decorated
def total(
    prices,
):
    '''Another.'''
    global known
    for price in (
        prices
    ):
        known += price
    try:
        match known:
            case 1:
                pass
    except OSError:
        return (
            1
        )
"""
    found = sorted((lines.start, lines.stop - 1) for lines in outline.statements(source))
    assert found == [
        (2, 2),
        (3, 3),
        (7, 9),
        (12, 14),
        (15, 15),
        (16, 16),
        (17, 17),
        (19, 19),
        (20, 20),
        (21, 23),
    ]
