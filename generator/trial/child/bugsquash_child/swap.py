"""Puts the code of changed functions into the function objects that the tests have already imported."""

from __future__ import annotations
import __future__

import gc
from types import AsyncGeneratorType, CodeType, CoroutineType, FunctionType, GeneratorType
from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, Set, Tuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bugsquash_child.report import Report

Place = Tuple[str, int, str]
"""Of a function: its file below the tree, its first line (decorators included), its bare name."""
_BEGUN = {GeneratorType: "gi_code", CoroutineType: "cr_code", AsyncGeneratorType: "ag_code"}
"""What goes on later with the code that it was made with."""
_NAMES = ("co_varnames", "co_cellvars", "co_freevars")


class Known(NamedTuple):
    """What there is before the first test."""

    functions: Dict[Place, List[FunctionType]]
    """The function objects at each place. Several may share one: what a decorator or a copy made of it."""
    begun: Set[int]
    """Identities of the code of generators and coroutines that wait to go on."""


class NotHereError(Exception):
    """There is no such function object, or the new code does not fit into it."""


def known(report: Report) -> Known:
    """Every function object there is now whose code lies in a file of the tree."""
    found = Known({}, set())
    for each in gc.get_objects():
        if type(each) in _BEGUN:
            found.begun.add(id(getattr(each, _BEGUN[type(each)])))
        if type(each) is not FunctionType:
            continue
        code = each.__code__
        path = report.relative_code(code.co_filename)
        if path is not None:
            place = (path, code.co_firstlineno, code.co_name)
            found.functions.setdefault(place, []).append(each)
    return found


def swap(known: Known, piece: dict[str, Any]) -> list[CodeType]:
    """Give the function of `piece` its new code, which comes back with all that lies within it; also to those that it has
    `made`. Raises NotHereError where that can't be done."""
    path = piece["path"]
    targets = known.functions.get((path, piece["line"], piece["name"]), [])
    if not targets:
        raise NotHereError("no function object")
    filename = targets[0].__code__.co_filename
    new = _compiled(piece, "text", filename, piece["new_line"])
    pairs = [(target, new) for target in targets]
    if piece["was"]:
        # Compiled as the new text is, alone.
        was = _compiled(piece, "was", filename, piece["line"])
        _check_what_ran(was, new)
        for name, line, new_line, ran in piece["made"]:
            code = _of(new, name, new_line)
            if ran:
                _check_what_ran(_of(was, name, line), code)
            made = known.functions.get((path, line, name), [])
            pairs += [(target, code) for target in made]
    for target, code in pairs:
        _check(known, target, code)
    for target, code in pairs:
        target.__code__ = code
    return [new, *_inside(new)]


def _check(known: Known, target: FunctionType, new: CodeType) -> None:
    old = target.__code__
    if old.co_freevars != new.co_freevars:
        raise NotHereError("other free variables")
    if any(id(code) in known.begun for code in (old, *_inside(old))):
        raise NotHereError("it has begun")


def _check_what_ran(was: CodeType, new: CodeType) -> None:
    """It changes only where it did not run. So what did run does the same, unless a name is another's or it generates."""
    if was.co_flags != new.co_flags or any(
        set(getattr(was, names)) != set(getattr(new, names)) for names in _NAMES
    ):
        raise NotHereError("what ran is changed too")


def _compiled(piece: dict[str, Any], text: str, filename: str, line: int) -> CodeType:
    flags = 0
    for name in piece["futures"]:
        flags |= getattr(__future__, name).compiler_flag
    try:
        module = compile(piece[text], filename, "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise NotHereError("it does not compile") from error
    return _of(module, piece["name"], line)


def _of(around: CodeType, name: str, line: int) -> CodeType:
    for code in _inside(around):
        if (code.co_name, code.co_firstlineno) == (name, line):
            return code
    raise NotHereError("no such code")


def _inside(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _inside(each)
