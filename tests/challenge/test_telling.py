"""Which failing tests make a ticket that can be followed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.challenge.tickets.narrate import STEPS_AT_MOST
from generator.challenge.tickets.symptom import Symptom
from generator.challenge.tickets.telling import Flaw, flaws, is_about
from generator.records import JSON, Call, Operation, Trace, Words

WORDS = Words(
    title="Shop",
    about="A shop.",
    ticket="SHO",
    areas={},
    names=("Marta Keller",),
    roles=("sales",),
    companies=("Nordlicht GmbH",),
    operations={
        "Shop.order": Operation("order", ("orders {{ item }}", "orders {{ item }} ({{ size }})")),
        "Shop.stock": Operation("stock", ("asks for {{ item }}",), "{{ result }} left", asks=True),
    },
    silent=frozenset({"Shop.close"}),
)


def call(operation: str, result: JSON = None, raised: str | None = None, **arguments: JSON) -> Call:
    return Call(f"Shop.{operation}", "shop", arguments, raised, result, {"size": "L"})


def order(item: str = "tea", size: str = "L") -> Call:
    return call("order", item=item, size=size)


def stock(left: int) -> Call:
    return call("stock", left, item="tea")


def found(*before: Call, after: tuple[Call, ...] = (), threaded: bool = False) -> frozenset[Flaw]:
    clean, buggy = (
        Trace((*before, stock(left), *after), 1, None, {}, threaded=threaded) for left in (3, 4)
    )
    return flaws(WORDS, clean, replace(buggy, calls=buggy.calls[: len(before) + 1]))


def test_a_story_in_which_all_is_told_has_no_flaw() -> None:
    assert found(call("close"), Call("Money.__init__", "m", {}, None, None), order()) == set()


@pytest.mark.parametrize(
    ("flaw", "seen"),
    [
        (Flaw.UNTOLD, found(call("pack"))),
        (Flaw.THREADS, found(order(), threaded=True)),
        (Flaw.MANY, found(*[order("tea"), order("milk")] * (STEPS_AT_MOST // 2))),
        (Flaw.EARLY, found(order(), after=(order(),))),
        (Flaw.UNSAID, found(call("order", item="tea", size="L", gift=True))),
    ],
)
def test_a_flaw_is_named(flaw: Flaw, seen: frozenset[Flaw]) -> None:
    assert seen == {flaw}


def test_the_same_many_times_in_a_row_is_one_step() -> None:
    assert found(*[order()] * 30) == set()


def test_looking_at_what_became_of_it_is_no_going_on() -> None:
    assert found(order(), after=(stock(1), call("close"))) == set()


def test_an_argument_is_said_when_one_of_the_phrases_says_it() -> None:
    assert found(order(size="XL")) == set()


def test_what_is_made_once_more_after_it_was_used_has_no_words() -> None:
    made = Call("Shop.__init__", "shop", {}, None, None)
    assert found(made, order()) == set()
    assert found(made, order(), made) == {Flaw.UNTOLD}


def test_a_text_that_is_only_told_to_be_there_has_to_come_from_an_answer_before() -> None:
    operation = Operation("page", ("turns{% if after %} to the next page{% endif %}",))
    words = replace(WORDS, operations={**WORDS.operations, "Shop.page": operation})
    first = Call("Shop.page", "shop", {"after": ""}, None, ["tea", "m-7"], {"after": ""})
    second = replace(first, arguments={"after": "m-7"})
    guess = replace(first, arguments={"after": "%%%"})
    for calls, flawed in (((first, second), set()), ((first, guess), {Flaw.UNSAID})):
        clean, buggy = (Trace((*calls, stock(left)), 1, None, {}) for left in (3, 4))
        assert flaws(words, clean, buggy) == flawed


def test_a_default_need_not_be_said() -> None:
    default = Call(
        "Shop.stock", "shop", {"item": "tea", "where": "here"}, None, 1, {"where": "here"}
    )
    assert found(default) == set()
    assert found(replace(default, arguments={"item": "tea", "where": "there"})) == {Flaw.UNSAID}


def test_without_a_told_answer_that_differs_there_is_no_story() -> None:
    same = Trace((order(),), 1, None, {})
    assert flaws(WORDS, same, same) == {Flaw.NO_ANSWER}


@pytest.mark.parametrize(
    ("item", "readable"),
    [
        ("tea", True),
        ("black tea\ngreen tea\n", True),
        ("Grüner Tee, 中", True),
        (" tea", True),
        ("black  tea", True),
        ("black    tea", False),
        ("tea\t", False),
        ("tea\r\nmilk", False),
        ("te\ufffd", False),
        ("te\x00", False),
        ("te\u200b", False),
    ],
)
def test_a_text_whose_characters_a_reader_can_not_know_is_not_told(
    item: str, *, readable: bool
) -> None:
    assert found(order(item)) == (set() if readable else {Flaw.VERBATIM})


@pytest.mark.parametrize(
    ("rule", "purpose", "saw", "expected", "about"),
    [
        ("a captured hold shows its reference", "HoldDesk.capture Take what is held.", "", "", True),
        ("the sums stay as they are", "normal_side The side it grows on.", "3 lines", "3 sums", True),
        ("nothing changes when it is brought up to date", "account_id An id.", "KeyError", "", False),
        ("making the overview again changes nothing", "effect How it changes a sum.", "-5", "5", False),
        ("the answer is the same", "total The sum.", "answer 3", "answer 4", False),
        ("importing a file again", "key_part", "2 imported", "1 file imported", True),
    ],
)  # fmt: skip
def test_a_rule_is_about_what_differs_or_what_the_function_is_for(
    rule: str, purpose: str, saw: str, expected: str, *, about: bool
) -> None:
    assert is_about(rule, purpose, Symptom("value", "order", saw, expected)) is about


def test_answers_that_read_the_same_are_not_told() -> None:
    long = "x" * 400
    clean, buggy = (
        Trace((order(), call("stock", f"{long}{end}", item="tea")), 1, None, {}) for end in "ab"
    )
    assert flaws(WORDS, clean, buggy) == {Flaw.ALIKE}


def test_refusals_of_two_classes_with_the_same_words_are_not_told() -> None:
    clean, buggy = (
        Trace((order(), call("stock", "no tea", raised=kind, item="tea")), 1, None, {})
        for kind in ("NoStockError", "StateError")
    )
    assert flaws(WORDS, clean, buggy) == {Flaw.ALIKE}
