"""A test file taken apart: the smallest pieces that can be cut out, and what each of them uses. Parsed, never run."""

from __future__ import annotations

import ast
import re
import symtable
import tokenize
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TEST = "test"
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_TYPING_CALLS = frozenset({"cast", "TypeVar", "NewType", "NamedTuple", "TypedDict", "assert_type"})
_WORDS = re.compile(r"[\w.]+")


@dataclass(frozen=True, slots=True)
class Uses:
    """What a piece of code refers to.

    `here` are names looked up in the scope around the piece (class first), `module` names that can only be global,
    `requested` names asked of pytest as fixtures; `any_fixture` says that a fixture's name is put together at run time.
    """

    here: frozenset[str] = frozenset()
    module: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    strings: frozenset[str] = frozenset()
    requested: frozenset[str] = frozenset()
    any_fixture: bool = False

    def __or__(self, other: Uses) -> Uses:
        return Uses(
            self.here | other.here,
            self.module | other.module,
            self.attributes | other.attributes,
            self.strings | other.strings,
            self.requested | other.requested,
            self.any_fixture or other.any_fixture,
        )


@dataclass(frozen=True, slots=True)
class Alias:
    """One name of an import: where it stands (line, byte column), and what it stands for.

    `module` is the dotted module it comes from (with leading dots where relative), `name` what is taken from it, None
    where the module itself is imported."""

    start: tuple[int, int]
    end: tuple[int, int]
    module: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that can be cut out by itself: an import's name, a function, a class, a method, a constant, an
    `if` or `try` around such, or any other statement (which is never cut)."""

    index: int
    kind: str
    """import, function, class, assign, block or other."""
    binds: frozenset[str]
    owner: str
    """Qualified name of the class around it, or ""."""
    parent: int | None
    """The class or block it lies in."""
    first: int
    """First line, decorators included."""
    last: int
    uses: Uses
    alias: Alias | None = None
    fixture: str | None = None
    """The name under which pytest knows it, where it is a fixture."""
    autouse: bool = False
    bases: tuple[str, ...] = ()
    """For a class: the last part of each base's name."""

    @property
    def test(self) -> str | None:
        """The name of the test that it is, or None."""
        if self.kind != "function":
            return None
        return next((name for name in self.binds if name.startswith(TEST)), None)

    def qualified(self, name: str) -> str:
        """`name` with the classes around it, in the form of a node id: `Class::name`."""
        return "::".join([*self.owner.split("."), name]) if self.owner else name


@dataclass(frozen=True, slots=True)
class Suite:
    """A block's statements: the pieces of each statement in order, with its lines; where the header ends."""

    header: int
    """Last line of what introduces the block; 0 for a module."""
    indent: bytes
    statements: tuple[tuple[tuple[int, ...], int, int], ...]
    """(pieces, first line, last line) of each; a statement goes when all of its pieces go."""
    inner: int | None
    """The piece (class or block) that it is a part of."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A test file in pieces. `lines` are UTF-8 whatever the file was written in."""

    path: str
    lines: tuple[bytes, ...]
    encoding: str
    bom: bytes
    pieces: tuple[Piece, ...]
    suites: tuple[Suite, ...]
    docstring: int
    """Last line of the module's docstring, or 0."""
    exported: frozenset[str] = field(default=frozenset())
    """What `__all__` names."""
    plugins: frozenset[str] = field(default=frozenset())
    """What `pytest_plugins` names."""
    starred: frozenset[str] = field(default=frozenset())
    """The dotted modules of which it takes everything (`import *`)."""


