"""Take an operand out of a chain of `and`, of `or`, or of arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes.change import Change
from generator.changes.layout import (
    BINDING,
    LOOSE,
    has_room,
    is_comment,
    needs_no_brackets,
    pad,
)
from generator.records import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.source import Source


Chain = cst.BooleanOperation | cst.BinaryOperation
_LEVELS = (
    frozenset({cst.Add, cst.Subtract}),
    frozenset({cst.Multiply, cst.Divide, cst.FloorDivide, cst.Modulo}),
)
"""Operators that one chain may mix."""


def operands(node: Chain) -> tuple[cst.BaseExpression, ...]:
    """`a and b and c` → a, b, c; `a + b - c` → a, b, c: what one chain joins."""
    if isinstance(node.left, Chain) and continues(node.left, node):
        return (*operands(node.left), node.right)
    return (node.left, node.right)


def operators(node: Chain) -> tuple[cst.CSTNode, ...]:
    """`a + b - c` → +, -: what stands between the operands of one chain."""
    if isinstance(node.left, Chain) and continues(node.left, node):
        return (*operators(node.left), node.operator)
    return (node.operator,)


def continues(left: Chain, node: cst.CSTNode | None) -> bool:
    """Whether an operation is the left part of a longer chain: of `a + b - c`, `a + b` is."""
    if not isinstance(node, Chain) or node.left is not left or left.lpar:
        return False
    kinds = {type(left.operator), type(node.operator)}
    return len(kinds) == 1 or any(kinds <= level for level in _LEVELS)


@dataclass(frozen=True, slots=True)
class _DropOperand:
    anchor: Chain
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
        between = operators(self.anchor)
        word = source.inner_text(between[self.gone - 1])
        leads = source.data[source.line_start(start) : start].split() == [word.encode()]
        if leads and source.is_quiet(before, source.line_end(before)):
            if source.is_quiet(end, source.line_end(end)):
                end = source.line_end(end)
            return source.line_end(before), end
        following = between[self.gone : self.gone + 1]
        if any(source.inner_text(each) == word for each in following):
            return start, source.outer(every[self.gone + 1])[0]
        return before, end

    def _with_comments_above(self, source: Source, start: int) -> int:
        """Where the comments start that stand between the opening line and the first operand."""
        opening = source.outer(self.anchor)[0]
        line = source.line_start(start)
        while source.line_start(line - 1) > opening and is_comment(
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
        needless = needs_no_brackets(rest, parent) if beside else spread
        if self.anchor.lpar and needless and one_line and not _says_more(source, shell, gone, kept):
            start, end = shell
        elif gone[1] > end or _says_more(source, (start, end), gone, kept):
            yield Edit(source.path, *gone, "")
            return
        before, after = pad(source, start, end)
        text = source.data[kept[0] : kept[1]].decode()
        yield Edit(source.path, start, end, before + text + after)

    def _on_one_line(self, source: Source, rest: Sequence[cst.BaseExpression]) -> Edit | None:
        """A condition spread over lines in its own parentheses, written on one line where it now fits."""
        start, end = source.outer(self.anchor)
        shell = source.data[start:end]
        opened = shell[1:].lstrip(b" \t").startswith((b"\n", b"\r"))
        if not self.anchor.lpar or not opened or b"#" in shell or b"\\" in shell:
            return None
        texts = [source.text(each) for each in rest]
        words = [source.inner_text(each) for each in operators(self.anchor)]
        del words[max(self.gone - 1, 0)]
        text = " ".join([texts[0], *(f"{w} {t}" for w, t in zip(words, texts[1:], strict=True))])
        if isinstance(source.parent(self.anchor), BINDING):
            text = f"({text})"
        if "\n" in text or not has_room(source, start, end, text):
            return None
        before, after = pad(source, start, end)
        return Edit(source.path, start, end, before + text + after)


def drop_operand(node: Chain, gone: int) -> Change:
    """Let one operand of a chain go, with its operator and the parentheses nobody needs any more."""
    return Change((_DropOperand(node, gone),))


def _says_more(
    source: Source, whole: tuple[int, int], gone: tuple[int, int], kept: tuple[int, int]
) -> bool:
    """Whether there are comments in a piece of text besides those of what goes and what stays."""
    inside = bytearray(source.data[whole[0] : whole[1]])
    for start, end in (gone, kept):
        first, last = max(start - whole[0], 0), max(end - whole[0], 0)
        inside[first:last] = b" " * len(inside[first:last])
    return b"#" in inside
