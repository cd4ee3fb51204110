"""A mutant may do anything. Whatever it does, it harms nothing, nothing of it stays, and it is reported as what it is."""

from __future__ import annotations

import json
import os
import socket
import sys
import sysconfig
import venv
from typing import TYPE_CHECKING

import pytest

from generator.process import Ended, Limits
from generator.records import VerdictKind
from generator.trial import engine, suite
from tests.conftest import left_running, measured_seed, mutant_of, write
from tests.trial.test_engine import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from generator.records import Baseline, Seed, Verdict
    from generator.views import Walls

    Attempt = Callable[..., tuple[suite.SuiteRun, Verdict]]

TESTS = ("tests/test_shop.py::test_price", "tests/test_shop.py::test_after_it")
FILES = {
    "src/shop/__init__.py": "",
    "src/shop/core.py": "def price(n):\n    return 2 * n\n",
    "tests/test_shop.py": (
        "from shop.core import price\n\n\n"
        "def test_price():\n    assert price(2) == 4\n\n\n"
        "def test_after_it():\n    assert 1 < 2\n"
    ),
    "README.md": "kept\n",
}
BRIEF = Limits(wall=30, cpu=3, memory=1 << 30, file=16 << 20)


@pytest.fixture
def seed(home: Path, make_seed: Callable[..., Seed]) -> Seed:
    return make_seed(FILES)


@pytest.fixture
def attempt(seed: Seed, tmp_path: Path) -> Attempt:
    """What the body of `price` is, or the module where it is no body → the run, and its verdict. The seed is as it was, and
    nothing is left."""

    def run(code: str, *, limits: Limits = BRIEF) -> tuple[suite.SuiteRun, Verdict]:
        before = snapshot(seed.root)
        changed = {"src/shop/core.py": code.encode()}
        tree = suite.tree_of(seed).with_files(changed)
        ran = suite.run(tree, suite.Job(limits, wanted=TESTS))
        assert snapshot(seed.root) == before
        scratch = tmp_path / "scratch" / f"bugsquash-{os.getuid()}"
        assert [path.name for path in scratch.iterdir()] == [".lock"]
        assert left_running(tmp_path) == []
        return ran, engine.verdict_of(ran, TESTS)

    return run


def body(*lines: str) -> str:
    code = "import os, shutil, signal, socket, subprocess, sys, threading, time\n\ndef price(n):\n"
    return code + "".join(f"    {line}\n" for line in lines)


ENDLESS_REPR = """\
class Price:
    def __init__(self, n):
        self.n = n

    def __repr__(self):
        return f"Price({self!r})"

price = Price
"""

CAUGHT, BROKEN, SURVIVED = VerdictKind.CAUGHT, VerdictKind.BROKEN, VerdictKind.SURVIVED
INSIDE = f"the run ends inside {TESTS[0]}"
TIMED_OUT, OUT_OF_MEMORY = VerdictKind.TIMED_OUT, VerdictKind.OUT_OF_MEMORY


