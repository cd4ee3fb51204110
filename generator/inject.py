"""Seed → mutants: every operator at every site, as text edits. Enumerates in a fixed order; nothing is chosen or run."""

from __future__ import annotations

import ast
import bisect
import functools
import itertools
from collections import Counter
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import libcst as cst

from generator import outline, restated
from generator.edits import apply_to_file, least
from generator.no_go import NO_GO, SEALED, Zones
from generator.operators import Operator, discover
from generator.operators.context import Context
from generator.operators.facts import Facts
from generator.parsing import SourceError
from generator.project import Project
from generator.records import Edit, Mutant, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.changes import Change
    from generator.records import Seed
    from generator.source import Source


@dataclass(frozen=True, slots=True)
class Unread:
    """A source file that could not be parsed, and why."""

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path} left out: line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Injection:
    """Every mutant of a project, in order, and the files that had to be left out."""

    mutants: tuple[Mutant, ...]
    unread: tuple[Unread, ...] = ()


def mutants(seed: Seed, operators: Mapping[str, Operator] | None = None) -> Injection:
    """Every mutant of a seed's source files, but those in what it wants spared."""
    project = Project(seed.contents, seed.source, seed.import_root)
    found = inject(project, discover() if operators is None else operators)
    spared = seed.words.spared if seed.words else frozenset()
    kept = tuple(one for one in found.mutants if spared.isdisjoint(_homes(one)))
    return Injection(kept, found.unread)


def _homes(mutant: Mutant) -> tuple[str, str]:
    """`module` and `module.name`, the class or function at its top level."""
    module = PurePosixPath(mutant.path).stem
    return module, f"{module}.{mutant.function.partition('.')[0]}"


def mutants_of_file(
    path: str,
    data: bytes,
    lines: tuple[int, int] | None = None,
    operators: Mapping[str, Operator] | None = None,
) -> Injection:
    """Every mutant of one file that stands alone; with `lines`, those that change one of the lines first..last."""
    project = Project({path: data}, (path,))
    found = inject(project, discover() if operators is None else operators)
    if lines is None:
        return found
    starts = _line_starts(data)
    chosen = (
        each for each in found.mutants if any(_meets(starts, edit, lines) for edit in each.edits)
    )
    return Injection(tuple(chosen), found.unread)


def inject(project: Project, operators: Mapping[str, Operator]) -> Injection:
    """Every mutant of the modules of a project, sorted by path, line, start, operator and edits. What several operators make
    is credited to one that is not general, and among such to the one that finds the fewest sites here."""
    found: list[Mutant] = []
    unread: list[Unread] = []
    facts = Facts(project)
    makers: dict[str, _Maker] = {}
    for path in sorted(project.paths):
        try:
            source = project.source(path)
        except SourceError as error:
            unread.append(Unread(error.path, error.line, error.reason))
            continue
        found.extend(_of_module(source, facts, operators, makers))
    sites = Counter(each.operator for each in found)

    def narrowness(mutant: Mutant) -> tuple[object, ...]:
        return operators[mutant.operator].general, sites[mutant.operator], _order(mutant)

    found.sort(key=narrowness, reverse=True)
    unique = {_text_made(project, each): each for each in found}
    return Injection(tuple(sorted(unique.values(), key=_order)), tuple(unread))


def _text_made(project: Project, mutant: Mutant) -> tuple[tuple[str, int, int, bytes], ...]:
    """The same for mutants of the same text."""
    return tuple(least(project.source(edit.path).data, edit) for edit in mutant.edits)


def _order(mutant: Mutant) -> tuple[object, ...]:
    edits = tuple((edit.path, edit.start, edit.end, edit.text) for edit in mutant.edits)
    return (mutant.path, mutant.line, mutant.edits[0].start, mutant.operator, edits)


def _of_module(
    source: Source, facts: Facts, operators: Mapping[str, Operator], makers: dict[str, _Maker]
) -> Iterator[Mutant]:
    for operator in operators.values():
        for kind in _concrete(operator.wants):
            for node in source.nodes(kind):
                at = Context(source, node, facts)
                for change in operator.changes(node, at):
                    mutant = _mutant(operator, change, source, facts.project, makers)
                    if mutant is not None:
                        yield mutant


@functools.cache
def _concrete(kinds: tuple[Any, ...]) -> tuple[type[cst.CSTNode], ...]:
    """The node classes wanted, with the classes below them. (Abstract ones too, which is why they are Any.)"""
    found: dict[type[cst.CSTNode], None] = {}
    for kind in kinds:
        found[kind] = None
        found.update(dict.fromkeys(_concrete(tuple(kind.__subclasses__()))))
    return tuple(found)


