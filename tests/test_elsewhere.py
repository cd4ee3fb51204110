"""Where else the same could be written: other functions, this file first, in the lines of the buggy code."""

from __future__ import annotations

from dataclasses import replace

from generator.elsewhere import elsewhere
from tests.conftest import mutant_of
from tests.test_examine import SEED

CART = """\
def add(cart, item):
    if len(cart) < 3:
        cart.append(item)


def room(cart):
    if len(cart) < 3:
        return 3 - len(cart)
    return 0 if len(cart) < 9 else -1
"""
SHELF = "def free(shelf):\n    return len(shelf) < 5\n"
FILES = {"shelf.py": SHELF.encode(), "cart.py": CART.encode()}
SHOP = replace(SEED, contents=FILES, source=tuple(FILES))
BUG = replace(
    mutant_of("cart.py", CART, "len(cart) < 3:\n", "(\n        len(cart) <= 3\n    ):\n"),
    function="add",
)
OTHERS = [
    replace(mutant_of("shelf.py", SHELF, "< 5", "<= 5"), function="free"),
    BUG,
    replace(
        mutant_of("cart.py", CART, "< 3:\n        return", "<= 3:\n        return"), function="room"
    ),
    replace(mutant_of("cart.py", CART, "< 9", "<= 9"), function="room"),
    replace(mutant_of("shelf.py", SHELF, "5", "6"), function="free", operator="number"),
]


def test_each_function_is_named_once_and_the_file_of_the_bug_comes_first() -> None:
    found = elsewhere(SHOP, OTHERS, BUG)
    assert [(place.path, place.function) for place in found] == [
        ("cart.py", "room"),
        ("shelf.py", "free"),
    ]


def test_lines_are_those_of_the_buggy_file() -> None:
    room, _ = elsewhere(SHOP, OTHERS, BUG)
    assert (room.line, room.text) == (9, "if len(cart) < 3:")


def test_of_many_a_few_are_named() -> None:
    many = [replace(OTHERS[0], function=f"free_{number}") for number in range(9)]
    assert len(elsewhere(SHOP, many, BUG)) == 4