IN_PYTHON = [
    pytest.param(body("raise SystemExit(0)"), CAUGHT, "SystemExit", id="SystemExit"),
    pytest.param("raise SystemExit(0)\n", BROKEN, "SystemExit", id="SystemExit at import"),
    pytest.param(body("raise KeyboardInterrupt"), BROKEN, INSIDE, id="KeyboardInterrupt"),
    pytest.param("raise KeyboardInterrupt\n", BROKEN, "", id="KeyboardInterrupt at import"),
    pytest.param(body("return price(n)"), CAUGHT, "RecursionError", id="recurses"),
    pytest.param(ENDLESS_REPR, CAUGHT, "AssertionError", id="recurses in its repr"),
    pytest.param(body("while True: print('x' * (1 << 20))"), CAUGHT, "OSError", id="prints"),
    pytest.param(body("while True: os.write(2, b'x' * (1 << 20))"), CAUGHT, "OSError", id="prints past Python"),
    pytest.param(body("while True: open('more', 'a').write('x' * (1 << 20))"), CAUGHT, "OSError", id="fills a file"),
    pytest.param(body("shutil.rmtree(os.path.expanduser('~'))", "return 0"), CAUGHT, "AssertionError", id="deletes its home"),
    pytest.param(body("shutil.rmtree(os.getcwd())", "return 0"), BROKEN, "No such file", id="deletes its tree"),
    pytest.param(body("shutil.rmtree('tests')", "return 0"), CAUGHT, "AssertionError", id="deletes its tests"),
    pytest.param(body("threading.Thread(target=time.sleep, args=(300,), daemon=True).start()", "return 0"), CAUGHT, "AssertionError", id="leaves a thread"),
]  # fmt: skip
BY_THE_SYSTEM = [
    pytest.param(body("os._exit(0)"), BROKEN, INSIDE, id="exits"),
    pytest.param("import os\nos._exit(0)\n", BROKEN, "", id="exits at import"),
    pytest.param(body("while True: n += 1"), TIMED_OUT, "", id="loops"),
    # Bytes that nobody touched: to fill them takes a busy machine longer than the time limit.
    pytest.param(body("all = []", "while True: all.append(bytes(9 << 20))"), OUT_OF_MEMORY, "", id="allocates"),
    pytest.param(body("raise OSError(12, os.strerror(12))"), OUT_OF_MEMORY, "", id="is given no memory"),
    pytest.param("import os\nraise OSError(12, os.strerror(12))\n", OUT_OF_MEMORY, "", id="is given no memory at import"),
    pytest.param(body("os.closerange(0, 9999)", "return 0"), BROKEN, "", id="closes descriptors"),
    pytest.param(body("os.kill(os.getpid(), signal.SIGSEGV)"), BROKEN, INSIDE, id="crashes"),
    pytest.param(body("os.killpg(0, signal.SIGKILL)"), BROKEN, INSIDE, id="kills its group"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kind", "told"), IN_PYTHON)
def test_what_a_mutant_does_is_reported_as_what_it_is(
    attempt: Attempt, code: str, kind: VerdictKind, told: str
) -> None:
    _, verdict = attempt(code)
    assert verdict.kind is kind
    assert told in verdict.detail or told in [failure.exception for failure in verdict.failures]


@pytest.mark.parametrize(("code", "kind", "told"), BY_THE_SYSTEM)
def test_what_ends_a_mutant_is_reported_as_what_it_is(
    walls: Walls, attempt: Attempt, code: str, kind: VerdictKind, told: str
) -> None:
    if kind is OUT_OF_MEMORY and sys.platform == "darwin":
        pytest.skip("macOS does not limit memory")
    _, verdict = attempt(code)
    assert verdict.kind is kind
    assert told in verdict.detail


STAYS = "subprocess.Popen(['sleep', '300'], start_new_session={})"
LEFT_BEHIND = [
    pytest.param(body(STAYS.format(False), "return 0"), CAUGHT, id="leaves a program"),
    pytest.param(body("if os.fork() == 0: time.sleep(300)", "return 0"), CAUGHT, id="leaves a fork"),
    pytest.param(body("os.environ['TZ'] = 'Asia/Tokyo'; time.tzset()", "return 0"), CAUGHT, id="changes the time zone"),
]  # fmt: skip
HEAD = body("return 2 * n").partition("def price")[0]
CODE_SWAPPED = HEAD + FILES["src/shop/core.py"]
QUICK = ("deletes its home", "exits")


@pytest.fixture(scope="module")
def swapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Seed, Baseline]]:
    root = tmp_path_factory.mktemp("swapped")
    with measured_seed(root, {**FILES, "src/shop/core.py": CODE_SWAPPED}) as measured:
        yield measured


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param(
            one.values[0],
            one.values[1],
            id=one.id,
            marks=() if one.id in QUICK else pytest.mark.slow,
        )
        for one in (*IN_PYTHON, *BY_THE_SYSTEM, *LEFT_BEHIND)
    ],
)
def test_what_a_mutant_does_in_a_fork_is_reported_as_what_it_is_and_touches_no_other(
    home: Path, tmp_path: Path, swapped: tuple[Seed, Baseline], code: str, kind: VerdictKind
) -> None:
    if kind is OUT_OF_MEMORY and sys.platform == "darwin":
        pytest.skip("macOS does not limit memory")
    before = snapshot(swapped[0].root)
    old = "def price(n):\n    return 2 * n\n"
    new = code.removeprefix(HEAD)
    texts = [
        old.replace("2 * n", "n * 2"),
        new,
        old.replace("2 * n", "n + n"),
        old.replace("2", "3"),
    ]
    mutants = [mutant_of("src/shop/core.py", CODE_SWAPPED, old, text) for text in texts]
    verdicts = [verdict.kind for _, verdict in engine.Engine(*swapped).verdicts(mutants)]
    assert verdicts == [SURVIVED, kind, SURVIVED, CAUGHT]
    assert snapshot(swapped[0].root) == before
    assert left_running(tmp_path) == []


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(body("time.sleep(300)"), id="sleeps"),
        pytest.param(body("threading.Thread(target=time.sleep, args=(300,)).start()", "return 0"), id="a thread keeps it", marks=pytest.mark.slow),
        pytest.param(body("signal.signal(signal.SIGTERM, signal.SIG_IGN)", "signal.pause()"), id="ignores signals", marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_what_does_nothing_for_ever_is_stopped_by_the_clock(
    walls: Walls, attempt: Attempt, code: str
) -> None:
    ran, verdict = attempt(code, limits=Limits(wall=2))
    assert (ran.ended, verdict.kind) == (Ended.WALL, TIMED_OUT)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(body(STAYS.format(False), "return 0"), id="a program"),
        pytest.param(body("if os.fork() == 0: time.sleep(300)", "return 0"), id="a fork", marks=pytest.mark.slow),
        pytest.param(body("for _ in range(60):", "    if os.fork() == 0: time.sleep(300)", "return 0"), id="many forks", marks=pytest.mark.slow),
        pytest.param(body("if os.fork() == 0:", "    os.fork()", "    while True: n += 1", "return 0"), id="busy forks"),
    ],
)  # fmt: skip
def test_children_end_with_the_run(walls: Walls, attempt: Attempt, code: str) -> None:
    _, verdict = attempt(code)
    assert verdict.kind is CAUGHT


