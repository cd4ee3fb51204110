"""A value as a short text that reads the same in the next run. No code of the value's own is run for it: what may raise, loop,
print or change something when it is looked at is looked at from outside, through what the interpreter itself keeps of it."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import fractions
import itertools
import pathlib
import re
import sys
import types
import uuid
import zlib
import zoneinfo
from typing import TYPE_CHECKING, Any, Callable, Dict, List, NamedTuple, Optional, Tuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bugsquash_child.report import Report

ITEMS = 12
"""Of one collection, at either end of which some are shown."""
TAIL = 2
DEPTH = 3
NODES = 40
"""Parts of one value."""
FIELD_NODES = 20
"""Of one attribute: those of `self` are looked at after every line, which takes most of the time of a record."""
TEXT = 400
"""Characters of one value."""
STRING = 120
"""Characters of one string, at its start; of what follows, a checksum tells whether it is the same."""
FIELDS = 24
"""Attributes of one object."""
_LARGE_INT = 400
"""Bits: to write out a large number takes the square of its length."""
_DRAWN = re.compile(
    r"\b[0-9a-f]{8}-?[0-9a-f]{4}-?[14][0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}\b", re.IGNORECASE
)
"""Identifiers of versions 1 and 4, made of the clock or by chance."""

_name_of: Callable[[type], str] = vars(type)["__name__"].__get__
_mro_of: Callable[[type], Tuple[type, ...]] = vars(type)["__mro__"].__get__
_dict_of: Callable[[type], Any] = vars(type)["__dict__"].__get__
_arguments_of: Callable[[BaseException], Tuple[Any, ...]] = vars(BaseException)["args"].__get__
"""Not as attributes: a metaclass may have its own idea of these."""

_FIXED = (int, float, complex, bool, str, bytes, type(None), decimal.Decimal, dt.date, dt.timedelta)
FIXED = frozenset(map(id, _FIXED))
"""Identities of types whose values never change, and hold on to nothing."""


class _Kind(NamedTuple):
    """What is known of a type."""

    type: type
    """Kept, so that no other one gets its identity."""
    write: Callable[[Any, int], str]
    fields: Optional[Callable[[Any], Iterator[Tuple[str, Any]]]]
    """The attributes of its objects, where its class is the project's own."""
    is_bare: bool = False
    """Its objects hold nothing but attributes."""


