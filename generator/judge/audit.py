"""What a challenge must not tell: its history, what tools and editors leave behind, times, words, and copies of the answer.

The `.git` under audit may be anybody's: its settings are read as text first, and git runs there only when they are the
plain ones that `challenge.repository` writes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from generator import places
from generator.challenge import repository
from generator.challenge.tickets.ticket import leaks
from generator.judge import challenge_directory, patches
from generator.records import function_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from generator import process
    from generator.key import AnswerKey

_GIT_ENTRIES = frozenset({"HEAD", "config", "index", "objects", "refs"})
_GIT_TELLS = {
    "logs": "holds a reflog",
    "hooks": "holds hooks",
    "ORIG_HEAD": "tells of another commit",
    "FETCH_HEAD": "tells of another repository",
    "MERGE_HEAD": "tells of another commit",
    "COMMIT_EDITMSG": "holds a commit's message",
    "description": "describes where it comes from",
    "packed-refs": "lists further references",
    "modules": "holds other repositories",
    "worktrees": "tells of other work trees",
    "shallow": "tells of a longer history",
}
_SETTINGS = frozenset(
    "core.repositoryformatversion core.filemode core.bare core.logallrefupdates core.ignorecase core.precomposeunicode "
    "core.symlinks".split()
)
_CACHES = re.compile(
    r"(^|/)(__pycache__|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.hypothesis|\.tox|\.nox|\.venv|htmlcov|\.idea)/"
    r"|\.py[co]$|(^|/)\.coverage(\.[^/]*)?$|(^|/)coverage\.xml$"
)
_BACKUPS = re.compile(
    r"(~|\.(orig|rej|bak|old|swp|swo|tmp))$|(^|/)(\.#|#)[^/]*$|\.DS_Store$|\.patch$|\.diff$"
)
_MADE = frozenset({"README.md", "TICKET.md", ".vscode/launch.json", repository.MARKER})
_LONG_NUMBER = 5
"""A random seed that a person chose can be so short that any text holds it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that tells too much: where it is, and what it does there."""

    where: str
    what: str


def audit(directory: Path, key: AnswerKey) -> tuple[Finding, ...]:
    """Every leak of the challenge in a directory, by its key. Nothing is changed there."""
    paths = challenge_directory.every_file(directory)
    contents = challenge_directory.read(directory, paths)
    return (
        *_stray(directory, contents, key),
        *_times(directory),
        *_marker(contents, key),
        *_words(contents, key),
        *_ticket(contents.get("TICKET.md", b""), key),
        *_copies(contents, key),
        *_repository(directory, contents, key),
    )


def _stray(directory: Path, contents: Mapping[str, bytes], key: AnswerKey) -> Iterator[Finding]:
    expected = key.fixed.keys() | set(key.source)
    for path in sorted(contents.keys() - expected):
        if _CACHES.search(path):
            yield Finding(path, "is left over from a run")
        else:
            what = (
                "is a backup or a patch"
                if _BACKUPS.search(path)
                else "is not part of the challenge"
            )
            yield Finding(path, what)
    for entry in _entries(directory):
        if entry.is_symlink():
            yield Finding(entry.relative_to(directory).as_posix(), "is a symbolic link")


def _entries(directory: Path) -> Iterator[Path]:
    for around, below, files in os.walk(directory):
        yield from (Path(around) / name for name in sorted([*below, *files]))


def _times(directory: Path) -> Iterator[Finding]:
    for path in _entries(directory):
        if path.lstat().st_mtime != repository.MOMENT:
            yield Finding(path.relative_to(directory).as_posix(), "has a time of its own")
            # The first says it all.
            return


def _marker(contents: Mapping[str, bytes], key: AnswerKey) -> Iterator[Finding]:
    expected = {
        "format": repository.MARKER_FORMAT,
        "id": key.id,
        "mode": key.mode,
        "minutes": key.request.minutes,
    }
    try:
        told = json.loads(contents.get(repository.MARKER, b""))
    except ValueError:
        told = None
    if told != expected:
        yield Finding(repository.MARKER, "does not hold format, id, mode and minutes alone")


def _words(contents: Mapping[str, bytes], key: AnswerKey) -> Iterator[Finding]:
    """Words of the key in what is handed out. What the mended source says by itself counts for nothing."""
    own = b"\n".join(_mended(key.emitted, key).values())
    everywhere = [(word, what) for word, what in _answers(key) if not _holds(own, word)]
    for path, content in contents.items():
        told = [*everywhere, *_places(key)] if path in _MADE else everywhere
        yield from (Finding(path, what) for word, what in told if _holds(content, word))


def _answers(key: AnswerKey) -> Iterator[tuple[str, str]]:
    """What may stand nowhere, and what it would do there."""
    shown = {_name(test) for test in key.visible}
    for test in sorted({_name(test) for test in key.hidden} - shown):
        yield test, "names a hidden test"
    for bug in key.bugs:
        yield bug.story, "tells how the bug came about"
        if "_" in bug.operator:
            # A plain word can be the codebase's, or the ticket's.
            yield bug.operator, "names the kind of bug"


def _places(key: AnswerKey) -> Iterator[tuple[str, str]]:
    """What may not stand in the pages that were written for the exercise."""
    yield "mutant", "speaks of a mutant"
    for bug in key.bugs:
        for line in range(bug.lines[0], bug.lines[1] + 1):
            yield f"{bug.path}:{line}", "names the place of the bug"
    number = key.request.random_seed
    if len(str(number)) >= _LONG_NUMBER:
        yield str(number), "holds the random seed"
        yield f"{number:x}", "holds the random seed"


def _ticket(content: bytes, key: AnswerKey) -> Iterator[Finding]:
    """A customer knows nothing of the code. A transcript, which has no title, is code by its nature."""
    text = content.decode("utf-8", "replace")
    names = {_name(test) for test in key.tests}
    for bug in key.bugs:
        names |= {bug.path, PurePosixPath(bug.path).name, bug.function, *bug.function.split(".")}
    for name in leaks(text, names) if text.startswith("# ") else ():
        yield Finding("TICKET.md", f"names {name}, which only the code knows")


def _name(test: str) -> str:
    return function_of(test).split("::")[-1]


def _holds(content: bytes, word: str) -> bool:
    wanted = re.escape(word.encode("utf-8", "surrogateescape"))
    return re.search(rb"(?<!\w)" + wanted + rb"(?!\w)", content, re.IGNORECASE) is not None


def _mended(contents: Mapping[str, bytes], key: AnswerKey) -> dict[str, bytes]:
    """The source with the fixes applied; nothing where they don't apply, which another check says."""
    source = {path: contents[path] for path in key.source if path in contents}
    try:
        return patches.applied(source, [bug.fix_patch for bug in key.bugs])
    except patches.PatchError:
        return {}


