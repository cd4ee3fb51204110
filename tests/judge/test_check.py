"""What `check` says of a learner's source, whatever that source does."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import index, places, process
from generator import key as keys
from generator.errors import TamperedError, UnfitError, UsageError
from generator.judge import clean_tree
from generator.judge.challenge_directory import find
from generator.judge.check import check, judge
from generator.judge.rule import rule_of
from tests.judge.conftest import CARTS, PRICES, QUICK, Challenge, place

if TYPE_CHECKING:
    from generator.judge.result import Result

FULL = "tests/test_carts.py::test_full"


def judged(challenge: Challenge) -> Result:
    return check(find(challenge.root), limits=QUICK)


def is_judged(root: Path) -> bool:
    """Whether the challenge as handed out is judged there as anywhere."""
    result = check(find(root), limits=QUICK)
    states = [shown.state for shown in (*result.failing, *result.rest)]
    return result.judged_hidden and not result.problems and states == ["failed"] + 6 * ["passed"]


def test_as_handed_out_it_is_not_solved(challenge: Challenge) -> None:
    result = judged(challenge)
    assert not result.solved
    assert result.exit_code == 1
    assert result.to_json() == {
        "id": "shop-abc2345",
        "mode": "failing-test",
        "level": 1,
        "minutes": 60,
        "solved": False,
        "judged_hidden": True,
        "bugs": [{"n": 1, "fixed": False}],
        "visible": {
            "failing": {FULL: "failed"},
            "rest": {"passed": 6, "failed": [], "not_run": 0},
        },
        "hidden": {
            "passed": 1,
            "failed": 1,
            "not_run": 0,
            "broke": 0,
            "rules": [
                {"rule": "A cart of three is full", "expected": "False", "yours": "True"},
            ],
        },
        "ignored": [],
        "change": {"files": 0, "added": 0, "removed": 0},
        "problems": [],
        "unjudged": None,
        "own_test": None,
    }
    for told in (json.dumps(result.to_json()), repr(result)):
        assert not re.search(r"refusal|overfull|\[1, 2, 3\]", told)


def test_the_fix_solves_it(challenge: Challenge) -> None:
    challenge.solve()
    result = judged(challenge)
    assert result.solved
    assert result.exit_code == 0
    assert result.to_json()["change"] == {"files": 1, "added": 1, "removed": 1}
    assert result.hidden is not None
    assert (result.hidden.passed, result.hidden.total, result.hidden.rules) == (2, 2, ())


def test_lines_of_a_change_are_counted_as_diff_does(challenge: Challenge) -> None:
    text = (challenge.root / PRICES).read_text()
    challenge.write(PRICES, text.replace("Prices in cents", "Preise in Ören, in Ångström"))
    change = judged(challenge).change
    assert change is not None
    assert (change.files, change.added, change.removed) == (1, 1, 1)
    challenge.write(PRICES, text.replace("\n", "\r\n"))
    challenge.write("src/shop/new.py", "x = 1\n")
    change = judged(challenge).change
    assert change is not None
    assert (change.files, change.added, change.removed) == (1, 1, 0)


def test_a_fix_of_the_visible_case_alone_is_not_solved(challenge: Challenge) -> None:
    challenge.write(CARTS, "def may_add(cart):\n    return cart != ['a', 'b', 'c']\n")
    result = judged(challenge)
    assert result.visible_pass
    assert not result.solved
    assert [bug.fixed for bug in result.bugs] == [False]


def test_each_of_several_bugs_is_judged_by_its_own_tests(handed_out: Challenge) -> None:
    contents = handed_out.contents()
    wrong = {**contents, PRICES: contents[PRICES].replace(b"sum(prices)", b"sum(prices) + 1")}
    totals = tuple(test for test in handed_out.key.visible if "total" in test)
    second = replace(handed_out.key.bugs[0], path=PRICES, failing=totals, hidden=())
    key = replace(handed_out.key, bugs=(*handed_out.key.bugs, second))
    fixed = {**wrong, CARTS: contents[CARTS].replace(b"<=", b"<")}
    result = judge(key, fixed, python=Path(sys.executable), limits=QUICK)
    assert [bug.fixed for bug in result.bugs] == [True, False]
    assert not result.solved
    assert [shown.state for shown in result.failing] == ["passed", "failed", "failed"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (b"def may_add(cart:\n", f"SyntaxError: '(' was never closed ({CARTS}, line 1)"),
        (b"import nonsuch\n", "ModuleNotFoundError: No module named 'nonsuch'"),
    ],
)
def test_source_that_a_conftest_imports_does_not_import_either(
    handed_out: Challenge, source: bytes, why: str
) -> None:
    conftest = {"tests/conftest.py": b"from shop import carts\n"}
    key = replace(handed_out.key, originals={**handed_out.key.originals, **conftest})
    contents = {**handed_out.contents(), CARTS: source}
    result = judge(key, contents, python=Path(sys.executable), limits=QUICK)
    assert result.problems == (f"it does not import: {why}",)


def test_what_broke_is_named(challenge: Challenge) -> None:
    challenge.solve()
    challenge.write(
        PRICES, "def total(prices): return 0\ndef discounted(price, percent): return 1\n"
    )
    result = judged(challenge)
    assert not result.solved
    assert [bug.fixed for bug in result.bugs] == [True]
    assert [shown.test.split("::")[1] for shown in result.broke] == [
        "test_total",
        "test_discount[0]",
        "test_discount[10]",
        "test_discount[100]",
    ]
    assert "0 == 3" in result.broke[0].message


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            "def may_add(cart:\n",
            f"it does not import: SyntaxError: '(' was never closed ({CARTS}, line 1)",
        ),
        ("import nonsuch\n", "it does not import: ModuleNotFoundError: No module named 'nonsuch'"),
        ("x = 1\n", "it does not import: ImportError: cannot import name 'may_add'"),
        ("import os\nos._exit(0)\n", "it ends the run early before the first test."),
        ("import sys\nsys.exit(0)\n", "no test could be run: "),
        pytest.param(
            "while True: pass\n",
            "it loops before the first test: stopped after 3 s of CPU time.",
            marks=pytest.mark.slow,
        ),
        (
            "import os\ndef may_add(cart): os._exit(0)\n",
            "it ends the run early in tests/test_carts.py::test_room.",
        ),
        pytest.param(
            "def may_add(cart):\n    if len(cart) > 3:\n        while True: pass\n    return len(cart) < 3\n",
            "it loops in a hidden test: stopped after 3 s of CPU time.",
            marks=pytest.mark.slow,
        ),
        (
            "def may_add(cart):\n    return bytearray(4 << 30)\n",
            "it runs out of memory in tests/test_carts.py::test_room: the limit is 1024 MiB.",
        ),
        pytest.param(
            "import os, signal\ndef may_add(cart): os.kill(os.getpid(), signal.SIGSEGV)\n",
            "the run is killed in tests/test_carts.py::test_room; it may use 1024 MiB.",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_source_that_ends_the_run_is_a_problem_with_its_place(
    challenge: Challenge, source: str, problem: str
) -> None:
    challenge.write(CARTS, source)
    result = judged(challenge)
    assert result.problems[0].startswith(problem)
    assert not result.solved


@pytest.mark.slow
def test_a_sleeper_is_ended(challenge: Challenge) -> None:
    challenge.write(CARTS, "import time\ntime.sleep(60)\n")
    result = check(find(challenge.root), limits=replace(QUICK, wall=1))
    assert result.problems == (
        "it does not come to an end before the first test: stopped after 1 s.",
    )


@pytest.mark.slow
def test_a_loop_in_one_test_leaves_the_others_judged(challenge: Challenge) -> None:
    challenge.solve()
    challenge.write(
        PRICES, "def total(prices):\n    while not prices: pass\n    return sum(prices)\n"
    )
    result = judged(challenge)
    assert result.problems == (
        "it loops in tests/test_prices.py::test_total_of_nothing: stopped after 3 s of CPU time.",
    )
    assert [bug.fixed for bug in result.bugs] == [True]
    assert result.broke[0].test.endswith("test_total_of_nothing")
    assert not result.solved


@pytest.mark.slow
def test_files_that_are_deleted_while_tests_run_are_not_the_learners(challenge: Challenge) -> None:
    challenge.write(
        CARTS,
        "import pathlib, shutil\nfor path in pathlib.Path('.').resolve().parent.iterdir(): shutil.rmtree(path, True)\n"
        "def may_add(cart): return len(cart) < 3\n",
    )
    before = sorted(challenge.root.rglob("*"))
    judged(challenge)
    assert sorted(challenge.root.rglob("*")) == before


NOTHING_RUNS = """
import _pytest.python
_pytest.python.Function.runtest = lambda self: None
may_add = None
"""
ALL_PASSES = """
import sys

