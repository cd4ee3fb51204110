"""The names of a module: which scope binds them, and who reads them. Found in one walk, along with each node's parent."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Comprehension = cst.GeneratorExp | cst.ListComp | cst.SetComp | cst.DictComp

IDENTIFIER = re.compile(r"[^\W\d]\w*")
LAYOUT = frozenset({
    "lpar", "rpar", "leading_lines", "lines_after_decorators", "header", "footer", "newline", "comma",
    "semicolon", "trailing_whitespace", "dot", "equal", "colon", "lbracket", "rbracket", "lbrace", "rbrace",
    "indent", "encoding", "default_indent", "default_newline", "has_trailing_newline",
})  # fmt: skip
"""Fields of nodes that hold only layout, besides those whose name starts with `whitespace`."""


@dataclass(frozen=True, eq=False, slots=True)
class Binding:
    """One place that gives a name a value: `kind` is parameter, assignment, augmented, import, for, with, except,
    function, class, comprehension, walrus, pattern or delete; `owner` is the node that does it."""

    name: str
    kind: str
    node: cst.CSTNode
    owner: cst.CSTNode
    scope: Scope


@dataclass(eq=False, slots=True)
class Scope:
    """The names of a module, class, function, lambda or comprehension."""

    node: cst.CSTNode
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=lambda: defaultdict(list))
    uses: dict[str, list[cst.CSTNode]] = field(default_factory=lambda: defaultdict(list))
    """Where names of this scope are read, from here or from scopes inside."""
    elsewhere: dict[str, Scope] = field(default_factory=dict)
    """Names declared global or nonlocal."""

    def owner(self, name: str) -> Scope | None:
        """The scope that `name`, read here, belongs to; None for builtins and unknown names."""
        scope: Scope | None = self.elsewhere.get(name, self)
        if scope is not self:
            return scope
        while scope is not None:
            if name in scope.bindings and (
                scope is self or not isinstance(scope.node, cst.ClassDef)
            ):
                return scope
            scope = scope.parent
        return None


class Index:
    """One walk over a module: parents, nodes by class, scopes, who binds and who reads which name."""

    def __init__(self, module: cst.Module) -> None:
        self.module = module
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.by_type: dict[type[cst.CSTNode], list[cst.CSTNode]] = defaultdict(list)
        self.module_scope = Scope(module, None)
        self.scopes: dict[cst.CSTNode, Scope] = {module: self.module_scope}
        self.reads: dict[cst.CSTNode, Scope] = {}
        self._pending: list[tuple[str, cst.CSTNode, Scope]] = []
        self._special: dict[type[cst.CSTNode], Callable[[cst.CSTNode, Scope], None]] = {
            cst.Name: self._name,
            cst.Attribute: self._attribute,
            cst.Arg: self._arg,
            cst.FunctionDef: self._function,
            cst.Lambda: self._lambda,
            cst.ClassDef: self._class,
            cst.GeneratorExp: self._comprehension,
            cst.ListComp: self._comprehension,
            cst.SetComp: self._comprehension,
            cst.DictComp: self._comprehension,
            cst.AssignTarget: self._assign_target,
            cst.AnnAssign: self._annotated,
            cst.AugAssign: self._augmented,
            cst.NamedExpr: self._walrus,
            cst.For: self._for,
            cst.ImportAlias: self._import,
            cst.ImportFrom: self._import_from,
            cst.AsName: self._as_name,
            cst.Del: self._del,
            cst.Global: self._global,
            cst.Nonlocal: self._global,
            cst.Annotation: self._annotation,
            cst.MatchAs: self._capture,
            cst.MatchStar: self._capture,
            cst.MatchMapping: self._capture,
            cst.MatchKeywordElement: self._keyword_pattern,
        }

    def run(self) -> None:
        """Walk, then find out whose names are read."""
        self._children(self.module, self.module_scope)
        for name, node, scope in self._pending:
            self.reads[node] = scope
            owner = scope.owner(name)
            if owner is not None:
                owner.uses[name].append(node)

    def _visit(self, node: cst.CSTNode, parent: cst.CSTNode, scope: Scope) -> None:
        self.parents[node] = parent
        kind = type(node)
        self.by_type[kind].append(node)
        self._special.get(kind, self._children)(node, scope)

    def _children(self, node: cst.CSTNode, scope: Scope, *but: str) -> None:
        for name in _fields(type(node)):
            if name not in but:
                self._field(getattr(node, name), node, scope)

    def _field(self, value: object, parent: cst.CSTNode, scope: Scope) -> None:
        if isinstance(value, cst.CSTNode):
            self._visit(value, parent, scope)
        elif isinstance(value, tuple | list):
            for item in value:
                if isinstance(item, cst.CSTNode):
                    self._visit(item, parent, scope)

    def _bind(
        self, name: str, kind: str, node: cst.CSTNode, owner: cst.CSTNode, scope: Scope
    ) -> None:
        while kind == "walrus" and isinstance(scope.node, Comprehension) and scope.parent:
            scope = scope.parent
        scope = scope.elsewhere.get(name, scope)
        scope.bindings[name].append(Binding(name, kind, node, owner, scope))

    def _target(self, node: cst.CSTNode, kind: str, owner: cst.CSTNode, scope: Scope) -> None:
        """The target of an assignment: names are bound, everything else is read."""
        if isinstance(node, cst.Name):
            self.by_type[cst.Name].append(node)
            self._bind(node.value, kind, node, owner, scope)
        elif isinstance(node, cst.Tuple | cst.List):
            self.by_type[type(node)].append(node)
            for element in node.elements:
                self.parents[element] = node
                self.parents[element.value] = element
                self._target(element.value, kind, owner, scope)
        else:
            self.by_type[type(node)].append(node)
            self._special.get(type(node), self._children)(node, scope)

    def _name(self, node: cst.CSTNode, scope: Scope) -> None:
        if isinstance(node, cst.Name):
            self._pending.append((node.value, node, scope))

    def _attribute(self, node: cst.CSTNode, scope: Scope) -> None:
        self._children(node, scope, "attr")
        if isinstance(node, cst.Attribute):
            self.parents[node.attr] = node

    def _arg(self, node: cst.CSTNode, scope: Scope) -> None:
        self._children(node, scope, "keyword")

    def _parameters(self, node: cst.Parameters, outer: Scope, inner: Scope) -> None:
        params = [*node.posonly_params, *node.params, *node.kwonly_params]
        stars = [star for star in (node.star_arg, node.star_kwarg) if isinstance(star, cst.Param)]
        for param in [*params, *stars]:
            self.parents[param] = node
            self.by_type[cst.Param].append(param)
            self.parents[param.name] = param
            self._bind(param.name.value, "parameter", param.name, param, inner)
            self._children(param, outer, "name")

    def _function(self, node: cst.CSTNode, scope: Scope) -> None:
        if not isinstance(node, cst.FunctionDef):
            return
        self.parents[node.name] = node
        self._bind(node.name.value, "function", node.name, node, scope)
        inner = Scope(node, scope)
        self._children(node, scope, "name", "params", "body")
        self.parents[node.params] = node
        self._parameters(node.params, scope, inner)
        self.scopes[node.body] = inner
        self._visit(node.body, node, inner)

    def _lambda(self, node: cst.CSTNode, scope: Scope) -> None:
        if not isinstance(node, cst.Lambda):
            return
        inner = Scope(node, scope)
        self.parents[node.params] = node
        self._parameters(node.params, scope, inner)
        self.scopes[node.body] = inner
        self._visit(node.body, node, inner)

    def _class(self, node: cst.CSTNode, scope: Scope) -> None:
        if not isinstance(node, cst.ClassDef):
            return
        self.parents[node.name] = node
        self._bind(node.name.value, "class", node.name, node, scope)
        inner = Scope(node, scope)
        self._children(node, scope, "name", "body")
        self.scopes[node.body] = inner
        self._visit(node.body, node, inner)

    def _comprehension(self, node: cst.CSTNode, scope: Scope) -> None:
        inner = Scope(node, scope)
        loop: cst.CompFor | None = node.for_in  # type: ignore[attr-defined]  # every comprehension has one
        self._loops(loop, node, scope, inner)
        for name in _fields(type(node)):
            value = getattr(node, name)
            if name != "for_in" and isinstance(value, cst.CSTNode):
                self.scopes[value] = inner
                self._visit(value, node, inner)

    def _loops(
        self, loop: cst.CompFor | None, parent: cst.CSTNode, first: Scope, inner: Scope
    ) -> None:
        if loop is None:
            return
        self.parents[loop] = parent
        self.by_type[cst.CompFor].append(loop)
        self.scopes[loop] = inner
        self.parents[loop.target] = loop
        self._target(loop.target, "comprehension", loop, inner)
        self.scopes[loop.iter] = first
        self._visit(loop.iter, loop, first)
        for test in loop.ifs:
            self._visit(test, loop, inner)
        self._loops(loop.inner_for_in, loop, inner, inner)

    def _assign_target(self, node: cst.CSTNode, scope: Scope) -> None:
        if isinstance(node, cst.AssignTarget):
            self.parents[node.target] = node
            self._target(node.target, "assignment", self.parents[node], scope)

    def _annotated(self, node: cst.CSTNode, scope: Scope) -> None:
        if isinstance(node, cst.AnnAssign):
            self.parents[node.target] = node
            self._target(node.target, "assignment", node, scope)
            self._children(node, scope, "target")

    def _augmented(self, node: cst.CSTNode, scope: Scope) -> None:
        if isinstance(node, cst.AugAssign):
            self.parents[node.target] = node
            self._target(node.target, "augmented", node, scope)
            self._children(node, scope, "target")

    def _walrus(self, node: cst.CSTNode, scope: Scope) -> None:
        if isinstance(node, cst.NamedExpr):
            self.parents[node.target] = node
            self._target(node.target, "walrus", node, scope)
            self._children(node, scope, "target")

    def _for(self, node: cst.CSTNode, scope: Scope) -> None:
        if isinstance(node, cst.For):
            self.parents[node.target] = node
            self._target(node.target, "for", node, scope)
            self._children(node, scope, "target")

    def _import(self, node: cst.CSTNode, scope: Scope) -> None:
        if not isinstance(node, cst.ImportAlias):
            return
        if node.asname is not None:
            self._visit(node.asname, node, scope)
            return
        name: cst.BaseExpression = node.name
        while isinstance(name, cst.Attribute):
            name = name.value
        if isinstance(name, cst.Name):
            self._bind(name.value, "import", name, node, scope)

    def _import_from(self, node: cst.CSTNode, scope: Scope) -> None:
        self._children(node, scope, "module", "relative")

    def _as_name(self, node: cst.CSTNode, scope: Scope) -> None:
        if not isinstance(node, cst.AsName):
            return
        owner = self.parents[node]
        kinds = {cst.ImportAlias: "import", cst.ExceptHandler: "except", cst.WithItem: "with"}
        self.parents[node.name] = node
        self._target(node.name, kinds.get(type(owner), "except"), owner, scope)

    def _del(self, node: cst.CSTNode, scope: Scope) -> None:
        if isinstance(node, cst.Del):
            self._children(node, scope)
            for name in _plain_names(node.target):
                self._bind(name.value, "delete", name, node, scope)

    def _global(self, node: cst.CSTNode, scope: Scope) -> None:
        if not isinstance(node, cst.Global | cst.Nonlocal):
            return
        for item in node.names:
            name = item.name.value
            around = scope.parent.owner(name) if scope.parent else None
            home = around if isinstance(node, cst.Nonlocal) else self.module_scope
            scope.elsewhere[name] = home or self.module_scope
            self._pending.append((name, item, scope))

    def _annotation(self, node: cst.CSTNode, scope: Scope) -> None:
        self._children(node, scope)
        if isinstance(node, cst.Annotation):
            for string in _strings(node.annotation):
                for name in IDENTIFIER.findall(string.value):
                    self._pending.append((name, string, scope))

    def _capture(self, node: cst.CSTNode, scope: Scope) -> None:
        name = getattr(node, "rest" if isinstance(node, cst.MatchMapping) else "name", None)
        self._children(node, scope, "name", "rest")
        if isinstance(name, cst.Name):
            self._bind(name.value, "pattern", name, node, scope)

    def _keyword_pattern(self, node: cst.CSTNode, scope: Scope) -> None:
        self._children(node, scope, "key")


def _plain_names(node: cst.CSTNode) -> Iterator[cst.Name]:
    if isinstance(node, cst.Name):
        yield node
    elif isinstance(node, cst.Tuple | cst.List):
        for element in node.elements:
            yield from _plain_names(element.value)


def _strings(node: cst.CSTNode) -> Iterator[cst.SimpleString]:
    if isinstance(node, cst.SimpleString):
        yield node
    for name in _fields(type(node)):
        value = getattr(node, name)
        for child in value if isinstance(value, tuple | list) else (value,):
            if isinstance(child, cst.CSTNode):
                yield from _strings(child)


@functools.cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a node class that hold code."""
    return tuple(
        each.name
        for each in dataclasses.fields(kind)
        if each.name not in LAYOUT and not each.name.startswith("whitespace")
    )