bubblewrap_alone = pytest.mark.parametrize("walls", ["bubblewrap"], indirect=True)


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells what has left its group by its environment"
)
@pytest.mark.parametrize(
    "code",
    [
        pytest.param(body(STAYS.format(True), "return 0"), id="a program"),
        pytest.param(body("if os.fork() == 0:", "    os.setsid()", "    if os.fork() == 0: time.sleep(300)", "    os._exit(0)", "return 0"), id="a daemon"),
    ],
)  # fmt: skip
def test_children_in_a_session_of_their_own_end_with_the_run(
    walls: Walls, attempt: Attempt, code: str
) -> None:
    _, verdict = attempt(code)
    assert verdict.kind is CAUGHT


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's home; being on the PATH, the code under test sees it wherever it lies."""
    home = tmp_path / "person"
    (home / "letters").mkdir(parents=True)
    (home / "letters" / "first.txt").write_text("dear")
    monkeypatch.setenv("PATH", f"{home}:{os.environ['PATH']}")
    return home


@bubblewrap_alone
@pytest.mark.parametrize(
    "harm",
    [
        "shutil.rmtree({})",
        pytest.param("os.remove({} + '/letters/first.txt')", marks=pytest.mark.slow),
        pytest.param("os.rename({} + '/letters', {} + '/gone')", marks=pytest.mark.slow),
        pytest.param("os.chmod({} + '/letters', 0)", marks=pytest.mark.slow),
        "open({} + '/letters/first.txt', 'w').close()",
        pytest.param("open({} + '/more.txt', 'w').close()", marks=pytest.mark.slow),
        "subprocess.run(['rm', '-r', {}], check=True)",
        "os.symlink({}, 'link'); shutil.rmtree('link/letters')",
    ],
)
def test_what_lies_outside_can_be_read_and_not_changed(
    walls: Walls,
    attempt: Attempt,
    person: Path,
    harm: str,
) -> None:
    before = snapshot(person)
    place = repr(str(person))
    _, verdict = attempt(
        body(f"assert os.listdir({place}) == ['letters']", harm.replace("{}", place), "return 4")
    )
    assert snapshot(person) == before
    assert verdict.kind is CAUGHT
    failure = verdict.failures[0]
    assert (failure.exception, "Read-only file system" in failure.message) in {
        ("OSError", True),
        ("CalledProcessError", False),
    }