def _copies(contents: Mapping[str, bytes], key: AnswerKey) -> Iterator[Finding]:
    mended = _mended(contents, key)
    for changed in sorted({bug.path for bug in key.bugs} & mended.keys()):
        for path, content in contents.items():
            if content == mended[changed]:
                yield Finding(path, f"is {changed} without the bug")


def _repository(
    directory: Path, contents: Mapping[str, bytes], key: AnswerKey
) -> Iterator[Finding]:
    own = directory / ".git"
    if own.is_symlink() or not own.is_dir():
        yield Finding(".git", "is not a repository of its own")
        return
    for entry in sorted(own.iterdir()):
        if entry.name == "info" and _keeps_bytes(entry):
            continue
        if entry.name not in _GIT_ENTRIES:
            yield Finding(f".git/{entry.name}", _GIT_TELLS.get(entry.name, "does not belong there"))
    for name in ("alternates", "http-alternates"):
        if (own / "objects" / "info" / name).exists():
            yield Finding(f".git/objects/info/{name}", "borrows objects from elsewhere")
    with places.scratch() as scratch:
        git = _Git(directory, scratch)
        settings = list(_settings(git))
        yield from settings
        if not settings:
            yield from _history(git, key)
            yield from _objects(git)
            yield from _work_tree(git, contents, key.executable)


def _keeps_bytes(info: Path) -> bool:
    """Whether this is what `repository.write` leaves where a project has attributes of its own, and nothing else."""
    attributes = info / "attributes"
    if info.is_symlink() or attributes.is_symlink() or not attributes.is_file():
        return False
    alone = [path.name for path in info.iterdir()] == ["attributes"]
    return alone and attributes.read_bytes() == repository.UNTOUCHED


