from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import places
from generator.trial import store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(places.__file__).parents[1]
MANY = 300
PAGE = 4096
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
)


def file() -> Path:
    return places.cache() / "results.sqlite3"


def asides() -> list[Path]:
    return sorted(places.cache().glob("results-aside-*.sqlite3"))


def noise(size: int, seed: int = 0) -> bytes:
    return hashlib.shake_256(str(seed).encode()).digest(size)


def a_value(number: int) -> Any:
    return {"number": number, "text": noise(100, seed=number).hex()}


def name(number: int) -> str:
    return store.key("a", number)


FILL = """
for number in range(MANY):
    store.save("kind", name(number), a_value(number))
"""


def command(code: str) -> subprocess.Popen[bytes]:
    """Another process that runs this, with the names above, in the same home."""
    heading = "from tests.trial.test_store import *; import os, signal, sys, threading\n"
    return subprocess.Popen(
        [sys.executable, "-c", heading + code],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def said(child: subprocess.Popen[bytes]) -> str:
    """What it writes to stderr; it has to come to its end."""
    _, err = child.communicate(timeout=60)
    assert child.returncode == 0, err.decode()
    return err.decode()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """A sound file that holds many results."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUGSQUASH_HOME", str(tmp_path_factory.mktemp("full")))
        assert said(command(FILL)) == ""
        yield file().read_bytes()


def put(content: bytes) -> None:
    """Let this be what an earlier command left."""
    file().parent.mkdir(parents=True, exist_ok=True)
    file().write_bytes(content)


def loaded() -> int:
    """How many of the many are still known; what is known is right."""
    found = [store.load("kind", name(number)) for number in range(MANY)]
    assert [one for one in found if one is not None] == [
        a_value(number) for number, one in enumerate(found) if one is not None
    ]
    return sum(one is not None for one in found)


def test_what_was_saved_is_loaded(home: Path) -> None:
    name = store.key("a", 1)
    assert store.load("kind", name) is None
    store.save("kind", name, {"a": [1, None, "\udc80"]})
    assert store.load("kind", name) == {"a": [1, None, "\udc80"]}
    assert store.load("other", name) is None
    store.save("kind", name, [])
    assert store.load("kind", name) == []


@pytest.fixture(scope="module")
def one_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUGSQUASH_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.mark.usefixtures("one_home")
@given(JSON)
def test_any_json_comes_back_as_it_was(value: Any) -> None:
    store.save("kind", "name", value)
    assert store.load("kind", "name") == value


def test_a_large_value_takes_little_room(home: Path) -> None:
    lines = {f"tests/test_a.py::test_{n}": {"src/a.py": [*range(n, n + 300)]} for n in range(300)}
    store.save("baselines", name(0), lines)
    assert store.load("baselines", name(0)) == lines
    kept = sum(path.stat().st_size for path in places.cache().iterdir())
    assert kept < 400_000 < len(repr(lines))


def test_a_key_hangs_on_each_part_and_on_nothing_else() -> None:
    assert store.key("a", ["b"], Path("c")) == store.key("a", ["b"], Path("c"))
    others = [("a", ["b"]), ("a", "b", "c"), ("b", ["a"], "c"), ("a", ["b"], "cc"), ("ab", [], "c")]
    keys = {store.key(*parts) for parts in others}
    assert len(keys) == len(others)


UNREADABLE = {
    "not packed": b"[1",
    "packed, not JSON": zlib.compress(b"[1"),
    "packed, not text": zlib.compress(b"\xff"),
    "JSON of another shape": zlib.compress(b"7"),
    "another's": zlib.compress(b'["kind","other",1]'),
    "a number": 7,
    "text": "text",
    "nothing": None,
}


@pytest.mark.parametrize("found", UNREADABLE.values(), ids=UNREADABLE)
def test_what_can_not_be_read_counts_as_absent(home: Path, found: object) -> None:
    store.save("kind", "name", 1)
    with contextlib.closing(sqlite3.connect(file(), isolation_level=None)) as other:
        other.execute("UPDATE results SET value = ?", [found])
    assert store.load("kind", "name") is None
    store.save("kind", "name", 2)
    assert store.load("kind", "name") == 2


def _a_file_as_cache() -> None:
    places.cache().write_text("")


def _a_directory_as_file() -> None:
    file().mkdir(parents=True)


def _no_right_to_write() -> None:
    if os.getuid() == 0:
        pytest.skip("root may write anywhere")
    places.cache().mkdir(mode=0o500)


@pytest.mark.parametrize("in_the_way", [_a_file_as_cache, _a_directory_as_file, _no_right_to_write])
def test_a_cache_that_can_not_be_made_is_no_failure(
    home: Path, in_the_way: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    home.mkdir()
    in_the_way()
    store.save("kind", store.key("a"), [1])
    assert store.load("kind", store.key("a")) is None
    assert caplog.text == ""


def test_a_home_that_is_a_file_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "file"))
    store.save("kind", store.key("a"), [1])
    assert store.load("kind", store.key("a")) is None


def test_a_file_system_without_locks_is_no_failure(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(_file: object, _how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    store.save("kind", "name", 1)
    assert store.load("kind", "name") is None


def test_another_that_never_lets_go_is_waited_for_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_PATIENCE", 0.2)
    store.save("kind", "name", 1)
    store._close()
    with contextlib.closing(sqlite3.connect(file(), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        for number in range(100):
            store.save("kind", name(number), 1)
        assert 0.2 < time.monotonic() - begun < 2
        other.execute("ROLLBACK")
    assert asides() == []


def test_what_a_command_saved_outlives_its_being_killed(home: Path) -> None:
    for number in range(5):
        code = f"store.save('kind', name({number}), {number}); os.kill(os.getpid(), signal.SIGKILL)"
        child = command(code)
        assert child.communicate(timeout=60) == (b"", b"")
        assert child.returncode == -signal.SIGKILL
        assert store.load("kind", name(number)) == number


def test_commands_at_once_lose_nothing(home: Path) -> None:
    code = """
sys.stdin.readline()
for number in range({0}, MANY, 4):
    store.save("kind", name(number), a_value(number))
    loaded() if number % 50 == 0 else None
"""
    children = [command(code.replace("{0}", str(first))) for first in range(4)]
    for child in children:
        assert child.stdin is not None
        child.stdin.write(b"go\n")
        child.stdin.flush()
    assert [said(child) for child in children] == [""] * 4
    assert loaded() == MANY


def test_threads_of_one_command_lose_nothing(home: Path) -> None:
    def one(number: int) -> None:
        store.save("kind", name(number), a_value(number))
        assert store.load("kind", name(number)) == a_value(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(MANY)))
    assert loaded() == MANY


def test_a_removed_cache_is_begun_again(home: Path) -> None:
    store.save("kind", "name", 1)
    shutil.rmtree(places.cache())
    assert store.load("kind", "name") is None
    store.save("kind", "name", 2)
    assert said(command("assert store.load('kind', 'name') == 2")) == ""


def test_a_file_that_was_moved_gets_nothing_any_more(home: Path) -> None:
    store.save("kind", "name", 1)
    file().rename(file().with_name("moved"))
    store.save("kind", "name", 2)
    assert said(command("assert store.load('kind', 'name') == 2")) == ""


def _noise(content: bytes) -> bytes:
    return noise(len(content))


def _with_noise(content: bytes, page: int) -> bytes:
    start = page * PAGE
    return content[:start] + _noise(content[start : start + PAGE]) + content[start + PAGE :]


def _after(*statements: str) -> Callable[[bytes], bytes]:
    def done(content: bytes) -> bytes:
        scratch = file().with_name("scratch")
        scratch.write_bytes(content)
        with contextlib.closing(sqlite3.connect(scratch, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)
        return scratch.read_bytes()

    return done


UNFIT: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "noise": (_noise, "damaged (file is not a database)"),
    "text": (lambda _: b"results\n" * 999, "damaged (file is not a database)"),
    "cut": (lambda content: content[: len(content) // 2], "damaged (database disk image is"),
    "noise within": (lambda content: _with_noise(content, 1), "damaged (database disk image is"),
    "older": (_after("PRAGMA user_version = 0"), "another version of bugsquash (0, here 1)"),
    "newer": (_after("PRAGMA user_version = 9"), "another version of bugsquash (9, here 1)"),
    "without the table": (_after("DROP TABLE results"), "damaged (no such table: results)"),
}


QUICK = {"cut", "older"}


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        pytest.param(*row, id=name, marks=() if name in QUICK else pytest.mark.slow)
        for name, row in UNFIT.items()
    ],
)
def test_a_file_that_is_of_no_use_is_set_aside_with_a_note(
    home: Path, full: bytes, spoil: Callable[[bytes], bytes], why: str
) -> None:
    put(b"")
    spoilt = spoil(full)
    put(spoilt)
    code = "assert store.load('kind', name(7)) is None; store.save('kind', name(7), 7)"
    note = said(command(code))
    assert note.count("\n") == 1
    for words in (str(file()), why, "results-aside-1.sqlite3", "measured again"):
        assert words in note
    assert [path.read_bytes() for path in asides()] == [spoilt]
    assert said(command("assert store.load('kind', name(7)) == 7")) == ""


def test_nothing_that_was_set_aside_is_overwritten(home: Path) -> None:
    for content in (b"first" * 99, b"second" * 99):
        put(content)
        said(command("store.save('kind', 'name', 1)"))
    assert [path.read_bytes() for path in asides()] == [b"first" * 99, b"second" * 99]


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [_noise, lambda content: _with_noise(content, 1)])
def test_commands_that_find_the_damage_at_once_all_go_on(
    home: Path, full: bytes, spoil: Callable[[bytes], bytes]
) -> None:
    put(spoil(full))
    code = """
sys.stdin.readline()
store.load("kind", name(7))
store.save("kind", name({0}), {0})
"""
    children = [command(code.replace("{0}", str(number))) for number in range(4)]
    for child in children:
        assert child.stdin is not None
        child.stdin.write(b"go\n")
        child.stdin.flush()
    notes = [said(child) for child in children]
    assert sorted(note.count("\n") for note in notes) == [0, 0, 0, 1]
    assert [store.load("kind", name(number)) for number in range(4)] == [0, 1, 2, 3]
    assert len(asides()) == 1


@pytest.mark.slow
def test_damage_that_shows_late_ends_nothing(home: Path, full: bytes) -> None:
    """Whichever page it is: what is loaded is what was saved, and what is saved then is kept."""
    for page in range(len(full) // PAGE):
        shutil.rmtree(home, ignore_errors=True)
        put(_with_noise(full, page))
        before = loaded()
        assert before < MANY
        store.save("kind", name(MANY), page)
        assert store.load("kind", name(MANY)) == page


@pytest.mark.slow
@pytest.mark.usefixtures("one_home")
@given(st.data())
def test_a_flipped_bit_changes_no_result(full: bytes, data: st.DataObject) -> None:
    content = bytearray(full)
    content[data.draw(st.integers(0, len(full) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    shutil.rmtree(places.cache(), ignore_errors=True)
    put(bytes(content))
    loaded()


def test_a_damaged_value_is_not_worth_all_others(home: Path, full: bytes) -> None:
    at = full.index(store._packed("kind", name(7), a_value(7))) + 50
    put(full[:at] + bytes([full[at] ^ 1]) + full[at + 1 :])
    assert store.load("kind", name(7)) is None
    assert loaded() == MANY - 1
    assert asides() == []


ON_A_FULL_DISK = """
store.save("kind", name(0), 0)
{fill}
for number in range(1, 200):
    store.save("kind", name(number), noise(1000, number).hex())
"""


def test_a_limit_to_files_costs_the_cache_and_nothing_else(home: Path) -> None:
    fill = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, 90_000))"
    assert said(command(ON_A_FULL_DISK.replace("{fill}", fill))) == ""
    assert store.load("kind", name(0)) == 0
    assert store.load("kind", name(199)) is None
    store.save("kind", name(199), 1)
    assert store.load("kind", name(199)) == 1


def test_a_full_disk_costs_the_cache_and_nothing_else(home: Path) -> None:
    places.cache().mkdir(parents=True)
    mount = 'mount -t tmpfs -o size=300k tmpfs "$1" && shift && exec "$@"'
    own_disk = ["unshare", "-rm", "sh", "-c", mount, "sh", str(places.cache())]
    if not shutil.which("unshare") or subprocess.run([*own_disk, "true"], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    heading = "from tests.trial.test_store import *\n"
    after = "assert store.load('kind', name(199)) is None; assert len(list(places.cache().iterdir())) > 1"
    code = heading + ON_A_FULL_DISK.replace("{fill}", "") + after
    done = subprocess.run(
        [*own_disk, sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_large_file_loses_its_older_half_and_stays_as_large(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_LARGE", 200_000)
    for round_ in range(6):
        for number in range(100):
            store.save("kind", name(100 * round_ + number), os.urandom(500).hex())
        store._close()
    kept = [number for number in range(600) if store.load("kind", name(number)) is not None]
    assert kept == [*range(kept[0], 600)]
    assert 100 < len(kept) < 500
    assert file().stat().st_size < 500_000