@bubblewrap_alone
def test_what_lies_in_temporary_places_is_not_even_seen(
    walls: Walls, attempt: Attempt, tmp_path: Path
) -> None:
    there = tmp_path / "somebody-elses"
    there.mkdir()
    _, verdict = attempt(body(f"return 4 if os.path.exists({str(there)!r}) else 0"))
    assert verdict.kind is CAUGHT


def test_a_changed_time_zone_goes_with_the_run(walls: Walls, attempt: Attempt) -> None:
    zone = "return 4 if time.tzname == ('UTC', 'UTC') else 0"
    change = "os.environ['TZ'] = 'Asia/Tokyo'; time.tzset()"
    assert attempt(body(change, zone))[1].kind is CAUGHT
    assert attempt(body(zone))[1].kind is SURVIVED


@pytest.mark.parametrize("walls", ["bubblewrap", "network"], indirect=True)
@pytest.mark.parametrize(
    "family", [socket.AF_INET, pytest.param(socket.AF_INET6, marks=pytest.mark.slow)]
)
def test_a_program_that_is_started_reaches_nobody(
    walls: Walls,
    attempt: Attempt,
    family: socket.AddressFamily,
) -> None:
    host = "127.0.0.1" if family is socket.AF_INET else "::1"
    with socket.create_server((host, 0), family=family) as listening:
        port = listening.getsockname()[1]
        ask = f"import socket; socket.create_connection(({host!r}, {port}), 5)"
        # It can be reached.
        socket.create_connection((host, port), 5).close()
        listening.accept()[0].close()
        _, verdict = attempt(
            body(
                f"command = [sys.executable, '-I', '-c', {ask!r}]",
                "return 0 if subprocess.run(command).returncode == 0 else 4",
            )
        )
        listening.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listening.accept()
    assert verdict.kind is SURVIVED


def test_a_server_of_its_own_on_localhost_is_reached(walls: Walls, attempt: Attempt) -> None:
    _, verdict = attempt(
        body(
            "server = socket.create_server(('localhost', 0))",
            "ask = 'import socket, sys; socket.create_connection((\"localhost\", int(sys.argv[1])))'",
            "port = str(server.getsockname()[1])",
            "return 4 if subprocess.run([sys.executable, '-c', ask, port]).returncode == 0 else 0",
        )
    )
    assert verdict.kind is SURVIVED


def test_interpreters_and_libraries_are_found_wherever_they_lie(
    walls: Walls, seed: Seed, tmp_path: Path
) -> None:
    # A virtual environment below /tmp, with a library in a directory of its own, and one in editable mode, which only its
    # finder knows where to find.
    venv.create(tmp_path / "venv", symlinks=True, with_pip=False)
    site = next((tmp_path / "venv").glob("lib*/python*/site-packages"))
    write(tmp_path, {"library/found.py": "TWICE = 2\n"})
    origin = {"url": (tmp_path / "editable").as_uri(), "dir_info": {"editable": True}}
    write(
        site,
        {
            "them.pth": f"{sysconfig.get_path('purelib')}\n{tmp_path / 'library'}\n",
            "also-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: also\nVersion: 1\n",
            "also-1.dist-info/direct_url.json": json.dumps(origin),
        },
    )
    core = b"import found\n\ndef price(n):\n    return n * found.TWICE\n"
    python = tmp_path / "venv" / "bin" / "python"
    tree = suite.tree_of(seed).with_files({"src/shop/core.py": core})
    assert suite.run(tree, suite.Job(BRIEF), python=python).of("passed") == TESTS
    assert tmp_path / "editable" in suite.view(tmp_path, python).needed
