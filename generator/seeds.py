"""A directory → Seed. Finds the built-in ones. Reads files, runs nothing of them."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from generator import configuration, process
from generator.errors import UnfitError, UsageError, nearest
from generator.records import Operation, Seed, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GIT = process.Limits(wall=60)
_LISTING_KEPT = 256 << 20
_NOT_OURS = frozenset(
    "__pycache__ .git .hg .svn .tox .nox .venv venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis "
    ".eggs .keys .making .idea .vscode htmlcov".split()
)
_NOT_OURS_AT_THE_TOP = frozenset({"build", "dist"})
_NOT_FILES = re.compile(r"^\.git$|\.(pyc|pyo|so|pyd|swp|orig)$|^\.coverage(\..*)?$|~$|^\.DS_Store$")
_VERSION_MODULE = re.compile(r"_*(scm_)?version(_info)?_*\.py$")
_TEST_DIRECTORY = re.compile(r"^((unit|integration|functional|regression|system)[-_]?)?tests?$")
_TEST_FILE = re.compile(r"^(test_.*|.*_test|tests?|conftest)\.py$")
_NO_PACKAGES = frozenset(
    "doc docs example examples benchmark benchmarks script scripts testing tool tools".split()
)
_NO_MODULES = frozenset("setup.py noxfile.py tasks.py conf.py fabfile.py versioneer.py".split())


def home() -> Path:
    """Where the built-in seeds lie: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "_seeds"
    return installed if installed.is_dir() else package.parent / "seeds"


def builtin() -> tuple[str, ...]:
    """Names of the built-in seeds."""
    return tuple(sorted(path.parent.name for path in home().glob("*/seed.toml")))


def load(target: str) -> Seed:
    """A built-in seed by name, or any directory by path (`.`, or with a `/` in it where a name would serve too).

    Raises UsageError for neither, UnfitError for a directory without Python code or tests.
    """
    if target in builtin():
        return _read(home() / target, builtin=True)
    path = Path(target).expanduser()
    if path.is_dir():
        return _read(path.resolve(), builtin=False)
    if "/" in target or path.exists():
        raise UsageError(
            f"{target} is not a directory. A seed is a built-in name or a project's directory."
        )
    raise UsageError(f"no seed named '{target}'. {nearest(target, builtin())} Or give a directory.")


def _read(root: Path, *, builtin: bool) -> Seed:
    names = [
        name for name in _files(root, builtin=builtin) if not (builtin and name == "seed.toml")
    ]
    contents = {name: _content(root / name) for name in names}
    executable = frozenset(name for name in names if (root / name).stat().st_mode & 0o111)
    import_root = _import_root(contents)
    source = _source(contents, import_root)
    tests = tuple(name for name in names if name.endswith(".py") and is_test(name))
    if not source:
        raise UnfitError(f"{root} holds no Python package or module to put a bug into.")
    if not tests:
        raise UnfitError(
            f"{root} has no tests: no test_*.py, no tests directory. A bug is only known by the tests it fails."
        )
    words = _words(root / "seed.toml") if builtin else None
    return Seed(
        name=root.name if builtin else _simple_name(root.name),
        root=root,
        builtin=builtin,
        package=_package(contents, source, import_root),
        import_root=import_root,
        contents=contents,
        executable=executable,
        source=source,
        tests=tests,
        configuration=configuration.read(contents),
        digest=_digest(root, contents, executable, builtin=builtin),
        words=words,
    )


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnfitError(
            f"{file} can't be read ({error.strerror}). Make it readable, or take it out."
        ) from error


def _simple_name(directory: str) -> str:
    """`cachetools-8.0.0` → `cachetools`: the name goes into ids and paths."""
    without_version = re.sub(r"-\d[\w.]*$", "", directory)
    return re.sub(r"[^A-Za-z0-9_.]+", "-", without_version).strip("-.").lower() or "project"


def _files(root: Path, *, builtin: bool) -> list[str]:
    listed = None if builtin else _git_files(root)
    names = {
        name
        for name in (listed if listed is not None else walk(root))
        if _belongs(PurePosixPath(name)) and (root / name).is_file()
    }
    handed_out = tuple(
        f"{PurePosixPath(name).parent}/" for name in names if _marks_a_challenge(name)
    )
    return sorted(name for name in names if not name.startswith(handed_out))


def _marks_a_challenge(name: str) -> bool:
    # `bugsquash new .` writes below the project itself; what it wrote is not part of the project.
    return PurePosixPath(name).name == ".bugsquash.json" and "/" in name


def _belongs(path: PurePosixPath) -> bool:
    # An .egg-info stays: an unpacked sdist finds its own version there.
    return not _NOT_FILES.search(path.name) and _NOT_OURS.isdisjoint(path.parts[:-1])


