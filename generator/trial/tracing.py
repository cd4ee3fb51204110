"""Tests watched from outside: their calls into the package, how deep the guilty function lies, what the changed line saw."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import outline, process
from generator.records import Call, Trace
from generator.trial import interpreter, store, suite, told

if TYPE_CHECKING:
    from collections.abc import Sequence

SLOWER = 5
"""Every call of the watched test goes through Python code of ours."""
Forked = Callable[[suite.Job], "suite.SuiteRun | None"]
"""Runs a job of the same tree, interpreter and hash seed in a fork; None where only a fresh process can tell."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The guilty function in the tree that runs, and what is wanted to be seen at its changed line."""

    path: str
    name: str
    """Bare: without the classes and functions around it."""
    first: int
    """Its first line, decorators included."""
    last: int
    lines: tuple[int, ...]
    names: tuple[str, ...]
    """Local names and their attributes (`self.limit`) whose values are wanted when one of the lines is first reached."""


def watch(source: bytes, path: str, function: str, first_line: int, last_line: int) -> Watch | None:
    """Watch the lines of this function in the file's text as it will run; None where the text has no such function.

    The lines grow to the whole statements they lie in (for a compound one its header), since only the beginning of
    one is sure to be reported.
    """
    same_name = [found for found in outline.functions(source) if found.name == function]
    around = [found for found in same_name if found.start <= first_line <= found.last]
    if not same_name:
        return None
    guilty = (around or same_name)[0]
    statements = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt)
        and guilty.body <= node.lineno <= guilty.last
        and outline.header(node)[0] <= last_line
        and outline.header(node)[1] >= first_line
    ]
    lines = {
        line
        for node in statements
        for line in range(outline.header(node)[0], outline.header(node)[1] + 1)
    }
    names = dict.fromkeys(name for node in statements for name in outline.names_read(node))
    return Watch(
        path=path,
        name=function.rpartition(".")[2],
        first=guilty.start,
        last=guilty.last,
        lines=tuple(sorted(lines)),
        names=tuple(names),
    )


def traces(
    tree: suite.Tree,
    tests: Sequence[str],
    *,
    limits: process.Limits,
    watch: Watch | None,
    python: Path = Path(sys.executable),
    hash_seed: str = "0",
    forked: Forked | None = None,
) -> dict[str, Trace]:
    """Run these tests of the tree in one process and tell of each what it did; from the store where the same was
    watched before.

    `limits` are those of a plain run. `forked` is asked first. A test that does not come to its end leaves a trace without
    calls.
    """
    wanted = dataclasses.asdict(watch) if watch else None
    about = digest(tree), wanted, interpreter.fingerprint(python), hash_seed
    names = {test: store.key("trace", test, *about) for test in tests}
    stored = {test: store.load("traces", name) for test, name in names.items()}
    missing = tuple(test for test, seen in stored.items() if seen is None)
    if missing:
        job = suite.Job(
            limits.longer(SLOWER), wanted=missing, task="trace", watch=wanted, hash_seed=hash_seed
        )
        seen = (forked and forked(job)) or suite.run(tree, job, python=python)
        for test in missing:
            stored[test] = _to_json(seen, test)
            if test in seen.outcomes:
                store.save("traces", names[test], stored[test])
    return {test: _from_json(seen) for test, seen in stored.items()}


def digest(tree: suite.Tree) -> str:
    """Of all that a tree holds and how its tests are run."""
    digest = hashlib.sha256(
        repr((sorted(tree.executable), tree.source, tree.configuration, tree.package)).encode()
    )
    for path in sorted(tree.contents):
        for part in (path.encode("utf-8", "surrogateescape"), tree.contents[path]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _to_json(run: suite.SuiteRun, test: str) -> dict[str, Any]:
    seen: dict[str, Any] = {
        "calls": [],
        "depth": None,
        "compared": None,
        "values": {},
        "parameters": {},
        "threaded": False,
    }
    for one in run.traces:
        if one["test"] == test:
            seen.update(one)
    failure = run.outcomes[test].failure if test in run.outcomes else None
    return {
        **seen,
        "failure": told.from_failure(failure) if failure else None,
        "finished": test in run.outcomes,
    }


def _from_json(stored: dict[str, Any]) -> Trace:
    compared, failure = stored["compared"], stored["failure"]
    return Trace(
        calls=tuple(
            Call(
                operation=call["operation"],
                path=call["path"],
                arguments=call["arguments"],
                raised=call["raised"],
                result=call["result"],
                defaults=call["defaults"],
                raised_in=call["raised_in"] and (call["raised_in"][0], call["raised_in"][1]),
                depth=call["depth"],
                altered=call["altered"],
            )
            for call in stored["calls"]
        ),
        depth=stored["depth"],
        compared=None if compared is None else (compared[0], compared[1], compared[2]),
        values=stored["values"],
        parameters=stored["parameters"],
        threaded=stored["threaded"],
        finished=stored["finished"],
        failure=failure and told.as_failure(failure),
    )
