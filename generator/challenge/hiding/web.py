"""Which piece of which test file uses which other, and what stays once some tests are gone. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from generator.challenge.hiding.pieces import Alias, Parsed, Piece, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

Key: TypeAlias = tuple[str, int]
"""A piece: its file and its index there."""

_PLAIN_BASES = re.compile(r"^(object|ABC|Protocol|Generic|NamedTuple|\w*TestCase|)$")
_CONFTEST = "conftest.py"


class UncuttableError(ValueError):
    """A test function was to be hidden that can't be cut out without taking others with it."""


def is_package(path: str) -> bool:
    """Whether the file makes its directory a package."""
    return path.rpartition("/")[2] == "__init__.py"


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class Web:
    """The test files of a suite in pieces, and the uses between them."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        parsed = {
            path: parse(path, contents[path]) for path in sorted(contents) if path[-3:] == ".py"
        }
        self.files: dict[str, Parsed] = {path: some for path, some in parsed.items() if some}
        self.pieces: dict[Key, Piece] = {
            (path, piece.index): piece for path, some in self.files.items() for piece in some.pieces
        }
        self._index_modules()
        self._index_names()
        self.edges: dict[Key, set[Key]] = {
            key: set(self._used_by(key)) - {key} for key in self.pieces
        }
        self._used = {target for targets in self.edges.values() for target in targets}
        self._inherited = {base for piece in self.pieces.values() for base in piece.bases}
        for key, piece in self.pieces.items():
            if piece.parent is not None and (piece.kind == "other" or piece.autouse):
                self.edges[key[0], piece.parent].add(key)

    def _index_modules(self) -> None:
        self._modules: dict[str, list[str]] = defaultdict(list)
        for path in self.files:
            parts = _dotted(path).split(".")
            for start in range(len(parts)):
                self._modules[".".join(parts[start:])].append(path)
        self._plugins = {
            path
            for some in self.files.values()
            for name in some.plugins
            for path in self._modules.get(name, ())
        }
        self._starred = {
            path
            for some in self.files.values()
            for name in some.starred
            for path in self._modules_named(some.path, name)
        }

    def _index_names(self) -> None:
        self._by_name: dict[tuple[str, str, str], list[Key]] = defaultdict(list)
        self._members: dict[str, list[Key]] = defaultdict(list)
        self._fixtures: dict[str, list[Key]] = defaultdict(list)
        self._classes: dict[str, list[Key]] = defaultdict(list)
        for key, piece in self.pieces.items():
            for name in piece.binds:
                self._by_name[key[0], piece.owner, name].append(key)
                if piece.owner:
                    self._members[name].append(key)
                if piece.kind == "class":
                    self._classes[name].append(key)
            for name in _fixture_names(piece):
                self._fixtures[name].append(key)

    # -- who uses what

    def _named(self, path: str, owner: str, name: str) -> list[Key]:
        return self._by_name.get((path, owner, name), [])

    def _used_by(self, key: Key) -> Iterator[Key]:
        path, piece = key[0], self.pieces[key]
        yield from self._by_scope(path, piece)
        for name in piece.uses.attributes:
            yield from self._members.get(name, ())
        for name in piece.uses.strings:
            yield from self._meant_by(path, piece.owner, name)
        for name in self._fixtures if piece.uses.any_fixture else piece.uses.requested:
            yield from self._requested(path, name)
        if piece.parent is not None:
            yield path, piece.parent
        if piece.alias:
            yield from self._imported(path, piece.alias)
        for base in piece.bases:
            yield from self._classes.get(base, ())

    def _by_scope(self, path: str, piece: Piece) -> Iterator[Key]:
        for name in piece.uses.here:
            yield from self._named(path, piece.owner, name) or self._named(path, "", name)
        for name in piece.uses.module:
            yield from self._named(path, "", name)

    def _meant_by(self, path: str, owner: str, name: str) -> Iterator[Key]:
        """A string that reads as a name may stand for what has it; an import is not kept for it."""
        known = [*self._named(path, "", name), *self._named(path, owner, name)]
        known += [key for key in self._fixtures.get(name, ()) if self._is_visible(key[0], path)]
        yield from (key for key in known if self.pieces[key].kind != "import")
        if name in self.files[path].exported:
            yield from known

    def _requested(self, path: str, name: str) -> Iterator[Key]:
        for key in self._fixtures.get(name, ()):
            if self.pieces[key].owner or self._is_visible(key[0], path):
                yield key

    def _is_visible(self, provider: str, path: str) -> bool:
        if provider == path or provider in self._plugins:
            return True
        folder, _, name = provider.rpartition("/")
        return name == _CONFTEST and (folder == "" or path.startswith(folder + "/"))

    def _imported(self, path: str, alias: Alias) -> Iterator[Key]:
        whole = alias.module
        if alias.name is not None:
            for module in self._modules_named(path, alias.module):
                yield from self._named(module, "", alias.name)
            whole += ("" if whole.endswith(".") else ".") + alias.name
        for module in self._modules_named(path, whole):
            yield from (
                (module, piece.index) for piece in self.files[module].pieces if not piece.owner
            )

    def _modules_named(self, path: str, dotted: str) -> list[str]:
        name = dotted.lstrip(".")
        level = len(dotted) - len(name)
        if not level:
            return self._modules.get(name, [])
        package = path.split("/")[:-level]
        name = ".".join([*package, *([name] if name else [])])
        return [module for module in self.files if _dotted(module) == name]

    # -- tests

    def tests(self) -> Iterator[tuple[str, Key]]:
        """(id, piece) of everything that pytest would take for a test by its name."""
        for key, piece in self.pieces.items():
            if piece.test:
                yield f"{key[0]}::{piece.qualified(piece.test)}", key

    def cuttable(self) -> Iterator[str]:
        """The tests that can be cut out one by one."""
        return (name for name, key in self.tests() if not self._why_not(key))

    def _why_not(self, key: Key) -> str | None:
        if self.pieces[key].owner.rpartition(".")[2] in self._inherited:
            return "another class inherits it"
        return "other code uses it" if key in self._used else None

    def keys_of(self, names: Collection[str]) -> frozenset[Key]:
        """The pieces behind `path::Class::name`, or UncuttableError."""
        found: set[Key] = set()
        for name in names:
            path, _, qualified = name.partition("::")
            owner, _, last = qualified.replace("::", ".").rpartition(".")
            keys = self._named(path, owner, last)
            reason = next(filter(None, map(self._why_not, keys)), None)
            if not keys or reason:
                raise UncuttableError(f"{name}: {reason or 'it is not defined there'}")
            found.update(keys)
        return frozenset(found)

    # -- what stays

    def without(self, hidden: frozenset[Key]) -> tuple[frozenset[Key], frozenset[str]]:
        """(the pieces that stay, the files that go) when these tests are cut out.

        What nobody used while all tests were there stays: it is not ours to tidy.
        """
        tests = {key for _, key in self.tests()} | hidden
        roots = {key for key in self.pieces if self._is_root(key)}
        edges = {key: set(targets) for key, targets in self.edges.items()}
        for key in self.pieces.keys() - _reach(edges, roots | tests):
            parent = self.pieces[key].parent
            if parent is None:
                roots.add(key)
            else:
                edges[key[0], parent].add(key)
        remaining = roots | (tests - hidden)
        edges = {key: targets - hidden for key, targets in edges.items()}
        going = self._files_to_go(hidden, tests - hidden)
        while True:
            kept = _reach(edges, (key for key in remaining - hidden if key[0] not in going))
            needed = {key[0] for key in kept if key[0] in going}
            if not needed:
                return kept, frozenset(going | self._emptied(kept))
            going -= needed

    def _files_to_go(self, hidden: frozenset[Key], left: set[Key]) -> set[str]:
        bringing = {key[0] for key, piece in self.pieces.items() if self._inherits_tests(piece)}
        staying = {key[0] for key in left} | bringing
        return {path for path, _ in hidden if not is_package(path)} - staying

    def _emptied(self, kept: frozenset[Key]) -> set[str]:
        """Files of helpers of which nothing is left but a docstring."""
        return {
            path
            for path, some in self.files.items()
            if some.pieces
            and not is_package(path)
            and any((path, piece.index) not in kept for piece in some.pieces)
            and not any(
                (path, piece.index) in kept and piece.last > some.docstring for piece in some.pieces
            )
        }

    def _is_root(self, key: Key) -> bool:
        piece = self.pieces[key]
        if piece.kind == "class" and self._inherits_tests(piece):
            return True
        if piece.parent is not None:
            return bool(not piece.owner and piece.binds & self.files[key[0]].exported)
        exported = key[0] in self._starred or bool(piece.binds & self.files[key[0]].exported)
        return exported or piece.autouse or piece.kind == "other"

    def _inherits_tests(self, piece: Piece) -> bool:
        return any(self._may_bring_tests(base, frozenset()) for base in piece.bases)

    def _may_bring_tests(self, base: str, seen: frozenset[str]) -> bool:
        if base in seen:
            return False
        keys = self._classes.get(base, [])
        if not keys:
            return not _PLAIN_BASES.match(base)
        return any(
            self._has_own_tests(key)
            or any(self._may_bring_tests(each, seen | {base}) for each in self.pieces[key].bases)
            for key in keys
        )

    def _has_own_tests(self, key: Key) -> bool:
        return any(piece.test and piece.parent == key[1] for piece in self.files[key[0]].pieces)


def _fixture_names(piece: Piece) -> Collection[str]:
    """Under which names pytest may find a fixture in this piece."""
    if piece.fixture:
        return (piece.fixture,)
    return piece.binds if piece.kind in ("assign", "import") else ()


def _reach(edges: Mapping[Key, set[Key]], roots: Iterable[Key]) -> frozenset[Key]:
    reached: set[Key] = set()
    waiting = list(roots)
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting.extend(edges[key] - reached)
    return frozenset(reached)
