"""What a learner is told of a hidden test that fails: its rule and the two values, and nothing of its code."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.records import function_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.records import Failure

_LONGEST = 160
_COMPARED = (re.compile(r"^assert (.+) == (.+)$"), re.compile(r"^(.+) != (.+)$"))
_DID_NOT_RAISE = re.compile(r"^DID NOT RAISE .*?(\w+)\W*$")


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence, and what was expected and seen where the failure tells both or one of them."""

    rule: str
    expected: str | None
    yours: str | None


def rule_of(originals: Mapping[str, bytes], test: str, failure: Failure | None) -> Rule:
    """The rule that a failing hidden test stands for: the first sentence of its docstring, or the words of its name."""
    expected, yours = _values(failure) if failure else (None, None)
    return Rule(_sentence(originals, test) or _spelled(test), expected, yours)


def message_of(failure: Failure) -> str:
    """How a visible test failed, in one line."""
    first = _cut(failure.message.partition("\n")[0])
    if failure.exception in {"AssertionError", "Failed"} and first:
        return first
    return f"{failure.exception}: {first}" if first else failure.exception


def _sentence(originals: Mapping[str, bytes], test: str) -> str | None:
    path, *names = function_of(test).split("::")
    try:
        node: ast.AST = ast.parse(originals[path])
    except (KeyError, SyntaxError, ValueError):
        return None
    for name in names:
        below = getattr(node, "body", [])
        found = [one for one in below if getattr(one, "name", None) == name]
        if not found:
            return None
        node = found[-1]
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    text = ast.get_docstring(node)
    return " ".join(text.split("\n\n")[0].split()).rstrip(".") if text else None


def _spelled(test: str) -> str:
    """`tests/test_a.py::TestCart::test_two_rows[a]` → `two rows`"""
    name = function_of(test).rpartition("::")[2]
    return " ".join(name.removeprefix("test").replace("_", " ").split()) or name


def _values(failure: Failure) -> tuple[str | None, str | None]:
    if failure.exception == "Failed" and (missing := _DID_NOT_RAISE.match(failure.message)):
        return missing[1], "raises nothing"
    if failure.exception != "AssertionError":
        return None, "raises " + message_of(failure)
    for line in failure.message.splitlines():
        for pattern in _COMPARED:
            values = pattern.match(line)
            # Where a value holds the sign itself, nobody can say where the other begins.
            if values and line.count(" == ") + line.count(" != ") == 1:
                return _cut(values[2]), _cut(values[1])
    return None, None


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
