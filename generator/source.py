"""One parsed module and the facts that operators ask of it. Everything is computed once, when it is first asked for.

Offsets are bytes of the file as it lies on disk; lines are 1-based.
"""

from __future__ import annotations

import ast
import bisect
import contextlib
import dataclasses
import functools
import itertools
import operator
import re
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from libcst.metadata import CodeSpan

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement | cst.BaseSmallStatement
Comprehension = cst.GeneratorExp | cst.ListComp | cst.SetComp | cst.DictComp

BOM = b"\xef\xbb\xbf"
NEWLINE = re.compile(rb"\r\n|\n|\r")
RESET = re.compile(r"(?:(?<=[\r\n])|\A)[ \t\f]*\f")
"""A form feed in front of a line's first token sets the column back to nought."""
IDENTIFIER = re.compile(r"[^\W\d]\w*")
LAYOUT = frozenset({
    "lpar", "rpar", "leading_lines", "lines_after_decorators", "header", "footer", "newline", "comma",
    "semicolon", "trailing_whitespace", "dot", "equal", "colon", "lbracket", "rbracket", "lbrace", "rbrace",
    "indent", "encoding", "default_indent", "default_newline", "has_trailing_newline",
})  # fmt: skip
"""Fields of nodes that hold only layout, besides those whose name starts with `whitespace`."""


