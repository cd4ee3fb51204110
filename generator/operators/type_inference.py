"""The types of expressions, and the classes of a project. Read from annotations, literals, calls and names; nothing is
run. A type is told as text (`int`, `Money`, `list[Money]`); None where it is not known."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from generator.operators.nodes import small_statements
from generator.operators.signatures import (
    Parameter,
    Signature,
    plain_type,
    return_type,
    signature_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.project import Project
    from generator.scopes import Binding
    from generator.source import Source

LITERALS: Mapping[type[cst.CSTNode], str] = {
    cst.Integer: "int", cst.Float: "float", cst.SimpleString: "str", cst.ConcatenatedString: "str",
    cst.FormattedString: "str", cst.List: "list", cst.ListComp: "list", cst.Dict: "dict", cst.DictComp: "dict",
    cst.Set: "set", cst.SetComp: "set", cst.Tuple: "tuple", cst.Comparison: "bool", cst.GeneratorExp: "Iterator",
}  # fmt: skip
BUILTINS = {
    "len": "int", "int": "int", "str": "str", "float": "float", "bool": "bool", "list": "list", "dict": "dict", "set": "set",
    "tuple": "tuple", "sorted": "list", "repr": "str", "isinstance": "bool", "any": "bool", "all": "bool",
    "Decimal": "Decimal", "bytes": "bytes", "frozenset": "frozenset", "hash": "int", "ord": "int", "chr": "str",
    "range": "range", "enumerate": "enumerate", "hasattr": "bool", "callable": "bool", "bytearray": "bytearray",
    "format": "str", "input": "str", "id": "int", "re.compile": "Pattern", "re.match": "Match", "re.search": "Match",
    "re.fullmatch": "Match",
}  # fmt: skip
METHODS = {
    "strip": "str", "lower": "str", "upper": "str", "casefold": "str", "join": "str", "format": "str", "replace": "str",
    "isoformat": "str", "total_seconds": "float", "startswith": "bool", "endswith": "bool", "encode": "bytes",
    "decode": "str", "hexdigest": "str", "isdigit": "bool", "quantize": "Decimal", "splitlines": "list", "split": "list", "fullmatch": "Match",
}  # fmt: skip
LOOK_UPS = frozenset({"get", "pop", "setdefault"})
"""Methods of a mapping that give back one of its values."""
ELEMENTS = re.compile(
    r"(?:list|List|tuple|Tuple|set|Set|frozenset|Iterable|Iterator|Sequence|Collection|deque|Generator|MutableSequence)"
    r"\[(?P<item>[^,]+?)(?:, ?\.\.\.|, ?None, ?None)?\]"
)
MAPPED = re.compile(
    r"(?:dict|Dict|Mapping|MutableMapping|defaultdict|OrderedDict)\[(?P<key>(?:[^,\[\]]|\[[^\]]*\])+), ?(?P<item>.+)\]"
)


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the project: what its instances have. Includes what it inherits from other project classes."""

    name: str
    source: Source
    node: cst.ClassDef
    attributes: Mapping[str, str | None]
    """Attribute → type, in the order they appear."""
    methods: Mapping[str, tuple[Source, cst.FunctionDef]]
    is_record: bool
    """A dataclass or named tuple: its fields are its signature."""
    fields: tuple[Parameter, ...]


