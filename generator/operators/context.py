"""What an operator can ask about the place it is looking at."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import libcst as cst

from generator.changes import Change, block_of, carried, cut, drop_item, remove, rewrite
from generator.operators.words import speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.operators.facts import Facts
    from generator.operators.signatures import Signature
    from generator.operators.type_inference import Class
    from generator.project import Project
    from generator.scopes import Binding, Scope
    from generator.source import Source

Node = TypeVar("Node", bound=cst.CSTNode)
Function = cst.FunctionDef | cst.Lambda
JUMPS = cst.Raise | cst.Return | cst.Continue | cst.Break
MANDATORY = frozenset({"self", "cls"})
WRITTEN = cst.AssignTarget | cst.AnnAssign | cst.AugAssign | cst.Del | cst.For | cst.NamedExpr


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

    def would_repeat(self, node: cst.CSTNode, text: str) -> bool:
        """Whether an expression becomes absurd with `text` in the place of a node: `x == x`, `f(a, a)`, `a = a`."""
        start, end = self.source.span(node)
        inner: cst.CSTNode = node
        for around in self.ancestors(node):
            if isinstance(around, cst.BaseSmallStatement | cst.BaseCompoundStatement | cst.CompFor):
                is_value = getattr(around, "value", None) is inner
                return is_value and text in {self.text(each) for each in assigned(around)}
            beside = {_bare(self.text(each)) for each in _beside(inner, around)}
            first, last = self.source.outer(inner)
            head, tail = self.source.data[first:start], self.source.data[end:last]
            if _bare(head.decode() + text + tail.decode()) in beside:
                return True
            if not isinstance(around, cst.ComparisonTarget):
                inner = around
        return False

    def would_ask_twice(self, node: cst.CSTNode, text: str) -> bool:
        """Whether `text` in the place of a node makes a condition that the function asks elsewhere too: one of the two then
        decides nothing, and shows the other."""
        condition = node
        while isinstance(parent := self.parent(condition), _PART_OF_A_CONDITION):
            condition = parent
        function = self.around(cst.FunctionDef, node=node)
        asks = (
            isinstance(parent, cst.BooleanOperation) or getattr(parent, "test", None) is condition
        )
        if function is None or not asks:
            return False
        start, (first, _) = self.source.span(node)[0], self.source.outer(condition)
        whole, at_byte = self.text(condition).encode(), start - first
        becomes = whole[:at_byte] + text.encode() + whole[at_byte + len(self.text(node).encode()) :]
        asked = {
            self.text(each)
            for test in self.tests(function)
            for each in _conditions(test)
            if each is not condition
        }
        return becomes.decode() in asked

    def unwrapped(self, node: cst.BaseExpression, kept: cst.BaseExpression) -> Change | None:
        """One part of an expression in the place of the whole; where that would read `x = x`, the statement goes.

        None where something would be left over that can't go, or the result would be absurd.
        """
        text = carried(self.source, node, kept)
        parent = self.parent(node) or node
        if [self.text(each) for each in assigned(parent)] == [text]:
            return self._without(parent, node, kept)
        clearing = self.clearing(node, kept=(kept,))
        if clearing is None or self.would_repeat(node, text):
            return None
        return rewrite(node, text) + clearing

    def _without(
        self, statement: cst.CSTNode, node: cst.BaseExpression, kept: cst.BaseExpression
    ) -> Change | None:
        line = self.parent(statement)
        if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
            return None
        clearing = self.clearing(node, kept=(kept,))
        if not isinstance(statement, cst.Assign) or clearing is None:
            return None
        goes = self.can_go(line) and not self.is_only_use(statement)
        return remove(line) + clearing if goes else None

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

    def strands(self, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = ()) -> bool:
        """Whether a function of the project is called from nowhere else: without these nodes it would be dead."""
        spans = [self.source.outer(node) for node in gone]
        left = [self.source.outer(node) for node in kept]
        calls = {call for node in gone for call in self.within(node, cst.Call)}
        for call in calls:
            reached = self.facts.call_graph.callee(self.source, call)
            if reached is None or _inside(self.source.outer(call), left):
                continue
            elsewhere = [
                mention
                for source, mention in self.facts.call_graph.mentions(reached[1].name.value)
                if source is not self.source
                or not _inside(source.outer(mention), spans)
                or _inside(source.outer(mention), left)
            ]
            if not elsewhere:
                return True
        return False

    def clearing(
        self, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = (), parameters: bool = False
    ) -> Change | None:
        """What has to go along with these nodes so that nothing is left over: imports that nobody uses any more.

        None where something would be left that can't go: a variable, a private name, a parameter. With `parameters` these
        may stay behind, as they do where an option is accepted and no longer passed on.
        """
        change = self._uncaught(gone, kept)
        imports: dict[cst.CSTNode, list[cst.ImportAlias]] = {}
        for orphan in self.orphans(*gone, kept=kept):
            alias = orphan.owner
            if isinstance(alias, cst.ExceptHandler) or (
                parameters and isinstance(alias, cst.Param)
            ):
                continue
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

    def _uncaught(self, gone: tuple[cst.CSTNode, ...], kept: tuple[cst.CSTNode, ...]) -> Change:
        """The `as error` of the handlers around these nodes, where nobody reads the error any more."""
        change = Change(())
        spans = [self.source.outer(node) for node in gone]
        left = [self.source.outer(node) for node in kept]
        around = {each for node in gone for each in self.ancestors(node)}
        for handler in sorted(
            (each for each in around if isinstance(each, cst.ExceptHandler)), key=self.source.span
        ):
            caught = handler.name.name if handler.name is not None else None
            if not isinstance(caught, cst.Name) or handler.type is None:
                continue
            reads = [
                self.source.outer(each)
                for each in self.source.names_in(handler.body)
                if each.value == caught.value
            ]
            if reads and all(_inside(each, spans) and not _inside(each, left) for each in reads):
                change += cut(handler.type, caught, after=True)
        return change

    def companions(self, *gone: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
        """The plain assignments whose value nobody reads once these nodes are gone, and those behind them."""
        found: list[cst.CSTNode] = []
        while True:
            new = [
                line
                for each in self.orphans(*gone, *found)
                if (line := self._maker(each)) is not None and line not in found
            ]
            if not new:
                return tuple(found)
            found += new

    def _maker(self, binding: Binding) -> cst.CSTNode | None:
        """The line that does nothing but give a name its only value."""
        line = self.statement(binding.owner)
        match binding.owner:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name())]) | cst.AnnAssign():
                alone = isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
                only = len(binding.scope.bindings[binding.name]) == 1
                return line if alone and only and self.block(line) else None
        return None

    def removal(self, *statements: cst.CSTNode) -> Change | None:
        """Siblings taken out, with the assignments above them and the imports that only they need.

        None where something would be left over, or would be missed: a name without a value, a private one without a use.
        """
        above = self.before(statements[0])
        made = self.companions(*statements)
        gone = (*statements, *made)
        if not all(each in above for each in made) or not self.can_go(*gone):
            return None
        clearing = self.clearing(*gone, parameters=self.is_imposed)
        if clearing is None or self.unbound(*gone) or self.abandons(*gone):
            return None
        return remove(*gone) + clearing

    @functools.cached_property
    def is_imposed(self) -> bool:
        """Whether the parameters of the function around are those of a base, so that one may stay unread."""
        block = self.parent(self.function) if self.function is not None else None
        klass = self.parent(block) if block is not None else None
        if self.function is None or not isinstance(klass, cst.ClassDef):
            return False
        name = self.function.name.value
        bases = [
            self.project.definition(self.source, self.text(each.value)) for each in klass.bases
        ]
        known = [
            self.facts.types.describe(source, node)
            for source, node in (each for each in bases if each is not None)
            if isinstance(node, cst.ClassDef)
        ]
        if any(each is not None and name in each.methods for each in known):
            return True
        return not name.startswith("_") and len(known) < len(bases)

    def unbound(self, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = ()) -> frozenset[str]:
        """The names that may have no value where they are read once these nodes are gone (but `kept`, inside, stays)."""
        spans = [self.source.outer(node) for node in gone]
        left = [self.source.outer(node) for node in kept]

        def goes(node: cst.CSTNode) -> bool:
            span = self.source.outer(node)
            return _inside(span, spans) and not _inside(span, left)

        scope: Scope = self.source.scope(gone[0])
        sure = {
            name for name, each in self.variables(gone[0]).items() if not goes(each.binding.node)
        }
        found: set[str] = set()
        for name, bindings in scope.bindings.items():
            lost = [each for each in bindings if goes(each.node)]
            stay = [each for each in bindings if not goes(each.node)]
            kept_too = any(_inside(self.source.outer(each.node), left) for each in stay)
            if not lost or name in sure or kept_too:
                continue
            local = isinstance(scope.node, cst.FunctionDef)
            if not local or not all(map(goes, scope.uses[name])):
                found.add(name)
        taken_from_outside = {*scope.elsewhere} & {*self._written(gone, kept)}
        return frozenset(found | taken_from_outside)

    def _written(
        self, gone: tuple[cst.CSTNode, ...], kept: tuple[cst.CSTNode, ...]
    ) -> Iterator[str]:
        left = [self.source.outer(node) for node in kept]
        for node in gone:
            for each in self.within(node, cst.Assign, cst.AugAssign, cst.AnnAssign):
                if not _inside(self.source.outer(each), left):
                    yield from (self.text(target) for target in assigned(each))

    def abandons(self, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = ()) -> bool:
        """Whether a private attribute that the module defines is used nowhere else: `self._forget()`."""
        spans = [self.source.outer(node) for node in gone]
        left = [self.source.outer(node) for node in kept]
        lost: set[str] = set()
        stay: set[str] = set()
        for each in self.source.nodes(cst.Attribute):
            if isinstance(each, cst.Attribute) and each.attr.value.startswith("_"):
                span = self.source.outer(each)
                goes = _inside(span, spans) and not _inside(span, left)
                (lost if goes else stay).add(each.attr.value)
        private = {name for name in lost - stay if not name.endswith("__")}
        return bool(private) and any(
            isinstance(each, cst.FunctionDef) and each.name.value in private
            for each in self.source.nodes(cst.FunctionDef)
        )

    def settles(self, test: cst.BaseExpression, *read: cst.CSTNode) -> bool:
        """Whether a condition is what tells a type checker that the things read in these nodes fit where they are used:
        `x is None`, `isinstance(x, C)`, for an `x` that is annotated."""
        function = self.around(cst.FunctionDef, node=test)
        if function is None or not is_annotated(function):
            return False
        texts = {self.text(each) for node in read for each in _readable(self, node)}
        return any(
            self.text(each) in texts and self._is_of_several_kinds(each) for each in checked(test)
        )

    def _is_of_several_kinds(self, asked: cst.BaseExpression) -> bool:
        """Whether what a condition asks about may be of more than one kind: certainly, or, unless only its truth is asked,
        perhaps."""
        told, parent = self.type_of(asked), self.parent(asked)
        if isinstance(parent, cst.Arg) or self.can_be_none(asked):
            return True
        if told is None:
            return isinstance(parent, cst.Comparison)
        return any(each in told for each in SEVERAL)

    def only_tells(self, *statements: cst.CSTNode) -> bool:
        """Whether statements do nothing but tell people something: what is logged, printed or warned of."""
        return all(self._is_told(each) for each in statements)

    def _is_told(self, statement: cst.CSTNode) -> bool:
        if isinstance(statement, cst.SimpleStatementLine):
            return all(self._is_told(each) for each in statement.body)
        if not isinstance(statement, cst.Expr):
            return isinstance(statement, cst.Pass)
        if not isinstance(statement.value, cst.Call):
            return isinstance(statement.value, cst.BaseString | cst.Ellipsis)
        said = [each.value for each in statement.value.args[:1]]
        names = [
            self.text(each)
            for each in (statement.value.func, *said)
            if not isinstance(each, cst.BaseString)
        ]
        return any(speaks_of(name, TELLING) for name in names)

    def within(self, node: cst.CSTNode, *kinds: type[Node]) -> Iterator[Node]:
        """The nodes of exactly these kinds inside a node, itself included."""
        start, end = self.source.outer(node)
        for kind in kinds:
            for each in self.source.nodes_between(kind, start, end):
                if isinstance(each, kind):
                    yield each

    def tests(self, node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
        """What is asked by each `if` inside a node."""
        yield from (each.test for each in self.within(node, cst.If))
        yield from (each.test for each in self.within(node, cst.IfExp))
        yield from (each.test for each in self.within(node, cst.CompIf))

    def is_one_of_a_row(self, statement: cst.If) -> bool:
        """Whether it is one of three `if`s or more that ask the same of other things: a gap there catches the eye."""
        asked = _form(statement.test)

        def is_alike(other: cst.CSTNode) -> bool:
            return isinstance(other, cst.If) and _form(other.test) == asked

        rows = (
            itertools.takewhile(is_alike, some(statement)) for some in (self.before, self.after)
        )
        return sum(1 for row in rows for _ in row) > 1

    def _has_company(self, statement: cst.CSTNode) -> bool:
        line = self.statement(statement)
        return len(self.block(line)) > 1

    def can_go(self, *statements: cst.CSTNode) -> bool:
        """Whether the block of these siblings stays a block without them."""
        siblings = self.block(statements[0])
        rest = [each for each in siblings if each not in statements]
        return any(not _is_docstring(each) for each in rest)


SEVERAL = ("|", "Union[", "Optional[", "object")
"""What the type of a value that may be of several kinds looks like."""
TELLING = frozenset("log logger logging print warn warning warnings debug deprecated".split())
"""Words of functions and receivers whose calls only tell people something."""


def is_annotated(function: cst.FunctionDef) -> bool:
    """Whether a type checker looks at what a function does."""
    params = function.params
    every = (*params.posonly_params, *params.params, *params.kwonly_params)
    return function.returns is not None or any(each.annotation is not None for each in every)


def checked(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The expressions about which a condition asks what they are: `x` in `x is None`, `not x`, `isinstance(x, C)`."""
    match test:
        case cst.Name() | cst.Attribute() | cst.Subscript():
            yield test
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            yield from checked(inner)
        case cst.BooleanOperation(left=left, right=right):
            yield from checked(left)
            yield from checked(right)
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=cst.Is() | cst.IsNot())]
        ):
            yield left
        case cst.Call(
            func=cst.Name("isinstance" | "issubclass" | "callable" | "hasattr"), args=[first, *_]
        ):
            yield first.value


