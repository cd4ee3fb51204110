"""What the record of one test holds, and that recording changes nothing."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

from generator import process, seeds
from generator.execution import End, Entry, Execution, Given, Invocation
from generator.trial import steps, suite
from tests.conftest import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHOP = '''\
import asyncio
import contextlib
import enum
import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass


class Kind(enum.Enum):
    BIG = 1


@dataclass(frozen=True)
class Money:
    amount: int
    currency: str = "EUR"


class Slotted:
    __slots__ = ("left", "right")

    def __init__(self):
        self.left = 1


class Cart:
    def __init__(self):
        self.total = 0

    def add(self, cost):
        self.total += cost
        return self.total


class Rude:
    """Whoever looks at it has to wait for ever, and changes it."""

    looked = 0

    def __init__(self):
        self.worth = 3

    def _look(self, *_):
        Rude.looked += 1
        print("looked at")
        while True:
            pass

    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __iter__ = _look

    def __getattr__(self, name):
        self._look()

    @property
    def __class__(self):
        self._look()


class Haggler(list):
    def __iter__(self):
        raise RuntimeError("no")

    __repr__ = __len__ = __getitem__ = __iter__


def passed(value):
    return value


def branch(n):
    if n > 1:
        found = "many"
    else:
        found = "few"
    return found


def comes(n):
    for i in range(n):
        yield i


def refuses():
    raise ValueError("no", 3)


def tries():
    try:
        refuses()
    except ValueError:
        return "caught"


def closes(numbers):
    try:
        yield from numbers
    finally:
        passed("closed")


@contextlib.contextmanager
def held(lock):
    with lock:
        yield


def answers():
    for _ in range(2):
        try:
            yield
        except KeyError:
            passed("caught")


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def adds(n):
    total = 0
    for i in range(n):
        total += i
    return total


def calls(n):
    for i in range(n):
        passed(i)


async def fetch(n):
    await asyncio.sleep(0)
    return n


async def both():
    first = await fetch(1)
    return [first, *await asyncio.gather(fetch(2), fetch(3))]


async def apiece():
    for n in range(2):
        await asyncio.sleep(0)
        yield n


async def all_of():
    return [n async for n in apiece()]


def in_thread():
    for word in ("there", "then"):
        thread = threading.Thread(target=passed, args=(word,))
        thread.start()
        thread.join()


def drawn():
    first, second = uuid.uuid4(), uuid.uuid4()
    return [str(first), second.hex, str(first), object()]
'''
TESTS = """\
import asyncio
import sys
import unittest
from pathlib import Path

import pytest
from shop.core import *
from shop.core import Rude, Haggler
from shop import core


@pytest.fixture
def cart():
    cart = Cart()
    cart.add(1)
    return cart


def test_lines():
    assert branch(2) == "many"


def test_attributes(cart):
    cart.add(2)


def test_values(tmp_path):
    endless = []
    endless.append(endless)
    for value in (
        1, "text", None, Kind.BIG, Money(2), Slotted(), b"raw", {3, 1, 2}, OrderedDict(b=1, a=2), (1,), [1] * 100,
        "x" * 1000, 10**5000, endless, ValueError("no"), Path(tmp_path / "file"), passed, float,
    ):
        passed(value)


def test_rude():
    rude = passed(Rude())
    passed(Haggler([1]))
    assert rude.worth == 3
    assert Rude.looked == 0


def test_generator():
    assert list(comes(2)) == [0, 1]
    for n in closes([1, 2]):
        break
    waits = comes(5)
    next(waits)


def test_exceptions():
    assert tries() == "caught"
    with pytest.raises(ValueError):
        refuses()


def test_thrown_into():
    with pytest.raises(KeyError), held(threading.Lock()):
        raise KeyError("k")
    asked = answers()
    next(asked)
    asked.throw(KeyError("k"))
    next(asked, None)


def test_recursion():
    assert factorial(600) > 1


def test_out_of_stack():
    sys.setrecursionlimit(400)
    with pytest.raises(RecursionError):
        factorial(1000)


def test_tasks():
    assert asyncio.run(both()) == [1, 2, 3]


def test_async_generator():
    assert asyncio.run(all_of()) == [0, 1]


def test_thread():
    in_thread()


def test_long_loop():
    assert adds(100_000) == 4999950000


def test_many_calls():
    calls(100_000)


def test_drawn():
    drawn()


class TestOld(unittest.TestCase):
    def test_method(self):
        self.assertEqual(branch(0), "few")
