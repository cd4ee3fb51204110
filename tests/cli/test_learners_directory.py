"""A learner's directory, whatever befell it: `check` judges the source and nothing else, and says what it ignored."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.cli.conftest import BUGSQUASH, maker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = "src/bank/account.py"
TESTS = "tests/test_account.py"
VERDICTS = ("solved  ", "not solved yet", "hidden tests not judged  ")
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Learner",
    "GIT_AUTHOR_EMAIL": "learner@example.invalid",
    "GIT_COMMITTER_NAME": "Learner",
    "GIT_COMMITTER_EMAIL": "learner@example.invalid",
}


@dataclass(frozen=True)
class Told:
    """What `check` printed."""

    status: int
    text: str

    def of(self, label: str) -> list[str]:
        """What stands behind a label, for each line that has it."""
        lines = [line for line in self.text.splitlines() if line.startswith(f"{label}  ")]
        return [line.removeprefix(label).strip() for line in lines]

    @property
    def ignored(self) -> list[str]:
        return self.of("ignored")

    @property
    def untouched(self) -> bool:
        """Whether it says that there is nothing to ignore."""
        return self.of("tests and settings") == ["untouched"] and not self.ignored

    @property
    def next_command(self) -> str:
        """As somebody pastes it into a shell, without the words behind it."""
        return self.text.rpartition("next  ")[2].partition("   ")[0].strip()


@dataclass(frozen=True)
class Learner:
    """Somebody with a copy of the challenge."""

    root: Path
    home: Path
    visible: int
    """How many tests the challenge contains."""
    fixed: bytes
    """The source file as it was before the bug."""
    before: tuple[str, ...] = ()
    """What every command is started with."""

    def at(self, root: Path) -> Learner:
        """The same somebody in another directory."""
        return replace(self, root=root)

    def copied(self, root: Path) -> Learner:
        """The same somebody with one copy more."""
        return self.at(shutil.copytree(self.root, root, symlinks=True))

    def text(self) -> str:
        return (self.root / SOURCE).read_text()

    def write(self, path: str, content: str | bytes = "") -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def fix(self) -> None:
        self.write(SOURCE, self.fixed)

    def git(self, *arguments: str | Path, check: bool = True) -> str:
        command = ["git", *map(str, arguments)]
        ran = started(command, self.root, **GIT, BUGSQUASH_HOME=str(self.home))
        assert ran.returncode == 0 or not check, ran.stderr
        return ran.stdout + ran.stderr

    def pytest(self) -> str:
        """The learner's own run, as README.md says it; its last line."""
        return started([sys.executable, "-m", "pytest", "-q"], self.root).stdout.splitlines()[-1]

    def bugsquash(
        self, *arguments: str | Path, cwd: Path | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        command = [*self.before, BUGSQUASH, *map(str, arguments)]
        return started(command, cwd or self.root, **{"BUGSQUASH_HOME": str(self.home), **env})

    def check(self, directory: str | Path = ".", *, cwd: Path | None = None, **env: str) -> Told:
        """Exactly one verdict, the exit code that goes with it, one next command, and nothing written."""
        before = state(self.root)
        ran = self.bugsquash("check", "--", directory, cwd=cwd, **env)
        assert state(self.root) == before
        assert ran.stderr == ""
        lines = ran.stdout.splitlines()
        (verdict,) = [line for line in lines if line.startswith(VERDICTS)]
        if not verdict.startswith("hidden tests"):
            assert (ran.returncode == 0) == verdict.startswith("solved"), ran.stdout
        assert [line for line in lines if line.startswith("next  ")]
        return Told(ran.returncode, ran.stdout)


def started(command: list[str], cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A program as a shell starts it, to its end."""
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
        timeout=60,
    )


def pasted(command: str, learner: Learner, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command that was printed, in a shell."""
    return started(["sh", "-c", command], cwd, BUGSQUASH_HOME=str(learner.home), **GIT)


def stops_in_the_debugger(command: str, learner: Learner, cwd: Path) -> bool:
    """Whether a command that was printed leads there, in a shell on a terminal."""
    env = {**os.environ, "BUGSQUASH_HOME": str(learner.home), **GIT}
    with pexpect.spawn("sh", ["-c", command], cwd=str(cwd), env=env, timeout=60) as screen:
        return bool(screen.expect(["PDB post_mortem", pexpect.EOF]) == 0)


def state(root: Path) -> dict[str, tuple[int, int, int]]:
    """Everything below a directory, `.git` and all, with what a write would change."""
    found = {}
    for directory, below, files in os.walk(root):
        for name in [".", *below, *files]:
            path = Path(directory, name)
            seen = path.lstat()
            found[str(path)] = (seen.st_mode, seen.st_size, seen.st_mtime_ns)
    return found


@pytest.fixture(scope="session")
def handed_out(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Learner:
    """A challenge as `new` left it, for copies; nobody writes to it."""
    root, key = maker(home, tmp_path_factory.mktemp("made"))("--operator", "sort_tiebreak")
    copy = shutil.copytree(root, tmp_path_factory.mktemp("fixed") / "challenge")
    (bug,) = key["bugs"]
    subprocess.run(["git", "apply"], cwd=copy, input=bug["fix_patch"].encode(), check=True)
    return Learner(root, home, len(key["visible"]), (copy / SOURCE).read_bytes())


@pytest.fixture
def learner(handed_out: Learner, tmp_path: Path) -> Learner:
    return handed_out.copied(tmp_path / "evening" / handed_out.root.name)


@pytest.fixture
def hindered(learner: Learner) -> Learner:
    """The same, and permissions bind every command, also where root runs the tests."""
    if os.getuid():
        return learner
    rights = "-dac_override,-dac_read_search"
    before = ("setpriv", "--bounding-set", rights, "--inh-caps", rights)
    if not shutil.which("setpriv") or started([*before, "true"], learner.root).returncode:
        pytest.skip("root may do anything, and there is no setpriv that could change that")
    return replace(learner, before=before)


@contextmanager
def changed_modes(paths: list[Path], mode: int) -> Iterator[None]:
    """Some paths with other permissions for a while."""
    before = {path: path.stat().st_mode for path in paths}
    for path in sorted(paths, reverse=True):
        path.chmod(mode)
    try:
        yield
    finally:
        for path in sorted(paths):
            path.chmod(before[path])


# Where it lies


@pytest.mark.slow
def test_a_moved_challenge_is_judged_where_it_lies(learner: Learner, tmp_path: Path) -> None:
    learner.fix()
    (tmp_path / "archive").mkdir()
    told = learner.at(learner.root.rename(tmp_path / "archive" / "mine")).check()
    assert told.status == 0
    assert told.untouched


@pytest.mark.slow
def test_of_copies_each_is_judged_by_itself(learner: Learner, tmp_path: Path) -> None:
    beside = learner.copied(tmp_path / "other")
    inside = beside.copied(learner.root / "backup")
    learner.fix()
    told = learner.check()
    assert told.status == 0
    assert told.ignored == ["backup (9 files, added)"]
    assert (beside.check().status, inside.check().status) == (1, 1)


@pytest.mark.parametrize(
    "with_key",
    [
        pytest.param(False, id="alone"),
        pytest.param(True, id="with its key", marks=pytest.mark.slow),
    ],
)
@pytest.mark.slow
def test_on_another_machine_the_visible_tests_alone_are_judged_and_that_is_said(
    learner: Learner, handed_out: Learner, tmp_path: Path, with_key: bool
) -> None:
    if with_key:
        shutil.copytree(handed_out.root.parent / ".keys", learner.root.parent / ".keys")
    away = replace(learner, home=tmp_path / "another home")
    told = away.check()
    assert told.status == 1
    assert told.of("the visible tests") == [f"{away.visible - 1} of {away.visible} pass, 1 failed"]
    away.fix()
    told = away.check()
    assert told.status == 0
    assert told.of("the visible tests") == [f"{away.visible} pass"]
    assert told.of("tests and settings") == ["taken as they lie here"]
    (why,) = told.of("hidden tests not judged")
    assert ("sealed to another identity" if with_key else "is not on this machine") in why
    assert "reveal" not in told.next_command


@pytest.mark.slow
def test_blanks_quotes_and_unicode_in_the_path_do_no_harm(learner: Learner, tmp_path: Path) -> None:
    name = """-x  Übung\nfür Zoë's "中文" $HOME `x` 🐛"""
    odd = learner.at(learner.root.rename(tmp_path / name))
    told = odd.check(name, cwd=tmp_path)
    assert told.status == 1
    assert told.untouched
    assert stops_in_the_debugger(told.next_command, odd, tmp_path)
    odd.fix()
    assert odd.check().status == 0
    told = odd.check(name, cwd=tmp_path)
    assert "bugsquash new" in pasted(told.next_command, odd, tmp_path).stdout


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "darwin", reason="there every name is UTF-8")
@pytest.mark.parametrize(
    ("encoding", "shown"), [("ascii", r"\xdcbung.md (added)"), ("utf-8", "Übung.md (added)")]
)
def test_what_the_terminal_can_not_show_is_written_in_another_way(
    learner: Learner, tmp_path: Path, encoding: str, shown: str
) -> None:
    odd = learner.at(learner.root.rename(tmp_path / os.fsdecode(b"caf\xe9")))
    odd.fix()
    odd.write("Übung.md")
    told = odd.check(odd.root, cwd=tmp_path, PYTHONIOENCODING=encoding)
    assert told.status == 0
    assert told.ignored == [shown]
    assert r"caf\udce9" in told.next_command


@pytest.mark.slow
def test_a_project_around_it_has_no_say(learner: Learner, tmp_path: Path) -> None:
    outer = learner.at(tmp_path / "project")
    outer.write("pytest.ini", "[pytest]\naddopts = --collect-only --nonsense\n")
    outer.write("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '--nonsense'\n")
    for name in ("conftest.py", "sitecustomize.py", "src/bank/__init__.py"):
        outer.write(name, "raise SystemExit('the outer project')\n")
    outer.git("init", "--quiet")
    outer.git("add", ".")
    outer.git("commit", "--quiet", "--message=Ours")
    inner = learner.copied(outer.root / "challenges" / learner.root.name)
    told = inner.check(PYTEST_ADDOPTS="--nonsense", GIT_DIR=str(outer.root / ".git"))
    assert told.status == 1
    assert told.untouched
    assert inner.pytest().startswith(f"1 failed, {inner.visible - 1} passed")
    inner.fix()
    assert inner.pytest().startswith(f"{inner.visible} passed")
    told = inner.check()
    assert told.status == 0
    assert told.untouched
    assert inner.git("status", "--porcelain") == f" M {SOURCE}\n"
    assert outer.git("status", "--porcelain") == "?? challenges/\n"


@pytest.mark.parametrize("shut", ["the parent", "everything"])
@pytest.mark.slow
def test_where_nothing_can_be_written_it_is_judged(hindered: Learner, shut: str) -> None:
    hindered.fix()
    inside = [hindered.root, *hindered.root.rglob("*")] if shut == "everything" else []
    with changed_modes([*inside, hindered.root.parent], 0o555):
        assert started([*hindered.before, "mkdir", "../made"], hindered.root).returncode
        told = hindered.check()
    assert told.status == 0
    assert told.untouched


@pytest.mark.slow
def test_what_can_not_be_read_is_ignored_unless_it_is_source(hindered: Learner) -> None:
    hindered.fix()
    hindered.write("data/dump")
    hindered.write("listed/alone/dump")
    shut = [hindered.root / name for name in ("data", "README.md")]
    with changed_modes(shut, 0), changed_modes([hindered.root / "listed"], 0o400):
        told = hindered.check()
    assert told.status == 0
    ignored = ("README.md", "data", "listed/alone")
    assert told.ignored == [f"{name} (not readable)" for name in ignored]
    for path in (SOURCE, "src/bank"):
        with changed_modes([hindered.root / path], 0):
            refused = hindered.bugsquash("check")
        assert (refused.returncode, refused.stdout) == (3, "")
        assert (
            refused.stderr
            == f"bugsquash: {hindered.root / path} can't be read. Make it readable.\n"
        )


# Links


@pytest.mark.slow
def test_through_a_link_it_is_the_same_challenge(learner: Learner, tmp_path: Path) -> None:
    learner.fix()
    (tmp_path / "tonight").symlink_to(learner.root.parent, target_is_directory=True)
    told = learner.check(cwd=tmp_path / "tonight" / learner.root.name / "src")
    assert told.status == 0
    assert told.untouched


@pytest.mark.slow
def test_source_that_is_a_link_inside_the_challenge_counts(learner: Learner) -> None:
    learner.fix()
    (learner.root / "mine").mkdir()
    (learner.root / SOURCE).rename(learner.root / "mine" / "account.py")
    (learner.root / SOURCE).symlink_to("../../mine/account.py")
    told = learner.check()
    assert told.status == 0
    assert told.ignored == ["mine/account.py (added)"]
    assert told.of("your change") == ["1 file, +1 -1"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("linked", "missing"), [(SOURCE, "bank.account"), ("src/bank", "bank"), ("src", "bank")]
)
def test_source_that_is_a_link_out_of_the_challenge_is_ignored_and_that_is_said(
    learner: Learner, linked: str, missing: str
) -> None:
    learner.fix()
    kept = (learner.root / linked).rename(learner.root.parent / "kept")
    (learner.root / linked).symlink_to(kept)
    told = learner.check()
    assert told.status == 1
    assert told.of("problem") == [
        f"it does not import: ModuleNotFoundError: No module named '{missing}'"
    ]
    assert told.ignored == [f"{linked} (link not followed)"]


@pytest.mark.slow
def test_tests_that_are_a_link_out_of_the_challenge_are_not_called_deleted(
    learner: Learner,
) -> None:
    learner.fix()
    kept = (learner.root / "tests").rename(learner.root.parent / "kept")
    (learner.root / "tests").symlink_to(kept)
    told = learner.check()
    assert told.status == 0
    assert told.ignored == ["tests (link not followed)"]


# What git does


@pytest.mark.slow
def test_a_clone_is_judged_and_so_is_what_was_pushed_and_pulled(
    learner: Learner, tmp_path: Path
) -> None:
    remote = tmp_path / "remote.git"
    learner.git("init", "--quiet", "--bare", remote)
    learner.git("push", "--quiet", remote, "main")
    learner.git("clone", "--quiet", "--branch=main", remote, tmp_path / "laptop")
    clone = learner.at(tmp_path / "laptop")
    assert clone.check().status == 1
    clone.fix()
    clone.git("commit", "--quiet", "--all", "--message=The fix")
    clone.git("push", "--quiet", "origin", "main")
    assert learner.check().status == 1
    learner.git("pull", "--quiet", remote, "main")
    for each in (clone, learner):
        told = each.check()
        assert told.status == 0
        assert told.untouched
        assert each.git("status", "--porcelain") == ""


@pytest.mark.slow
def test_what_is_stashed_or_on_another_branch_does_not_count(learner: Learner) -> None:
    learner.fix()
    learner.git("stash")
    assert learner.check().status == 1
    learner.git("stash", "pop")
    assert learner.check().status == 0
    learner.git("checkout", "--quiet", "-b", "fix")
    learner.git("commit", "--quiet", "--all", "--message=The fix")
    learner.git("checkout", "--quiet", "main")
    assert learner.check().status == 1
    learner.git("checkout", "--quiet", "fix")
    assert learner.check().status == 0


@pytest.mark.slow
def test_a_work_tree_inside_is_judged_by_itself(learner: Learner) -> None:
    learner.git("worktree", "add", "--quiet", "second", "-b", "second")
    second = learner.at(learner.root / "second")
    second.fix()
    assert second.check().status == 0
    told = learner.check()
    assert told.status == 1
    assert told.ignored == ["second (9 files, added)"]


@pytest.mark.slow
def test_a_hook_may_ask_for_the_judgement(learner: Learner) -> None:
    hook = f"#!/bin/sh\nexec {shlex.quote(BUGSQUASH)} check\n"
    learner.write(".git/hooks/pre-commit", hook).chmod(0o755)
    learner.write(SOURCE, learner.text() + "\n# looked at\n")
    assert "not solved yet" in learner.git("commit", "--all", "--message=A try", check=False)
    learner.fix()
    learner.git("commit", "--all", "--message=The fix")
    assert learner.git("rev-list", "--count", "HEAD") == "2\n"


@pytest.mark.slow
def test_the_markers_of_a_conflict_are_named_with_their_place(learner: Learner) -> None:
    a_try = learner.text().replace("sorted(", "list(sorted)(")
    assert a_try != learner.text()
    learner.git("checkout", "--quiet", "-b", "fix")
    learner.fix()
    learner.git("commit", "--quiet", "--all", "--message=The fix")
    learner.git("checkout", "--quiet", "main")
    learner.write(SOURCE, a_try)
    learner.git("commit", "--quiet", "--all", "--message=A try")
    learner.git("merge", "fix", check=False)
    marker = learner.text().splitlines().index("<<<<<<< HEAD") + 1
    why = f"it does not import: SyntaxError: invalid syntax ({SOURCE}, line {marker})"
    for home in (learner.home, learner.root.parent / "another"):
        told = replace(learner, home=home).check()
        assert told.status == 1
        assert told.of("problem") == [why]
        assert told.ignored == []


# Files that come and go


@pytest.mark.slow
def test_no_file_but_source_has_a_say(learner: Learner) -> None:
    for name in ("conftest.py", "sitecustomize.py", "tests/conftest.py", "src/sitecustomize.py"):
        learner.write(name, "raise SystemExit(0)\n")
    learner.write("pytest.ini", "[pytest]\naddopts = --collect-only\n")
    learner.write("pyproject.toml", "[tool.pytest.ini_options\nnonsense")
    learner.write(".env", "PYTHONPATH=elsewhere\n")
    learner.write("scratch.py", "from bank.account import Account\nprint(Account().balance)\n")
    learner.write("tests/test_mine.py", "def test_mine():\n    assert False\n")
    added = ".env conftest.py pytest.ini scratch.py sitecustomize.py src/sitecustomize.py"
    added += " tests/conftest.py tests/test_mine.py"
    ignored = ["pyproject.toml (changed)", *(f"{name} (added)" for name in added.split())]
    told = learner.check()
    assert (told.status, told.ignored) == (1, ignored)
    assert told.of("the failing test")[0].startswith("fails: ")
    assert told.of("your change") == ["0 files, +0 -0"]
    learner.fix()
    told = learner.check()
    assert (told.status, told.ignored) == (0, ignored)
    assert told.of("your change") == ["1 file, +1 -1"]


@pytest.mark.slow
def test_a_new_module_of_the_package_is_source(learner: Learner) -> None:
    learner.write("src/bank/mended.py", learner.fixed)
    learner.write(SOURCE, "from bank.mended import Account, RefusedError\n")
    told = learner.check()
    assert told.status == 0
    assert told.untouched
    assert told.of("your change")[0].startswith("2 files, ")


@pytest.mark.slow
def test_a_module_beside_the_package_is_none_and_that_is_said(learner: Learner) -> None:
    learner.write("src/mended.py", learner.fixed)
    learner.write(SOURCE, "from mended import Account, RefusedError\n")
    told = learner.check()
    assert told.status == 1
    assert told.of("problem") == [
        "it does not import: ModuleNotFoundError: No module named 'mended'"
    ]
    assert told.ignored == ["src/mended.py (added)"]


@pytest.mark.slow
def test_environments_caches_and_editors_are_not_worth_a_word(learner: Learner) -> None:
    learner.fix()
    environment = [sys.executable, "-m", "venv", "--without-pip", "my env"]
    subprocess.run(environment, cwd=learner.root, check=True)
    learner.write("my env/lib/conftest.py", "raise SystemExit(0)\n")
    (learner.root / "shared env").symlink_to("my env")
    for name in (".venv/x.py", ".pytest_cache/README.md", ".coverage", "src/__pycache__/a.pyc"):
        learner.write(name)
    for name in (".account.py.swo", "#account.py#", "account.py~"):
        learner.write(f"src/bank/{name}")
    (learner.root / "src/bank/.#account.py").symlink_to("learner@laptop.4711:1700000000")
    told = learner.check()
    assert told.status == 0
    assert told.untouched


@pytest.mark.slow
def test_of_many_files_their_place_and_number_are_told_and_what_was_changed_comes_first(
    learner: Learner,
) -> None:
    learner.fix()
    for number in range(20):
        learner.write(f"build/lib/part{number % 7}/{number}.txt")
        learner.write(f"src/bank.egg-info/{number}")
        learner.write(f"note{number:02}")
    learner.write(TESTS)
    (learner.root / "TICKET.md").unlink()
    told = learner.check()
    assert told.status == 0
    assert told.ignored == [
        f"{TESTS} (changed)",
        "TICKET.md (deleted)",
        "build/lib (20 files, added)",
        *(f"note{number:02} (added)" for number in range(5)),
        "note05 (added), and 15 more; --json names each",
    ]
    told_all = json.loads(learner.bugsquash("check", "--json").stdout)["ignored"]
    assert len(told_all) == 62


@pytest.mark.slow
def test_huge_and_binary_files_are_not_read(learner: Learner) -> None:
    learner.fix()
    learner.write("blob.bin", bytes(range(256)) * 1000)
    for name in ("core", "src/bank/dump.py", "README.md"):
        with (learner.root / name).open("wb") as file:
            file.truncate(1 << 36)
    huge = [f"{name} (too large)" for name in ("README.md", "core", "src/bank/dump.py")]
    told = learner.check()
    assert (told.status, told.ignored) == (0, [*huge, "blob.bin (added)"])
    told = learner.check(BUGSQUASH_HOME=str(learner.root.parent / "another"))
    assert (told.status, told.ignored) == (0, huge)


@pytest.mark.slow
def test_pipes_sockets_and_loops_of_links_do_not_hold_it_up(
    learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.fix()
    monkeypatch.chdir(learner.root)
    os.mkfifo("src/bank/pipe.py")
    for link, target in {
        "around": "src/bank",
        "nowhere": "/no/such/place",
        "src/bank/loop": "../..",
        "src/bank/self.py": "self.py",
    }.items():
        Path(link).symlink_to(target)
    ignored = [
        "around (link not followed)",
        "nowhere (link not followed)",
        "src/bank/loop (link not followed)",
        "src/bank/self.py (link not followed)",
        "src/bank/pipe.py (not a file)",
        "wire (not a file)",
    ]
    with socket.socket(socket.AF_UNIX) as wire:
        # Its whole path would be too long for a socket.
        wire.bind("wire")
        for home in (learner.home, learner.root.parent / "another"):
            told = replace(learner, home=home).check()
            assert (told.status, told.ignored) == (0, ignored)


@pytest.mark.slow
def test_a_pipe_in_the_place_of_source_is_ignored_and_that_is_said(learner: Learner) -> None:
    (learner.root / SOURCE).unlink()
    os.mkfifo(learner.root / SOURCE)
    told = learner.check()
    assert told.status == 1
    assert "No module named 'bank.account'" in told.of("problem")[0]
    assert told.ignored == [f"{SOURCE} (not a file)"]


@pytest.mark.slow
def test_names_are_shown_as_they_are_and_in_one_line_each(learner: Learner) -> None:
    learner.fix()
    for name in ("two\nlines", "\x1b[31mred", "[bold] :bug: it's", "\u202eyp.nam"):
        learner.write(name)
    told = learner.check()
    assert told.status == 0
    assert told.ignored == [
        r"\x1b[31mred (added)",
        "[bold] :bug: it's (added)",
        r"two\nlines (added)",
        r"\u202eyp.nam (added)",
    ]


def rewritten(tests: Path) -> None:
    tests.write_text("def test_nothing():\n    pass\n")


def renamed(tests: Path) -> None:
    tests.rename(tests.with_name("test_mine.py"))


def deleted(tests: Path) -> None:
    shutil.rmtree(tests.parent)


@pytest.mark.parametrize(
    ("mishap", "ignored"),
    [
        (rewritten, [f"{TESTS} (changed)"]),
        (renamed, [f"{TESTS} (deleted)", "tests/test_mine.py (added)"]),
        (deleted, [f"{TESTS} (deleted)"]),
    ],
)
@pytest.mark.slow
def test_tests_are_taken_as_they_were_handed_out(
    learner: Learner, mishap: Callable[[Path], None], ignored: list[str]
) -> None:
    mishap(learner.root / TESTS)
    told = learner.check()
    assert (told.status, told.ignored) == (1, ignored)
    assert told.of("the failing test")[0].startswith("fails: ")
    learner.fix()
    told = learner.check()
    assert (told.status, told.ignored) == (0, ignored)


@pytest.mark.slow
def test_where_the_failing_test_was_deleted_the_next_command_brings_it_back(
    learner: Learner,
) -> None:
    learner.git("rm", "--quiet", TESTS)
    learner.git("commit", "--quiet", "--message=No tests, no bugs")
    command = learner.check().next_command
    assert pasted(command, learner, learner.root).returncode == 0
    told = learner.check()
    assert told.untouched
    assert stops_in_the_debugger(told.next_command, learner, learner.root)


def test_deleted_source_is_missed(learner: Learner) -> None:
    shutil.rmtree(learner.root / "src")
    told = learner.check()
    assert told.status == 1
    assert told.of("problem") == ["it does not import: ModuleNotFoundError: No module named 'bank'"]
    refused = learner.bugsquash("check", BUGSQUASH_HOME=str(learner.root.parent / "another"))
    assert (refused.returncode, refused.stdout) == (3, "")
    assert f"{learner.root} has no source any more" in refused.stderr


# Line ends


@pytest.mark.slow
def test_windows_line_ends_and_a_byte_order_mark_are_judged_by_what_they_do(
    learner: Learner,
) -> None:
    for source, status, change in (
        ((learner.root / SOURCE).read_bytes(), 1, "1 file, +1 -1"),
        (learner.fixed, 0, "1 file, +2 -2"),
    ):
        learner.write(SOURCE, b"\xef\xbb\xbf" + source.replace(b"\n", b"\r\n"))
        told = learner.check()
        assert told.status == status
        assert told.untouched
        # The mark makes the first line another one, the line ends change none.
        assert told.of("your change") == [change]


@pytest.mark.slow
def test_line_ends_that_git_wrote_are_nobodys_change(learner: Learner, tmp_path: Path) -> None:
    clone = learner.at(tmp_path / "windows")
    learner.git("clone", "--quiet", "--config=core.autocrlf=true", learner.root, clone.root)
    assert b"\r\n" in (clone.root / TESTS).read_bytes()
    told = clone.check()
    assert (told.status, told.of("your change")) == (1, ["0 files, +0 -0"])
    assert told.untouched
    clone.write(SOURCE, clone.fixed.replace(b"\n", b"\r\n"))
    told = clone.check()
    assert (told.status, told.of("your change")) == (0, ["1 file, +1 -1"])
    assert told.untouched
