"""A mutant contradicts no comment beside it."""

from __future__ import annotations

import pytest

from generator.inject import mutants_of_file
from generator.restated import is_documented, is_told


@pytest.mark.parametrize(
    ("comment", "gone", "new"),
    [
        ("# per tenant", "tenant, ", ""),
        ("# the limit is inclusive", "<=", "<"),
        ("# at most three", "used < limit", "used <= limit"),
        ("# 30 days", "30", "60"),
        ("# voided rows don't count", "if row.void:\n    continue\n", ""),
        ("# expires with the session", "session.expiry", "session.start"),
    ],
)
def test_a_comment_tells_of_names_numbers_and_edges(comment: str, gone: str, new: str) -> None:
    assert is_told(comment, gone, new)


@pytest.mark.parametrize(
    ("comment", "gone", "new"),
    [
        ("# see above", "tenant, ", ""),
        ("# the caller holds the lock", "<=", "<"),
        ("# at most three", "start", "end"),
        ("# 30 days", "retries, ", ""),
        ("# not for self", "if self is None: return", ""),
    ],
)
def test_other_comments_say_nothing(comment: str, gone: str, new: str) -> None:
    assert not is_told(comment, gone, new)


CODE = """\
def pay(account, limit, used):
{above}
    if used < limit and account.open:{beside}
        return True
    # the limit is used up
    return post(account, limit, used)
"""


def conditions(above: str = "    wait()", beside: str = "") -> set[str]:
    code = CODE.format(above=above, beside=beside).encode()
    found = mutants_of_file("a.py", code).mutants
    return {each.operator for each in found if each.operator in {"limit_edge", "drop_conjunct"}}


def test_what_is_told_beside_or_directly_above_is_refused() -> None:
    assert conditions() == {"limit_edge", "drop_conjunct"}
    assert "limit_edge" not in conditions(beside="  # strictly below")
    assert "limit_edge" not in conditions(above="    # strictly below\n    # see there")
    assert "limit_edge" in conditions(above="    # strictly below\n\n    wait()")
    assert "limit_edge" in conditions(above="    wait()  # strictly below")


@pytest.mark.parametrize(
    ("docstring", "lost"),
    [
        ("Raises RefusedError where it is frozen.", "RefusedError"),
        ("Without one, :attr:`factory` is asked.", "factory"),
        ("As `limit` says.", "limit"),
        ("Falls back on default_limit.", "default_limit"),
    ],
)
def test_a_docstring_tells_of_names_written_as_code(docstring: str, lost: str) -> None:
    assert is_documented(docstring, frozenset({lost}))
    assert not is_documented(docstring, frozenset({"other"}))


def test_a_plain_word_of_a_docstring_tells_nothing() -> None:
    assert not is_documented("Pay up to the limit.", frozenset({"limit"}))


DOCUMENTED = '''\
def pay(account):
    """{told}"""
    if account.frozen:
        raise RefusedError
    return post(account)
'''


def guards(told: str) -> set[str]:
    found = mutants_of_file("a.py", DOCUMENTED.format(told=told).encode()).mutants
    return {each.operator for each in found if each.operator == "drop_guard"}


def test_what_the_docstring_of_the_function_still_tells_is_refused() -> None:
    assert guards("Pay.") == {"drop_guard"}
    assert guards("Pay, or raise RefusedError.") == set()