def _mutant(
    operator: Operator,
    change: Change,
    source: Source,
    project: Project,
    makers: dict[str, _Maker],
) -> Mutant | None:
    edits = change.edits(lambda node: source if node in source else project.owner(node))
    if not edits:
        return None
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.path, []).append(edit)
    for path, some in by_path.items():
        if path not in makers:
            makers[path] = _Maker(project.source(path))
        if not makers[path].admits(some):
            return None
    step = change.steps[0]
    home = source if step.anchor in source else project.owner(step.anchor)
    first = next(step.edits(home), edits[0])
    maker = makers[first.path]
    line = maker.line(first)
    around = outline.enclosing(maker.outline, line)
    touched = {span: None for edit in edits for span in makers[edit.path].touched(edit)}
    return Mutant(
        operator=operator.name,
        family=operator.family,
        change=operator.change,
        path=first.path,
        line=line,
        function=around.name if around else "",
        edits=edits,
        touched=tuple(sorted(touched, key=lambda span: (span.path, span.first, span.last))),
    )


def _line_starts(data: bytes) -> list[int]:
    starts = [0]
    for row in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(row))
    return starts


def _meets(starts: list[int], edit: Edit, lines: tuple[int, int]) -> bool:
    first = starts[min(lines[0], len(starts)) - 1]
    after = starts[min(lines[1], len(starts) - 1)]
    return edit.start < after and first < max(edit.end, edit.start + 1)


LEADING: Mapping[type[cst.CSTNode], bytes] = {
    cst.If: b"",
    cst.While: b"",
    cst.For: b"",
    cst.With: b"",
    cst.FunctionDef: b"",
    cst.Else: b"if 1: pass\n",
    cst.ExceptHandler: b"try: pass\n",
    cst.MatchCase: b"match 1:\n ",
}
"""What stands before the header of a compound statement, so that it can be read without what stands around it."""


class _Piece(NamedTuple):
    """A piece of a file: whole lines, or, with what stands before it, the header of a compound statement."""

    start: int
    end: int
    leading: bytes | None = None


