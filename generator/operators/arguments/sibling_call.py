"""Call the sibling of a function or method: one that takes the same arguments and does something close by."""

from __future__ import annotations

import builtins
import functools
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import fits, replace
from generator.operators import Example, operator, removal
from generator.operators.nodes import assigned, is_annotated, last_name
from generator.operators.repetition import would_repeat
from generator.operators.signatures import signature_of
from generator.operators.words import same_role, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.operators.signatures import Signature
    from generator.source import Source

FUNCTIONS = (
    ("min", "max"), ("any", "all"), ("floor", "ceil"), ("bisect_left", "bisect_right"), ("bisect", "bisect_left"),
    ("insort_left", "insort_right"), ("insort", "insort_left"), ("nlargest", "nsmallest"), ("quote", "quote_plus"),
    ("unquote", "unquote_plus"), ("search", "match"), ("match", "fullmatch"), ("search", "fullmatch"),
    ("combinations", "permutations"), ("takewhile", "dropwhile"), ("isfile", "exists"), ("isdir", "exists"),
    ("basename", "dirname"), ("abspath", "realpath"), ("combinations", "combinations_with_replacement"),
    ("b64encode", "urlsafe_b64encode"), ("b64decode", "urlsafe_b64decode"), ("NamedTemporaryFile", "TemporaryFile"),
    ("deepcopy", "copy"),
)  # fmt: skip
"""Functions that take the same arguments."""
METHODS = (
    ("append", "appendleft"), ("pop", "popleft"), ("extend", "extendleft"), ("strip", "rstrip"), ("find", "rfind"),
    ("index", "rindex"), ("partition", "rpartition"), ("keys", "values"), ("discard", "remove"), ("union", "intersection"),
    ("issubset", "issuperset"), ("difference", "symmetric_difference"), ("isdigit", "isdecimal"), ("isalnum", "isalpha"),
    ("weekday", "isoweekday"), ("exists", "is_file"), ("exists", "is_dir"),
    ("search", "match"), ("match", "fullmatch"), ("search", "fullmatch"), ("with_name", "with_stem"), ("insort", "insort_left"),
    ("floor", "ceil"), ("bisect_left", "bisect_right"), ("put", "put_nowait"),
    ("intersection_update", "difference_update"), ("read", "readline"), ("resolve", "absolute"),
)  # fmt: skip
"""Methods of the same object that take the same arguments. Not: startswith and endswith, lstrip and rstrip and their like:
readers found that nobody takes one end for the other."""
SPLITS = ("split", "rsplit")
"""The same thing, but for how often: with a second argument."""
LOOKUPS = ("get", "pop")
"""Methods of dictionaries that differ in what stays behind: with a default, or where it is known to be one."""
MANY = 2
"""Words in a name that are enough for one of them to be overlooked."""
MAPPINGS = frozenset({"dict", "Dict", "MutableMapping", "defaultdict", "OrderedDict"})
SPECIAL = frozenset({"kwargs", "options", "headers", "environ", "settings", "params", "config"})
"""Names that are usually dictionaries."""


