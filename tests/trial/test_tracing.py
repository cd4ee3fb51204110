from __future__ import annotations

import math
import tempfile
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from generator import process, seeds
from generator.records import Call, Frame, Trace
from generator.trial import suite, tracing
from tests.conftest import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHOP = '''\
import asyncio
import contextlib
import enum
import functools
import threading
from dataclasses import dataclass
from decimal import Decimal


class Kind(enum.Enum):
    BIG = "big one"


@dataclass(frozen=True)
class Money:
    amount: Decimal
    currency: str = "EUR"
    _note: str = "hidden"

    def __post_init__(self):
        check(self.currency)

    def __str__(self):
        return f"{self.amount} {self.currency}"

    def halved(self):
        return Money(self.amount / 2)

    def noted(self, subject):
        return f"{subject}: {self}"


def check(currency):
    if len(currency) != 3:
        raise ValueError(f"{currency} is no currency")


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper


def retried(times):
    def decorate(function):
        @functools.wraps(function)
        def again(*args, **kwargs):
            for _ in range(times):
                result = function(*args, **kwargs)
            return result
        return again
    return decorate


class Base:
    def __init__(self, limit=10):
        self.limit = limit

    def inherited(self, a, *rest, key=1, **more):
        return [a, *rest]


class Shop(Base):
    @property
    def size(self):
        return self.limit

    @functools.cached_property
    def cached(self):
        return self.limit * 2

    @classmethod
    def make(cls, limit):
        return cls(limit)

    @staticmethod
    def twice(n):
        return n * 2

    @logged
    @retried(times=2)
    def buy(self, item, count=1):
        return self._price(item) * count

    def _price(self, item):
        price = {"tea": 3}[item]
        return price

    @contextlib.contextmanager
    def opened(self, name):
        check("EUR")
        yield name.upper()

    def captured(self, n):
        return max([1, 2], key=lambda one: one * n)

    def counted(self, n):
        for i in range(n):
            yield i
        return "end"

    def caught(self):
        try:
            check("EURO")
        except ValueError:
            return None

    def converted(self):
        for _ in self.counted(1):
            pass
        try:
            check("EURO")
        except ValueError as error:
            raise KeyError("no") from error

    def depth(self, n):
        return self.depth(n - 1) if n else 0

    def guarded(self, used):
        left = self.limit - used
        if (
            left
            < used
        ):
            return False
        return True

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return False


def closing(numbers):
    try:
        for number in numbers:
            yield number
    finally:
        check("EUR")


class Rude:
    def __str__(self):
        raise RuntimeError("no text")
    __repr__ = __str__


def given(value):
    return value


class Forgetful(dict):
    """A cache: each reading changes it."""
    def __getitem__(self, key):
        return self.pop(key)
    def items(self):
        raise AssertionError("touched")


async def slowly(shop, item):
    await asyncio.sleep(0)
    try:
        await asyncio.sleep(0)
        return shop.buy(item)
    finally:
        await asyncio.sleep(0)


async def for_ever(shop):
    while True:
        await asyncio.sleep(0.001)


async def all_of(shop, items):
    return await asyncio.gather(*[slowly(shop, item) for item in items])


async def one_by_one(items):
    for item in items:
        await asyncio.sleep(0)
        yield item


@contextlib.asynccontextmanager
async def lent(name):
    await asyncio.sleep(0)
    yield name.upper()


def in_thread(shop):
    worker = threading.Thread(target=shop.guarded, args=(1,))
    worker.start()
    worker.join()
'''

