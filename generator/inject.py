"""Seed → mutants: every operator at every site, as text edits. Enumerates in a fixed order; nothing is chosen or run."""

from __future__ import annotations

import bisect
import functools
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import libcst as cst

from generator import outline, restated
from generator.edits import least
from generator.no_go import NO_GO, SEALED, Zones
from generator.operators import Operator, discover
from generator.operators.context import Context
from generator.operators.facts import Facts
from generator.parsing import SourceError
from generator.project import Project
from generator.records import Edit, Mutant
from generator.reparse import Reparse
from generator.source import concrete
from generator.statements import Statements

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
        for kind in concrete(operator.wants):
            for node in source.nodes(kind):
                at = Context(source, node, facts)
                for change in operator.changes(node, at):
                    mutant = _mutant(operator, change, source, facts.project, makers)
                    if mutant is not None:
                        yield mutant


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
    line = maker.statements.line(first)
    around = outline.enclosing(maker.outline, line)
    touched = {span: None for edit in edits for span in makers[edit.path].statements.touched(edit)}
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


@dataclass(frozen=True, eq=False)
class _Maker:
    """What has to be known of a file to judge edits of it: no-go zones, statements, outline."""

    source: Source

    @functools.cached_property
    def statements(self) -> Statements:
        """The file's statements."""
        return Statements(self.source)

    @functools.cached_property
    def _reparse(self) -> Reparse:
        return Reparse(self.source, self.statements)

    @functools.cached_property
    def outline(self) -> tuple[outline.Function, ...]:
        """The file's functions."""
        return outline.functions(self.source.data)

    def admits(self, edits: list[Edit]) -> bool:
        """Whether the edits keep out of no-go zones, contradict no comment or docstring, and leave a file that parses to something else."""
        return (
            all(map(self._is_allowed, edits))
            and self._reparse.differs(edits)
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
        source, around = self.source, self.statements.around(edit)
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
        around = self.statements.around(edit)
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
