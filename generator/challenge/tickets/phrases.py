"""The sentences of a ticket, as tables: every frame names the person, so that no two tickets share one.

Fields: `first` and `full` are the person, `role`, `company` and `noun`, what was asked for, as the seed words them; the others are said
where they are used. Clauses and noun phrases are worded so that they fit a singular and a plural noun alike.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

OPENINGS: Final = (
    "{full} ({role}, {company}) wrote to us; subject: {noun}.",
    "A message came in from {full} ({role}, {company}), headed “{noun}”.",
    "{full} of {company} ({role}) called; it is about “{noun}”.",
    "{full}, who does {role} at {company}, has a question, subject: {noun}.",
    "Reported by {full} ({role}, {company}); subject: {noun}.",
    "At {company}, {full} ({role}) has a problem, filed under “{noun}”.",
    "{full} ({role}) called on behalf of {company}; the subject was “{noun}”.",
    "This one comes from {full} ({role}, {company}), with the subject “{noun}”.",
    "{company} asked for help with “{noun}”; our contact there is {full} ({role}).",
    "{full} ({role} at {company}) got stuck and turned to us; subject: {noun}.",
    "We heard from {full} ({role}, {company}); the heading is “{noun}”.",
    "“{noun}” is what {full} ({role}, {company}) wrote above the message.",
)

LEADS: Final = (
    "Starting from nothing, {first}:",
    "From an empty start, {first}:",
    "On an empty system, {first}:",
    "On a fresh system, {first}:",
    "With nothing there before, {first}:",
    "{first} starts with nothing and:",
    "To see it, {first} takes an empty system and:",
    "On a system that is still empty, {first}:",
    "Step by step, on an empty system, {first}:",
    "{first} goes through this on a new system:",
    "With a new and empty system, {first}:",
    "What {first} does, nothing being there before:",
)
"""The list of steps hangs on it, and is one sentence with it: each step is what the person does, without the person."""

ONLY: Final = (
    "On an empty system, {first} {does}.",
    "Starting from nothing, {first} {does}.",
    "It takes one step on an empty system: {first} {does}.",
    "On a fresh system {first} {does}, and that is all.",
    "With nothing there before, {first} {does}.",
    "{first} takes an empty system and {does}.",
    "As the first thing on a new system, {first} {does}.",
    "One step on an empty system is enough: {first} {does}.",
    "From an empty start, {first} {does}.",
    "There is one step to it, on an empty system: {first} {does}.",
    "On a system that is still empty, {first} {does}.",
    "{first} starts with nothing and {does}.",
)
"""Where there is one step only. Fields: `does`."""

SAW: Final = (
    "{first} tells us that {what}.",
    "{first} says that {what}.",
    "{first} then finds that {what}.",
    "What {first} sees: {what}.",
    "{first} reports that {what}.",
    "As {first} puts it, {what}.",
    "According to {first}, {what}.",
    "At that point {first} sees that {what}.",
    "{full} writes that {what}.",
    "In the words of {first}, {what}.",
    "{first} showed us that {what}.",
    "What came of it for {first}: {what}.",
)
"""Fields: `what`, one of OUTCOMES."""

_CRASHES: Final = (
    "it ends in an internal error",
    "an internal error comes back and nothing else",
    "it breaks off with an internal error",
    "there is no answer, only an internal error",
)

OUTCOMES: Final = MappingProxyType(
    {
        "accepted": (
            "it goes through",
            "it is accepted",
            "nothing stops it",
            "it is done without a question",
        ),
        "accepted, with what it gives": (
            "it goes through, with the answer “{saw}”",
            "it is accepted and says “{saw}”",
            "nothing stops it: it shows “{saw}”",
            "it is done without a question; the screen shows “{saw}”",
        ),
        "refused": (
            "it is refused with “{saw}”",
            "the answer is a refusal, “{saw}”",
            "it is turned down, the reason given being “{saw}”",
            "it is not accepted: “{saw}”",
        ),
        "value": (
            "the answer is “{saw}”",
            "it says “{saw}”",
            "it shows “{saw}”",
            "the screen shows “{saw}”",
        ),
        "reason": (
            "it is refused with “{saw}”",
            "it is turned down for the wrong reason, “{saw}”",
            "the refusal says “{saw}”",
            "the reason given is “{saw}”",
        ),
        "crash": _CRASHES,
        "crash for a refusal": _CRASHES,
    }
)

EXPECTED: Final = (
    "{first} expected {wanted}: {rule}.",
    "{first} expected {wanted}, since {rule}.",
    "What was due, says {first}, is {wanted}, because {rule}.",
    "Expected by {first}: {wanted}, since {rule}.",
    "What {first} expected is {wanted}, as {rule}.",
    "By our terms {rule}, so {first} expected {wanted}.",
    "{first} knows that {rule}, and expected {wanted}.",
    "We promise that {rule}, so {first} expected {wanted}.",
    "{first} should have seen {wanted}: {rule}.",
    "Since {rule}, {first} expected {wanted}.",
    "{full} expected {wanted} here, because {rule}.",
    "Instead, {first} expected {wanted}, as {rule}.",
)
"""Fields: `wanted`, one of WANTED; `rule`, the docstring of the test without its capital and stop."""

EXPECTED_AT_ONCE: Final = (
    "{first} expected {wanted}.",
    "{first} expected {wanted} at this point.",
    "What was due, says {first}, is {wanted}.",
    "Expected by {first}: {wanted}.",
    "What {first} expected is {wanted}.",
    "{first} had counted on {wanted}.",
    "{first} should have seen {wanted}.",
    "Right for {first} would be {wanted}.",
    "{full} expected {wanted} here.",
    "Instead, {first} expected {wanted}.",
    "The answer due to {first} was {wanted}.",
    "In its place, {first} expected {wanted}.",
)
"""Where the test goes on after the first wrong answer: its rule may speak of what comes later. Fields: `wanted`."""

_REFUSALS: Final = (
    "the refusal “{expected}”",
    "a refusal, “{expected}”",
    "a refusal with the words “{expected}”",
)

WANTED: Final = MappingProxyType(
    {
        "accepted": _REFUSALS,
        "crash for a refusal": _REFUSALS,
        "refused": ("no refusal", "no objection", "an ordinary answer"),
        "refused, with what it gives": (
            "“{expected}”",
            "no refusal but “{expected}”",
            "the answer “{expected}”",
        ),
        "value": ("“{expected}”", "the answer “{expected}”", "the result “{expected}”"),
        "reason": (
            "the refusal “{expected}”",
            "the reason “{expected}”",
            "a refusal that says “{expected}”",
        ),
        "crash": ("an ordinary answer", "an answer", "a proper result"),
        "crash, with what it gives": (
            "“{expected}”",
            "the answer “{expected}”",
            "the result “{expected}”",
        ),
    }
)
"""What was expected, as a noun phrase, by kind of symptom."""

OFTEN: Final = (
    "We tried it three times for {first}, each time with the same outcome.",
    "It is the same for {first} every time; in our three attempts it was, too.",
    "How often: each time, says {first}, and in all three attempts of ours.",
    "Support went through the steps of {first} three times and saw it each time.",
    "{first} sees it every time, and so did we in three attempts.",
    "We repeated what {first} did, three times out of three with the same result.",
    "It does not come and go: {first} sees it each time, support in three attempts of three.",
    "Three times we did as {first} did, and three times it came out like this.",
    "For {first} it happens each time; support tried it three times and saw nothing else.",
    "Support has seen it in each of three attempts to do as {first} did.",
    "Every attempt ends so, those of {first} as well as our own three.",
    "We could repeat it for {first} three times out of three.",
)
"""The three attempts are the runs of the proof."""

QUOTES: Final = (
    "“We need this every day”, says {first}.",
    "“Please tell us when it is put right”, writes {full}.",
    "“I have been over it again”, {first} adds.",
    "“Is it us or is it you?”, asks {first}.",
    "“I can go through it again with you at any time”, {first} offers.",
    "“We would like to understand how this can be”, says {full}.",
    "“I would rather not explain this to the auditors”, says {first}.",
    "“Tell me if you need more than these steps”, {first} closes.",
    "“I did nothing other than what stands here”, {first} assures us.",
    "“We have to know whether we can trust the rest”, writes {first}.",
    "“No hurry, but please do not forget it”, says {first}.",
    "“I have kept everything as it is”, writes {full}.",
    "“What do I tell my manager?”, asks {first}.",
    "“I can wait a day, not a week”, {first} writes.",
    "“I had to read it twice”, {first} admits.",
    "“Somebody will ask me about this on Monday”, writes {full}.",
    "“If I do something wrong, please say so”, {first} asks.",
    "“I have no other explanation”, {first} closes.",
)

_CRASH_TITLES: Final = (
    ("Internal error at {company}: {noun}", "Internal error at {company}"),
    ("{company}: {noun} ending in an internal error", "{company}: internal error"),
    (
        "{Noun} broken off with an internal error ({company})",
        "Broken off by an error ({company})",
    ),
    ("{Noun} unanswered for {company}, internal error", "Unanswered for {company}"),
    ("An error instead of {noun} for {company}", "An error for {company}"),
    (
        "{company} reports an internal error with {noun}",
        "{company} reports an internal error",
    ),
    ("{Noun} unavailable to {company}: internal error", "Unavailable to {company}"),
    ("No answer but an error: {noun}, {company}", "No answer but an error: {company}"),
    ("{Noun} failing with an error at {company}", "Failing with an error at {company}"),
    ("Error page for {company}: {noun}", "Error page for {company}"),
    (
        "{company} stopped by an internal error ({noun})",
        "{company} stopped by an internal error",
    ),
    ("System error at {company} during {noun}", "System error at {company}"),
)

TITLES: Final = MappingProxyType(
    {
        "accepted": (
            (
                "{Noun} accepted at {company} that should be refused",
                "{Noun} accepted in error at {company}",
            ),
            ("{company}: {noun} let through against the rules", "{company}: {noun} let through"),
            ("No refusal for {noun} at {company}", "No refusal at {company}"),
            (
                "{Noun} possible at {company} where it should not be",
                "{Noun} wrongly possible at {company}",
            ),
            ("Missing refusal ({noun}, {company})", "Missing refusal ({company})"),
            ("{Noun} not stopped for {company}", "Not stopped for {company}"),
            (
                "{company}: {noun} accepted against the rules",
                "{company}: accepted against the rules",
            ),
            ("Refusal expected at {company}, {noun} accepted", "Refusal expected at {company}"),
            ("{Noun}: not refused at {company}", "Not refused at {company}"),
            ("No check on {noun} at {company}?", "No check at {company}?"),
            ("{Noun} too easily accepted, says {company}", "Too easily accepted, says {company}"),
            (
                "{company} reports {noun} that should have been turned down",
                "{company} reports a yes too many",
            ),
        ),
        "refused": (
            ("{Noun} refused at {company} without cause", "Refused at {company} without cause"),
            (
                "{company}: {noun} turned down although in order",
                "{company}: turned down although in order",
            ),
            ("Refusal of {noun} puzzles {company}", "Refusal puzzles {company}"),
            ("{Noun} no longer accepted for {company}", "No longer accepted for {company}"),
            ("Wrongly refused: {noun} at {company}", "Wrongly refused at {company}"),
            ("{company} cannot get through: {noun}", "{company} cannot get through"),
            ("{Noun} blocked for {company}", "Blocked for {company}"),
            ("{Noun} impossible at {company}", "Not possible at {company}"),
            ("Unfounded refusal ({noun}, {company})", "Unfounded refusal ({company})"),
            ("{company} turned away: {noun}", "{company} turned away"),
            ("{Noun} rejected, {company} sees no reason", "Rejected, {company} sees no reason"),
            ("Valid {noun} refused, reports {company}", "Wrong refusal, reports {company}"),
        ),
        "value": (
            ("{Noun} at {company}: {saw} instead of {expected}", "{Noun} wrong at {company}"),
            ("{company}: {noun} {saw}, not {expected}", "{company}: wrong {noun}"),
            ("{Noun} not right for {company}: {saw}", "{Noun} not right for {company}"),
            ("{saw} in place of {expected}: {noun}, {company}", "Unexpected {noun}, {company}"),
            ("Wrong {noun} at {company}: {saw}", "Wrong {noun} at {company}"),
            ("{company}: {noun} gives {saw}, not {expected}", "{company}: {noun} off"),
            ("{Noun}: {saw}, {company} expects {expected}", "{Noun} disputed by {company}"),
            ("{Noun} ({company}): {saw}, due {expected}", "{Noun} not as {company} expects"),
            ("{Noun} at {company} says {saw}", "{Noun} at {company} says something else"),
            (
                "{Noun} ({company}) should say {expected}, says {saw}",
                "{Noun} ({company}) says otherwise",
            ),
            ("{company} doubts {noun}: {saw}", "Doubts at {company}: {noun}"),
            (
                "{expected} expected, {saw} given: {noun} at {company}",
                "Other {noun} at {company} than expected",
            ),
        ),
        "reason": (
            ("{Noun} refused at {company} for the wrong reason", "Wrong reason given at {company}"),
            ("{company}: misleading refusal of {noun}", "{company}: misleading refusal"),
            (
                "Refusal of {noun} with another reason ({company})",
                "Refusal with another reason ({company})",
            ),
            ("Wrong explanation for refused {noun} at {company}", "Wrong explanation at {company}"),
            ("{Noun}: odd reason given to {company}", "Odd reason given to {company}"),
            ("{Noun}: refusal not understood at {company}", "Refusal not understood at {company}"),
            ("Not the reason {company} expects: {noun}", "Not the reason {company} expects"),
            (
                "{Noun} turned down for {company}, reason wrong",
                "Turned down for {company}, reason wrong",
            ),
            ("Mistaken reason in refusal of {noun}, {company}", "Mistaken reason, {company}"),
            ("{company} asks why {noun} got this refusal", "{company} asks about a refusal"),
            ("Refused {noun}, confusing message at {company}", "Confusing message at {company}"),
            (
                "{Noun} refusal says something else at {company}",
                "Refusal says something else at {company}",
            ),
        ),
        "crash": _CRASH_TITLES,
        "crash for a refusal": _CRASH_TITLES,
    }
)
"""By kind of symptom: each with its shorter form, for where a line is too short."""
