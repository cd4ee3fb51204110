"""Give a parameter, a field, an option or a lookup another default: a flag flipped, 0 for 1, nothing for none, a sibling constant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import rewrite
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name
from generator.operators.repetition import would_repeat
from generator.operators.words import LIMITS, share_a_word, speaks_of, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

FLIPPED = {"True": "False", "False": "True"}
COUNTED = {"0": "1", "1": "0"}
TWINS = {
    "asc": "desc", "desc": "asc", "left": "right", "right": "left", "first": "last", "last": "first", "strict": "ignore",
    "ignore": "strict", "min": "max", "max": "min", "utf-8": "ascii", "r": "rb", "rb": "r", "wb": "ab", "w": "a", "start": "end",
    "end": "start", "old": "new", "new": "old", "all": "any", "any": "all", "and": "or", "or": "and", "GET": "POST",
    "keep": "drop", "before": "after", "after": "before", "inner": "outer", "outer": "inner",
}  # fmt: skip
"""Words that options are told by, and their counterparts."""
NOTHING = {
    "int": "0",
    "bool": "False",
    "dict": "{}",
    "list": "[]",
    "tuple": "()",
    "str": "''",
    "string": "''",
    "float": "0.0",
}
"""What looks as good as None, by what the value is said to be."""
FROZEN = frozenset({"int", "bool", "str", "float", "tuple"})
"""Values that a parameter may have as its default without being shared."""
THOUSAND = {"seconds": 1000, "secs": 1000, "ms": 1000, "millis": 1000, "milliseconds": 1000}
"""Words that tell the unit, and what lies between it and the other one."""
LOOKUPS = {"get": 1, "pop": 1, "setdefault": 1, "getattr": 2, "getenv": 1, "getint": 2}
"""Lookups, and the place of their default."""
ELSEWHERE = frozenset("requests session client http httpx api queue self cls".split())
"""Names of what is asked in another way."""
OPTIONS = frozenset(
    {"Option", "Field", "field", "Setting", "option", "argument", "add_argument", "add_option"}
)
"""What describes a setting, with its default."""


@operator(
    family="arguments",
    change="constant",
    story="The default was taken from a similar function, or from what the author needed that day, and every test gave a value.",
    symptom="Whoever says nothing gets something else than they should; whoever says what they want is served well.",
    hint="Leave out every option in turn, and compare what happens with what is promised.",
    evidence=[
        "numeric, boolean, string or type constant: 12.8 % of one-line fixes in payment-like libraries",
        "celery: a setting whose default was 0 and had to be None",
    ],
    examples=[
        Example(
            "def page(rows, size=20, newest_first = False):  # é\n    ...\n",
            "def page(rows, size=20, newest_first = True):  # é\n    ...\n",
        ),
        Example(
            "workers = Option(\n    None,  # as many as there are cores\n    type='int',\n)\n",
            "workers = Option(\n    0,  # as many as there are cores\n    type='int',\n)\n",
        ),
        Example("seen = counts.get( key , 0 )\n", "seen = counts.get( key , 1 )\n"),
        Example(
            "SHORT_WAIT = 5\nLONG_WAIT = 60\n\n\ndef ask(url, wait=SHORT_WAIT): ...\ndef send(url, wait=LONG_WAIT):\n\tprint(SHORT_WAIT, LONG_WAIT)\n",
            "SHORT_WAIT = 5\nLONG_WAIT = 60\n\n\ndef ask(url, wait=SHORT_WAIT): ...\ndef send(url, wait=SHORT_WAIT):\n\tprint(SHORT_WAIT, LONG_WAIT)\n",
        ),
        Example(
            "@dataclass\nclass Rule:\n    name: str\n    active: bool = True\n",
            "@dataclass\nclass Rule:\n    name: str\n    active: bool = False\n",
        ),
        Example(
            "def clip(rows, limit: int | None = None): ...\n",
            "def clip(rows, limit: int | None = 0): ...\n",
        ),
        Example(
            "def wait(timeout_ms=5000): ...\n",
            "def wait(timeout_ms=5): ...\n",
        ),
        Example(
            "parser.add_argument('-v', default=False)\n",
            "parser.add_argument('-v', default=True)\n",
        ),
        Example("def sort(rows, order='asc'): ...\n", "def sort(rows, order='desc'): ...\n"),
    ],
    untouched=[
        "def page(rows, size=20): ...\n",
        "def page(rows, size=None): ...\n",
        "def rows(all=True):\n    '''Rows; all of them, if told so.'''\n",
        "def rows(cache=True): ...\n\n\nrows(cache=False)\n",
        "def page(rows, _cache=()): ...\n",
        "found = rows.get(key, None)\n",
        "found = requests.get(url, 0)\n",
        "send(row, retry=True)\n",
        "BIG = 100\nSIZE = 10\n\n\ndef page(size=SIZE): ...\n",
        "def call(*, flag: Literal[True] = True): ...\n",
        "class Row:\n    count = 0\n",
        "def clip(rows: list[int] | None = None): ...\n",
        "def clip(about: str | None = None): ...\n",
    ],
)
def wrong_default(target: cst.Param | cst.AnnAssign | cst.Arg, at: Context) -> Iterator[Change]:
    """Yield one change for each default that would do."""
    found = _default(target, at)
    if found is None:
        return
    default, name, kind = found
    for other in dict.fromkeys(_others(default, name, kind, at)):
        if other == at.text(default) or _is_given_somewhere(name, other, at):
            continue
        if not would_repeat(at, default, other):
            clearing = (
                removal.clearing(at, default)
                if isinstance(default, cst.Name)
                else removal.clearing(at)
            )
            if clearing is not None:
                yield rewrite(default, other) + clearing


def _default(
    target: cst.Param | cst.AnnAssign | cst.Arg, at: Context
) -> tuple[cst.BaseExpression, str, str] | None:
    """A default, the name of what it is the default of, and what is said of its type."""
    match target:
        case cst.Param(default=cst.BaseExpression() as default, name=cst.Name(value=name)):
            known = target.annotation
            private = name.startswith("_")
            return None if private else (default, name, _told(known, at))
        case cst.AnnAssign(value=cst.BaseExpression() as default, target=cst.Name(value=name)):
            field = isinstance(at.source.scope(target).node, cst.ClassDef)
            constant = name.isupper() or name.startswith("__")
            return (default, name, _told(target.annotation, at)) if field and not constant else None
        case cst.Arg():
            return _of_a_call(target, at)
    return None


def _is_described(name: str, at: Context) -> bool:
    """Whether the function's docstring has a word for an option, which says on which side it starts."""
    function = at.around(cst.FunctionDef)
    told = function.get_docstring() if function is not None else None
    return told is not None and name in re.findall(r"\w+", told)


