"""Where no edit may lie: what does nothing when the code runs, what only people read, what is not the project's own doing."""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from generator.records import Edit
    from generator.source import Source

LOGGERS = frozenset({"log", "logger", "logging", "_log", "_logger", "LOG", "LOGGER", "__log"})
LEVELS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "fatal"}
)
SEALED_NAMES = frozenset({"__all__", "__version__", "__author__", "__slots__"})
SEALED_TESTS = frozenset({"TYPE_CHECKING", "typing.TYPE_CHECKING"})
ALIAS_TYPES = frozenset({"TypeAlias", "typing.TypeAlias"})
TYPE_MAKERS = frozenset({"TypeVar", "NewType", "ParamSpec", "Literal", "Union", "Optional"})


Zone = tuple[cst.CSTNode, cst.CSTNode]
"""Where no edit may lie, and the whole that an edit may take out or move all the same."""


def _docstring(source: Source, node: cst.CSTNode) -> Iterator[Zone]:
    first = node.body[0] if isinstance(node, cst.Module | cst.IndentedBlock) and node.body else None
    around = source.parent(node)
    if isinstance(node, cst.IndentedBlock) and not isinstance(
        around, cst.FunctionDef | cst.ClassDef
    ):
        return
    match first:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.BaseString()), *_]):
            yield first, first


def _is_log_call(source: Source, node: cst.Call) -> bool:
    func = node.func
    if node.args and source.text(node.args[0].value).rpartition(".")[2] in LOGGERS:
        return True
    if not isinstance(func, cst.Attribute) or func.attr.value not in LEVELS:
        return False
    return source.text(func.value).rpartition(".")[2] in LOGGERS


def _call(source: Source, node: cst.CSTNode) -> Iterator[Zone]:
    if isinstance(node, cst.Call):
        text = source.text(node.func)
        if _is_log_call(source, node) or text in {"warnings.warn", "warn"}:
            yield node, node


def _raised(_source: Source, node: cst.CSTNode) -> Iterator[Zone]:
    if isinstance(node, cst.Raise) and isinstance(node.exc, cst.Call):
        yield from ((arg, node) for arg in node.exc.args)


def _asserted(_source: Source, node: cst.CSTNode) -> Iterator[Zone]:
    if isinstance(node, cst.Assert) and node.msg is not None:
        yield node.msg, node


def _repr(source: Source, node: cst.CSTNode) -> Iterator[Zone]:
    if isinstance(node, cst.FunctionDef):
        decorators = (source.text(each.decorator) for each in node.decorators)
        overload = any(each.rpartition(".")[2] == "overload" for each in decorators)
        if overload or node.name.value == "__repr__":
            yield node, node


def _test(source: Source, node: cst.CSTNode) -> Iterator[Zone]:
    if isinstance(node, cst.If):
        text = source.text(node.test)
        if text in SEALED_TESTS or text.startswith("__name__"):
            yield node, node


def _named(source: Source, node: cst.CSTNode) -> Iterator[Zone]:
    targets: tuple[cst.CSTNode, ...] = ()
    if isinstance(node, cst.Assign):
        targets = tuple(each.target for each in node.targets)
        called = node.value.func if isinstance(node.value, cst.Call) else node.value
        called = called.value if isinstance(called, cst.Subscript) else called
        if source.text(called).rpartition(".")[2] in TYPE_MAKERS:
            yield node, node
    elif isinstance(node, cst.AnnAssign | cst.AugAssign):
        targets = (node.target,)
        if (
            isinstance(node, cst.AnnAssign)
            and source.text(node.annotation.annotation) in ALIAS_TYPES
        ):
            yield node, node
    if any(isinstance(each, cst.Name) and each.value in SEALED_NAMES for each in targets):
        yield node, node


def _itself(_source: Source, node: cst.CSTNode) -> Iterator[Zone]:
    yield node, node


Table: TypeAlias = "Mapping[type[cst.CSTNode], Callable[[Source, cst.CSTNode], Iterator[Zone]]]"

NO_GO: Table = {
    cst.Annotation: _itself,  # types do nothing when the code runs
    cst.Module: _docstring,
    cst.IndentedBlock: _docstring,
    cst.Call: _call,  # what is logged or warned of
    cst.Raise: _raised,  # the text of an exception
    cst.Assert: _asserted,
    cst.FunctionDef: _repr,  # and the signatures for type checkers
}
"""Where no edit may lie; an edit that takes out or moves the whole of such a place is fine."""

SEALED: Table = {
    cst.If: _test,  # for type checkers, or for running as a script
    cst.Assign: _named,
    cst.AnnAssign: _named,
    cst.AugAssign: _named,
    cst.TypeAlias: _itself,
}
"""What no edit may even take out."""


@dataclass(frozen=True, eq=False)
class Zones:
    """Places of a file in order, each with the whole that it is a part of."""

    found: list[tuple[tuple[int, int], tuple[int, int]]]
    farthest: list[int]
    """Where the last of each and of those before it ends."""

    @classmethod
    def of(cls, source: Source, table: Table) -> Zones:
        """Those that a table names."""
        zones = (
            zone
            for kind, finder in table.items()
            for node in (source.nodes(kind) if kind is not cst.Module else (source.module,))
            for zone in finder(source, node)
        )
        found = sorted((source.outer(zone), source.outer(whole)) for zone, whole in zones)
        return cls(found, list(itertools.accumulate((zone[1] for zone, _ in found), max)))

    def meeting(self, edit: Edit) -> Iterator[tuple[int, int]]:
        """The wholes of those inside which the edit changes something; one that inserts at the very start does not."""
        before = bisect.bisect_left(self.found, edit.end, key=lambda each: each[0][0])
        for (start, end), whole in itertools.islice(
            reversed(self.found), len(self.found) - before, None
        ):
            if self.farthest[before - 1] <= edit.start:
                return
            before -= 1
            if start < edit.end and edit.start < end:
                yield whole
