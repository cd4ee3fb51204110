"""The modules of one codebase, by path and by dotted name, and what they define for each other."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import libcst as cst

from generator.parsing import SourceError, parse
from generator.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Project:
    """The modules of a seed, or one file alone: each parsed when it is first asked for."""

    def __init__(
        self, contents: Mapping[str, bytes], paths: Iterable[str], import_root: str = "."
    ) -> None:
        self._contents = contents
        self._parsed: dict[str, Source | SourceError] = {}
        self.paths = tuple(paths)
        root = "" if import_root in ("", ".") else import_root.rstrip("/") + "/"
        self._names = {path: _module_name(path.removeprefix(root)) for path in self.paths}
        self._by_name = {name: path for path, name in self._names.items()}

    def source(self, path: str) -> Source:
        """One module by its path. Raises SourceError where it can't be read."""
        if path not in self._parsed:
            try:
                self._parsed[path] = parse(path, self._contents[path])
            except SourceError as error:
                self._parsed[path] = error
        found = self._parsed[path]
        if isinstance(found, SourceError):
            raise found
        return found

    def readable(self) -> Iterator[Source]:
        """Every module that can be read, in the order of `paths`."""
        for path in self.paths:
            with contextlib.suppress(SourceError):
                yield self.source(path)

    def module(self, name: str) -> Source | None:
        """A module of the project by its dotted name; None where there is none, or it can't be read."""
        path = self._by_name.get(name)
        try:
            return self.source(path) if path is not None else None
        except SourceError:
            return None

    def name(self, source: Source) -> str:
        """The dotted name under which a module is imported."""
        return self._names[source.path]

    def is_package(self, source: Source) -> bool:
        """Whether the module is the `__init__` of a package."""
        return source.path.rpartition("/")[2] == "__init__.py"

    def owner(self, node: cst.CSTNode) -> Source:
        """The module that a node belongs to."""
        for found in self._parsed.values():
            if isinstance(found, Source) and node in found:
                return found
        raise KeyError(f"a {type(node).__name__} that is no part of the project")

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
            module = self.module(name) if alias.asname else None
            if module is None or not rest:
                return None
            return self.definition(module, rest, depth + 1)
        package = self._package(source, statement)
        inner = self.module(f"{package}.{name}" if package else name)
        if inner is not None and rest:
            return self.definition(inner, rest, depth + 1)
        outer = self.module(package)
        if outer is None:
            return None
        return self.definition(outer, f"{name}.{rest}" if rest else name, depth + 1)

    def _package(self, source: Source, statement: cst.ImportFrom) -> str:
        named = source.text(statement.module) if statement.module else ""
        level = len(statement.relative)
        if not level:
            return named
        here = self.name(source).split(".")
        up = level - 1 if self.is_package(source) else level
        return ".".join([*here[: len(here) - up], *([named] if named else [])])


def _module_name(path: str) -> str:
    name = path.removesuffix(".py").replace("/", ".")
    return name.removesuffix(".__init__")
