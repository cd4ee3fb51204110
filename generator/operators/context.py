"""What an operator can ask about the place it is looking at."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import libcst as cst

from generator.operators.changes import Change, block_of, drop_item, remove

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.operators.facts import Class, Facts, Signature
    from generator.source import Binding, Project, Scope, Source

Node = TypeVar("Node", bound=cst.CSTNode)
Function = cst.FunctionDef | cst.Lambda
JUMPS = cst.Raise | cst.Return | cst.Continue | cst.Break
MANDATORY = frozenset({"self", "cls"})


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
        types = (self.facts.type_of_binding(self.source, each) for each in bindings)
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
        return self.facts.type_of(self.source, node)

    def attributes(self, node: cst.CSTNode) -> Mapping[str, str | None]:
        """What the class of an expression has: attribute → type. Empty where the class is not one of the project."""
        described: Class | None = self.facts.class_of(self.source, node)
        return described.attributes if described else {}

    def signature(self, call: cst.Call) -> Signature | None:
        """What the project function that is called takes; None where it is not known."""
        return self.facts.signature(self.source, call)

    @functools.cached_property
    def constants(self) -> Mapping[str, cst.CSTNode]:
        """The module's own `NAME = value`, by name."""
        return {
            name: bindings[0].owner.value
            for name, bindings in self.source.module_scope.bindings.items()
            if name.isupper()
            and len(bindings) == 1
            and isinstance(bindings[0].owner, cst.Assign | cst.AnnAssign)
            and bindings[0].owner.value is not None
        }

    @functools.cached_property
    def strings(self) -> frozenset[str]:
        """The values of the module's plain strings."""
        found = (
            node
            for node in self.source.nodes(cst.SimpleString)
            if isinstance(node, cst.SimpleString)
        )
        return frozenset(v for v in (node.evaluated_value for node in found) if isinstance(v, str))

    @property
    def project(self) -> Project:
        """The seed's modules."""
        return self.facts.project

    # -- what stays behind ----------------------------------------------------------------------------------------

    def orphans(
        self, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = ()
    ) -> tuple[Binding, ...]:
        """Parameters, locals, imports, private names and constants of the module that nobody reads once `gone` is gone (but
        `kept`, inside it, stays)."""
        spans = [self.source.outer(node) for node in gone]
        left = [self.source.outer(node) for node in kept]
        names = {
            name.value: name
            for node in gone
            for name in self.source.names_in(node)
            if not _inside(self.source.outer(name), left)
        }
        found: list[Binding] = []
        for name, node in sorted(names.items()):
            scope = self.source.scope(node).owner(name)
            if scope is None or name in MANDATORY:
                continue
            stay = [
                use
                for use in scope.uses[name]
                if not _inside(self.source.outer(use), spans)
                or _inside(self.source.outer(use), left)
            ]
            bindings = [
                b for b in scope.bindings[name] if not _inside(self.source.outer(b.node), spans)
            ]
            if not stay and bindings and _is_missed(name, bindings[0], scope):
                found.append(bindings[0])
        return tuple(found)

    def is_only_use(self, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = ()) -> bool:
        """Whether taking these nodes away leaves a parameter, a variable or an import that nobody reads."""
        return bool(self.orphans(*gone, kept=kept))

    def clearing(self, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = ()) -> Change | None:
        """What has to go along with these nodes so that nothing is left over: imports that nobody uses any more.

        None where something would be left that can't go: a parameter, a variable, a private name.
        """
        change = Change(())
        imports: dict[cst.CSTNode, list[cst.ImportAlias]] = {}
        for orphan in self.orphans(*gone, kept=kept):
            alias = orphan.owner
            if (
                not isinstance(alias, cst.ImportAlias)
                or len(orphan.scope.bindings[orphan.name]) > 1
            ):
                return None
            if self.around(cst.Try, node=alias):
                return None
            imports.setdefault(self.parent(alias) or alias, []).append(alias)
        for statement, aliases in imports.items():
            names = getattr(statement, "names", ())
            if len(names) == len(aliases):
                if not self._has_company(statement):
                    return None
                change += remove(statement)
            elif len(aliases) == 1:
                change += drop_item(aliases[0], names)
            else:
                return None
        return change

    def _has_company(self, statement: cst.CSTNode) -> bool:
        line = self.statement(statement)
        return len(self.block(line)) > 1

    def can_go(self, *statements: cst.CSTNode) -> bool:
        """Whether the block of these siblings stays a block without them."""
        siblings = self.block(statements[0])
        rest = [each for each in siblings if each not in statements]
        return any(not _is_docstring(each) for each in rest)


def jumps(statement: cst.CSTNode) -> bool:
    """Whether a block (or what stands behind the colon) ends by leaving: raise, return, continue or break."""
    if isinstance(
        statement, cst.IndentedBlock | cst.SimpleStatementSuite | cst.SimpleStatementLine
    ):
        return bool(statement.body) and jumps(statement.body[-1])
    return isinstance(statement, JUMPS)


def _is_docstring(statement: cst.CSTNode) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, cst.BaseString)
    )


def _is_missed(name: str, binding: Binding, scope: Scope) -> bool:
    """Whether a reader or a linter notices that nobody uses a name."""
    if isinstance(scope.node, cst.Module | cst.ClassDef):
        own = name.startswith("_") or name.isupper()
        return binding.kind == "import" or (own and isinstance(scope.node, cst.Module))
    return True


def _index(siblings: tuple[cst.CSTNode, ...], statement: cst.CSTNode) -> int:
    return next((n for n, each in enumerate(siblings) if each is statement), len(siblings))


def _inside(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)
