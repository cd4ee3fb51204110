"""Code taken out: what would be left over or missed without it, and what has to go along."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, carried, cut, drop_item, remove, rewrite
from generator.operators.nodes import assigned, last_name
from generator.operators.repetition import would_repeat
from generator.operators.words import speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.context import Context
    from generator.scopes import Binding, Scope
    from generator.source import Source

MANDATORY = frozenset({"self", "cls"})
TELLING = frozenset("log logger logging print warn warning warnings debug deprecated".split())
"""Words of functions and receivers whose calls only tell people something."""
FILLING = frozenset("append appendleft extend insert add update setdefault".split())
NAME = re.compile(r"[a-z]+(?:[._-][a-z]+)+")
"""Of an event, a state or a key, as in `payout.paid`."""
DEEDS = (
    cst.Return, cst.Yield, cst.Expr, cst.Assign, cst.AnnAssign, cst.AugAssign, cst.Del, cst.Global, cst.Nonlocal,
)  # fmt: skip


def orphans(
    at: Context, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = ()
) -> tuple[Binding, ...]:
    """Parameters, locals, imports, private names and constants of the module that nobody reads once `gone` is gone (but
    `kept`, inside it, stays)."""
    spans = [at.source.outer(node) for node in gone]
    left = [at.source.outer(node) for node in kept]
    names = {
        name.value: name
        for node in gone
        for name in at.source.names_in(node)
        if not _inside(at.source.outer(name), left)
    }
    found: list[Binding] = []
    for name, node in sorted(names.items()):
        scope = at.source.scope(node).owner(name)
        if scope is None or name in MANDATORY:
            continue
        stay = [
            use
            for use in scope.uses[name]
            if not _inside(at.source.outer(use), spans) or _inside(at.source.outer(use), left)
        ]
        bindings = [b for b in scope.bindings[name] if not _inside(at.source.outer(b.node), spans)]
        if not stay and bindings and _is_missed(name, bindings[0], scope):
            found.append(bindings[0])
    return tuple(found)


def is_only_use(at: Context, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = ()) -> bool:
    """Whether taking these nodes away leaves a parameter, a variable or an import that nobody reads."""
    return bool(orphans(at, *gone, kept=kept))


def strands(at: Context, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = ()) -> bool:
    """Whether a function of the project is called from nowhere else: without these nodes it would be dead."""
    spans = [at.source.outer(node) for node in gone]
    left = [at.source.outer(node) for node in kept]
    calls = {call for node in gone for call in at.within(node, cst.Call)}
    for call in calls:
        reached = at.facts.call_graph.callee(at.source, call)
        if reached is None or _inside(at.source.outer(call), left):
            continue
        elsewhere = [
            mention
            for source, mention in at.facts.call_graph.mentions(reached[1].name.value)
            if source is not at.source
            or not _inside(source.outer(mention), spans)
            or _inside(source.outer(mention), left)
        ]
        if not elsewhere:
            return True
    return False


def unbound(at: Context, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = ()) -> frozenset[str]:
    """The names that may have no value where they are read once these nodes are gone (but `kept`, inside, stays)."""
    spans = [at.source.outer(node) for node in gone]
    left = [at.source.outer(node) for node in kept]

    def goes(node: cst.CSTNode) -> bool:
        span = at.source.outer(node)
        return _inside(span, spans) and not _inside(span, left)

    scope: Scope = at.source.scope(gone[0])
    sure = {name for name, each in at.variables(gone[0]).items() if not goes(each.binding.node)}
    found: set[str] = set()
    for name, bindings in scope.bindings.items():
        lost = [each for each in bindings if goes(each.node)]
        stay = [each for each in bindings if not goes(each.node)]
        kept_too = any(_inside(at.source.outer(each.node), left) for each in stay)
        if not lost or name in sure or kept_too:
            continue
        local = isinstance(scope.node, cst.FunctionDef)
        if not local or not all(map(goes, scope.uses[name])):
            found.add(name)
    taken_from_outside = {*scope.elsewhere} & {*_written(at, gone, kept)}
    return frozenset(found | taken_from_outside)


def _written(
    at: Context, gone: tuple[cst.CSTNode, ...], kept: tuple[cst.CSTNode, ...]
) -> Iterator[str]:
    left = [at.source.outer(node) for node in kept]
    for node in gone:
        for each in at.within(node, cst.Assign, cst.AugAssign, cst.AnnAssign):
            if not _inside(at.source.outer(each), left):
                yield from (at.text(target) for target in assigned(each))


def abandons(at: Context, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = ()) -> bool:
    """Whether a private attribute that the module defines is used nowhere else: `self._forget()`."""
    lost = {each for node in gone for each in at.within(node, cst.Attribute)}
    lost -= {each for node in kept for each in at.within(node, cst.Attribute)}
    fewer = Counter(each.attr.value for each in lost)
    private = {
        name
        for name, count in fewer.items()
        if name.startswith("_") and not name.endswith("__") and at.source.attributes[name] == count
    }
    return bool(private) and any(
        isinstance(each, cst.FunctionDef) and each.name.value in private
        for each in at.source.nodes(cst.FunctionDef)
    )


def forgets_a_field(at: Context, *gone: cst.CSTNode) -> bool:
    """Whether a field of one of the project's records would be read by nobody any more: what it asks for is not forgotten in
    one place, it is a feature that is missing."""
    spans = [at.source.outer(node) for node in gone]

    def goes(source: Source, node: cst.CSTNode) -> bool:
        return source is at.source and _inside(source.outer(node), spans)

    return any(
        all(goes(*mention) for mention in at.facts.call_graph.mentions(name))
        for name in {each.attr.value for node in gone for each in at.within(node, cst.Attribute)}
        if name in at.facts.types.field_names
    )


def _forgets_a_name(at: Context, *gone: cst.CSTNode) -> bool:
    """Whether the project would never again say a name that it has: who mends it could not know how it is written."""
    texts = (at.text(each) for node in gone for each in at.within(node, cst.SimpleString))
    names = (text.strip("'\"") for text in texts)
    lost = "".join(map(at.text, gone))
    said = [source.data.decode() for source in at.project.readable()]
    return any(
        sum(_times_said(name, text) for text in said) == _times_said(name, lost)
        for name in names
        if NAME.fullmatch(name)
    )


def is_a_name(node: cst.CSTNode, at: Context) -> bool:
    """Whether a text names an event or a state: where it is told is all that there is to find, and one look finds it."""
    return isinstance(node, cst.SimpleString) and bool(NAME.fullmatch(at.text(node).strip("'\"")))


def _times_said(name: str, text: str) -> int:
    """As a text of its own: `payout.paid` without quotes is an attribute."""
    return text.count(f"'{name}'") + text.count(f'"{name}"')


def can_go(at: Context, *statements: cst.CSTNode) -> bool:
    """Whether the block of these siblings stays a block without them."""
    siblings = at.block(statements[0])
    rest = [each for each in siblings if each not in statements]
    return any(not _is_docstring(each) for each in rest)


def clearing(
    at: Context, *gone: cst.CSTNode, kept: tuple[cst.CSTNode, ...] = (), parameters: bool = False
) -> Change | None:
    """What has to go along with these nodes so that nothing is left over: imports that nobody uses any more.

    None where something would be left that can't go: a variable, or one that is filled for nobody, a private name, a parameter. With `parameters` these
    may stay behind, as they do where an option is accepted and no longer passed on.
    """
    if _fills_in_vain(at, gone, kept):
        return None
    change = _uncaught(at, gone, kept)
    imports: dict[cst.CSTNode, list[cst.ImportAlias]] = {}
    for orphan in orphans(at, *gone, kept=kept):
        alias = orphan.owner
        if isinstance(alias, cst.ExceptHandler) or (parameters and isinstance(alias, cst.Param)):
            continue
        if not isinstance(alias, cst.ImportAlias) or len(orphan.scope.bindings[orphan.name]) > 1:
            return None
        if at.around(cst.Try, node=alias):
            return None
        imports.setdefault(at.parent(alias) or alias, []).append(alias)
    for statement, aliases in imports.items():
        names = getattr(statement, "names", ())
        if len(names) == len(aliases):
            if not _has_company(at, statement):
                return None
            change += remove(statement)
        elif len(aliases) == 1:
            change += drop_item(aliases[0], names)
        else:
            return None
    return change


def _uncaught(at: Context, gone: tuple[cst.CSTNode, ...], kept: tuple[cst.CSTNode, ...]) -> Change:
    """The `as error` of the handlers around these nodes, where nobody reads the error any more."""
    change = Change(())
    spans = [at.source.outer(node) for node in gone]
    left = [at.source.outer(node) for node in kept]
    around = {each for node in gone for each in at.ancestors(node)}
    for handler in sorted(
        (each for each in around if isinstance(each, cst.ExceptHandler)), key=at.source.span
    ):
        caught = handler.name.name if handler.name is not None else None
        if not isinstance(caught, cst.Name) or handler.type is None:
            continue
        reads = [
            at.source.outer(each)
            for each in at.source.names_in(handler.body)
            if each.value == caught.value
        ]
        if reads and all(_inside(each, spans) and not _inside(each, left) for each in reads):
            change += cut(handler.type, caught, after=True)
    return change


def _has_company(at: Context, statement: cst.CSTNode) -> bool:
    line = at.statement(statement)
    return len(at.block(line)) > 1


def companions(at: Context, *gone: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """The plain assignments whose value nobody reads once these nodes are gone, and those behind them."""
    found: list[cst.CSTNode] = []
    while True:
        new = [
            line
            for each in orphans(at, *gone, *found)
            if (line := _maker(at, each)) is not None and line not in found
        ]
        if not new:
            return tuple(found)
        found += new


def _maker(at: Context, binding: Binding) -> cst.CSTNode | None:
    """The line that does nothing but give a name its only value."""
    line = at.statement(binding.owner)
    match binding.owner:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name())]) | cst.AnnAssign():
            alone = isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
            only = len(binding.scope.bindings[binding.name]) == 1
            return line if alone and only and at.block(line) else None
    return None


def removed(at: Context, *statements: cst.CSTNode) -> Change | None:
    """Siblings taken out, with the assignments above them and the imports that only they need.

    None where something would be left over, or would be missed: a name without a value, a private one without a use, what a
    function is there for.
    """
    above = at.before(statements[0])
    made = companions(at, *statements)
    gone = (*statements, *made)
    if not all(each in above for each in made) or not can_go(at, *gone):
        return None
    cleared = clearing(at, *gone, parameters=parameters_are_imposed(at))
    if cleared is None or unbound(at, *gone) or abandons(at, *gone) or _idles(at, *gone):
        return None
    if forgets_a_field(at, *gone) or _forgets_a_name(at, *gone):
        return None
    return remove(*gone) + cleared


def _fills_in_vain(
    at: Context, gone: tuple[cst.CSTNode, ...], kept: tuple[cst.CSTNode, ...]
) -> bool:
    """Whether a local would only be filled, and what it holds be read by nobody."""
    spans = [at.source.outer(node) for node in gone]
    stay = [at.source.outer(node) for node in kept]

    def goes(node: cst.CSTNode, but: list[tuple[int, int]]) -> bool:
        span = at.source.outer(node)
        return _inside(span, spans) and not _inside(span, but)

    for name in (each for node in gone for each in at.source.names_in(node)):
        scope = at.source.scope(name).owner(name.value)
        if scope is None or not isinstance(scope.node, cst.FunctionDef):
            continue
        bindings = scope.bindings[name.value]
        if not all(isinstance(each.owner, cst.Assign) for each in bindings):
            continue
        left = [use for use in scope.uses[name.value] if not goes(use, stay)]
        made_here = not all(goes(each.node, []) for each in bindings)
        if made_here and left and all(_only_fills(at, use) for use in left):
            return True
    return False


def _only_fills(at: Context, use: cst.CSTNode) -> bool:
    """Whether a use of a name is `made.append(...)`, as a statement."""
    method = at.parent(use)
    call = at.parent(method) if isinstance(method, cst.Attribute) else None
    filled = isinstance(call, cst.Call) and last_name(call.func) in FILLING
    return filled and isinstance(at.parent(call), cst.Expr)


def _idles(at: Context, *gone: cst.CSTNode) -> bool:
    """Whether the function around would do nothing any more but ask and refuse: nobody leaves out what it is there for."""
    if at.function is None:
        return False
    spans = [at.source.outer(node) for node in gone]
    done = [_inside(at.source.outer(each), spans) for each in _deeds(at, at.function)]
    return bool(done) and all(done)


def _deeds(at: Context, function: cst.FunctionDef) -> Iterator[cst.CSTNode]:
    """What others notice of a function: answers, calls for their effect, what it writes to that is no variable of its own."""
    for each in at.within(function, *DEEDS):
        match each:
            case cst.Return(value=None):
                continue
            case cst.Expr(value=value) if not isinstance(value, cst.Call | cst.Await):
                continue
            case cst.Expr() if only_tells(at, each):
                continue
            case cst.Assign() | cst.AnnAssign() | cst.AugAssign() if not _reaches_out(each):
                continue
        yield each


def _reaches_out(assignment: cst.CSTNode) -> bool:
    return not all(isinstance(written, cst.Name) for written in assigned(assignment))


def parameters_are_imposed(at: Context) -> bool:
    """Whether the parameters of the function around are those of a base, so that one may stay unread."""
    block = at.parent(at.function) if at.function is not None else None
    klass = at.parent(block) if block is not None else None
    if at.function is None or not isinstance(klass, cst.ClassDef):
        return False
    name = at.function.name.value
    bases = [at.project.definition(at.source, at.text(each.value)) for each in klass.bases]
    known = [
        at.facts.types.describe(source, node)
        for source, node in (each for each in bases if each is not None)
        if isinstance(node, cst.ClassDef)
    ]
    if any(each is not None and name in each.methods for each in known):
        return True
    return not name.startswith("_") and len(known) < len(bases)


def unwrapped(at: Context, node: cst.BaseExpression, kept: cst.BaseExpression) -> Change | None:
    """One part of an expression in the place of the whole; where that would read `x = x`, the statement goes.

    None where something would be left over that can't go, or the result would be absurd.
    """
    text = carried(at.source, node, kept)
    parent = at.parent(node) or node
    if [at.text(each) for each in assigned(parent)] == [text]:
        return _without(at, parent, node, kept)
    cleared = clearing(at, node, kept=(kept,))
    if cleared is None or would_repeat(at, node, text):
        return None
    return rewrite(node, text) + cleared


def _without(
    at: Context, statement: cst.CSTNode, node: cst.BaseExpression, kept: cst.BaseExpression
) -> Change | None:
    line = at.parent(statement)
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
        return None
    cleared = clearing(at, node, kept=(kept,))
    if not isinstance(statement, cst.Assign) or cleared is None:
        return None
    goes = can_go(at, line) and not is_only_use(at, statement)
    return remove(line) + cleared if goes else None


def is_all_that_is_done(at: Context, call: cst.Call, kept: cst.BaseExpression) -> bool:
    """Whether a comprehension would do nothing without it: `[x for x in xs]`."""
    match at.parent(call):
        case (
            cst.ListComp(elt=each, for_in=loop)
            | cst.SetComp(elt=each, for_in=loop)
            | cst.GeneratorExp(elt=each, for_in=loop)
        ):
            return each is call and not loop.ifs and at.text(kept) == at.text(loop.target)
        case cst.DictComp(key=key, value=value, for_in=loop):
            done = [at.text(kept if each is call else each) for each in (key, value)]
            return not loop.ifs and ", ".join(done) == at.text(loop.target).strip("()")
    return False


def only_tells(at: Context, *statements: cst.CSTNode) -> bool:
    """Whether statements do nothing but tell people something: what is logged, printed or warned of."""
    return all(_is_told(at, each) for each in statements)


def _is_told(at: Context, statement: cst.CSTNode) -> bool:
    if isinstance(statement, cst.SimpleStatementLine):
        return all(_is_told(at, each) for each in statement.body)
    if not isinstance(statement, cst.Expr):
        return isinstance(statement, cst.Pass)
    if not isinstance(statement.value, cst.Call):
        return isinstance(statement.value, cst.BaseString | cst.Ellipsis)
    said = [each.value for each in statement.value.args[:1]]
    names = [
        at.text(each)
        for each in (statement.value.func, *said)
        if not isinstance(each, cst.BaseString)
    ]
    return any(speaks_of(name, TELLING) for name in names)


def _is_docstring(statement: cst.CSTNode) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, cst.BaseString)
    )


def _is_missed(name: str, binding: Binding, scope: Scope) -> bool:
    """Whether a reader or a linter notices that nobody uses a name."""
    if isinstance(scope.node, cst.Module | cst.ClassDef):
        own = name.startswith("_") or name.isupper()
        return binding.kind == "import" or (own and isinstance(scope.node, cst.Module))
    return True


def _inside(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)
