"""Described values (see `Call` in records) as Python would print them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.records import JSON

_BRACKETS = {
    "list": ("[", "]"),
    "tuple": ("(", ")"),
    "set": ("{", "}"),
    "frozenset": ("frozenset({", "})"),
    "deque": ("deque([", "])"),
}
_QUOTED = frozenset({"Decimal", "Fraction", "UUID", "PosixPath"})
_VERBATIM = frozenset({"bytes", "bytearray"})


def printed(value: JSON) -> str:
    """The `repr` of what was described, or as close to it as the description allows."""
    if not isinstance(value, dict):
        return repr(value)
    kind = str(value.get("type", "object"))
    items, entries, fields = value.get("items"), value.get("entries"), value.get("fields")
    if isinstance(items, list):
        return _collection(kind, items, value.get("length"))
    if isinstance(entries, list):
        pairs = [
            f"{printed(pair[0])}: {printed(pair[1])}" for pair in entries if isinstance(pair, list)
        ]
        inside = "{" + ", ".join(pairs + _more(len(pairs), value.get("length"))) + "}"
        return inside if kind == "dict" else f"{kind}({inside})"
    if isinstance(fields, dict):
        inside = ", ".join(f"{name}={printed(item)}" for name, item in fields.items())
        return f"{kind}({inside})"
    return _text(kind, value.get("text"))


def _collection(kind: str, items: list[JSON], length: JSON) -> str:
    if kind in ("set", "frozenset") and not items:
        return f"{kind}()"
    left, right = _BRACKETS.get(kind, (f"{kind}([", "])"))
    inside = ", ".join([printed(item) for item in items] + _more(len(items), length))
    return left + inside + ("," if kind == "tuple" and len(items) == 1 else "") + right


def _more(shown: int, length: JSON) -> list[str]:
    return ["..."] if isinstance(length, int) and length > shown else []


def _text(kind: str, text: JSON) -> str:
    if not isinstance(text, str):
        return f"<{kind}>"
    if kind in _VERBATIM:
        return text
    return f"{kind}({text!r})" if kind in _QUOTED else f"<{kind} {text}>"