def _is_given_somewhere(name: str, value: str, at: Context) -> bool:
    """Whether a call in the module sets that option to just that value: nobody would, were it the default."""
    return any(
        each.keyword is not None and each.keyword.value == name and at.text(each.value) == value
        for each in at.source.nodes(cst.Arg)
        if isinstance(each, cst.Arg)
    )


def _told(annotation: cst.Annotation | None, at: Context) -> str:
    return at.text(annotation.annotation) if annotation is not None else ""


def _of_a_call(arg: cst.Arg, at: Context) -> tuple[cst.BaseExpression, str, str] | None:
    """The same for `d.get(key, default)`, `Option(default, type="int")` and `default=...`."""
    call = at.parent()
    if not isinstance(call, cst.Call) or arg.star:
        return None
    name, place = last_name(call.func), call.args.index(arg)
    if arg.keyword is not None:
        named = arg.keyword.value == "default" and name in OPTIONS
        return (arg.value, "", _type_told(call, at)) if named else None
    if name in OPTIONS and place == 0 and len(call.args) > 1:
        return arg.value, "", _type_told(call, at)
    if LOOKUPS.get(name) == place and not _is_elsewhere(call, at):
        return arg.value, "", "found"
    return None


def _is_elsewhere(call: cst.Call, at: Context) -> bool:
    """Whether `get` looks nothing up in a dictionary."""
    if not isinstance(call.func, cst.Attribute):
        return False
    owner = call.func.value
    known = at.is_module(owner) and at.text(owner) not in {"os", "os.environ"}
    return known or last_name(owner) in ELSEWHERE


def _type_told(call: cst.Call, at: Context) -> str:
    """What `type="int"` or `type=int` says."""
    told = (at.text(arg.value) for arg in call.args if arg.keyword and arg.keyword.value == "type")
    return next(told, "").strip("\"'")


def _others(default: cst.BaseExpression, name: str, kind: str, at: Context) -> Iterator[str]:
    text = at.text(default)
    match default:
        case cst.Name(value="True" | "False") if "Literal" not in kind and not _is_described(
            name, at
        ):
            yield FLIPPED[text]
        case cst.Name(value="None"):
            yield from _nothing(kind, at)
        case cst.Name():
            yield from _siblings(text, at)
        case cst.Integer():
            yield from _numbers(text, name, kind)
        case cst.SimpleString():
            yield from _counterpart(default, text)


def _nothing(kind: str, at: Context) -> Iterator[str]:
    """What stands for nothing in the type that is told, and is not None."""
    parts = {part.strip() for part in kind.replace("Optional[", "").replace("]", "").split("|")}
    for each in sorted(parts & NOTHING.keys()):
        # Nobody takes an empty text for the absence of one that may be absent.
        if isinstance(at.node, cst.Arg) or (each in FROZEN and each != "str"):
            yield NOTHING[each].replace("''", _quotes(at))


def _quotes(at: Context) -> str:
    """An empty text with the quotes that the file mostly uses."""
    return "''" if at.source.data.count(b"'") > at.source.data.count(b'"') else '""'


def _siblings(text: str, at: Context) -> Iterator[str]:
    """The constants of the module, of the same type, that share a word with this one."""
    mine = at.constants.get(text)
    if mine is None:
        return
    for other, value in at.constants.items():
        if other != text and type(value) is type(mine) and share_a_word(other, text):
            same = at.text(value) == at.text(mine)
            before = at.source.span(value)[0] < at.source.span(at.node)[0]
            if not same and before and at.type_of(value) == at.type_of(mine):
                yield other


def _numbers(text: str, name: str, kind: str) -> Iterator[str]:
    if text in COUNTED and (kind == "found" or speaks_of(name, LIMITS)):
        yield COUNTED[text]
    factor = next((THOUSAND[word] for word in words(name) if word in THOUSAND), None)
    if factor is not None and text.isdigit():
        number = int(text)
        if number >= factor and number % factor == 0:
            yield str(number // factor)
        elif 0 < number < factor:
            yield str(number * factor)


def _counterpart(default: cst.SimpleString, text: str) -> Iterator[str]:
    value = default.raw_value
    if not default.prefix and value in TWINS:
        yield text.replace(value, TWINS[value])