TESTS = """\
import asyncio
import collections
import datetime
import unittest
from decimal import Decimal

import pytest
from shop.core import *
from shop.core import Rude, Forgetful
from shop import core


@pytest.fixture
def shop():
    return Shop(10)


@pytest.fixture(scope="session")
def stand():
    return Shop(3)


@pytest.fixture(scope="module")
def counter(stand):
    stand.size
    return stand


@pytest.mark.parametrize("n", [0, 1])
def test_shared(n, shop, counter):
    counter.twice(n)


def test_names(shop):
    shop.size
    shop.cached
    Shop.make(3)
    Shop.twice(n=2)
    shop.inherited(1, 2, key=3, extra=4)
    shop.captured(2)
    with shop:
        pass


def test_decorated(shop):
    assert shop.buy("tea", 2) == 6


def test_generators(shop):
    assert list(shop.counted(3)) == [0, 1, 2]
    for n in closing([1, 2, 3]):
        break
    assert not list(shop.counted(0))


def test_context(shop):
    with shop.opened("tea") as name:
        assert name == "TEA"
    with pytest.raises(ZeroDivisionError), shop.opened("milk"):
        1 / 0


def test_exceptions(shop):
    shop.caught()
    with pytest.raises(KeyError):
        shop.converted()
    with pytest.raises(ValueError):
        Money(Decimal(1), "EURO")
    check("EUR")


def test_dataclass():
    assert Money(Decimal("1.50")) == Money(Decimal("1.50"))
    given(Money(Decimal("1.50")))


@pytest.mark.parametrize("given", [lambda: 3], ids=["called"])
def test_address(given):
    assert given() == 3


def test_altered():
    for kind in (list, dict, set):
        copies = [given(kind()) for _ in range(2)]
        copies[0].update([(1, 2)]) if kind is not list else copies[0].append(1)
    given([1])[0] = 2
    given([1]).reverse()
    given(Forgetful(a=1)).clear()


def test_subject(shop):
    Money(Decimal(6)).halved()
    shop.size
    Money(Decimal(6)).noted("fee")


def test_recursion(shop):
    shop.depth(5)


def test_many():
    for n in range(500):
        given(n)


def test_values():
    Point = collections.namedtuple("Point", "x y")
    endless = []
    endless.append(endless)
    wide = []
    for _ in range(9):
        wide = [wide] * 50
    for value in (
        None, True, 1.5, "text", Kind.BIG, datetime.date(2026, 3, 1), b"raw", {3, 1, 2}, {"a": [1]}, Point(1, 2),
        10**400, 10**5000, object(), Rude(), endless, list(range(60)), given, float, Decimal("2.50"), "x" * 1000, "\\udc80",
        collections.deque([1]), type("Count", (int,), {})(3), float("nan"),
    ):
        given(value)
    given(wide)


def test_untouched():
    cache = Forgetful(a=1)
    given(cache)
    assert len(cache) == 1


def helper(shop):
    return shop.guarded(6)


def test_guilty(shop):
    assert shop.guarded(2)
    assert helper(shop) is True


def test_thread(shop):
    in_thread(shop)


def test_awaited(shop):
    async def story():
        assert await slowly(shop, "tea") == 3
        with pytest.raises(KeyError):
            await slowly(shop, "milk")
    asyncio.run(story())


def test_run(shop):
    asyncio.run(slowly(shop, "tea"))


def test_tasks(shop):
    async def story():
        await asyncio.gather(slowly(shop, "tea"), all_of(shop, ["tea", "tea"]))
    asyncio.run(story())


def test_cancelled(shop):
    async def story():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(for_ever(shop), 0.01)
    asyncio.run(story())


def test_async_for():
    async def story():
        return [each async for each in one_by_one("ab")]
    assert asyncio.run(story()) == ["a", "b"]


def test_async_with():
    async def story():
        async with lent("tea") as tea:
            return tea
    assert asyncio.run(story()) == "TEA"


@pytest.mark.parametrize("count, item", [(1, "tea"), (2, "tea")])
def test_parameters(shop, count, item):
    assert shop.buy(item, count) > 3


class TestOld(unittest.TestCase):
    def setUp(self):
        self.shop = Shop(4)

    def test_method(self):
        self.shop.size
        self.assertEqual(self.shop.buy("tea"), 4)


class TestClass:
    def test_method(self):
        Shop(1).buy("milk")


def test_skipped():
    pytest.skip("not today")
"""

