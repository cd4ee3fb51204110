"""Make the key that tells a repeated request from a new one inside the loop that repeats it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import move
from generator.operators import Example, operator
from generator.operators.nodes import last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

KEYS = frozenset(
    "key idempotency token nonce reference uuid guid request_id dedupe correlation id".split()
)
PREPARED = frozenset("prepared request payload headers message envelope body command".split())
"""Words for what carries such a key."""
MAKERS = frozenset(
    "uuid uuid4 uuid1 uuid7 token nonce new next make generate unique random fresh".split()
)
RETRY = frozenset("attempt attempts retry retries retrying tries backoff tried again".split())
ASKED = ("idempoten", "nonce", "dedup")


@operator(
    family="transaction",
    change="structure",
    story="What is needed for one request was put together where the request is sent, and that is inside the loop that tries again.",
    symptom="After a timeout the same thing is done twice, since the second attempt looks like a new request.",
    hint="Compare what two attempts of one request send, byte by byte.",
    evidence=[
        "payment services ask for one key for all attempts of a request in their documentation",
        "written from experience: no study at hand counts keys that are made once an attempt",
    ],
    examples=[
        Example(
            "def charge(client, amount):\n    key = uuid.uuid4().hex\n    for attempt in range(3):\n        try:\n            return client.charge(amount, key=key)\n        except Timeout:\n            sleep(attempt)\n    raise Failed\n",
            "def charge(client, amount):\n    for attempt in range(3):\n        key = uuid.uuid4().hex\n        try:\n            return client.charge(amount, key=key)\n        except Timeout:\n            sleep(attempt)\n    raise Failed\n",
        ),
        Example(
            "def send(client, order):\n    # one for all\n    request_id = client.new_id()  # é\n    attempt = 1\n    while True:\n        if client.post(order, request_id):\n            return attempt\n        attempt += 1\n",
            "def send(client, order):\n    attempt = 1\n    while True:\n        # one for all\n        request_id = client.new_id()  # é\n        if client.post(order, request_id):\n            return attempt\n        attempt += 1\n",
        ),
        Example(
            "def send(client, order):\n\tprepared = prepare(client,\n\t\tidempotency=order.id)\n\n\tfor retry in client.waits:\n\t\tif client.post(prepared):\n\t\t\tbreak\n",
            "def send(client, order):\n\tfor retry in client.waits:\n\t\tprepared = prepare(client,\n\t\t\tidempotency=order.id)\n\t\tif client.post(prepared):\n\t\t\tbreak\n",
        ),
    ],
    untouched=[
        "def f(client, rows):\n    key = uuid.uuid4().hex\n    for row in rows:\n        client.post(row, key)\n",
        "def f(client):\n    key = new_key()\n    for attempt in range(3):\n        client.post(key)\n    return key\n",
        "def f(client, key):\n    for attempt in range(3):\n        client.post(key)\n",
        "def f(client):\n    key = new_key()\n    log(key)\n    for attempt in range(3):\n        client.post(key)\n",
    ],
)
def idempotency_key_per_attempt(target: cst.For | cst.While, at: Context) -> Iterator[Change]:
    """Yield the move of each key made above the loop to its start."""
    if not isinstance(target.body, cst.IndentedBlock) or not _tries_again(target, at):
        return
    for line in at.before(target):
        name = _key_made(line, at)
        if name is not None and _is_read_inside_only(name, target, line, at):
            yield move(line, before=target.body.body[0])


def _tries_again(loop: cst.For | cst.While, at: Context) -> bool:
    """Whether a loop repeats one thing until it is done, and does not go through many things."""
    names = {word for name in at.names(loop) | at.bound(loop) for word in words(name)}
    header = loop.iter if isinstance(loop, cst.For) else loop.test
    told = {word for each in at.within(header, cst.Attribute) for word in words(each.attr.value)}
    return not RETRY.isdisjoint(names | told)


def _key_made(line: cst.CSTNode, at: Context) -> str | None:
    """The name that a statement gives to a new key, or to what carries one."""
    match line:
        case cst.SimpleStatementLine(
            body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)]
        ):
            said = set(words(name))
            calls = [last_name(each.func) for each in at.within(value, cst.Call)]
            makes = any(not MAKERS.isdisjoint(words(each)) for each in calls)
            if (said & KEYS and makes) or (said & PREPARED and calls and _is_asked_for(at)):
                return name
    return None


def _is_asked_for(at: Context) -> bool:
    text = at.source.data.decode().lower()
    return any(each in text for each in ASKED)


def _is_read_inside_only(name: str, loop: cst.CSTNode, line: cst.CSTNode, at: Context) -> bool:
    scope = at.source.scope(line)
    start, end = at.source.span(loop)
    places = [at.source.span(each)[0] for each in scope.uses[name]]
    changed = at.bound(loop) & at.names(line)
    alone = len(scope.bindings[name]) == 1 and not changed
    return alone and bool(places) and all(start < place < end for place in places)
