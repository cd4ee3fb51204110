"""Every leak, planted and found."""

from __future__ import annotations

import os
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from generator.challenge import repository
from generator.judge.audit import audit
from tests.judge.conftest import CARTS, RANDOM_SEED, Challenge

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLEAN = b"return len(cart) < LIMIT"
BUGGY = b"return len(cart) <= LIMIT"


def found(challenge: Challenge) -> set[tuple[str, str]]:
    return {(one.where, one.what) for one in audit(challenge.root, challenge.key)}


def settle(root: Path) -> None:
    """One time for all, as if the generator had written it."""
    for path in root.rglob("*"):
        os.utime(path, (repository.MOMENT, repository.MOMENT), follow_symlinks=False)


def git(challenge: Challenge, *arguments: str) -> str:
    done = repository.git(*arguments, cwd=challenge.root, home=challenge.root.parent)
    assert done.ok, done.last_words
    return done.stdout.decode().strip()


def test_a_challenge_as_written_leaks_nothing(challenge: Challenge) -> None:
    assert found(challenge) == set()


STRAY = {
    "src/shop/__pycache__/carts.cpython-311.pyc": "is left over from a run",
    "tests/x.pyo": "is left over from a run",
    ".pytest_cache/v/cache/lastfailed": "is left over from a run",
    ".mypy_cache/x.json": "is left over from a run",
    ".ruff_cache/x": "is left over from a run",
    ".hypothesis/x": "is left over from a run",
    ".coverage": "is left over from a run",
    ".coverage.host.123": "is left over from a run",
    "htmlcov/index.html": "is left over from a run",
    "src/shop/carts.py.orig": "is a backup or a patch",
    "src/shop/carts.py~": "is a backup or a patch",
    "src/shop/.#carts.py": "is a backup or a patch",
    "src/shop/.carts.py.swp": "is a backup or a patch",
    "fix.patch": "is a backup or a patch",
    "notes.txt": "is not part of the challenge",
    "src/shop/old.py": "is not part of the challenge",
}


def test_stray_files_are_found(challenge: Challenge) -> None:
    for path in STRAY:
        challenge.write(path, "x")
    assert STRAY.items() <= found(challenge)


def test_a_file_of_the_project_is_no_stray_whatever_its_name(challenge: Challenge) -> None:
    challenge.write("tests/data/coverage.xml", "x")
    git(challenge, "add", "--all", "--force")
    theirs = {**challenge.key.fixed, "tests/data/coverage.xml": b"x"}
    known = replace(challenge, key=replace(challenge.key, fixed=theirs))
    assert not {what for _, what in found(known)} & {"is left over from a run"}


def test_settings_of_its_own_are_no_reason_to_stumble(challenge: Challenge) -> None:
    info = challenge.root / ".git" / "info"
    info.write_text("a file")
    assert (".git/info", "does not belong there") in found(challenge)
    info.unlink()
    (info / "attributes").mkdir(parents=True)
    assert (".git/info", "does not belong there") in found(challenge)


@pytest.mark.parametrize("name", ["may_add", "carts.py", "test_room"])
def test_a_ticket_that_names_the_code_is_found(challenge: Challenge, name: str) -> None:
    told = f"names {name}, which only the code knows"
    challenge.write("TICKET.md", f"# SHO-1 · Carts\n\nIt is {name}.\n".encode())
    assert ("TICKET.md", told) in found(challenge)
    challenge.write("TICKET.md", f"**Reproduction**\n\nIt is {name}.\n".encode())
    assert ("TICKET.md", told) not in found(challenge)


def test_a_random_seed_is_looked_for_in_our_pages_only(challenge: Challenge) -> None:
    request = replace(challenge.key.request, random_seed=1_000_000)
    challenge.write("tests/test_prices.py", "PRICE = 1000000\n")
    chosen = replace(challenge, key=replace(challenge.key, request=request))
    assert "holds the random seed" not in {what for _, what in found(chosen)}
    challenge.write("TICKET.md", b"We saw 1000000 of them.\n")
    assert ("TICKET.md", "holds the random seed") in found(chosen)


