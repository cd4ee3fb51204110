"""What one test does, step by step: calls, lines, what each changed, what came back. In the project's own functions, those of
the tests included, and nowhere else.

Calls are told apart by who made them, and tasks and threads by what they run, so that two records can be laid side by side
however often something was repeated before. `sys.settrace` serves on all versions of Python.
"""

from __future__ import annotations

import contextlib
import dis
import inspect
import itertools
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable, Dict, List, NamedTuple, Optional, Tuple

import pytest

from bugsquash_child import usage
from bugsquash_child.portrait import FIELD_NODES, FIXED, NODES, Portraits
from bugsquash_child.tracing import name_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from types import CodeType, FrameType

    from bugsquash_child.plugin import Plugin
    from bugsquash_child.report import Report
    from bugsquash_child.tracing import LineNow

CALL, LINE, RETURN, YIELD, RESUME, RAISE, UNWIND, THIN = range(8)
"""The first number of an event; the second is that of the call. What follows: see `Recorder`."""
DENSE_EVENTS = 100_000
"""So many are recorded with lines and what they change; as many again without."""
PARTS = 250_000
"""Of values that are written out with them, which is what takes the time: some 10 µs each."""
FRAME_LINES = 2000
"""Of one call; a loop that goes on for longer shows what it has come to when the call ends."""
BYTES = 8 << 20
"""Of texts in one record."""
OBJECTS = 8
"""Of one call, whose attributes are looked at."""
UNKNOWN = -1
"""In place of the number of a text: nobody looked."""
GONE = -2
_LAST = 1.0
"""Seconds."""
_EVERY = 32
"""Events after which the clock is read."""
_AWAITS = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR | inspect.CO_ITERABLE_COROUTINE
_RESUMES = _AWAITS | inspect.CO_GENERATOR
_ENDS = (StopIteration, StopAsyncIteration, GeneratorExit)
"""How iterators end: no exception that anybody sees."""
_RETURNS = frozenset(
    dis.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST") if name in dis.opmap
)
_YIELDS = frozenset(dis.opmap[name] for name in ("YIELD_VALUE", "RESUME") if name in dis.opmap)
"""From Python 3.13 on a frame that waits stands at the instruction after the yield."""
_HEADROOM = 100
"""Frames that the recorder itself may need where the test is about to run out of them."""
Changes = List[Any]
"""Name and number of text, in turns."""


class _Code(NamedTuple):
    number: int
    code: CodeType
    shift: int
    """From a line as the code knows it to the line of the file as it is."""
    awaits: bool
    resumes: bool
    instructions: bytes


