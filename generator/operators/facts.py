"""What is known of types, classes and signatures in a project. Read from annotations, literals, calls and names;
nothing is run. A type is told as text (`int`, `Money`, `list[Money]`); None where it is not known."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    "format": "str", "input": "str", "id": "int",
}  # fmt: skip
METHODS = {
    "strip": "str", "lower": "str", "upper": "str", "casefold": "str", "join": "str", "format": "str", "replace": "str",
    "isoformat": "str", "total_seconds": "float", "startswith": "bool", "endswith": "bool", "encode": "bytes",
    "decode": "str", "hexdigest": "str", "isdigit": "bool", "quantize": "Decimal", "splitlines": "list", "split": "list",
}  # fmt: skip
ELEMENTS = re.compile(
    r"(?:list|List|tuple|Tuple|set|Set|frozenset|Iterable|Iterator|Sequence|Collection|deque|Generator|MutableSequence)"
    r"\[(?P<item>[^,]+?)(?:, ?\.\.\.|, ?None, ?None)?\]"
)
MAPPED = re.compile(
    r"(?:dict|Dict|Mapping|MutableMapping|defaultdict|OrderedDict)\[(?P<key>[^,]+), ?(?P<item>.+)\]"
)
OPTIONAL = re.compile(r"(?:typing\.|t\.)?Optional\[(.+)\]")
TRANSPARENT = frozenset(
    {"staticmethod", "classmethod", "contextmanager", "contextlib.contextmanager"}
)
"""Decorators that leave it to the function what it takes."""
NOISE = re.compile(r"^(?:typing|t|collections\.abc|datetime|dt|decimal)\.(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: `kind` is positional, keyword, star or stars."""

    name: str
    kind: str
    has_default: bool
    type: str | None