@operator(
    family="arguments",
    change="name",
    story="The name that the completion list offered first was taken; its neighbour takes the same arguments and was meant.",
    symptom="Nothing fails at the call itself, but it works from the other end, or answers a question close to the one asked.",
    hint="Read what each called function promises, not what its name suggests; look at its neighbours too.",
    evidence=[
        "wrong function or method: over a third of labelled single-statement fixes, with wrong names",
        "QuixBugs sieve: any for all",
        "celery: spawn for spawn_n; add_noincr for add",
        "arrow: kwargs.get where kwargs.pop was right; fromdate where fromdatetime was right",
    ],
    examples=[
        Example("queue.appendleft( job )  # é\n", "queue.append( job )  # é\n"),
        Example("prime = all(n % p for p in primes)\n", "prime = any(n % p for p in primes)\n"),
        Example(
            "from bisect import bisect_left, insort\n\nat = bisect_left(\n    rows,\n    row,\n)\ninsort(rows, row)\n",
            "from bisect import bisect_right, insort\n\nat = bisect_right(\n    rows,\n    row,\n)\ninsort(rows, row)\n",
        ),
        Example("locale = kwargs.pop('locale', 'en')\n", "locale = kwargs.get('locale', 'en')\n"),
        Example(
            "class Desk:\n    def check_sender(self, a):\n        go(a)\n\n    def check_receiver(self, a):\n        go(a)\n\n    def pay(self, a, b):\n        self.check_sender(a)\n        self.check_receiver(b)\n",
            "class Desk:\n    def check_sender(self, a):\n        go(a)\n\n    def check_receiver(self, a):\n        go(a)\n\n    def pay(self, a, b):\n        self.check_receiver(a)\n        self.check_receiver(b)\n",
        ),
        Example(
            "def debit(a, n): ...\ndef credit(a, n): ...\n\n\npost(debit(x, 1), credit(y, 1))\n",
            "def debit(a, n): ...\ndef credit(a, n): ...\n\n\npost(credit(x, 1), credit(y, 1))\n",
        ),
        Example("name, ext = path.rsplit('.', 1)\n", "name, ext = path.split('.', 1)\n"),
        Example("local = moment.astimezone(zone)\n", "local = moment.replace(tzinfo=zone)\n"),
        Example(
            "self.pool.spawn_n(f, x)\nself.pool.spawn(g, y)\n",
            "self.pool.spawn(f, x)\nself.pool.spawn(g, y)\n",
        ),
    ],
    untouched=[
        "rows.append\n",
        "name = words.split('.')\n",
        "row = rows.pop(0)\n",
        "page = requests.get(url)\n",
        "def f(seen: dict[str, int], k):\n    n = seen.get(k, 0)\n    seen[k] = n + 1\n",
        "def debit(a, n): ...\ndef credit(a): ...\n\n\ndebit(x, 1)\n",
        "x = min(a)\nmax = x\n",
        "head = path.partition('?')[0]\n",
        "if line.startswith('#'):\n    go()\n",
        "for row in rows.values():\n    go(row)\n",
        "def f(rows: dict[str, int]) -> int:\n    return sum(rows.values())\n",
        "class Desk:\n    def check_sender(self, a): ...\n    def check_receiver(self, a):\n        self.check_other(a)\n",
    ],
)
def sibling_call(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield one change for each sibling."""
    if not isinstance(target.func, cst.Name | cst.Attribute):
        return
    name = last_name(target.func)
    place = target.func if isinstance(target.func, cst.Name) else target.func.attr
    for other in dict.fromkeys(_siblings(target, name, at)):
        if other == name or _is_odd(target, name, other, at) or not fits(at.source, place, other):
            continue
        if would_repeat(at, place, other):
            continue
        change = _renamed(target.func, place, other, at)
        if change is not None:
            yield change
    match target:
        case cst.Call(func=cst.Attribute(attr=cst.Name("astimezone")), args=[only]) if (
            not only.keyword
        ):
            yield replace(place, "replace") + replace(only, f"tzinfo={at.text(only.value)}")


def _is_odd(call: cst.Call, name: str, other: str, at: Context) -> bool:
    """Whether a function would call itself, one would never be called again, or an operator would complain."""
    func = call.func
    own = not isinstance(func, cst.Attribute) or last_name(func.value) in {"self", "cls", "super"}
    if own and at.function is not None and at.function.name.value == other:
        return True
    if name.startswith("_") and at.text(at.source.module).count(f".{name}") == 1:
        return True
    if name in {"strip", "rstrip"}:
        return at.is_tested()
    if other == "rpartition":  # its first part is empty where there is nothing to part at
        return isinstance(at.parent(), cst.Subscript)
    if name in {"keys", "values"}:
        typed = at.function is not None and is_annotated(at.function)
        return typed or isinstance(at.parent(), cst.BinaryOperation | cst.For | cst.CompFor)
    return False


def _siblings(call: cst.Call, name: str, at: Context) -> Iterator[str]:
    if isinstance(call.func, cst.Name):
        yield from _twins(FUNCTIONS, name)
        yield from _functions(call, name, at)
        return
    if not isinstance(call.func, cst.Attribute):
        return
    receiver = call.func.value
    methods = _methods(call, receiver, at)
    if methods is not None:
        yield from methods
        return
    for other in _twins(FUNCTIONS if at.is_module(receiver) else METHODS, name):
        if "left" not in name + other or _has_two_ends(call, receiver, at):
            yield other
    if name in SPLITS and len(call.args) > 1:
        yield from _twins((SPLITS,), name)
    if name in LOOKUPS and _is_lookup(call, receiver, at) and not _is_set_anew(call, receiver, at):
        yield from _twins((LOOKUPS,), name)
    yield from _called_beside(call, receiver, at)


def _twins(pairs: tuple[tuple[str, str], ...], name: str) -> Iterator[str]:
    for one, other in pairs:
        if name in {one, other}:
            yield other if name == one else one


def _is_lookup(call: cst.Call, receiver: cst.BaseExpression, at: Context) -> bool:
    """Whether it is a dictionary that is asked, and for something that may be missing."""
    kind = (at.type_of(receiver) or "").partition("[")[0]
    if last_name(receiver).isupper():
        return False
    return len(call.args) == len(LOOKUPS) and (kind in MAPPINGS or last_name(receiver) in SPECIAL)


def _is_set_anew(call: cst.Call, receiver: cst.BaseExpression, at: Context) -> bool:
    """Whether the function writes the entry that it looks up, so that nobody can tell whether it stayed meanwhile."""
    entry = f"{at.text(receiver)}[{at.text(call.args[0].value)}]"
    written = at.within(at.function or at.source.module, cst.Assign, cst.AugAssign)
    return any(at.text(place) == entry for each in written for place in assigned(each))


def _has_two_ends(call: cst.Call, receiver: cst.BaseExpression, at: Context) -> bool:
    """Whether the receiver is a deque, and no place in it is named."""
    if last_name(call.func) == "pop" and call.args:
        return False
    text = at.text(at.source.module)
    names = (f"{at.text(receiver)}.{name}(" for name in ("appendleft", "popleft", "extendleft"))
    return (
        at.is_module(receiver)
        or (at.type_of(receiver) or "").startswith("deque")
        or any(name in text for name in names)
    )


def _functions(call: cst.Call, name: str, at: Context) -> Iterator[str]:
    """The functions of the module, or imported by it, that take the same and are named alike."""
    mine = at.signature(call)
    if mine is None:
        return
    for other in at.source.module_scope.bindings:
        found = at.project.definition(at.source, other) if _alike(name, other) else None
        if found is None or not isinstance(found[1], cst.FunctionDef):
            continue
        waits = found[1].asynchronous is not None
        theirs = signature_of(found[0], found[1], bound=False)
        if waits == isinstance(at.parent(), cst.Await) and _take_the_same(mine, theirs):
            yield other


def _methods(call: cst.Call, receiver: cst.BaseExpression, at: Context) -> tuple[str, ...] | None:
    """The methods of the same class that take the same and are named alike; None where the class is not known."""
    described = at.facts.types.class_of(at.source, receiver)
    name = last_name(call.func)
    if described is None or name not in described.methods:
        return None
    mine = signature_of(*described.methods[name], bound=True)
    plain = described.methods[name][1].asynchronous is None
    return tuple(
        other
        for other, (source, node) in described.methods.items()
        if _alike(name, other)
        and not node.decorators
        and (node.asynchronous is None) == plain
        and _take_the_same(mine, signature_of(source, node, bound=True))
    )


def _take_the_same(mine: Signature, other: Signature) -> bool:
    """Whether what is handed to one can be handed to the other, and both give back the same type."""
    kinds = [
        [
            (each.kind, each.type, each.name if each.kind == "keyword" else "")
            for each in one.parameters
        ]
        for one in (mine, other)
    ]
    return kinds[0] == kinds[1] and mine.returns == other.returns


def _alike(one: str, other: str) -> bool:
    """Whether two functions are easily confused: told apart by one word, and equally public."""
    if one == other or one.startswith("_") != other.startswith("_") or "__" in one + other:
        return False
    mine, theirs = words(one), words(other)
    longer, shorter = max(mine, theirs, key=len), min(mine, theirs, key=len)
    if len(longer) == len(shorter):
        apart = sum(a != b for a, b in zip(mine, theirs, strict=True))
        return apart == 1 and (len(mine) > MANY or same_role(one, other))
    return len(longer) == len(shorter) + 1 and shorter in {longer[:-1], longer[1:]}


def _called_beside(call: cst.Call, receiver: cst.BaseExpression, at: Context) -> Iterator[str]:
    """Where nothing is known of the class: what else the module calls on the same thing, with as many arguments."""
    name = last_name(call.func)
    for other, args in _calls(at.source).get(at.text(receiver), ()):
        if other[:1].islower() and _alike(name, other) and args == _handed(call.args):
            yield other


@functools.lru_cache(maxsize=4)
def _calls(source: Source) -> Mapping[str, list[tuple[str, list[str]]]]:
    """The methods that a module calls on each receiver, and how it hands arguments over."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for node in source.nodes(cst.Call):
        match node:
            case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value=name)), args=args):
                found.setdefault(source.text(value), []).append((name, _handed(args)))
    return found


def _handed(args: Sequence[cst.Arg]) -> list[str]:
    return [arg.star or (arg.keyword.value if arg.keyword else "") for arg in args]


def _renamed(func: cst.BaseExpression, place: cst.Name, other: str, at: Context) -> Change | None:
    """The sibling's name in place, and in the import where nothing else needs the old one."""
    if isinstance(func, cst.Attribute):
        return replace(place, other)
    home = at.source.scope(func).owner(other)
    if home is not None:
        known = home is at.source.module_scope
        known = known and home.bindings[other][0].kind in {"function", "import"}
        clearing = removal.clearing(at, func) if known else None
        return replace(place, other) + clearing if clearing is not None else None
    if at.source.scope(func).owner(place.value) is None:
        return replace(place, other) if hasattr(builtins, other) else None
    match [each.owner for each in removal.orphans(at, func)]:
        case [cst.ImportAlias(name=cst.Name() as imported, asname=None)]:
            return replace(place, other) + replace(imported, other)
    return None