@dataclass(frozen=True, eq=False)
class _Maker:
    """What has to be known of a file to judge edits of it: no-go zones, statements, outline."""

    source: Source
    _trees: dict[_Piece, ast.Module] = field(default_factory=dict)

    @functools.cached_property
    def outline(self) -> tuple[outline.Function, ...]:
        """The file's functions."""
        return outline.functions(self.source.data)

    def admits(self, edits: list[Edit]) -> bool:
        """Whether the edits keep out of no-go zones, contradict no comment or docstring, and leave a file that parses to something else."""
        return (
            all(map(self._is_allowed, edits))
            and self._parses_differently(edits)
            and not any(map(self._is_told, edits))
            and not any(map(self._is_documented, edits))
        )

    # -- no-go zones ----------------------------------------------------------------------------------------------

    @functools.cached_property
    def _no_go(self) -> Zones:
        return Zones.of(self.source, NO_GO)

    @functools.cached_property
    def _sealed(self) -> Zones:
        return Zones.of(self.source, SEALED)

    def _is_allowed(self, edit: Edit) -> bool:
        if any(self._sealed.meeting(edit)):
            return False
        return all(
            edit.start <= whole[0] and whole[1] <= edit.end for whole in self._no_go.meeting(edit)
        )

    # -- comments -------------------------------------------------------------------------------------------------

    def _is_told(self, edit: Edit) -> bool:
        """Whether a comment that stays, beside the edit or directly above its statement, says what the edit takes away."""
        gone = self.source.data[edit.start : edit.end].decode()
        return any(restated.is_told(text, gone, edit.text) for text in self._beside_or_above(edit))

    def _is_documented(self, edit: Edit) -> bool:
        """Whether the docstring of the function around speaks of a name that the edit takes out of it."""
        source, around = self.source, self._around(edit)
        above = (around[2], *source.ancestors(around[2])) if around else ()
        function = next((each for each in above if isinstance(each, cst.FunctionDef)), None)
        told = function.get_docstring(clean=False) if function is not None else None
        if function is None or not told:
            return False
        start, end = source.span(function)
        before, gone, after = (
            source.data[first:last].decode()
            for first, last in ((start, edit.start), (edit.start, edit.end), (edit.end, end))
        )
        stays = (before + edit.text + after).replace(told, "")
        return restated.is_documented(told, restated.names(gone) - restated.names(stays))

    def _beside_or_above(self, edit: Edit) -> Iterator[str]:
        source = self.source
        around = self._around(edit)
        first = source.line(around[0] if around else edit.start)
        last = source.line(max(edit.start, edit.end - 1))
        at = bisect.bisect_right(source.comments, (source.line_end(max(edit.start, edit.end - 1)),))
        for start, end in reversed(source.comments[:at]):
            line = source.line(start)
            if line < first - 1:
                return
            if line < first:
                if not source.is_blank(source.line_start(start), start):
                    return
                first = line
            inside = edit.start <= start and end <= edit.end
            if (line <= first or source.line(edit.start) <= line <= last) and not inside:
                yield source.data[start:end].decode()

    # -- does it still parse --------------------------------------------------------------------------------------

    @functools.cached_property
    def _units(self) -> list[tuple[int, int]]:
        """Whole lines that parse alone: statements outside of functions, in order, none overlapping."""
        return [self.source.lines_of(each) for each in _outside_of_functions(self.source.module)]

    @functools.cached_property
    def _statements_of_the_module(self) -> list[tuple[int, int]]:
        return [self.source.lines_of(each) for each in self.source.module.body]

    def _cover(self, node: cst.Module | cst.ClassDef) -> Iterator[tuple[int, int]]:
        body = node.body if isinstance(node, cst.Module) else node.body.body
        for each in body:
            if isinstance(each, cst.ClassDef) and isinstance(each.body, cst.IndentedBlock):
                yield from self._cover(each)
            elif isinstance(each, cst.BaseCompoundStatement | cst.SimpleStatementLine):
                yield self.source.lines_of(each)

    def _parses_differently(self, edits: list[Edit]) -> bool:
        pieces = {edit: self._piece(edit) for edit in edits}
        whole = _Piece(0, len(self.source.data))
        places = {whole} if None in pieces.values() else set(pieces.values())
        try:
            changed = [
                self._differs(place, [edit for edit in edits if place in (pieces[edit], whole)])
                for place in places
                if place is not None
            ]
        except SyntaxError:
            return False
        return any(changed)

    def _differs(self, piece: _Piece, edits: list[Edit]) -> bool:
        """Whether the piece means something else after the edits. Raises SyntaxError where it means nothing."""
        text, start = self.source.data[piece.start : piece.end], piece.start
        if piece not in self._trees:
            self._trees[piece] = _tree(text, piece.leading)
        moved = [Edit(e.path, e.start - start, e.end - start, e.text) for e in edits]
        return not _same(_tree(apply_to_file(text, moved), piece.leading), self._trees[piece])

    def _piece(self, edit: Edit) -> _Piece | None:
        """The smallest piece around the edit that parses alone, and whose surroundings the edit leaves as they are."""
        around = self._around(edit)
        if around is not None and "\n" not in edit.text:
            if isinstance(around[2], cst.SimpleStatementLine):
                start, end = self.source.lines_of(around[2])
                if start <= edit.start and edit.end < end:
                    return _Piece(start, end)
            start, end = self._executed(around)
            leading = self._leading(around[2], start)
            if leading is not None and start < edit.start and edit.end < end:
                return _Piece(start, end, leading)
        return self._unit(edit)

    def _leading(self, statement: cst.CSTNode, start: int) -> bytes | None:
        """What has to stand before a statement's header, or None where the header can't be read alone."""
        if getattr(statement, "decorators", ()):
            return None
        if self.source.data.startswith(b"elif", start):
            return LEADING[cst.Else]
        return LEADING.get(type(statement))

    def _unit(self, edit: Edit) -> _Piece | None:
        whole_lines = not edit.text or edit.text.endswith("\n")
        for units, can_be_empty in ((self._units, False), (self._statements_of_the_module, True)):
            before = bisect.bisect_right(units, edit.start, key=itemgetter(0))
            start, end = units[before - 1] if before else (0, 0)
            up_to_the_end = edit.end == end and whole_lines and (edit.text or can_be_empty)
            if edit.end < end or up_to_the_end:
                return _Piece(start, end)
        return None

    # -- lines ----------------------------------------------------------------------------------------------------

    @functools.cached_property
    def _statements(self) -> list[tuple[int, int, cst.CSTNode]]:
        """Everything that has a line of its own to execute, as (start, end, node)."""
        kinds: tuple[type[cst.CSTNode], ...] = (
            *_concrete((cst.BaseSmallStatement,)), *_concrete((cst.BaseCompoundStatement,)),
            cst.SimpleStatementLine, cst.ExceptHandler, cst.ExceptStarHandler, cst.Else, cst.Finally, cst.MatchCase,
        )  # fmt: skip
        found = [
            (*self.source.span(node), node) for kind in kinds for node in self.source.nodes(kind)
        ]
        return sorted(found, key=lambda each: (each[0], -each[1]))

    @functools.cached_property
    def _statement_starts(self) -> list[int]:
        return [start for start, _, _ in self._statements]

    def _covered(self, edit: Edit) -> list[tuple[int, int]]:
        """The whole statements that an edit takes out, none inside another."""
        outermost: list[tuple[int, int]] = []
        first = bisect.bisect_left(self._statement_starts, edit.start)
        for start, end, _ in itertools.islice(self._statements, first, None):
            if start >= edit.end:
                break
            if end <= edit.end and not (outermost and end <= outermost[-1][1]):
                outermost.append((start, end))
        return outermost

    def _around(self, edit: Edit) -> tuple[int, int, cst.CSTNode] | None:
        """The innermost statement that an edit lies in."""
        last = bisect.bisect_right(self._statement_starts, edit.start)
        some = (self._statements[n] for n in range(last - 1, -1, -1))
        return next((each for each in some if edit.end <= each[1]), None)

    def line(self, edit: Edit) -> int:
        """The line that a person would name: where the first statement taken out starts, or the text changed."""
        covered = self._covered(edit)
        if covered:
            return self.source.line(covered[0][0])
        gone = self.source.data[edit.start : edit.end]
        return self.source.line(
            edit.start + len(gone) - len(gone.lstrip()) if gone.strip() else edit.start
        )

    def touched(self, edit: Edit) -> tuple[Span, ...]:
        """The lines of the statements (of compound ones, the header) that an edit lies in."""
        covered = self._covered(edit)
        if covered:
            return tuple(self._lines(start, end) for start, end in covered)
        if edit.start == edit.end and edit.start == self.source.line_start(edit.start):
            return (self._beside(edit),)
        home = self._around(edit)
        if home is None:
            return (self._lines(edit.start, edit.end),)
        start, end = self._executed(home)
        return (self._lines(start, end) if edit.end <= end else self._lines(edit.start, edit.end),)

    def _beside(self, edit: Edit) -> Span:
        """New lines are reached when what stands above them in their block is; at its start, when what stands below is."""
        place, text = edit.start, edit.text.lstrip("\r\n")
        column = len(text) - len(text.lstrip())
        begun = (each for each in reversed(self._statements) if each[0] < place)
        beside = next((each for each in begun if self._column(each[0]) <= column), None)
        if beside is None or self._column(beside[0]) < column:
            below = (each for each in self._statements if each[0] >= place)
            beside = next(below, beside)
        return self._lines(*self._executed(beside)) if beside else self._lines(place, place)

    def _column(self, offset: int) -> int:
        return offset - self.source.line_start(offset)

    def _executed(self, statement: tuple[int, int, cst.CSTNode]) -> tuple[int, int]:
        """Where it starts and what is executed when it is reached ends: of a compound one its header."""
        start, end, node = statement
        header = self._header_end(node)
        return start, end if header is None else header

    def _header_end(self, node: cst.CSTNode) -> int | None:
        body = getattr(node, "body", None)
        if isinstance(body, cst.IndentedBlock):
            return self.source.span(body.header)[0]
        return self.source.span(body)[0] if isinstance(body, cst.SimpleStatementSuite) else None

    def _lines(self, start: int, end: int) -> Span:
        source = self.source
        return Span(source.path, source.line(start), source.line(max(start, end - 1)))


