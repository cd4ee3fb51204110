"""What is known of a project beyond its syntax: types, what may be None, and who calls whom."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.operators.call_graph import CallGraph
from generator.operators.nullability import Nullability
from generator.operators.type_inference import Types

if TYPE_CHECKING:
    from generator.project import Project


@dataclass(frozen=True, eq=False)
class Facts:
    """Answers about one project: each part gives those of its own subject, and remembers them."""

    project: Project

    @functools.cached_property
    def types(self) -> Types:
        """Types, classes and signatures."""
        return Types(self.project)

    @functools.cached_property
    def nullability(self) -> Nullability:
        """What may be None."""
        return Nullability(self.types)

    @functools.cached_property
    def call_graph(self) -> CallGraph:
        """Who calls whom."""
        return CallGraph(self.types)
