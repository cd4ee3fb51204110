"""Let a function answer None where it raised, and adapt only the callers that caught the error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, cut, remove, replace
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.call_graph import Call
    from generator.operators.context import Context


@dataclass(frozen=True, slots=True)
class _Silent:
    """A function that no longer raises: the change and what went."""

    change: Change
    gone: tuple[cst.CSTNode, ...]
    error: str


@operator(
    family="contract",
    change="structure",
    story="Somebody preferred a plain answer to an error that had to be caught, and changed those who caught it. Those who had relied on the error looked as though nothing concerned them.",
    symptom="What is missing shows up late and far away, as nothing, instead of being refused at once.",
    hint="For every function that may answer None, ask each of its callers what it does then.",
    evidence=[
        "13 % of 499 fixes in BugsInPy touch two source files or more",
        "celery and marshmallow: checks for None were added by fixes",
    ],
    examples=[
        Example(
            'from errors import NotFound\n\n\nclass Store:\n    def __init__(self):\n        self.rows = {}\n\n    def account(self, id):\n        """Look it up."""\n        row = self.rows.get(id)\n        if row is None:\n            raise NotFound(f\'no account {id}\')\n        return row\n',
            'class Store:\n    def __init__(self):\n        self.rows = {}\n\n    def account(self, id):\n        """Look it up."""\n        return self.rows.get(id)\n',
            path="store.py",
            others=(
                (
                    "api.py",
                    "from errors import NotFound\nfrom store import Store\n\n\ndef show(store: Store, id):\n    try:\n        row = store.account(id)  # é\n    except NotFound:\n        # nobody\n        return 'none'\n    return row\n\n\ndef export(store: Store, ids):\n    return [store.account(id) for id in ids]\n",
                    "from store import Store\n\n\ndef show(store: Store, id):\n    row = store.account(id)  # é\n    if row is None:\n        # nobody\n        return 'none'\n    return row\n\n\ndef export(store: Store, ids):\n    return [store.account(id) for id in ids]\n",
                ),
            ),
        ),
        Example(
            "def find(rows, name):\n    for row in rows:\n        if row.name == name:\n            return row\n    raise LookupError(name)\n\n\ndef one(rows):\n    try:\n        row = find(rows, 'a')\n    except LookupError:\n        row = rows[0]\n    return row\n\n\ndef two(rows, name):\n    return find(rows, name).value\n",
            "def find(rows, name):\n    for row in rows:\n        if row.name == name:\n            return row\n    return None\n\n\ndef one(rows):\n    row = find(rows, 'a')\n    if row is None:\n        row = rows[0]\n    return row\n\n\ndef two(rows, name):\n    return find(rows, name).value\n",
        ),
        Example(
            "def rate(rates: dict[str, int], code: str) -> int:\n\tif code not in rates:\n\t\traise KeyError(code)\n\treturn rates[code]\n\n\ndef known(rates: dict[str, int], codes: list[str]) -> int:\n\tn = 0\n\tfor code in codes:\n\t\ttry:\n\t\t\tvalue = rate(rates, code)\n\t\texcept KeyError: \n\t\t\tcontinue\n\t\tn += value\n\treturn n\n\n\ndef line(rates: dict[str, int], code: str) -> str:\n\treturn f'{code} {rate(rates, code)}'\n",
            "def rate(rates: dict[str, int], code: str) -> int | None:\n\tif code not in rates:\n\t\treturn None\n\treturn rates[code]\n\n\ndef known(rates: dict[str, int], codes: list[str]) -> int:\n\tn = 0\n\tfor code in codes:\n\t\tvalue = rate(rates, code)\n\t\tif value is None:\n\t\t\tcontinue\n\t\tn += value\n\treturn n\n\n\ndef line(rates: dict[str, int], code: str) -> str:\n\treturn f'{code} {rate(rates, code)}'\n",
        ),
        Example(
            "def owner(rows: dict[str, str], key: str) -> str:\n    if key not in rows:\n        raise KeyError(key)\n    return rows[key]\n\n\ndef told(rows: dict[str, str], key: str) -> str:\n    try:\n        name = owner(rows, key)\n    except KeyError:\n        return 'nobody'\n    return name\n\n\ndef may(rows: dict[str, str], key: str, who: str) -> bool:\n    return owner(rows, key) == who\n",
            "def owner(rows: dict[str, str], key: str) -> str | None:\n    if key not in rows:\n        return None\n    return rows[key]\n\n\ndef told(rows: dict[str, str], key: str) -> str:\n    name = owner(rows, key)\n    if name is None:\n        return 'nobody'\n    return name\n\n\ndef may(rows: dict[str, str], key: str, who: str) -> bool:\n    return owner(rows, key) == who\n",
        ),
    ],
    untouched=[
        "def find(rows, name):\n    for row in rows:\n        if row.name == name:\n            return row\n    raise LookupError(name)\n\n\ndef two(rows, name):\n    return find(rows, name).value\n",
        "def find(rows, name):\n    for row in rows:\n        if row.name == name:\n            return row\n    raise LookupError(name)\n\n\ndef one(rows):\n    try:\n        row = find(rows, 'a')\n    except LookupError:\n        row = rows[0]\n    return row\n",
        "def find(rows, name):\n    for row in rows:\n        if row.name == name:\n            return row\n    raise LookupError(name)\n\n\ndef one(rows):\n    try:\n        row = find(rows, 'a')\n    except LookupError as error:\n        row = str(error)\n    return row\n\n\ndef two(rows, name):\n    return find(rows, name).value\n",
        "def rate(rates: dict[str, int], code: str) -> int:\n    if code not in rates:\n        raise KeyError(code)\n    return rates[code]\n\n\ndef one(rates: dict[str, int]) -> int:\n    try:\n        value = rate(rates, 'a')\n    except KeyError:\n        return 0\n    return value\n\n\ndef two(rates: dict[str, int]) -> int:\n    return 1 + rate(rates, 'b')\n",
        "def find(rows, name):\n    if not rows:\n        raise LookupError(name)\n    rows.clear()\n\n\ndef one(rows):\n    try:\n        row = find(rows, 'a')\n    except LookupError:\n        row = rows[0]\n    return row\n\n\ndef two(rows, name):\n    return find(rows, name).value\n",
    ],
)
def result_contract(target: cst.Raise, at: Context) -> Iterator[Change]:
    """Yield the answer None in place of an error that some callers catch and others don't."""
    function = at.function
    silent = _silent(target, function, at) if function is not None else None
    if function is None or silent is None:
        return
    calls = at.facts.call_graph.calls(at.source, function) or ()
    caught = {call: tried for call in calls if (tried := _tried(call, at)) is not None}
    trusting = [call for call in calls if call not in caught]
    if not caught or not trusting or _is_said(function, silent.error):
        return
    if function.returns is not None and not all(_is_tolerant(call, at) for call in trusting):
        return
    change = silent.change
    gone = {at.source: list(silent.gone)}
    for call, tried in caught.items():
        checked = _checked(call, tried, silent.error)
        if checked is None:
            return
        change += checked
        gone.setdefault(call.source, []).extend(
            each.type for each in tried.handlers if each.type is not None
        )
    for source, nodes in gone.items():
        clearing = removal.clearing(at.elsewhere(source, nodes[0]), *nodes) if nodes else Change(())
        if clearing is None:
            return
        change += clearing
    yield change + _told(function)


