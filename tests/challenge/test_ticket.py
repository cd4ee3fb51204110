"""The customer's ticket: every number measured, no name of the code, no sentence shared by two of them."""

from __future__ import annotations

import re
from dataclasses import replace
from string import Formatter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from generator.challenge.texts import counted
from generator.challenge.tickets import phrases
from generator.challenge.tickets.narrate import steps, worth_telling
from generator.challenge.tickets.person import person
from generator.challenge.tickets.symptom import apart, rendered
from generator.challenge.tickets.ticket import TITLE_AT_MOST, Ticket, leaks, ticket
from generator.challenge.tickets.told import first_difference, humanised, say, singular, told
from generator.records import JSON, Call, Failure, Operation, Trace, Words

FIRST = (
    "Marta Tomasz Aiko Bilal Chiara Dmitri Elif Farah Goran Hanna Ines Jonas Kofi Leila Mateo Nadia Oskar Priya Quentin "
    "Rosa Samir Tove Ulrike Viktor Wanda Xenia Yusuf Zoe Anders Beatriz Cem Daria Emeka Fiona Georg Hui Ivana Jamal "
    "Katrin Lars Mina Noor Olga Pablo Rania Stefan Thandi Umar Vera Wim Ximena Yara Zdenek Amara Bruno Carmen Deniz Esra "
    "Filip Greta"
).split()
LAST = ("Keller", "Nowak", "Sato", "Haddad", "Rossi", "Okafor")
WORDS = Words(
    title="Ledger",
    about="An internal payments ledger.",
    ticket="LED",
    areas={
        "statements": ("account statements", ("statement", "page")),
        "payments": ("transfers", ("transfer",)),
    },
    names=tuple(f"{first} {LAST[at % len(LAST)]}" for at, first in enumerate(FIRST)),
    roles=("finance", "treasury", "payroll", "controlling", "audit"),
    companies=tuple(
        f"{stem} {form}"
        for stem in "Nordlicht Fjordbank Solara Kestrel Brightwater Almeda Corvus Delphin Ostsee Vantor".split()
        for form in ("GmbH", "AG", "Ltd", "SA")
    ),
    operations={
        "Ledger.transfer": Operation(
            "transfer",
            (
                "moves {{ amount }} from {{ source }} to {{ target }}",
                "sends {{ amount }} out of {{ source }} into {{ target }}",
                "pays {{ amount }} from {{ source }} to {{ target }}",
            ),
        ),
        "Ledger.balance": Operation(
            "available balance",
            ("asks for the balance of {{ account }}", "looks up what {{ account }} holds"),
            "{{ result }}",
        ),
        "Ledger.statement": Operation("statement", ("opens the statement of {{ account }}",), None),
        "Ledger.vague": Operation("secret", ("does {{ missing.part }}",), None),
    },
    silent=frozenset({"Ledger.close"}),
)
RULE = "Every movement appears on exactly one page of a statement, whatever the page size."


def money(text: str) -> JSON:
    return {"type": "Money", "text": text, "fields": {"minor_units": 12, "currency": "EUR"}}


def call(operation: str, result: JSON = None, raised: str | None = None, **arguments: JSON) -> Call:
    return Call(f"Ledger.{operation}", "payments", arguments, raised, result)


def transfer(amount: str, result: JSON = None, raised: str | None = None) -> Call:
    return call(
        "transfer", result, raised, amount=money(amount), source="Operating EUR", target="Payroll"
    )


def trace(*calls: Call) -> Trace:
    return Trace(calls, 3, None, {}, failure=Failure("t::test_x", "AssertionError", "", ()))


def balances(*texts: str) -> Trace:
    return trace(
        transfer("20.00 EUR"),
        *(call("balance", money(text), account="Operating EUR") for text in texts),
    )


def lines(count: int) -> JSON:
    items: list[JSON] = [f"Invoice {number}" for number in range(2200, 2200 + count)]
    return {
        "type": "Page",
        "text": None,
        "fields": {"lines": {"type": "list", "length": count, "items": items}},
    }


def closing(text: str) -> JSON:
    return {"type": "Page", "fields": {"closing_balance": money(text)}}


