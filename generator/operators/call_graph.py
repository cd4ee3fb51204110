"""Who calls which function of a project, and where its names are mentioned."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from generator.operators.nodes import class_around

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.operators.type_inference import Class, Types
    from generator.source import Source

TRANSPARENT = frozenset(
    {"staticmethod", "classmethod", "contextmanager", "contextlib.contextmanager"}
)
"""Decorators that leave it to the function what it takes."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call, and the module it stands in."""

    source: Source
    node: cst.Call


@dataclass(frozen=True, eq=False)
class CallGraph:
    """The calls of one project, remembered."""

    types: Types
    _calls: dict[cst.FunctionDef, tuple[Call, ...] | None] = field(default_factory=dict)

    def callee(self, source: Source, call: cst.Call) -> tuple[Source, cst.FunctionDef] | None:
        """The project function or method that a call reaches."""
        reached = self.types.reached(source, call)
        if reached is None or not isinstance(reached[1], cst.FunctionDef):
            return None
        return reached[0], reached[1]

    def calls(self, source: Source, function: cst.FunctionDef) -> tuple[Call, ...] | None:
        """Every call of a function in the project. None where it is also used in another way, or may be called or
        replaced by somebody who can't be seen: a table of functions, a subclass, a protocol."""
        if function not in self._calls:
            self._calls[function] = self._find_calls(source, function)
        return self._calls[function]

    def _find_calls(self, source: Source, function: cst.FunctionDef) -> tuple[Call, ...] | None:
        decorators = {source.text(each.decorator) for each in function.decorators}
        if not decorators <= TRANSPARENT or self._is_one_of_several(source, function):
            return None
        found: list[Call] = []
        is_method = class_around(source, function) is not None
        for where, mention in self._mentions.get(function.name.value, ()):
            call = where.parent(mention)
            called = isinstance(call, cst.Call) and call.func is mention
            reached = self.callee(where, call) if called and isinstance(call, cst.Call) else None
            if called and is_method:
                reached = reached or self._only_method(where, mention)
            if reached is None and not self._is_foreign(where, mention, is_method=is_method):
                return None
            if reached is not None and reached[1] is function and isinstance(call, cst.Call):
                found.append(Call(where, call))
        return tuple(found)

    def _only_method(
        self, source: Source, mention: cst.CSTNode
    ) -> tuple[Source, cst.FunctionDef] | None:
        """The one method of the project that bears a name of several words, called on what is of unknown type."""
        if not isinstance(mention, cst.Attribute) or "_" not in mention.attr.value.strip("_"):
            return None
        unknown = self.types.type_of(source, mention.value) is None
        some = self._methods_by_name.get(mention.attr.value, ())
        return some[0] if unknown and len(some) == 1 else None

    @functools.cached_property
    def _methods_by_name(self) -> Mapping[str, list[tuple[Source, cst.FunctionDef]]]:
        found: dict[str, list[tuple[Source, cst.FunctionDef]]] = defaultdict(list)
        for source in self.types.project.readable():
            for node in source.classes.values():
                for each in node.body.body:
                    if isinstance(each, cst.FunctionDef):
                        found[each.name.value].append((source, each))
        return found

    def _is_foreign(self, source: Source, mention: cst.CSTNode, *, is_method: bool) -> bool:
        """Whether a name, or an attribute of a known class, is surely not the function that is looked for."""
        if isinstance(mention, cst.Attribute):
            if not is_method:
                return not self._is_imported(source, mention)
            owner = self.types.class_of(source, mention.value)
            return owner is not None and mention.attr.value not in owner.methods
        name = source.text(mention)
        scope = source.scope(mention).owner(name)
        bindings = scope.bindings[name] if scope is not None else ()
        return is_method or not any(each.kind in {"function", "import"} for each in bindings)

    def _is_imported(self, source: Source, node: cst.CSTNode) -> bool:
        """Whether a dotted name begins with something imported."""
        while isinstance(node, cst.Attribute):
            node = node.value
        name = source.text(node)
        scope = source.scope(node).owner(name) if isinstance(node, cst.Name) else None
        return scope is not None and any(each.kind == "import" for each in scope.bindings[name])

    def _is_one_of_several(self, source: Source, function: cst.FunctionDef) -> bool:
        """Whether a method stands for those of other classes, or others for it."""
        around = class_around(source, function)
        if around is None:
            return False
        own = self.types.describe(source, around)
        name = function.name.value
        rivals = [
            described
            for where in self.types.project.readable()
            for node in where.classes.values()
            if node is not around
            and (described := self.types.describe(where, node)) is not None
            and name in described.methods
        ]
        if own is None or any(each.methods[name][1] is function for each in rivals):
            return True
        abstract = (own, *rivals)
        return own.methods.get(name, (source, None))[1] is not function or any(
            _is_abstract(each) for each in abstract
        )

    def mentions(self, name: str) -> tuple[tuple[Source, cst.CSTNode], ...]:
        """Where the project reads a variable of that name, or reads or writes an attribute of that name."""
        return tuple(self._mentions.get(name, ()))

    @functools.cached_property
    def _mentions(self) -> Mapping[str, list[tuple[Source, cst.CSTNode]]]:
        """Where the project reads a name or an attribute, by that name."""
        found: dict[str, list[tuple[Source, cst.CSTNode]]] = defaultdict(list)
        for source in self.types.project.readable():
            for name in source.nodes(cst.Name):
                if isinstance(name, cst.Name) and source.is_read(name):
                    found[name.value].append((source, name))
            for node in source.nodes(cst.Attribute):
                if isinstance(node, cst.Attribute):
                    found[node.attr.value].append((source, node))
        return found

    @functools.cached_property
    def calls_by_name(self) -> Mapping[str, list[cst.Call]]:
        """The project's calls by the bare name of what they call."""
        found: dict[str, list[cst.Call]] = defaultdict(list)
        for source in self.types.project.readable():
            for node in source.nodes(cst.Call):
                match node:
                    case cst.Call(func=cst.Name(value=name)):
                        found[name].append(node)
                    case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))):
                        found[name].append(node)
        return found


def _is_abstract(described: Class) -> bool:
    bases = (described.source.text(base.value) for base in described.node.bases)
    return any(base.rpartition(".")[2].partition("[")[0] in {"Protocol", "ABC"} for base in bases)