def parse(path: str, content: bytes) -> Parsed | None:
    """The file in pieces, or None where it is not Python that parses here."""
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(content).readline)
        text = content.decode(encoding)
        tree = ast.parse(text)
    except (SyntaxError, UnicodeDecodeError, ValueError, LookupError):
        return None
    bom = b"\xef\xbb\xbf" if encoding == "utf-8-sig" else b""
    plain = "utf-8" if encoding == "utf-8-sig" else encoding
    reader = _Reader(tuple(text.encode().splitlines(keepends=True)))
    reader.suite(tree.body, owner="", parent=None, header=0)
    documented = ast.get_docstring(tree, clean=False) is not None
    return Parsed(
        path=path,
        lines=reader.lines,
        encoding=plain,
        bom=bom,
        pieces=tuple(reader.pieces),
        suites=tuple(reader.suites),
        docstring=(tree.body[0].end_lineno or 0) if documented else 0,
        exported=_named_by(tree, "__all__"),
        plugins=_named_by(tree, "pytest_plugins"),
        starred=frozenset(_starred(tree)),
    )


def _named_by(tree: ast.Module, name: str) -> frozenset[str]:
    return frozenset(
        constant
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr)
        and any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(statement))
        for constant in _strings(statement)
    )


def _starred(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield "." * node.level + (node.module or "")


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(int(decorator.lineno) for decorator in decorators)])


