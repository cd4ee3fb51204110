"""The metadata of a seed's own distribution, for code that asks for its version or entry points though nobody installed it.

A copy of the tree is installed, never the tree itself, into a scratch directory; what pip writes of metadata there comes to
lie beside the package, where the import system finds it in every run and in the learner's repository.

This runs no test and no mutant, only what `pip install` of the same directory would run, and nothing that a learner hands in.
It needs what a view takes away, the package index and pip's own settings and cache: so it runs plainly, with a time-out.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator import places, process
from generator.errors import UnfitError
from generator.trial import interpreter, store, suite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from generator.records import Seed

_PIP = "-m pip install --no-deps --no-compile --quiet --no-input --disable-pip-version-check"
_PATIENCE = process.Limits(wall=300, file=None)
_FILES = ("METADATA", "entry_points.txt", "top_level.txt")
"""Not its RECORD, nor where it came from: these hold paths of the machine."""
_HANGS_ON_THE_BUILD = re.compile(rb"^(Metadata-Version|Dynamic|License-File):|file:")
_INSTALLABLE = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})
_NOT_PASSED_ON = frozenset({"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_USER", "PIP_PREFIX"})


def can_be_made(seed: Seed) -> bool:
    """Whether the tree can be installed, and holds no metadata where the import system looks."""
    where = {".", seed.import_root}
    there = any(
        path.endswith((".dist-info/METADATA", ".egg-info/PKG-INFO"))
        and str(PurePosixPath(path).parent.parent) in where
        for path in seed.contents
    )
    return not there and not seed.contents.keys().isdisjoint(_INSTALLABLE)


def known(seed: Seed, python: Path) -> Seed | None:
    """The seed with the metadata that was found to be needed before, or None."""
    stored = store.load("metadata", _name(seed, python))
    return _with(seed, {path: text.encode() for path, text in stored.items()}) if stored else None


def added(seed: Seed, python: Path) -> Seed:
    """The seed with its distribution's metadata, made by the pip of the interpreter that runs its tests.

    Raises UnfitError where it can't be made, saying why and what serves as well.
    """
    with places.scratch() as scratch:
        tree, target = scratch / "tree", scratch / "installed"
        suite.write_tree(tree, seed.contents, seed.executable)
        installed = process.run(
            [str(python), *_PIP.split(), "--target", str(target), str(tree)],
            cwd=scratch,
            limits=_PATIENCE,
            env=_environment(scratch),
        )
        files = dict(_files(seed, target)) if installed.ok else {}
    if not files:
        raise UnfitError(
            f"{seed.root} asks for metadata that is not installed, and its own can't be made ({_why(installed, scratch)}). "
            f"Install it where its tests run: {python} -m pip install --no-deps {seed.root}"
        )
    store.save(
        "metadata", _name(seed, python), {path: text.decode() for path, text in files.items()}
    )
    return _with(seed, files)


def _why(installed: process.Finished, scratch: Path) -> str:
    words = installed.last_words.replace(f"{scratch}/", "").strip().rstrip(".")
    return words or f"pip ended {installed.ended.value}"


def _name(seed: Seed, python: Path) -> str:
    return store.key("metadata", seed.digest, interpreter.fingerprint(python))


def _environment(scratch: Path) -> dict[str, str]:
    """The caller's own, since pip's settings and its index are; but nothing of it stays."""
    passed_on = {name: text for name, text in os.environ.items() if name not in _NOT_PASSED_ON}
    (scratch / "tmp").mkdir()
    return {**passed_on, "TMPDIR": str(scratch / "tmp")}


def _files(seed: Seed, target: Path) -> Iterator[tuple[str, bytes]]:
    for directory in sorted(target.glob("*.dist-info")):
        for name in _FILES:
            file = directory / name
            if file.is_file():
                inside = f"{directory.name}/{name}"
                path = inside if seed.import_root == "." else f"{seed.import_root}/{inside}"
                yield path, _told(file.read_bytes()) if name == "METADATA" else file.read_bytes()


def _told(metadata: bytes) -> bytes:
    """The headers without those that hang on who built it or where it lay, and without the description."""
    headers, _, _ = metadata.replace(b"\r\n", b"\n").strip().partition(b"\n\n")
    lines = [line for line in headers.split(b"\n") if not _HANGS_ON_THE_BUILD.search(line)]
    return b"\n".join([b"Metadata-Version: 2.1", *lines, b""])


def _with(seed: Seed, files: Mapping[str, bytes]) -> Seed:
    digest = hashlib.sha256(seed.digest.encode())
    for path in sorted(files):
        digest.update(path.encode() + b"\0" + files[path])
    return replace(seed, contents={**seed.contents, **files}, digest=digest.hexdigest())