REFUSED = trace(
    transfer("20.00 EUR", {"type": "Short", "text": "available balance is 12.40 EUR."}, "Short")
)
ACCEPTED = trace(transfer("20.00 EUR"))
KINDS = {
    "value": (balances("1,880.00 EUR"), balances("1,760.00 EUR")),
    "accepted": (REFUSED, ACCEPTED),
    "refused": (ACCEPTED, REFUSED),
    "crash": (ACCEPTED, trace(transfer("20.00 EUR", "account_id", "KeyError"))),
    "crash for a refusal": (REFUSED, trace(transfer("20.00 EUR", "account_id", "KeyError"))),
    "reason": (REFUSED, trace(transfer("20.00 EUR", "the account is closed", "Closed"))),
}


def write(clean: Trace, buggy: Trace, variant: int = 0, rule: str | None = RULE) -> Ticket:
    return ticket(
        WORDS,
        rule=rule,
        clean=clean,
        buggy=buggy,
        number=418,
        variant=variant,
    )


def sentences(text: str) -> set[str]:
    """The title and the sentences of paragraphs, stripped, the ticket's number left out. A list is one with what it
    hangs on."""
    text = re.sub(r"\n+(\d+\. )", r" \1", text)
    lines = (re.sub(r"^# LED-\d+ · ", "", line) for line in text.splitlines() if line)
    return {part.strip() for line in lines for part in re.split(r"(?<=[^\d][.!?])[”\"]?\s+", line)}


@given(
    st.sampled_from(sorted(KINDS)),
    st.integers(0, 400),
    st.integers(0, 400),
    st.booleans(),
)
def test_two_tickets_share_no_sentence_whatever_else_they_share(
    kind: str, one: int, other: int, same_person: bool
) -> None:
    if same_person:
        other = one % 60 + 60 * (other % 6)
    if one != other:
        first, second = write(*KINDS[kind], one), write(*KINDS[kind], other)
        assert not sentences(first.text) & sentences(second.text)


@pytest.mark.parametrize("kind", KINDS)
def test_no_sentence_is_found_in_two_of_four_hundred_tickets(kind: str) -> None:
    seen: dict[str, int] = {}
    for variant in range(400):
        for sentence in sentences(write(*KINDS[kind], variant).text):
            assert seen.setdefault(sentence, variant) == variant, sentence


@pytest.mark.parametrize(
    "frame",
    [
        *phrases.SAW,
        *phrases.EXPECTED,
        *phrases.EXPECTED_AT_ONCE,
        *phrases.OFTEN,
        *phrases.QUOTES,
        *phrases.ONLY,
        *phrases.LEADS,
        *phrases.OPENINGS,
    ],
)
def test_every_sentence_names_the_person(frame: str) -> None:
    assert {name for _, name, _, _ in Formatter().parse(frame)} & {"first", "full"}


def test_a_slot_has_a_dozen_frames() -> None:
    for frames in (
        phrases.SAW,
        phrases.EXPECTED,
        phrases.EXPECTED_AT_ONCE,
        phrases.OFTEN,
        phrases.QUOTES,
        phrases.ONLY,
        phrases.LEADS,
        phrases.OPENINGS,
        *phrases.TITLES.values(),
    ):
        assert len(set(frames)) >= 12


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("variant", range(12))
def test_a_title_fits_on_a_line(kind: str, variant: int) -> None:
    assert len(write(*KINDS[kind], variant * 40).title) <= TITLE_AT_MOST


def test_the_same_request_gives_the_same_ticket() -> None:
    assert write(*KINDS["value"], 7) == write(*KINDS["value"], 7)


def test_a_wrong_value_is_told_beside_the_right_one() -> None:
    text = write(*KINDS["value"]).text
    assert "1,760.00 EUR" in text
    assert "1,880.00 EUR" in text


def test_what_was_accepted_is_told_with_the_refusal_that_was_due() -> None:
    assert "“available balance is 12.40 EUR”" in write(*KINDS["accepted"]).text


def test_what_came_back_instead_of_a_refusal_is_quoted() -> None:
    clean = trace(call("balance", "it is closed", raised="Closed", account="Payroll"))
    buggy = trace(call("balance", money("1.00 EUR"), account="Payroll"))
    for variant in range(12):
        text = write(clean, buggy, variant).text
        assert "1.00 EUR”" in text
        assert "“it is closed”" in text