class _Reader:
    """Collects the pieces and suites of one file, outer before inner."""

    def __init__(self, lines: tuple[bytes, ...]) -> None:
        self.lines = lines
        self.pieces: list[Piece] = []
        self.suites: list[Suite] = []

    def suite(self, body: list[ast.stmt], owner: str, parent: int | None, header: int) -> None:
        """Take a block's statements apart."""
        statements = []
        for statement in body:
            known = tuple(self._statement(statement, owner, parent))
            last = statement.end_lineno or statement.lineno
            statements.append((known, _first_line(statement), last))
        first = self.lines[body[0].lineno - 1] if body else b""
        indent = first[: len(first) - len(first.lstrip())]
        self.suites.append(Suite(header, indent, tuple(statements), parent))

    def _statement(self, node: ast.stmt, owner: str, parent: int | None) -> Iterator[int]:
        if self._shares_its_line(node):
            yield self._add(node, "other", owner, parent)
        elif isinstance(node, ast.Import | ast.ImportFrom) and not _is_fixed_import(node):
            for alias in node.names:
                yield self._import(node, alias, owner, parent)
        elif isinstance(node, _FUNCTION):
            yield self._function(node, owner, parent)
        elif isinstance(node, ast.ClassDef):
            yield self._class(node, owner, parent)
        elif isinstance(node, ast.If | ast.Try | ast.TryStar):
            yield self._block(node, owner, parent)
        elif names := _assigned(node):
            yield self._add(node, "assign", owner, parent, binds=names)
        else:
            yield self._add(node, "other", owner, parent)

    def _shares_its_line(self, node: ast.stmt) -> bool:
        before = self.lines[node.lineno - 1][: node.col_offset].strip()
        after = self.lines[(node.end_lineno or node.lineno) - 1][node.end_col_offset :].strip()
        is_elif = isinstance(node, ast.If) and before == b""
        return not is_elif and (before != b"" or (after != b"" and not after.startswith(b"#")))

    def _import(
        self, node: ast.Import | ast.ImportFrom, alias: ast.alias, owner: str, parent: int | None
    ) -> int:
        bound = alias.asname or alias.name.split(".")[0]
        if isinstance(node, ast.Import):
            source, name = alias.name, None
        else:
            source, name = "." * node.level + (node.module or ""), alias.name
        where = Alias(
            (alias.lineno, alias.col_offset),
            (alias.end_lineno or alias.lineno, alias.end_col_offset or 0),
            source,
            name,
        )
        piece = self._add(node, "import", owner, parent, binds=frozenset({bound}), uses=Uses())
        self.pieces[piece] = replace(self.pieces[piece], alias=where)
        return piece

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str, parent: int | None
    ) -> int:
        fixture, autouse = _fixture(node)
        uses = self._uses([node])
        if fixture is not None or node.name.startswith(TEST):
            uses |= Uses(requested=_requested(node))
        piece = self._add(node, "function", owner, parent, binds=frozenset({node.name}), uses=uses)
        self.pieces[piece] = replace(self.pieces[piece], fixture=fixture, autouse=autouse)
        return piece

    def _class(self, node: ast.ClassDef, owner: str, parent: int | None) -> int:
        bound = frozenset({node.name})
        bases = tuple(_last_name(base) for base in node.bases)
        if not _holds_tests(node) or node.body[0].lineno == node.lineno:
            piece = self._add(node, "class", owner, parent, binds=bound)
            self.pieces[piece] = replace(self.pieces[piece], bases=bases)
            return piece
        heads: list[ast.AST] = [
            *node.decorator_list,
            *node.bases,
            *(keyword.value for keyword in node.keywords),
        ]
        uses = _names_in(heads)
        piece = self._add(node, "class", owner, parent, binds=bound, uses=uses)
        self.pieces[piece] = replace(self.pieces[piece], bases=bases)
        inner = f"{owner}.{node.name}" if owner else node.name
        self.suite(node.body, inner, piece, self._header_before(node.body))
        return piece

    def _block(self, node: ast.If | ast.Try | ast.TryStar, owner: str, parent: int | None) -> int:
        if isinstance(node, ast.If):
            heads: list[ast.AST] = [node.test]
            suites = [node.body, node.orelse]
        else:
            heads = [handler.type for handler in node.handlers if handler.type]
            suites = [
                node.body,
                *(handler.body for handler in node.handlers),
                node.orelse,
                node.finalbody,
            ]
        piece = self._add(node, "block", owner, parent, uses=_names_in(heads))
        for body in filter(None, suites):
            self.suite(body, owner, piece, self._header_before(body))
        return piece

    def _header_before(self, body: list[ast.stmt]) -> int:
        line = _first_line(body[0]) - 1
        while line and self.lines[line - 1].strip()[:1] in (b"", b"#"):
            line -= 1
        return line

    def _add(
        self,
        node: ast.stmt,
        kind: str,
        owner: str,
        parent: int | None,
        *,
        binds: frozenset[str] = frozenset(),
        uses: Uses | None = None,
    ) -> int:
        index = len(self.pieces)
        if uses is None:
            uses = self._uses([node])
        if kind == "other":
            uses |= Uses(here=_every_name(node))
        self.pieces.append(
            Piece(
                index,
                kind,
                binds,
                owner,
                parent,
                _first_line(node),
                node.end_lineno or node.lineno,
                uses,
            )
        )
        return index

    def _uses(self, nodes: Sequence[ast.stmt]) -> Uses:
        uses = Uses()
        for node in nodes:
            here, module = _scoped(self._segment(node))
            uses |= Uses(here=here, module=module) | _said_by(node)
        return uses

    def _segment(self, node: ast.stmt) -> str:
        """The statement's own text, below an `if` where it is indented, so that it parses alone."""
        last = node.end_lineno or node.lineno
        lines = list(self.lines[_first_line(node) - 1 : last])
        text = b"".join(lines).decode()
        if not text[:1].isspace():
            return text
        return f"if 1:\n{text}"


