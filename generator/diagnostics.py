"""What a linter, the formatter and the compiler say of a mutant that they do not say of the clean code.

One ruff process for many mutants. A fixed rule set, no configuration from anywhere, so that the answer is the same on
every machine with the same ruff.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import re
import sys
import sysconfig
import warnings
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from generator import edits, places, process
from generator.errors import UnfitError
from generator.trial import store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.records import Mutant

RULES = "F,E4,E7,E9,W,B,A,ARG,C4,PIE,PLC,PLE,PLW,PLR0124,PLR0133,PLR1711,PLR1714,PLR5501,RET,RSE,RUF,SIM,TRY,UP,FURB,PERF"
"""Defaults of a strict reviewer. Left out: complexity and style counts, which a bug does not change for the worse."""
_LINE_LENGTHS = (79, 88, 99, 100, 110, 120)
_LIMITS = process.Limits(wall=120)
_QUIET = ["--isolated", "--no-cache", "--no-respect-gitignore", "--config=exclude=[]"]
"""No file decides what is looked at; without the last, a package's `build` directory would not be."""
_REPORT_KEPT = 256 << 20
_LINE_NUMBER = re.compile(r"\bline \d+")
_QUOTED = re.compile(r"`([^`]*)`")
_NAME = re.compile(r"[\w.]+")


def new_findings(contents: Mapping[str, bytes], mutants: Sequence[Mutant]) -> list[tuple[str, ...]]:
    """For each mutant, what the tools say of its files beyond what they say of the clean ones: `rule message`. From the store
    where they were asked before."""
    names = [_stored_name(contents, mutant) for mutant in mutants]
    found = [store.load("findings", name) for name in names]
    unknown = [number for number, findings in enumerate(found) if findings is None]
    if unknown:
        asked = _asked(contents, [mutants[number] for number in unknown])
        for number, findings in zip(unknown, asked, strict=True):
            found[number] = findings
            store.save("findings", names[number], findings)
    return [tuple(findings) for findings in found]


def _stored_name(contents: Mapping[str, bytes], mutant: Mutant) -> str:
    files = edits.apply(contents, mutant.edits)
    read = [(path, *map(_digest, (contents[path], files[path]))) for path in sorted(files)]
    return store.key("findings", read, sys.version_info[:3], version("ruff"), _own_code())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@functools.cache
def _own_code() -> str:
    return store.code([Path(__file__)])


def _asked(contents: Mapping[str, bytes], mutants: Sequence[Mutant]) -> list[tuple[str, ...]]:
    with places.scratch() as scratch:
        changed = [edits.apply(contents, mutant.edits) for mutant in mutants]
        clean = {path: contents[path] for files in changed for path in files}
        _write(scratch / "clean", clean)
        for number, files in enumerate(changed):
            _write(scratch / str(number), files)
        found = _lint(scratch)
        odd = _oddly_formatted(scratch, clean, len(mutants))
    return [
        tuple(
            finding
            for path in sorted(files)
            for finding in [
                *(found[f"{number}/{path}"] - found[f"clean/{path}"]),
                *_compiler(files[path], contents[path]),
                *(
                    ["format: no longer as the formatter leaves it"]
                    if f"{number}/{path}" in odd
                    else []
                ),
            ]
        )
        for number, files in enumerate(changed)
    ]


def _write(root: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _ruff(scratch: Path, *arguments: str) -> list[tuple[str, str | None, str]]:
    """Path, rule and message of each finding."""
    told = process.run(
        [_ruff_program(), *arguments, "--output-format=json", *_QUIET],
        cwd=scratch,
        limits=_LIMITS,
        env=process.environment(scratch / ".env"),
        kept=_REPORT_KEPT,
    )
    try:
        # The status tells little: a file that does not parse is a finding and an error to it.
        findings = json.loads(told.stdout)
    except ValueError as error:
        raise UnfitError(f"ruff can't look at the code: {told.last_words}") from error
    root = scratch.resolve()
    return [
        (Path(one["filename"]).relative_to(root).as_posix(), one["code"], one["message"])
        for one in findings
    ]


def _ruff_program() -> str:
    beside = Path(sys.executable).parent / "ruff"
    return str(beside if beside.exists() else Path(sysconfig.get_path("scripts")) / "ruff")


def _lint(scratch: Path) -> Mapping[str, Counter[str]]:
    found = _Counters()
    for path, code, message in _ruff(scratch, "check", "--exit-zero", f"--select={RULES}", "."):
        found.setdefault(path, Counter())[_said(code, message)] += 1
    return found


def _said(rule: str | None, message: str) -> str:
    """A finding without what changes though the finding stays: line numbers, and the code it quotes (names stay)."""
    message = _LINE_NUMBER.sub("line", message)
    return f"{rule} {_QUOTED.sub(lambda q: q[0] if _NAME.fullmatch(q[1]) else '`…`', message)}"


class _Counters(dict[str, Counter[str]]):
    def __missing__(self, key: str) -> Counter[str]:
        return Counter()


_STEADY_AT: dict[bytes, int | None] = {}
"""Content → the first of the line lengths at which the formatter leaves it alone. One seed's files are asked for often."""


def _oddly_formatted(scratch: Path, clean: Mapping[str, bytes], count: int) -> set[str]:
    """The mutated files that the formatter would change though it leaves their clean file alone, at some line length."""
    unknown = {path: content for path, content in clean.items() if content not in _STEADY_AT}
    for length in _LINE_LENGTHS if unknown else ():
        would_change = _would_reformat(scratch, "clean", length)
        for path in [path for path in unknown if f"clean/{path}" not in would_change]:
            _STEADY_AT[unknown.pop(path)] = length
    _STEADY_AT.update(dict.fromkeys(unknown.values()))
    odd: set[str] = set()
    for length in _LINE_LENGTHS:
        steady = [path for path, content in clean.items() if _STEADY_AT[content] == length]
        if not steady:
            continue
        would_change = _would_reformat(scratch, ".", length)
        odd |= {f"{n}/{path}" for n in range(count) for path in steady} & would_change
    return odd


def _would_reformat(scratch: Path, below: str, length: int) -> set[str]:
    found = _ruff(scratch, "format", "--check", f"--line-length={length}", below)
    return {path for path, code, _ in found if code == "unformatted"}


def _compiler(mutated: bytes, clean: bytes) -> list[str]:
    return [*(_warnings(mutated) - _warnings(clean))]


@functools.lru_cache(64)
def _warnings(source: bytes) -> Counter[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(ast.parse(source), "<mutant>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            return Counter([f"compiler: {error}"])
    return Counter(f"compiler: {warning.message}" for warning in caught)
