"""What an operator can ask about the place it is looking at."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import libcst as cst

from generator.changes import block_of
from generator.operators.nodes import is_read, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.operators.facts import Facts
    from generator.operators.signatures import Signature
    from generator.operators.type_inference import Class
    from generator.project import Project
    from generator.scopes import Binding, Scope
    from generator.source import Source

Node = TypeVar("Node", bound=cst.CSTNode)


@dataclass(frozen=True, slots=True)
class Variable:
    """A name in scope: where it got its value, and its type where that is known."""

    name: str
    type: str | None
    binding: Binding


@dataclass(frozen=True, eq=False)
class Context:
    """The surroundings of `node`, a node of `source`."""

    source: Source
    node: cst.CSTNode
    facts: Facts

    def elsewhere(self, source: Source, node: cst.CSTNode) -> Context:
        """The surroundings of another node, perhaps of another module."""
        return Context(source, node, self.facts)

    # -- text and tree --------------------------------------------------------------------------------------------

    def text(self, node: cst.CSTNode) -> str:
        """What the author wrote for a node, its own parentheses included."""
        return self.source.text(node)

    def parent(self, node: cst.CSTNode | None = None) -> cst.CSTNode | None:
        """The node around the given one, or around the target."""
        return self.source.parent(self.node if node is None else node)

    def ancestors(self, node: cst.CSTNode | None = None) -> Iterator[cst.CSTNode]:
        """The nodes around the given one, or around the target, from the inside out."""
        return self.source.ancestors(self.node if node is None else node)

    def around(self, *kinds: type[Node], node: cst.CSTNode | None = None) -> Node | None:
        """The innermost node of one of the kinds around the given one, or around the target."""
        return next((each for each in self.ancestors(node) if isinstance(each, kinds)), None)

    @functools.cached_property
    def function(self) -> cst.FunctionDef | None:
        """The function whose body the target is in."""
        return self.around(cst.FunctionDef)

    @functools.cached_property
    def klass(self) -> cst.ClassDef | None:
        """The class whose body the target is in."""
        return self.around(cst.ClassDef)

    def statement(self, node: cst.CSTNode | None = None) -> cst.CSTNode:
        """The statement with lines of its own that a node is (part of)."""
        node = self.node if node is None else node
        for each in (node, *self.ancestors(node)):
            if isinstance(each, cst.SimpleStatementLine | cst.BaseCompoundStatement):
                return each
        return self.source.module

    def block(self, statement: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
        """The statement and its siblings; empty where it has no lines of its own (`if a: b`, an `elif`)."""
        siblings = block_of(self.source, statement)
        return siblings if any(each is statement for each in siblings) else ()

    def before(self, statement: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
        """The siblings above a statement, the nearest first."""
        siblings = self.block(statement)
        return tuple(reversed(siblings[: _index(siblings, statement)]))

    def after(self, statement: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
        """The siblings below a statement, the nearest first."""
        siblings = self.block(statement)
        return siblings[_index(siblings, statement) + 1 :]

    # -- names ----------------------------------------------------------------------------------------------------

    def names(self, node: cst.CSTNode) -> frozenset[str]:
        """The variables that are read inside a node."""
        return frozenset(name.value for name in self.source.names_in(node))

    def bound(self, node: cst.CSTNode) -> frozenset[str]:
        """The variables that are given a value inside a node."""
        start, end = self.source.outer(node)
        scope: Scope | None = self.source.scope(node)
        return frozenset(
            name
            for name, bindings in (scope.bindings.items() if scope else ())
            if any(start <= self.source.span(each.node)[0] < end for each in bindings)
        )

    def bound_here(self, statement: cst.CSTNode) -> tuple[str, ...]:
        """The plain names that one statement gives a value by itself."""
        scope = self.source.scope(statement)
        some = (each for bindings in scope.bindings.values() for each in bindings)
        return tuple(each.name for each in some if each.owner is statement)

    def variables(self, use: cst.CSTNode) -> Mapping[str, Variable]:
        """The parameters and locals of the function around `use` that surely have a value there, by name."""
        function = self.around(cst.FunctionDef, node=use)
        return {} if function is None else self._variables(function, use)

    def _variables(self, function: cst.FunctionDef, use: cst.CSTNode) -> Mapping[str, Variable]:
        around = {use, *self.ancestors(use)}
        start = self.source.span(self.statement(use))[0]
        found: dict[str, Variable] = {}
        scope: Scope | None = self.source.scope(use)
        while scope is not None and not isinstance(scope.node, cst.Module):
            for name, bindings in scope.bindings.items():
                sure = next((b for b in bindings if self._is_sure(b, around, start)), None)
                if sure is not None and name not in found:
                    found[name] = Variable(name, self._type(bindings), sure)
            if scope.node is function:
                break
            scope = scope.parent
        return found

    def _type(self, bindings: list[Binding]) -> str | None:
        types = (self.facts.types.type_of_binding(self.source, each) for each in bindings)
        return next((each for each in types if each is not None), None)

    def _is_sure(self, binding: Binding, around: set[cst.CSTNode], start: int) -> bool:
        """Whether a binding has been passed on every way to what lies inside `around` and starts at `start`."""
        owner = binding.owner
        if binding.kind == "parameter":
            return True
        if binding.kind in {"for", "comprehension", "with", "except"}:
            home = self.parent(owner) if binding.kind == "with" else owner
            if home in around:
                return getattr(owner, "iter", None) not in around
            return (
                binding.kind == "with"
                and self.parent(home) in around
                and self.source.span(owner)[0] < start
            )
        if binding.kind not in {"assignment", "function"} or self.source.span(owner)[0] >= start:
            return False
        if isinstance(owner, cst.AnnAssign) and owner.value is None:
            return False
        return self.parent(self.statement(owner)) in around

    def type_of(self, node: cst.CSTNode) -> str | None:
        """The type of an expression as text, where it is known."""
        return self.facts.types.type_of(self.source, node)

    def attributes(self, node: cst.CSTNode) -> Mapping[str, str | None]:
        """What the class of an expression has: attribute → type. Empty where the class is not one of the project."""
        described: Class | None = self.facts.types.class_of(self.source, node)
        return described.attributes if described else {}

    def signature(self, call: cst.Call) -> Signature | None:
        """What the project function that is called takes; None where it is not known."""
        return self.facts.types.signature(self.source, call)

    @property
    def constants(self) -> Mapping[str, cst.CSTNode]:
        """The module's own `NAME = value`, by name."""
        return self.source.constants

    @functools.cached_property
    def strings(self) -> frozenset[str]:
        """The values of the module's plain strings."""
        found = (
            node
            for node in self.source.nodes(cst.SimpleString)
            if isinstance(node, cst.SimpleString)
        )
        return frozenset(v for v in (node.evaluated_value for node in found) if isinstance(v, str))

    def is_read(self, node: cst.CSTNode) -> bool:
        """Whether a name, attribute or item is read, and not written, deleted or called."""
        return is_read(self.source, node)

    def is_tested(self, node: cst.CSTNode | None = None) -> bool:
        """Whether nothing but the truth of an expression matters where it stands."""
        node = self.node if node is None else node
        parent = self.source.parent(node)
        match parent:
            case cst.If(test=test) | cst.While(test=test) | cst.IfExp(test=test):
                return test is node
            case cst.Assert(test=test) | cst.CompIf(test=test):
                return test is node
            case cst.UnaryOperation(operator=cst.Not()):
                return True
            case cst.BooleanOperation():
                return self.is_tested(parent)
        return False

    def alongside(self, node: cst.CSTNode) -> cst.CSTNode:
        """The largest expression around a node: what stands in the same statement, or the same header."""
        for around in self.ancestors(node):
            if isinstance(
                around, cst.BaseSmallStatement | cst.BaseCompoundStatement | cst.ExceptHandler
            ):
                return around if isinstance(around, cst.BaseSmallStatement) else node
            node = around
        return node

    def is_module(self, node: cst.CSTNode) -> bool:
        """Whether an expression is an imported module, as far as its name tells: `re`, `os.path`."""
        if isinstance(node, cst.Attribute):
            return self.text(node) == "os.path"
        scope = self.source.scope(node).owner(node.value) if isinstance(node, cst.Name) else None
        bindings = scope.bindings[last_name(node)] if scope else ()
        return any(each.kind == "import" and each.name.islower() for each in bindings)

    def can_be_none(self, node: cst.CSTNode) -> bool:
        """Whether the code says somewhere that an expression may be None."""
        return self.facts.nullability.can_be_none(self.source, node)

    @property
    def project(self) -> Project:
        """The seed's modules."""
        return self.facts.project

    def within(self, node: cst.CSTNode, *kinds: type[Node]) -> Iterator[Node]:
        """The nodes of exactly these kinds inside a node, itself included."""
        start, end = self.source.outer(node)
        for kind in kinds:
            for each in self.source.nodes_between(kind, start, end):
                if isinstance(each, kind):
                    yield each


def _index(siblings: tuple[cst.CSTNode, ...], statement: cst.CSTNode) -> int:
    return next((n for n, each in enumerate(siblings) if each is statement), len(siblings))
