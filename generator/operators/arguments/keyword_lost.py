"""Hand over by its place what was handed over by its name: `f(x, name=value)` becomes `f(x, value)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.operators.signatures import Signature

BY_NAME_ONLY = frozenset(
    """
    sorted sort min max print dict dumps dump loads load field dataclass run Popen check_output check_call partial
    namedtuple enumerate zip sum open format replace _replace evolve update timedelta relativedelta NamedTemporaryFile
    TemporaryDirectory add_argument get_or_create update_or_create option group command type super accumulate product
    """.split()
)
"""Well-known callees that take it by its name only, or to which it is the same."""
FEW = 2
"""Positional arguments before it, at most, where nothing is known of the callee."""


@operator(
    family="arguments",
    change="argument",
    story="The name of the argument was left away to make the call shorter, in the belief that it is the next one in any case.",
    symptom="A value is taken for something else than it is; what it was meant for has its default.",
    hint="Hold the places of each call against the signature of what it calls.",
    evidence=[
        "arguments missing, extra, swapped or under the wrong keyword: 15.3 % of labelled single-statement fixes in Python",
        "keras: gradients(loss, params) where the second place is another parameter",
        "werkzeug: url_quote(x, self.charset) where the second place is not the charset",
    ],
    examples=[
        Example(
            "def quote(text, safe='', charset='utf-8'): ...\n\n\nquote(x, charset=self.charset)\n",
            "def quote(text, safe='', charset='utf-8'): ...\n\n\nquote(x, self.charset)\n",
        ),
        Example(
            "grads = optimizer.compute( loss , var_list = params )  # é\n",
            "grads = optimizer.compute( loss , params )  # é\n",
        ),
        Example(
            "send(\n    message,\n    # in seconds\n    timeout=self.timeout,\n)\n",
            "send(\n    message,\n    # in seconds\n    self.timeout,\n)\n",
        ),
        Example(
            "def post(amount, note=None, *tags, day=None): ...\n\n\npost(5,\n\tday=(today()))\n",
            "def post(amount, note=None, *tags, day=None): ...\n\n\npost(5,\n\t(today()))\n",
        ),
    ],
    untouched=[
        "def quote(text, safe=''): ...\n\n\nquote(x, safe=y)\n",
        "def quote(text, *, safe=''): ...\n\n\nquote(x, safe=y)\n",
        "def quote(text, safe: str = '', size: int = 0): ...\n\n\nquote(x, size=5)\n",
        "rows = sorted(rows, key=by_age)\n",
        "send(message, retry=True)\n",
        "send(message, timeout=timeout, retries=retries)\n",
        "send(*parts, timeout=timeout)\n",
        "send(timeout=timeout)\n",
        "raise Refused(row, reason=reason)\n",
        "send(message, topic=message)\n",
    ],
)
def keyword_lost(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield the call with the first of its keywords gone."""
    n = next((n for n, arg in enumerate(target.args) if arg.keyword or arg.star), 0)
    arg = target.args[n] if n else None
    if arg is None or arg.keyword is None or last_name(target.func) in BY_NAME_ONLY:
        return
    signature = at.signature(target)
    fits = (
        _looks_right(n, target) if signature is None else _takes_another(n, target, signature, at)
    )
    value = at.text(arg.value)
    if fits and value not in {at.text(each.value) for each in target.args if each is not arg}:
        yield replace(arg, value)


def _looks_right(n: int, call: cst.Call) -> bool:
    """Whether a call of something unknown is one that people write without the keyword."""
    plain = isinstance(call.args[n].value, cst.Name | cst.Attribute | cst.Call | cst.Subscript)
    constant = last_name(call.args[n].value) in {"True", "False", "None"}
    return n <= FEW and len(call.args) == n + 1 and plain and not constant


def _takes_another(n: int, call: cst.Call, signature: Signature, at: Context) -> bool:
    """Whether the callee has another parameter at that place, free and of a type that fits."""
    named = {arg.keyword.value for arg in call.args if arg.keyword}
    mine, arg = signature.positional(n), call.args[n]
    if arg.keyword is None:
        return False
    if mine is None:
        return any(each.kind == "star" for each in signature.parameters)
    own = signature.keyword(arg.keyword.value)
    kinds = {each for each in (at.type_of(arg.value), mine.type, own.type if own else None) if each}
    needed = own is not None and not own.has_default
    return mine.name not in named and not needed and len(kinds) < FEW
