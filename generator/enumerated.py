"""A seed's mutants, enumerated once for the same files, operators and parser."""

from __future__ import annotations

import dataclasses
import functools
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import inject
from generator.inject import Injection, Unread
from generator.records import ChangeKind, Edit, Family, Mutant, Span
from generator.trial import store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.records import Seed

_CODE = (
    "operators/**/*.py",
    "changes/*.py",
    "inject.py",
    "statements.py",
    "reparse.py",
    "no_go.py",
    "restated.py",
    "project.py",
    "parsing.py",
    "source.py",
    "scopes.py",
    "outline.py",
    "edits.py",
    "records.py",
)


def mutants(seed: Seed) -> Injection:
    """Every mutant of the seed, as `inject.mutants` lists them."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"  # decides what parses
    name = store.key("enumerated", seed.digest, _code(), version("libcst"), python)
    known = store.load("enumerated", name)
    if known is not None:
        return Injection(
            tuple(map(_mutant, known["mutants"])), tuple(Unread(**one) for one in known["unread"])
        )
    found = inject.mutants(seed)
    store.save("enumerated", name, dataclasses.asdict(found))
    return found


@functools.cache
def _code() -> str:
    package = Path(__file__).parent
    return store.code(file for pattern in _CODE for file in package.glob(pattern))


def _mutant(told: Mapping[str, Any]) -> Mutant:
    return Mutant(
        **{
            **told,
            "family": Family(told["family"]),
            "change": ChangeKind(told["change"]),
            "edits": tuple(Edit(**edit) for edit in told["edits"]),
            "touched": tuple(Span(**span) for span in told["touched"]),
        }
    )
