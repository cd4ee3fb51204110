"""Syntax trees as tests look at them: nodes of the kind a test knows them to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import libcst as cst

if TYPE_CHECKING:
    from generator.source import Source

Node = TypeVar("Node", bound=cst.CSTNode)


def only(kind: type[Node], node: object) -> Node:
    """A node that has to be of that kind."""
    assert isinstance(node, kind)
    return node


def every(kind: type[Node], source: Source) -> tuple[Node, ...]:
    """All nodes of a kind in a source."""
    return tuple(only(kind, node) for node in source.nodes(kind))
