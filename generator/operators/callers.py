"""Functions and those who call them: what is given and answered, and what has to change where a parameter goes."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, drop_item, drop_parameter
from generator.operators import removal
from generator.operators.nodes import class_around, last_name
from generator.operators.signatures import signature_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.operators.call_graph import Call
    from generator.operators.context import Context
    from generator.source import Source


@dataclass(frozen=True, slots=True)
class Given:
    """What one call gives for a parameter; `arg` is None where it leaves that to the default."""

    call: Call
    arg: cst.Arg | None


def parameters(function: cst.FunctionDef) -> Iterator[cst.Param]:
    """The parameters of a function that a caller can give one value each."""
    params = function.params
    yield from (*params.posonly_params, *params.params, *params.kwonly_params)


def given(param: cst.Param, function: cst.FunctionDef, at: Context) -> tuple[Given, ...]:
    """What every call of a function gives for a parameter; empty where not all of them can be read."""
    calls = at.facts.call_graph.calls(at.source, function) or ()
    found = [Given(call, argument(call.node, param, function, at)) for call in calls]
    sure = all(each.arg is not None or param.default is not None for each in found)
    starred = any(arg.star for call in calls for arg in call.node.args)
    return tuple(found) if sure and not starred else ()


def argument(
    call: cst.Call, param: cst.Param, function: cst.FunctionDef, at: Context
) -> cst.Arg | None:
    """The argument of a call that reaches a parameter."""
    bound = class_around(at.source, function) is not None
    signature = signature_of(at.source, function, bound=bound)
    for n, arg in enumerate(call.args):
        if arg.keyword is not None:
            reached = arg.keyword.value
        else:
            position = signature.positional(n)
            reached = position.name if position is not None else ""
        if reached == param.name.value:
            return arg
    return None


def leaving(
    param: cst.Param,
    function: cst.FunctionDef,
    at: Context,
    gone: Sequence[cst.CSTNode],
    kept: Sequence[cst.CSTNode] = (),
) -> Change | None:
    """Take a parameter out of the signature and out of every call, where `gone` (but `kept`) leaves the body with it.

    None where a caller can't be seen, or something would be left over. Options of a caller that it no longer passes on may
    stay behind: those that a call of the caller need not name.
    """
    every = given(param, function, at)
    if not every or _is_told_of(param, function):
        return None
    change = drop_parameter(param, function)
    leaves: dict[Source, list[cst.CSTNode]] = defaultdict(list)
    leaves[at.source] += [param, *gone]
    for each in every:
        if each.arg is not None:
            change += drop_item(each.arg, each.call.node.args, each.call.node)
            leaves[each.call.source].append(each.arg)
    for source, nodes in leaves.items():
        there = at.elsewhere(source, nodes[0])
        stay = tuple(kept) if source is at.source else ()
        orphans = removal.orphans(there, *nodes, kept=stay)
        needed = [each.owner for each in orphans if isinstance(each.owner, cst.Param)]
        clearing = removal.clearing(there, *nodes, kept=stay, parameters=True)
        strands = removal.strands(there, *nodes, kept=stay)
        if clearing is None or strands or any(each.default is None for each in needed):
            return None
        change += clearing
    return change


def _is_told_of(param: cst.Param, function: cst.FunctionDef) -> bool:
    """Whether the docstring tells of the parameter: `:param key:`, its name between marks, or where a list has it."""
    text = function.get_docstring() or ""
    name = re.escape(param.name.value)
    if "_" in name and re.search(rf"\b{name}\b", text):
        return True
    return (
        re.search(rf"[`'\"*]{name}\b|\b{name} ?:|param \w* ?{name}\b|\b{name}=", text) is not None
    )


def uses(param: cst.Param, function: cst.FunctionDef, at: Context) -> tuple[cst.CSTNode, ...]:
    """Where a function reads a parameter; empty where it also gives it another value."""
    scope = at.source.scope(function.body)
    if len(scope.bindings.get(param.name.value, ())) != 1:
        return ()
    return tuple(scope.uses.get(param.name.value, ()))


def is_option(node: cst.CSTNode, at: Context) -> bool:
    """Whether an expression is a parameter of the function around it that its callers need not name."""
    local = at.variables(node).get(node.value) if isinstance(node, cst.Name) else None
    owner = local.binding.owner if local is not None else None
    return isinstance(owner, cst.Param) and owner.default is not None


def answers(function: cst.FunctionDef, at: Context) -> tuple[cst.BaseExpression, ...]:
    """What a function returns; empty where it can return nothing, or yields."""
    own = [
        each
        for each in at.within(function.body, cst.Return)
        if at.around(cst.FunctionDef, cst.Lambda, node=each) is function
    ]
    values = [each.value for each in own if each.value is not None]
    yields = next(at.within(function.body, cst.Yield), None)
    ends = isinstance(function.body, cst.IndentedBlock) and leaves(function.body.body[-1])
    return tuple(values) if len(values) == len(own) and ends and yields is None else ()


def leaves(statement: cst.CSTNode) -> bool:
    """Whether nothing that follows a statement is reached."""
    match statement:
        case cst.SimpleStatementLine(body=body):
            return isinstance(body[-1], cst.Return | cst.Raise)
        case cst.If(body=cst.IndentedBlock(body=body), orelse=cst.Else(body=other)):
            return leaves(body[-1]) and leaves(other.body[-1])
        case cst.If(body=cst.IndentedBlock(body=body), orelse=cst.If() as other):
            return leaves(body[-1]) and leaves(other)
        case cst.With(body=cst.IndentedBlock(body=body)):
            return leaves(body[-1])
    return False


def given_to(value: cst.CSTNode, at: Context) -> str:
    """The name of what a value is handed to, by itself or as one of many; empty where it is to nothing."""
    for around in at.ancestors(value):
        if isinstance(around, cst.Call):
            return last_name(around.func)
        if not isinstance(around, cst.Arg | cst.GeneratorExp | cst.ListComp | cst.IfExp):
            break
    return ""
