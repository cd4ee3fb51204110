"""Leave out the factor between seconds and milliseconds, or put one where none belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import TIGHT, replace
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name
from generator.operators.words import speaks_of, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

THOUSAND = frozenset({"1000", "1_000", "1000.0", "1_000.0", "1e3", "1.0e3"})
MILLI = frozenset({"ms", "msec", "msecs", "milli", "millis", "millisecond", "milliseconds"})
UNITS = MILLI | {"second", "seconds", "sec", "secs", "microsecond", "microseconds"}
SPANS = UNITS | frozenset(
    """
    time times timestamp ts now deadline expiry expires expire expiration until since when ttl timeout timeouts delay
    delays interval elapsed duration wait pause sleep backoff latency period age at cooldown moment instant patience
    span grace lifetime started finished start end clock retry after
    """.split()
)
"""Words for what is measured in seconds or in milliseconds."""
VAGUE = frozenset({"at", "start", "end", "after", "retry", "when", "period", "span"})
"""Words that speak of time only beside another one."""
UNIT_NAMES = UNITS | {"minute", "hour", "day", "week", "minutes", "hours", "days", "weeks"}
CLOCKS = frozenset({"time", "timestamp", "total_seconds"})
"""Calls that answer in seconds."""
DATES = frozenset({"fromtimestamp", "utcfromtimestamp", "gmtime", "localtime", "ctime"})
"""Calls that refuse a moment which is a thousand times too late."""


@operator(
    family="time",
    change="expression",
    story="One side counted in seconds and the other in milliseconds, and nobody thought of it where the two met.",
    symptom="Something lasts a thousand times too long, or is over at once.",
    hint="Write the unit beside every number that stands for a time, and follow one of them through.",
    evidence=[
        "operand or operator in an expression: 14.8 % of labelled single-statement fixes in Python",
        "written from experience: no study at hand counts units of time",
    ],
    examples=[
        Example("deadline = now + timeout * 1000\n", "deadline = now + timeout\n"),
        Example(
            "def nap(pause_ms):\n    sleep( pause_ms / 1_000 )  # short\n",
            "def nap(pause_ms):\n    sleep( pause_ms )  # short\n",
        ),
        Example(
            "SECOND = 1_000\n\n\ndef to_ms(seconds):\n    return round(seconds * SECOND), SECOND\n",
            "SECOND = 1_000\n\n\ndef to_ms(seconds):\n    return round(seconds), SECOND\n",
        ),
        Example(
            "wait = max(\n    timeout * 1000,  # at least\n    delay,\n)\n",
            "wait = max(\n    timeout,  # at least\n    delay,\n)\n",
        ),
        Example(
            "def share(self, now):\n    return (now - self.at) * self.speed / (self.interval / 1000.0)\n",
            "def share(self, now):\n    return (now - self.at) * self.speed / self.interval\n",
        ),
        Example("started = int(time.time())\n", "started = int(time.time() * 1000)\n"),
        Example(
            "until = now + timedelta(milliseconds=delay)\n",
            "until = now + timedelta(seconds=delay)\n",
        ),
        Example(
            "from clock import Clock, to_ms\n\n\ndef f(timeout):\n    return Clock().now() + to_ms(timeout)\n",
            "from clock import Clock\n\n\ndef f(timeout):\n    return Clock().now() + timeout\n",
        ),
    ],
    untouched=[
        "price = amount * 1000\n",
        "size = rows / 1000\n",
        "SECOND = 1000\n",
        "when = datetime.fromtimestamp(at_ms / 1000)\n",
        "until = now + timedelta(seconds=seconds)\n",
        "def f(timeout):\n    SECOND = 1000\n    return timeout * SECOND\n",
        "seconds_since = last.total_seconds()\nperf = time.time()\nstart = time.monotonic()\n",
        "elapsed_ms = elapsed * 1000\n",
        "MINUTE = 60 * SECOND\n",
        "def f(delay):\n    return delay * 1000 if delay is not None else None\n",
        "text = f'{elapsed * 1000} ms'\n",
    ],
)
def seconds_for_milliseconds(
    target: cst.BinaryOperation | cst.Call, at: Context
) -> Iterator[Change]:
    """Yield the number as it is where it was converted, and converted where it should stay as it is."""
    if isinstance(target, cst.BinaryOperation):
        yield from _without_factor(target, at)
    elif _is_a_conversion(target, at):
        if not _makes_a_date(at):
            yield from _some(removal.unwrapped(at, target, target.args[0].value))
    elif at.text(target.func).rpartition(".")[2] == "timedelta":
        yield from _other_unit(target, at)
    elif _reads_a_clock(target) and _is_kept(at):
        yield replace(target, f"{at.source.inner_text(target)} * 1000")


def _some(change: Change | None) -> Iterator[Change]:
    if change is not None:
        yield change


def _without_factor(target: cst.BinaryOperation, at: Context) -> Iterator[Change]:
    sides = (target.left, target.right)
    if isinstance(target.operator, cst.Multiply):
        factor = next((each for each in reversed(sides) if _is_factor(each, at)), None)
    elif isinstance(target.operator, cst.Divide | cst.FloorDivide):
        factor = target.right if _is_factor(target.right, at) else None
    else:
        return
    if factor is None:
        return
    kept = target.left if factor is target.right else target.right
    if _is_factor(kept, at) or not _is_time(target, kept, factor, at) or _makes_a_date(at):
        return
    if _gives_itself_away(target, kept, at):
        return
    clearing = removal.clearing(at, target, kept=(kept,))
    if target.lpar and isinstance(kept, TIGHT) and clearing is not None:
        yield replace(target, at.text(kept), parentheses=True) + clearing
    else:
        yield from _some(removal.unwrapped(at, target, kept))


def _gives_itself_away(target: cst.BinaryOperation, kept: cst.BaseExpression, at: Context) -> bool:
    """Whether the result would be seen at a glance: `elapsed_ms = elapsed`, `MINUTE = 60`, `x if x else None`."""
    match at.parent():
        case cst.Assign(targets=[cst.AssignTarget(target=place)]):
            plain = isinstance(kept, cst.Name | cst.Attribute)
            unit = last_name(place).isupper() and set(words(last_name(place))) <= UNIT_NAMES
            return unit or (plain and speaks_of(last_name(place), UNITS))
        case cst.IfExp(test=test):
            return at.text(kept) in at.text(test)
    return any(isinstance(each, cst.FormattedStringExpression) for each in at.ancestors(target))


def _is_factor(node: cst.CSTNode, at: Context) -> bool:
    """`1000`, or a constant whose name says that it is a second, or milliseconds to the second."""
    if isinstance(node, cst.BaseNumber):
        return at.source.inner_text(node) in THOUSAND
    if not isinstance(node, cst.Name | cst.Attribute):
        return False
    name = last_name(node)
    return name.isupper() and set(words(name)) <= UNITS | {"per", "in", "to", "a", "one"}


def _is_time(
    target: cst.BinaryOperation, kept: cst.BaseExpression, factor: cst.CSTNode, at: Context
) -> bool:
    """Whether names say that the number is a time: its own, or that of what it is given to."""
    if not isinstance(factor, cst.BaseNumber):
        return True
    own = last_name(kept)
    parts = [*_names(kept, at), *_given_to(target, at)]
    if any(speaks_of(each, UNITS) for each in parts):
        return True
    return speaks_of(own, SPANS - VAGUE) or any(speaks_of(each, SPANS - VAGUE) for each in parts)


def _names(node: cst.BaseExpression, at: Context) -> Iterator[str]:
    yield from (each.value for each in at.within(node, cst.Name))
    yield from (each.attr.value for each in at.within(node, cst.Attribute))


def _given_to(node: cst.CSTNode, at: Context) -> Iterator[str]:
    """The names that the value of an expression goes by: a target, a keyword, a function that is called or returns."""
    inner = node
    for around in at.ancestors(node):
        match around:
            case cst.Arg(keyword=cst.Name(value=name)):
                yield name
                return
            case cst.Assign(targets=targets):
                yield from (last_name(each.target) for each in targets)
                return
            case cst.AnnAssign(target=place) | cst.AugAssign(target=place):
                yield last_name(place)
                return
            case cst.Call(func=func) if func is not inner:
                yield last_name(func)
            case cst.Return():
                yield at.function.name.value if at.function is not None else ""
                return
            case cst.BaseStatement() | cst.BaseSmallStatement():
                return
        inner = around


def _makes_a_date(at: Context) -> bool:
    """Whether a moment a thousand times too late would not be accepted."""
    for around in at.ancestors():
        if isinstance(around, cst.Call) and last_name(around.func) in DATES:
            return True
        if isinstance(around, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            break
    return False


def _is_a_conversion(target: cst.Call, at: Context) -> bool:
    """`to_ms(seconds)`: one argument, and a name that says into what it is turned."""
    name = words(last_name(target.func))
    if len(target.args) != 1 or target.args[0].star or target.args[0].keyword is not None:
        return False
    if not isinstance(target.func, cst.Name) or isinstance(target.args[0].value, cst.BaseString):
        return False
    turned = {"to", "as", "in", "from", "whole"} & set(name)
    return bool(turned) and bool(UNITS & set(name)) and at.function is not None


def _other_unit(target: cst.Call, at: Context) -> Iterator[Change]:
    other = {"seconds": "milliseconds", "milliseconds": "seconds"}
    for arg in target.args:
        keyword = arg.keyword.value if arg.keyword is not None else ""
        if keyword not in other or any(
            each.keyword is not None and each.keyword.value == other[keyword]
            for each in target.args
        ):
            continue
        told = {word for name in _names(arg.value, at) for word in words(name)}
        gives_away = told & (MILLI if other[keyword] == "seconds" else UNITS - MILLI)
        if arg.keyword is not None and not gives_away and told:
            yield replace(arg.keyword, other[keyword])


def _reads_a_clock(target: cst.Call) -> bool:
    if not isinstance(target.func, cst.Attribute) or target.args:
        return False
    name, owner = target.func.attr.value, last_name(target.func.value)
    return name in CLOCKS and (name in {"timestamp", "total_seconds"} or owner == "time")


def _is_kept(at: Context) -> bool:
    """Whether the seconds go on as they are: into a variable, an argument, or a whole number."""
    for around in at.ancestors():
        match around:
            case cst.Call(func=func) if last_name(func) in {"int", "round", "float"}:
                continue
            case cst.Arg():
                continue
            case cst.Assign(targets=targets):
                told = [last_name(each.target) for each in targets]
                return any(speaks_of(each, SPANS) and not speaks_of(each, UNITS) for each in told)
            case cst.Return():
                name = at.function.name.value if at.function is not None else ""
                return not speaks_of(name, UNITS)
            case _:
                return False
    return False
