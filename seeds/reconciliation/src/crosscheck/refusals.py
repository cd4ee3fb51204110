"""What is refused. There is one exception; programs look at its code, people at its words."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    # accounts and their terms
    "R101": "there is no account {account}",
    "R102": "the account {account} is there already",
    "R103": "an account needs a name",
    "R104": "at least one line has to fit into memory, not {chunk}",
    "R111": "a window has 0 to {most} days, not {days}",
    "R112": "a tolerance is not negative",
    "R113": "the account {account} is kept in {currency}",
    "R114": "decimals follow a point or a comma, not {mark}",
    "R115": "clocks are at most {most} minutes apart from UTC, not {offset}",
    "R116": "{text} is not a percentage from 0 to 10",
    # amounts and days
    "R201": "{currency} is not a currency we know",
    "R202": "{text} is not an amount",
    "R203": "{text} is finer than {currency} is paid",
    "R204": "{one} and {other} do not go together",
    "R205": "{text} is not a day",
    "R206": "{text} does not say which time zone it is meant in",
    "R207": "{text} is not a month",
    # what comes in
    "R301": "line {number}: {why}",
    "R302": "a line has 2 to 4 columns, not {count}",
    "R303": "nothing moves by {amount}",
    "R304": "there is nothing to enter",
    "R305": "the batch {key} was something else before",
    "R306": "a key has up to {most} characters",
    "R401": "the statement {number} was something else before",
    "R402": "a statement needs a number",
    "R403": "the statement opens with {opening}, the one before closed with {closing}",
    "R404": "from {opening} the lines lead to {reached}, not to {closing}",
    # runs and what is decided on them
    "R501": "there is no run {number}",
    "R502": "there was a run through {last} already",
    "R601": "somebody has to answer for it",
    "R602": "a reason is needed",
    "R603": "finding {number} is {state}",
    "R604": "there is no finding {number}",
    "R605": "{by} cannot confirm what {by} proposed",
    "R606": "{line} belongs to a month that is closed",
    "R607": "there is no match {number}",
    "R608": "a match has lines on both sides",
    "R609": "{line} is {state}",
    "R610": "both sides are {gap} apart",
    "R611": "there is no line {line}",
    "R612": "{line} is no line of the {side}",
    # month ends
    "R701": "{month} is closed",
    "R702": "there was no run through {end} yet",
    "R703": "up to {end}, findings that are not settled: {count}",
    "R704": "{day} belongs to a month that is closed",
    "R705": "{month} is not the month that was closed last",
    # lists and notices
    "R801": "a page has 1 to {most} rows, not {limit}",
    "R802": "{word} is none of {words}",
    "R901": "there is no parked notice {number}",
}


class Refused(Exception):  # noqa: N818 - it says what has happened
    """Something was asked for that cannot be done. Nothing has changed."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(WORDS[code].format(**facts))
        self.code = code
