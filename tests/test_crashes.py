"""A crash is what Python raises in the project's source, where the project does not mean to raise it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.crashes import is_crash
from generator.records import Configuration, Failure, Frame, Seed

SOURCE = b"""\
def rate(table, code):
    if not code:
        raise KeyError(code)
    known = table.rates

    names = list(known)
    table.check(names)
    return known[code]
"""
SEED = Seed(
    name="shop",
    root=Path("/shop"),
    builtin=False,
    package="shop",
    import_root=".",
    contents={"shop.py": SOURCE},
    executable=frozenset(),
    source=("shop.py",),
    tests=("test_shop.py",),
    configuration=Configuration(None),
    digest="",
)
TEST = Frame("test_shop.py", 3, "test_rate")


def failed(exception: str, *lines: int) -> Failure:
    frames = (TEST, *(Frame("shop.py", line, "rate") for line in lines))
    return Failure("test_shop.py::test_rate", exception, "", frames)


def test_what_python_raises_in_the_source_is_a_crash() -> None:
    assert is_crash(SEED, failed("KeyError", 8))


@pytest.mark.parametrize("line", [2, 3, 4], ids=["a-line-went", "there", "a-line-came"])
def test_what_the_source_means_to_raise_is_none(line: int) -> None:
    assert not is_crash(SEED, failed("KeyError", line))


def test_an_exception_of_the_projects_own_is_none() -> None:
    assert not is_crash(SEED, failed("UnknownCurrency", 8))


def test_what_the_test_raises_itself_is_none() -> None:
    assert not is_crash(SEED, failed("KeyError"))
