"""The answer as a page: what it shows of whatever is known, and that it is one file that is safe to open."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.debrief import (
    NO_CALL,
    NO_EXCEPTION,
    NO_LINE,
    Debrief,
    Distance,
    Kind,
    Link,
    Place,
    Typed,
    Wrong,
)
from generator.judge.own_change import OwnChange
from generator.judge.reveal import YOURS, Answer, Revelation
from generator.practice import session
from generator.practice.aftermath_page import Aftermath, page
from generator.practice.hour import Moment
from generator.practice.record import LATE, SEEN, SOLVED
from generator.practice.writing import Beside
from tests.practice.test_page import NASTY, Reader
from tests.practice.test_review import MINUTE, played

if TYPE_CHECKING:
    from collections.abc import Callable

CARTS, PRICES = "src/shop/carts.py", "src/shop/prices.py"


def patch(path: str, before: str, after: str) -> str:
    return f"--- a/{path}\n+++ b/{path}\n@@ -9 +9 @@ def may_add(cart):\n-{before}\n+{after}\n"


def wrong(kind: Kind, name: str, expected: str, actual: str) -> Wrong:
    return Wrong(kind, CARTS, "may_add", 9, 9, name, expected, actual)


FIRST = wrong(Kind.RETURN, "", "Room(left=0, of=3)", "Room(left=1, of=3)")
DEBRIEF = Debrief(
    test="tests/test_carts.py::test_full",
    failure="AssertionError: assert not True",
    first=FIRST,
    chain=(
        Link("tests/test_carts.py", 4, "test_full", None),
        Link(PRICES, 2, "Till.ring", wrong(Kind.LOCAL, "room", "0", "1")),
        Link(CARTS, 9, "may_add", None),
    ),
    fault_to_first=Distance(calls=3, lines=6),
    first_to_failure=Distance(calls=122, lines=1552),
    session=(
        Typed(f"b {CARTS}:9", ""),
        Typed("c", "> carts.py(9)f()\n-> return x"),
        Typed("r", "1"),
    ),
    elsewhere=(Place(PRICES, 4, "total", "if sum(prices) < LIMIT:"),),
)
ANSWER = Answer(
    n=1,
    operator="limit_edge",
    family="boundary",
    story="The limit was read as up to.",
    path=CARTS,
    function="may_add",
    lines=(9, 9),
    diff=patch(CARTS, "return len(cart) <= LIMIT", "return len(cart) < LIMIT"),
    failing=("tests/test_carts.py::test_full",),
    witness=None,
    post_mortem="python -m pytest --pdb tests/test_carts.py::test_full",
    trace="python -m pytest --trace tests/test_carts.py::test_full",
    debrief=DEBRIEF,
)
NOTHING = OwnChange("", (), touched=False)
OWN = OwnChange(
    patch(CARTS, "return len(cart) <= LIMIT", "return len(cart) != LIMIT")
    + patch(PRICES, "a = 1", "a = 2"),
    ((CARTS, "empty"), (PRICES, "total"), (PRICES, "")),
    touched=True,
)
HOUR = (
    Moment(0, session.Kind.REPRODUCED, "a test was seen to fail"),
    Moment(2 * MINUTE, session.Kind.NOTED, "noted: the sum is right"),
    Moment(9 * MINUTE, session.Kind.CAUSE, "the cause wrongly placed in total", is_right=False),
    Moment(12 * MINUTE, session.Kind.HINTED, "a hint: the area"),
    Moment(20 * MINUTE, session.Kind.CAUSE, "the cause rightly placed in may_add", is_right=True),
    Moment(25 * MINUTE, session.Kind.RESET, "files put back as they were handed out"),
    Moment(40 * MINUTE, session.Kind.CHECKED, "a check: solved", is_right=True),
)
TOLD = Aftermath(
    Revelation("shop-abc2345", 3, (ANSWER,)),
    OWN,
    HOUR,
    replace(played(), reproduced=0.0, located=20 * MINUTE, hints=1, points=97),
    (Beside("What was the cause?", "the limit counts", "it says `<=`", "names the place"),),
    "cd '/my Übung' && python3",
)


def told_of(**changes: Any) -> Aftermath:
    """With another answer."""
    return replace(TOLD, revelation=Revelation("shop-abc2345", 3, (replace(ANSWER, **changes),)))


def of_debrief(**changes: Any) -> Aftermath:
    return told_of(debrief=replace(DEBRIEF, **changes))


def read(told: Aftermath) -> Reader:
    seen = Reader(page(told))
    assert seen.open == []
    return seen


def text(told: Aftermath) -> str:
    return " ".join("".join(read(told).words).split())


def test_it_goes_from_the_bug_to_the_hour() -> None:
    seen = text(TOLD)
    order = [
        "limit_edge",
        "src/shop/carts.py, line 9",
        "The limit was read as up to.",
        "Where it went wrong",
        "test_full",
        "the first wrong value",
        "the test fails",
        "1,552 lines",
        "How pdb shows it",
        "cd '/my Übung' && python3 -m pytest --trace tests/test_carts.py::test_full",
        "(Pdb) b src/shop/carts.py:9 (Pdb) c",
        "The fix, and your change",
        "Where the same mistake could have been made",
        "Your hour",
        "Your three sentences",
    ]
    places = [seen.rindex(one) if one == "Your hour" else seen.index(one) for one in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("kind", "expected", "actual", "said"),
    [
        (Kind.LOCAL, "2", "3", "room is3 should be2"),
        (Kind.ATTRIBUTE, "2", "3", "room is3 should be2"),
        (Kind.ARGUMENT, "2", "3", "room is given as3 should be2"),
        (Kind.RETURN, "2", "3", "gives back3 should give back2"),
        (Kind.BRANCH, "x = 1", NO_LINE, "goes on toits end should go on tox = 1"),
        (Kind.EXCEPTION, NO_EXCEPTION, "KeyError()", "raisesKeyError() should raisenothing"),
        (Kind.CALL, "save", NO_CALL, "callsnothing should callsave"),
        (Kind.RETURN, "2", repr(NO_CALL), f"gives back{NO_CALL!r} should give back2"),
    ],
)
def test_of_every_kind_both_values_are_named(
    kind: Kind, expected: str, actual: str, said: str
) -> None:
    assert said in text(of_debrief(first=wrong(kind, "room", expected, actual)))


def test_what_is_wrong_in_the_same_way_is_told_once() -> None:
    links = [Link(CARTS, n, f"f{n}", wrong(Kind.RETURN, "", "2", "3")) for n in (1, 2)]
    told = of_debrief(first=wrong(Kind.RETURN, "", "2", "3"), chain=(*links, DEBRIEF.chain[-1]))
    assert (text(told).count("gives back"), text(told).count("the same way as below")) == (1, 2)


def test_a_fault_that_gives_the_first_wrong_value_is_one_mark_with_it() -> None:
    marks = [
        page(of_debrief(fault_to_first=before)).count("<circle cx=")
        for before in (Distance(0, 6), Distance(0, 0), None)
    ]
    assert marks == [3, 2, 2]
    assert "fault and first wrong value" in text(of_debrief(fault_to_first=Distance(0, 0)))
    assert "The faulty line is not executed while the test runs" in text(
        of_debrief(fault_to_first=None)
    )


@pytest.mark.parametrize("before", [1, 40, 10**9])
def test_what_is_written_on_the_way_has_room(before: int) -> None:
    drawn = page(of_debrief(fault_to_first=Distance(0, before)))
    _, middle, _ = map(float, re.findall(r'<circle cx="([\d.]+)%', drawn))
    assert 25 < middle < 75


def test_of_a_key_of_an_older_version_it_says_why_nothing_is_shown() -> None:
    early = Debrief(
        "", "", "the challenge was made before that was looked for", session=DEBRIEF.session
    )
    seen = text(told_of(debrief=early))
    assert "Not known: the challenge was made before that was looked for." in seen
    assert "the first wrong value" not in seen
    assert "How far it travelled" not in seen
    assert "(Pdb) c" in seen


def test_without_a_session_the_command_is_told() -> None:
    seen = text(of_debrief(session=()))
    assert "--trace tests/test_carts.py::test_full" in seen
    assert "(Pdb)" not in seen
    assert "located 20:00 not known" in " ".join(read(of_debrief(session=())).words)


def test_after_a_ticket_alone_the_test_is_there() -> None:
    told = told_of(
        witness="def test_yours():\n    assert 1", trace=f"python -m pytest --trace {YOURS}"
    )
    assert f"This one, as {YOURS}, fails because of the bug: def test_yours():" in text(told)


def test_the_change_of_the_same_file_stands_beside_the_fix_and_the_rest_at_the_end() -> None:
    seen = text(TOLD)
    beside, rest = seen.split("The rest of your change")
    assert "!= LIMIT" in beside
    assert "at no fault: empty in src/shop/carts.py." in beside
    assert "a = 2" in rest
    assert "at no fault: total in src/shop/prices.py; outside of every function in" in rest


def test_who_changed_nothing_is_told_so() -> None:
    seen = text(replace(TOLD, own=NOTHING))
    assert "You changed nothing" in seen
    assert "your change" not in seen.lower()


def test_several_bugs_are_numbered_and_each_has_its_part_of_the_change() -> None:
    other = replace(ANSWER, n=2, path=PRICES, diff=patch(PRICES, "a = 1", "a = 3"))
    seen = text(replace(TOLD, revelation=Revelation("shop-abc2345", 3, (ANSWER, other))))
    first, second = seen.split("Bug 2:")
    assert ("!= LIMIT" in first, "!= LIMIT" in second) == (True, False)
    assert ("a = 2" in first, "a = 2" in second) == (False, True)
    assert "The rest" not in seen
    assert "3 and 3 lines typed in pdb" in seen


def test_the_hour_is_drawn_and_told_and_held_against_the_shortest_way() -> None:
    drawn = page(TOLD)
    assert drawn.count('<g class="mark">') == len(HOUR)
    cells = [word for word in read(TOLD).words if word.strip()]
    at = cells.index("the shortest way")
    assert cells[at + 1 : at + 10] == [
        *("seen to fail", "0:00", "one command"),
        *("located", "20:00", "3 lines typed in pdb"),
        *("fixed", "40:00", "with the fix above"),
    ]
    assert all(moment.said in cells for moment in HOUR)
    assert "the end: solved" in cells


def test_a_right_cause_is_drawn_otherwise_than_a_wrong_one() -> None:
    drawn = page(TOLD)
    assert (drawn.count('class="wrong"/>'), drawn.count('class="right"/>')) == (1, 2)


def test_without_any_moment_there_is_no_drawing_of_the_hour() -> None:
    begun = replace(TOLD, moments=(), record=played(outcome=SEEN, minutes=5))
    assert "no test was seen to fail in 5:00 on the clock." in text(begun)
    never = replace(TOLD, moments=(), record=played(outcome=SEEN, minutes=0))
    assert "no test was seen to fail." in text(never)
    assert "Minutes on the clock" not in text(never)


@given(
    st.lists(st.tuples(st.floats(0, 1e7), st.sampled_from(HOUR)), min_size=1, max_size=5),
    st.floats(0, 1e7),
    st.integers(1, 500),
)
def test_whatever_the_clock_says_it_stays_within_the_drawing(
    happened: list[tuple[float, Moment]], spent: float, minutes: int
) -> None:
    record = replace(played(outcome=LATE), spent=spent, minutes=minutes)
    moments = [replace(moment, at=at) for at, moment in happened]
    drawn = page(replace(TOLD, moments=moments, record=record))
    places = [float(at) for at in re.findall(r' (?:x|x1|cx)="(-?[\d.]+)%"', drawn)]
    assert all(0 <= at <= 100 for at in places)
    ticks = re.findall(r'class="guide"', drawn)
    assert 1 <= len(ticks) <= 8


def test_only_who_wrote_sentences_reads_them() -> None:
    cells = [word for word in read(TOLD).words if word.strip()]
    at = cells.index("the limit counts")
    assert (cells[at - 1], cells[at + 2]) == ("yours", "it says `<=`")
    assert "A good answer names the place." in cells
    assert "three sentences" not in text(replace(TOLD, written=()))


def test_it_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    told = page(TOLD)
    seen = Reader(told)
    assert not {"script", "img", "iframe", "object"} & set(seen.tags)
    assert set(re.findall(r"https?://[^\s\"']+", told)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in told
    assert "url(" not in told
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert ("content", policy) in seen.attributes
    assert not [name for name, _ in seen.attributes if name == "style"]


def test_the_same_answer_is_the_same_page() -> None:
    assert page(TOLD) == page(TOLD)


def spoilt(value: Any, nasty: Callable[[], str]) -> Any:
    """With other text wherever there is text."""
    if isinstance(value, Kind | session.Kind | bool | int | float | None):
        return value
    if isinstance(value, str):
        return nasty() + value + nasty()
    if isinstance(value, tuple):
        return tuple(spoilt(one, nasty) for one in value)
    return replace(
        value, **{one.name: spoilt(getattr(value, one.name), nasty) for one in fields(value)}
    )


@given(st.data())
def test_whatever_a_field_holds_it_stays_text(data: st.DataObject) -> None:
    pieces = data.draw(st.lists(NASTY, min_size=3, max_size=3))
    numbers = iter(range(10**6))
    told = spoilt(
        replace(
            TOLD, revelation=Revelation("shop", 3, (ANSWER, replace(ANSWER, n=2, witness="x")))
        ),
        lambda: pieces[next(numbers) % 3],
    )
    seen = read(told)
    assert "script" not in seen.tags
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    # Diffs that lost their headers are none; in them every line is text as well.
    for piece in pieces:
        diff = ANSWER.diff.replace("LIMIT", piece.replace("\n", ""))
        inside = read(told_of(diff=diff))
        assert "script" not in inside.tags


def test_a_long_hour_with_many_moments_stays_a_small_file() -> None:
    many = tuple(replace(HOUR[1], at=float(n)) for n in range(2000))
    assert len(page(replace(TOLD, moments=many))) < 1_000_000
    assert SOLVED in text(TOLD)
