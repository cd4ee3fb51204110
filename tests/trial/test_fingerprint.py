"""What is stored for the same content is taken only from the code that would come to it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import machine
from generator.trial import interpreter
from generator.views import Walls
from tests.test_architecture import MODULES, at_run_time

if TYPE_CHECKING:
    import pytest


def test_results_hang_on_all_the_code_that_comes_to_them() -> None:
    reached = {module for module in MODULES if module.startswith("generator.trial.")}
    while more := {name for module in reached for name in beneath(module)} - reached:
        reached |= more
    assert {MODULES[module] for module in reached} <= set(interpreter._own_files())


def beneath(module: str) -> set[str]:
    return {name for name in at_run_time(MODULES[module]) if name in MODULES}


def test_results_hang_on_what_runs_inside_the_seeds_interpreter() -> None:
    names = {
        file.name for file in interpreter._own_files() if file.is_relative_to(interpreter.CHILD)
    }
    assert {"plugin.py", "fork.py", "tracing.py"} <= names


def test_results_hang_on_the_walls_that_stand_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "walls", lambda: Walls.PLAIN)
    plain = interpreter.fingerprint()
    monkeypatch.setattr(machine, "walls", lambda: Walls.NETWORK)
    assert plain != interpreter.fingerprint()