def _silent(target: cst.Raise, function: cst.FunctionDef, at: Context) -> _Silent | None:
    """The function with an answer instead of its one error, as short as a person would write it."""
    raised = list(at.within(function.body, cst.Raise))
    error = last_name(target.exc) if target.exc is not None else ""
    line = at.statement(target)
    if len(raised) != 1 or not error or target.cause is not None or not _answers(function, at):
        return None
    guard = at.around(cst.If)
    if guard is not None and at.block(line) == (line,) and guard.orelse is None:
        found = _straight(guard, at)
        if found is not None:
            return _Silent(found, (guard,), error)
    return _Silent(replace(target, "return None"), (target,), error)


def _answers(function: cst.FunctionDef, at: Context) -> bool:
    """Whether a function always returns something, and never None."""
    values = [
        each.value
        for each in at.within(function.body, cst.Return)
        if at.around(cst.FunctionDef, node=each) is function
    ]
    nothing = any(each is None or at.text(each) == "None" for each in values)
    yields = next(at.within(function.body, cst.Yield), None) is not None
    last = function.body.body[-1]
    last = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
    return bool(values) and not nothing and not yields and isinstance(last, cst.Return | cst.Raise)


def _straight(guard: cst.If, at: Context) -> Change | None:
    """`x = f(); if x is None: raise; return x` as `return f()`."""
    before, after = next(iter(at.before(guard)), None), next(iter(at.after(guard)), None)
    match (before, guard.test, after):
        case (
            cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(cst.Name(name))], value=value)]
            ),
            cst.Comparison(
                left=cst.Name(asked),
                comparisons=[cst.ComparisonTarget(cst.Is(), cst.Name("None"))],
            ),
            cst.SimpleStatementLine(body=[cst.Return(value=cst.Name(answered) as whole)]),
        ) if name == asked == answered:
            return remove(guard) + remove(before) + replace(whole, at.text(value))
    return None


