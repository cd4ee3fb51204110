"""Operators: named bug patterns, one per file `<family>/<name>.py`, found by walking this package.

A file's docstring says what the pattern changes; the function in it, named like the file, is a generator from one node
and its Context to Changes. It enumerates every place and never chooses.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType, ModuleType

import libcst as cst

from generator.changes import Change
from generator.operators.context import Context
from generator.records import ChangeKind, Family

Function = Callable[[typing.Any, Context], Iterator[Change]]


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of code and what the operator makes of it, among other things. `path` is where the file lies, `others`
    further files of the same project, which a change may reach: (path, before, after)."""

    before: str
    after: str
    path: str = "example.py"
    others: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Operator:
    """One bug pattern: what it is for people, and the function that finds its sites."""

    name: str
    family: Family
    change: ChangeKind
    story: str
    symptom: str
    hint: str
    evidence: tuple[str, ...]
    examples: tuple[Example, ...]
    untouched: tuple[str, ...]
    doc: str
    wants: tuple[type[cst.CSTNode], ...]
    """The node classes the function is called with."""
    general: bool
    """Whether it is one of the broad removals and swaps. Where a narrower pattern makes the same text, that one is told."""
    function: Function = field(repr=False)

    def changes(self, target: cst.CSTNode, at: Context) -> Iterator[Change]:
        """What this operator would do at one node."""
        return self.function(target, at)


def operator(  # noqa: PLR0913  # one keyword for each thing that is told about a pattern
    *,
    family: str,
    change: str,
    story: str,
    symptom: str,
    hint: str,
    evidence: Iterable[str],
    examples: Iterable[Example],
    untouched: Iterable[str],
    general: bool = False,
) -> Callable[[Function], Operator]:
    """Turn a generator function into an Operator. The annotation of its first parameter says which nodes it wants."""

    def made(function: Function) -> Operator:
        return Operator(
            name=function.__name__,
            family=Family(family),
            change=ChangeKind(change),
            story=story,
            symptom=symptom,
            hint=hint,
            evidence=tuple(evidence),
            examples=tuple(examples),
            untouched=tuple(untouched),
            doc=(inspect.getdoc(inspect.getmodule(function)) or "").strip(),
            wants=_wanted(function),
            general=general,
            function=function,
        )

    return made


_ALWAYS_KNOWN = {"cst": cst, "Iterator": Iterator, "Change": Change, "Context": Context}
"""What annotations may mention although the file imports it for type checkers only."""


def _wanted(function: Function) -> tuple[type[cst.CSTNode], ...]:
    first = next(iter(inspect.signature(function).parameters))
    hints = typing.get_type_hints(function, localns=dict(_ALWAYS_KNOWN))
    annotation = hints[first]
    union = isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union
    kinds = typing.get_args(annotation) if union else (annotation,)
    for kind in kinds:
        if not (isinstance(kind, type) and issubclass(kind, cst.CSTNode)):
            raise TypeError(
                f"{function.__name__}: {first} must be annotated with node classes, not {kind}"
            )
    return kinds


def discover(package: ModuleType | None = None) -> Mapping[str, Operator]:
    """Every operator below this package (or another one), by name, in the order of the names.

    Raises ValueError where a file, its folder and its function don't agree.
    """
    return _discover(package or importlib.import_module(__name__))


@functools.cache
def _discover(package: ModuleType) -> Mapping[str, Operator]:
    found: dict[str, Operator] = {}
    for folder in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if folder.ispkg:
            for one in _in_folder(folder.name):
                if one.name in found:
                    raise ValueError(f"two operators are named {one.name}")
                found[one.name] = one
    return MappingProxyType(dict(sorted(found.items())))


def _in_folder(name: str) -> Iterator[Operator]:
    folder = importlib.import_module(name)
    family = name.rpartition(".")[2]
    for info in pkgutil.iter_modules(folder.__path__, f"{name}."):
        module = importlib.import_module(info.name)
        expected = info.name.rpartition(".")[2]
        own = [value for value in vars(module).values() if isinstance(value, Operator)]
        if len(own) != 1:
            raise ValueError(f"{info.name}: one operator a file, not {len(own)}")
        if own[0].name != expected:
            raise ValueError(
                f"{info.name}: the operator is named {own[0].name}, the file {expected}"
            )
        if own[0].family != family:
            raise ValueError(f"{info.name}: the family is {own[0].family}, the folder {family}")
        if not own[0].doc:
            raise ValueError(f"{info.name}: the file needs a docstring that says what it changes")
        yield own[0]
