"""Write a pattern a little wider or narrower: without an anchor, a lookaround, a member of a class, an alternative, or with
`*` for `+`."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.nodes import assigned, last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

TOKEN = re.compile(
    r"""(?P<anchor>\\[bBAZ]|\^|\$)
    |(?P<escape>\\(?:x..|u....|N\{.*?\}|.))
    |(?P<set>\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\])
    |(?P<open>\((?:\?(?:P<\w+>|P=|<?[=!]|\#|[aiLmsux-]*:|>|P>|\())?)
    |(?P<close>\))
    |(?P<bar>\|)
    |(?P<times>(?:[*+?]|\{\d*,?\d*\})[?+]?)
    |(?P<plain>.)""",
    re.VERBOSE | re.DOTALL,
)
MEMBER = re.compile(r"(?:\\.|[^\\])(?:-(?:\\.|[^\\\]]))?", re.DOTALL)
"""One character of a class, or a range of them."""
TIMES = {"+": ("*",), "*": ("+",), "?": ("",), "*?": ("*",), "+?": ("+",)}
"""What else people write behind a part that repeats."""
FEWEST = {"[": 3, "[^": 2}
"""Members that a class has where one may be missing: of `[-+]` nobody leaves `[-]`."""
LOOKS = frozenset({"(?=", "(?!", "(?<=", "(?<!"})
IMPLIED = {"match": ("^", ""), "fullmatch": ("^", "$")}
NAMES = frozenset({"re", "regex", "regexp", "pattern", "patterns", "rx"})
"""Last words of names for patterns."""


@operator(
    family="text",
    change="constant",
    story="The pattern was tried on the few texts that were at hand, and all of these matched.",
    symptom="A text is taken for something that it only looks like, or one that is slightly unusual is not recognised.",
    hint="Go through the pattern piece by piece, and find for each a text that should match and one that should not.",
    evidence=[
        "tqdm: the lookbehind that keeps an option apart from the middle of a word was missing",
        "youtube-dl: + for * around the arguments of a function; celery: one alternative of several was missing",
        "arrow: a pattern for time stamps without its anchors",
    ],
    examples=[
        Example(
            "found = re.match(r'^\\d+$', text)  # é\n", "found = re.match(r'^\\d+', text)  # é\n"
        ),
        Example("found = re.match(r'^\\d+$', text)\n", "found = re.match(r'^\\d*$', text)\n"),
        Example(
            "HIDDEN = re.compile(\n    'TOKEN|KEY|DATABASE',\n    re.IGNORECASE,\n)\n",
            "HIDDEN = re.compile(\n    'TOKEN|KEY',\n    re.IGNORECASE,\n)\n",
        ),
        Example("OPTION_RE = '\\\\s*(?<!\\\\S)--?(\\\\w+)'\n", "OPTION_RE = '\\\\s*--?(\\\\w+)'\n"),
        Example(
            'pattern = (\n    r"(?:https?)"  # or not\n    r"//[^/#]+"\n)\nre.search(pattern, url)\n',
            'pattern = (\n    r"(?:https?)"  # or not\n    r"//[^/]+"\n)\nre.search(pattern, url)\n',
        ),
        Example("x = re.sub(r\"-? ?(\\d)\", '', y)\n", "x = re.sub(r\"- ?(\\d)\", '', y)\n"),
        Example("x = re.split('(a|b|c)', y)\n", "x = re.split('(a|c)', y)\n"),
        Example("x = re.findall('\\\\bpay (.*)', y)\n", "x = re.findall('^pay (.*)', y)\n"),
    ],
    untouched=[
        "x = y.split('a+')\n",
        "name = '^x$'\n",
        "x = re.match('abc', y)\n",
        "x = re.match(f'^{y}$', z)\n",
        "x = re.sub('abc', '^', y)\n",
        "x = re.match('[^a]', y)\n",
        "x = re.match('^[-+]a', y)\n",
        "x = re.search('(?:a|b)', y)\n",
    ],
)
def regex_loosen(target: cst.SimpleString, at: Context) -> Iterator[Change]:
    """Yield the pattern with one of its pieces missing or different."""
    whole = at.source.parent(target)
    outermost: cst.CSTNode = target
    while isinstance(whole, cst.ConcatenatedString):
        outermost, whole = whole, at.source.parent(whole)
    if not _is_a_pattern(outermost, at) or "b" in target.prefix.lower():
        return
    pattern, raw = target.evaluated_value, "r" in target.prefix.lower()
    if not isinstance(pattern, str) or _written(pattern, raw=raw) != target.raw_value:
        return
    if not isinstance(outermost, cst.SimpleString | cst.ConcatenatedString):
        return
    implied = _implied(outermost, at)
    for other in dict.fromkeys(_others(pattern)):
        if other in {pattern.removeprefix(implied[0]), pattern.removesuffix(implied[1])}:
            continue
        text = target.prefix + target.quote + _written(other, raw=raw) + target.quote
        if other and _still_fits(outermost, target, text, at):
            yield replace(target, text)


def _written(pattern: str, *, raw: bool) -> str:
    return pattern if raw else pattern.replace("\\", "\\\\")


def _is_a_pattern(node: cst.CSTNode, at: Context) -> bool:
    """Whether a text is used as a regular expression, as far as the place or the name tells."""
    parent = at.source.parent(node)
    match parent:
        case cst.Arg(keyword=cst.Name(value=name)):
            return words(name)[-1:] != () and words(name)[-1] in NAMES
        case cst.Arg():
            call = at.source.parent(parent)
            first = isinstance(call, cst.Call) and call.args[0] is parent
            return isinstance(call, cst.Call) and first and at.text(call.func).startswith("re.")
        case cst.Assign() | cst.AnnAssign():
            names = (words(last_name(each))[-1:] for each in assigned(parent))
            return any(NAMES.issuperset(each) and each for each in names)
    return False


def _implied(node: cst.CSTNode, at: Context) -> tuple[str, str]:
    """The anchors that say nothing, as the function that the pattern is handed to has them too."""
    call = at.source.parent(at.source.parent(node) or node)
    name = last_name(call.func) if isinstance(call, cst.Call) else ""
    return IMPLIED.get(name, ("", ""))


def _still_fits(
    whole: cst.SimpleString | cst.ConcatenatedString,
    target: cst.SimpleString,
    text: str,
    at: Context,
) -> bool:
    """Whether the pattern still compiles, and has the groups that it had."""
    if not isinstance(whole.evaluated_value, str):
        return False
    start, (first, last) = at.source.outer(whole)[0], at.source.span(target)
    code = at.text(whole).encode()
    becomes = (code[: first - start] + text.encode() + code[last - start :]).decode()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            before = re.compile(whole.evaluated_value)
            after = re.compile(ast.literal_eval(f"({becomes}\n)"))
    except (re.error, SyntaxError, ValueError, OverflowError):
        return False
    return after.groupindex == before.groupindex and after.groups == before.groups


def _others(pattern: str) -> Iterator[str]:
    """The patterns that differ from this one in one piece."""
    tokens = list(TOKEN.finditer(pattern))
    for n, token in enumerate(tokens):
        before, after = pattern[: token.start()], pattern[token.end() :]
        match token.lastgroup:
            case "anchor" if "\n" not in pattern:
                yield before + after
                if n == 0 and token[0] == "\\b":
                    yield "^" + after
            case "times" if n:
                yield from (before + each + after for each in TIMES.get(token[0], ()))
            case "set":
                yield from (before + each + after for each in _smaller_sets(token[0]))
            case "open" if token[0] in LOOKS and "\n" not in pattern:
                yield before + pattern[_end(tokens, n) :]
    yield from _without_an_alternative(pattern, tokens)


def _smaller_sets(text: str) -> Iterator[str]:
    """`[^/#]` → `[^#]`, `[^/]`."""
    head = "[^" if text.startswith("[^") else "["
    members = list(MEMBER.finditer(text[len(head) : -1]))
    for each in members if len(members) >= FEWEST[head] else ():
        if each[0].isalnum():
            continue
        start, end = each.start() + len(head), each.end() + len(head)
        yield text[:start] + text[end:]


def _end(tokens: list[re.Match[str]], opening: int) -> int:
    """Where the group ends that is opened by one of the tokens."""
    depth = 0
    for token in tokens[opening:]:
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        if depth == 0:
            return token.end()
    return tokens[-1].end()


def _without_an_alternative(pattern: str, tokens: list[re.Match[str]]) -> Iterator[str]:
    """`(a|b|c)` → `(a|b)`."""
    groups: list[list[tuple[int, int]]] = [[]]
    starts, heads = [0], [""]
    for token in tokens:
        kind = token.lastgroup
        if kind == "open":
            groups.append([])
            starts.append(token.end())
            heads.append(token[0])
        elif kind == "bar":
            groups[-1].append((starts[-1], token.start()))
            starts[-1] = token.end()
        elif kind == "close" and len(groups) > 1:
            every = [*groups.pop(), (starts.pop(), token.start())]
            if heads.pop() == "(" or len(every) > 2:  # `(?:a)` would be odd
                yield from _one_less(pattern, every)
    yield from _one_less(pattern, [*groups[0], (starts[0], len(pattern))])


def _one_less(pattern: str, every: list[tuple[int, int]]) -> Iterator[str]:
    for n, (start, end) in enumerate(every):
        if len(every) > 1 and start < end:
            first, last = (start - 1, end) if n else (start, end + 1)
            yield pattern[:first] + pattern[last:]