class SourceError(Exception):
    """A file that can't be read as Python: which, where, and why."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


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


@dataclass(frozen=True, eq=False)
class Source:
    """A Python file: its bytes and its syntax tree. Make one with `parse`."""

    path: str
    data: bytes = field(repr=False)
    module: cst.Module = field(repr=False)
    _lead: int = 0
    """Bytes of the mark at the file's start."""
    _resets: tuple[tuple[int, int], ...] = ()
    """Form feeds left out for the parser: (offset, how many bytes so far)."""
    _memory: dict[cst.CSTNode, tuple[int, int]] = field(default_factory=dict, repr=False)
    _in_order: dict[type[cst.CSTNode], list[tuple[int, int, cst.CSTNode]]] = field(
        default_factory=dict, repr=False
    )

    # -- places ---------------------------------------------------------------------------------------------------

    @functools.cached_property
    def _spans(self) -> Mapping[cst.CSTNode, CodeSpan]:
        wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)
        return cast("Mapping[cst.CSTNode, CodeSpan]", wrapper.resolve(ByteSpanPositionProvider))

    def __contains__(self, node: cst.CSTNode) -> bool:
        """Whether the node belongs to this module."""
        return node is self.module or node in self._spans

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end of a node, without its own parentheses; of a definition, with its decorators."""
        found = self._memory.get(node)
        if found is None:
            found = self._memory[node] = self._span(node)
        return found

    def _span(self, node: cst.CSTNode) -> tuple[int, int]:
        raw = self._spans[node]
        start = self._origin(raw.start, after=True)
        end = self._origin(raw.start + raw.length, after=False)
        if isinstance(node, cst.FunctionDef | cst.ClassDef) and node.decorators:
            start = self.span(node.decorators[0])[0]
        if isinstance(node, cst.BaseUnaryOp):  # its span takes in the space after it
            end = start + len(self.data[start:end].rstrip())
        return start, end

    def outer(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end of a node with its own parentheses."""
        start, end = self.span(node)
        if isinstance(node, cst.BaseExpression) and node.lpar:
            start, end = self.span(node.lpar[0])[0], self.span(node.rpar[-1])[1]
        return start, end

    def text(self, node: cst.CSTNode) -> str:
        """What the author wrote for a node, parentheses of its own included."""
        start, end = self.outer(node)
        return self.data[start:end].decode()

    def inner_text(self, node: cst.CSTNode) -> str:
        """What the author wrote for a node, without parentheses of its own."""
        start, end = self.span(node)
        return self.data[start:end].decode()

    def _origin(self, offset: int, *, after: bool) -> int:
        if not self._resets:
            return offset + self._lead
        at = bisect.bisect(self._resets, (offset + 1,) if after else (offset,))
        return offset + self._lead + (self._resets[at - 1][1] if at else 0)

    # -- lines ----------------------------------------------------------------------------------------------------

    @functools.cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in NEWLINE.finditer(self.data))]

    @property
    def newline(self) -> str:
        """The line end that most of the file uses."""
        return self.module.default_newline

    @functools.cached_property
    def width(self) -> int:
        """The line length that the author keeps to, as far as it shows: between 79 and 100."""
        return min(100, max(79, *(len(line) for line in NEWLINE.split(self.data))))

    def line(self, offset: int) -> int:
        """The line that an offset lies in."""
        return bisect.bisect_right(self._starts, offset)

    def line_start(self, offset: int) -> int:
        """Where the line of an offset starts."""
        return self._starts[self.line(offset) - 1]

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends: in front of its line end."""
        match = NEWLINE.search(self.data, offset)
        return match.start() if match else len(self.data)

    def next_line(self, offset: int) -> int:
        """Where the line after that of an offset starts."""
        match = NEWLINE.search(self.data, offset)
        return match.end() if match else len(self.data)

    def is_blank(self, start: int, end: int) -> bool:
        """Whether only white space lies there."""
        return not self.data[start:end].strip()

    def is_quiet(self, start: int, end: int) -> bool:
        """Whether nothing but white space and a comment lies there, within one line."""
        text = self.data[start:end].strip()
        return not text or text.startswith(b"#")

    def indent(self, statement: cst.CSTNode) -> str:
        """The white space in front of a statement's first line."""
        start = self.span(statement)[0]
        return (
            self.data[max(self.line_start(start), self._lead) : start].decode().rpartition("\f")[2]
        )

    @functools.cached_property
    def inside_strings(self) -> frozenset[int]:
        """Starts of the lines that begin inside a string: their indentation is content."""
        starts: set[int] = set()
        for kind in (cst.SimpleString, cst.FormattedString):
            for node in self.nodes(kind):
                first, last = self.span(node)
                starts.update(
                    self._starts[line] for line in range(self.line(first), self.line(last))
                )
        return frozenset(starts)

    @functools.cached_property
    def comments(self) -> tuple[tuple[int, int], ...]:
        """Start and end of every comment, in order."""
        return tuple(
            sorted(self.span(node) for node in self._spans if isinstance(node, cst.Comment))
        )

    def lines_of(self, statement: cst.CSTNode) -> tuple[int, int]:
        """Start and end of the whole lines of a statement: comments directly above and inside its blocks, line end."""
        start, end = self.span(statement)
        if comments := _comments_above(self.parent(statement), statement):
            start = self.span(comments[0])[0]
        inner: cst.CSTNode | None = statement
        while inner is not None:
            if isinstance(inner, cst.IndentedBlock):
                kept = _until_last_comment(inner.footer)
                end = max(end, *(self.span(line)[1] - 1 for line in kept)) if kept else end
            inner = _last_part(inner)
        return max(self.line_start(start), self._lead), self.next_line(end)

    # -- the tree -------------------------------------------------------------------------------------------------

    @functools.cached_property
    def _index(self) -> _Index:
        index = _Index(self.module)
        index.run()
        return index

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node around a node."""
        return self._index.parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around a node, from the inside out."""
        parents = self._index.parents
        while (around := parents.get(node)) is not None:
            yield around
            node = around

    def nodes(self, kind: type[cst.CSTNode]) -> tuple[cst.CSTNode, ...]:
        """Every node of exactly that class."""
        return tuple(self._index.by_type.get(kind, ()))

    def nodes_between(self, kind: type[cst.CSTNode], start: int, end: int) -> Iterator[cst.CSTNode]:
        """Every node of exactly that class that lies between two offsets, in order."""
        if kind not in self._in_order:
            places = [(*self.span(node), node) for node in self.nodes(kind)]
            self._in_order[kind] = sorted(places, key=operator.itemgetter(0))
        places = self._in_order[kind]
        first = bisect.bisect_left(places, start, key=operator.itemgetter(0))
        for begins, ends, node in itertools.islice(places, first, None):
            if begins > end:
                return
            if ends <= end:
                yield node

    @functools.cached_property
    def constants(self) -> Mapping[str, cst.BaseExpression]:
        """The module's own `NAME = value`, by name."""
        return {
            name: owner.value
            for name, bindings in self.module_scope.bindings.items()
            if name.isupper() and len(bindings) == 1
            for owner in [bindings[0].owner]
            if isinstance(owner, cst.Assign | cst.AnnAssign) and owner.value is not None
        }

    def scope(self, node: cst.CSTNode) -> Scope:
        """The scope in which a node is evaluated."""
        for some in (node, *self.ancestors(node)):
            if some in self._index.scopes:
                return self._index.scopes[some]
        return self._index.module_scope

    @property
    def module_scope(self) -> Scope:
        """The module's own names."""
        return self._index.module_scope

    def names_in(self, node: cst.CSTNode) -> tuple[cst.Name, ...]:
        """The variables read inside a node, itself included."""
        start, end = self.outer(node)
        at = bisect.bisect_left(self._read, (start,))
        found = []
        while at < len(self._read) and self._read[at][0] < end:
            found.append(self._read[at][2])
            at += 1
        return tuple(found)

    @functools.cached_property
    def _read(self) -> list[tuple[int, int, cst.Name]]:
        names = [name for name in self._index.reads if isinstance(name, cst.Name)]
        return sorted((self.span(name)[0], n, name) for n, name in enumerate(names))

    def is_read(self, name: cst.Name) -> bool:
        """Whether a Name node is a variable being read (and not bound, an attribute or a keyword)."""
        return name in self._index.reads

    @functools.cached_property
    def classes(self) -> Mapping[str, cst.ClassDef]:
        """The classes at module level, by name."""
        found = (node for node in self.nodes(cst.ClassDef) if isinstance(node, cst.ClassDef))
        return {node.name.value: node for node in found if self._index.parents[node] is self.module}