def _outside_of_functions(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The statements of a module and of its classes, without those that hold others of them."""
    for each in node.children:
        if isinstance(each, cst.ClassDef | cst.If | cst.Try | cst.TryStar):
            yield from _outside_of_functions(each)
        elif isinstance(each, cst.BaseCompoundStatement | cst.SimpleStatementLine):
            yield each
        elif isinstance(each, cst.IndentedBlock | cst.Else | cst.ExceptHandler | cst.Finally):
            yield from _outside_of_functions(each)


def _tree(text: bytes, leading: bytes | None) -> ast.Module:
    """The syntax tree of whole lines, or of the header of a compound statement. Raises SyntaxError."""
    if leading is not None:
        return ast.parse(leading + text + b" pass")
    indented = _first_code(text)[:1] in {b" ", b"\t"}
    return ast.parse(b"if 1:\n" + text if indented else text)


def _same(one: object, other: object) -> bool:
    """Whether two trees mean the same, wherever their nodes lie: `ast.dump` is equal, found out sooner."""
    if type(one) is not type(other):
        return False
    if isinstance(one, ast.AST):
        return all(
            _same(getattr(one, name, None), getattr(other, name, None)) for name in one._fields
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return repr(one) == repr(other)


def _first_code(text: bytes) -> bytes:
    rows = (row for row in text.splitlines() if row.strip() and not row.lstrip().startswith(b"#"))
    return next(rows, b"")
