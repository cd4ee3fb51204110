"""Changes to source text, said in terms of nodes: replace, remove, move and insert, put together with `+`.

A Change knows nodes; offsets come in when it is turned into edits. What an operator gives as text is written into the
file as it stands, so that everything around it stays as its author had it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import libcst as cst

from generator.records import Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from generator.source import Source

TIGHT = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseNumber, cst.BaseString)
"""Expressions that need parentheses nowhere (but for attributes of whole numbers)."""
LOOSE = (cst.Yield, cst.NamedExpr, cst.Tuple, cst.GeneratorExp, cst.Lambda)
"""Expressions whose parentheses are better left alone."""
BINDING = (
    cst.BooleanOperation, cst.UnaryOperation, cst.BinaryOperation, cst.Comparison, cst.ComparisonTarget, cst.IfExp,
    cst.Attribute, cst.Subscript, cst.Await, cst.NamedExpr, cst.CompFor, cst.CompIf, cst.StarredElement,
)  # fmt: skip
"""Where an expression stands directly beside an operator that might take hold of a part of it."""
LONE = (cst.BaseSmallStatement, cst.BaseCompoundStatement, cst.Arg, cst.Element, cst.CompIf)
"""Where an expression needs no parentheses once it is on one line."""
MAGIC = re.compile(r",\s*[\r\n]\s*[)\]}]")
"""A comma at the end of a list tells a formatter to leave one thing a line."""


class Instruction(Protocol):
    """One step of a change."""

    @property
    def anchor(self) -> cst.CSTNode:
        """A node of the file that is changed."""

    def edits(self, source: Source) -> Iterator[Edit]:
        """The step as text edits of that file."""


EDGES: dict[type[cst.CSTNode], str] = {
    cst.LessThan: "<=",
    cst.LessThanEqual: "<",
    cst.GreaterThan: ">=",
    cst.GreaterThanEqual: ">",
}
"""Comparisons that differ at their edge only."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an operator does at one site, in one or several places and files. The first step is the bug itself;
    what follows only clears up after it."""

    steps: tuple[Instruction, ...]

    def __add__(self, other: Change) -> Change:
        return Change(self.steps + other.steps)

    def edits(self, owner: Callable[[cst.CSTNode], Source]) -> tuple[Edit, ...]:
        """The change as text edits: sorted, none overlapping, each doing something.

        Raises ValueError where two steps change the same text in different ways.
        """
        found: dict[Edit, None] = {}
        for step in self.steps:
            source = owner(step.anchor)
            found.update(
                (edit, None) for edit in step.edits(source) if _does_something(source, edit)
            )
        return _joined(sorted(found, key=lambda edit: (edit.path, edit.start, edit.end)))


def _does_something(source: Source, edit: Edit) -> bool:
    return source.data[edit.start : edit.end] != edit.text.encode()


def _joined(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Neighbouring edits as one. An insertion inside a removal, or two that overlap, can't both be done."""
    done: list[Edit] = []
    for edit in (each for each in edits if not _is_gone_anyway(each, edits)):
        last = done[-1] if done else None
        if last is None or last.path != edit.path or last.end < edit.start:
            done.append(edit)
        elif last.end > edit.start and not (last.text == edit.text == ""):
            raise ValueError(f"two steps of one change meet at {edit.path}:{edit.start}")
        else:
            done[-1] = Edit(edit.path, last.start, max(last.end, edit.end), last.text + edit.text)
    return tuple(done)


def _is_gone_anyway(edit: Edit, edits: Sequence[Edit]) -> bool:
    """Whether a removal lies within another one."""
    return not edit.text and any(
        not each.text
        and each is not edit
        and (each.path, each.start <= edit.start, edit.end <= each.end) == (edit.path, True, True)
        for each in edits
    )


# -- replace ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Replace:
    anchor: cst.CSTNode
    text: str
    whole: bool

    def edits(self, source: Source) -> Iterator[Edit]:
        start, end = (source.outer if self.whole else source.span)(self.anchor)
        yield Edit(source.path, start, end, self.text)


@dataclass(frozen=True, slots=True)
class _Swap:
    anchor: cst.CSTNode
    other: cst.CSTNode

    def edits(self, source: Source) -> Iterator[Edit]:
        yield Edit(source.path, *source.outer(self.anchor), source.text(self.other))
        yield Edit(source.path, *source.outer(self.other), source.text(self.anchor))