"""
LIMITS = process.Limits(wall=60, cpu=30)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[suite.Tree]:
    root = tmp_path_factory.mktemp("recorded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUGSQUASH_HOME", str(root / "home"))
        patch.setattr(tempfile, "tempdir", str(root))
        files = {
            "src/shop/__init__.py": "",
            "src/shop/core.py": SHOP,
            "tests/test_shop.py": TESTS,
            "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']\n",
        }
        yield suite.tree_of(seeds.load(str(write(root / "project", files))))


@pytest.fixture
def record(tree: suite.Tree) -> Callable[..., Execution]:
    def recorded(test: str, own: float = 5, hash_seed: str = "0") -> Execution:
        found = steps.recorded(
            tree, f"tests/test_shop.py::{test}", own=own, limits=LIMITS, hash_seed=hash_seed
        )
        assert found.finished
        assert found.failure is None
        return found

    return recorded


def named(execution: Execution, name: str) -> list[Invocation]:
    return [call for call in execution.calls if call.function.name == name]


def line_of(text: str) -> int:
    return SHOP[: SHOP.index(text)].count("\n") + 1


def test_lines_are_told_with_what_they_changed(record: Callable[..., Execution]) -> None:
    (call,) = named(record("test_lines"), "branch")
    assert call.function.line == line_of("def branch")
    assert call.arguments == {"n": "2"}
    assert [(step.line, step.changed) for step in call.steps] == [
        (line_of("if n > 1"), {}),
        (line_of('found = "many"'), {"found": "'many'"}),
        (line_of("return found"), {}),
    ]
    assert (call.end, call.returned) == (End.RETURNED, "'many'")


def test_a_call_knows_who_made_it_and_where(record: Callable[..., Execution]) -> None:
    execution = record("test_lines")
    (call,) = named(execution, "branch")
    assert call.caller is not None
    test = execution.calls[call.caller]
    assert test.function.name == "test_lines"
    assert TESTS.splitlines()[call.site - 1] == '    assert branch(2) == "many"'


def test_attributes_are_told_by_name_and_fixtures_are_part_of_it(
    record: Callable[..., Execution],
) -> None:
    first, second = named(record("test_attributes"), "Cart.add")
    assert first.arguments == {"self": "Cart", "self.total": "0", "cost": "1"}
    assert first.steps[0].changed == {"self.total": "1"}
    assert second.steps[0].changed == {"self.total": "3"}


def test_values_are_short_and_tell_types_apart(record: Callable[..., Execution]) -> None:
    told = [call.returned for call in named(record("test_values"), "passed")]
    assert told[:11] == [
        "1",
        "'text'",
        "None",
        "Kind.BIG",
        "Money(amount=2, currency='EUR')",
        "Slotted(left=1)",
        "b'raw'",
        "{1, 2, 3}",
        "{'b': 1, 'a': 2}",
        "(1,)",
        "[" + "1, " * 10 + "… 88 more, 1, 1]",
    ]
    assert told[11] is not None
    assert told[11].startswith("'xxxx")
    assert told[12] is not None
    assert told[12].startswith("<int of 16610 bits")
    assert told[13:] == [
        "[[[[… 1 more]]]]",
        "ValueError('no')",
        "Path('/tmp/pytest-of-root/pytest-0/test_values0/file')",
        "<function passed>",
        "<class float>",
    ]
    assert max(len(text) for text in told if text) < 500


def test_nothing_of_a_value_s_own_is_run(record: Callable[..., Execution]) -> None:
    told = [call.returned for call in named(record("test_rude"), "passed")]
    assert told == ["Rude(worth=3)", "[1]"]


def test_a_generator_is_one_call_that_waits(record: Callable[..., Execution]) -> None:
    execution = record("test_generator")
    ended, waiting = named(execution, "comes")
    given = [each for step in ended.steps for each in step.deeds if isinstance(each, Given)]
    assert [each.value for each in given] == ["0", "1"]
    assert ended.end is End.RETURNED
    # From Python 3.13 on nothing runs when one is closed that has nothing to do then.
    assert waiting.end in (End.RAISED, End.OPEN)
    test = execution.calls[ended.caller or 0]
    entries = [each for step in test.steps for each in step.deeds if isinstance(each, Entry)]
    of_it = [each for each in entries if each.call == ended.number]
    assert [each.resumed for each in of_it] == [False, True, True]
    (closed,) = named(execution, "passed")
    assert execution.calls[closed.caller or 0].function.name == "closes"


def test_an_exception_is_told_where_it_was_raised_and_where_it_came_through(
    record: Callable[..., Execution],
) -> None:
    execution = record("test_exceptions")
    (caught,) = named(execution, "tries")
    raised = {step.line: step.raised[0] for step in caught.steps if step.raised}
    assert raised == {line_of("        refuses()"): "ValueError('no', 3)"}
    assert (caught.end, caught.returned) == (End.RETURNED, "'caught'")
    assert [call.end for call in named(execution, "refuses")] == [End.RAISED, End.RAISED]


def test_a_generator_that_is_thrown_into_ends_or_goes_on(
    record: Callable[..., Execution],
) -> None:
    execution = record("test_thrown_into")
    (held,), (answers,) = named(execution, "held"), named(execution, "answers")
    given = [[each for step in call.steps for each in step.deeds] for call in (held, answers)]
    assert (held.end, len(given[0])) == (End.RAISED, 1)
    assert (answers.end, len(given[1])) == (End.RETURNED, 3)


def test_recursion_is_told_to_its_depth(record: Callable[..., Execution]) -> None:
    calls = named(record("test_recursion"), "factorial")
    assert len(calls) == 600
    assert calls[-1].returned == "1"


def test_a_test_that_runs_out_of_stack_still_does(record: Callable[..., Execution]) -> None:
    assert len(named(record("test_out_of_stack"), "factorial")) > 100


def test_a_task_is_a_stream_of_its_own(record: Callable[..., Execution]) -> None:
    execution = record("test_tasks")
    assert [(stream.kind, stream.name) for stream in execution.streams] == [
        ("main", ""),
        ("task", "both"),
        ("task", "fetch"),
        ("task", "fetch"),
    ]
    assert [call.returned for call in named(execution, "both")] == ["[1, 2, 3]"]
    (first, *_) = named(execution, "fetch")
    assert execution.calls[first.caller or 0].function.name == "both"
    (root,) = named(execution, "both")
    assert execution.calls[root.caller or 0].function.name == "test_tasks"


def test_an_asynchronous_generator_waits_only_for_its_next_value(
    record: Callable[..., Execution],
) -> None:
    execution = record("test_async_generator")
    (call,) = named(execution, "apiece")
    given = [each for step in call.steps for each in step.deeds if isinstance(each, Given)]
    assert len(given) == 2
    assert call.end is End.RETURNED


def test_a_thread_is_a_stream_of_its_own(record: Callable[..., Execution]) -> None:
    execution = record("test_thread")
    assert [(stream.kind, stream.name) for stream in execution.streams[1:]] == [
        ("thread", "passed"),
        ("thread", "passed"),
    ]
    assert [call.returned for call in named(execution, "passed")] == ["'there'", "'then'"]


def test_a_long_loop_is_told_at_its_beginning_and_its_end(
    record: Callable[..., Execution],
) -> None:
    execution = record("test_long_loop")
    (call,) = named(execution, "adds")
    assert execution.length < 3000
    assert call.thin_from == len(call.steps) - 1
    assert call.steps[-1].changed["total"] == "4999950000"
    assert execution.sparse is None


@pytest.mark.slow
def test_a_record_is_bounded_and_says_that_it_was_cut(record: Callable[..., Execution]) -> None:
    execution = record("test_many_calls")
    assert (execution.sparse, execution.is_cut) == ("size", True)
    assert execution.length <= 200_000


def test_past_its_time_a_record_has_calls_and_no_lines(record: Callable[..., Execution]) -> None:
    nothing = -steps.BESIDE / steps.TIMES
    execution = record("test_recursion", nothing)
    assert execution.sparse == "time"
    calls = named(execution, "factorial")
    assert calls[0].arguments == {"n": "600"}
    assert calls[-1].arguments is None
    assert not calls[-1].steps


def test_what_is_drawn_by_chance_is_numbered(record: Callable[..., Execution]) -> None:
    (call,) = named(record("test_drawn"), "drawn")
    assert call.returned == "['uuid-1', 'uuid-2', 'uuid-1', <object>]"


def test_two_records_of_one_test_are_equal(record: Callable[..., Execution]) -> None:
    for test in ("test_values", "test_tasks", "test_drawn", "test_attributes"):
        assert record(test) == record(test, hash_seed="1")


def test_a_method_of_unittest_is_recorded(record: Callable[..., Execution]) -> None:
    assert [call.returned for call in named(record("TestOld::test_method"), "branch")] == ["'few'"]