def _readable(at: Context, node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    yield from at.source.names_in(node)
    yield from at.within(node, cst.Attribute, cst.Subscript)


_PART_OF_A_CONDITION = (cst.Comparison, cst.ComparisonTarget, cst.UnaryOperation, cst.Attribute)


def _conditions(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """A condition and all that it is put together of."""
    yield test
    if isinstance(test, cst.BooleanOperation):
        yield from _conditions(test.left)
        yield from _conditions(test.right)


def _form(test: cst.BaseExpression) -> tuple[object, ...]:
    """How a condition is put together, whatever it is about."""
    match test:
        case cst.Call():
            return cst.Call, last_name(test), len(test.args)
        case cst.Comparison():
            return cst.Comparison, *(type(each.operator) for each in test.comparisons)
        case cst.UnaryOperation():
            return type(test.operator), *_form(test.expression)
    return (type(test),)


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


def assigned(statement: cst.CSTNode) -> tuple[cst.BaseExpression, ...]:
    """What a statement writes to."""
    match statement:
        case cst.Assign(targets=targets):
            return tuple(each.target for each in targets)
        case cst.AnnAssign(target=target) | cst.AugAssign(target=target):
            return (target,)
    return ()


def is_read(source: Source, node: cst.CSTNode) -> bool:
    """Whether a name, attribute or item is read, and not written, deleted or called."""
    parent = source.parent(node)
    while isinstance(parent, cst.Element | cst.Tuple | cst.List):
        node, parent = parent, source.parent(parent)
    if isinstance(parent, cst.Call):
        return parent.func is not node
    return not isinstance(parent, WRITTEN) or getattr(parent, "target", None) is not node


def last_name(node: cst.CSTNode) -> str:
    """The name that tells what an expression stands for: of `a.b`, `a.b(c)` and `a.b[0]` it is `b`."""
    match node:
        case cst.Name(value=value):
            return value
        case cst.Attribute(attr=attr):
            return attr.value
        case cst.Call(func=inner) | cst.Subscript(value=inner) | cst.Await(expression=inner):
            return last_name(inner)
        case cst.UnaryOperation(expression=inner):
            return last_name(inner)
        case cst.BinaryOperation(left=left, right=right):
            return f"{last_name(left)}_{last_name(right)}"
    return ""


def left_of(comparison: cst.Comparison, target: cst.ComparisonTarget) -> cst.BaseExpression:
    """What stands left of an operator: in a chain, the operand before."""
    left = comparison.left
    for each in comparison.comparisons:
        if each is target:
            break
        left = each.comparator
    return left


def _bare(text: str) -> str:
    return text.strip(" ,").removeprefix("not ").strip("()")


def _beside(node: cst.CSTNode, around: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """What must not look the same as `node`, one of the parts of `around`."""
    every: tuple[cst.CSTNode, ...] = ()
    match around:
        case cst.Call(args=parts):
            named = isinstance(node, cst.Arg) and node.keyword is not None
            every = () if named or around.func is node else tuple(parts)
        case cst.Tuple(elements=parts) | cst.List(elements=parts) | cst.Set(elements=parts):
            every = tuple(parts)
        case (
            cst.BinaryOperation(left=left, right=right)
            | cst.BooleanOperation(left=left, right=right)
            | cst.IfExp(body=left, orelse=right)
        ):
            every = (left, right) if node in {left, right} else ()
        case cst.Comparison(left=left, comparisons=comparisons):
            every = (left, *(each.comparator for each in comparisons))
    return tuple(each for each in every if each is not node)