def spoil(plugin):
    type(plugin)._failure = lambda self, call: {"outcome": "passed"}

frame = sys._getframe()
while frame:
    if hasattr(frame.f_locals.get("plugin"), "_failure"):
        spoil(frame.f_locals["plugin"])
    frame = frame.f_back
may_add = None
"""
ENDS_WELL = """
import atexit, os, pytest
pytest.main = lambda *a, **k: 0

def may_add(cart):
    os._exit(0)
"""
SKIPS = """
import pytest

def may_add(cart):
    pytest.skip("no")
"""


@pytest.mark.parametrize("cheat", [ENDS_WELL, SKIPS])
def test_tests_that_do_not_pass_are_not_passed(challenge: Challenge, cheat: str) -> None:
    challenge.write(CARTS, cheat)
    result = judged(challenge)
    assert not result.solved
    assert [bug.fixed for bug in result.bugs] == [False]


@pytest.mark.parametrize("cheat", [NOTHING_RUNS, ALL_PASSES])
def test_a_run_whose_canary_passes_is_not_trusted(challenge: Challenge, cheat: str) -> None:
    challenge.write(CARTS, cheat)
    result = judged(challenge)
    assert result.problems[0].startswith("the run can't be trusted")
    assert not result.solved
    assert [bug.fixed for bug in result.bugs] == [False]
    assert {shown.state for shown in (*result.failing, *result.rest)} == {"not run"}


ALWAYS = """
class Yes:
    def __eq__(self, other): return True
    def __bool__(self): return True

