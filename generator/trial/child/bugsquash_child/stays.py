"""What is the same whichever mutant is tried: others' modules, and regular expressions that are compiled. Who forks has it
ready before."""

from __future__ import annotations

import contextlib
import importlib
import re
import sys
import warnings
from typing import TYPE_CHECKING, Any

from _pytest.assertion.rewrite import AssertionRewritingHook

if TYPE_CHECKING:
    from bugsquash_child.report import Report


def found(report: Report) -> dict[str, Any]:
    """What there is of it now, as `make_ready` takes it."""
    return {"modules": _foreign_modules(report), "patterns": _patterns()}


def make_ready(stays: dict[str, Any]) -> None:
    """Do once what each fork would do by itself."""
    for name in stays["modules"]:
        # Whatever is wrong with it will be wrong in the fork too.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    with warnings.catch_warnings():
        # What warns when it is compiled has to warn in the fork.
        warnings.simplefilter("error")
        for pattern, flags in stays["patterns"]:
            with contextlib.suppress(Exception):
                re.compile(pattern, flags)


def _patterns() -> list[list[Any]]:
    # The cache is no promise of `re`.
    known = list(getattr(re, "_cache", ()))
    return [[key[1], int(key[2])] for key in known if len(key) == 3 and key[0] is str]


def _foreign_modules(report: Report) -> list[str]:
    """What was imported from outside the tree, in that order. Not what pytest has rewritten: plugins, which it wants to
    import by itself."""
    names = []
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        rewritten = isinstance(getattr(module, "__loader__", None), AssertionRewritingHook)
        if file and not rewritten and report.relative(file) is None:
            names.append(name)
    return names
