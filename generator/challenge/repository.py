"""The learner's repository: which files it holds, and how they come onto the disk with a history that tells nothing."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from generator import configuration, places, process
from generator.challenge import texts
from generator.errors import UnfitError
from generator.records import function_of
from generator.trial.suite import write_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.records import Mode, Seed

MARKER = ".bugsquash.json"
MARKER_FORMAT = 1
MOMENT = 1_577_836_800
"""2020-01-01T00:00:00Z: author date, commit date and the time of every file."""
_AUTHOR = ("bugsquash", "bugsquash@example.invalid")
_MESSAGE = "The code as it was found"
_LIMITS = process.Limits(wall=120)
_LISTED = 64 << 20
"""A listing of some ten thousand files is longer than a MiB."""
UNTOUCHED = b"* -text -filter -ident -working-tree-encoding\n"
"""In `.git/info/attributes`, which outranks every `.gitattributes`: files are committed as they are, byte for byte."""
_IGNORED = "__pycache__/\n.pytest_cache/\n.venv/\n"


@dataclass(frozen=True, slots=True)
class Exercise:
    """What the learner is told beside the code."""

    id: str
    mode: Mode
    level: int
    minutes: int
    failing: tuple[str, ...]
    """The visible failing tests, as node ids."""
    ticket: str
    customer: bool
    """The ticket is a customer's, and no transcript."""
    bugs: int = 1

    @property
    def functions(self) -> tuple[str, ...]:
        """The node ids of the failing test functions, parametrised cases together."""
        return tuple(dict.fromkeys(map(function_of, self.failing)))


def files(
    seed: Seed, source: Mapping[str, bytes], tests: Mapping[str, bytes | None], exercise: Exercise
) -> dict[str, bytes]:
    """Everything that is handed out, by path: the seed with `source` in place of the clean files, `tests` in place of the
    whole ones (None: left out), the settings under which `python -m pytest` works alone, and the exercise's own pages.
    """
    contents = {**seed.contents, **source}
    for path, content in tests.items():
        if content is None:
            del contents[path]
        else:
            contents[path] = content
    contents |= configuration.with_import_root(contents, seed.import_root)
    contents["README.md"] = _readme(seed, exercise, contents.get("README.md", b""))
    contents["TICKET.md"] = exercise.ticket.encode()
    contents[".vscode/launch.json"] = _json(_launch(exercise))
    contents[MARKER] = _json(
        {
            "format": MARKER_FORMAT,
            "id": exercise.id,
            "mode": exercise.mode,
            "minutes": exercise.minutes,
        }
    )
    contents.setdefault(".gitignore", _IGNORED.encode())
    return contents


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()


def _launch(exercise: Exercise) -> dict[str, Any]:
    several = len(exercise.functions) > 1
    wanted = {
        f"Debug {function.split('::')[-1]}" if several else "Debug the failing test": function
        for function in exercise.functions
    } or {"Debug the tests of this file": "${file}"}
    return {"version": "0.2.0", "configurations": [_debugs(*each) for each in wanted.items()]}


def _debugs(name: str, tests: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "debugpy",
        "request": "launch",
        "module": "pytest",
        "args": ["-x", "-s", tests],
        "console": "integratedTerminal",
        "justMyCode": True,
        "purpose": ["debug-test"],
    }


def _readme(seed: Seed, exercise: Exercise, project: bytes) -> bytes:
    title = seed.words.title if seed.words else seed.name
    where = f"{seed.import_root}/{seed.package}" if seed.import_root != "." else seed.package
    packaged = any(PurePosixPath(path).parent.name == seed.package for path in seed.source)
    text = texts.render(
        "README.md.j2",
        exercise=exercise,
        example=exercise.functions[0] if exercise.failing else "tests/test_yours.py",
        title=title,
        source=where if packaged else f"{where}.py",
        project=project.decode("utf-8", "replace").strip(),
    )
    return text.encode()


def git(*arguments: str, cwd: Path, home: Path, kept: int = _LISTED) -> process.Finished:
    """Run git with nobody's configuration; of its output the first `kept` bytes count.

    Raises UnfitError where there is no git, or it fails.
    """
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LC_ALL": "C",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(cwd.parent),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": _AUTHOR[0],
        "GIT_AUTHOR_EMAIL": _AUTHOR[1],
        "GIT_AUTHOR_DATE": f"{MOMENT} +0000",
        "GIT_COMMITTER_NAME": _AUTHOR[0],
        "GIT_COMMITTER_EMAIL": _AUTHOR[1],
        "GIT_COMMITTER_DATE": f"{MOMENT} +0000",
    }
    try:
        return process.run(["git", *arguments], cwd=cwd, limits=_LIMITS, env=env, kept=kept)
    except FileNotFoundError as error:
        raise UnfitError(
            "git was not found. Install it; every challenge is a git repository."
        ) from error


def write(root: Path, contents: Mapping[str, bytes], executable: frozenset[str]) -> str:
    """Write the repository into a directory that does not exist yet. One commit, one moment for all. Returns the commit."""
    write_tree(root, contents, executable)
    quiet = ["-c", "core.logAllRefUpdates=false", "-c", "gc.auto=0", "-c", "core.autocrlf=false"]
    _do(root, "init", "--quiet", "--template=", "--initial-branch=main", "--object-format=sha1")
    if any(PurePosixPath(path).name == ".gitattributes" for path in contents):
        (root / ".git" / "info").mkdir()
        (root / ".git" / "info" / "attributes").write_bytes(UNTOUCHED)
    _do(root, *quiet, "add", "--all", "--force", ".")
    _do(root, *quiet, "commit", "--quiet", "--no-verify", "--no-gpg-sign", f"--message={_MESSAGE}")
    (root / ".git" / "COMMIT_EDITMSG").unlink(missing_ok=True)
    commit = git("rev-parse", "HEAD", cwd=root, home=root.parent).stdout.decode().strip()
    for directory, _, names in os.walk(root, topdown=False):
        for name in [*names, "."]:
            os.utime(Path(directory) / name, (MOMENT, MOMENT))
    return commit


def _do(root: Path, *arguments: str) -> None:
    done = git(*arguments, cwd=root, home=root.parent)
    if not done.ok:
        raise UnfitError(f"git can't write the challenge: {done.last_words}")


def patch(
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    executable: frozenset[str] = frozenset(),
) -> str:
    """The change of some files as `git apply` takes it, with a/ and b/."""
    with places.scratch() as scratch:
        write_tree(scratch / "a", before, executable)
        write_tree(scratch / "b", after, executable)
        told = git(
            *"diff --no-index --no-prefix --no-color --no-ext-diff --no-renames --src-prefix= --dst-prefix= a b".split(),
            cwd=scratch,
            home=scratch,
        )
    return told.stdout.decode("utf-8", "surrogateescape")
