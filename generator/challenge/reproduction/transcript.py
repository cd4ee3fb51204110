"""The honest reproduction for a codebase of the user's own: what the failing test asks, as a session at the prompt. Pure."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from generator.challenge import texts
from generator.challenge.reproduction.asked import Asked, asked, raising
from generator.challenge.reproduction.values import printed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.records import Trace

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_LOOPS = ast.For | ast.AsyncFor | ast.While
_SETUPS = frozenset({"setUp", "setup_method", "setUpClass", "setup_class", "asyncSetUp"})


def transcript(
    source: str, function: str, *, clean: Trace, buggy: Trace, failed: int, total: int
) -> str:
    """The reproduction in Markdown.

    `source` is the test file as it was run, `function` the test in it (`Class::name` or `name`), `clean` and `buggy`
    its traces; `failed` of the suite's `total` checks fail. Only what the test says and what was measured is told.
    """
    tree = ast.parse(source)
    found = _find(tree, function.replace("::", ".").split("."))
    session, outcome, setting = (
        _Session(source, found[0], clean, buggy).told(found[1])
        if found
        else ([], _failed(buggy), "")
    )
    fence = "~~~~" if any("```" in line for line in session) else "```"
    counts = _counts(failed, total)
    return texts.render(
        "TICKET-reproduction.md.j2",
        setting=setting,
        session=session,
        fence=fence,
        outcome=outcome,
        counts=counts,
    )


def _counts(failed: int, total: int) -> str:
    verb = "fails" if failed == 1 else "fail"
    rest = "" if failed >= total else "; all others pass"
    return f"{failed} of {total} checks {verb}{rest}."


def _find(tree: ast.Module, names: Sequence[str]) -> tuple[_Function, ast.AST] | None:
    """The test function, and what it lies in."""
    around: ast.AST = tree
    for name in names:
        inside = [
            node
            for node in ast.walk(around)
            if isinstance(node, _Function | ast.ClassDef) and node.name == name
        ]
        if not inside:
            return _anywhere(tree, names[-1])
        if isinstance(inside[-1], _Function):
            return inside[-1], around
        around = inside[-1]
    return None


def _anywhere(tree: ast.Module, name: str) -> tuple[_Function, ast.AST] | None:
    """The function in whatever class it is: an inherited test is asked for by the name of its heir."""
    for around in ast.walk(tree):
        # Not the field: the body of a lambda or a conditional expression is no list.
        for node in ast.iter_child_nodes(around):
            if isinstance(node, _Function) and node.name == name:
                return node, around
    return None


def _failed(trace: Trace) -> str:
    if trace.compared and trace.compared[0] == "==":
        saw, expected = map(printed, trace.compared[1:])
        return f"It comes to `{saw}` where `{expected}` is expected."
    return f"It ends with `{_last_line(trace)}`." if trace.failure else ""


def _last_line(trace: Trace) -> str:
    """As the last line of a traceback has it."""
    if trace.failure is None:
        return "AssertionError"
    first = trace.failure.message.strip().splitlines()[:1]
    if trace.failure.exception == "AssertionError" or not first:
        return trace.failure.exception
    return f"{trace.failure.exception}: {first[0]}"


class _Session:
    """Turns one test function into a session that ends where it failed."""

    def __init__(self, source: str, function: _Function, clean: Trace, trace: Trace) -> None:
        self.source = source
        self.function = function
        self.clean = clean
        self.trace = trace
        self.strings = {
            line
            for node in ast.walk(function)
            if isinstance(node, ast.Constant | ast.JoinedStr)
            for line in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
        }

    def told(self, around: ast.AST) -> tuple[list[str], str, str]:
        """(the session's lines, the sentence after it, the sentence before it)."""
        line = self._failing_line()
        body = self.function.body
        if ast.get_docstring(self.function, clean=False) is not None:
            body = body[1:]
        lines = [f">>> {name} = {value}" for name, value in self._given().items()]
        done, last = _split(body, line)
        for statement in done:
            lines += _prompted(self._code(statement))
        if last is None:
            return lines, _failed(self.trace), self._setting(around)
        before, ending = self._asked(last, line)
        for code in before:
            lines += _prompted(code)
        lines += _prompted(ending.code) + ([ending.printed] if ending.printed else [])
        return lines, ending.expected, self._setting(around)

    def _given(self) -> dict[str, str]:
        """What the test is called with: its defaults, and the parametrised arguments."""
        arguments, defaults = self.function.args.args, self.function.args.defaults
        pairs = zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True)
        return {argument.arg: self._code(value) for argument, value in pairs} | dict(
            self.trace.parameters
        )

    def _failing_line(self) -> int:
        frames = self.trace.failure.frames if self.trace.failure else ()
        last = self.function.end_lineno or self.function.lineno
        for frame in frames:
            own = frame.function.rpartition(".")[2] == self.function.name
            if own and self.function.lineno <= frame.line <= last:
                return frame.line
        return last

    def _setting(self, around: ast.AST) -> str:
        given = [argument.arg for argument in _without_default(self.function)]
        fixtures = [f"`{name}`" for name in given if name not in self.trace.parameters]
        if fixtures:
            names = " and ".join(filter(None, [", ".join(fixtures[:-1]), fixtures[-1]]))
            verb = "comes" if len(fixtures) == 1 else "come"
            return f"{names} {verb} from the tests' own set-up."
        prepared = isinstance(around, ast.ClassDef) and any(
            isinstance(node, _Function) and node.name in _SETUPS for node in around.body
        )
        return "The tests' own set-up has run." if prepared else ""

    # -- code as it is typed

    def _code(self, node: ast.AST, until: int | None = None) -> str:
        """The node's own text, moved to the left margin; down to line `until` where given."""
        first = getattr(node, "lineno", 1)
        column = getattr(node, "col_offset", 0)
        for decorator in getattr(node, "decorator_list", []):
            first = min(first, decorator.lineno)
        text = self.source.splitlines()[first - 1 : until or getattr(node, "end_lineno", first)]
        if until is None:
            end = getattr(node, "end_col_offset", None)
            text[-1] = text[-1].encode()[:end].decode()
        head = text[0].encode()[column:].decode()
        margin = len(text[0]) - len(text[0].lstrip())
        rest = [
            line if number in self.strings else _dedented(line, margin)
            for number, line in enumerate(text[1:], start=first + 1)
        ]
        return "\n".join([head, *rest])

    # -- the failing statement

    def _asked(self, node: ast.stmt, line: int) -> tuple[list[str], Asked]:
        """(what is typed before it, the last thing asked)."""
        if isinstance(node, ast.With) and (wanted := raising(node)):
            return self._within_raises(node, wanted, line)
        if isinstance(node, ast.Assert | ast.Expr):
            return [], asked(node, self._code, self.trace)
        if hasattr(node, "body"):
            return [], self._block(node, line)
        return [], Asked(self._code(node), _last_line(self.trace), self._instead(node))

    def _instead(self, node: ast.stmt) -> str:
        """What the clean run gives for a statement that is one call, where that was seen."""
        call = getattr(node, "value", None)
        name = ast.unparse(call.func).rpartition(".")[2] if isinstance(call, ast.Call) else ""
        for right, wrong in zip(self.clean.calls, self.trace.calls, strict=False):
            same = wrong.operation.rpartition(".")[2] == name == right.operation.rpartition(".")[2]
            if same and wrong.raised and right.raised is None and right.result is not None:
                return f"Expected no error but `{printed(right.result)}`."
        return "Expected no error."

    def _within_raises(self, node: ast.With, wanted: str, line: int) -> tuple[list[str], Asked]:
        inside = line >= node.body[0].lineno
        done, last = _split(node.body, line) if inside else (node.body[:-1], node.body[-1])
        before = [self._code(statement) for statement in done]
        code = self._code(last or node.body[-1])
        message = self.trace.failure.message if self.trace.failure else ""
        if inside:
            return before, Asked(code, _last_line(self.trace), f"Expected `{wanted}`.")
        if "Actual message:" in message:
            actual = message.rpartition("Actual message:")[2].strip().splitlines()[0]
            asks = f"Expected `{wanted}`."
            return before, Asked(code, f"{wanted.partition('(')[0]}: {_unquoted(actual)}", asks)
        return before, Asked(code, "", f"No error; expected `{wanted}`.")

    def _block(self, node: ast.stmt, line: int) -> Asked:
        """A block down to its failing statement. In a loop an assertion stays one: what was asked before it passed."""
        inner, around = _innermost(node, line)
        whole = any(isinstance(each, ast.Try | ast.TryStar | ast.Match) for each in around)
        code = self._code(node, None if whole else inner.end_lineno)
        looped = any(isinstance(each, _LOOPS) for each in around)
        if not isinstance(inner, ast.Assert | ast.Expr):
            return Asked(code, _last_line(self.trace), "Expected no error.")
        ending = asked(inner, self._code, self.trace)
        if looped or whole:
            return Asked(code, _last_line(self.trace), ending.in_passing())
        margin = " " * (inner.col_offset - node.col_offset)
        above = self._code(node, inner.lineno - 1)
        return Asked(
            above + "\n" + "\n".join(margin + each for each in ending.code.splitlines()),
            ending.printed,
            ending.expected,
        )