def _is_said(function: cst.FunctionDef, error: str) -> bool:
    """Whether the docstring promises the error."""
    text = function.get_docstring() or ""
    return error in text or "raise" in text.lower()


def _told(function: cst.FunctionDef) -> Change:
    """`-> Row | None`."""
    if function.returns is None:
        return Change(())
    annotation = function.returns.annotation
    return cut(annotation, annotation, after=True, text=" | None")


def _tried(call: Call, at: Context) -> cst.Try | None:
    """The `try` around a call."""
    there = at.elsewhere(call.source, call.node)
    for around in there.ancestors():
        if isinstance(around, cst.FunctionDef):
            return None
        if isinstance(around, cst.Try):
            start, end = call.source.span(around.body)
            return around if start <= call.source.span(call.node)[0] < end else None
    return None


def _checked(call: Call, tried: cst.Try, error: str) -> Change | None:
    """`x = f(); if x is None: ...` in place of `try: x = f(); except: ...`."""
    source = call.source
    match tried:
        case cst.Try(
            body=cst.IndentedBlock(
                body=[
                    cst.SimpleStatementLine(
                        body=[cst.Assign(targets=[cst.AssignTarget(cst.Name(name))], value=value)]
                    ) as line
                ]
            ),
            handlers=[cst.ExceptHandler(type=kind, name=None, body=cst.IndentedBlock() as handler)],
            orelse=None,
            finalbody=None,
        ) if value is call.node and kind is not None and last_name(kind) == error:
            pass
        case _:
            return None
    indent = source.indent(tried)
    start, end = source.lines_of(line)
    inner = source.indent(line)
    rows = source.data[start:end].decode().splitlines()
    moved = [indent + row.removeprefix(inner) for row in rows]
    first = source.next_line(source.span(handler.header)[0])
    last = source.span(tried)[1]
    rest = source.data[first:last].decode().rstrip()
    text = source.newline.join([*moved, f"{indent}if {name} is None:", rest])
    return replace(tried, text.removeprefix(indent))


def _is_tolerant(call: Call, at: Context) -> bool:
    """Whether None may stand where an answer is used, as far as types go."""
    there = at.elsewhere(call.source, call.node)
    parent = there.parent()
    if isinstance(parent, cst.Arg):
        around = there.parent(parent)
        return isinstance(around, cst.Call) and there.text(around.func) in {"str", "print", "repr"}
    formatted = isinstance(parent, cst.FormattedStringExpression)
    return formatted or _is_compared(parent) or there.is_tested()


def _is_compared(parent: cst.CSTNode | None) -> bool:
    """Whether a value is a side of a comparison that None can stand in: `==`, `in`."""
    match parent:
        case cst.Comparison(comparisons=[cst.ComparisonTarget(operator=sign)]):
            return isinstance(sign, cst.Equal | cst.NotEqual | cst.In | cst.NotIn)
        case cst.ComparisonTarget(operator=sign):
            return isinstance(sign, cst.Equal | cst.NotEqual)
    return False
