"""One parsed file: where its nodes, lines and comments lie. Everything is computed once, when it is first asked for.

Offsets are bytes of the file as it lies on disk; lines are 1-based.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import operator
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from generator.scopes import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from libcst.metadata import CodeSpan

    from generator.scopes import Scope

NEWLINE = re.compile(rb"\r\n|\n|\r")


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
        if _is_expression(type(node)):
            expression = cast("cst.BaseExpression", node)
            if expression.lpar:
                start, end = self.span(expression.lpar[0])[0], self.span(expression.rpar[-1])[1]
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
    def _index(self) -> Index:
        index = Index(self.module)
        index.run()
        return index

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node around a node."""
        return self._index.parents.get(node)

    @functools.cached_property
    def attributes(self) -> Counter[str]:
        """How often each attribute is spoken of."""
        return Counter(
            each.attr.value for each in self.nodes(cst.Attribute) if isinstance(each, cst.Attribute)
        )

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


@functools.cache
def _is_expression(kind: type[cst.CSTNode]) -> bool:
    # An abstract class takes its time to answer, and nothing is asked for as often as where a node lies.
    return issubclass(kind, cst.BaseExpression)


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


@functools.cache
def concrete(kinds: tuple[Any, ...]) -> tuple[type[cst.CSTNode], ...]:
    """The node classes wanted, with the classes below them. (Abstract ones too, which is why they are Any.)"""
    found: dict[type[cst.CSTNode], None] = {}
    for kind in kinds:
        found[kind] = None
        found.update(dict.fromkeys(concrete(tuple(kind.__subclasses__()))))
    return tuple(found)