def _git_files(root: Path) -> list[str] | None:
    """What git tracks or would track, and ignored modules that tell the version; None where the directory is not its own
    work tree."""
    if not (root / ".git").exists():
        return None
    tracked = _listed(root, "--cached", "--others", "--exclude-standard")
    if tracked is None:
        return None
    packages = {PurePosixPath(name).parent for name in tracked if name.endswith("/__init__.py")}
    ignored = _listed(root, "--others", "--ignored", "--exclude-standard", "--", "*.py") or []
    # Written by a build (setuptools-scm, hatch-vcs), ignored as generated, and imported all the same.
    return tracked + [
        name
        for name in ignored
        if _VERSION_MODULE.match(PurePosixPath(name).name)
        and PurePosixPath(name).parent in packages
    ]


def _listed(root: Path, *options: str) -> list[str] | None:
    command = ["git", "ls-files", "-z", *options]
    # The caller's own ignore file counts; where a hook or an alias made git look, does not.
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        listed = process.run(command, cwd=root, limits=_GIT, env=env, kept=_LISTING_KEPT)
    except FileNotFoundError:
        return None
    return (
        [name for name in listed.stdout.decode(errors="surrogateescape").split("\0") if name]
        if listed.ok
        else None
    )


def walk(root: Path) -> Iterator[str]:
    """The files below a directory by relative path, without caches, environments and what a build leaves."""
    for directory, below, files in os.walk(root):
        below[:] = [
            name
            for name in below
            if name not in _NOT_OURS
            and not (name in _NOT_OURS_AT_THE_TOP and Path(directory) == root)
            and not (Path(directory) / name / "pyvenv.cfg").exists()
        ]
        for file in files:
            if not _NOT_FILES.search(file):
                yield (Path(directory) / file).relative_to(root).as_posix()


def is_test(path: str) -> bool:
    """Whether a `.py` file belongs to the tests: collected by pytest's default names, a conftest, or below `tests/`,
    `unittests/`, `integration_tests/` and the like, or a top-level `testing/`."""
    *directories, name = PurePosixPath(path).parts
    return (
        bool(_TEST_FILE.match(name))
        or any(map(_TEST_DIRECTORY.match, directories))
        or directories[:1] == ["testing"]
    )


def _import_root(contents: Iterable[str]) -> str:
    inside_src = any(name.startswith("src/") and name.endswith(".py") for name in contents)
    return "src" if inside_src and "src/__init__.py" not in contents else "."


def _source(contents: Iterable[str], import_root: str) -> tuple[str, ...]:
    if import_root == "src":
        candidates = [name for name in contents if name.startswith("src/")]
    else:
        names = set(contents)
        candidates = [name for name in names if _in_flat_package(PurePosixPath(name), names)]
    return tuple(sorted(n for n in candidates if n.endswith(".py") and not is_test(n)))


def _in_flat_package(path: PurePosixPath, names: set[str]) -> bool:
    top = path.parts[0]
    if len(path.parts) == 1:
        return top not in _NO_MODULES
    return f"{top}/__init__.py" in names and top not in _NO_PACKAGES


def _package(contents: dict[str, bytes], source: tuple[str, ...], import_root: str) -> str:
    depth = 1 if import_root == "src" else 0
    sizes: dict[str, int] = {}
    for path in source:
        top = PurePosixPath(path).parts[depth].removesuffix(".py")
        sizes[top] = sizes.get(top, 0) + len(contents[path])
    return max(sorted(sizes), key=lambda name: sizes[name])


def _digest(
    root: Path, contents: dict[str, bytes], executable: frozenset[str], *, builtin: bool
) -> str:
    digest = hashlib.sha256()
    everything = dict(contents)
    if builtin:
        everything["seed.toml"] = (root / "seed.toml").read_bytes()
    for path in sorted(everything):
        mode = b"x" if path in executable else b"-"
        for part in (path.encode("utf-8", "surrogateescape"), mode, everything[path]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _words(path: Path) -> Words:
    told: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    return Words(
        title=told["title"],
        about=told["about"],
        ticket=told["ticket"],
        areas={
            module: (area["name"], tuple(area["words"])) for module, area in told["areas"].items()
        },
        names=tuple(told["people"]["names"]),
        roles=tuple(told["people"]["roles"]),
        companies=tuple(told["people"]["companies"]),
        operations={
            name: Operation(
                operation["noun"],
                tuple(operation["does"]),
                operation.get("shows"),
                operation.get("asks", False),
            )
            for name, operation in told["operations"].items()
        },
        silent=frozenset(told.get("silent", ())),
        macros=told.get("macros", ""),
        spared=frozenset(told.get("spared", ())),
    )
