"""Described values (see `Call` in records) as a customer would read them, and the first place where two differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from generator.records import JSON

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | Told | None"

_TIME = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(\.\d+)?(\+00:00|Z)?$")
_PLAIN = {None: "nothing", True: "yes", False: "no"}
_PLURALS = (("ies", "y"), ("s", ""))
BLANK = "\N{OPEN BOX}"
"""Stands for a blank that quotation would swallow."""
_SWALLOWED = re.compile(r"^ +| +$| {2,}", re.MULTILINE)
_TABLE = " " * 4
"""What sets the columns of a table apart; so many signs in the place of blanks nobody reads."""


class Told:
    """An object of the seed: prints as its own text, and has its public attributes."""

    def __init__(self, text: str | None, fields: Mapping[str, Value]) -> None:
        self._text = text
        self._fields = fields

    def __str__(self) -> str:
        if self._text is not None:
            return self._text
        return ", ".join(f"{humanised(name)} {say(value)}" for name, value in self._fields.items())

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __getattr__(self, name: str) -> Value:
        try:
            return self._fields[name]
        except KeyError:
            raise AttributeError(name) from None


class Beginning(list[Value]):
    """The first of many: what is described is bounded. Its length is that of the whole."""

    def __init__(self, items: Iterable[Value], length: int) -> None:
        super().__init__(items)
        self._length = length

    def __len__(self) -> int:
        return self._length


def told(value: JSON) -> Value:
    """A described value as templates want it: objects with attributes, lists, dicts, plain text."""
    if isinstance(value, str):
        return _as_read(value)
    if not isinstance(value, dict | list):
        return value
    if isinstance(value, list):
        return [told(item) for item in value]
    items, length = value.get("items"), value.get("length")
    if not isinstance(items, list):
        return _object(value)
    inside = [told(item) for item in items]
    return Beginning(inside, length) if isinstance(length, int) and length > len(items) else inside


def _object(value: dict[str, JSON]) -> Value:
    if isinstance(value.get("entries"), list):
        return {say(told(key)): told(item) for key, item in _entries(value)}
    text, fields = value.get("text"), value.get("fields")
    known = _as_read(text) if isinstance(text, str) else None
    if known is not None and not isinstance(fields, dict):
        return known
    inside = fields if isinstance(fields, dict) else {}
    return Told(known, {name: told(item) for name, item in inside.items()})


def _as_read(text: str) -> str:
    return _clock(with_blanks(text))


def with_blanks(text: str) -> str:
    """A text in which blanks at the ends of a line, and several in a row, can be seen."""
    return _SWALLOWED.sub(lambda found: BLANK * len(found[0]), text)


def _clock(text: str) -> str:
    """A moment as people write it: seconds only where there are any."""
    match = _TIME.match(text)
    if not match:
        return text
    day, minute, second, _, zone = match.groups()
    shown = (second or "") if second != ":00" else ""
    return f"{day} {minute}{shown}" + (" UTC" if zone else "")


def say(value: Value) -> str:
    """One value in a sentence."""
    if value is None or isinstance(value, bool):
        return _PLAIN[value]
    if isinstance(value, dict):
        value = [f"{humanised(key)}: {say(item)}" for key, item in value.items()]
    if isinstance(value, list):
        shown = [say(item) for item in value]
        more = len(value) - len(shown)
        return "; ".join([*shown, f"and {more} more"] if more else shown) or "nothing at all"
    return str(value)


def is_verbatim(text: str) -> bool:
    """Whether a reader of a quoted text knows each of its characters: some have no shape."""
    lines = with_blanks(text).strip("\n").split("\n")
    readable = all(line.isprintable() and line == " ".join(line.split()) for line in lines)
    return readable and _TABLE not in text and "\N{REPLACEMENT CHARACTER}" not in text


def humanised(name: str) -> str:
    """A field's name in words: `closing_balance` is a closing balance."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").strip().lower()


def singular(name: str) -> str:
    """What one of them is called."""
    for ending, one in _PLURALS:
        if name.endswith(ending) and not name.endswith("ss"):
            return name[: -len(ending)] + one
    return name


@dataclass(frozen=True, slots=True)
class Difference:
    """What two values have at the first place where they differ, as short and as full text."""

    saw: str
    expected: str
    short: tuple[str, str]


def first_difference(saw: JSON, expected: JSON, where: str = "") -> Difference:
    """Walk two described values that differ side by side. `where` names the place in words."""
    if not (isinstance(saw, dict) and isinstance(expected, dict)) or _has_text(saw, expected):
        return _plainly(saw, expected, where)
    if isinstance(saw.get("items"), list) and saw.get("length") != expected.get("length"):
        return _lengths(saw, expected, where or "entries")
    for name, left, right in _parts(saw, expected, where):
        if left != right:
            return first_difference(left, right, name)
    return _plainly(saw, expected, where)


def _has_text(saw: dict[str, JSON], expected: dict[str, JSON]) -> bool:
    texts = saw.get("text"), expected.get("text")
    return all(isinstance(text, str) for text in texts) and texts[0] != texts[1]


def _plainly(saw: JSON, expected: JSON, where: str) -> Difference:
    left, right = say(told(saw)), say(told(expected))
    label = f"{where}: " if where else ""
    field = where.partition(" of ")[0]
    brief = f"{field} {left or 'nothing'}" if field and not re.search(r"\d", field) else left
    return Difference(label + left, label + right, (brief, right))


def _lengths(saw: dict[str, JSON], expected: dict[str, JSON], where: str) -> Difference:
    left, right = _items(saw), _items(expected)
    pairs = enumerate(zip_longest(left, right))
    unlike = next((at for at, (one, other) in pairs if one != other), 0)
    lengths = [side.get("length", 0) for side in (saw, expected)]
    counts = [f"{length} {singular(where) if length == 1 else where}" for length in lengths]
    texts = [
        count + _told_at(items, unlike, singular(where))
        for count, items in zip(counts, (left, right), strict=True)
    ]
    return Difference(texts[0], texts[1], (counts[0], counts[1]))


def _told_at(items: list[JSON], index: int, name: str) -> str:
    return f", {name} {index + 1} being {say(told(items[index]))}" if index < len(items) else ""


def _items(value: dict[str, JSON]) -> list[JSON]:
    items = value.get("items")
    return items if isinstance(items, list) else []


def _parts(
    saw: dict[str, JSON], expected: dict[str, JSON], where: str
) -> Iterator[tuple[str, JSON, JSON]]:
    left, right = saw.get("fields"), expected.get("fields")
    if isinstance(left, dict) and isinstance(right, dict):
        for name in (name for name in left if name in right):
            inside = f"{humanised(name)} of {where}" if where[-1:].isdigit() else humanised(name)
            yield inside, left[name], right[name]
    for number, pair in enumerate(zip(_items(saw), _items(expected), strict=False), start=1):
        yield f"{singular(where or 'entries')} {number}", *pair
    known = {say(told(key)): value for key, value in _entries(expected)}
    for key, value in _entries(saw):
        if (name := say(told(key))) in known:
            yield name, value, known[name]


def _entries(value: dict[str, JSON]) -> Iterator[tuple[JSON, JSON]]:
    pairs = value.get("entries")
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, list) and len(pair) == 2:
            yield pair[0], pair[1]