class _Call:
    """One call that is going on. Its frame holds on to it, and it to nothing of the test's own that could notice."""

    __slots__ = (
        *("code", "line_since", "lines", "looks", "number"),
        *("raised_at", "recorder", "state", "waits"),
    )

    def __init__(self, recorder: Recorder, number: int, code: _Code) -> None:
        self.recorder = recorder
        self.number = number
        self.code = code
        self.state: Dict[str, Tuple[Any, int]] = {}
        """Name → the value itself where it can't change, and the number of its text."""
        self.lines = 0
        self.looks = True
        """Lines are recorded."""
        self.waits = ""
        """For its next value to be asked for ("value"), or for something else ("other")."""
        self.raised_at: Optional[int] = None
        """The instruction at which an exception was seen last."""
        self.line_since = 0
        """The last line that was begun after that."""

    def trace(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        """Whatever goes wrong in here is not the test's."""
        try:
            self.recorder.happened(self, frame, event, argument)
        except Exception:  # noqa: BLE001 - out of stack, out of memory
            self.recorder.lost += 1
        return self.trace


class Recorder:
    """The events of one test, as lists of numbers:

    - CALL call, calling call or -1, its line, code, stream of which it is a root or -1, arguments
    - LINE call, line, what changed since the call's last event
    - RETURN call, line, text, what changed; YIELD the same
    - RESUME call, resuming call or -1, what changed
    - RAISE call, line, text: raised here, or comes through
    - UNWIND call, what changed: left with that
    - THIN call: no lines of it from here on

    Codes are path, qualified name and first line; a stream is `main`, or `thread` or `task` with path and name of what it runs
    first. What gets too large gets sparse, without lines, arguments and changes; so that two records of the same are the same, it
    does not hang on the time that this takes. `seconds` of CPU time are the last resort: then it gets sparse, too, and after as
    long again, and a second, it ends.
    """

    def __init__(self, report: Report, line_now: LineNow, seconds: float) -> None:
        self._report = report
        self._line_now = line_now
        self._seconds = seconds
        self._portraits = Portraits(report)
        self._codes: Dict[int, Optional[_Code]] = {}
        self._kept: List[CodeType] = []
        """So that no other code gets the identity of one that is known."""
        self._told_codes: List[List[Any]] = []
        self._names: Dict[str, int] = {}
        self._texts: Dict[str, int] = {}
        self._bytes = 0
        self._events: List[List[Any]] = []
        self._streams: List[List[str]] = [["main", "", ""]]
        # Not by the thread's number, which the next one gets when it has ended.
        self._own = threading.local()
        self._own.stream = 0
        self._numbers = itertools.count()
        self._spent = 0.0
        self._began = 0.0
        self._ticks = 0
        self._sparse_from: Optional[int] = None
        self._why = ""
        self._ended = False
        self.lost = 0
        """Events that could not be recorded."""

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Record what happens inside."""
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(limit + _HEADROOM)
        self._began = usage.cpu()
        threading.settrace(self._called)
        sys.settrace(self._called)
        try:
            yield
        finally:
            # Else somebody took its place: a debugger, or a stack that was used up.
            own = sys.gettrace() == self._called
            sys.settrace(None)
            threading.settrace(None)
            self.lost += not own and not self._ended
            self._spent += usage.cpu() - self._began
            sys.setrecursionlimit(limit)

    def told(self) -> Dict[str, Any]:
        """The record."""
        return {
            "codes": self._told_codes,
            "names": list(self._names),
            "texts": list(self._texts),
            "streams": self._streams,
            "events": self._events,
            "sparse_from": self._sparse_from,
            "why_sparse": self._why,
            "ended": self._ended,
            "lost": self.lost,
        }

    def _called(self, frame: FrameType, event: str, _argument: Any) -> Optional[Callable[..., Any]]:
        if event != "call":
            return None
        try:
            code = self._code(frame)
            if code is None or self._ended:
                return None
            call = _call_of(frame)
            if call is None:
                call = self._entered(frame, code)
            elif call.waits:
                self._resumed(call, frame)
        except Exception:  # noqa: BLE001 - as in `_Call.trace`
            self.lost += 1
            return None
        return call.trace

    def _code(self, frame: FrameType) -> Optional[_Code]:
        # Not by the code itself: to find its hash takes longer than all the rest.
        identity = id(frame.f_code)
        if identity not in self._codes:
            self._kept.append(frame.f_code)
            self._codes[identity] = self._learned(frame)
        return self._codes[identity]

    def _learned(self, frame: FrameType) -> Optional[_Code]:
        code = frame.f_code
        path = self._report.relative_code(code.co_filename)
        if path is None or not code.co_flags & inspect.CO_OPTIMIZED:
            # The body of a module or a class.
            return None
        first = self._line_now(code, path, code.co_firstlineno)
        name = name_of(frame).replace("<locals>.", "")
        self._told_codes.append([path, name, first])
        return _Code(
            len(self._told_codes) - 1,
            code,
            first - code.co_firstlineno,
            bool(code.co_flags & _AWAITS),
            bool(code.co_flags & _RESUMES),
            code.co_code,
        )

    def _entered(self, frame: FrameType, code: _Code) -> _Call:
        call = _Call(self, next(self._numbers), code)
        caller, is_root = _caller(frame, code)
        above, line = self._site(caller)
        stream = self._stream(code) if is_root else -1
        frame.f_trace_lines = call.looks = self._sparse_from is None
        arguments = self._changes(call, frame) if call.looks else None
        self._add(CALL, call.number, above, line, code.number, stream, arguments)
        return call

    def _site(self, frame: Optional[FrameType]) -> Tuple[int, int]:
        call = _call_of(frame) if frame is not None else None
        if frame is None or call is None:
            return -1, 0
        return call.number, frame.f_lineno + call.code.shift

    def _stream(self, code: _Code) -> int:
        """A root's: of the thread that runs it, or, where it is awaited by nobody, its own."""
        path, name, _ = self._told_codes[code.number]
        if code.awaits:
            self._streams.append(["task", path, name])
            return len(self._streams) - 1
        if not hasattr(self._own, "stream"):
            self._own.stream = len(self._streams)
            self._streams.append(["thread", path, name])
        return int(self._own.stream)

    def _resumed(self, call: _Call, frame: FrameType) -> None:
        if call.waits == "value":
            caller, _ = _caller(frame, call.code)
            above, _ = self._site(caller)
            self._add(RESUME, call.number, above, self._seen(call, frame))
        call.waits = ""

    def happened(self, call: _Call, frame: FrameType, event: str, argument: Any) -> None:
        """In a frame that is watched."""
        if self._ended:
            return
        self._look_at_the_clock()
        if call.waits:
            # Thrown into, which some versions of Python do not tell as a call.
            self._resumed(call, frame)
        if event == "line":
            self._line(call, frame)
        elif event == "exception":
            self._raised(call, frame, argument)
        elif event == "return":
            self._left(call, frame, argument)

    def _line(self, call: _Call, frame: FrameType) -> None:
        call.line_since = frame.f_lineno
        if not call.looks:
            frame.f_trace_lines = False
        elif self._sparse_from is not None or call.lines >= FRAME_LINES:
            frame.f_trace_lines = call.looks = False
            self._add(THIN, call.number)
        else:
            call.lines += 1
            changes = self._changes(call, frame)
            self._add(LINE, call.number, frame.f_lineno + call.code.shift, changes)

    def _raised(self, call: _Call, frame: FrameType, raised: Any) -> None:
        call.raised_at, call.line_since = frame.f_lasti, 0
        if not issubclass(raised[0], _ENDS):
            line = frame.f_lineno + call.code.shift
            self._add(RAISE, call.number, line, self._text(raised[1]))

    def _left(self, call: _Call, frame: FrameType, value: Any) -> None:
        instruction = call.code.instructions[frame.f_lasti]
        line = frame.f_lineno + call.code.shift
        if instruction in _RETURNS:
            self._add(RETURN, call.number, line, self._text(value), self._seen(call, frame))
        elif not (instruction in _YIELDS and _waits(call, frame, value)):
            self._add(UNWIND, call.number, self._seen(call, frame))
        elif call.code.awaits and type(value).__name__ != "async_generator_wrapped_value":
            call.waits = "other"
        else:
            call.waits = "value"
            self._add(YIELD, call.number, line, self._text(value), self._seen(call, frame))

    def _seen(self, call: _Call, frame: FrameType) -> Optional[Changes]:
        return self._changes(call, frame) if self._sparse_from is None else None

    def _changes(self, call: _Call, frame: FrameType) -> Changes:
        """The local names, and the attributes of what they stand for, that are not as they were when it was last looked."""
        changes: Changes = []
        present = set()
        objects = 0
        for name, value in frame.f_locals.items():
            if name[0] in "@.":
                # Pytest's own, in an assertion; what a comprehension goes over.
                continue
            present.add(name)
            fields = None if id(type(value)) in FIXED else self._portraits.fields(value)
            self._compare(call, name, value, changes, NODES if fields is None else 0)
            if fields is None or objects == OBJECTS:
                continue
            objects += 1
            for field, each in fields:
                whole = "{}.{}".format(name, field)
                present.add(whole)
                self._compare(call, whole, each, changes, FIELD_NODES)
        if len(present) != len(call.state):
            for name in [name for name in call.state if name not in present]:
                del call.state[name]
                changes += [self._name(name), GONE]
        return changes

    def _compare(self, call: _Call, name: str, value: Any, changes: Changes, nodes: int) -> None:
        """Note it if it is another value; without `nodes`, its attributes are not part of it."""
        known = call.state.get(name)
        fixed = id(type(value)) in FIXED
        if fixed and known is not None and known[0] is value and value is not None:
            return
        text = self._interned(
            self._portraits.text(value, nodes) if nodes else self._portraits.head(value)
        )
        if known is None or known[1] != text:
            changes += [self._name(name), text]
        call.state[name] = (value if fixed else None, text)

    def _name(self, name: str) -> int:
        return self._names.setdefault(name, len(self._names))

    def _text(self, value: Any) -> int:
        return self._interned(self._portraits.text(value))

    def _interned(self, text: str) -> int:
        number = self._texts.get(text)
        if number is None:
            number = self._texts[text] = len(self._texts)
            self._bytes += len(text)
            if self._bytes > BYTES:
                self._thin_out("size")
        return number

    def _add(self, *event: Any) -> None:
        self._events.append([*event])
        if len(self._events) == DENSE_EVENTS or self._portraits.drawn > PARTS:
            self._thin_out("size")
        elif len(self._events) >= 2 * DENSE_EVENTS:
            self._end()

    def _look_at_the_clock(self) -> None:
        self._ticks += 1
        if self._ticks % _EVERY:
            return
        spent = self._spent + usage.cpu() - self._began
        if spent > 2 * self._seconds + _LAST:
            self._end()
        elif spent > self._seconds:
            self._thin_out("time")

    def _thin_out(self, why: str) -> None:
        if self._sparse_from is None:
            self._sparse_from, self._why = len(self._events), why

    def _end(self) -> None:
        self._ended = True
        sys.settrace(None)
        threading.settrace(None)


def _call_of(frame: FrameType) -> Optional[_Call]:
    owner = getattr(frame.f_trace, "__self__", None)
    return owner if type(owner) is _Call else None


def _waits(call: _Call, frame: FrameType, value: Any) -> bool:
    """Whether a frame that stands at a yield has not ended there: an exception that was thrown into it leaves it standing where
    it came in, whatever it ran since."""
    is_past = call.raised_at == frame.f_lasti and value is None
    return call.code.resumes and not (is_past and call.line_since != frame.f_lineno)


def _caller(frame: FrameType, code: _Code) -> Tuple[Optional[FrameType], bool]:
    """The nearest frame above that is watched, and whether this one begins a stream of its own: nothing above is watched, or a
    loop of events stands between."""
    above = frame.f_back
    driven = False
    while above is not None and _call_of(above) is None:
        driven = driven or not above.f_code.co_flags & _RESUMES
        above = above.f_back
    return above, above is None or (code.awaits and driven)


class StepsPlugin:
    """Records the tests of a job whose task is `steps`; what it watches says how many `seconds` that may take."""

    def __init__(self, plugin: Plugin, line_now: LineNow) -> None:
        self._plugin = plugin
        self._line_now = line_now
        self._recorder: Optional[Recorder] = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Begin and tell one record."""
        job = self._plugin.job
        if job["task"] != "steps":
            return (yield)
        report = self._plugin.report
        self._recorder = Recorder(report, self._line_now, job["watch"]["seconds"])
        try:
            return (yield)
        finally:
            report.say("steps", test=item.nodeid, **self._recorder.told())
            self._recorder = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, object, object]:
        """What fixtures do is the beginning of it."""
        with self._watching():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """The test itself."""
        with self._watching():
            return (yield)

    def _watching(self) -> contextlib.AbstractContextManager[None]:
        return self._recorder.watching() if self._recorder else contextlib.nullcontext()
