"""The proof finds whatever does not hold."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from generator import key as keys
from generator.challenge import repository
from generator.errors import UnfitError
from generator.judge import verify
from generator.judge.challenge_directory import listing
from tests.judge.conftest import CARTS, PRICES, QUICK, Challenge

if TYPE_CHECKING:
    from pathlib import Path

ROOM = "tests/test_carts.py::test_room"
FULL = "tests/test_carts.py::test_full"


def failed(root: Path, key: keys.AnswerKey) -> dict[str, str | None]:
    proof = verify.verify(root, key, limits=QUICK)
    assert proof.ok == (not proof.failed)
    return {check.name: check.why for check in proof.failed}


def with_bug(challenge: Challenge, **changed: object) -> keys.AnswerKey:
    bug = replace(challenge.key.bugs[0], **changed)  # type: ignore[arg-type] # the fields' own types
    return replace(challenge.key, bugs=(bug,))


def test_a_good_challenge_is_proved_by_its_files_and_its_key(challenge: Challenge) -> None:
    before = {path: path.lstat().st_mtime_ns for path in challenge.root.rglob("*")}
    proof = verify.verify_challenge(challenge.root)
    assert {path: path.lstat().st_mtime_ns for path in challenge.root.rglob("*")} == before
    assert proof.ok, proof.failed
    assert len(proof.checks) == 7
    assert proof.to_json() == {
        "id": "shop-abc2345",
        "ok": True,
        "checks": [{"name": one.name, "ok": True, "why": None} for one in proof.checks],
    }


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        (PRICES, "", f"{PRICES} was changed after it was handed out."),
        ("README.md", "", "README.md was changed after it was handed out."),
        ("src/shop/more.py", "", "src/shop/more.py was not handed out."),
    ],
)
def test_other_files_are_named_and_nothing_is_run(
    challenge: Challenge, path: str, text: str, why: str
) -> None:
    challenge.write(path, text)
    proof = verify.verify(challenge.root, challenge.key)
    assert [check.name for check in proof.checks] == [
        "the files are those that the key knows",
        "nothing leaks",
    ]
    assert proof.checks[0].why == why


def test_a_missing_file_and_another_mode_are_other_files(challenge: Challenge) -> None:
    (challenge.root / "run.sh").chmod(0o644)
    why = failed(challenge.root, challenge.key)["the files are those that the key knows"]
    assert why == "the executable bit of a file changed after it was handed out."
    (challenge.root / "run.sh").unlink()
    why = failed(challenge.root, challenge.key)["the files are those that the key knows"]
    assert why == "run.sh is missing."


def test_what_is_not_read_is_no_file_that_the_key_knows(challenge: Challenge) -> None:
    os.mkfifo(challenge.root / "pipe")
    why = failed(challenge.root, challenge.key)["the files are those that the key knows"]
    assert why == "pipe: not a file."


def test_a_key_that_does_not_hold_the_emitted_source_is_no_proof(challenge: Challenge) -> None:
    key = replace(challenge.key, emitted={**challenge.key.emitted, PRICES: b""})
    assert failed(challenge.root, key)["the files are those that the key knows"] == (
        "the key's own files do not add up to the hash it holds."
    )


@pytest.mark.slow
def test_a_wrong_list_of_failing_tests_and_a_leak_are_seen(challenge: Challenge) -> None:
    challenge.write("src/shop/__pycache__/a.pyc", "left by a run")
    key = with_bug(challenge, failing=(ROOM,))
    assert failed(challenge.root, key) == {
        "the visible suite fails what the key lists and passes the rest": f"{ROOM} passes, and the key says it fails.",
        "so does the whole suite, in another order": f"{ROOM} passes, and the key says it fails.",
        "the failing tests fail alone too": f"{ROOM} passes, and the key says it fails.",
        "nothing leaks": "src/shop/__pycache__/a.pyc is left over from a run (2 more).",
    }


def test_each_look_sees_what_it_looks_for(challenge: Challenge) -> None:
    """A hidden test in the challenge, a failing one that the key does not list, a patch that leads elsewhere."""
    clean = challenge.key.emitted[CARTS].replace(b"<=", b"<")
    other = repository.patch({CARTS: clean}, {CARTS: clean.replace(b"<", b"==")})
    key = replace(
        with_bug(challenge, hidden=(), bug_patch=other), visible=challenge.key.visible[:-1]
    )
    assert failed(challenge.root, key) == {
        "the visible suite fails what the key lists and passes the rest": (
            "tests/test_prices.py::test_discount[100] is hidden by the key, and the challenge contains it."
        ),
        "so does the whole suite, in another order": (
            "tests/test_carts.py::test_refusal_of_the_fourth fails, and the key does not say so."
        ),
        "every patch applies": f"the bug put into the fixed tree again gives another {CARTS}.",
    }


def test_patches_that_do_not_apply_are_seen(challenge: Challenge) -> None:
    bug = challenge.key.bugs[0]
    why = failed(challenge.root, with_bug(challenge, fix_patch=bug.bug_patch))
    assert set(why) == {"every patch applies", "everything passes after the fix"}
    assert "does not apply" in str(why["every patch applies"])


@pytest.mark.slow
def test_a_fix_that_mends_nothing_and_a_test_that_is_not_there_are_seen(
    challenge: Challenge,
) -> None:
    emitted = challenge.key.emitted[CARTS]
    other = repository.patch({CARTS: emitted}, {CARTS: emitted.replace(b"Carts", b"Barts")})
    key = replace(with_bug(challenge, fix_patch=other), visible=challenge.key.tests)
    why = failed(challenge.root, key)
    assert why["the visible suite fails what the key lists and passes the rest"] == (
        "tests/test_carts.py::test_overfull_stays_refused was not run (1 more like it)."
    )
    assert why["everything passes after the fix"] == (
        f"{FULL} fails, and the key does not say so (1 more like it)."
    )
    assert "a patch of the key does not apply" in str(why["every patch applies"])


@pytest.mark.slow
def test_a_failure_that_hangs_on_company_is_seen(
    handed_out: Challenge, tmp_path: Path, home: Path
) -> None:
    """Alone it raises something else than after another failing test."""
    source = b"SEEN = []\n\ndef may_add(cart):\n    SEEN.append(cart)\n    return len(cart) <= 3\n"
    clean = source.replace(b"<=", b"<")
    tests = b"""from shop import carts

