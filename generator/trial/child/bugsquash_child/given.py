"""Containers that calls gave back, and whether they are changed afterwards: by the test, where the package gives copies."""

from __future__ import annotations

import operator
from typing import Any, Dict, List, Set, Tuple, Union

_Container = Union[List[Any], Dict[Any, Any], Set[Any]]
_CONTAINERS = (list, dict, set)
"""Only these very types: what has methods of its own may do anything when it is looked at."""


class Given:
    """Keeps them until `settle`, with what they held at first."""

    def __init__(self) -> None:
        self._kept: List[Tuple[Dict[str, Any], _Container, _Container]] = []

    def keep(self, call: Dict[str, Any], value: object) -> None:
        """The call has given this."""
        if type(value) in _CONTAINERS:
            self._kept.append((call, value, value.copy()))  # type: ignore[arg-type, attr-defined]

    def settle(self) -> None:
        """Note in each call whether what it gave is another by now."""
        for call, value, before in self._kept:
            call["altered"] = not _holds_the_same(value, before)
        self._kept = []


def _holds_the_same(one: Any, other: Any) -> bool:
    """Whether both hold the very same objects. None is asked what it equals: that would run its own code."""
    if len(one) != len(other):
        return False
    if isinstance(one, set):
        return {*map(id, one)} == {*map(id, other)}
    if isinstance(one, dict):
        return _holds_the_same([*one, *one.values()], [*other, *other.values()])
    return all(map(operator.is_, one, other))
