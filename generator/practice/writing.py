"""Three sentences after the hour, the key's own beside them, and what to mark oneself by. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.key import AnswerKey, Bug

_QUOTED = 2
"""Lines of a change that a sentence holds."""
QUESTIONS = {
    "cause": "What was the cause?",
    "unseen": "Why was it not seen before?",
    "safe": "Why is the fix safe?",
}
"""What is asked, by the name under which the answer is kept."""
_RUBRIC = {
    "cause": "names the place, what the code did there, and what it should do",
    "unseen": "says which input shows it, and how few tests have such a one",
    "safe": "says what else runs through the changed lines, and what was run to see that it still does",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """A question, the learner's sentence, the key's own, and what a good answer does."""

    question: str
    yours: str
    own: str
    rubric: str


def beside(key: AnswerKey, yours: dict[str, str]) -> tuple[Beside, ...]:
    """Each question with both answers. The key's are made of what was measured when it was made."""
    own = {"cause": _cause(key), "unseen": _unseen(key), "safe": _safe(key)}
    return tuple(
        Beside(question, yours.get(name, ""), own[name], _RUBRIC[name])
        for name, question in QUESTIONS.items()
    )


def _cause(key: AnswerKey) -> str:
    return " ".join(
        f"{bug.path}, {bug.function or 'outside of every function'}, line {bug.lines[0]}: {_wrong(bug)} {bug.story}"
        for bug in key.bugs
    )


def _wrong(bug: Bug) -> str:
    """What the changed lines say and what they should say; of several places the one that the key names."""
    blocks = [block for block in _blocks(bug.fix_patch) if block.removed or block.added]
    first, last = bug.lines
    here = [block for block in blocks if block.path == bug.path and first <= block.line <= last + 1]
    block = (here or blocks)[0]
    others = len(blocks) - 1
    elsewhere = {0: "", 1: " The fix changes one other place, too."}
    return _said(block) + elsewhere.get(others, f" The fix changes {others} other places, too.")


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines beside each other that a fix takes away, and those that it puts in their place."""

    path: str
    line: int
    """Of the first one in the file as it was handed out."""
    removed: tuple[str, ...]
    added: tuple[str, ...]


def _blocks(patch: str) -> Iterator[_Block]:
    path, line = "", 0
    for signs, lines in groupby(patch.splitlines(), key=_is_change):
        told = list(lines)
        if signs:
            removed, added = (
                tuple(one[1:].strip() for one in told if one[0] == sign and one[1:].strip())
                for sign in "-+"
            )
            yield _Block(path, line, removed, added)
            line += sum(one[0] == "-" for one in told)
            continue
        for one in told:
            if found := _HUNK.match(one):
                line = int(found[1])
            elif one.startswith("--- "):
                path = one.removeprefix("--- a/")
            elif one.startswith(" ") or not one:
                line += 1


_HUNK = re.compile(r"@@ -(\d+)")


def _is_change(line: str) -> bool:
    return line[:1] in {"-", "+"} and line[:4] not in {"--- ", "+++ "}


def _said(block: _Block) -> str:
    is_, should = _quoted(block.removed), _quoted(block.added)
    if not block.removed:
        return f"{should} {'is' if len(block.added) == 1 else 'are'} missing."
    if not block.added:
        return f"{is_} {'is' if len(block.removed) == 1 else 'are'} too much."
    return f"it says {is_}, and should say {should}."


def _quoted(lines: Sequence[str]) -> str:
    """The first lines of a block: all of it is in the fix."""
    quoted = [f"`{line}`" for line in lines]
    if len(quoted) <= _QUOTED:
        return " and ".join(quoted)
    more = len(quoted) - _QUOTED
    return f"{', '.join(quoted[:_QUOTED])} and {more} more {'line' if more == 1 else 'lines'}"


def _unseen(key: AnswerKey) -> str:
    notice = {test for bug in key.bugs for test in (*bug.failing, *bug.hidden)}
    shown = len([test for test in key.visible if test not in notice])
    verb = "notices" if len(notice) == 1 else "notice"
    first = next(test for bug in key.bugs for test in (*bug.failing, *bug.hidden))
    return (
        f"{first} shows it. {shown:,} of the {len(key.visible):,} tests that were handed out pass with it; "
        f"of all {len(key.tests):,}, {len(notice):,} {verb} it."
    )


def _safe(key: AnswerKey) -> str:
    hidden = {0: "", 1: ", the hidden one among them"}
    many = f", the {len(key.hidden):,} hidden ones among them"
    return f"With the fix all {len(key.tests):,} tests pass{hidden.get(len(key.hidden), many)}."