def test_first():
    assert not carts.may_add([1, 2, 3])

def test_second():
    first = not carts.SEEN
    if carts.may_add([1, 2, 3]):
        raise ValueError if first else TypeError
"""
    contents = {**handed_out.contents(), CARTS: source, "tests/test_carts.py": tests}
    first, second = (f"tests/test_carts.py::test_{name}" for name in ("first", "second"))
    bug = replace(
        handed_out.key.bugs[0],
        failing=(first, second),
        hidden=(),
        bug_patch=repository.patch({CARTS: clean}, {CARTS: source}),
        fix_patch=repository.patch({CARTS: source}, {CARTS: clean}),
    )
    prices = tuple(test for test in handed_out.key.tests if "prices" in test)
    root = tmp_path / "shop"
    executable = handed_out.key.executable
    key = replace(
        handed_out.key,
        bugs=(bug,),
        tests=(first, second, *prices),
        visible=(first, second, *prices),
        originals={**handed_out.key.originals, "tests/test_carts.py": tests},
        fixed={**handed_out.key.fixed, "tests/test_carts.py": tests},
        emitted={**handed_out.key.emitted, CARTS: source},
        tree=keys.tree_hash(contents, executable),
        commit=repository.write(root, contents, executable),
    )
    assert failed(root, key) == {
        "the failing tests fail alone too": f"{second} raises ValueError alone, and not so in company."
    }


@pytest.mark.slow
def test_a_suite_that_does_not_end_proves_nothing(
    handed_out: Challenge, tmp_path: Path, home: Path
) -> None:
    loop = b"def may_add(cart):\n    while True: pass\n"
    contents = {**handed_out.contents(), CARTS: loop}
    executable = handed_out.key.executable
    root = tmp_path / "shop"
    key = replace(
        handed_out.key,
        emitted={**handed_out.key.emitted, CARTS: loop},
        tree=keys.tree_hash(contents, executable),
        commit=repository.write(root, contents, executable),
    )
    why = failed(root, key)
    assert why["the visible suite fails what the key lists and passes the rest"] == (
        f"the run ended at the CPU limit, in {ROOM}."
    )


def test_without_the_key_nothing_can_be_proved(challenge: Challenge) -> None:
    challenge.sealed.unlink()
    with pytest.raises(UnfitError, match="key of shop-abc2345 is not on this machine"):
        verify.verify_challenge(challenge.root)


def test_a_file_of_the_project_is_no_dropping_whatever_its_name(tmp_path: Path) -> None:
    for name in ("data~", "notes~"):
        (tmp_path / name).touch()
    assert listing(tmp_path, {"data~"}).files == ("data~",)