def test_an_internal_error_in_place_of_a_refusal_is_called_one() -> None:
    text = write(*KINDS["crash for a refusal"]).text
    assert "internal error" in text
    assert "account_id" not in text
    assert "“available balance is 12.40 EUR”" in text


def test_a_refusal_is_quoted() -> None:
    assert "“available balance is 12.40 EUR”" in write(*KINDS["refused"]).text


def test_a_crash_is_an_internal_error_and_not_its_message() -> None:
    text = write(*KINDS["crash"]).text
    assert "internal error" in text
    assert "account_id" not in text


def test_the_rule_is_woven_into_a_sentence_of_its_own_person() -> None:
    text = write(*KINDS["value"]).text
    assert RULE not in text
    assert RULE[1:-1] in text


@pytest.mark.parametrize("name", ["EUR", "March", "3D"])
def test_a_rule_that_begins_with_a_name_keeps_its_capital(name: str) -> None:
    assert f" {name} is closed" in write(*KINDS["value"], rule=f"{name} is closed.").text


def test_how_often_is_told_by_the_attempts_of_the_proof() -> None:
    for variant in range(40):
        assert re.search(r"\b[Tt]hree\b", write(*KINDS["value"], variant).text)


def test_one_operation_is_told_in_the_same_words_throughout() -> None:
    calls = tuple(transfer(f"{amount}.00 EUR") for amount in (1, 2, 3))
    clean, buggy = (replace(each, calls=calls + each.calls) for each in KINDS["value"])
    told = re.findall(r"^\d\. (\w+) \d\.00", write(clean, buggy).text, re.MULTILINE)
    assert len(told) == 3
    assert len(set(told)) == 1


def test_a_refusal_with_another_reason_is_not_explained_by_the_rule() -> None:
    assert RULE[1:-1] not in write(*KINDS["reason"]).text


def test_of_two_wrong_answers_the_last_one_is_told() -> None:
    first = balances("1.00 EUR", "5.00 EUR"), balances("2.00 EUR", "6.00 EUR")
    text = write(*first).text
    assert "6.00 EUR" in text
    assert "2.00 EUR" not in text


def test_the_steps_end_where_a_refusal_is_missing() -> None:
    clean = replace(REFUSED, calls=(*REFUSED.calls, *balances("1.00 EUR").calls))
    buggy = replace(ACCEPTED, calls=(*ACCEPTED.calls, *balances("2.00 EUR").calls))
    assert "asks for the balance" not in write(clean, buggy).text


def test_the_rule_is_left_out_where_the_test_goes_on_after_the_first_wrong_answer() -> None:
    clean, buggy = (
        replace(each, calls=(*each.calls, transfer("1.00 EUR"))) for each in KINDS["value"]
    )
    text = write(clean, buggy).text
    assert RULE[1:-1] not in text
    assert "1,760.00 EUR" in text


def test_one_step_is_told_in_a_sentence() -> None:
    text = write(*KINDS["accepted"]).text
    assert "20.00 EUR" in text
    assert not re.search(r"^\d+\. ", text, re.MULTILINE)


def test_the_phrase_that_tells_the_most_is_taken() -> None:
    words = replace(
        WORDS,
        operations={
            **WORDS.operations,
            "Ledger.pay": Operation("payment", ("pays", "pays {{ amount }}", "pays somebody")),
        },
    )
    calls = [call("pay", amount="3 EUR")]
    told = {steps(words, calls, person(words, variant)) for variant in range(12)}
    assert told == {("pays 3 EUR",)}


def test_what_is_done_again_and_again_is_one_step_that_says_how_often() -> None:
    refused = transfer("9.00 EUR", "not so much", raised="Short")
    calls = [*[transfer("1.00 EUR")] * 3, *[refused] * 2, transfer("1.00 EUR")]
    told = steps(WORDS, calls, person(WORDS, 0))
    assert len(told) == 3
    assert told[0].endswith(", 3 times in a row")
    assert told[1].endswith(", twice in a row and is refused: “not so much”")
    assert "in a row" not in told[2]


