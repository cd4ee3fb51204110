"""The same tests once more, with the line map, in a fork of the process that has collected them: a second process would
start pytest and import the project again, which for most suites takes longer than their tests."""

from __future__ import annotations

import _thread
import os
import select
import threading
import time
from typing import TYPE_CHECKING

import pytest

from bugsquash_child.linemap import LineMap

if TYPE_CHECKING:
    from bugsquash_child.plugin import Plugin

_TURN = b"."
_PATIENCE = 5
"""How many times as long as the tests took without the map they may take with it, and seconds that they may take beside."""


class MappedRun:
    """A plugin that forks before the first test. The fork waits until the tests have passed here, and then runs them too."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin
        self._is_fork = False
        self._ours = self._theirs = -1
        """Where the other process can be told that it is its turn, and where it tells that it is ours."""
        self._begun = 0.0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> None:
        """In the fork this comes back later, with the line map begun and the report another one."""
        if threading.active_count() > 1 or not hasattr(os, "fork"):
            # A lock that another thread holds is never released in a fork.
            return
        here, there = os.pipe(), os.pipe()
        self._is_fork = _is_orphan()
        (self._theirs, others), (own, self._ours) = (
            (here, there) if self._is_fork else (there, here)
        )
        os.close(others)
        os.close(own)
        self._begun = time.monotonic()
        if self._is_fork:
            self._await_turn()
            self._count_lines()

    def take_turns(self) -> None:
        """The tests have run. Let the fork run them, and wait, but not for ever: what is not done then is not in its report.
        In the fork, this is the end."""
        if self._ours < 0:
            return
        os.write(self._ours, _TURN)
        if self._is_fork:
            os._exit(0)
        took = time.monotonic() - self._begun
        left = 0.9 * self._plugin.job["wall"] - took
        told = select.poll()
        told.register(self._theirs, select.POLLIN)
        told.poll(1000 * max(0.0, min(left, _PATIENCE * took + _PATIENCE)))

    def _await_turn(self) -> None:
        _end_unless_told(self._theirs)
        # Nobody is left to end a test that hangs, should the other process be killed.
        _thread.start_new_thread(_end_unless_told, (self._theirs,))

    def _count_lines(self) -> None:
        job = self._plugin.job
        self._plugin.take({"report": job["report_mapped"]})
        self._plugin.lines = LineMap(job["tree"], job["source"])
        self._plugin.lines.start()


def _end_unless_told(descriptor: int) -> None:
    if not os.read(descriptor, 1):
        os._exit(0)


def _is_orphan() -> bool:
    """Fork. In the fork it returns True, and nobody is its parent: a test that waits for all of its children waits for no more."""
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return False
    if os.fork():
        os._exit(0)
    return True
