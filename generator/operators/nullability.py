"""What may be None, as far as annotations, defaults and assignments say so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from generator.operators.nodes import small_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.type_inference import Class, Types
    from generator.source import Source


@dataclass(frozen=True, eq=False)
class Nullability:
    """What may be None in one project, remembered."""

    types: Types
    _optional: dict[cst.ClassDef, frozenset[str]] = field(default_factory=dict)

    def can_be_none(self, source: Source, node: cst.CSTNode) -> bool:
        """Whether an annotation, a default or an assigned `None` says that an expression may be None."""
        match node:
            case cst.NamedExpr(value=value) | cst.Await(expression=value):
                return self.can_be_none(source, value)
            case cst.Call():
                return _may_return_none(node) or self._is_told_to_return_none(source, node)
            case cst.Name(value=name):
                scope = source.scope(node).owner(name)
                bindings = scope.bindings.get(name, ()) if scope else ()
                return any(self.may_bind_none(source, each.owner) for each in bindings)
            case cst.Attribute(attr=attr):
                owner = self.types.class_of(source, node.value)
                return owner is not None and attr.value in self.nullable(owner)
        return False

    def may_bind_none(self, source: Source, owner: cst.CSTNode) -> bool:
        """Whether the statement or parameter that gives a name its value may give it None."""
        match owner:
            case cst.Param(default=value, annotation=annotation):
                return _is_none(value) or _mentions_none(source, annotation)
            case cst.AnnAssign(value=value, annotation=annotation):
                return _is_none(value) or _mentions_none(source, annotation)
            case cst.Assign(value=value) if not isinstance(value, cst.Name):
                return self.can_be_none(source, value)
            case cst.Assign(value=value):
                return _is_none(value)
        return False

    def _is_told_to_return_none(self, source: Source, call: cst.Call) -> bool:
        signature = self.types.signature(source, call)
        told = (signature.returns if signature else None) or ""
        return told != "None" and ("Optional[" in told or "None" in re.split(r"\W+", told))

    def nullable(self, described: Class) -> frozenset[str]:
        """The attributes of a class that may be None."""
        if described.node not in self._optional:
            self._optional[described.node] = frozenset()  # while they are being found
            self._optional[described.node] = frozenset(self._find_nullable(described))
        return self._optional[described.node]

    def _find_nullable(self, described: Class) -> Iterator[str]:
        source = described.source
        for node in small_statements(described.node.body):
            match node:
                case cst.AnnAssign(target=cst.Name(value=name)):
                    is_field = source.scope(node).node is described.node
                    if is_field and self.may_bind_none(source, node):
                        yield name
                case cst.AnnAssign(target=cst.Attribute(value=cst.Name("self"), attr=attr)):
                    if self.may_bind_none(source, node):
                        yield attr.value
                case cst.Assign(
                    targets=[cst.AssignTarget(cst.Attribute(cst.Name("self"), attr))], value=value
                ):
                    if _is_none(value) or self.can_be_none(source, value):
                        yield attr.value


def _may_return_none(call: cst.Call) -> bool:
    match call:
        case cst.Call(func=cst.Attribute(attr=cst.Name("get")), args=args):
            return len(args) == 1
        case cst.Call(func=cst.Name("getattr" | "next"), args=[_, *_, cst.Arg(value=last)]):
            return _is_none(last)
    return False


def _is_none(node: cst.CSTNode | None) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def _mentions_none(source: Source, annotation: cst.Annotation | None) -> bool:
    text = source.text(annotation.annotation) if annotation is not None else ""
    return "Optional[" in text or re.search(r"\bNone\b", text) is not None