def parse(path: str, data: bytes) -> Source:
    """The module in these bytes. Raises SourceError where they are not UTF-8, or not the Python that runs here."""
    lead = len(BOM) if data.startswith(BOM) else 0
    try:
        text = data[lead:].decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(path, line, "not UTF-8") from error
    resets: list[tuple[int, int]] = []
    if "\f" in text:
        text, resets = _without_resets(text)
    try:
        module = cst.parse_module(text)
        same = module.code == text
    except cst.ParserSyntaxError as error:
        raise SourceError(path, *_complaint(data, error.raw_line)) from error
    except cst.CSTValidationError as error:
        # Of strings and bytes side by side it only says so once it builds the tree.
        raise SourceError(path, *_complaint(data, 1)) from error
    except (RecursionError, ValueError) as error:
        raise SourceError(path, 1, f"can't be parsed: {error}") from error
    if not same:
        raise SourceError(path, 1, "its layout can't be kept byte for byte")
    if objection := _objection(data):
        raise SourceError(path, *objection)
    return Source(path, data, module, lead, tuple(resets))


class Project:
    """The modules of a seed, or one file alone: each parsed when it is first asked for."""

    def __init__(
        self, contents: Mapping[str, bytes], paths: Iterable[str], import_root: str = "."
    ) -> None:
        self._contents = contents
        self._parsed: dict[str, Source | SourceError] = {}
        self.paths = tuple(paths)
        root = "" if import_root in ("", ".") else import_root.rstrip("/") + "/"
        self._names = {path: _module_name(path.removeprefix(root)) for path in self.paths}
        self._by_name = {name: path for path, name in self._names.items()}

    def source(self, path: str) -> Source:
        """One module by its path. Raises SourceError where it can't be read."""
        if path not in self._parsed:
            try:
                self._parsed[path] = parse(path, self._contents[path])
            except SourceError as error:
                self._parsed[path] = error
        found = self._parsed[path]
        if isinstance(found, SourceError):
            raise found
        return found

    def readable(self) -> Iterator[Source]:
        """Every module that can be read, in the order of `paths`."""
        for path in self.paths:
            with contextlib.suppress(SourceError):
                yield self.source(path)

    def module(self, name: str) -> Source | None:
        """A module of the project by its dotted name; None where there is none, or it can't be read."""
        path = self._by_name.get(name)
        try:
            return self.source(path) if path is not None else None
        except SourceError:
            return None

    def name(self, source: Source) -> str:
        """The dotted name under which a module is imported."""
        return self._names[source.path]

    def is_package(self, source: Source) -> bool:
        """Whether the module is the `__init__` of a package."""
        return source.path.rpartition("/")[2] == "__init__.py"

    def owner(self, node: cst.CSTNode) -> Source:
        """The module that a node belongs to."""
        for found in self._parsed.values():
            if isinstance(found, Source) and node in found:
                return found
        raise KeyError(f"a {type(node).__name__} that is no part of the project")


