"""Every line of a mutant's diff is needed by its change."""

from __future__ import annotations

import difflib
import re
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest

from generator import edits, enumerated, seeds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORD = re.compile(r"""\"[^"]*\"|'[^']*'|\w+|[^\w\s]""")
LAST_COMMA = re.compile(r",(?=\s*[)\]}])")


def said(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """What each line says, layout aside: no white space, no comma at the end of a list."""
    text = LAST_COMMA.sub("", "\n".join(lines))
    return [tuple(WORD.findall(line)) for line in text.split("\n")]


def needless(clean: Sequence[str], mutated: Sequence[str]) -> Iterator[str]:
    """Blocks of changed lines whose first or last ones say the same before and after."""
    for what, a, b, c, d in changed(clean, mutated):
        while a < b and c < d and clean[a].strip() == mutated[c].strip():
            a, c = a + 1, c + 1  # noqa: PLW2901 - indented anew, which means something
        while a < b and c < d and clean[b - 1].strip() == mutated[d - 1].strip():
            b, d = b - 1, d - 1  # noqa: PLW2901
        if what != "replace":
            continue
        gone, come = said(clean[a:b]), said(mutated[c:d])
        turned = [list(reversed(block)) for block in (gone, come)]
        if _start_alike(gone, come) or _start_alike(*turned):
            yield "\n".join([*clean[a:b], "->", *mutated[c:d]])


def changed(
    clean: Sequence[str], mutated: Sequence[str]
) -> Iterator[tuple[str, int, int, int, int]]:
    """The blocks that differ, looked for between the first and the last line that do."""
    pairs = list(zip(clean, mutated, strict=False))
    first = next((n for n, (one, other) in enumerate(pairs) if one != other), len(pairs))
    backwards = enumerate(zip(reversed(clean[first:]), reversed(mutated[first:]), strict=False))
    last = next((n for n, (one, other) in backwards if one != other), 0)
    old, new = (lines[first : len(lines) - last] for lines in (clean, mutated))
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            yield what, first + a, first + b, first + c, first + d


def _start_alike(gone: list[tuple[str, ...]], come: list[tuple[str, ...]]) -> bool:
    """Whether some first lines of both say the same things, and something."""
    mine, theirs = ({each for each in accumulate(some) if each} for some in (gone, come))
    return not mine.isdisjoint(theirs)


@pytest.mark.slow
@pytest.mark.parametrize("name", seeds.builtin())
def test_no_line_of_a_diff_says_the_same_before_and_after(name: str) -> None:
    seed = seeds.load(name)
    lines = {path: seed.contents[path].decode().splitlines() for path in seed.source}
    odd = [
        f"{mutant.operator} {mutant.path}:{mutant.line}\n{block}"
        for mutant in enumerated.mutants(seed).mutants
        for path, mutated in edits.apply(seed.contents, mutant.edits).items()
        for block in needless(lines[path], mutated.decode().splitlines())
    ]
    assert not odd, "\n\n".join(odd[:9]) + f"\n\n{len(odd)} in all"


NUMBER = re.compile(r"(?<![\w.])\d+(?:_\d+)*(?:\.\d+)?(?![\w.])")
FACTORS = (60, 100, 1000, 3600)


@pytest.mark.slow
@pytest.mark.parametrize("name", seeds.builtin())
def test_no_number_comes_from_nowhere(name: str) -> None:
    seed = seeds.load(name)
    there = {value for path in seed.source for value in numbers(seed.contents[path])}
    there |= {value * factor for value in there for factor in FACTORS}
    # In a pattern they stand beside letters: `[a-z0-9_-]`.
    there |= {
        float(run) for path in seed.source for run in re.findall(rb"\d+", seed.contents[path])
    }
    odd = [
        f"{mutant.operator} {mutant.path}:{mutant.line} {edit.text}"
        for mutant in enumerated.mutants(seed).mutants
        for edit in mutant.edits
        if not set(numbers(edit.text.encode())) <= there
    ]
    assert not odd, "\n\n".join(odd)


def numbers(text: bytes) -> list[float]:
    return [float(each) for each in NUMBER.findall(text.decode())]


def test_a_line_broken_anew_for_nothing_is_seen() -> None:
    clean = ["x = f(", "    a,", "    b,", ")", "y = 1"]
    assert list(needless(clean, ["x = f(a, b)", "y = 2"]))
    assert list(needless(clean, ["x = f(a, b)", "y = 1"]))
    assert not list(needless(clean, ["x = f(a)", "y = 1"]))
    assert not list(needless(clean, ["x = f(", "    a,", ")", "y = 1"]))