@dataclass(frozen=True, slots=True)
class _Cut:
    """Remove what lies between a side of one node and a side of another, in one file."""

    anchor: cst.CSTNode
    after: bool
    last: cst.CSTNode
    upto: bool
    text: str = ""

    def edits(self, source: Source) -> Iterator[Edit]:
        start = source.outer(self.anchor)[1 if self.after else 0]
        end = source.outer(self.last)[0 if self.upto else 1]
        yield Edit(source.path, start, end, self.text)


def replace(node: cst.CSTNode, new: cst.CSTNode | str, *, parentheses: bool = False) -> Change:
    """Write `new` in the place of a node. The node's own parentheses stay, unless `parentheses` says they go too."""
    text = new if isinstance(new, str) else cst.Module(body=[]).code_for_node(new)
    return Change((_Replace(node, text, parentheses),))


def swap(one: cst.CSTNode, other: cst.CSTNode) -> Change:
    """Let two nodes of one file change places, each with its own parentheses."""
    return Change((_Swap(one, other),))


def cut(
    first: cst.CSTNode,
    last: cst.CSTNode,
    *,
    after: bool = False,
    upto: bool = False,
    text: str = "",
) -> Change:
    """Put `text` in place of everything from `first` (or `after` it) to the end of `last` (or `upto` its start)."""
    return Change((_Cut(first, after, last, upto, text),))


@dataclass(frozen=True, slots=True)
class _Rewrite:
    anchor: cst.CSTNode
    text: str

    def edits(self, source: Source) -> Iterator[Edit]:
        start, end = source.span(self.anchor)
        edit = Edit(source.path, start, end, self.text)
        for around in source.ancestors(self.anchor):
            if not isinstance(around, cst.BaseExpression | cst.BaseElement | cst.Arg):
                break
            if isinstance(around, cst.BaseExpression) and _is_spread(source, around):
                wider = _fitting(source, around, edit)
                if wider is None:
                    break
                edit = wider
        yield edit


def _is_spread(source: Source, node: cst.BaseExpression) -> bool:
    """Whether an expression lies on several lines, within brackets of its own."""
    start, end = source.outer(node)
    brackets = bool(node.lpar) or not isinstance(node, BINDING)
    return brackets and b"\n" in source.data[start:end]


def _fitting(source: Source, around: cst.BaseExpression, edit: Edit) -> Edit | None:
    """An expression that was spread over lines for its length, on one line, where it fits with the edit done."""
    start, end = source.outer(around)
    before = one_line(source.data[start:end].decode())
    if before is not None and _fits(source, start, end, before):
        return None
    lone = isinstance(source.parent(around), LONE) and not isinstance(around, LOOSE)
    first, last = source.span(around) if around.lpar and lone else (start, end)
    if edit.start < first or last < edit.end:
        return None
    text = source.data[first : edit.start].decode() + edit.text
    joined = one_line((text + source.data[edit.end : last].decode()).strip())
    if joined is None or not _fits(source, start, end, joined):
        return None
    return Edit(source.path, start, end, joined)


def one_line(text: str) -> str | None:
    """Code spread over lines inside brackets, on one line; None where its comments, strings or commas forbid it."""
    if "\n" not in text and "\r" not in text:
        return text
    if "#" in text or "\\" in text or '"""' in text or "'''" in text or MAGIC.search(text):
        return None
    text = re.sub(r"(?<=[(\[{])\s*[\r\n]\s*", "", text)
    text = re.sub(r"\s*[\r\n]\s*(?=[)\]}.])", "", text)
    return re.sub(r"\s*[\r\n]\s*", " ", text)


def rewrite(node: cst.CSTNode, text: str) -> Change:
    """Write `text` in the place of a node, and on one line what was spread over lines only because it was too long."""
    return Change((_Rewrite(node, text),))


def carried(source: Source, node: cst.BaseExpression, kept: cst.BaseExpression) -> str:
    """The text of a part of an expression as it would stand in the place of the whole, in parentheses where it must."""
    text = _shifted(source, source.span(node)[0], source.span(kept))
    joined = one_line(text)
    if joined is not None and _fits(source, *source.span(node), joined):
        text = joined
    parent = source.parent(node)
    beside = isinstance(parent, BINDING) and not node.lpar and not _needs_none(kept, parent)
    alone = isinstance(parent, cst.Arg) and len(getattr(source.parent(parent), "args", ())) == 1
    bare = node.lpar or (isinstance(kept, cst.GeneratorExp) and alone)
    return f"({text})" if beside or (isinstance(kept, LOOSE) and not bare) else text


