"""A failing assertion as a question: the expression, what came back, what was expected. Pure."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.challenge.reproduction.values import printed

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.records import Failure, Trace

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "",
    ast.Is: "",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.NotEq: "!=",
    ast.IsNot: "is not",
}
_EQUAL = (ast.Eq, ast.Is)
_MEMBER = (ast.In, ast.NotIn)
_PYTEST_VALUE = re.compile(r"^assert (.+)$")
_UNITTEST: dict[str, tuple[str, str]] = {
    "assertEqual": ("", r"(?s)^(?:\w+ differ: )?(?P<left>.+?) != (?P<right>.+?)(?:\n.*)?$"),
    "assertEquals": ("", r"(?s)^(?:\w+ differ: )?(?P<left>.+?) != (?P<right>.+?)(?:\n.*)?$"),
    "assertAlmostEqual": ("", r"^(?P<left>\S+) != (?P<right>\S+)"),
    "assertListEqual": ("", r"(?s)^Lists differ: (?P<left>.+?) != (?P<right>.+?)(?:\n.*)?$"),
    "assertDictEqual": ("", r"(?s)^(?P<left>\{.*?\}) != (?P<right>\{.*?\})(?:\n.*)?$"),
    "assertIs": ("", r"^(?P<left>.+?) is not (?P<right>.+)$"),
    "assertNotEqual": ("!=", r"^(?P<left>.+?) == (?P<right>.+)$"),
    "assertLess": ("<", r"^(?P<left>.+?) not less than (?P<right>.+)$"),
    "assertLessEqual": ("<=", r"^(?P<left>.+?) not less than or equal to (?P<right>.+)$"),
    "assertGreater": (">", r"^(?P<left>.+?) not greater than (?P<right>.+)$"),
    "assertGreaterEqual": (">=", r"^(?P<left>.+?) not greater than or equal to (?P<right>.+)$"),
    "assertTrue": ("", r"^(?P<left>.+) is not true$"),
    "assertFalse": ("", r"^(?P<left>.+) is not false$"),
    "assertIsNone": ("", r"^(?P<left>.+) is not None$"),
    "assertIsNotNone": ("", r"^(?P<left>unexpectedly None)$"),
}
"""unittest's assertions: the sign that should hold ("" for equality), and how their message tells what was measured."""
_WORTH = {"assertTrue": "True", "assertFalse": "False", "assertIsNone": "None"}
_TWO_SIDED = frozenset({"assertIn", "assertNotIn", "assertIsInstance", "assertNotIsInstance"})


@dataclass(frozen=True, slots=True)
class Asked:
    """The last thing asked at the prompt: its code, what was printed, what should have been (a sentence)."""

    code: str
    printed: str
    expected: str

    def in_passing(self) -> str:
        """What is said where the assertion is not asked alone but in a loop."""
        if not self.printed or self.printed == "AssertionError":
            return self.expected
        return f"There `{self.code}` is `{self.printed}`. {self.expected}"


def raising(node: ast.With) -> str | None:
    """The exception that the `with` block waits for, as written, or None where it waits for none."""
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and _name(call.func) in (
            "raises",
            "assertRaises",
            "assertRaisesRegex",
        ):
            return ast.unparse(call.args[0]) if call.args else "an error"
    return None


def asked(node: ast.Assert | ast.Expr, code: Callable[[ast.AST], str], trace: Trace) -> Asked:
    """The question in a failing assertion or expression; `code` gives a node's own text."""
    failure = trace.failure
    if failure is not None and failure.exception not in ("AssertionError", "Failed"):
        return _raised(node, code, failure)
    if isinstance(node, ast.Assert):
        return _assertion(node, code, trace)
    return _call(node, code, trace)


def _raised(node: ast.Assert | ast.Expr, code: Callable[[ast.AST], str], failure: Failure) -> Asked:
    first = failure.message.strip().splitlines()[:1]
    last = failure.exception + (f": {first[0]}" if first else "")
    if isinstance(node, ast.Expr):
        operands = _operands(node.value)
        if not operands:
            return Asked(code(node), last, "Expected no error.")
        return Asked(code(operands[0]), last, _expects(operands, code))
    test = node.test
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], _EQUAL):
        operands = [test.left, test.comparators[0]]
        return Asked(code(test.left), last, _expects(operands, code))
    return Asked(code(test), last, "Expected no error.")


def _expects(operands: list[ast.expr], code: Callable[[ast.AST], str]) -> str:
    if len(operands) > 1 and _is_plain(operands[1]):
        return f"Expected `{code(operands[1])}`."
    return "Expected no error."


def _operands(node: ast.expr) -> list[ast.expr]:
    """The arguments of a unittest assertion, or nothing."""
    if isinstance(node, ast.Call) and _name(node.func) in _UNITTEST:
        return list(node.args)
    return []


