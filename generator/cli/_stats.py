"""What `operators --stats` measures, on the screen and as JSON."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from generator import select
from generator.cli import _screen, _words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.catalogue import Stats


def facts(stats: Stats) -> dict[str, Any]:
    """One JSON object with everything."""
    return {
        "operators": [dataclasses.asdict(one) for one in stats.operators],
        "failing": stats.failing,
        "drawn": len(stats.drawn),
        "kinds": stats.kinds,
        "divergence": round(stats.divergence, 3),
        "reaches": stats.reaches,
    }


def tell(stats: Stats) -> None:
    """Tables: by operator, by kind of change, by reach."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("operator", "mutants", "caught", "fit", "seeds", "failing tests"):
        table.add_column(heading, justify="left" if heading == "operator" else "right")
    for one in stats.operators:
        counts = (f"{one.mutants:,}", f"{one.caught:,}", f"{one.fit:,}", f"{one.seeds}")
        table.add_row(one.operator, *counts, "" if one.failing is None else f"{one.failing:g}")
    _screen.out().print(table, soft_wrap=False)
    if stats.failing is not None:
        _screen.tell(f"A fit mutant fails {stats.failing:g} tests, in the median.")
    _screen.tell()
    _screen.tell(
        f"What {_words.count(len(stats.drawn), 'challenge')} of a bare new would be, in per cent:"
    )
    _shares("kind of change", stats.kinds, select.TARGET_MIX)
    _screen.tell(f"Divergence from the target: {stats.divergence:.2f}")
    _screen.tell()
    _shares("what a fix touches", stats.reaches, select.TARGET_REACH)


def _shares(what: str, found: Mapping[str, float], target: Mapping[str, int]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in (what, "drawn", "target"):
        table.add_column(heading, justify="left" if heading == what else "right")
    for name, share in found.items():
        table.add_row(name, f"{share:.0f}", f"{target[name]}")
    _screen.out().print(table, soft_wrap=False)