def _shifted(source: Source, place: int, span: tuple[int, int]) -> str:
    """A piece of the file with its further lines as far to the left as its first line moves."""
    start, end = span
    here, there = source.line_start(place), source.line_start(start)
    if here == there:
        least, shift = start - there, start - place
    else:
        least = _indent(source, there)
        shift = least - _indent(source, here)
    first = source.data[start : min(source.next_line(start), end)]
    rows = [first.decode()]
    at = start + len(first)
    while at < end:
        following = min(source.next_line(at), end)
        row = source.data[at:following]
        movable = at not in source.inside_strings and _indent(source, at) >= least
        rows.append((row[shift:] if movable else row).decode())
        at = following
    return "".join(rows)


def _indent(source: Source, line: int) -> int:
    text = source.data[line : source.line_end(line)]
    return len(text) - len(text.lstrip(b" \t"))


def fits(source: Source, node: cst.CSTNode, text: str) -> bool:
    """Whether a line stays within the length that the author keeps to, with `text` in the place of a node."""
    start, end = source.span(node)
    return len(text.encode()) <= end - start or _fits(source, start, end, text)


# -- operands of and, or ----------------------------------------------------------------------------------------------


def operands(node: cst.BooleanOperation) -> tuple[cst.BaseExpression, ...]:
    """`a and b and c` → a, b, c: what one chain of the same operator joins."""
    left = node.left
    same = isinstance(left, cst.BooleanOperation) and not left.lpar
    if (
        same
        and isinstance(left, cst.BooleanOperation)
        and type(left.operator) is type(node.operator)
    ):
        return (*operands(left), node.right)
    return (left, node.right)


@dataclass(frozen=True, slots=True)
class _DropOperand:
    anchor: cst.BooleanOperation
    gone: int

    def edits(self, source: Source) -> Iterator[Edit]:
        every = operands(self.anchor)
        rest = [each for n, each in enumerate(every) if n != self.gone]
        if len(rest) == 1:
            yield from self._alone(source, rest[0], every)
            return
        tidy = self._on_one_line(source, rest)
        if tidy is not None:
            yield tidy
            return
        yield Edit(source.path, *self._range(source, every), "")

    def _range(self, source: Source, every: Sequence[cst.BaseExpression]) -> tuple[int, int]:
        start, end = source.outer(every[self.gone])
        if self.gone == 0:
            return self._with_comments_above(source, start), source.outer(every[1])[0]
        before = source.outer(every[self.gone - 1])[1]
        leads = source.data[source.line_start(start) : start].split() in ([b"and"], [b"or"])
        if leads and source.is_quiet(before, source.line_end(before)):
            if source.is_quiet(end, source.line_end(end)):
                end = source.line_end(end)
            return source.line_end(before), end
        if self.gone + 1 < len(every):
            return start, source.outer(every[self.gone + 1])[0]
        return before, end

    def _with_comments_above(self, source: Source, start: int) -> int:
        """Where the comments start that stand between the opening line and the first operand."""
        opening = source.outer(self.anchor)[0]
        line = source.line_start(start)
        while source.line_start(line - 1) > opening and _is_comment(
            source, source.line_start(line - 1)
        ):
            line = source.line_start(line - 1)
            text = source.data[line:start]
            start = line + len(text) - len(text.lstrip())
        return start

    def _alone(
        self, source: Source, rest: cst.BaseExpression, every: Sequence[cst.BaseExpression]
    ) -> Iterator[Edit]:
        """One operand stays: the parentheses that only the operator needed go with it."""
        kept, inner = source.outer(rest), source.span(rest)
        parent = source.parent(self.anchor)
        beside = isinstance(parent, BINDING)
        one_line = b"\n" not in source.data[kept[0] : kept[1]]
        if (
            rest.lpar
            and not isinstance(rest, LOOSE)
            and one_line
            and (self.anchor.lpar or not beside)
        ):
            kept = inner
        start, end = source.span(self.anchor)
        shell, gone = source.outer(self.anchor), self._range(source, every)
        spread = source.line(shell[0]) != source.line(shell[1])
        needless = _needs_none(rest, parent) if beside else spread
        if self.anchor.lpar and needless and one_line and not _says_more(source, shell, gone, kept):
            start, end = shell
        elif gone[1] > end or _says_more(source, (start, end), gone, kept):
            yield Edit(source.path, *gone, "")
            return
        pad = _pad(source, start, end)
        text = source.data[kept[0] : kept[1]].decode()
        yield Edit(source.path, start, end, pad[0] + text + pad[1])

    def _on_one_line(self, source: Source, rest: Sequence[cst.BaseExpression]) -> Edit | None:
        """A condition spread over lines in its own parentheses, written on one line where it now fits."""
        start, end = source.outer(self.anchor)
        shell = source.data[start:end]
        opened = shell[1:].lstrip(b" \t").startswith((b"\n", b"\r"))
        if not self.anchor.lpar or not opened or b"#" in shell or b"\\" in shell:
            return None
        texts = [source.text(each) for each in rest]
        word = source.inner_text(self.anchor.operator)
        text = f" {word} ".join(texts)
        if isinstance(source.parent(self.anchor), BINDING):
            text = f"({text})"
        if "\n" in text or not _fits(source, start, end, text):
            return None
        pad = _pad(source, start, end)
        return Edit(source.path, start, end, pad[0] + text + pad[1])