LIMITS = process.Limits(wall=60, cpu=30)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[suite.Tree]:
    root = tmp_path_factory.mktemp("traced")
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
def run(tree: suite.Tree) -> Callable[..., Trace]:
    def traced(test: str, watch: tracing.Watch | None = None) -> Trace:
        node = f"tests/test_shop.py::{test}"
        return tracing.traces(tree, [node], limits=LIMITS, watch=watch)[node]

    return traced


SET_UP = ("Base.__init__", {"limit": 10}, None, None)
"""What the fixture `shop` does."""


def told(calls: tuple[Call, ...]) -> list[tuple[str, Any, str | None, Any]]:
    return [(call.operation, call.arguments, call.raised, call.result) for call in calls]


def test_a_call_is_known_by_the_name_its_author_gave_it(run: Callable[..., Trace]) -> None:
    trace = run("test_names")
    assert told(trace.calls)[:3] == [
        SET_UP,
        ("Shop.size", {}, None, 10),
        ("Shop.cached", {}, None, 20),
    ]
    assert [(call.operation, dict(call.arguments)) for call in trace.calls[3:]] == [
        ("Shop.make", {"limit": 3}),
        ("Shop.twice", {"n": 2}),
        (
            "Base.inherited",
            {
                "a": 1,
                "key": 3,
                "rest": {"type": "tuple", "length": 1, "items": [2]},
                "more": {"type": "dict", "length": 1, "entries": [["extra", 4]]},
            },
        ),
        ("Shop.captured", {"n": 2}),
        ("Shop.__enter__", {}),
        ("Shop.__exit__", {"exc": {"type": "tuple", "length": 3, "items": [None] * 3}}),
    ]
    assert {call.path for call in trace.calls} == {"src/shop/core.py"}
    assert (trace.failure, trace.compared, trace.depth) == (None, None, None)


def test_a_decorated_function_is_told_as_itself(run: Callable[..., Trace]) -> None:
    assert told(run("test_decorated").calls) == [
        SET_UP,
        ("Shop.buy", {"item": "tea", "count": 2}, None, 6),
    ]


def test_a_generator_is_one_call_with_its_values(run: Callable[..., Trace]) -> None:
    items = {"type": "list", "length": 3, "items": [0, 1, 2]}
    assert told(run("test_generators").calls) == [
        SET_UP,
        ("Shop.counted", {"n": 3}, None, items),
        (
            "closing",
            {"numbers": {**items, "items": [1, 2, 3]}},
            None,
            {"type": "list", "length": 1, "items": [1]},
        ),
        ("Shop.counted", {"n": 0}, None, {"type": "list", "length": 0, "items": []}),
    ]


def test_a_context_manager_is_one_call_with_its_value(run: Callable[..., Trace]) -> None:
    assert told(run("test_context").calls) == [
        SET_UP,
        ("Shop.opened", {"name": "tea"}, None, "TEA"),
        ("Shop.opened", {"name": "milk"}, "ZeroDivisionError", "division by zero"),
    ]


@pytest.mark.slow
def test_an_awaited_call_is_one_call_however_often_it_waits(run: Callable[..., Trace]) -> None:
    buying = {"shop": None, "item": "tea"}
    calls = told(run("test_awaited").calls)
    assert [call[:1] + call[2:] for call in calls] == [
        (SET_UP[0], *SET_UP[2:]),
        ("slowly", None, 3),
        ("slowly", "KeyError", "'milk'"),
    ]
    assert [list(call[1]) for call in calls[1:]] == [list(buying)] * 2
    assert [call.operation for call in run("test_run").calls] == [SET_UP[0], "slowly"]


def test_what_the_test_runs_at_once_is_its_call_and_what_the_package_runs_at_once_is_not(
    run: Callable[..., Trace],
) -> None:
    calls = [(call.operation, call.result) for call in run("test_tasks").calls]
    assert calls == [
        (SET_UP[0], None),
        ("slowly", 3),
        ("all_of", {"type": "list", "length": 2, "items": [3, 3]}),
    ]