def _assertion(node: ast.Assert, code: Callable[[ast.AST], str], trace: Trace) -> Asked:
    test = node.test
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _comparison(test, code, trace)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _worth(test.operand, code, _measured(trace, "not "), wanted=False)
    return _worth(test, code, _measured(trace, ""), wanted=True)


def _worth(
    node: ast.expr, code: Callable[[ast.AST], str], measured: str | None, *, wanted: bool
) -> Asked:
    """A bare assertion asks whether something is true."""
    if isinstance(node, ast.Compare):
        return Asked(code(node), str(not wanted), f"Expected `{wanted}`.")
    if measured is None or isinstance(node, ast.BoolOp):
        return Asked(f"bool({code(node)})", str(not wanted), f"Expected `{wanted}`.")
    return Asked(code(node), measured, f"Expected {_truth(measured, wanted=wanted)}.")


def _truth(measured: str, *, wanted: bool) -> str:
    if measured in ("True", "False"):
        return f"`{wanted}`"
    return "something" if wanted else "nothing"


def _measured(trace: Trace, prefix: str) -> str | None:
    """The value of a bare assertion, from pytest's own words, where they are complete."""
    message = trace.failure.message if trace.failure else ""
    match = _PYTEST_VALUE.match(message.splitlines()[0] if message else "")
    text = match[1] if match else ""
    if not text.startswith(prefix) or "..." in text or "…" in text:
        return None
    return text.removeprefix(prefix) or None


def _comparison(test: ast.Compare, code: Callable[[ast.AST], str], trace: Trace) -> Asked:
    operator, left, right = test.ops[0], test.left, test.comparators[0]
    if isinstance(operator, _MEMBER) or trace.compared is None:
        return Asked(code(test), "False", "Expected `True`.")
    saw, expected = printed(trace.compared[1]), printed(trace.compared[2])
    if isinstance(operator, _EQUAL) and _is_plain(left) and not _is_plain(right):
        left, right, saw, expected = right, left, expected, saw
    return Asked(code(left), saw, _wanted(_SIGNS[type(operator)], right, expected, code))


def _wanted(sign: str, right: ast.expr, measured: str, code: Callable[[ast.AST], str]) -> str:
    """The sentence that says what should have come back: as it is written where that says it, else as measured."""
    written = code(right)
    text = written if _is_plain(right) and "\n" not in written else measured
    return f"Expected a value `{sign} {text}`." if sign else f"Expected `{text}`."


def _call(node: ast.Expr, code: Callable[[ast.AST], str], trace: Trace) -> Asked:
    call = node.value
    message = trace.failure.message.strip() if trace.failure else ""
    if not isinstance(call, ast.Call):
        return Asked(code(node), "AssertionError", "Expected no error.")
    name = _name(call.func)
    if name in ("raises", "assertRaises") and len(call.args) > 1:
        arguments = [code(argument) for argument in call.args[2:]]
        arguments += [code(keyword) for keyword in call.keywords]
        question = f"{code(call.args[1])}({', '.join(arguments)})"
        return Asked(question, "", f"No error; expected `{code(call.args[0])}`.")
    if name in _TWO_SIDED and len(call.args) > 1:
        return _two_sided(name, call, code)
    if name in _UNITTEST and call.args and (found := re.match(_UNITTEST[name][1], message)):
        return _unittest(name, call, code, found)
    if trace.compared is None:
        return Asked(code(node), "AssertionError", "Expected no error.")
    saw, expected = printed(trace.compared[1]), printed(trace.compared[2])
    told = f"There `{saw}` stands against `{expected}`, and `{trace.compared[0]}` should hold."
    return Asked(code(node), "AssertionError", told)


def _two_sided(name: str, call: ast.Call, code: Callable[[ast.AST], str]) -> Asked:
    left, right = code(call.args[0]), code(call.args[1])
    question = f"{left} in {right}" if name.endswith("In") else f"isinstance({left}, {right})"
    wanted = not name.startswith("assertNot")
    return Asked(question, str(not wanted), f"Expected `{wanted}`.")


def _unittest(
    name: str, call: ast.Call, code: Callable[[ast.AST], str], found: re.Match[str]
) -> Asked:
    left = call.args[0]
    if name == "assertIsNotNone":
        return Asked(code(left), "None", "Expected something other than `None`.")
    if name in _WORTH:
        return Asked(code(left), found["left"], f"Expected `{_WORTH[name]}`.")
    right = call.args[1]
    saw, expected = found["left"], found["right"]
    sign = _UNITTEST[name][0]
    if not sign and _is_plain(left) and not _is_plain(right):
        left, right, saw, expected = right, left, expected, saw
    return Asked(code(left), saw, _wanted(sign, right, expected, code))


def _is_plain(node: ast.expr) -> bool:
    """Whether the expression says its value by itself."""
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return False
    return True


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