def drop_operand(node: cst.BooleanOperation, gone: int) -> Change:
    """Let one operand of a chain of `and` or `or` go, with its operator and the parentheses nobody needs any more."""
    return Change((_DropOperand(node, gone),))


def _needs_none(node: cst.BaseExpression, parent: cst.CSTNode | None) -> bool:
    compared = isinstance(node, cst.Comparison) and isinstance(parent, cst.BooleanOperation)
    return isinstance(node, TIGHT) or compared


def _says_more(
    source: Source, whole: tuple[int, int], gone: tuple[int, int], kept: tuple[int, int]
) -> bool:
    """Whether there are comments in a piece of text besides those of what goes and what stays."""
    inside = bytearray(source.data[whole[0] : whole[1]])
    for start, end in (gone, kept):
        first, last = max(start - whole[0], 0), max(end - whole[0], 0)
        inside[first:last] = b" " * len(inside[first:last])
    return b"#" in inside


def _pad(source: Source, start: int, end: int) -> tuple[str, str]:
    """The spaces that keep a word apart from its neighbours once parentheses between them are gone."""
    before, after = source.data[:start][-1:], source.data[end : end + 1]
    gone = source.data[start:end]
    return (
        " " if before.isalnum() and gone.startswith(b"(") else "",
        " " if after.isalnum() and gone.endswith(b")") else "",
    )


def _fits(source: Source, start: int, end: int, text: str) -> bool:
    line = source.data[source.line_start(start) : start] + source.data[end : source.line_end(end)]
    return len(line.decode()) + len(text) <= source.width


# -- one of a list ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _DropItem:
    """One of a list that commas separate: an argument, an element, an imported name."""

    anchor: cst.CSTNode
    items: tuple[cst.CSTNode, ...]
    brackets: cst.CSTNode | None

    def edits(self, source: Source) -> Iterator[Edit]:
        at = next(n for n, item in enumerate(self.items) if item is self.anchor)
        tidy = self._on_one_line(source)
        if tidy is not None:
            yield tidy
            return
        for start, end in self._ranges(source, at):
            yield Edit(source.path, start, end, "")

    def _end(self, source: Source, at: int) -> int:
        comma = _comma(self.items[at])
        return source.span(comma)[1] if comma is not None else source.outer(self.items[at])[1]

    def _ranges(self, source: Source, at: int) -> Iterator[tuple[int, int]]:
        start, own_end = source.outer(self.items[at])
        end, last = self._end(source, at), at == len(self.items) - 1
        own_line = source.is_blank(source.line_start(start), start) and source.is_quiet(
            end, source.line_end(end)
        )
        if last and at and _comma(self.items[at]) is None:
            before = self._end(source, at - 1)
            comma = _comma(self.items[at - 1])
            if comma is not None:
                yield source.span(comma)
            leads = source.is_blank(source.line_start(start), start)
            yield (source.line_end(before) if leads else before), own_end
        elif own_line:
            previous = self._end(source, at - 1) if at else self._opening(source, start)
            yield source.line_end(previous), source.line_end(end)
        elif not last and source.line(source.outer(self.items[at + 1])[0]) == source.line(end):
            yield start, source.outer(self.items[at + 1])[0]
        elif at:
            yield self._end(source, at - 1), end
        elif not last:
            yield start, source.outer(self.items[at + 1])[0]
        else:
            yield start, end

    def _opening(self, source: Source, start: int) -> int:
        """The end of the line that the list is opened on; comments of the first item's own go with it."""
        line = source.line_start(start)
        while line and _is_comment(source, source.line_start(line - 1)):
            line = source.line_start(line - 1)
        return source.line_start(max(line - 1, 0))

    def _on_one_line(self, source: Source) -> Edit | None:
        """A call spread over lines without a comma at its end, written on one line where it now fits."""
        call = self.brackets
        if not isinstance(call, cst.Call):
            return None
        start, end = source.span(call.whitespace_before_args)[0], source.span(call)[1] - 1
        inside = source.data[start:end]
        texts = [source.text(item) for item in self.items if item is not self.anchor]
        if not texts:
            return Edit(source.path, start, end, "") if b"#" not in inside else None
        opened = inside.lstrip(b" \t").startswith((b"\n", b"\r"))
        text = ", ".join(part.removesuffix(",").rstrip() for part in texts)
        magic = _comma(self.items[-1]) is not None
        if not opened or magic or b"#" in inside or "\n" in text:
            return None
        return Edit(source.path, start, end, text) if _fits(source, start, end, text) else None