class Portraits:
    """Makes them, for one record: what is drawn anew in each run (identifiers) is numbered as it comes up."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._drawn: Dict[str, str] = {}
        self._kinds: Dict[int, _Kind] = {}
        self._left = 0
        self.drawn = 0
        """Parts of values that were written, in all."""

    def text(self, value: Any, nodes: int = NODES) -> str:
        """Of any value. Never raises; costs as much as so many parts of it."""
        self._left = nodes
        written = self._written(value, DEPTH)
        return written if len(written) <= TEXT else _cut(written, TEXT, "")

    def fields(self, value: Any) -> Optional[List[Tuple[str, Any]]]:
        """Name and value of each attribute of an object whose class is the project's own, None of any other value."""
        read = self._kind(value).fields
        return None if read is None else list(itertools.islice(read(value), FIELDS))

    def head(self, value: Any) -> str:
        """The same without its attributes."""
        kind = self._kind(value)
        return _name_of(kind.type) if kind.is_bare else self.text(value)

    def _kind(self, value: Any) -> _Kind:
        kind = type(value)
        known = self._kinds.get(id(kind))
        if known is None:
            known = self._kinds[id(kind)] = self._learned(kind)
        return known

    def _learned(self, kind: type) -> _Kind:
        bases = _mro_of(kind)
        if any(base is enum.Enum for base in bases):
            return _Kind(kind, self._member, None)
        own = [base for base in bases if self._is_own(base)]
        fields = _reader(own, bases) if own else None
        for base in bases:
            written = _WRITTEN.get(id(base))
            if written is not None:
                return _Kind(kind, getattr(self, written), fields)
            plain = _PLAIN.get(id(base))
            if plain is not None:
                return _Kind(kind, self._plainly(plain), fields)
        if fields is not None:
            return _Kind(kind, self._object(fields), fields, is_bare=True)
        return _Kind(kind, lambda value, _: "<{}>".format(_name_of(type(value))), None)

    def _is_own(self, kind: type) -> bool:
        module = sys.modules.get(str(_dict_of(kind).get("__module__", "")))
        file = module and vars(module).get("__file__")
        return isinstance(file, str) and self._report.relative_code(file) is not None

    def _written(self, value: Any, depth: int) -> str:
        self._left -= 1
        self.drawn += 1
        try:
            return self._kind(value).write(value, depth)
        except Exception:  # noqa: BLE001 - another thread may change it meanwhile
            return "<{}>".format(_name_of(type(value)))

    def _plainly(self, write: Callable[[Any], str]) -> Callable[[Any, int], str]:
        return lambda value, _: self._steady(write(value))

    def _steady(self, text: str) -> str:
        if "0x" in text or "/" in text:
            text = self._report.scrub(text, TEXT)
        return _DRAWN.sub(self._numbered, text) if len(text) >= 32 else text

    def _numbered(self, found: re.Match[str]) -> str:
        bare = found[0].replace("-", "").lower()
        return self._drawn.setdefault(bare, "uuid-{}".format(len(self._drawn) + 1))

    def _string(self, value: str, _depth: int) -> str:
        text = str.__str__(value)
        if len(text) <= STRING:
            return self._steady(repr(text))
        return _cut(self._steady(text), STRING, "'")

    def _bytes(self, value: Any, _depth: int) -> str:
        text = bytes.__repr__(bytes(memoryview(value)))
        return text if len(text) <= STRING else _cut(text, STRING, "")

    def _member(self, value: Any, _depth: int) -> str:
        return "{}.{}".format(_name_of(type(value)), object.__getattribute__(value, "_name_"))

    def _list(self, value: Any, depth: int) -> str:
        return self._sequence("[", value, list.__len__(value), list.__getitem__, depth) + "]"

    def _tuple(self, value: Any, depth: int) -> str:
        names = _dict_of(type(value)).get("_fields")
        if type(names) is tuple and len(names) == tuple.__len__(value):
            return self._named(value, zip(names, tuple.__iter__(value)), depth)  # noqa: B905 - Python 3.9
        inside = self._sequence("(", value, tuple.__len__(value), tuple.__getitem__, depth)
        return inside + (",)" if tuple.__len__(value) == 1 else ")")

    def _deque(self, value: Any, depth: int) -> str:
        deque = collections.deque
        return (
            self._sequence("deque([", value, deque.__len__(value), deque.__getitem__, depth) + "])"
        )

    def _sequence(
        self, begin: str, value: Any, length: int, at: Callable[[Any, int], Any], depth: int
    ) -> str:
        places = [*range(length)] if length <= ITEMS else [*range(ITEMS - TAIL), -TAIL, -1]
        if depth <= 0:
            return begin + _rest(length)
        parts = self._within((at(value, place) for place in places), depth)
        if length > len(parts):
            parts.insert(min(ITEMS - TAIL, len(parts)), _rest(length - len(parts)))
        return begin + ", ".join(parts)

    def _dict(self, value: Any, depth: int) -> str:
        length = dict.__len__(value)
        if depth <= 0:
            return "{" + _rest(length) + "}"
        items = _items(value)
        entries = [*itertools.islice(items, ITEMS)]
        if length > ITEMS:
            entries[-TAIL:] = [*itertools.islice(reversed(items), TAIL)][::-1]
        parts = []
        for key, item in entries:
            if self._left <= 0:
                break
            parts.append(
                "{}: {}".format(self._written(key, depth - 1), self._written(item, depth - 1))
            )
        if length > len(parts):
            parts.insert(min(ITEMS - TAIL, len(parts)), _rest(length - len(parts)))
        return "{" + ", ".join(parts) + "}"

    def _set(self, value: Any, depth: int) -> str:
        base = set if issubclass(type(value), set) else frozenset
        length = base.__len__(value)
        if depth <= 0 or length > NODES:
            return "{" + _rest(length) + "}"
        # Its own order is another one with another hash seed.
        parts = sorted(self._within(base.__iter__(value), depth))
        return "{" + ", ".join(parts[:ITEMS] + [_rest(length - ITEMS)] * (length > ITEMS)) + "}"

    def _within(self, values: Iterable[Any], depth: int) -> List[str]:
        parts = []
        for value in values:
            if self._left <= 0:
                break
            parts.append(self._written(value, depth - 1))
        return parts

    def _exception(self, value: BaseException, depth: int) -> str:
        inside = ", ".join(self._within(_arguments_of(value), depth))
        return "{}({})".format(_name_of(type(value)), inside)

    def _class(self, value: type, _depth: int) -> str:
        return "<class {}>".format(_name_of(value))

    def _function(self, value: Any, _depth: int) -> str:
        return "<function {}>".format(value.__qualname__)

    def _builtin(self, value: Any, _depth: int) -> str:
        return "<function {}>".format(value.__name__)

    def _method(self, value: Any, _depth: int) -> str:
        return "<method {}>".format(getattr(value.__func__, "__name__", "?"))

    def _date_and_time(self, value: dt.datetime, _depth: int) -> str:
        zone = _zone_of(value)
        if zone is None or type(zone) in _ZONES:
            return dt.datetime.__repr__(value)
        parts = ", ".join(str(get(value)) for get in _PARTS)
        return "datetime.datetime({}) in {}".format(parts, _name_of(type(zone)))

    def _namespace(self, value: Any, depth: int) -> str:
        return self._named(value, _dict_descriptor(types.SimpleNamespace)(value).items(), depth)

    def _object(
        self, fields: Callable[[Any], Iterator[Tuple[str, Any]]]
    ) -> Callable[[Any, int], str]:
        def written(value: Any, depth: int) -> str:
            return self._named(value, itertools.islice(fields(value), FIELDS), depth)

        return written

    def _named(self, value: Any, fields: Iterable[Tuple[str, Any]], depth: int) -> str:
        name = _name_of(type(value))
        if depth <= 0:
            return "{}(…)".format(name)
        parts = []
        for field, each in fields:
            if self._left <= 0:
                parts.append("…")
                break
            parts.append("{}={}".format(field, self._written(each, depth - 1)))
        return "{}({})".format(name, ", ".join(parts))


