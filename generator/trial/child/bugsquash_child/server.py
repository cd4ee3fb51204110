"""A process that stays and forks once for each mutant, in one of three ways.

`functions`: the tests are collected and the project is imported; a fork gets other code for the functions that the mutant
changes. `collects`: pytest has started and what others have written is imported, the project is not; a fork collects the
tests, which imports it as it lies on the disk. `imports`: the same before pytest has started, for projects that it imports
with its plugins and conftests. A request is one line of JSON on what was standard input, its answer one on what was
standard output; what the fork found is in the report that the request names.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import stat
import sys
import threading
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import pytest

from bugsquash_child import fork, stays, suite
from bugsquash_child import swap as swaps
from bugsquash_child.plugin import Plugin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_SHARED_MEMORY = "/dev/shm"  # noqa: S108
"""Where bubblewrap gives each server one of its own."""


class Channel:
    """The two lines to whoever asks, out of the way of what the tests do with the standard ones."""

    def __init__(self, report: str) -> None:
        self._report = report
        self._files_before = _open_files()
        self._in = os.fdopen(os.dup(0), "rb")
        self._out = os.fdopen(os.dup(1), "wb", buffering=0)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1):
            os.dup2(nothing, standard)
        os.close(nothing)

    def say(self, **facts: Any) -> None:
        """One answer."""
        self._out.write(json.dumps(facts).encode() + b"\n")

    def serve(self, **ready: object) -> dict[str, Any]:
        """Fork for each request. Returns in the forks, with the request that each is for; this process ends when nobody asks
        any more. `ready` is what there is to say before the first."""
        _freeze()
        # Forks write reports of their own.
        files = _open_files() - self._files_before - _files([self._report])
        shared = _shared_memory()
        self.say(threads=threading.active_count(), files=len(files), **ready)
        for request in self._requests():
            if "stays" in request:
                stays.make_ready(request["stays"])
                _freeze()
            threads = threading.active_count()
            limits, given_up = request["limits"], self._in.fileno()
            ended = fork.begin(limits, given_up, alone=request["alone"])
            if ended is None:
                self._close()
                return request
            if request["alone"]:
                for name in _shared_memory() - shared:
                    with contextlib.suppress(OSError):
                        os.unlink(f"{_SHARED_MEMORY}/{name}")  # noqa: PTH108
            self.say(threads=threads, **ended)
        fork.end_descendants()
        os._exit(0)

    def _requests(self) -> Iterator[dict[str, Any]]:
        for line in self._in:
            yield json.loads(line)

    def _close(self) -> None:
        self._in.close()
        self._out.close()


def _open_files() -> set[tuple[int, int]]:
    """The regular files that this process has open: forks would share the place that each has come to."""
    # The descriptor of the listing itself is closed again.
    return _files(map(int, os.listdir("/dev/fd")))  # noqa: PTH208


def _files(some: Iterable[int | str]) -> set[tuple[int, int]]:
    """By descriptor or path → which regular files these are."""
    found = set()
    for one in some:
        with contextlib.suppress(OSError):
            at = os.stat(one)  # noqa: PTH116
            if stat.S_ISREG(at.st_mode):
                found.add((at.st_dev, at.st_ino))
    return found


def _shared_memory() -> set[str]:
    """The names of what processes share there."""
    with contextlib.suppress(OSError):
        return set(os.listdir(_SHARED_MEMORY))  # noqa: PTH208
    return set()


def _freeze() -> None:
    gc.collect()
    # What is there now lives as long as this process: no fork need look at it, and so copy it.
    gc.freeze()


class Collected:
    """Takes the place of pytest's own loop over the tests."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Serve until nobody asks any more."""
        plugin = _plugin(session)
        items = {item.nodeid: item for item in session.items}
        known = swaps.known(plugin.report)
        # Each item works out its own when it is first asked, which took a fifth of the time of a fork.
        list(map(attrgetter("location"), session.items))
        _stop_capturing(session)
        request = self._channel.serve()

        def trial() -> int:
            plugin.take(request)
            plugin.report.say("collected", tests=request["wanted"])
            if _swapped(known, request, plugin):
                _start_capturing(session)
                _run_items(session, [items[test] for test in request["wanted"]])
            plugin.say_end(0)
            # Nothing that comes after the tests is of use to anybody.
            return 0

        fork.end(trial)


def _swapped(known: swaps.Known, request: dict[str, Any], plugin: Plugin) -> bool:
    try:
        for piece in request["pieces"]:
            plugin.swapped.update(swaps.swap(known, piece))
    except swaps.NotHereError as reason:
        plugin.report.say("not here", why=str(reason))
        return False
    return True


class Uncollected:
    """Stops pytest before it looks for tests."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Serve until nobody asks any more; a fork goes on from here."""
        plugin = _plugin(session)
        _stop_capturing(session)
        request = self._channel.serve(imported=_is_imported(plugin))
        _keep_compiled()
        plugin.take(request)
        session.config.args = request["arguments"]
        _start_capturing(session)


def _plugin(session: pytest.Session) -> Plugin:
    plugins = session.config.pluginmanager.get_plugins()
    return next(each for each in plugins if isinstance(each, Plugin))


def _stop_capturing(session: pytest.Session) -> None:
    """Before a process forks: the files would be shared with every fork, and with their sizes their limits."""
    capture = session.config.pluginmanager.get_plugin("capturemanager")
    if capture is not None:
        capture.stop_global_capturing()


def _start_capturing(session: pytest.Session) -> None:
    """Once it has forked."""
    capture = session.config.pluginmanager.get_plugin("capturemanager")
    if capture is not None:
        capture.start_global_capturing()


def _run_items(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Run these tests of a session that another process has collected: this one is a fork of it."""
    followers = [*items[1:], None]
    for item in items:
        following = followers.pop(0)
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldstop or session.shouldfail:
            return


def _is_imported(plugin: Plugin) -> bool:
    """Whether any of the source files is, which a mutant may change."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    there = {plugin.report.relative(file) for file in files if file}
    return not there.isdisjoint(plugin.job["source"])


def _keep_compiled() -> None:
    # Each mutant has a time of change of its own, so what was compiled for one is never taken for another.
    sys.dont_write_bytecode = False


def functions(job: dict[str, Any]) -> int:
    """Collect the tests, then serve."""
    return suite.run(job, Collected(Channel(job["report"])))


def collects(job: dict[str, Any]) -> int:
    """Serve as soon as pytest would collect the tests."""
    channel = Channel(job["report"])
    fork.end(lambda: suite.run(job, Uncollected(channel)))


def imports(job: dict[str, Any]) -> int:
    """Serve before pytest starts."""
    request = Channel(job["report"]).serve()
    _keep_compiled()
    fork.end(lambda: suite.run(request))


WAYS = {"functions": functions, "collects": collects, "imports": imports}