def _module_name(path: str) -> str:
    name = path.removesuffix(".py").replace("/", ".")
    return name.removesuffix(".__init__")


def _objection(data: bytes) -> tuple[int, str] | None:
    """What this Python's own compiler has against a file, as line and reason: libcst reads newer syntax as well."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(data)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (RecursionError, ValueError) as error:
        return 1, f"can't be parsed: {error}"
    return None


def _complaint(data: bytes, line: int) -> tuple[int, str]:
    """Line and reason in the words of the compiler, which are better known, where it objects too."""
    try:
        ast.parse(data)
    except SyntaxError as known:
        return known.lineno or line, known.msg
    except ValueError as known:
        return line, str(known)
    return line, "syntax that is not supported"


def _without_resets(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without form feeds (which the parser loses), and what that does to offsets."""
    resets: list[tuple[int, int]] = []
    pieces: list[str] = []
    at = length = gone = 0
    for match in RESET.finditer(text):
        pieces.append(text[at : match.start()])
        length += len(pieces[-1].encode())
        gone += len(match.group())
        resets.append((length, gone))
        at = match.end()
    return "".join([*pieces, text[at:]]).replace("\f", " "), resets


def _comments_above(
    parent: cst.CSTNode | None, statement: cst.CSTNode
) -> tuple[cst.EmptyLine, ...]:
    """The comment lines that stand directly above a statement."""
    lines = tuple(getattr(statement, "leading_lines", ()))
    if isinstance(parent, cst.Module) and parent.body[0] is statement:
        lines = (*parent.header, *lines)
    above: list[cst.EmptyLine] = []
    for line in reversed(lines):
        if line.comment is None or _is_for_machines(line.comment.value):
            break
        above.insert(0, line)
    return tuple(above)


def _is_for_machines(comment: str) -> bool:
    return comment.startswith(("#!", "# -*-", "# coding"))


def _until_last_comment(lines: Iterable[cst.EmptyLine]) -> list[cst.EmptyLine]:
    kept = list(lines)
    while kept and kept[-1].comment is None:
        kept.pop()
    return kept


def _last_part(node: cst.CSTNode) -> cst.CSTNode | None:
    """What ends a compound statement or a block: its last clause, its body, its last statement."""
    if isinstance(node, cst.Try | cst.TryStar):
        return node.finalbody or node.orelse or (node.handlers[-1] if node.handlers else node.body)
    if isinstance(node, cst.Match):
        return node.cases[-1]
    if isinstance(node, cst.IndentedBlock):
        return node.body[-1] if node.body else None
    after = (
        getattr(node, "orelse", None) if isinstance(node, cst.If | cst.For | cst.While) else None
    )
    return after or getattr(node, "body", None) if _has_block(node) else None


def _has_block(node: cst.CSTNode) -> bool:
    return isinstance(getattr(node, "body", None), cst.IndentedBlock)


class _Index:
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
