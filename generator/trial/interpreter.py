"""The interpreter that runs a seed's tests: what it is, whether trials can run there, and what stored results hang on."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import shlex
import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from generator import machine, process
from generator.errors import UnfitError
from generator.trial import store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator import views

CHILD = Path(str(resources.files("generator.trial"))) / "child"
"""What runs in the interpreter's processes."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What there is to know of one: `version` (major and minor), and an opaque text that changes with what is installed."""

    version: str
    installed: bytes


def ask(python: Path = Path(sys.executable)) -> Interpreter:
    """Ask an interpreter about itself. Raises UnfitError where it does not run, is too old, or lacks what trials need."""
    about = _asked(python)
    if _numbers(about.version) < _PYTHON:
        raise UnfitError(
            f"{python} is Python {about.version}, and trials need {_dotted(_PYTHON)} or later. Name another with --python."
        )
    missing = [name for name, version in about.versions.items() if version is None]
    if missing:
        raise UnfitError(
            f"{python} has no {' and '.join(missing)}, which trials need. Install it there: {python} -m pip install {' '.join(missing)}"
        )
    old = {name: has for name, has in about.versions.items() if has and _is_old(name, has)}
    if old:
        has = ", ".join(f"{name} {version}" for name, version in old.items())
        needed = ", ".join(f"{name} {_dotted(_LEAST[name])}" for name in old)
        install = shlex.join(f"{name}>={_dotted(_LEAST[name])}" for name in old)
        raise UnfitError(
            f"{python} has {has}, and trials need {needed} or later. Install it there: {python} -m pip install {install}"
        )
    return Interpreter(about.version, about.installed.encode())


def libraries(python: Path) -> tuple[Path, ...]:
    """Where it and what is installed for it lie. Raises UnfitError where it does not run."""
    return _asked(python).places


_PYTHON = (3, 9)
_LEAST = {"pytest": (7, 0), "pluggy": (1, 2), "coverage": (6, 3)}
"""The first versions that trials were seen to work with: before, pytest has no `version_tuple`, pluggy no wrappers of the newer
kind, and coverage finds no lines."""


def _is_old(name: str, version: str) -> bool:
    return _numbers(version) < _LEAST[name]


def _numbers(version: str) -> tuple[int, ...]:
    """`7.0.0rc1` → (7, 0)."""
    return tuple(map(int, re.findall(r"\d+", version)[:2]))


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def fingerprint(python: Path = Path(sys.executable)) -> str:
    """What a verdict depends on beside the seed, as a digest: the interpreter, what is installed there, the code that
    runs trials, and what it sees of the machine. Raises UnfitError where the interpreter can't run them."""
    return _fingerprint(python, machine.walls())


@functools.cache
def _fingerprint(python: Path, walls: views.Walls) -> str:
    installed = ask(python).installed
    return hashlib.sha256(installed + f"{walls.value} {_own_code()}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Told:
    """What an interpreter says of itself: `places` is where it and its libraries lie."""

    version: str
    versions: Mapping[str, str | None]
    """Of what trials need; "" where it is there and says none, None where it is not there."""
    installed: str
    places: tuple[Path, ...]


@functools.cache
def _asked(python: Path) -> _Told:
    command, limits = [str(python), "-I", "-c", _ABOUT], process.Limits(wall=60)
    try:
        ran = process.retried_if_killed(lambda: process.run(command, cwd=Path("/"), limits=limits))
    except OSError as error:
        raise UnfitError(f"there is no Python interpreter at {python}.") from error
    if ran.ended is process.Ended.SIGNALLED:
        raise UnfitError(
            f"{python} was killed twice. Is the machine short of memory? Run the command again."
        )
    if not ran.ok:
        raise UnfitError(f"{python} can't run trials: {ran.last_words}.")
    about = json.loads(ran.stdout)
    places = tuple(Path(path) for path in about["places"] if path)
    return _Told(about["version"], about["versions"], about["installed"], places)


_ABOUT = """
import sys, importlib.metadata as m, importlib.util as u, json, os, urllib.parse, urllib.request
there = list(m.distributions())
# A library that is installed in editable mode lies where its author works on it.
origins = [urllib.parse.urlparse(json.loads(d.read_text("direct_url.json") or "{}").get("url", "")) for d in there]
needed = ["pytest"] if hasattr(sys, "monitoring") else ["pytest", "coverage"]
needed += ["pluggy"] if u.find_spec("pytest") else []
said = {d.metadata["Name"]: d.version for d in reversed(there)}
binary = [os.path.dirname(p) for p in (sys.executable, os.path.realpath(sys.executable))]
print(json.dumps({
    "version": "%d.%d" % sys.version_info[:2],
    "versions": {n: said.get(n, "") if u.find_spec(n) else None for n in needed},
    "installed": str((sys.version, sys.prefix, sorted({(d.metadata["Name"], d.version) for d in there}, key=str))),
    "places": [sys.prefix, sys.base_prefix, *binary, *sys.path,
               *(urllib.request.url2pathname(o.path) for o in origins if o.scheme == "file")],
}))
"""


_BENEATH = """
    configuration edits errors execution guilt leftover machine outline own_network places process records seeds views
""".split()
"""What trials are built on: which tests matter, and what stored results look like, hangs on it too."""


@functools.cache
def _own_code() -> str:
    return store.code(_own_files())


def _own_files() -> list[Path]:
    beneath = [Path(process.__file__).with_name(f"{name}.py") for name in _BENEATH]
    return [*CHILD.rglob("*.py"), *CHILD.parent.glob("*.py"), *beneath]