def _is_comment(source: Source, line: int) -> bool:
    return source.data[line : source.line_end(line)].lstrip().startswith(b"#")


def _comma(item: cst.CSTNode) -> cst.Comma | None:
    comma = getattr(item, "comma", None)
    return comma if isinstance(comma, cst.Comma) else None


def drop_item(
    item: cst.CSTNode, items: Sequence[cst.CSTNode], brackets: cst.CSTNode | None = None
) -> Change:
    """Let one of a comma-separated list go, with its comma and, where it has one of its own, its line.

    `brackets` is the call or literal around the items; without it an only item can't be told from its brackets.
    """
    return Change((_DropItem(item, tuple(items), brackets),))


# -- statements -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Remove:
    anchor: cst.CSTNode

    def edits(self, source: Source) -> Iterator[Edit]:
        parent = source.parent(self.anchor)
        if isinstance(self.anchor, cst.BaseSmallStatement) and parent is not None:
            yield from self._small(source, parent)
            return
        start, end = source.lines_of(self.anchor)
        yield Edit(source.path, *_with_blank_lines(source, self.anchor, start, end), "")

    def _small(self, source: Source, parent: cst.CSTNode) -> Iterator[Edit]:
        """One of several on a line: `a; b`."""
        every = list(getattr(parent, "body", ()))
        if len(every) == 1 and isinstance(parent, cst.SimpleStatementLine):
            yield from _Remove(parent).edits(source)
            return
        if len(every) == 1:
            raise ValueError("the only statement of a block can't go")
        at = next(n for n, each in enumerate(every) if each is self.anchor)
        if at + 1 < len(every):
            yield Edit(source.path, source.span(every[at])[0], source.span(every[at + 1])[0], "")
        else:
            yield Edit(source.path, source.span(every[at - 1])[1], source.span(every[at])[1], "")


def _with_blank_lines(
    source: Source, statement: cst.CSTNode, start: int, end: int
) -> tuple[int, int]:
    """The lines to remove so that the blank lines left are those a person would leave."""
    above, below = start, end
    while above and source.is_blank(source.line_start(above - 1), above):
        above = source.line_start(above - 1)
    while below < len(source.data) and source.is_blank(below, source.next_line(below)):
        below = source.next_line(below)
    before, after = source.line(start) - source.line(above), source.line(below) - source.line(end)
    siblings = block_of(source, statement)
    if siblings and siblings[-1] is statement:
        return above, end
    if siblings and siblings[0] is statement:
        return start, below
    return (start, below) if after <= before else (above, end)


@dataclass(frozen=True, slots=True)
class _DropBranch:
    """One `if`, `elif` or `case` of several: what follows takes its place."""

    anchor: cst.If | cst.MatchCase

    def edits(self, source: Source) -> Iterator[Edit]:
        start, end = source.span(self.anchor)
        after = self.anchor.orelse if isinstance(self.anchor, cst.If) else None
        if after is not None and not source.data.startswith(b"elif", start):
            if isinstance(self.anchor, cst.If):
                yield Edit(source.path, start, source.span(after)[0] + len("el"), "")
            return
        start, end = source.lines_of(self.anchor)
        if after is not None:
            end = source.lines_of(after)[0]
        while after is None and source.is_blank(source.line_start(start - 1), start):
            start = source.line_start(start - 1)
        yield Edit(source.path, start, end, "")


def drop_branch(branch: cst.If | cst.MatchCase) -> Change:
    """Take out one `elif` or `case` of several, or the first `if` where an `elif` follows that takes its place."""
    return Change((_DropBranch(branch),))