def test_that_an_answer_is_altered_is_a_part_of_the_story() -> None:
    look = replace(call("balance", money("1.00 EUR"), account="Payroll"), altered=True)
    told = steps(WORDS, [look, replace(look, altered=False)], person(WORDS, 0))
    assert len(told) == 2
    assert told[0].endswith(", and alters the copy that came back")
    assert "alters" not in told[1]


def test_a_rule_beside_the_point_is_left_out() -> None:
    for variant in range(24):
        text = write(*KINDS["value"], variant, rule=None).text
        assert RULE[1:].rstrip(".") not in text
        assert "1,760.00 EUR" in text


def test_where_steps_are_many_those_go_that_only_looked_at_something_else() -> None:
    look = call("balance", money("1.00 EUR"), account="Payroll")
    calls = [*[look, transfer("1.00 EUR")] * 6, call("statement", account="Payroll")]
    words = replace(
        WORDS,
        operations={
            name: replace(operation, asks=name == "Ledger.balance")
            for name, operation in WORDS.operations.items()
        },
    )
    assert look in worth_telling(words, calls[-6:])
    assert look not in worth_telling(words, calls)
    assert worth_telling(words, [*calls, look]).count(look) == 7


def test_a_call_without_words_is_no_step() -> None:
    calls = (call("close"), call("unknown"), call("vague", missing="x"))
    clean, buggy = (replace(each, calls=(*calls, *each.calls)) for each in KINDS["value"])
    assert len(re.findall(r"^\d+\. ", write(clean, buggy).text, re.MULTILINE)) == 2


def test_a_difference_in_a_call_without_words_is_left_for_the_next() -> None:
    clean = trace(call("close", 1), *KINDS["value"][0].calls)
    buggy = trace(call("close", 2), *KINDS["value"][1].calls)
    assert "1,760.00 EUR" in write(clean, buggy).text


def test_a_difference_that_no_customer_sees_gives_way_to_one_they_see() -> None:
    clean, buggy = (
        trace(
            transfer("20.00 EUR", {"type": "Transfer", "fields": {"seq": number}}), *each.calls[1:]
        )
        for number, each in enumerate(KINDS["value"])
    )
    text = write(clean, buggy).text
    assert "1,760.00 EUR" in text
    assert "seq" not in text


def test_a_refusal_on_the_way_is_told_as_a_step() -> None:
    clean, buggy = (replace(each, calls=REFUSED.calls + each.calls) for each in KINDS["value"])
    steps = re.findall(r"^1\. .*", write(clean, buggy).text, re.MULTILINE)
    assert steps[0].endswith("and is refused: “available balance is 12.40 EUR”")


def test_a_longer_list_is_told_by_its_length_and_the_first_line_that_differs() -> None:
    found = first_difference(lines(24), lines(23))
    assert found.saw == "24 lines, line 24 being Invoice 2223"
    assert found.expected == "23 lines"


def test_a_list_of_one_is_told_as_one() -> None:
    found = first_difference(lines(2), lines(1))
    assert found.short == ("2 lines", "1 line")


def test_a_field_is_told_by_its_name_in_words() -> None:
    found = first_difference(closing("1.00 EUR"), closing("2.00 EUR"))
    assert (found.saw, found.expected) == ("closing balance: 1.00 EUR", "closing balance: 2.00 EUR")


def test_values_without_words_are_told_by_where_they_differ() -> None:
    clean, buggy = (trace(call("statement", lines(count), account="Payroll")) for count in (23, 24))
    text = write(clean, buggy).text
    assert "24 lines" in text
    assert "23 lines" in text


def test_names_of_the_code_are_found_in_a_text() -> None:
    names = ["Ledger.transfer", "transfer", "test_limit", "Money", "JournalEntry", "api.py"]
    text = "The transfer in api.py calls JournalEntry and test_limits."
    assert leaks(text, names) == ("JournalEntry", "api.py")


@pytest.mark.parametrize("kind", KINDS)
def test_a_ticket_names_nothing_of_the_code(kind: str) -> None:
    forbidden = ["Ledger.transfer", "minor_units", "account_id", "Short", "KeyError", "test_x"]
    assert leaks(write(*KINDS[kind]).text, [*forbidden, *WORDS.operations]) == ()


