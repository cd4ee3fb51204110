"""Swap a strict comparison with its inclusive twin where points in time, or spans of it, meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.edges import edge_of
from generator.operators.nodes import last_name
from generator.operators.words import TIMES, speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

TIME_TYPES = frozenset({"datetime", "date", "time", "timedelta"})
NO_TIMES = cst.BaseNumber | cst.BaseString | cst.Tuple | cst.List | cst.Set | cst.SetComp


@operator(
    family="boundary",
    change="expression",
    story="The comparison was written for a moment before or after; whether the moment itself still counts was never asked.",
    symptom="Right a second earlier and a second later, wrong exactly on the edge.",
    hint="Put the clock exactly on the edge, and read the rule for that moment word by word.",
    evidence=[
        "change of a comparison operator: a pattern of its own in ManySStuBs4J",
        "celery: a certificate counted as valid at the very moment it ran out, > for >=",
    ],
    examples=[
        Example("live = now < hold.expires_at\n", "live = now <= hold.expires_at\n"),
        Example(
            "recent = [t for t in hits if t > now-window]  # sliding\n",
            "recent = [t for t in hits if t >= now-window]  # sliding\n",
        ),
        Example(
            "def open_on(day: date, first: date) -> bool:\n    return (\n        day\n        >= first  # é\n    )\n",
            "def open_on(day: date, first: date) -> bool:\n    return (\n        day\n        > first  # é\n    )\n",
        ),
        Example("ok = start<=created_at<end\n", "ok = start<=created_at<=end\n"),
    ],
    untouched=[
        "if used < limit:\n    admit()\n",
        "def f(days: int) -> bool:\n    return days < 31\n",
        "if sys.version_info >= (3, 12):\n    run()\n",
        "if created == deadline:\n    run()\n",
        "label = 'now < deadline'\n",
    ],
)
def window_edge(target: cst.ComparisonTarget, at: Context) -> Iterator[Change]:
    """Yield the twin of the operator."""
    edge = edge_of(target, at)
    collections = cst.BaseString | cst.Tuple | cst.List | cst.Set | cst.SetComp
    if edge is None or any(isinstance(side, collections) for side in edge.sides):
        return
    if any(_is_time(side, at) for side in edge.sides):
        yield replace(target.operator, edge.twin)


def _is_time(node: cst.CSTNode, at: Context) -> bool:
    """Whether a side is a point in time; whole numbers of days and the like are for limit_edge."""
    kind = at.type_of(node)
    if kind in TIME_TYPES:
        return True
    return kind != "int" and not isinstance(node, NO_TIMES) and speaks_of(last_name(node), TIMES)
