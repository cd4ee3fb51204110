"""A debrief: what is kept comes back, and lines go along with the code."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import debrief as debriefs
from generator.debrief import Debrief, Kind, Link, Typed, Wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT = st.text(max_size=9)
WRONGS = st.builds(
    Wrong, st.sampled_from(Kind), *[TEXT] * 2, *[st.integers(1, 99)] * 2, *[TEXT] * 3
)


@given(
    st.builds(
        Debrief,
        first=st.none() | WRONGS,
        chain=st.lists(st.builds(Link, wrong=st.none() | WRONGS)).map(tuple),
    )
)
def test_what_is_kept_comes_back(told: Debrief) -> None:
    assert debriefs.from_json(json.loads(json.dumps(asdict(told)))) == told


@pytest.mark.parametrize("missing", ["test", "failure", "first", "chain", "session", "elsewhere"])
def test_what_is_no_debrief_is_noticed(missing: str) -> None:
    document = {name: value for name, value in asdict(Debrief("t", "")).items() if name != missing}
    with pytest.raises((KeyError, TypeError)):
        debriefs.from_json(document)


def test_lines_go_along_with_the_code_wherever_they_are_named() -> None:
    wrong = Wrong(Kind.LOCAL, "src/a.py", "f", 7, 7, "x", "1", "2")
    told = Debrief(
        "tests/t.py::test",
        "",
        first=wrong,
        chain=(Link("tests/t.py", 3, "test", None), Link("src/a.py", 7, "f", wrong)),
        session=(
            Typed("b src/a.py:7, x == 7", "Breakpoint 1 at src/a.py:7"),
            Typed("c", "> src/a.py(7)f()\n-> x = y"),
            Typed("p x", "7"),
        ),
    )

    def move(path: str, line: int) -> int:
        shift: Mapping[str, int] = {"src/a.py": 10, "tests/t.py": 100}
        return line + shift[path]

    moved = told.moved(move)
    assert moved.first is not None
    assert (moved.first.line, moved.first.clean_line) == (17, 7)
    assert [link.line for link in moved.chain] == [103, 17]
    assert moved.chain[1].wrong == moved.first
    assert moved.session == (
        Typed("b src/a.py:17, x == 7", "Breakpoint 1 at src/a.py:17"),
        Typed("c", "> src/a.py(17)f()\n-> x = y"),
        Typed("p x", "7"),
    )
