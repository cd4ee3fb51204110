"""The sentences of a ticket, as tables: every frame names the person, so that no two tickets share one.

Fields: `first` and `full` are the person, `role`, `company` and `area` as the seed words them; the others are said
where they are used. Clauses and noun phrases are worded so that they fit a singular and a plural noun alike.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

OPENINGS: Final = (
    "{full} ({role}, {company}) wrote to us about {area}.",
    "A message about {area} came in from {full} ({role}, {company}).",
    "{full} of {company} ({role}) met this in {area}.",
    "The customer is {company}, the person {full} ({role}), and the matter is {area}.",
    "Reported by {full} ({role}, {company}), under {area}.",
    "At {company}, {full} ({role}) has a problem with {area}.",
    "{full} ({role}) called on behalf of {company}; the subject was {area}.",
    "This one is about {area} and comes from {full} ({role}, {company}).",
    "{company} asked us to look at {area}; our contact there is {full} ({role}).",
    "{full} ({role} at {company}) was at work on {area} and got stuck.",
    "We heard from {full} ({role}, {company}) that something in {area} is not right.",
    "Something in {area} puzzles {full} ({role}, {company}).",
)

STEPS: Final = (
    ("{full} {does}.", "{first} {does}.", "Then {first} {does}.", "Finally, {first} {does}."),
    (
        "To begin with, {first} {does}.",
        "{first} then {does}.",
        "After that, {first} {does}.",
        "At the end, {first} {does}.",
    ),
    (
        "First, {first} {does}.",
        "Next, {first} {does}.",
        "{full} then {does}.",
        "Last, {first} {does}.",
    ),
    (
        "At {company}, {first} {does}.",
        "Then {full} {does}.",
        "{first} goes on and {does}.",
        "In the end, {first} {does}.",
    ),
    (
        "It starts when {first} {does}.",
        "{first} now {does}.",
        "Afterwards, {first} {does}.",
        "As the last step, {first} {does}.",
    ),
    (
        "At the start, {full} {does}.",
        "From there, {first} {does}.",
        "Following that, {first} {does}.",
        "To finish, {first} {does}.",
    ),
    (
        "To start, {full} {does}.",
        "Now {first} {does}.",
        "The next thing: {first} {does}.",
        "Lastly, {first} {does}.",
    ),
    (
        "{first} first {does}.",
        "{first} next {does}.",
        "With that done, {first} {does}.",
        "{first} finally {does}.",
    ),
)
"""One row per ticket: its first step, two in turn for those between, its last."""

ONLY: Final = (
    "{full} {does}.",
    "It takes one step: {first} {does}.",
    "There is a single step to it, in which {first} {does}.",
    "At {company}, {first} {does}.",
    "All it takes is that {first} {does}.",
    "Here {full} {does}.",
    "One thing suffices: {first} {does}.",
    "{first} simply {does}.",
)
"""Where there is one step only, row by row beside STEPS."""

REPEATS: Final = (
    "{first} does this {more}, with other details.",
    "The same again from {first}, {more}, the details differing.",
    "{full} goes through it {more} in the same way, other details each time.",
    "{first} has more of the kind to do and repeats it {more}.",
    "{first} keeps at it, {more} in the same way.",
    "In the same way, {first} carries on {more}.",
    "It is repeated by {first}, {more}, with differing details.",
    "{first} does the like {more}, with other details.",
)
"""Fields: `more`, as in "22 more times"."""

SAW: Final = (
    "What {first} sees: {what}.",
    "{first} reports that {what}.",
    "The outcome, as {first} describes it: {what}.",
    "Instead of what was wanted, {first} finds that {what}.",
    "At this point {first} notices that {what}.",
    "{full} tells us that {what}.",
    "The result that {first} gets: {what}.",
    "As {first} puts it, {what}.",
    "Here {first} is surprised: {what}.",
    "According to {first}, {what}.",
    "That is where it goes wrong for {first}: {what}.",
    "{first} can show us that {what}.",
)
"""Fields: `what`, one of OUTCOMES."""

OUTCOMES: Final = MappingProxyType(
    {
        "accepted": (
            "it goes through without an objection",
            "no refusal comes, it is simply accepted",
            "it is accepted as if nothing were the matter",
            "nothing stops it",
        ),
        "refused": (
            "it is refused with “{saw}”",
            "a refusal comes back, “{saw}”",
            "it is turned down, the reason given being “{saw}”",
            "the answer is no, with the words “{saw}”",
        ),
        "value": (
            "the answer is “{saw}”",
            "“{saw}” comes back",
            "it shows “{saw}”",
            "the screen has “{saw}”",
        ),
        "reason": (
            "the refusal gives another reason, “{saw}”",
            "it is turned down for the wrong reason, “{saw}”",
            "the refusal says “{saw}”",
            "the reason given is “{saw}”",
        ),
        "crash": (
            "it ends in an internal error",
            "an internal error comes back and nothing else",
            "it breaks off with an internal error",
            "there is no answer, only an internal error",
        ),
        "rule": (
            "the outcome is not as agreed",
            "this does not come out as agreed",
            "it does not turn out as it should",
            "what comes out is not what was agreed",
        ),
    }
)

EXPECTED: Final = (
    "{first} expected {wanted}, since {rule}.",
    "The right outcome for {first} would be {wanted}, because {rule}.",
    "What {first} counted on was {wanted}: {rule}.",
    "By our own terms {first} should get {wanted}, as {rule}.",
    "{full} had counted on {wanted}, given that {rule}.",
    "Expected by {first}: {wanted}, for {rule}.",
    "{first} points to what we promise, that {rule}, and expected {wanted}.",
    "As {first} reads our terms, {rule}, which here means {wanted}.",
    "It ought to be {wanted}, says {first}, seeing that {rule}.",
    "{first} was waiting for {wanted}; after all, {rule}.",
    "Since {rule}, {first} expected {wanted}.",
    "We told {first} that {rule}, so it should have been {wanted}.",
)
"""Fields: `wanted`, one of WANTED; `rule`, the docstring of the test without its capital and stop."""

WANTED: Final = MappingProxyType(
    {
        "accepted": (
            "the refusal “{expected}”",
            "a refusal with “{expected}”",
            "a no, namely “{expected}”",
        ),
        "refused": ("no refusal", "a yes", "an ordinary answer"),
        "refused, with what it gives": (
            "“{expected}”",
            "no refusal but “{expected}”",
            "a yes and “{expected}”",
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

PROMISED: Final = (
    "{first} takes us at our word: {rule}.",
    "As {first} understood us, {rule}.",
    "{first} expected that {rule}.",
    "What {first} was promised: {rule}.",
    "{full} reminds us that {rule}.",
    "For {first} it should be so that {rule}.",
    "{first} counts on it that {rule}.",
    "To {first} we said that {rule}.",
    "{first} asks for no more than that {rule}.",
    "It was agreed with {first} that {rule}.",
    "{first} quotes our terms, by which {rule}.",
    "The way {first} has it from us, {rule}.",
)
"""In place of EXPECTED where no value can be told but the rule itself."""

FOLDS: Final = (
    "{first} does {count} more things before the last ones ({kinds}).",
    "Between these, {first} gets {count} more things done ({kinds}).",
    "{count} more things follow from {first} ({kinds}).",
    "There {first} has {count} more things to do ({kinds}).",
    "In between, {first} works through {count} more things ({kinds}).",
    "{full} adds {count} more things ({kinds}).",
    "Meanwhile {first} completes {count} more things ({kinds}).",
    "{first} carries out {count} more things ({kinds}).",
)
"""Where there are too many steps. Fields: `count`, and `kinds`, as in "transfer 4, hold 2"."""

OFTEN: Final = (
    "Of {ran} that support ran on {area} for {first}, {tally}.",
    "How often: support ran {ran} on {area} after the call from {first}, and {tally}.",
    "To see how far it goes, support ran {ran} on {area} for {full}: {tally}.",
    "Support went through {ran} on {area} with {first}; {tally}.",
    "For {first}, support has run {ran} on {area}, of which {tally}.",
    "{first} asked how often it happens: of {ran} on {area}, {tally}.",
    "It was counted for {first}: out of {ran} on {area}, {tally}.",
    "Behind the report from {first} stand {ran} on {area}; {tally}.",
    "Looking into it for {first}, support ran {ran} on {area}: {tally}.",
    "In {ran} on {area}, run because {first} had asked, {tally}.",
    "The count that {first} was given: of {ran} on {area}, {tally}.",
    "When support ran {ran} on {area} to answer {first}, {tally}.",
)
"""Fields: `ran`, as in "14 checks"; `tally`, as in "3 go wrong, the other 11 look right"."""

QUOTES: Final = (
    "“We rely on this every day”, says {first}.",
    "“Please tell us when it is put right”, writes {full}.",
    "“I have been over it again”, {first} adds.",
    "“Is it us or is it you?”, asks {first}.",
    "“I can go through it again with you at any time”, {first} offers.",
    "“We would like to understand how this can be”, says {full}.",
    "“It does so every time I try”, says {first}.",
    "“This is copied from the screen, not typed”, notes {first}.",
    "“I would rather not explain this to the auditors”, says {first}.",
    "“Tell me if you need more than these steps”, {first} closes.",
    "“I did nothing other than what stands here”, {first} assures us.",
    "“We have to know whether we can trust the rest”, writes {first}.",
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
                "{company} gets a yes to {noun} instead of a no",
                "{company} gets a yes instead of a no",
            ),
            ("Refusal expected at {company}, {noun} accepted", "Refusal expected at {company}"),
            ("{Noun}: {company} meets no objection", "{company} meets no objection"),
            ("Nothing holds back {noun} at {company}", "Nothing holds it back at {company}"),
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
            ("{company} gets a no to {noun}", "{company} gets a no"),
            ("{Noun} blocked for {company}", "Blocked for {company}"),
            ("{Noun} impossible at {company}", "Not possible at {company}"),
            ("Unfounded refusal ({noun}, {company})", "Unfounded refusal ({company})"),
            ("{company} turned away: {noun}", "{company} turned away"),
            ("{Noun} rejected, {company} sees no reason", "Rejected, {company} sees no reason"),
            ("Valid {noun} refused, reports {company}", "Wrong refusal, reports {company}"),
        ),
        "value": (
            ("{Noun} at {company}: {saw} instead of {expected}", "{Noun} wrong at {company}"),
            ("{company} sees {saw}, not {expected}: {noun}", "{company}: wrong {noun}"),
            (
                "{Noun} not right for {company} ({saw}, not {expected})",
                "{Noun} not right for {company}",
            ),
            ("{saw} in place of {expected}: {noun}, {company}", "Unexpected {noun}, {company}"),
            ("Wrong {noun} at {company}: {saw}", "Wrong {noun} at {company}"),
            ("{company}: {noun} off ({saw} for {expected})", "{company}: {noun} off"),
            ("{Noun}: {company} finds {saw}, wants {expected}", "{Noun}: {company} finds it wrong"),
            (
                "{Noun} of {saw} where {company} expects {expected}",
                "{Noun} not as {company} expects",
            ),
            ("{company} does not recognise {noun}: {saw}", "{company} does not recognise {noun}"),
            (
                "{Noun} ({company}) should say {expected}, says {saw}",
                "{Noun} ({company}) says otherwise",
            ),
            ("Doubts at {company} about {noun}: {saw}", "Doubts at {company} about {noun}"),
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
            ("{company} misled about {noun}", "{company} misled"),
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
        "crash": (
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
        ),
        "rule": (
            ("{Noun} not as agreed at {company}", "Not as agreed at {company}"),
            ("{company}: {noun} against the rules", "{company}: against the rules"),
            ("Unexpected outcome at {company}: {noun}", "Unexpected outcome at {company}"),
            ("{Noun} not as promised to {company}", "Not as promised to {company}"),
            ("{company} questions {noun}", "{company} has a question"),
            ("{Noun} in doubt at {company}", "In doubt at {company}"),
            ("Rule not kept for {company}: {noun}", "Rule not kept for {company}"),
            ("{Noun} astonishing to {company}", "Astonishing to {company}"),
            ("Something off with {noun} at {company}", "Something off at {company}"),
            ("{company} expects otherwise: {noun}", "{company} expects otherwise"),
            ("{Noun} inconsistent, says {company}", "Inconsistent, says {company}"),
            ("Complaint from {company} about {noun}", "Complaint from {company}"),
        ),
    }
)
"""By kind of symptom: each with its shorter form, for where a line is too short."""

VERBS: Final = (
    (("goes wrong", "go wrong"), ("looks right", "look right")),
    (("fails", "fail"), ("is fine", "are fine")),
    (("comes out wrong", "come out wrong"), ("comes out right", "come out right")),
)
"""What a check does, one and several of them: badly, well."""
