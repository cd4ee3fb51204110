"""A process that stays and forks once for each mutant, in one of two ways.

`functions`: the tests are collected and the project is imported; a fork gets other code for the functions that the mutant
changes. `imports`: pytest and what others have written is imported, the project is not; a fork imports it as it lies on
the disk. A request is one line of JSON on what was standard input, its answer one on what was standard output; what the
fork found is in the report that the request names.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import re
import sys
import threading
import warnings
from typing import TYPE_CHECKING, Any, Callable

import pytest

from bugsquash_child import fork, suite
from bugsquash_child import swap as swaps

if TYPE_CHECKING:
    from collections.abc import Iterator


class Channel:
    """The two lines to whoever asks, out of the way of what the tests do with the standard ones."""

    def __init__(self) -> None:
        self._in = os.fdopen(os.dup(0), "rb")
        self._out = os.fdopen(os.dup(1), "wb", buffering=0)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1):
            os.dup2(nothing, standard)
        os.close(nothing)

    def requests(self) -> Iterator[dict[str, Any]]:
        """One after the other, until nobody asks any more."""
        for line in self._in:
            yield json.loads(line)

    def say(self, **facts: Any) -> None:
        """One answer."""
        self._out.write(json.dumps(facts).encode() + b"\n")

    def serve(self, prepare: Callable[[], None], trial: Callable[[dict[str, Any]], None]) -> None:
        """Fork for each request, and let `trial` do what it asks for in the fork."""
        prepare()
        _freeze()
        self.say(threads=threading.active_count())
        for request in self.requests():
            if "stays" in request:
                _make_ready(request["stays"])

            def body(request: dict[str, Any] = request) -> None:
                self._close()
                trial(request)

            threads = threading.active_count()
            limits, given_up = request["limits"], self._in.fileno()
            ended = fork.run(body, limits, given_up, alone=request["alone"])
            self.say(threads=threads, **ended)

    def _close(self) -> None:
        self._in.close()
        self._out.close()


def _freeze() -> None:
    gc.collect()
    # What is there now lives as long as this process: no fork need look at it, and so copy it.
    gc.freeze()


def _make_ready(stays: dict[str, Any]) -> None:
    """Do once what each fork would do by itself."""
    for name in stays["modules"]:
        # Whatever is wrong with it will be wrong in the fork too.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    with warnings.catch_warnings():
        # What warns when it is compiled has to warn in the fork.
        warnings.simplefilter("error")
        for pattern, flags in stays["patterns"]:
            with contextlib.suppress(Exception):
                re.compile(pattern, flags)
    _freeze()


class Collected:
    """Takes the place of pytest's own loop over the tests."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._known: dict[Any, Any] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Serve until nobody asks any more."""
        plugins = session.config.pluginmanager.get_plugins()
        plugin = next(each for each in plugins if isinstance(each, suite.Plugin))
        items = {item.nodeid: item for item in session.items}

        def prepare() -> None:
            self._known = swaps.functions(plugin.report)
            suite.stop_capturing(session)

        def trial(request: dict[str, Any]) -> None:
            plugin.take(request)
            if self._swapped(request, plugin):
                suite.run_items(session, [items[test] for test in request["wanted"]])
            if request["names_what_stays"]:
                suite.say_what_stays(plugin.report)
            suite.say_end(plugin.report, 0)
            os._exit(0)

        self._channel.serve(prepare, trial)
        # Nothing that comes after the tests is of use to anybody.
        os._exit(0)

    def _swapped(self, request: dict[str, Any], plugin: suite.Plugin) -> bool:
        try:
            for piece in request["pieces"]:
                plugin.swapped.update(swaps.swap(self._known, piece))
        except swaps.NotHereError as reason:
            plugin.report.say("not here", why=str(reason))
            return False
        return True


def functions(job: dict[str, Any]) -> int:
    """Collect the tests, then serve."""
    return suite.run(job, Collected(Channel()))


def imports(_: dict[str, Any]) -> int:
    """Serve."""
    channel = Channel()

    def trial(request: dict[str, Any]) -> None:
        # Each mutant has a time of change of its own, so what was compiled for one is never taken for another.
        sys.dont_write_bytecode = False
        os._exit(suite.run(request))

    channel.serve(lambda: None, trial)
    return 0


WAYS = {"functions": functions, "imports": imports}
