"""Tables of words: what names tell about the values they stand for."""

from __future__ import annotations

import functools
import re

PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

LIMITS = frozenset(
    """
    limit limits max maximum min minimum cap capacity size sizes count counts num number len length quota balance
    available amount threshold remaining total budget bound bounds lower upper floor ceiling depth width height level
    retries attempts tries attempt index idx pos position offset end stop start last first n i j k lo hi low high step page pages
    rank priority score weight age quantity qty stock allowance credit debit allowed used version rows
    """.split()
)
"""Words for quantities that have an edge."""

TIMES = frozenset(
    """
    time times timestamp timestamps ts now date dates datetime day days deadline expiry expires expire expired expiration
    until since when ttl timeout created updated due clock seconds secs ms millis minutes hours at window age elapsed
    """.split()
)
"""Words for points in time and spans of it."""

NUMBERS = frozenset(
    """
    amount amounts balance total subtotal sum debit credit debits credits fee fees delta available held price cost tax
    discount net gross paid due owed outstanding remaining refund refunds refunded charge charges interest payment
    payments deposit withdrawal value quantity qty count counter tokens cents units minor points score share shares
    rate rest remainder reserved reserve limit used size tally elapsed duration offset seconds microseconds shift
    distance weight change stock
    """.split()
)
"""Words for numbers that are added and taken away."""

MONEY = frozenset(
    """
    amount amounts balance total subtotal sum debit credit debits credits fee fees delta available held price cost tax
    discount net gross paid due owed outstanding remaining refund refunds refunded charge charges interest payment
    payments deposit withdrawal cents rest remainder reserved reserve captured tokens quota allowance stock used
    """.split()
)
"""Words for sums that go both ways: what a sign tells apart."""

TEXTS = frozenset(
    """
    name names text str string msg message messages line lines path paths url uri key keys prefix suffix label title
    body header headers html query sql pattern regex fmt format word words char chars out output result results items
    args argv cmd parts rows payload padding padded pad digits nul sep list buffer buf data content contents lst
    """.split()
)
"""Words for what `+` joins and does not add."""

PAIRS = (
    ("start", "end"), ("begin", "end"), ("start", "stop"), ("source", "target"), ("src", "dst"), ("source", "dest"),
    ("source", "destination"), ("debit", "credit"), ("first", "last"), ("old", "new"), ("from", "to"), ("min", "max"),
    ("left", "right"), ("gross", "net"), ("before", "after"), ("lower", "upper"), ("low", "high"), ("lo", "hi"), ("previous", "next"),
    ("prev", "next"), ("prev", "current"), ("previous", "current"), ("request", "response"), ("req", "resp"),
    ("sender", "receiver"), ("sender", "recipient"), ("payer", "payee"), ("buyer", "seller"), ("parent", "child"),
    ("key", "value"), ("k", "v"), ("a", "b"), ("i", "j"), ("x", "y"), ("lhs", "rhs"), ("width", "height"), ("row", "column"), ("row", "col"),
    ("rows", "cols"), ("input", "output"), ("price", "cost"), ("total", "subtotal"), ("available", "held"), ("used", "limit"), ("expected", "actual"),
    ("base", "quote"), ("opened", "closed"), ("opening", "closing"), ("created", "updated"), ("inner", "outer"),
    ("head", "tail"), ("local", "remote"), ("host", "port"), ("user", "owner"), ("offset", "limit"), ("minimum", "maximum"), ("path", "query"),
    ("query", "fragment"), ("red", "green"), ("year", "month"), ("month", "day"), ("hour", "minute"), ("minute", "second"),
    ("lat", "lon"), ("lat", "lng"), ("latitude", "longitude"), ("top", "bottom"), ("needle", "haystack"),
)  # fmt: skip
"""Words for two roles of the same kind."""


@functools.cache
def words(name: str) -> tuple[str, ...]:
    """`price_currency`, `priceCurrency` → price, currency."""
    return tuple(part.lower() for part in PARTS.findall(name))


def speaks_of(name: str, about: frozenset[str]) -> bool:
    """Whether one of the words of a name is in the table."""
    return not about.isdisjoint(words(name))


_ROLES = frozenset(PAIRS) | frozenset((b, a) for a, b in PAIRS)


def same_role(one: str, other: str) -> bool:
    """Whether two names are told apart by their role only: `start`/`end`, `price_currency`/`cost_currency`."""
    mine, theirs = words(one), words(other)
    if mine == theirs or not mine or not theirs or one.isupper() != other.isupper():
        return False
    mine_only = [word for word in mine if word not in theirs]
    theirs_only = [word for word in theirs if word not in mine]
    if len(mine_only) == len(theirs_only) == 1 and (mine_only[0], theirs_only[0]) in _ROLES:
        return True
    return mine[-1] == theirs[-1] and len(mine[-1]) > 1


def share_a_word(one: str, other: str) -> bool:
    """Whether two names have a word in common: `start_at`/`start_time`."""
    return any(len(word) > 1 for word in set(words(one)) & set(words(other)))


def look_alike(one: str, other: str) -> bool:
    """Whether two names are those of a pair, have a word in common beside as many others, or say nothing: `a`, `b`."""
    as_long = len(words(one)) == len(words(other))
    return (
        len(one) == len(other) == 1
        or (as_long and share_a_word(one, other))
        or same_role(one, other)
    )


PARTS_OF_IT = frozenset(
    """
    id ids name names key keys count counts size sizes type types kind index idx len length class cls func fn factory
    callback handler list map dict set by lock num number code text str date time path file dir url
    """.split()
)
"""Words that make the name of a thing that of something it has, or that has it: `quote_id`, `rows_by_day`."""


def extends(one: str, other: str) -> bool:
    """Whether one name is the other with more said of the same: `raw_name`/`name`, `bar`/`bar_user`."""
    longer, shorter = sorted((words(one), words(other)), key=len, reverse=True)
    if len(longer) == len(shorter) or not any(len(word) > 1 for word in shorter):
        return False
    more = longer[len(shorter) :]
    if "by" in longer:
        return False
    return longer[-len(shorter) :] == shorter or (
        longer[: len(shorter)] == shorter and PARTS_OF_IT.isdisjoint(more)
    )
