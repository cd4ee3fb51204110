"""TICKET.md of one candidate: a customer's ticket where the seed brings a customer's words, else an honest transcript."""

from __future__ import annotations

import ast
import tokenize
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from generator import outline
from generator.challenge.reproduction.transcript import transcript
from generator.challenge.tickets import narrate, telling
from generator.challenge.tickets.symptom import (
    boundary,
    last_unlike,
    seen_wrong,
    symptom,
    told_calls,
)
from generator.challenge.tickets.ticket import quotes_its_rule, ticket
from generator.records import TICKETS_BETWEEN, function_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.challenge.tickets.telling import Flaw
    from generator.records import Bench, Call, Candidate, Mutant, Seed, Trace, Words


_PATCHING = frozenset({"setattr", "delattr", "setitem", "delitem", "setenv", "delenv", "patch"})


def flaws(words: Words | None, clean: Trace, buggy: Trace) -> frozenset[Flaw]:
    """What would be wrong with a ticket made of one test's traces; a transcript is the test itself and has no flaw."""
    return telling.flaws(words, clean, buggy) if words else frozenset()


def steps(words: Words | None, clean: Trace, buggy: Trace) -> int:
    """How many steps a ticket made of one test's traces tells; of a transcript, how many calls the test makes."""
    return narrate.length(words, told_calls(words, clean, buggy)) if words else len(buggy.calls)


def wrong_answers(words: Words | None, clean: Trace, buggy: Trace) -> tuple[tuple[Call, Call], ...]:
    """The calls that are seen to answer wrongly, on the clean and on the buggy code, up to the one that is told, which comes
    last; none where no call's answer is."""
    index = boundary(words, clean, buggy) if words else last_unlike(clean, buggy)
    if index is None:
        return ()
    earlier = seen_wrong(words, clean, buggy, index) if words else ()
    return (*earlier, (clean.calls[index], buggy.calls[index]))


def repeats(words: Words | None, clean: Trace, again: Trace, buggy: Trace) -> bool:
    """Whether the answer that would be told as right is the same in another run of the clean code."""
    if not (clean.finished and again.finished):
        return False
    index = boundary(words, clean, buggy) if words else last_unlike(clean, buggy)
    return index is None or again.calls[: index + 1] == clean.calls[: index + 1]


def relevance(seed: Seed, mutant: Mutant, test: str, clean: Trace, buggy: Trace) -> int:
    """How far the rule in the test's docstring speaks of what went wrong: 2 of the words in which the answers differ, 1 of
    what the guilty function is for, 0 of neither, and then it is not quoted. One that is not quoted anyhow can't be beside the
    point: 1."""
    if seed.words is None or not quotes_its_rule(seed.words, clean, buggy):
        return 1
    rule = rule_of(seed, test)
    function = outline.enclosing(outline.functions(seed.contents[mutant.path]), mutant.line)
    purpose = f"{function.name} {function.docstring}" if function else ""
    seen = symptom(seed.words, clean, buggy)
    return 2 if telling.is_about(rule, "", seen) else int(telling.is_about(rule, purpose, seen))


def rule_of(seed: Seed, test: str) -> str:
    """The first sentence of a test function's docstring."""
    path, *names = function_of(test).split("::")
    return docstring(text_of(seed.contents[path]), names)


def acts_unseen(seed: Seed, test: str) -> bool:
    """Whether the test function does what no call shows, and a customer's ticket could not tell: it sets an attribute of what
    it uses, or patches something. A transcript shows it."""
    if seed.words is None:
        return False
    path, *names = function_of(test).split("::")
    node = _function(text_of(seed.contents[path]), names)
    return node is not None and any(map(_is_unseen, ast.walk(node)))


def _is_unseen(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=targets):
            return any(isinstance(each, ast.Attribute) for each in targets)
        case ast.AugAssign(target=ast.Attribute()):
            return True
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _PATCHING
    return False


def write(bench: Bench, candidate: Candidate, *, number: int) -> str:
    """The text of one ticket."""
    seed = bench.seed
    if seed.words is None:
        path, *names = function_of(candidate.witness[0]).split("::")
        return transcript(
            text_of(seed.contents[_defined_in(seed, candidate) or path]),
            "::".join(names),
            clean=candidate.clean,
            buggy=candidate.trace,
            failed=len(candidate.verdict.failures),
            total=len(bench.baseline.tests),
        )
    traces = candidate.clean, candidate.trace
    test = candidate.witness[0]
    to_the_point = relevance(seed, candidate.mutant, test, *traces) > 0
    return ticket(
        seed.words,
        rule=rule_of(seed, test) if to_the_point else None,
        clean=candidate.clean,
        buggy=candidate.trace,
        number=number,
        variant=variant(bench, candidate.mutant),
    ).text


def text_of(content: bytes) -> str:
    """A Python file's text, in the encoding that the file names, without a mark at its start."""
    encoding, _ = tokenize.detect_encoding(BytesIO(content).readline)
    return content.decode(encoding)


def _defined_in(seed: Seed, candidate: Candidate) -> str | None:
    """The file whose test function failed: an inherited one lies elsewhere than its id says."""
    failure = next(one for one in candidate.verdict.failures if one.test == candidate.witness[0])
    return next((frame.path for frame in failure.frames if frame.path in seed.tests), None)


def variant(bench: Bench, mutant: Mutant) -> int:
    """Different for any two mutants of an operator, whose tickets could resemble each other; and apart from those of
    other operators, lest each begins with the same person."""
    rank = [one for one in bench.mutants if one.operator == mutant.operator].index(mutant)
    return zlib.crc32(mutant.operator.encode()) % 997 + rank


def docstring(source: str, names: Sequence[str]) -> str:
    """The first sentence of a test function's docstring, or ""; `names` leads from the module to the function."""
    node = _function(source, names)
    return " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split()) if node else ""


def _function(source: str, names: Sequence[str]) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    body: list[ast.stmt] = ast.parse(source).body
    node: ast.AST | None = None
    for name in names:
        node = next((each for each in body if getattr(each, "name", None) == name), None)
        body = getattr(node, "body", [])
    return node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None


def joined(tickets: Sequence[str]) -> str:
    """TICKET.md of all of them."""
    return TICKETS_BETWEEN.join(tickets)


def headline(tickets: Sequence[str]) -> str:
    """What a screen shows of the tickets: the first one's title, or the sentence in which a transcript ends."""
    first, *others = tickets
    more = f", and {len(others)} more" if others else ""
    return _headline(first) + more


def _headline(ticket: str) -> str:
    lines = [line.lstrip("# ") for line in ticket.splitlines() if line.strip()]
    return lines[0] if ticket.startswith("#") else lines[-1]