def block_of(source: Source, statement: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """The statements of the block that a whole-line statement stands in; empty where it has no lines of its own."""
    parent = source.parent(statement)
    return tuple(parent.body) if isinstance(parent, cst.IndentedBlock | cst.Module) else ()


@dataclass(frozen=True, slots=True)
class _Insert:
    anchor: cst.CSTNode
    text: str
    after: bool

    def edits(self, source: Source) -> Iterator[Edit]:
        lines = source.lines_of(self.anchor)
        place = lines[1] if self.after else lines[0]
        indent = source.indent(self.anchor)
        rows = [indent + row if row.strip() else row for row in self.text.splitlines()]
        yield _whole_lines(source, place, source.newline.join(rows))


@dataclass(frozen=True, slots=True)
class _Move:
    anchor: cst.CSTNode
    to: cst.CSTNode
    after: bool

    def edits(self, source: Source) -> Iterator[Edit]:
        yield from _Remove(self.anchor).edits(source)
        start, end = source.lines_of(self.anchor)
        lines = source.lines_of(self.to)
        place = lines[1] if self.after else lines[0]
        text = _indented(source, start, end, source.indent(self.anchor), source.indent(self.to))
        yield _whole_lines(source, place, text)


def _indented(source: Source, start: int, end: int, old: str, new: str) -> str:
    """Lines of the file with another indentation; what lies inside strings stays."""
    rows: list[str] = []
    while start < end:
        following = min(source.next_line(start), end)
        row = source.data[start:following].decode()
        if old and row.startswith(old) and start not in source.inside_strings:
            row = new + row.removeprefix(old)
        elif not old and row.strip() and start not in source.inside_strings:
            row = new + row
        rows.append(row)
        start = following
    return re.sub(r"(\r\n|\n|\r)\Z", "", "".join(rows))


def _whole_lines(source: Source, place: int, text: str) -> Edit:
    """Put lines where a line starts; at the end of a file without a last line end, leave it without one."""
    unended = place == len(source.data) and not source.data.endswith((b"\n", b"\r"))
    text = source.newline + text if unended else text + source.newline
    return Edit(source.path, place, place, text)


def remove(*statements: cst.CSTNode) -> Change:
    """Take out whole statements with their lines, the comments directly above and blank lines that lose their sense."""
    return Change(tuple(_Remove(statement) for statement in statements))


def insert(
    text: str, *, before: cst.CSTNode | None = None, after: cst.CSTNode | None = None
) -> Change:
    """Put lines of code, written without indentation, before or after a statement, indented as that one is."""
    anchor = before if after is None else after
    if anchor is None:
        raise TypeError("insert needs `before` or `after`")
    return Change((_Insert(anchor, text, after is not None),))


def move(
    statement: cst.CSTNode, *, before: cst.CSTNode | None = None, after: cst.CSTNode | None = None
) -> Change:
    """Take a statement with its comments to before or after another one of the same file, indented as that one is."""
    to = before if after is None else after
    if to is None:
        raise TypeError("move needs `before` or `after`")
    return Change((_Move(statement, to, after is not None),))


@dataclass(frozen=True, slots=True)
class _Unwrap:
    anchor: cst.CSTNode
    blocks: tuple[cst.IndentedBlock, ...]

    def edits(self, source: Source) -> Iterator[Edit]:
        indent = source.indent(self.anchor)
        start = source.span(self.anchor)[0] - len(indent.encode())
        end = source.lines_of(self.anchor)[1]
        texts = [
            _indented(source, *_lines_inside(source, block), source.indent(block.body[0]), indent)
            for block in self.blocks
        ]
        ended = source.data[start:end].endswith((b"\n", b"\r"))
        text = source.newline.join(texts) + (source.newline if ended else "")
        yield Edit(source.path, start, end, text)


def _lines_inside(source: Source, block: cst.IndentedBlock) -> tuple[int, int]:
    """The whole lines of a block, comments at its start and its end included."""
    end = source.lines_of(block.body[-1])[1]
    comments = [line for line in block.footer if line.comment is not None]
    end = max([end, *(source.span(line)[1] for line in comments)])
    return source.next_line(source.span(block.header)[0]), end


def unwrap(statement: cst.CSTNode, *blocks: cst.IndentedBlock) -> Change:
    """Put the lines of blocks inside a compound statement in its place, indented as it is."""
    return Change((_Unwrap(statement, blocks),))
