"""Tells what the statements of a test file execute while it is imported from what else is imported meanwhile.

What a test file makes with the project's functions when it is imported (a decorated function, say) is there for its own
tests. What the project, a conftest or a helper makes is there for all.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from bugsquash_child.linemap import LineMap
    from bugsquash_child.report import Report

BODY = "<body of {}>"


class Bodies:
    """A finder that leaves the finding to the others. The lines that a file of the tree executes belong to its body, those of
    what is imported within it to the empty context."""

    def __init__(self, report: Report, lines: LineMap) -> None:
        self._report = report
        self._lines = lines
        self._is_within = False

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """What the first of the other finders finds that finds something."""
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = (
                find(name, path, target) if find and finder is not self else None
            )
            if spec is not None:
                self._watch(spec)
                return spec
        return None

    def _watch(self, spec: ModuleSpec) -> None:
        # None for a package without an `__init__`, of which nothing is executed.
        loader: Any = spec.loader
        # A loader may serve more than one module: pytest has one for all the tests that it rewrites.
        own = getattr(loader, "__dict__", None)
        if own is not None and "exec_module" not in own and self._in_tree(spec) is not None:
            loader.exec_module = functools.partial(self._run, loader.exec_module)

    def _in_tree(self, spec: ModuleSpec) -> str | None:
        return self._report.relative(spec.origin) if spec.origin and spec.has_location else None

    def _run(self, run: Callable[[ModuleType], None], module: ModuleType) -> None:
        if self._lines.context and not self._is_within:
            # What a test imports is executed by the test.
            run(module)
            return
        path = self._in_tree(module.__spec__) if module.__spec__ else None
        is_outermost, self._is_within = not self._is_within, True
        before = self._lines.switch(BODY.format(path) if path and is_outermost else "")
        try:
            run(module)
        finally:
            self._lines.switch(before)
            self._is_within = not is_outermost