@pytest.mark.slow
def test_an_asynchronous_generator_is_one_call_whose_values_nobody_sees(
    run: Callable[..., Trace],
) -> None:
    calls = [(call.operation, call.result) for call in run("test_async_for").calls]
    assert calls == [("one_by_one", {"type": "async_generator"})]
    calls = [(call.operation, call.result) for call in run("test_async_with").calls]
    assert calls == [("lent", {"type": "async_generator"})]


@pytest.mark.slow
def test_a_call_that_is_cancelled_ends_with_that(run: Callable[..., Trace]) -> None:
    calls = [(call.operation, call.raised) for call in run("test_cancelled").calls]
    assert calls == [(SET_UP[0], None), ("for_ever", "CancelledError")]


def test_only_an_exception_that_ends_the_call_is_told(run: Callable[..., Trace]) -> None:
    assert told(run("test_exceptions").calls) == [
        SET_UP,
        ("Shop.caught", {}, None, None),
        ("Shop.converted", {}, "KeyError", "'no'"),
        ("check", {"currency": "EUR"}, None, None),
    ]


def test_what_a_dataclass_generates_is_no_call(run: Callable[..., Trace]) -> None:
    ((operation, arguments, _, result),) = told(run("test_dataclass").calls)
    money = {
        "type": "Money",
        "text": "1.50 EUR",
        "fields": {"amount": {"type": "Decimal", "text": "1.50"}, "currency": "EUR"},
    }
    assert (operation, arguments, result) == ("given", {"value": money}, money)


def test_what_a_call_gave_and_somebody_altered_is_marked(run: Callable[..., Trace]) -> None:
    altered = [call.altered for call in run("test_altered").calls if call.operation == "given"]
    assert altered == [True, False] * 3 + [True, False, False]


def test_calls_within_the_package_are_not_told(run: Callable[..., Trace]) -> None:
    assert told(run("test_recursion").calls) == [SET_UP, ("Shop.depth", {"n": 5}, None, 0)]


def test_the_first_400_calls_are_kept(run: Callable[..., Trace]) -> None:
    assert [call.result for call in run("test_many").calls] == list(range(400))


def test_every_value_has_a_description_of_bounded_size(run: Callable[..., Trace]) -> None:
    *values, wide = [call.result for call in run("test_values").calls]
    endless = values.pop(14)
    assert repr(endless).count("length") == 6
    nan = values.pop()
    assert isinstance(nan, float)
    assert math.isnan(nan)
    assert values == [
        None,
        True,
        1.5,
        "text",
        {"type": "Kind", "text": "big one"},
        {"type": "date", "text": "2026-03-01"},
        {"type": "bytes", "text": "b'raw'"},
        {"type": "set", "length": 3, "items": [1, 2, 3]},
        {
            "type": "dict",
            "length": 1,
            "entries": [["a", {"type": "list", "length": 1, "items": [1]}]],
        },
        {"type": "Point", "fields": {"x": 1, "y": 2}},
        10**400,
        {"type": "int"},
        {"type": "object"},
        {"type": "Rude", "text": None},
        {"type": "list", "length": 60, "items": list(range(50))},
        {"type": "function"},
        {"type": "type"},
        {"type": "Decimal", "text": "2.50"},
        "x" * 399 + "…",
        "\\udc80",
        {"type": "deque", "length": 1, "items": [1]},
        3,
    ]
    assert len(repr(wide)) < 100_000


def test_describing_a_value_does_not_touch_it(run: Callable[..., Trace]) -> None:
    trace = run("test_untouched")
    assert trace.failure is None
    assert trace.calls[-1].result == {"type": "Forgetful", "length": 1, "entries": [["a", 1]]}


def guarded_line() -> int:
    return SHOP.splitlines().index("            < used") + 1


def watch_guarded(first: int, last: int) -> tracing.Watch:
    watch = tracing.watch(SHOP.encode(), "src/shop/core.py", "Shop.guarded", first, last)
    assert watch is not None
    return watch