def may_add(cart): return Yes()
"""


@pytest.mark.parametrize(
    "answer",
    [
        "Yes()",
        pytest.param(
            "type('Quiet', (Yes,), {'__repr__': lambda self: 'False'})()", marks=pytest.mark.slow
        ),
    ],
)
def test_a_value_that_claims_to_equal_anything_is_seen(challenge: Challenge, answer: str) -> None:
    challenge.write(CARTS, ALWAYS.replace("return Yes()", f"return {answer}"))
    result = judged(challenge)
    assert result.problems == (
        "the run can't be trusted: the source returns a value that claims to equal anything.",
    )
    assert not result.solved
    assert [bug.fixed for bug in result.bugs] == [False]


SETTINGS = {
    "README.md": ("mine\n", "changed"),
    "conftest.py": ("def pytest_collection_modifyitems(items): items.clear()\n", "added"),
    "pyproject.toml": ("[tool.pytest.ini_options]\naddopts = '--collect-only'\n", "changed"),
    "pytest.ini": ("[pytest]\naddopts = --collect-only\n", "added"),
    "sitecustomize.py": ("raise SystemExit(0)\n", "added"),
    "src/evil.pth": ("import os; os._exit(0)\n", "added"),
    "src/pytest.py": ("raise SystemExit(0)\n", "added"),
    "src/shop/conftest.py": ("raise SystemExit(0)\n", "added"),
    "src/sitecustomize.py": ("raise SystemExit(0)\n", "added"),
    "tests/conftest.py": ("raise SystemExit(0)\n", "added"),
    "tests/test_carts.py": ("def test_full(): pass\n", "changed"),
}


def test_tests_and_settings_are_not_the_learners(challenge: Challenge) -> None:
    challenge.solve()
    for path, (text, _) in SETTINGS.items():
        challenge.write(path, text)
    result = judged(challenge)
    assert {one.path: one.how for one in result.ignored} == {
        path: how for path, (_, how) in SETTINGS.items()
    }
    assert result.solved


@pytest.mark.parametrize("path", SETTINGS)
def test_none_of_them_reaches_the_tree_that_is_run(challenge: Challenge, path: str) -> None:
    tree = clean_tree.clean_tree(challenge.key, {path: SETTINGS[path][0].encode()})
    known = {**challenge.key.fixed, **challenge.key.originals}
    assert tree.contents == known


def test_deleted_tests_are_put_back(challenge: Challenge) -> None:
    challenge.solve()
    shutil.rmtree(challenge.root / "tests")
    result = judged(challenge)
    assert [one.how for one in result.ignored] == ["deleted", "deleted"]
    assert result.solved


def test_a_new_module_of_the_package_is_taken(challenge: Challenge) -> None:
    challenge.write("src/shop/limits.py", "LIMIT = 3\n")
    challenge.write(
        CARTS, "from shop.limits import LIMIT\n\ndef may_add(cart):\n    return len(cart) < LIMIT\n"
    )
    result = judged(challenge)
    assert result.solved
    assert result.ignored == ()
    assert result.to_json()["change"]["files"] == 2


@pytest.mark.slow
def test_a_deleted_module_stays_away(challenge: Challenge) -> None:
    (challenge.root / PRICES).unlink()
    result = judged(challenge)
    assert "ImportError" in result.problems[0]
    assert result.to_json()["change"] == {"files": 1, "added": 0, "removed": 11}


@pytest.mark.slow
def test_caches_and_editors_leave_no_trace_in_the_result(challenge: Challenge) -> None:
    challenge.solve()
    for path in (
        "src/shop/__pycache__/x.pyc",
        ".pytest_cache/v",
        ".venv/lib/x.py",
        "env/pyvenv.cfg",
        "env/lib/y.py",
        ".idea/workspace.xml",
        "src/shop/carts.py~",
    ):
        challenge.write(path, "x")
    assert judged(challenge).ignored == ()


def test_links_out_of_the_challenge_are_not_followed(challenge: Challenge, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("def may_add(cart): return len(cart) < 3\n")
    (challenge.root / CARTS).unlink()
    (challenge.root / CARTS).symlink_to(outside)
    (challenge.root / "src/shop/more").symlink_to(tmp_path, target_is_directory=True)
    (challenge.root / "src/shop/loop.py").symlink_to("loop.py")
    os.mkfifo(challenge.root / "src/shop/pipe.py")
    result = judged(challenge)
    assert not result.solved
    assert "shop.carts" in result.problems[0]


@pytest.mark.slow
def test_links_inside_the_challenge_count(challenge: Challenge) -> None:
    challenge.solve()
    (challenge.root / CARTS).rename(challenge.root / "src/shop/kept.py")
    (challenge.root / CARTS).symlink_to("kept.py")
    assert judged(challenge).solved


def test_through_a_link_and_from_below_it_is_the_same_challenge(
    challenge: Challenge, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(challenge.root, target_is_directory=True)
    assert find(link / "src" / "shop") == find(challenge.root)


@pytest.mark.slow
def test_blanks_and_unicode_in_the_path_do_no_harm(
    handed_out: Challenge, tmp_path: Path, home: Path
) -> None:
    challenge = place(handed_out, tmp_path / "Übung für Zoë, 中文 'a' $b")
    assert is_judged(challenge.root)


def test_a_moved_challenge_is_still_known(challenge: Challenge, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    challenge.root.rename(moved)
    assert is_judged(moved)


def test_moved_with_its_key_it_needs_no_index(challenge: Challenge, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    challenge.root.parent.rename(moved)
    assert find(moved / "shop-abc2345").key == challenge.key


def test_a_read_only_directory_can_be_judged(challenge: Challenge) -> None:
    before = {path: path.lstat().st_mtime_ns for path in challenge.root.rglob("*")}
    for path in [challenge.root, *challenge.root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert is_judged(challenge.root)
        assert {path: path.lstat().st_mtime_ns for path in challenge.root.rglob("*")} == before
    finally:
        for path in [challenge.root, *challenge.root.rglob("*")]:
            path.chmod(0o755)


def test_inside_another_repository_it_is_judged_all_the_same(
    handed_out: Challenge, tmp_path: Path, home: Path
) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    process.run(["git", "init", "-q", "."], cwd=outer, limits=QUICK)
    (outer / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (outer / "conftest.py").write_text("raise SystemExit(0)\n")
    challenge = place(handed_out, outer / "challenges")
    assert is_judged(challenge.root)


def test_the_learners_git_is_not_asked(challenge: Challenge) -> None:
    shutil.rmtree(challenge.root / ".git")
    assert is_judged(challenge.root)


def test_without_the_key_the_visible_tests_are_run_and_that_is_said(challenge: Challenge) -> None:
    challenge.sealed.unlink()
    result = judged(challenge)
    assert result.unjudged == "the key of shop-abc2345 is not on this machine."
    assert (result.judged_hidden, result.solved, result.exit_code) == (False, False, 1)
    assert [shown.test for shown in result.broke] == [FULL]
    assert result.rest_passed == 6
    challenge.solve()
    result = judged(challenge)
    assert (result.solved, result.exit_code, result.rest_passed) == (False, 0, 7)


@pytest.mark.slow
def test_without_the_key_programs_of_the_challenge_can_be_run(challenge: Challenge) -> None:
    challenge.sealed.unlink()
    challenge.solve()
    challenge.write(
        "tests/test_run.py",
        "import os\n\ndef test_run():\n    assert os.access('run.sh', os.X_OK)\n",
    )
    assert judged(challenge).visible_pass


def test_without_key_and_tests_the_way_back_is_told(challenge: Challenge) -> None:
    challenge.sealed.unlink()
    shutil.rmtree(challenge.root / "tests")
    with pytest.raises(UnfitError, match="git checkout -- tests") as refused:
        check(find(challenge.root))
    assert str(challenge.root) in str(refused.value)


@pytest.mark.slow
def test_without_the_key_a_loop_is_a_problem_too(challenge: Challenge) -> None:
    challenge.sealed.unlink()
    challenge.write(CARTS, "def may_add(cart):\n    while True: pass\n")
    result = judged(challenge)
    assert result.problems[0].startswith("it loops in tests/test_carts.py::test_room")
    assert result.exit_code == 1


def test_a_key_sealed_to_somebody_else_is_as_good_as_none(
    challenge: Challenge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "another"))
    result = judged(challenge)
    assert not result.judged_hidden
    assert result.unjudged is not None
    assert "another identity" in result.unjudged


def test_a_damaged_key_is_tampered_with(challenge: Challenge) -> None:
    sealed = bytearray(challenge.sealed.read_bytes())
    sealed[-5] ^= 1
    challenge.sealed.write_bytes(sealed)
    with pytest.raises(TamperedError, match="damaged"):
        judged(challenge)


def test_another_challenges_key_is_tampered_with(challenge: Challenge) -> None:
    challenge.sealed.write_bytes(keys.seal(replace(challenge.key, id="shop-zzz2345")))
    with pytest.raises(TamperedError, match=r"shop-zzz2345.*shop-abc2345"):
        judged(challenge)


@pytest.mark.parametrize(
    "marker",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"format": 1, "id": "shop-abc2345"}',
        b'{"format": 1, "id": "../../etc/passwd", "mode": "failing-test", "minutes": 60}',
        b'{"format": 1, "id": 5, "mode": "failing-test", "minutes": 60}',
        b'{"format": 1, "id": "a", "mode": "failing-test", "minutes": "60"}',
        b'{"format": 2, "id": "a", "mode": "failing-test", "minutes": 60}',
    ],
)
def test_a_damaged_marker_is_tampered_with(challenge: Challenge, marker: bytes) -> None:
    challenge.write(".bugsquash.json", marker)
    with pytest.raises(TamperedError, match=r"\.bugsquash\.json"):
        judged(challenge)


def test_outside_of_a_challenge_nothing_can_be_checked(tmp_path: Path, home: Path) -> None:
    with pytest.raises(UsageError, match="not inside a challenge"):
        check(find(tmp_path))
    with pytest.raises(UsageError, match="not a directory"):
        check(find(tmp_path / "nothing"))


def test_a_stale_or_damaged_note_in_the_index_is_not_needed(challenge: Challenge) -> None:
    index.remember("shop-abc2345", challenge.root / "gone.age", challenge.root, "/no/python")
    assert find(challenge.root).key == challenge.key
    note = next((places.data() / "index").iterdir())
    note.write_text("{")
    assert index.find("shop-abc2345") is None
    assert find(challenge.root).key == challenge.key


def test_the_index_gives_back_what_it_was_told(home: Path, tmp_path: Path) -> None:
    index.remember("a", tmp_path / "k.age", tmp_path, sys.executable, suite_seconds=1.5, memory=7)
    found = index.find("a")
    assert found is not None
    assert (found.key, found.suite_seconds, found.memory) == (tmp_path / "k.age", 1.5, 7)
    assert index.find("b") is None


def test_a_rule_without_a_sentence_has_the_words_of_its_name() -> None:
    text = b"class TestCart:\n    def test_two_rows(self): ...\n\n\ndef test(): ...\n"
    told = [
        rule_of({"tests/test_a.py": text}, f"tests/test_a.py::{name}", None).rule
        for name in ("TestCart::test_two_rows[a]", "test")
    ]
    assert told == ["two rows", "test"]
