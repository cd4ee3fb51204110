"""The pytest plugin: chooses the wanted tests and says what became of each, with lines or calls where asked."""

from __future__ import annotations

import contextlib
import functools
import re
import sys
import time
import traceback
import unittest.case
from typing import TYPE_CHECKING, Any, Callable

import pytest
from _pytest.config import ConftestImportFailure
from _pytest.unittest import TestCaseFunction

from bugsquash_child import fork, stays, usage
from bugsquash_child.bodies import Bodies
from bugsquash_child.tracing import CALLS_KEPT, Recorder

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from types import CodeType, TracebackType

    from bugsquash_child.linemap import LineMap
    from bugsquash_child.report import Report

_UNITTEST_COMPARES = {
    "assertEqual": "==",
    "assertNotEqual": "!=",
    "assertIs": "is",
    "assertIn": "in",
    "assertNotIn": "not in",
    "assertLess": "<",
    "assertLessEqual": "<=",
    "assertGreater": ">",
    "assertGreaterEqual": ">=",
    "assertAlmostEqual": "==",
}
_PLACE = re.compile(r'^(?:E +| +)File "(.+)", line (\d+)$', re.MULTILINE)
_NO_SYNTAX = ("SyntaxError", "IndentationError", "TabError")


class Plugin:
    """Chooses the wanted tests and says what became of each."""

    def __init__(
        self,
        job: dict[str, Any],
        report: Report,
        lines: LineMap | None,
    ) -> None:
        self.job = job
        self.report = report
        self.lines = lines
        self.outcomes: dict[str, dict[str, Any]] = {}
        self.failed: set[str] = set()
        self.running = ""
        self.shared: dict[pytest.FixtureDef[Any], str] = {}
        self.beginnings: dict[pytest.FixtureDef[Any], list[dict[str, Any]]] = {}
        self.set_up: dict[str, list[float]] = {}
        self.swapped: set[CodeType] = set()
        self.recorder = self._recorder()

    def take(self, job: dict[str, Any]) -> None:
        """From here on, in a fork: what this job asks for, and another report."""
        self.job, self.report = {**self.job, **job}, self.report.elsewhere(job["report"])
        self.recorder = self._recorder()

    def say_end(self, status: int) -> None:
        """The last lines of the report: where asked, what each test executed and what others share, and what the run took."""
        for test, executed in self.lines.stop() if self.lines else ():
            self.report.say("lines", test=test, lines=executed)
        if self.job.get("names_what_stays"):
            self.report.say("stays", **stays.found(self.report))
        took = {"cpu": usage.cpu(), "memory": usage.memory(), "set_up": self.set_up}
        self.report.say("end", status=status, **took)

    def _recorder(self) -> Recorder | None:
        if self.job["task"] != "trace":
            return None
        return Recorder(self.report, self.job["source"], self.job["watch"], self.line_now)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """From here on tests are imported."""
        if self.lines:
            # Before pytest's own finder, which finds the tests.
            sys.meta_path.insert(0, Bodies(self.report, self.lines))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep the wanted tests, in the order they were asked for."""
        self._say_origin()
        wanted = self.job["wanted"]
        if wanted is None:
            return
        order = {test: index for index, test in enumerate(wanted)}
        kept = [item for item in items if item.nodeid in order]
        kept.sort(key=lambda item: order[item.nodeid])
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in order])
        items[:] = kept

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Say it again: some tests import what they test only when they run."""
        self._say_origin()
        hypothesis = session.config.pluginmanager.get_plugin("hypothesispytest")
        if hypothesis is not None and "hypothesis" not in sys.modules:
            # Its summary would import all of hypothesis, which takes longer than most trials.
            session.config.pluginmanager.unregister(hypothesis)

    def _say_origin(self) -> None:
        module = sys.modules.get(self.job["package"])
        path = next(iter(getattr(module, "__path__", [])), None)
        origin = getattr(module, "__file__", None) or path
        if origin:
            self.report.say("imported", origin=self.report.relative(origin) or origin)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Say which tests are about to run, and from which files. From here on chance is the same in every run."""
        if "hypothesis.core" in sys.modules:
            # What `--hypothesis-seed` sets; the option itself would import hypothesis, a second where nobody needs it.
            vars(sys.modules["hypothesis.core"])["global_force_seed"] = 0
        self.report.say("collected", tests=[item.nodeid for item in session.items])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Say what could not be imported."""
        if report.failed:
            self._say_broken(report.nodeid, str(report.longrepr))

    @pytest.hookimpl(wrapper=True)
    def pytest_load_initial_conftests(self) -> Generator[None, object, object]:
        """Say it of those that are loaded before anything is collected, too."""
        try:
            return (yield)
        except ConftestImportFailure as failure:
            error = failure.__cause__ or failure
            told = "".join(traceback.format_exception_only(type(error), error))
            self._say_broken(self.report.relative(str(failure.path)) or str(failure.path), told)
            raise

    def _say_broken(self, what: str, told: str) -> None:
        self.report.say("broken", what=what, why=self.report.scrub(_reason(told)))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Around set-up, call and tear-down of one test."""
        if self.lines:
            self.lines.switch(item.nodeid)
        self.running = item.nodeid
        self.report.say("begin", test=item.nodeid)
        if "limits" in self.job:
            fork.pace(self.job["limits"])
        started, began = usage.cpu(), time.monotonic()
        outcome = yield
        spent = usage.cpu() - started
        waited = max(0.0, time.monotonic() - began - spent)
        if self.lines:
            self.lines.switch("")
        self.running = ""
        told = self.outcomes.pop(item.nodeid, {"outcome": "passed"})
        self.report.say("test", test=item.nodeid, seconds=spent, waited=waited, **told)
        return outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any]
    ) -> Generator[None, object, object]:
        """What several tests share is set up in the first of them, and belongs to all: its time, its lines, its calls."""
        if fixturedef.scope == "function":
            return (yield)
        of_file = fixturedef.scope in ("class", "module")
        started, began = usage.cpu(), time.monotonic()
        try:
            return (yield from self._set_up(fixturedef))
        finally:
            spent = usage.cpu() - started
            took = self.set_up.setdefault(
                self.running.partition("::")[0] if of_file else "", [0.0, 0.0]
            )
            took[0] += spent
            took[1] += max(0.0, time.monotonic() - began - spent)

    def _set_up(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        if self.recorder:
            own = self.recorder.apart()
            try:
                return (yield)
            finally:
                self.beginnings[fixturedef] = self.recorder.together(own)
        if not self.lines:
            return (yield)
        context = "<shared set-up {}>".format(len(self.shared))
        self.shared[fixturedef] = context
        before = self.lines.switch(context)
        try:
            return (yield)
        finally:
            self.lines.switch(before)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Before it is forgotten: note which shared set-ups the test used."""
        if self.lines:
            for fixturedef in _used(item):
                if fixturedef in self.shared:
                    self.lines.share(self.shared[fixturedef], item.nodeid)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, object, object]:
        """What fixtures do is the first part of the story: the account was opened there, the money paid in."""
        if not self.recorder:
            return (yield)
        self.recorder.begin()
        try:
            return (yield)
        finally:
            self.recorder.pause()

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Around the test function itself; whether the bug shows is asked of it alone, not of its fixtures."""
        with self._watching(pyfuncitem):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """The same for items that pytest does not call as functions: methods of `unittest.TestCase`, and others' own."""
        if isinstance(item, TestCaseFunction):
            item.obj = self._watched(item, item.obj)
            return (yield)
        with (
            contextlib.nullcontext() if isinstance(item, pytest.Function) else self._watching(item)
        ):
            return (yield)

    def _watched(self, item: pytest.Item, test: Callable[..., object]) -> Callable[..., object]:
        if not self.recorder:
            return test

        @functools.wraps(test)
        def watched(*arguments: object, **keywords: object) -> object:
            with self._watching(item):
                return test(*arguments, **keywords)

        return watched

    @contextlib.contextmanager
    def _watching(self, item: pytest.Item) -> Iterator[None]:
        if not self.recorder:
            yield
            return
        spec = getattr(item, "callspec", None)
        shown = {name: _shown(value) for name, value in spec.params.items()} if spec else {}
        # An address is another one in the next run.
        parameters = {name: text for name, text in shown.items() if " at 0x" not in text}
        self.recorder.forget_guilt()
        self.recorder.resume()
        try:
            yield
        finally:
            seen = self.recorder.end()
            # What is shared was done for this test too, whichever came first.
            shared = [call for each in _used(item) for call in self.beginnings.get(each, ())]
            seen["calls"] = [*shared, *seen["calls"]][:CALLS_KEPT]
            self.report.say("trace", test=item.nodeid, parameters=parameters, **seen)

    @pytest.hookimpl(tryfirst=True)
    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> None:
        """The two sides of the comparison that failed."""
        self._say_compared(op, left, right)

    def _say_compared(self, op: str, left: object, right: object) -> None:
        if self.recorder:
            compared = [op, self.recorder.describe(left), self.recorder.describe(right)]
            self.report.say("compared", test=self.running, compared=compared)

    def _say_what_unittest_compared(self, traceback: TracebackType | None) -> None:
        while traceback is not None:
            frame = traceback.tb_frame
            op = _UNITTEST_COMPARES.get(frame.f_code.co_name)
            if op and frame.f_code.co_filename == unittest.case.__file__:
                left, right = frame.f_code.co_varnames[1:3]
                self._say_compared(op, frame.f_locals[left], frame.f_locals[right])
                return
            traceback = traceback.tb_next

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note the worst that happened in the three phases of a test; an expected failure is not a pass."""
        # Nobody reads the traceback that pytest would write out here, which takes longer than most tests.
        vars(item).update(repr_failure=_nothing, _repr_failure_py=_nothing)
        report = yield
        if report.outcome == "failed":
            self.failed.add(item.nodeid)
            if self.outcomes.get(item.nodeid, {}).get("outcome") != "failed":
                self.outcomes[item.nodeid] = {"outcome": "failed", **self._failure(call)}
        elif report.outcome == "skipped" or hasattr(report, "wasxfail"):
            self.outcomes.setdefault(item.nodeid, {"outcome": "skipped"})
        give_up_after = self.job.get("give_up_after")
        if give_up_after is not None and len(self.failed) > give_up_after:
            self.report.say("gave up")
            # Not `shouldstop`: what that raises is told with its traceback, which takes longer than most tests.
            item.session.shouldfail = "more failures than an exercise can use"
        return report

    def _failure(self, call: pytest.CallInfo[None]) -> dict[str, Any]:
        raised = call.excinfo
        if raised is None:
            # An expected failure that did not come, or a failed subtest.
            nothing = {"exception": "Failed", "message": "", "frames": []}
            return {**nothing, "phase": call.when}
        self._say_what_unittest_compared(raised.tb)
        return {
            "exception": raised.type.__name__,
            "message": self.report.message(raised.value),
            "frames": list(self._frames(raised.tb)),
            "phase": call.when,
        }

    def _frames(self, traceback: TracebackType | None) -> Iterator[list[Any]]:
        while traceback is not None:
            code = traceback.tb_frame.f_code
            path = self.report.relative_code(code.co_filename)
            if path is not None:
                name = getattr(code, "co_qualname", code.co_name)
                yield [
                    path,
                    self.line_now(code, path, traceback.tb_lineno),
                    name.replace("<locals>.", ""),
                ]
            traceback = traceback.tb_next

    def line_now(self, code: CodeType, path: str, line: int) -> int:
        """A line in the file as it is now. Code that was there before other code was put beside it knows it as it was."""
        if code in self.swapped:
            return line
        shifts = self.job.get("shifts", {}).get(path, ())
        return line + sum(int(by) for after, by in shifts if line > after)


def _nothing(*_: object, **__: object) -> str:
    return ""


def _used(item: pytest.Item) -> list[pytest.FixtureDef[Any]]:
    """The fixtures of a test, whoever asked for them, as they were set up."""
    return [*getattr(getattr(item, "_request", None), "_fixture_defs", {}).values()]


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - the seed's own code
        return "..."


def _reason(told: str) -> str:
    """The last line of a traceback as pytest shows it; of what can't be parsed, the place too."""
    lines = told.strip().splitlines()
    last = re.sub(r"^E\s+", "", lines[-1]) if lines else ""
    places = _PLACE.findall(told) if last.startswith(_NO_SYNTAX) else []
    return "{} ({}, line {})".format(last, *places[-1]) if places else last