def _is_fixed_import(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and (
        node.module == "__future__" or any(alias.name == "*" for alias in node.names)
    )


def _scoped(text: str) -> tuple[frozenset[str], frozenset[str]]:
    try:
        table = symtable.symtable(text, "piece", "exec")
    except SyntaxError:  # `elif`, or a fragment of a line: its names are collected without scopes
        names = frozenset(_WORDS.findall(text))
        return names, names
    here = frozenset(symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced())
    return here, frozenset(_globals_below(table))


def _globals_below(table: symtable.SymbolTable) -> Iterator[str]:
    for child in table.get_children():
        yield from (symbol.get_name() for symbol in child.get_symbols() if symbol.is_global())
        yield from _globals_below(child)


def _said_by(node: ast.AST) -> Uses:
    """Everything that a scope does not tell: attributes, strings, quoted types, fixtures asked for by name."""
    attributes = {child.attr for child in ast.walk(node) if isinstance(child, ast.Attribute)}
    requested: set[str] = set()
    quoted: set[str] = set()
    any_fixture = False
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            name = _last_name(child.func)
            if name in ("usefixtures", "getfixturevalue"):
                requested.update(_strings(child))
                any_fixture = any_fixture or any(
                    isinstance(argument, ast.JoinedStr | ast.BinOp) for argument in child.args
                )
            if name in _TYPING_CALLS:
                quoted.update(_strings(child))
        for annotation in _annotations(child):
            quoted.update(_strings(annotation))
    return Uses(
        module=frozenset(name for text in quoted for name in _names_of_text(text)),
        attributes=frozenset(attributes),
        strings=frozenset(word for text in _strings(node) for word in _words_of(text)),
        requested=frozenset(requested),
        any_fixture=any_fixture,
    )


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    for name in ("annotation", "returns"):
        value = getattr(node, name, None)
        if isinstance(value, ast.expr):
            yield value


def _names_of_text(text: str) -> frozenset[str]:
    try:
        return _every_name(ast.parse(text, mode="eval"))
    except (SyntaxError, ValueError):
        return frozenset()


def _words_of(text: str) -> Iterable[str]:
    """The names that a short string may stand for: `a`, `a, b`, `package.module.a`."""
    if len(text) > 200 or "\n" in text:
        return ()
    words = [word.strip() for word in text.split(",")]
    return [word.rpartition(".")[2] for word in words if word.replace(".", "_").isidentifier()]


def _names_in(nodes: Iterable[ast.AST]) -> Uses:
    uses = Uses()
    for node in nodes:
        uses |= Uses(here=_every_name(node)) | _said_by(node)
    return uses


def _every_name(node: ast.AST) -> frozenset[str]:
    return frozenset(child.id for child in ast.walk(node) if isinstance(child, ast.Name))


def _strings(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript | ast.Call):
        return _last_name(node.value if isinstance(node, ast.Subscript) else node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _assigned(node: ast.stmt) -> frozenset[str]:
    """The names that an assignment binds, where it binds nothing but names."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        targets = [node.target]
    else:
        return frozenset()
    flat = [
        part
        for target in targets
        for part in (target.elts if isinstance(target, ast.Tuple | ast.List) else [target])
    ]
    names = frozenset(part.id for part in flat if isinstance(part, ast.Name))
    return names if all(isinstance(part, ast.Name) for part in flat) else frozenset()


def _holds_tests(node: ast.ClassDef) -> bool:
    return any(
        isinstance(child, _FUNCTION) and child.name.startswith(TEST) for child in ast.walk(node)
    )


def _fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str | None, bool]:
    """(the fixture's name, whether every test gets it), or (None, False)."""
    for decorator in node.decorator_list:
        if not _last_name(decorator).endswith("fixture"):
            continue
        options = (
            {option.arg: option.value for option in decorator.keywords}
            if isinstance(decorator, ast.Call)
            else {}
        )
        named, always = options.get("name"), options.get("autouse")
        name = named.value if isinstance(named, ast.Constant) else node.name
        never = always is None or (isinstance(always, ast.Constant) and not always.value)
        return str(name), not never
    return None, False


def _requested(node: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Parameters that pytest fills with fixtures: not those with a default, nor the parametrised ones."""
    positional = [*node.args.posonlyargs, *node.args.args]
    without = positional[: len(positional) - len(node.args.defaults)]
    keyword = [
        argument
        for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if default is None
    ]
    names = {argument.arg for argument in [*without, *keyword]}
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            names -= _parametrised(decorator)
    return frozenset(names)


def _parametrised(decorator: ast.Call) -> frozenset[str]:
    indirect = any(option.arg == "indirect" for option in decorator.keywords)
    if indirect or _last_name(decorator) != "parametrize" or not decorator.args:
        return frozenset()
    given = _strings(decorator.args[0])
    return frozenset(name.strip() for text in given for name in text.split(","))
