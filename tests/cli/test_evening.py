"""A learner's evening from `new` to `reveal`, as a user types it, in a real terminal where there is one."""

from __future__ import annotations

import json
import os
import pkgutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from generator import cli
from tests.cli.conftest import BUGSQUASH, fix

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_an_untouched_challenge_is_not_solved(
    run: Run, challenge: Path, key: dict[str, Any]
) -> None:
    told = run("check", cwd=challenge)
    assert told.returncode == 1
    assert "not solved yet" in told.stdout
    assert told.stdout.splitlines()[-1].startswith("next  ")


def test_the_fix_solves_it(run: Run, challenge: Path, key: dict[str, Any]) -> None:
    fix(challenge, key)
    told = run("check", cwd=challenge / "src")
    assert told.returncode == 0, told.stdout
    assert "solved" in told.stdout
    assert json.loads(run("check", challenge, "--json").stdout)["solved"] is True


def test_a_special_case_for_the_visible_test_is_not_a_fix(
    run: Run, challenge: Path, key: dict[str, Any]
) -> None:
    test_file = challenge / key["bugs"][0]["failing"][0].partition("::")[0]
    test_file.write_text("def test_nothing():\n    pass\n")
    told = run("check", challenge)
    assert told.returncode == 1
    assert "ignored" in told.stdout


def test_reveal_asks_first_and_shows_the_change_and_its_story(
    run: Run, challenge: Path, key: dict[str, Any], home: Path
) -> None:
    env = {**os.environ, "BUGSQUASH_HOME": str(home), "TERM": "xterm-256color"}
    with pexpect.spawn(
        BUGSQUASH, ["reveal"], cwd=str(challenge), env=env, encoding="utf-8"
    ) as screen:
        screen.expect(r"\[y/N\]")
        screen.sendline("n")
        screen.expect(pexpect.EOF)
    assert screen.exitstatus in {130, 0}
    told = run("reveal", "--yes", cwd=challenge)
    assert told.returncode == 0
    assert key["bugs"][0]["story"].split()[0] in told.stdout
    assert "how pdb shows it" in told.stdout
    for line in key["bugs"][0]["fix_patch"].splitlines():
        if line.startswith(("+", "-")) and not line.startswith(("+++", "---")):
            assert line.strip() in told.stdout


def test_reveal_in_a_pipe_does_not_guess_an_answer(
    run: Run, challenge: Path, key: dict[str, Any]
) -> None:
    told = run("reveal", cwd=challenge)
    assert told.returncode == 2
    assert told.stdout == ""
    assert "--yes" in told.stderr


def test_verify_proves_what_was_handed_out(run: Run, challenge: Path, key: dict[str, Any]) -> None:
    told = run("verify", challenge)
    assert told.returncode == 0, told.stdout
    assert challenge.name in told.stdout


@pytest.mark.parametrize("command", ["check", "verify"])
def test_an_interrupted_judgement_ends_at_once_and_leaves_nothing(
    challenge: Path, home: Path, tmp_path: Path, command: str
) -> None:
    (tmp_path / "tmp").mkdir()
    env = {**os.environ, "BUGSQUASH_HOME": str(home), "TMPDIR": str(tmp_path / "tmp")}
    child = subprocess.Popen(
        [BUGSQUASH, command, challenge], env=env, stderr=subprocess.PIPE, text=True
    )
    while not scratch_directories(tmp_path / "tmp"):
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, stderr = child.communicate(timeout=10)
    assert child.returncode == 130
    assert stderr.strip() == "bugsquash: stopped. Nothing was left half done."
    assert scratch_directories(tmp_path / "tmp") == []


@pytest.mark.parametrize("command", ["check", pytest.param("verify", marks=pytest.mark.slow)])
def test_what_a_killed_command_left_is_swept_by_the_next(
    run: Run, challenge: Path, tmp_path: Path, command: str
) -> None:
    left = tmp_path / "tmp" / f"bugsquash-{os.getuid()}" / "left-by-a-killed-command"
    left.mkdir(parents=True)
    (left / ".lock").touch()
    run(command, challenge, TMPDIR=str(tmp_path / "tmp"))
    assert scratch_directories(tmp_path / "tmp") == []


def scratch_directories(temporary: Path) -> list[Path]:
    return [path for path in temporary.glob("bugsquash-*/*") if path.is_dir()]


@pytest.mark.slow
def test_a_moved_challenge_still_finds_its_key(
    run: Run, challenge: Path, key: dict[str, Any], tmp_path: Path
) -> None:
    moved = tmp_path / "elsewhere" / "my evening"
    moved.parent.mkdir()
    challenge.rename(moved)
    fix(moved, key)
    assert run("check", cwd=moved).returncode == 0


@pytest.mark.slow
def test_progress_is_for_a_terminal(run: Run, bank: Path, home: Path, tmp_path: Path) -> None:
    env = {**os.environ, "BUGSQUASH_HOME": str(tmp_path / "fresh"), "TERM": "xterm-256color"}
    env.pop("NO_COLOR", None)
    arguments = ["new", str(bank), "--seed", "47"]
    with pexpect.spawn(
        BUGSQUASH, arguments, cwd=str(tmp_path), env=env, encoding="utf-8", timeout=120
    ) as screen:
        screen.expect("running the clean suite")
        screen.expect("next  ")
        screen.expect(pexpect.EOF)
    assert screen.exitstatus in (0, None)


def test_no_color_is_respected(run: Run, bank: Path, home: Path, tmp_path: Path) -> None:
    env = {**os.environ, "BUGSQUASH_HOME": str(home), "TERM": "xterm-256color", "NO_COLOR": "1"}
    screen = pexpect.spawn(
        BUGSQUASH, ["operators", "drop_guard"], cwd=str(tmp_path), env=env, encoding="utf-8"
    )
    screen.expect(pexpect.EOF)
    assert "\x1b[3" not in str(screen.before)
    screen.close()


def test_help_comes_with_examples_and_without_the_heavy_imports(run: Run) -> None:
    names = [found.name for found in pkgutil.iter_modules(cli.__path__) if found.name[0] != "_"]
    listed = run("--help").stdout
    for name in names:
        assert name in listed
        told = run(name, "--help")
        assert told.returncode == 0
        if name not in {"key", "seeds"}:
            assert "Examples:" in told.stdout, name
    code = (
        "import sys; sys.argv = ['bugsquash', '--help']\n"
        "from generator.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "assert not {'libcst', 'pytest', 'coverage', 'jinja2', 'rich'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