def test_watching_a_line_of_a_header_watches_the_whole_header() -> None:
    line = guarded_line()
    watch = watch_guarded(line, line)
    assert (watch.name, watch.lines, watch.names) == (
        "guarded",
        (line - 2, line - 1, line, line + 1),
        ("left", "used"),
    )
    assert (watch.first, watch.last) == (line - 4, line + 3)


def test_attributes_are_watched_and_what_is_called_is_not() -> None:
    source = b"class A:\n    def f(self, a):\n        b = g(a.total, self.x.y(self.z), len(a))\n"
    watch = tracing.watch(source, "a.py", "A.f", 3, 3)
    assert watch is not None
    assert watch.names == ("b", "a.total", "self.x", "self.z", "a")


@pytest.mark.parametrize("function", ["", "A", "A.g"])
def test_outside_of_functions_nothing_is_watched(function: str) -> None:
    source = b"class A:\n    x = 1\n    def f(self): return 1\n"
    assert tracing.watch(source, "a.py", function, 2, 2) is None


def test_of_functions_with_one_name_the_one_around_the_line_is_watched() -> None:
    source = b"class A:\n    @property\n    def x(self):\n        return 1\n    @x.setter\n    def x(self, v):\n        self.v = v\n"
    watch = tracing.watch(source, "a.py", "A.x", 7, 7)
    assert watch is not None
    assert (watch.first, watch.last, watch.names) == (5, 7, ("self.v", "v"))


def test_a_match_has_a_header_too() -> None:
    source = (
        b"def f(a):\n    match a:\n        case 1:\n            return 2\n        case _:\n"
        b"            return 3\n"
    )
    watch = tracing.watch(source, "a.py", "f", 2, 2)
    assert watch is not None
    assert watch.lines == (2,)


@pytest.mark.slow
def test_what_the_set_up_does_to_the_guilty_function_does_not_count(
    run: Callable[..., Trace],
) -> None:
    line = SHOP.splitlines().index("        self.limit = limit") + 1
    watch = tracing.watch(SHOP.encode(), "src/shop/core.py", "Base.__init__", line, line)
    trace = run("test_recursion", watch)
    assert (trace.depth, trace.values) == (None, {})
    trace = run("TestClass::test_method", watch)
    assert (trace.depth, trace.values) == (1, {"limit": "1"})


def test_the_guilty_function_has_a_depth_and_its_line_values(run: Callable[..., Trace]) -> None:
    line = guarded_line()
    trace = run("test_guilty", watch_guarded(line, line))
    assert trace.depth == 1
    assert trace.values == {"left": "8", "used": "2"}
    assert trace.compared == ("is", False, True)
    assert trace.failure is not None
    assert trace.failure.exception == "AssertionError"
    assert trace.failure.frames == (
        Frame("tests/test_shop.py", TESTS.splitlines().index("    assert helper(shop) is True") + 1, "test_guilty"),
    )  # fmt: skip


@pytest.mark.slow
def test_depth_counts_the_package_and_not_the_decorators_library(run: Callable[..., Trace]) -> None:
    line = SHOP.splitlines().index('        price = {"tea": 3}[item]') + 1
    watch = tracing.watch(SHOP.encode(), "src/shop/core.py", "Shop._price", line, line)
    assert run("test_decorated", watch).depth == 4
    assert run("test_names", watch).depth is None


def test_a_function_that_runs_in_a_thread_is_seen(run: Callable[..., Trace]) -> None:
    line = guarded_line()
    trace = run("test_thread", watch_guarded(line, line))
    assert (trace.depth, trace.values) == (1, {"left": "9", "used": "1"})
    assert [call.operation for call in trace.calls[1:]] == ["in_thread"]


def test_parametrised_arguments_are_told(run: Callable[..., Trace]) -> None:
    trace = run("test_parameters[1-tea]")
    assert trace.parameters == {"count": "1", "item": "'tea'"}
    assert trace.compared == (">", 3, 3)


