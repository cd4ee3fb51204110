"""TICKET.md of one candidate: a customer's ticket where the seed brings a customer's words, else an honest transcript."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.challenge.ticket import ticket
from generator.challenge.transcript import transcript

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from generator.records import Candidate, Mutant, Seed


def write(
    seed: Seed,
    mutants: Sequence[Mutant],
    candidate: Candidate,
    around: Collection[str],
    *,
    number: int,
) -> str:
    """The text of TICKET.md. `around` are the node ids that exercise the guilty function, `mutants` all that the bug was
    drawn from."""
    failed = len(candidate.verdict.failures)
    path, *names = candidate.visible[0].partition("[")[0].split("::")
    source = seed.contents[path].decode("utf-8")
    if seed.words is None:
        return transcript(
            source,
            "::".join(names),
            clean=candidate.clean,
            buggy=candidate.buggy,
            failed=failed,
            total=len(around),
        )
    return ticket(
        seed.words,
        area=PurePosixPath(candidate.mutant.path).stem,
        rule=docstring(source, names),
        clean=candidate.clean,
        buggy=candidate.buggy,
        ran=len(around),
        failed=failed,
        number=number,
        variant=rank(mutants, candidate.mutant),
    ).text


def rank(mutants: Sequence[Mutant], mutant: Mutant) -> int:
    """The mutant's place among those of its operator: different for any two tickets that could resemble each other."""
    return [one for one in mutants if one.operator == mutant.operator].index(mutant)


def docstring(source: str, names: Sequence[str]) -> str:
    """The first sentence of a test function's docstring, or ""; `names` leads from the module to the function."""
    body: list[ast.stmt] = ast.parse(source).body
    node: ast.AST | None = None
    for name in names:
        node = next((each for each in body if getattr(each, "name", None) == name), None)
        body = getattr(node, "body", [])
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return ""
    return " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())


def headline(ticket: str) -> str:
    """What a screen shows of a ticket: its title, or the sentence in which a transcript ends."""
    lines = [line.lstrip("# ") for line in ticket.splitlines() if line.strip()]
    return lines[0] if ticket.startswith("#") else lines[-1]
