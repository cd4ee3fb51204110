"""A search finds first the function that holds most of the words that few functions hold."""

from __future__ import annotations

from generator import search

CONTENTS = {
    "desk.py": b"class Desk:\n    def refund(self, charge):\n        return charge.refund_all()\n\n    def charge(self):\n        return 1\n",
    "till.py": b"def charge_card(charge):\n    return charge\n",
    "broken.py": b"def (:\n",
}
TEXTS = search.functions(CONTENTS, CONTENTS)


def test_functions_are_found_in_every_file_that_parses() -> None:
    assert set(TEXTS) == {
        ("desk.py", "Desk.refund"),
        ("desk.py", "Desk.charge"),
        ("till.py", "charge_card"),
    }


def test_words_of_a_tests_name_stand_between_underscores() -> None:
    assert search.words("tests::test_a_Refund_is_late") == {"refund", "late"}


def test_a_rare_word_leads_and_a_common_one_does_not() -> None:
    guilty = ("desk.py", "Desk.refund")
    assert search.rank(guilty, TEXTS, {"refund", "charge"}) == 1
    assert search.rank(("till.py", "charge_card"), TEXTS, {"refund", "charge"}) == 3


def test_where_no_word_is_found_all_are_alike() -> None:
    assert search.rank(("till.py", "charge_card"), TEXTS, {"ledger"}) == len(TEXTS)
    assert search.rank(("till.py", "charge_card"), TEXTS, ()) == len(TEXTS)


def test_code_outside_any_function_comes_last() -> None:
    assert search.rank(("till.py", ""), TEXTS, {"refund"}) == len(TEXTS)
