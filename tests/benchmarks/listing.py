"""What listing every mutant of a module takes, beside what libcst alone takes for it.

    python -m tests.benchmarks.listing [FILE.py ...]

Without files, modules of the standard library of some 500, 1,000, 3,000 and 6,000 lines. libcst's share is one parse, with the
metadata that any tool would ask for: byte spans, parents and scopes. Each is measured `ROUNDS` times in turn, as CPU time;
the medians are printed, then how many mutants there are, the ratio of the two, and CPU milliseconds for a thousand lines.
"""

from __future__ import annotations

import gc
import importlib.util
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import (
    ByteSpanPositionProvider,
    MetadataWrapper,
    ParentNodeProvider,
    ScopeProvider,
)

from generator.inject import mutants_of_file

if TYPE_CHECKING:
    from collections.abc import Callable

MODULES = ("textwrap", "fractions", "tarfile", "_pydecimal")
ROUNDS = 3
PROVIDERS = (ByteSpanPositionProvider, ParentNodeProvider, ScopeProvider)


def libcst_alone(data: bytes) -> None:
    """One parse and the metadata."""
    wrapper = MetadataWrapper(cst.parse_module(data), unsafe_skip_copy=True)
    wrapper.resolve_many(PROVIDERS)


def taken(what: Callable[[bytes], object], data: bytes) -> float:
    """CPU seconds."""
    gc.collect()
    started = time.process_time()
    what(data)
    return time.process_time() - started


def main() -> None:
    """Measure one module after the other, and print."""
    named = [Path(name) for name in sys.argv[1:]]
    specs = () if named else map(importlib.util.find_spec, MODULES)
    files = named or [Path(spec.origin) for spec in specs if spec and spec.origin]
    print(
        f"{'module':16} {'lines':>6} {'libcst':>9} {'listing':>9} {'ratio':>6} {'mutants':>8} {'ms/1,000 lines':>15}"
    )
    for file in files:
        data = file.read_bytes()
        lines, found = data.count(b"\n"), mutants_of_file(file.name, data).mutants
        pairs = [
            (taken(libcst_alone, data), taken(lambda data: mutants_of_file("m.py", data), data))
            for _ in range(ROUNDS)
        ]
        alone, ours = (median(each) for each in zip(*pairs, strict=True))
        print(
            f"{file.stem:16} {lines:6,} {alone:7.2f} s {ours:7.2f} s {ours / alone:6.1f} {len(found):8,} {1e6 * ours / lines:15,.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