@dataclass(frozen=True, eq=False)
class Types:
    """The types of one project, remembered."""

    project: Project
    _types: dict[cst.CSTNode, str | None] = field(default_factory=dict)
    _classes: dict[cst.ClassDef, Class | None] = field(default_factory=dict)

    @functools.cached_property
    def field_names(self) -> frozenset[str]:
        """What the fields of all the project's records are called."""
        described = (
            self.describe(source, klass)
            for source in self.project.readable()
            for klass in source.nodes(cst.ClassDef)
            if isinstance(klass, cst.ClassDef)
        )
        records = (each for each in described if each is not None and each.is_record)
        return frozenset(field.name for each in records for field in each.fields)

    def type_of(self, source: Source, node: cst.CSTNode) -> str | None:
        """The type of an expression."""
        if node not in self._types:
            self._types[node] = None  # while it is being found: what depends on itself is not known
            self._types[node] = self._find_type(source, node)
        return self._types[node]

    def _find_type(self, source: Source, node: cst.CSTNode) -> str | None:
        found: str | None = LITERALS.get(type(node))
        match node:
            case cst.Name():
                found = self._type_of_name(source, node)
            case cst.Attribute():
                owner = self.class_of(source, node.value)
                found = owner.attributes.get(node.attr.value) if owner else None
            case cst.Call():
                found = self._type_of_call(source, node)
            case cst.BinaryOperation():
                left, right = self.type_of(source, node.left), self.type_of(source, node.right)
                found = left if left == right else None
            case cst.UnaryOperation():
                found = (
                    "bool"
                    if isinstance(node.operator, cst.Not)
                    else self.type_of(source, node.expression)
                )
            case cst.IfExp():
                found = self.type_of(source, node.body)
            case cst.Await():
                found = self.type_of(source, node.expression)
            case cst.Subscript():
                found = self._type_of_item(source, node)
        return found

    def _type_of_item(self, source: Source, node: cst.Subscript) -> str | None:
        whole = self.type_of(source, node.value)
        if isinstance(node.slice[0].slice, cst.Slice):
            return whole
        mapped = MAPPED.fullmatch(whole or "")
        return mapped["item"] if mapped else self.element(whole)

    def _type_of_name(self, source: Source, node: cst.Name) -> str | None:
        if node.value in {"True", "False"}:
            return "bool"
        scope = source.scope(node).owner(node.value)
        bindings = scope.bindings.get(node.value, ()) if scope else ()
        for binding in bindings:
            found = self.type_of_binding(source, binding)
            if found is not None:
                return found
        return None

    def type_of_binding(self, source: Source, binding: Binding) -> str | None:
        """The type of the value that a name is given at one place."""
        owner = binding.owner
        found: str | None = None
        match owner:
            case cst.Param():
                found = self._type_of_parameter(source, owner)
            case cst.AnnAssign():
                found = plain_type(source, owner.annotation)
            case cst.Assign() if isinstance(owner.targets[0].target, cst.Name):
                found = self.type_of(source, owner.value)
            case cst.NamedExpr():
                found = self.type_of(source, owner.value)
            case cst.For() | cst.CompFor():
                if owner.target is binding.node:
                    found = self.element(self.type_of(source, owner.iter))
            case cst.ExceptHandler() if owner.type is not None:
                found = source.text(owner.type)
        return found

    def _type_of_parameter(self, source: Source, param: cst.Param) -> str | None:
        if param.annotation is not None:
            return plain_type(source, param.annotation)
        if param.default is not None and source.text(param.default) != "None":
            return self.type_of(source, param.default)
        return None

    def element(self, container: str | None) -> str | None:
        """`list[Money]` → `Money`."""
        found = ELEMENTS.fullmatch(container or "") or MAPPED.fullmatch(container or "")
        return found.groupdict().get("key", found["item"]) if found else None

    def value(self, mapping: str | None) -> str | None:
        """`dict[str, Money]` → `Money`."""
        found = MAPPED.fullmatch(mapping or "")
        return found["item"] if found else None

    def _type_of_call(self, source: Source, node: cst.Call) -> str | None:
        name = source.text(node.func)
        if name in BUILTINS:
            return BUILTINS[name]
        if (owner := self.class_named(source, name)) is not None:
            return owner.name
        signature = self.signature(source, node)
        if signature is not None:
            return signature.returns
        last = name.rpartition(".")[2]
        if isinstance(node.func, cst.Attribute):
            held = self.value(self.type_of(source, node.func.value))
            if last in LOOK_UPS and held is not None:
                return held
            if last in METHODS:
                return METHODS[last]
        return last if last[:1].isupper() and not last.isupper() else None

    # -- classes --------------------------------------------------------------------------------------------------

    def class_of(self, source: Source, node: cst.CSTNode) -> Class | None:
        """The project class that an expression is an instance of."""
        if isinstance(node, cst.Name) and node.value in {"self", "cls"}:
            around = next((a for a in source.ancestors(node) if isinstance(a, cst.ClassDef)), None)
            return self.describe(source, around) if around is not None else None
        name = self.type_of(source, node)
        return self.class_named(source, name) if name else None

    def class_named(self, source: Source, name: str) -> Class | None:
        """The project class that a module means by a name; `Records[Charge]` is the class `Records`."""
        name = name.partition("[")[0]
        found = self.project.definition(source, name)
        if found is not None and isinstance(found[1], cst.ClassDef):
            return self.describe(found[0], found[1])
        only = self._by_name.get(name, ())
        return self.describe(*only[0]) if len(only) == 1 else None

    @functools.cached_property
    def _by_name(self) -> Mapping[str, list[tuple[Source, cst.ClassDef]]]:
        """The project's classes by bare name: a type may be told in a module that another one never imports from."""
        found: dict[str, list[tuple[Source, cst.ClassDef]]] = defaultdict(list)
        for source in self.project.readable():
            for name, node in source.classes.items():
                found[name].append((source, node))
        return found

    def describe(self, source: Source, node: cst.ClassDef) -> Class | None:
        """What is known of a class."""
        if node not in self._classes:
            self._classes[node] = None
            self._classes[node] = self._describe(source, node)
        return self._classes[node]

    def _describe(self, source: Source, node: cst.ClassDef) -> Class:
        attributes: dict[str, str | None] = {}
        methods: dict[str, tuple[Source, cst.FunctionDef]] = {}
        fields: dict[str, Parameter] = {}
        bases = [source.text(base.value) for base in node.bases]
        decorators = [source.text(each.decorator) for each in node.decorators]
        record = any(
            "dataclass" in each or each.endswith(("define", "frozen")) for each in decorators
        )
        for name in bases:
            parent = self.class_named(source, name)
            if parent is not None:
                attributes.update(parent.attributes)
                methods.update(parent.methods)
                fields.update((each.name, each) for each in parent.fields)
                record = record or parent.is_record
        record = record or "NamedTuple" in {base.rpartition(".")[2] for base in bases}
        for name, annotation, has_default in _class_fields(source, node):
            attributes[name] = annotation
            fields[name] = Parameter(name, "positional", has_default, annotation)
        for statement in node.body.body:
            if isinstance(statement, cst.FunctionDef):
                methods[statement.name.value] = (source, statement)
                if any(source.text(d.decorator).endswith("property") for d in statement.decorators):
                    attributes[statement.name.value] = return_type(source, statement)
        for name, value in self._assigned_to_self(source, node):
            if attributes.get(name) is None:
                attributes[name] = value
        own = tuple(fields.values()) if record else ()
        return Class(node.name.value, source, node, attributes, methods, record, own)

    def _assigned_to_self(
        self, source: Source, node: cst.ClassDef
    ) -> Iterator[tuple[str, str | None]]:
        for function in node.body.body:
            if not isinstance(function, cst.FunctionDef):
                continue
            for statement in small_statements(function.body):
                match statement:
                    case cst.AnnAssign(target=cst.Attribute(value=cst.Name("self"), attr=attr)):
                        yield attr.value, plain_type(source, statement.annotation)
                    case cst.Assign(
                        targets=[cst.AssignTarget(cst.Attribute(cst.Name("self"), attr))]
                    ):
                        yield attr.value, self.type_of(source, statement.value)

    # -- what a call reaches --------------------------------------------------------------------------------------

    def signature(self, source: Source, call: cst.Call) -> Signature | None:
        """The signature of the project function, class or method that a call reaches."""
        reached = self.reached(source, call)
        if reached is None:
            return None
        where, node, bound = reached
        if isinstance(node, cst.FunctionDef):
            return signature_of(where, node, bound=bound)
        return self._constructor(where, node)

    def reached(
        self, source: Source, call: cst.Call
    ) -> tuple[Source, cst.FunctionDef | cst.ClassDef, bool] | None:
        """What a call reaches, and whether it is called on an object or a class."""
        func = call.func
        if isinstance(func, cst.Attribute):
            owner = self.class_of(source, func.value)
            if owner is not None:
                method = owner.methods.get(func.attr.value)
                return (*method, True) if method else None
        if isinstance(func, cst.Name):
            local = self._local_function(source, func)
            if local is not None:
                return source, local, False
        found = self.project.definition(source, source.text(func)) if _is_dotted(func) else None
        return (*found, False) if found else None

    def _local_function(self, source: Source, func: cst.Name) -> cst.FunctionDef | None:
        scope = source.scope(func).owner(func.value)
        bindings = scope.bindings.get(func.value, ()) if scope else ()
        if len(bindings) == 1 and isinstance(bindings[0].owner, cst.FunctionDef):
            return bindings[0].owner
        return None

    def _constructor(self, source: Source, node: cst.ClassDef) -> Signature | None:
        described = self.describe(source, node)
        if described is None:
            return None
        init = described.methods.get("__init__")
        if init is not None:
            made = signature_of(*init, bound=True)
            return Signature(described.name, made.parameters, described.name)
        if described.is_record:
            return Signature(described.name, described.fields, described.name)
        return None


def _is_dotted(node: cst.CSTNode) -> bool:
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name)


def _class_fields(source: Source, node: cst.ClassDef) -> Iterator[tuple[str, str, bool]]:
    for line in node.body.body:
        for each in getattr(line, "body", ()) if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(each, cst.AnnAssign) and isinstance(each.target, cst.Name):
                kind = plain_type(source, each.annotation)
                if "ClassVar" not in kind:
                    yield each.target.value, kind, each.value is not None