@dataclass(frozen=True, slots=True)
class _Git:
    directory: Path
    home: Path

    def __call__(self, *arguments: str) -> process.Finished:
        # The directory may belong to somebody else than who looks at it.
        mine = (
            "-c",
            "safe.directory=*",
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.hooksPath=/dev/null",
        )
        return repository.git(*mine, *arguments, cwd=self.directory, home=self.home)

    def words(self, *arguments: str) -> list[str]:
        told = self(*arguments).stdout.decode("utf-8", "surrogateescape")
        return [word for word in told.split("\0" if "-z" in arguments else "\n") if word]


def _settings(git: _Git) -> Iterator[Finding]:
    listed = git("config", "--file", ".git/config", "--list", "--name-only", "-z")
    if not listed.ok:
        yield Finding(".git/config", "can't be read")
    for name in sorted(set(listed.stdout.decode(errors="replace").split("\0")) - {""}):
        if name not in _SETTINGS:
            remote = name.startswith(("remote.", "branch.", "url."))
            yield Finding(".git/config", "names a remote" if remote else f"sets {name}")


def _history(git: _Git, key: AnswerKey) -> Iterator[Finding]:
    head = git.words("rev-parse", "--verify", "HEAD")
    if not head:
        yield Finding(".git", "has no commit that can be read")
        return
    if head != [key.commit]:
        yield Finding(".git/HEAD", "is another commit than the key's")
    references = git.words("for-each-ref", "--format=%(refname)")
    branch = git.words("symbolic-ref", "-q", "HEAD")
    if references != branch:
        yield Finding(".git/refs", "hold more than the one branch")
    raw = git("cat-file", "commit", "HEAD").stdout
    headers, _, message = raw.decode("utf-8", "replace").partition("\n\n")
    facts = [line.partition(" ") for line in headers.splitlines()]
    people = [value for name, _, value in facts if name in {"author", "committer"}]
    if any(name == "parent" for name, _, _ in facts):
        yield Finding("the commit", "has a history")
    if any(name not in {"tree", "parent", "author", "committer"} for name, _, _ in facts):
        yield Finding("the commit", "says more than who and when")
    if len(set(people)) != 1 or not people[0].endswith(f"> {repository.MOMENT} +0000"):
        yield Finding("the commit", "has other authors or dates than every challenge has")
    told = "\n".join([message, *people, *references]).encode()
    kinds = [
        (word, "names the kind of bug") for bug in key.bugs for word in (bug.operator, bug.family)
    ]
    for word, what in [*_answers(key), *_places(key), *kinds]:
        if _holds(told, word):
            yield Finding("the commit", what)


def _objects(git: _Git) -> Iterator[Finding]:
    everything = set(
        git.words("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)")
    )
    needed = {line.split(" ")[0] for line in git.words("rev-list", "--objects", "HEAD")}
    if stray := everything - needed:
        yield Finding(".git/objects", f"hold {len(stray)} that the commit does not need")
    sound = git("fsck", "--full", "--no-dangling", "--no-progress")
    if not sound.ok:
        yield Finding(".git/objects", f"are damaged: {sound.last_words}")


def _work_tree(
    git: _Git, contents: Mapping[str, bytes], executable: Collection[str]
) -> Iterator[Finding]:
    """The commit, the index and the directory hold the same files."""
    committed = {}
    for line in git.words("ls-tree", "-r", "-z", "HEAD"):
        facts, _, path = line.partition("\t")
        mode, _, name = facts.split(" ")
        committed[path] = (mode, name)
    there = {
        path: ("100755" if path in executable else "100644", _blob(content))
        for path, content in contents.items()
    }
    for path in sorted(committed.keys() | there.keys()):
        if committed.get(path) != there.get(path):
            yield Finding(path, "differs from the commit")
    staged = {}
    for line in git.words("ls-files", "--stage", "-z"):
        facts, _, path = line.partition("\t")
        mode, name, _ = facts.split(" ")
        staged[path] = (mode, name)
    if staged != committed:
        yield Finding(".git/index", "differs from the commit")


def _blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