@dataclass(frozen=True, slots=True)
class Signature:
    """What a project function takes. `parameters` is what a caller writes: no `self`."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str | None

    def keyword(self, name: str) -> Parameter | None:
        """The parameter that `name=` reaches."""
        return next(
            (p for p in self.parameters if p.name == name and p.kind in {"positional", "keyword"}),
            None,
        )

    def positional(self, index: int) -> Parameter | None:
        """The parameter that the positional argument number `index` reaches."""
        some = [p for p in self.parameters if p.kind == "positional"]
        return some[index] if index < len(some) else None

    def suffices(self, args: Sequence[cst.Arg]) -> bool:
        """Whether a call with these arguments gives all that has to be given, as far as it shows: stars may hold anything."""
        if any(each.star for each in args):
            return True
        named = {each.keyword.value for each in args if each.keyword}
        places = len(args) - len(named)
        needed = (p for p in self.parameters if not p.has_default and p.name not in named)
        some = [p for p in self.parameters if p.kind == "positional"]
        return all(p in some[:places] for p in needed)


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


@dataclass(frozen=True, slots=True)
class Call:
    """A call, and the module it stands in."""

    source: Source
    node: cst.Call


@dataclass(frozen=True, eq=False)
class Facts:
    """Answers about one project, remembered."""

    project: Project
    _types: dict[cst.CSTNode, str | None] = field(default_factory=dict)
    _classes: dict[cst.ClassDef, Class | None] = field(default_factory=dict)
    _optional: dict[cst.ClassDef, frozenset[str]] = field(default_factory=dict)
    _calls: dict[cst.FunctionDef, tuple[Call, ...] | None] = field(default_factory=dict)

    @functools.cached_property
    def calls_by_name(self) -> Mapping[str, list[cst.Call]]:
        """The project's calls by the bare name of what they call."""
        found: dict[str, list[cst.Call]] = defaultdict(list)
        for source in self.project.readable():
            for node in source.nodes(cst.Call):
                match node:
                    case cst.Call(func=cst.Name(value=name)):
                        found[name].append(node)
                    case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))):
                        found[name].append(node)
        return found

    # -- types ----------------------------------------------------------------------------------------------------

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

    def _type_of_call(self, source: Source, node: cst.Call) -> str | None:
        name = source.text(node.func)
        if name in BUILTINS:
            return BUILTINS[name]
        if (owner := self._class_named(source, name)) is not None:
            return owner.name
        signature = self.signature(source, node)
        if signature is not None:
            return signature.returns
        last = name.rpartition(".")[2]
        if isinstance(node.func, cst.Attribute) and last in METHODS:
            return METHODS[last]
        return last if last[:1].isupper() and not last.isupper() else None

    def can_be_none(self, source: Source, node: cst.CSTNode) -> bool:
        """Whether an annotation, a default or an assigned `None` says that an expression may be None."""
        match node:
            case cst.NamedExpr(value=value) | cst.Await(expression=value):
                return self.can_be_none(source, value)
            case cst.Call():
                return _may_return_none(node) or self._is_told_to_return_none(source, node)
            case cst.Name(value=name):
                scope = source.scope(node).owner(name)
                bindings = scope.bindings.get(name, ()) if scope else ()
                return any(self.may_bind_none(source, each.owner) for each in bindings)
            case cst.Attribute(attr=attr):
                owner = self.class_of(source, node.value)
                return owner is not None and attr.value in self.nullable(owner)
        return False

    def may_bind_none(self, source: Source, owner: cst.CSTNode) -> bool:
        """Whether the statement or parameter that gives a name its value may give it None."""
        match owner:
            case cst.Param(default=value, annotation=annotation):
                return _is_none(value) or _mentions_none(source, annotation)
            case cst.AnnAssign(value=value, annotation=annotation):
                return _is_none(value) or _mentions_none(source, annotation)
            case cst.Assign(value=value) if not isinstance(value, cst.Name):
                return self.can_be_none(source, value)
            case cst.Assign(value=value):
                return _is_none(value)
        return False

    def _is_told_to_return_none(self, source: Source, call: cst.Call) -> bool:
        signature = self.signature(source, call)
        told = (signature.returns if signature else None) or ""
        return told != "None" and ("Optional[" in told or "None" in re.split(r"\W+", told))

    def nullable(self, described: Class) -> frozenset[str]:
        """The attributes of a class that may be None."""
        if described.node not in self._optional:
            self._optional[described.node] = frozenset()  # while they are being found
            self._optional[described.node] = frozenset(self._find_nullable(described))
        return self._optional[described.node]

    def _find_nullable(self, described: Class) -> Iterator[str]:
        source = described.source
        for node in _statements(described.node.body):
            match node:
                case cst.AnnAssign(target=cst.Name(value=name)):
                    is_field = source.scope(node).node is described.node
                    if is_field and self.may_bind_none(source, node):
                        yield name
                case cst.AnnAssign(target=cst.Attribute(value=cst.Name("self"), attr=attr)):
                    if self.may_bind_none(source, node):
                        yield attr.value
                case cst.Assign(
                    targets=[cst.AssignTarget(cst.Attribute(cst.Name("self"), attr))], value=value
                ):
                    if _is_none(value) or self.can_be_none(source, value):
                        yield attr.value

    # -- classes --------------------------------------------------------------------------------------------------

    def class_of(self, source: Source, node: cst.CSTNode) -> Class | None:
        """The project class that an expression is an instance of."""
        if isinstance(node, cst.Name) and node.value in {"self", "cls"}:
            around = next((a for a in source.ancestors(node) if isinstance(a, cst.ClassDef)), None)
            return self.describe(source, around) if around is not None else None
        name = self.type_of(source, node)
        return self._class_named(source, name) if name else None

    def _class_named(self, source: Source, name: str) -> Class | None:
        found = self.definition(source, name)
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
            parent = self._class_named(source, name)
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
                    attributes[statement.name.value] = _returns(source, statement)
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
            for statement in _statements(function.body):
                match statement:
                    case cst.AnnAssign(target=cst.Attribute(value=cst.Name("self"), attr=attr)):
                        yield attr.value, plain_type(source, statement.annotation)
                    case cst.Assign(
                        targets=[cst.AssignTarget(cst.Attribute(cst.Name("self"), attr))]
                    ):
                        yield attr.value, self.type_of(source, statement.value)

    # -- definitions and signatures -------------------------------------------------------------------------------

    def definition(
        self, source: Source, name: str, depth: int = 0
    ) -> tuple[Source, cst.FunctionDef | cst.ClassDef] | None:
        """The function or class of the project that a dotted name means at module level of a file."""
        first, _, rest = name.partition(".")
        for binding in source.module_scope.bindings.get(first, ()):
            if isinstance(binding.owner, cst.FunctionDef | cst.ClassDef) and not rest:
                return source, binding.owner
            if isinstance(binding.owner, cst.ImportAlias) and depth < 5:
                return self._imported(source, binding.owner, rest, depth)
        return None

    def _imported(
        self, source: Source, alias: cst.ImportAlias, rest: str, depth: int
    ) -> tuple[Source, cst.FunctionDef | cst.ClassDef] | None:
        statement = source.parent(alias)
        name = source.text(alias.name)
        if not isinstance(statement, cst.ImportFrom):
            module = self.project.module(name) if alias.asname else None
            if module is None or not rest:
                return None
            return self.definition(module, rest, depth + 1)
        package = self._package(source, statement)
        inner = self.project.module(f"{package}.{name}" if package else name)
        if inner is not None and rest:
            return self.definition(inner, rest, depth + 1)
        outer = self.project.module(package)
        if outer is None:
            return None
        return self.definition(outer, f"{name}.{rest}" if rest else name, depth + 1)

    def _package(self, source: Source, statement: cst.ImportFrom) -> str:
        named = source.text(statement.module) if statement.module else ""
        level = len(statement.relative)
        if not level:
            return named
        here = self.project.name(source).split(".")
        up = level - 1 if self.project.is_package(source) else level
        return ".".join([*here[: len(here) - up], *([named] if named else [])])

    def signature(self, source: Source, call: cst.Call) -> Signature | None:
        """The signature of the project function, class or method that a call reaches."""
        reached = self._reached(source, call)
        if reached is None:
            return None
        where, node, bound = reached
        if isinstance(node, cst.FunctionDef):
            return _signature(where, node, bound=bound)
        return self._constructor(where, node)

    def callee(self, source: Source, call: cst.Call) -> tuple[Source, cst.FunctionDef] | None:
        """The project function or method that a call reaches."""
        reached = self._reached(source, call)
        if reached is None or not isinstance(reached[1], cst.FunctionDef):
            return None
        return reached[0], reached[1]

    def _reached(
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
        found = self.definition(source, source.text(func)) if _is_dotted(func) else None
        return (*found, False) if found else None

    def calls(self, source: Source, function: cst.FunctionDef) -> tuple[Call, ...] | None:
        """Every call of a function in the project. None where it is also used in another way, or may be called or
        replaced by somebody who can't be seen: a table of functions, a subclass, a protocol."""
        if function not in self._calls:
            self._calls[function] = self._find_calls(source, function)
        return self._calls[function]

    def _find_calls(self, source: Source, function: cst.FunctionDef) -> tuple[Call, ...] | None:
        decorators = {source.text(each.decorator) for each in function.decorators}
        if not decorators <= TRANSPARENT or self._is_one_of_several(source, function):
            return None
        found: list[Call] = []
        is_method = class_around(source, function) is not None
        for where, mention in self._mentions.get(function.name.value, ()):
            call = where.parent(mention)
            called = isinstance(call, cst.Call) and call.func is mention
            reached = self.callee(where, call) if called and isinstance(call, cst.Call) else None
            if called and is_method:
                reached = reached or self._only_method(where, mention)
            if reached is None and not self._is_foreign(where, mention, is_method=is_method):
                return None
            if reached is not None and reached[1] is function and isinstance(call, cst.Call):
                found.append(Call(where, call))
        return tuple(found)

    def _only_method(
        self, source: Source, mention: cst.CSTNode
    ) -> tuple[Source, cst.FunctionDef] | None:
        """The one method of the project that bears a name of several words, called on what is of unknown type."""
        if not isinstance(mention, cst.Attribute) or "_" not in mention.attr.value.strip("_"):
            return None
        unknown = self.type_of(source, mention.value) is None
        some = self._methods_by_name.get(mention.attr.value, ())
        return some[0] if unknown and len(some) == 1 else None

    @functools.cached_property
    def _methods_by_name(self) -> Mapping[str, list[tuple[Source, cst.FunctionDef]]]:
        found: dict[str, list[tuple[Source, cst.FunctionDef]]] = defaultdict(list)
        for source in self.project.readable():
            for node in source.classes.values():
                for each in node.body.body:
                    if isinstance(each, cst.FunctionDef):
                        found[each.name.value].append((source, each))
        return found

    def _is_foreign(self, source: Source, mention: cst.CSTNode, *, is_method: bool) -> bool:
        """Whether a name, or an attribute of a known class, is surely not the function that is looked for."""
        if isinstance(mention, cst.Attribute):
            if not is_method:
                return not self._is_imported(source, mention)
            owner = self.class_of(source, mention.value)
            return owner is not None and mention.attr.value not in owner.methods
        name = source.text(mention)
        scope = source.scope(mention).owner(name)
        bindings = scope.bindings[name] if scope is not None else ()
        return is_method or not any(each.kind in {"function", "import"} for each in bindings)

    def _is_imported(self, source: Source, node: cst.CSTNode) -> bool:
        """Whether a dotted name begins with something imported."""
        while isinstance(node, cst.Attribute):
            node = node.value
        name = source.text(node)
        scope = source.scope(node).owner(name) if isinstance(node, cst.Name) else None
        return scope is not None and any(each.kind == "import" for each in scope.bindings[name])

    def _is_one_of_several(self, source: Source, function: cst.FunctionDef) -> bool:
        """Whether a method stands for those of other classes, or others for it."""
        around = class_around(source, function)
        if around is None:
            return False
        own = self.describe(source, around)
        name = function.name.value
        rivals = [
            described
            for where in self.project.readable()
            for node in where.classes.values()
            if node is not around
            and (described := self.describe(where, node)) is not None
            and name in described.methods
        ]
        if own is None or any(each.methods[name][1] is function for each in rivals):
            return True
        abstract = (own, *rivals)
        return own.methods.get(name, (source, None))[1] is not function or any(
            _is_abstract(each) for each in abstract
        )

    @functools.cached_property
    def _mentions(self) -> Mapping[str, list[tuple[Source, cst.CSTNode]]]:
        """Where the project reads a name or an attribute, by that name."""
        found: dict[str, list[tuple[Source, cst.CSTNode]]] = defaultdict(list)
        for source in self.project.readable():
            for name in source.nodes(cst.Name):
                if isinstance(name, cst.Name) and source.is_read(name):
                    found[name.value].append((source, name))
            for node in source.nodes(cst.Attribute):
                if isinstance(node, cst.Attribute):
                    found[node.attr.value].append((source, node))
        return found

    def mentions(self, name: str) -> tuple[tuple[Source, cst.CSTNode], ...]:
        """Where the project reads a variable of that name, or reads or writes an attribute of that name."""
        return tuple(self._mentions.get(name, ()))

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
            made = _signature(*init, bound=True)
            return Signature(described.name, made.parameters, described.name)
        if described.is_record:
            return Signature(described.name, described.fields, described.name)
        return None


def class_around(source: Source, function: cst.FunctionDef) -> cst.ClassDef | None:
    """The class that a function is a method of."""
    block = source.parent(function)
    around = source.parent(block) if block is not None else None
    return around if isinstance(around, cst.ClassDef) else None


def _is_abstract(described: Class) -> bool:
    bases = (described.source.text(base.value) for base in described.node.bases)
    return any(base.rpartition(".")[2].partition("[")[0] in {"Protocol", "ABC"} for base in bases)


def _may_return_none(call: cst.Call) -> bool:
    match call:
        case cst.Call(func=cst.Attribute(attr=cst.Name("get")), args=args):
            return len(args) == 1
        case cst.Call(func=cst.Name("getattr" | "next"), args=[_, *_, cst.Arg(value=last)]):
            return _is_none(last)
    return False


def _is_none(node: cst.CSTNode | None) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def _mentions_none(source: Source, annotation: cst.Annotation | None) -> bool:
    text = source.text(annotation.annotation) if annotation is not None else ""
    return "Optional[" in text or re.search(r"\bNone\b", text) is not None


def plain_type(source: Source, annotation: cst.Annotation) -> str:
    """The text of an annotation without quotes, `| None` and `Optional`."""
    text = " ".join(source.text(annotation.annotation).split()).strip("\"'")
    found = OPTIONAL.fullmatch(text)
    text = found[1] if found else text
    parts = [part.strip() for part in text.split("|")] if "[" not in text else [text]
    text = " | ".join(part for part in parts if part != "None")
    return NOISE.sub("", text)


def signature_of(source: Source, node: cst.FunctionDef, *, bound: bool) -> Signature:
    """What one function of the project takes; `bound` where it is called on an object or a class."""
    return _signature(source, node, bound=bound)


def _signature(source: Source, node: cst.FunctionDef, *, bound: bool) -> Signature:
    params = node.params
    decorators = {source.text(each.decorator) for each in node.decorators}
    found: list[Parameter] = []
    positional: Iterable[cst.Param] = [*params.posonly_params, *params.params]
    for kind, some in (("positional", positional), ("keyword", params.kwonly_params)):
        found.extend(
            Parameter(
                each.name.value, kind, each.default is not None,
                plain_type(source, each.annotation) if each.annotation else None,
            )
            for each in some
        )  # fmt: skip
    if isinstance(params.star_arg, cst.Param):
        found.append(Parameter(params.star_arg.name.value, "star", has_default=True, type=None))
    if params.star_kwarg is not None:
        found.append(Parameter(params.star_kwarg.name.value, "stars", has_default=True, type=None))
    if bound and "staticmethod" not in decorators and found:
        found = found[1:]
    return Signature(node.name.value, tuple(found), _returns(source, node))


def _returns(source: Source, node: cst.FunctionDef) -> str | None:
    return plain_type(source, node.returns) if node.returns is not None else None


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


def _statements(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Every small statement inside a block, blocks within blocks included."""
    match node:
        case cst.BaseSmallStatement():
            yield node
        case cst.IndentedBlock() | cst.SimpleStatementLine() | cst.SimpleStatementSuite():
            for each in node.body:
                yield from _statements(each)
        case cst.Match(cases=cases):
            for case in cases:
                yield from _statements(case.body)
        case cst.BaseCompoundStatement():
            for part in (node.body, getattr(node, "orelse", None)):
                yield from _statements(part) if part is not None else ()
        case cst.Else():
            yield from _statements(node.body)
