"""Watches one test from outside: its calls into the package, how deep the guilty function lies, what the changed line saw."""

from __future__ import annotations

import contextlib
import dis
import functools
import inspect
import re
import sys
import threading
import types
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from bugsquash_child.describe import ITEMS, Describer
from bugsquash_child.given import Given

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType, TracebackType

    from bugsquash_child.report import Report

CALLS_KEPT = 400
_VALUE_KEPT = 160
_RETURNS = ("RETURN_VALUE", "RETURN_CONST")
_WAITS = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_RESUMES = _WAITS | inspect.CO_GENERATOR
_ANONYMOUS = re.compile(r"^<.*>$")
_SEEN_THROUGH = frozenset({contextlib.__file__, functools.__file__})
"""Between a test and a context manager, a cached property or a single-dispatch function stands the standard library."""
Tracer = Callable[["FrameType", str, Any], Any]
LineNow = Callable[["CodeType", str, int], int]
"""Code, its file below the tree, a line of it as the code knows it → the line of the file as it is."""


class _Raised(NamedTuple):
    """An exception that a call has seen: at which instruction, unless the call has waited since, and what is told of it."""

    at: int | None
    told: dict[str, Any]


class Recorder:
    """Records between `begin` and `end`; between `pause` and `resume` it looks away. `source` are the package's files below the tree; `watch`, where given, names the
    guilty function: `path`, `name`, `first` and `last` line, and `lines` and `names` whose values are wanted."""

    def __init__(
        self,
        report: Report,
        source: list[str],
        watch: dict[str, Any] | None,
        line_now: LineNow,
    ) -> None:
        self._report = report
        self._describer = Describer(report)
        self._source = frozenset(source)
        self._watch = watch
        self._line_now = line_now
        self._paths: dict[str, str | None] = {}
        self._origins = sys.get_coroutine_origin_tracking_depth()
        self._clear()

    def _clear(self) -> None:
        self._calls: list[dict[str, Any]] = []
        self._open: dict[FrameType, dict[str, Any]] = {}
        self._raised: dict[FrameType, _Raised] = {}
        self._given = Given()
        self._depth: int | None = None
        self._values: dict[str, str] = {}
        self._thread = threading.get_ident()
        self._threaded = False

    def begin(self) -> None:
        """Start a new record."""
        self._clear()
        self._describer = Describer(self._report)
        self.resume()

    def pause(self) -> None:
        """Stop watching; what was seen is kept."""
        sys.set_coroutine_origin_tracking_depth(self._origins)
        sys.settrace(None)
        threading.settrace(None)

    def resume(self) -> None:
        """Watch. Threads started from here on are watched for the guilty function; their calls are left out, since their
        order is nobody's promise."""
        threading.settrace(self._called)
        sys.set_coroutine_origin_tracking_depth(max(self._origins, 1))
        sys.settrace(self._called)

    def apart(self) -> list[dict[str, Any]]:
        """What comes from here on is not of the test alone; gives the calls so far, for `together`."""
        before, self._calls = self._calls, []
        return before

    def together(self, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Go on after the calls `before`; gives those that were told apart."""
        shared, self._calls = self._calls, before
        return shared

    def forget_guilt(self) -> None:
        """What the guilty function did so far is no part of the test."""
        self._depth, self._values = None, {}

    def end(self) -> dict[str, Any]:
        """Stop; the calls in order, whether others came from other threads, the depth, the values."""
        self.pause()
        self._given.settle()
        seen = {
            "calls": self._calls,
            "threaded": self._threaded,
            "depth": self._depth,
            "values": self._values,
        }
        self._clear()
        return seen

    def describe(self, value: Any) -> Any:
        """The value as JSON, within what one report may hold."""
        return self._describer.describe(value)

    def _path(self, frame: FrameType) -> str | None:
        return self._path_of(frame.f_code.co_filename)

    def _path_of(self, file: str) -> str | None:
        if file not in self._paths:
            self._paths[file] = self._report.relative(file)
        return self._paths[file]

    def _in_package(self, frame: FrameType) -> bool:
        return self._path(frame) in self._source

    def _in_tests(self, frame: FrameType | None) -> bool:
        return frame is not None and self._is_a_test(frame.f_code.co_filename)

    def _is_a_test(self, file: str) -> bool:
        path = self._path_of(file)
        return path is not None and path not in self._source

    def _called(self, frame: FrameType, event: str, _argument: Any) -> Tracer | None:
        if event != "call" or not self._in_package(frame):
            return None
        guilty = self._is_guilty(frame)
        # A generator is called again at each of its values.
        is_open = frame in self._open
        if not is_open and self._crosses(frame) and len(self._calls) < CALLS_KEPT:
            self._open[frame] = self._opened(frame)
            is_open = True
        if guilty:
            self._entered(self._depth_of(frame))
        frame.f_trace_lines = guilty and self._watch is not None and bool(self._watch["names"])
        return self._inside if is_open or frame.f_trace_lines else None

    def _entered(self, depth: int) -> None:
        """The guilty function was called: note how deep, for the test and for the call it made last."""
        self._depth = _least(depth, self._depth)
        if self._open and threading.get_ident() == self._thread:
            call = self._open[next(reversed(self._open))]
            call["depth"] = _least(depth, call["depth"])

    def _crosses(self, frame: FrameType) -> bool:
        """Whether the watched test calls the package here, in its own thread."""
        if _ANONYMOUS.match(frame.f_code.co_name):
            return False
        caller = frame.f_back
        while caller is not None and _is_seen_through(caller):
            caller = caller.f_back
        if threading.get_ident() != self._thread:
            self._threaded = self._threaded or not self._in_package_above(caller)
            return False
        return self._in_tests(caller) or self._is_a_test(_made_in(frame))

    def _in_package_above(self, frame: FrameType | None) -> bool:
        while frame is not None and not self._in_package(frame):
            frame = frame.f_back
        return frame is not None

    def _opened(self, frame: FrameType) -> dict[str, Any]:
        wrapped = _wrapped(frame)
        if wrapped is None:
            name, arguments = name_of(frame), _received(frame)
        else:
            name, arguments = wrapped.__qualname__, _bound(frame, wrapped)
        described = {
            parameter: self.describe(value)
            for index, (parameter, value) in enumerate(arguments.items())
            if index > 0 or parameter not in ("self", "cls")
        }
        subject = self.describe(arguments["self"]) if "self" in arguments else None
        if "subject" not in described and isinstance(subject, dict) and "text" in subject:
            # What a method of a value is asked of: 6 JPY are split, and not "the amount".
            described["subject"] = subject
        call: dict[str, Any] = {
            "operation": name.replace("<locals>.", ""),
            "path": self._path(frame),
            "arguments": described,
            "defaults": {
                parameter: self.describe(default)
                for parameter, default in _defaults(wrapped or _function(frame)).items()
            },
            "raised": None,
            "raised_in": None,
            "depth": None,
            "result": None,
            "altered": False,
        }
        self._calls.append(call)
        return call

    def _inside(self, frame: FrameType, event: str, argument: Any) -> Tracer | None:
        if event == "line" and not self._values and self._is_watched_line(frame):
            self._values = self._seen(frame)
        call = self._open.get(frame)
        if call is not None and event == "exception" and not _only_ends_a_wait(frame, argument[0]):
            told = {
                "raised": argument[0].__name__,
                "raised_in": self._innermost(argument[2]),
                "result": self._report.message(argument[1]),
            }
            self._raised[frame] = _Raised(frame.f_lasti, told)
        elif call is not None and event == "return":
            self._left(frame, call, argument)
        return self._inside

    def _left(self, frame: FrameType, call: dict[str, Any], value: Any) -> None:
        raised = self._raised.get(frame)
        ends = _stands_at_a_return(frame)
        # An exception that ends the call leaves with None, and not from a return; one that was caught inside was
        # noted as well.
        if raised is not None and value is None and not ends and _is_past(frame, raised):
            if raised.told["raised"] != "GeneratorExit":
                call.update(raised.told)
            elif not frame.f_code.co_flags & _WAITS:
                call["result"] = call.get("yielded", _nothing_yielded(frame))
        elif ends or not frame.f_code.co_flags & _RESUMES:
            call["result"] = self._returned(frame, call, value)
        else:
            # It waits. What was raised before may still leave later, from a `finally` that waits.
            if raised is not None:
                self._raised[frame] = raised._replace(at=None)
            if not frame.f_code.co_flags & _WAITS:
                self._yielded(frame, call, value)
            return
        call.pop("yielded", None)
        self._raised.pop(frame, None)
        del self._open[frame]

    def _returned(self, frame: FrameType, call: dict[str, Any], value: Any) -> Any:
        """What a call gave. What an asynchronous generator yields is wrapped where nobody sees it."""
        if frame.f_code.co_flags & inspect.CO_ASYNC_GENERATOR:
            return {"type": "async_generator"}
        if frame.f_code.co_flags & inspect.CO_GENERATOR:
            return call.get("yielded", _nothing_yielded(frame))
        self._given.keep(call, value)
        return self.describe(value)

    def _innermost(self, traceback: TracebackType | None) -> list[str] | None:
        """Path and qualified name of the package's function in which an exception was raised."""
        found = None
        while traceback is not None:
            if self._in_package(traceback.tb_frame):
                name = name_of(traceback.tb_frame).replace("<locals>.", "")
                found = [str(self._path(traceback.tb_frame)), name]
            traceback = traceback.tb_next
        return found

    def _yielded(self, frame: FrameType, call: dict[str, Any], value: Any) -> None:
        """A generator's values are told as a list; a context manager's one value as what it is."""
        told = call.setdefault("yielded", _nothing_yielded(frame))
        if told is None:
            call["yielded"] = self.describe(value)
        else:
            told["length"] += 1
            if len(told["items"]) < ITEMS:
                told["items"].append(self.describe(value))
        call["result"] = call["yielded"]

    def _is_watched_line(self, frame: FrameType) -> bool:
        watch = self._watch
        return watch is not None and frame.f_lineno in watch["lines"] and self._is_guilty(frame)

    def _is_guilty(self, frame: FrameType) -> bool:
        watch, code = self._watch, frame.f_code
        if watch is None or code.co_name != watch["name"] or self._path(frame) != watch["path"]:
            return False
        first = self._line_now(code, watch["path"], code.co_firstlineno)
        return bool(watch["first"] <= first <= watch["last"])

    def _depth_of(self, frame: FrameType) -> int:
        depth = 0
        walker: FrameType | None = frame
        while walker is not None and not self._in_tests(walker):
            depth += self._in_package(walker) and not _ANONYMOUS.match(walker.f_code.co_name)
            walker = walker.f_back
        return depth

    def _seen(self, frame: FrameType) -> dict[str, str]:
        assert self._watch is not None
        seen = {}
        for name in self._watch["names"]:
            first, *rest = name.split(".")
            if first not in frame.f_locals:
                continue
            text = _shown(frame.f_locals[first], rest)
            if text is not None and " at 0x" not in text and len(text) <= _VALUE_KEPT:
                seen[name] = self._report.scrub(text)
        return seen


def _least(depth: int, known: int | None) -> int:
    return depth if known is None else min(depth, known)


def _is_seen_through(frame: FrameType) -> bool:
    """Between a test and its call stands the standard library: a decorator's, or `asyncio.wait_for`."""
    code = frame.f_code
    awaits = bool(code.co_flags & inspect.CO_COROUTINE)
    return code.co_filename in _SEEN_THROUGH or (awaits and _is_of_asyncio(frame))


def _is_of_asyncio(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] == "asyncio"


def _only_ends_a_wait(frame: FrameType, raised: type[BaseException]) -> bool:
    """What is awaited or delegated to ends with StopIteration, which leaves neither a coroutine nor a generator (PEP 479)."""
    return bool(frame.f_code.co_flags & _RESUMES) and issubclass(raised, StopIteration)


def _is_past(frame: FrameType, raised: _Raised) -> bool:
    """Whether a frame has ended and does not wait: where a generator is thrown into, it stands at the yield all the same."""
    resumes = bool(frame.f_code.co_flags & _RESUMES)
    return not resumes or raised.at == frame.f_lasti or not _stands_at_a_yield(frame)


def _made_in(frame: FrameType) -> str:
    """The file that made the coroutine which an event loop runs as a task; empty for any other frame."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None or not frame.f_code.co_flags & inspect.CO_COROUTINE:
        return ""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return ""
    made = task and task.get_coro()
    if getattr(made, "cr_frame", None) is not frame:
        return ""
    return made.cr_origin[0][0] if made.cr_origin else ""


def _nothing_yielded(frame: FrameType) -> dict[str, Any] | None:
    if frame.f_back is not None and frame.f_back.f_code.co_filename == contextlib.__file__:
        return None
    return {"type": "list", "length": 0, "items": []}


def _shown(value: Any, attributes: list[str]) -> str | None:
    try:
        return repr(functools.reduce(getattr, attributes, value))
    except Exception:  # noqa: BLE001 - the seed's own code; a value that can't be shown is left out
        return None


def name_of(frame: FrameType) -> str:
    """The qualified name of its function, `<locals>` included."""
    code = frame.f_code
    name = getattr(code, "co_qualname", None)
    return name if name is not None else _owner(frame) + code.co_name


def _owner(frame: FrameType) -> str:
    """The class of a method, for Python before 3.11, whose code objects only know their bare name."""
    for name in ("self", "cls"):
        if name in frame.f_locals and name in frame.f_code.co_varnames[:1]:
            value = frame.f_locals[name]
            for base in (value if isinstance(value, type) else type(value)).__mro__:
                if frame.f_code.co_name in vars(base):
                    return base.__name__ + "."
    return ""


def _received(frame: FrameType) -> dict[str, Any]:
    """Parameter → value, in the order of the parameters."""
    names = inspect.getargs(frame.f_code)
    wanted = [*names.args, names.varargs, names.varkw]
    return {name: frame.f_locals[name] for name in wanted if name and name in frame.f_locals}


def _wrapped(frame: FrameType) -> types.FunctionType | None:
    """The function that a decorator's inner function stands for: a test knows it by that name and those parameters."""
    for name in frame.f_code.co_freevars:
        value = frame.f_locals.get(name)
        if isinstance(value, types.FunctionType) and _stands_for(frame.f_code, value):
            return value
    return None


def _stands_for(code: CodeType, function: types.FunctionType) -> bool:
    layers = _layers(function.__module__, function.__qualname__)
    return any(getattr(layer, "__code__", None) is code for layer in layers)


def _layers(module: str, qualified_name: str) -> Iterator[Any]:
    """What is found under that name, and what its decorators are wrapped around."""
    found: Any = sys.modules.get(module)
    for part in qualified_name.split("."):
        found = getattr(found, "__dict__", {}).get(part)
    found = getattr(found, "__func__", getattr(found, "fget", found))
    while found is not None:
        yield found
        found = getattr(found, "__dict__", {}).get("__wrapped__")


def _function(frame: FrameType) -> Any:
    """The function whose code the frame runs, found by its name; None for one that is made on the fly."""
    layers = _layers(frame.f_globals.get("__name__", ""), name_of(frame))
    return next((each for each in layers if getattr(each, "__code__", None) is frame.f_code), None)


def _defaults(function: Any) -> dict[str, Any]:
    if function is None:
        return {}
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
    return {
        name: parameter.default
        for name, parameter in parameters.items()
        if parameter.default is not parameter.empty
    }


def _bound(frame: FrameType, function: types.FunctionType) -> dict[str, Any]:
    received = _received(frame)
    code = frame.f_code
    names = inspect.getargs(code)
    positional = [received[name] for name in names.args[: code.co_argcount] if name in received]
    keywords = {name: received[name] for name in names.args[code.co_argcount :]}
    positional += received.get(names.varargs or "", ())
    keywords.update(received.get(names.varkw or "", {}))
    try:
        bound = inspect.signature(function).bind(*positional, **keywords)
    except (TypeError, ValueError):
        return received
    bound.apply_defaults()
    return dict(bound.arguments)


def _stands_at_a_return(frame: FrameType) -> bool:
    return _instruction(frame) in _RETURNS


def _stands_at_a_yield(frame: FrameType) -> bool:
    # From Python 3.13 on it is the instruction after the yield.
    return _instruction(frame) in ("YIELD_VALUE", "RESUME")


def _instruction(frame: FrameType) -> str:
    return dis.opname[frame.f_code.co_code[frame.f_lasti]]