def test_a_link_is_found(challenge: Challenge) -> None:
    (challenge.root / "seed").symlink_to("/somewhere/else")
    settle(challenge.root)
    assert ("seed", "is a symbolic link") in found(challenge)


@pytest.mark.parametrize("path", [CARTS, "src", ".git/index"])
def test_a_time_of_its_own_is_found(challenge: Challenge, path: str) -> None:
    os.utime(challenge.root / path, (repository.MOMENT, repository.MOMENT + 1))
    assert found(challenge) == {(path, "has a time of its own")}


@pytest.mark.parametrize(
    "marker",
    [
        b'{"format": 1, "id": "shop-abc2345", "mode": "failing-test", "minutes": 60, "level": 3}',
        b'{"format": 1, "id": "shop-abc2345", "mode": "failing-test", "minutes": 61}',
        b"{",
    ],
)
def test_a_marker_that_says_more_is_found(challenge: Challenge, marker: bytes) -> None:
    challenge.write(".bugsquash.json", marker)
    assert (".bugsquash.json", "does not hold format, id, mode and minutes alone") in found(
        challenge
    )


TELLING = [
    ("TICKET.md", "See limit_edge.", "names the kind of bug"),
    ("README.md", "One Mutant was put in.", "speaks of a mutant"),
    ("TICKET.md", f"Look at {CARTS}:8.", "names the place of the bug"),
    (".vscode/launch.json", f'{{"n": {RANDOM_SEED}}}', "holds the random seed"),
    ("README.md", f"# {RANDOM_SEED:x}", "holds the random seed"),
    ("src/shop/prices.py", "# limit_edge\n", "names the kind of bug"),
    ("tests/test_prices.py", "# test_refusal_of_the_fourth\n", "names a hidden test"),
    (
        "run.sh",
        "# The limit was read as 'up to' where the rule says 'fewer than'.",
        "tells how the bug came about",
    ),
]


def test_words_of_the_key_are_found(challenge: Challenge) -> None:
    for path, text, _ in TELLING:
        with (challenge.root / path).open("a", encoding="utf-8") as file:
            file.write(text)
    words = {what for _, _, what in TELLING}
    told = {(where, what) for where, what in found(challenge) if what in words}
    assert told == {(path, what) for path, _, what in TELLING}


def test_a_word_that_the_codebase_uses_itself_is_none_of_the_keys(challenge: Challenge) -> None:
    bug = replace(challenge.key.bugs[0], operator="may_add")
    theirs = replace(challenge, key=replace(challenge.key, bugs=(bug,)))
    assert found(theirs) == set()


def test_a_copy_of_the_clean_file_is_found(challenge: Challenge) -> None:
    for path in ("src/shop/prices.py", "docs/carts.txt"):
        challenge.write(path, challenge.key.emitted[CARTS].replace(BUGGY, CLEAN))
        assert (path, f"is {CARTS} without the bug") in found(challenge)


def commit_again(challenge: Challenge) -> None:
    challenge.write("README.md", "# Shop\n\nAnother.\n")
    git(challenge, "-c", "core.logAllRefUpdates=false", "commit", "-q", "-a", "-m", "more")


def amend(challenge: Challenge) -> None:
    git(
        challenge,
        "-c",
        "core.logAllRefUpdates=false",
        "commit",
        "-q",
        "--amend",
        "-m",
        "limit_edge",
    )


def other_author(challenge: Challenge) -> None:
    git(challenge, "commit", "-q", "--amend", "-C", "HEAD", "--author=Zoë <z@example.invalid>")


def other_date(challenge: Challenge) -> None:
    git(challenge, "commit", "-q", "--amend", "-C", "HEAD", "--date=2021-01-01T00:00:00Z")


def stray_object(challenge: Challenge) -> None:
    content = challenge.key.emitted[CARTS].replace(BUGGY, CLEAN)
    challenge.write("clean.py", content)
    git(challenge, "hash-object", "-w", "clean.py")
    (challenge.root / "clean.py").unlink()


