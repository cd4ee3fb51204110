"""What functions of a project take and return, as far as their definitions tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.source import Source

OPTIONAL = re.compile(r"(?:typing\.|t\.)?Optional\[(.+)\]")
NOISE = re.compile(r"^(?:typing|t|collections\.abc|datetime|dt|decimal)\.(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: `kind` is positional, keyword, star or stars."""

    name: str
    kind: str
    has_default: bool
    type: str | None


@dataclass(frozen=True, slots=True)
class Signature:
    """What a project function takes. `parameters` is what a caller writes: no `self`."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str | None

    def keyword(self, name: str) -> Parameter | None:
        """The parameter that `name=` reaches."""
        return next(
            (p for p in self.parameters if p.name == name and p.kind in {"positional", "keyword"}),
            None,
        )

    def positional(self, index: int) -> Parameter | None:
        """The parameter that the positional argument number `index` reaches."""
        some = [p for p in self.parameters if p.kind == "positional"]
        return some[index] if index < len(some) else None

    def suffices(self, args: Sequence[cst.Arg]) -> bool:
        """Whether a call with these arguments gives all that has to be given, as far as it shows: stars may hold anything."""
        if any(each.star for each in args):
            return True
        named = {each.keyword.value for each in args if each.keyword}
        places = len(args) - len(named)
        needed = (p for p in self.parameters if not p.has_default and p.name not in named)
        some = [p for p in self.parameters if p.kind == "positional"]
        return all(p in some[:places] for p in needed)


def signature_of(source: Source, node: cst.FunctionDef, *, bound: bool) -> Signature:
    """What one function of the project takes; `bound` where it is called on an object or a class."""
    params = node.params
    decorators = {source.text(each.decorator) for each in node.decorators}
    found: list[Parameter] = []
    positional: Iterable[cst.Param] = [*params.posonly_params, *params.params]
    for kind, some in (("positional", positional), ("keyword", params.kwonly_params)):
        found.extend(
            Parameter(
                each.name.value, kind, each.default is not None,
                plain_type(source, each.annotation) if each.annotation else None,
            )
            for each in some
        )  # fmt: skip
    if isinstance(params.star_arg, cst.Param):
        found.append(Parameter(params.star_arg.name.value, "star", has_default=True, type=None))
    if params.star_kwarg is not None:
        found.append(Parameter(params.star_kwarg.name.value, "stars", has_default=True, type=None))
    if bound and "staticmethod" not in decorators and found:
        found = found[1:]
    return Signature(node.name.value, tuple(found), return_type(source, node))


def return_type(source: Source, node: cst.FunctionDef) -> str | None:
    """The type that a function is told to return."""
    return plain_type(source, node.returns) if node.returns is not None else None


def plain_type(source: Source, annotation: cst.Annotation) -> str:
    """The text of an annotation without quotes, `| None` and `Optional`."""
    text = " ".join(source.text(annotation.annotation).split()).strip("\"'")
    found = OPTIONAL.fullmatch(text)
    text = found[1] if found else text
    parts = [part.strip() for part in text.split("|")] if "[" not in text else [text]
    text = " | ".join(part for part in parts if part != "None")
    return NOISE.sub("", text)