def _split(body: Sequence[ast.stmt], line: int) -> tuple[list[ast.stmt], ast.stmt | None]:
    """(the statements that ended before the line, the one it lies in)."""
    done = [node for node in body if (node.end_lineno or node.lineno) < line]
    here = [node for node in body if node.lineno <= line <= (node.end_lineno or node.lineno)]
    return [*done, *here[:-1]], here[-1] if here else None


def _innermost(node: ast.stmt, line: int) -> tuple[ast.stmt, list[ast.stmt]]:
    """The simple statement at the line, and the compound ones around it."""
    around: list[ast.stmt] = []
    while True:
        around.append(node)
        inside = [
            child
            for child in ast.walk(node)
            if isinstance(child, ast.stmt)
            and child is not node
            and child.lineno <= line <= (child.end_lineno or child.lineno)
        ]
        if not inside:
            return around.pop(), around
        node = inside[0]


def _without_default(function: _Function) -> list[ast.arg]:
    arguments = function.args.args
    required = arguments[: len(arguments) - len(function.args.defaults)]
    return [argument for argument in required if argument.arg not in ("self", "cls")]


def _dedented(line: str, margin: int) -> str:
    return line[margin:] if not line[:margin].strip() else line


def _prompted(code: str) -> list[str]:
    first, *rest = code.splitlines()
    return [f">>> {first}", *(f"... {line}".rstrip() for line in rest)]


def _unquoted(text: str) -> str:
    try:
        return str(ast.literal_eval(text))
    except (SyntaxError, ValueError):
        return text