@pytest.mark.slow
def test_methods_of_unittest_are_watched_without_their_set_up(run: Callable[..., Trace]) -> None:
    trace = run("TestOld::test_method")
    assert told(trace.calls) == [
        ("Shop.size", {}, None, 4),
        ("Shop.buy", {"item": "tea", "count": 1}, None, 3),
    ]
    assert trace.compared == ("==", 3, 4)


def test_methods_of_plain_classes_are_watched(run: Callable[..., Trace]) -> None:
    trace = run("TestClass::test_method")
    assert told(trace.calls) == [
        ("Base.__init__", {"limit": 1}, None, None),
        ("Shop.buy", {"item": "milk", "count": 1}, "KeyError", "'milk'"),
    ]
    assert trace.failure is not None
    assert trace.failure.frames[-1].function == "Shop._price"


def test_a_skipped_test_has_no_calls(run: Callable[..., Trace]) -> None:
    trace = run("test_skipped")
    assert (trace.calls, trace.failure) == ((), None)


def test_the_same_is_traced_once(
    run: Callable[..., Trace], tree: suite.Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run("test_guilty")
    monkeypatch.delattr(suite, "run")
    assert run("test_guilty") == first
    other = tree.with_files({"tests/test_shop.py": TESTS.encode() + b"\n"})
    with pytest.raises(AttributeError):
        tracing.traces(other, ["tests/test_shop.py::test_guilty"], limits=LIMITS, watch=None)


def test_a_test_watched_with_others_tells_the_same(
    run: Callable[..., Trace], tree: suite.Tree
) -> None:
    names = [
        f"tests/test_shop.py::{name}" for name in ("test_compared", "test_subject", "test_guilty")
    ]
    other = tree.with_files({"note.txt": b""})
    together = tracing.traces(other, names, limits=LIMITS, watch=None)
    assert [together[name] for name in names] == [run(name.rpartition("::")[2]) for name in names]


def test_what_fixtures_do_for_several_tests_is_told_of_each(tree: suite.Tree) -> None:
    names = [f"tests/test_shop.py::test_shared[{n}]" for n in (0, 1)]
    together = tracing.traces(tree, names, limits=LIMITS, watch=None)
    for n, name in enumerate(names):
        calls = [(call.operation, call.result) for call in together[name].calls]
        assert calls == [
            ("Base.__init__", None),
            ("Shop.size", 3),
            ("Base.__init__", None),
            ("Shop.twice", 2 * n),
        ]


def test_a_call_of_a_value_tells_which_value_was_asked(run: Callable[..., Trace]) -> None:
    _, halved, size, noted = run("test_subject").calls
    subject = halved.arguments["subject"]
    assert isinstance(subject, dict)
    assert subject["text"] == "6 EUR"
    assert "subject" not in size.arguments
    assert noted.arguments == {"subject": "fee"}


@pytest.mark.slow
def test_a_parameter_that_is_known_by_its_address_is_left_out(run: Callable[..., Trace]) -> None:
    assert run("test_address[called]").parameters == {}


def test_a_call_knows_its_defaults(tree: suite.Tree) -> None:
    test = """\
    import threading
    from shop.core import Shop, logged, retried


    def test_defaults():
        shop = Shop(4)
        shop.inherited(1, key=2)
        threading.Thread(target=lambda: None).start()


    def test_two_at_once():
        shop = Shop(4)
        thread = threading.Thread(target=lambda: shop.inherited(1))
        thread.start()
        thread.join()
    """
    other = tree.with_files({"tests/test_more.py": textwrap.dedent(test).encode()})
    names = [f"tests/test_more.py::{name}" for name in ("test_defaults", "test_two_at_once")]
    alone, together = tracing.traces(other, names, limits=LIMITS, watch=None).values()
    assert [call.defaults for call in alone.calls] == [{"limit": 10}, {"key": 1}]
    assert (alone.threaded, together.threaded) == (False, True)
