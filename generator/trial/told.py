"""What the child says and the store keeps, and the values it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.records import Failure, Frame

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def as_failure(told: Mapping[str, Any]) -> Failure:
    """From a line of the child's report, or as `from_failure` put it."""
    return Failure(
        test=told["test"],
        exception=told["exception"],
        message=told["message"],
        frames=tuple(Frame(*frame) for frame in told["frames"]),
        phase=told["phase"] or "call",
    )


def from_failure(failure: Failure) -> dict[str, Any]:
    """As JSON."""
    return {
        "test": failure.test,
        "exception": failure.exception,
        "message": failure.message,
        "frames": [[frame.path, frame.line, frame.function] for frame in failure.frames],
        "phase": failure.phase,
    }


def as_lines(told: Mapping[str, Collection[int]]) -> dict[str, frozenset[int]]:
    """Path → lines, from a line of the child's report, or as `from_lines` put it."""
    return {path: frozenset(numbers) for path, numbers in told.items()}


def from_lines(lines: Mapping[str, Collection[int]]) -> dict[str, list[int]]:
    """As JSON."""
    return {path: sorted(numbers) for path, numbers in lines.items()}
