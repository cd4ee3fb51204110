"""Puts the code of changed functions into the function objects that the tests have already imported."""

from __future__ import annotations
import __future__

import gc
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bugsquash_child.report import Report

Place = Tuple[str, int, str]
"""Of a function: its file below the tree, its first line (decorators included), its bare name."""
Known = Dict[Place, List[FunctionType]]
"""The function objects at each place."""


class NotHereError(Exception):
    """There is no such function object, or the new code does not fit into it."""


def functions(report: Report) -> Known:
    """Every function object there is now whose code lies in a file of the tree. Several may share one place: what a
    decorator or a copy made of it."""
    found: Known = {}
    for each in gc.get_objects():
        if type(each) is not FunctionType:
            continue
        code = each.__code__
        path = report.relative_code(code.co_filename)
        if path is not None:
            found.setdefault((path, code.co_firstlineno, code.co_name), []).append(each)
    return found


def swap(known: Known, piece: dict[str, Any]) -> list[CodeType]:
    """Give the function of `piece` its new code, which comes back with all that lies within it. Raises NotHereError where that
    can't be done."""
    targets = known.get((piece["path"], piece["line"], piece["name"]), [])
    if not targets:
        raise NotHereError("no function object")
    new = _compiled(piece, targets[0].__code__.co_filename)
    for target in targets:
        if target.__code__.co_freevars != new.co_freevars:
            raise NotHereError("other free variables")
    for target in targets:
        target.__code__ = new
    return [new, *_inside(new)]


def _compiled(piece: dict[str, Any], filename: str) -> CodeType:
    flags = 0
    for name in piece["futures"]:
        flags |= getattr(__future__, name).compiler_flag
    try:
        module = compile(piece["text"], filename, "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise NotHereError("it does not compile") from error
    for code in _inside(module):
        if (code.co_name, code.co_firstlineno) == (piece["name"], piece["new_line"]):
            return code
    raise NotHereError("no such code")


def _inside(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _inside(each)