def _rest(count: int) -> str:
    return "… {} more".format(count) if count else ""


def _cut(text: str, length: int, quote: str) -> str:
    """The beginning, and a sign by which two texts with the same one are told apart."""
    sign = zlib.crc32(text.encode("utf-8", "backslashreplace"))
    return "{}{}… {} characters, #{:08x}".format(
        quote, text[:length].encode("utf-8", "backslashreplace").decode(), len(text), sign
    ) + (quote)


def _int(value: int) -> str:
    bits = int.bit_length(value)
    return (
        int.__repr__(value)
        if bits <= _LARGE_INT
        else "<int of {} bits, #{:x}>".format(bits, int.__hash__(value))
    )


def _reader(own: List[type], bases: Tuple[type, ...]) -> Callable[[Any], Iterator[Tuple[str, Any]]]:
    """What reads the attributes of objects of a class with these bases, in the dictionary, and in the slots of the project's own."""
    slots = [
        (name, found.__get__)
        for base in own
        for name, found in _dict_of(base).items()
        if type(found) is types.MemberDescriptorType
    ]
    dictionaries = [found for found in map(_dict_descriptor, bases) if found is not None]

    def read(value: Any) -> Iterator[Tuple[str, Any]]:
        for name, get in slots:
            # A slot may be empty.
            with_value = _slot(get, value)
            if with_value:
                yield name, with_value[0]
        for get in dictionaries[:1]:
            # A copy: other threads may write there.
            yield from list(dict.items(get(value)))

    return read


def _slot(get: Callable[[Any], Any], value: Any) -> List[Any]:
    try:
        return [get(value)]
    except AttributeError:
        return []


def _dict_descriptor(kind: type) -> Any:
    found = _dict_of(kind).get("__dict__")
    return found.__get__ if type(found) is types.GetSetDescriptorType else None


def _items(value: Any) -> Any:
    """Its entries in its own order. To follow that of an ordered one, the interpreter asks each key for its hash."""
    ordered = type(value) is collections.OrderedDict and dict.__len__(value) <= _ORDERED
    if ordered and all(id(type(key)) in FIXED for key in dict.keys(value)):
        return collections.OrderedDict.items(value)
    return dict.items(value)


_ORDERED = 200
_ZONES = (dt.timezone, zoneinfo.ZoneInfo)
_zone_of: Callable[[Any], Any] = vars(dt.datetime)["tzinfo"].__get__
_PARTS: List[Callable[[Any], int]] = [
    *(vars(dt.date)[name].__get__ for name in ("year", "month", "day")),
    *(vars(dt.datetime)[name].__get__ for name in ("hour", "minute", "second", "microsecond")),
]
_PLAIN: Dict[int, Callable[[Any], str]] = {
    id(kind): write
    for kind, write in (
        (bool, bool.__repr__),
        (int, _int),
        (float, float.__repr__),
        (complex, complex.__repr__),
        (type(None), repr),
        (type(Ellipsis), repr),
        (type(NotImplemented), repr),
        (range, range.__repr__),
        (decimal.Decimal, decimal.Decimal.__repr__),
        (fractions.Fraction, fractions.Fraction.__repr__),
        (dt.date, dt.date.__repr__),
        (dt.timedelta, dt.timedelta.__repr__),
        (dt.timezone, dt.timezone.__repr__),
        (zoneinfo.ZoneInfo, zoneinfo.ZoneInfo.__repr__),
        (uuid.UUID, uuid.UUID.__repr__),
        (pathlib.PurePath, lambda path: "Path({!r})".format(pathlib.PurePath.__str__(path))),
        (re.Pattern, lambda pattern: "re.compile({!r})".format(pattern.pattern)),
    )
}
_WRITTEN: Dict[int, str] = {
    id(kind): name
    for kind, name in (
        (str, "_string"),
        (bytes, "_bytes"),
        (bytearray, "_bytes"),
        (list, "_list"),
        (tuple, "_tuple"),
        (collections.deque, "_deque"),
        (dict, "_dict"),
        (set, "_set"),
        (frozenset, "_set"),
        (BaseException, "_exception"),
        (type, "_class"),
        (types.FunctionType, "_function"),
        (types.BuiltinFunctionType, "_builtin"),
        (types.MethodType, "_method"),
        (dt.datetime, "_date_and_time"),
        (types.SimpleNamespace, "_namespace"),
    )
}