def damaged_object(challenge: Challenge) -> None:
    name = git(challenge, "rev-parse", f"HEAD:{CARTS}")
    file = challenge.root / ".git" / "objects" / name[:2] / name[2:]
    file.chmod(0o644)
    file.write_bytes(zlib.compress(b"blob 1\0x"))


def tag(challenge: Challenge) -> None:
    git(challenge, "tag", "limit_edge")


def branch(challenge: Challenge) -> None:
    git(challenge, "branch", "clean")


def branch_name(challenge: Challenge) -> None:
    git(challenge, "branch", "-m", "limit_edge")


def staged(challenge: Challenge) -> None:
    challenge.write("README.md", "# Shop\n\nStaged.\n")
    git(challenge, "add", "README.md")
    challenge.write("README.md", challenge.key.fixed["README.md"])


def unstaged(challenge: Challenge) -> None:
    challenge.write("README.md", "# Shop\n\nChanged.\n")


def remote(challenge: Challenge) -> None:
    git(challenge, "remote", "add", "origin", "https://example.invalid/seed.git")


def setting(challenge: Challenge) -> None:
    git(challenge, "config", "core.fsmonitor", "touch ran; false")


def own_file(name: str) -> Callable[[Challenge], None]:
    def write(challenge: Challenge) -> None:
        challenge.write(f".git/{name}", "x\n")

    return write


def no_repository(challenge: Challenge) -> None:
    (challenge.root / ".git").rename(challenge.root.parent / "aside")
    challenge.write(".git", "gitdir: ../aside\n")


def no_head(challenge: Challenge) -> None:
    challenge.write(".git/HEAD", "nonsense\n")


@pytest.mark.parametrize(
    ("plant", "where", "what"),
    [
        (commit_again, "the commit", "has a history"),
        (commit_again, ".git/HEAD", "is another commit than the key's"),
        (amend, "the commit", "names the kind of bug"),
        (amend, ".git/objects", "hold 1 that the commit does not need"),
        (other_author, "the commit", "has other authors or dates than every challenge has"),
        (other_date, "the commit", "has other authors or dates than every challenge has"),
        (other_date, ".git/logs", "holds a reflog"),
        (stray_object, ".git/objects", "hold 1 that the commit does not need"),
        (tag, ".git/refs", "hold more than the one branch"),
        (branch, ".git/refs", "hold more than the one branch"),
        (branch_name, "the commit", "names the kind of bug"),
        (staged, ".git/index", "differs from the commit"),
        (unstaged, "README.md", "differs from the commit"),
        (remote, ".git/config", "names a remote"),
        (setting, ".git/config", "sets core.fsmonitor"),
        (own_file("ORIG_HEAD"), ".git/ORIG_HEAD", "tells of another commit"),
        (own_file("FETCH_HEAD"), ".git/FETCH_HEAD", "tells of another repository"),
        (own_file("COMMIT_EDITMSG"), ".git/COMMIT_EDITMSG", "holds a commit's message"),
        (own_file("description"), ".git/description", "describes where it comes from"),
        (own_file("hooks/post-checkout"), ".git/hooks", "holds hooks"),
        (own_file("logs/HEAD"), ".git/logs", "holds a reflog"),
        (own_file("packed-refs"), ".git/packed-refs", "lists further references"),
        (own_file("info/exclude"), ".git/info", "does not belong there"),
        (
            own_file("objects/info/alternates"),
            ".git/objects/info/alternates",
            "borrows objects from elsewhere",
        ),
        (no_repository, ".git", "is not a repository of its own"),
        (no_head, ".git", "has no commit that can be read"),
    ],
)
def test_what_git_would_tell_is_found(
    challenge: Challenge, plant: Callable[[Challenge], None], where: str, what: str
) -> None:
    plant(challenge)
    settle(challenge.root)
    assert (where, what) in found(challenge)


def test_damaged_objects_are_found(challenge: Challenge) -> None:
    damaged_object(challenge)
    settle(challenge.root)
    assert any(where == ".git/objects" and "damaged" in what for where, what in found(challenge))


def test_settings_of_a_foreign_repository_run_nothing(challenge: Challenge) -> None:
    setting(challenge)
    found(challenge)
    assert not (challenge.root / "ran").exists()
