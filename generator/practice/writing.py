"""Three sentences after the hour, the key's own beside them, and what to mark oneself by. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.key import AnswerKey, Bug

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
    """What the first changed line says and what it should say."""
    lines = bug.fix_patch.splitlines()
    is_, should = (
        next((line[1:].strip() for line in lines if _goes_with(sign, line)), "") for sign in "-+"
    )
    if not is_:
        return f"`{should}` is missing."
    return f"it says `{is_}`, and should say `{should}`." if should else f"`{is_}` is too much."


def _goes_with(sign: str, line: str) -> bool:
    return line.startswith(sign) and not line.startswith(sign * 3) and bool(line[1:].strip())


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
