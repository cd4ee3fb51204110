"""No longer pass on what the function was given: an option, `*args`, `**kwargs`, or both stars at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import cut, drop_item
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.operators.signatures import Signature

CONTENT = frozenset(
    """
    dict partial namedtuple update replace _replace evolve format format_map TypeVar timedelta relativedelta datetime date
    time SimpleNamespace Mock MagicMock OrderedDict defaultdict Counter setdefault
    """.split()
)
"""Callees whose keywords are content and not options."""
FILLING = frozenset({"update", "setdefault", "append", "add"})
"""Methods that put something in: nobody prepares options and forgets to hand them over."""


@operator(
    family="arguments",
    change="argument",
    story="The outer function got a new option, and the call inside it, which does the work, was left as it was.",
    symptom="An option is accepted without complaint and has no effect.",
    hint="Follow each parameter from the outermost call to where it takes effect.",
    evidence=[
        "arguments missing: 11.4 % of one-line fixes in payment-like libraries, with wrong ones",
        "celery: an index request without body=body; a chain that ran its first task without **options",
        "agate: a decorator called func(c) and left out *args and **kwargs",
    ],
    examples=[
        Example(
            "def fetch(self, path, timeout=5):\n    return self.http.get(\n        path,\n        # in seconds\n        timeout=timeout,  # é\n    )\n",
            "def fetch(self, path, timeout=5):\n    return self.http.get(\n        path,\n    )\n",
        ),
        Example(
            "def checked(func):\n    def inner(row, *args, **kwargs):\n        check(row)\n        return func( row , *args, **kwargs )\n\n    return inner\n",
            "def checked(func):\n    def inner(row, *args, **kwargs):\n        check(row)\n        return func( row )\n\n    return inner\n",
        ),
        Example(
            "def send(self, kind, **fields):\n    self.bus.send(Event(kind, host=self.host, **fields))\n",
            "def send(self, kind, **fields):\n    self.bus.send(Event(kind, host=self.host))\n",
        ),
        Example(
            "class Retry(Policy):\n\tdef __init__(self, *args, **kwargs):\n\t\tsuper().__init__(*args, **kwargs)\n",
            "class Retry(Policy):\n\tdef __init__(self, *args, **kwargs):\n\t\tsuper().__init__(*args)\n",
        ),
        Example(
            "def load(path, strict=False):\n    return _read(path, strict)\n\n\ndef _read(path, strict=False):\n    return parse(path, strict)\n",
            "def load(path, strict=False):\n    return _read(path)\n\n\ndef _read(path, strict=False):\n    return parse(path, strict)\n",
        ),
        Example(
            "def get(self, key, default=None):\n    return self._rows.get(key, default)\n",
            "def get(self, key, default=None):\n    return self._rows.get(key)\n",
        ),
    ],
    untouched=[
        "def fetch(self, path):\n    return self.http.get(path)\n",
        "def fetch(path):\n    timeout = 5\n    return get(path, timeout=timeout)\n",
        "def put(self, **values):\n    self.rows.update(**values)\n",
        "def run(func, *args, **kwargs):\n    kwargs['retry'] = 1\n    return go(func, **kwargs)\n",
        "def load(path, strict):\n    return read(path, strict=strict)\n\n\ndef read(path, strict):\n    return path, strict\n",
        "def walk(node, root):\n    return Node(node, last=root)\n",
        "def run(func, *args):\n    return func(*args)\n",
        "def run(make, **kwargs):\n    return make(**kwargs)\n",
        "def put(self, key, value):\n    self.store.put(key, value)\n",
    ],
)
def kwarg_forwarding(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield one change for each argument that need not be passed on, and one for both stars."""
    if at.function is None or last_name(target.func) in CONTENT:
        return
    signature = at.signature(target)
    for n, arg in enumerate(target.args):
        if _is_forwarded(arg, at) and _can_go(n, target, signature, at):
            clearing = removal.clearing(at, arg, parameters=True)
            if clearing is not None:
                yield drop_item(arg, target.args, target) + clearing
    yield from _both_stars(target, signature, at)


def _is_forwarded(arg: cst.Arg, at: Context) -> bool:
    """Whether an argument is what the function was given itself, as it was given."""
    if not isinstance(arg.value, cst.Name):
        return False
    known = at.variables(arg).get(arg.value.value)
    given = known is not None and known.binding.kind == "parameter"
    return given and not _is_filled(arg.value.value, at)


def _is_filled(name: str, at: Context) -> bool:
    """Whether the function puts something into a parameter, or gives it another value."""
    if at.function is None:
        return False
    scope = at.source.scope(at.function.body)
    if len(scope.bindings.get(name, ())) > 1:
        return True
    parents = (at.parent(use) for use in scope.uses.get(name, ()))
    return any(_fills(each, at) for each in parents if each is not None)


def _fills(around: cst.CSTNode, at: Context) -> bool:
    match around:
        case cst.Subscript():
            return not at.is_read(around)
        case cst.Attribute(attr=cst.Name(value=name)):
            return name in FILLING
    return False


def _can_go(n: int, call: cst.Call, signature: Signature | None, at: Context) -> bool:
    """Whether the call makes sense without an argument."""
    arg, rest = call.args[n], [each for each in call.args if each is not call.args[n]]
    if signature is not None and not signature.suffices(rest):
        return False
    if arg.star == "**":
        return bool(rest) or isinstance(call.func, cst.Attribute)
    if arg.star:
        return n > 0
    if arg.keyword:
        return arg.keyword.value == last_name(arg.value) or _is_option(arg.value, at)
    return _is_last(n, call) and _is_optional(n, call, signature, at)


def _is_last(n: int, call: cst.Call) -> bool:
    """Whether no other positional argument would change its meaning, and one at least is left."""
    return n > 0 and all(each.keyword and not each.star for each in call.args[n + 1 :])


def _is_optional(n: int, call: cst.Call, signature: Signature | None, at: Context) -> bool:
    """Whether a positional argument has a default in the callee; where that is not known, in a function of the same name."""
    if signature is not None:
        parameter = signature.positional(n)
        return parameter is not None and parameter.has_default
    same = at.function is not None and last_name(call.func) == at.function.name.value
    return same and isinstance(call.func, cst.Attribute) and _is_option(call.args[n].value, at)


def _is_option(node: cst.BaseExpression, at: Context) -> bool:
    """Whether a name is that of a parameter which callers may leave out."""
    known = at.variables(node).get(last_name(node))
    return known is not None and getattr(known.binding.owner, "default", None) is not None


def _both_stars(call: cst.Call, signature: Signature | None, at: Context) -> Iterator[Change]:
    """`f(row, *args, **kwargs)` → `f(row)`."""
    match call.args:
        case [*before, cst.Arg(star="*") as some, cst.Arg(star="**") as named]:
            alone = not before and not _is_supers(call)
            passed_on = _is_forwarded(some, at) and _is_forwarded(named, at)
            enough = signature is None or signature.suffices(before)
            clearing = removal.clearing(at, some, named, parameters=True)
            if passed_on and enough and not alone and clearing is not None:
                yield _cut_off(before, some, named) + clearing


def _cut_off(before: Sequence[cst.Arg], some: cst.Arg, named: cst.Arg) -> Change:
    return cut(before[-1], named, after=True) if before else cut(some, named)


def _is_supers(call: cst.Call) -> bool:
    match call.func:
        case cst.Attribute(value=cst.Call(func=cst.Name("super"))):
            return True
    return False