def test_a_variant_below_zero_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not negative"):
        write(*KINDS["value"], -1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "nothing"),
        (True, "yes"),
        ({"type": "datetime", "text": "2026-03-31T09:30:00+00:00"}, "2026-03-31 09:30 UTC"),
        ({"type": "list", "length": 2, "items": [1, 2]}, "1; 2"),
        ({"type": "dict", "length": 1, "entries": [["net_sum", 1]]}, "net sum: 1"),
        ({"type": "Side", "text": "debit"}, "debit"),
        ("ANA  Ruiz", "ANA␣␣Ruiz"),
        ({"type": "Line", "text": " RE-1 \n for rent"}, "␣RE-1␣\n␣for rent"),
        ({"type": "Line", "fields": {"net_sum": 1, "tax": 2}}, "net sum 1, tax 2"),
    ],
)
def test_a_value_reads_as_a_person_would_say_it(value: JSON, expected: str) -> None:
    assert say(told(value)) == expected


def test_words_are_made_of_identifiers() -> None:
    assert humanised("closingBalance_EUR") == "closing balance eur"
    assert [singular(name) for name in ("entries", "lines", "address")] == [
        "entry",
        "line",
        "address",
    ]


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("waits 1 day(s)", "waits 1 day"),
        ("waits 3 day(s) 1 hour(s)", "waits 3 days 1 hour"),
        ("after 2 failed announcement(s)", "after 2 failed announcements"),
        ("0 line(s)", "0 lines"),
        ("1,001 line(s)", "1,001 lines"),
        ("41 line(s)", "41 lines"),
        ("2 undelivered delivery(s)", "2 undelivered deliveries"),
        ("1 entry(s)", "1 entry"),
        ("3 batch(s)", "3 batches"),
    ],
)
def test_a_number_decides_between_one_and_many(phrase: str, said: str) -> None:
    assert counted(phrase) == said


def test_a_title_says_nothing_where_there_was_no_value() -> None:
    clean, buggy = balances("kept"), balances("")
    for variant in range(40):
        title = write(clean, buggy, variant).title
        assert "  " not in title
        assert not title.startswith(" ")


def test_a_quoted_answer_keeps_its_stops_but_for_those_that_end_a_sentence() -> None:
    saw = "try again after 1. seconds. The gate is closed."
    text = write(balances("kept"), balances(saw)).text
    assert "“try again after 1. seconds; The gate is closed”" in text


@pytest.mark.parametrize(("where", "brief"), [("imported", "imported 0"), ("header 7 2", "0")])
def test_a_title_says_which_figure_is_wrong_where_it_has_a_name(where: str, brief: str) -> None:
    assert first_difference(0, 1, where).short == (brief, "1")


def test_of_two_long_answers_only_what_differs_is_told_with_its_neighbours() -> None:
    lines = [f"line {n}, {n}.00 EUR" for n in range(1, 9)]
    right = " | ".join(lines)
    wrong = right.replace("line 5,", "line 5 Room 7,")
    text = write(balances(right), balances(wrong)).text
    assert "“… line 4, 4.00 EUR | line 5 Room 7, 5.00 EUR | line 6, 6.00 EUR …”" in text
    assert "“… line 4, 4.00 EUR | line 5, 5.00 EUR | line 6, 6.00 EUR …”" in text


PARTS = st.lists(st.sampled_from("ab"), max_size=6)


@given(PARTS, PARTS, st.integers(0, 20), st.integers(0, 20), st.sampled_from([", ", " | ", "; "]))
def test_two_answers_that_differ_are_told_apart(
    one: list[str], other: list[str], before: int, after: int, between: str
) -> None:
    assume(one != other)
    left, right = (
        between.join(f"part {each}" for each in "c" * before + "".join(parts) + "d" * after)
        for parts in (one, other)
    )
    told = apart(left, right)
    assert told[0] != told[1]
    assert max(map(len, told)) <= max(len(left), len(right))


def test_of_a_list_too_long_to_be_described_the_length_is_that_of_the_whole() -> None:
    rows = told({"type": "list", "length": 101, "items": [*range(50)]})
    assert rendered(WORDS, "{{ rows | length }} rows", {"rows": rows}) == "101 rows"
    assert say(rows).endswith("; 48; 49; and 51 more")
    assert say(told({"type": "list", "length": 2, "items": [1, 2]})) == "1; 2"
