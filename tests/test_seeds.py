from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from generator import seeds
from generator.challenge.tickets import symptom
from generator.errors import UnfitError, UsageError
from tests.conftest import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generator.records import Seed

    MakeSeed = Callable[..., Seed]

TEST = "def test_a(): pass\n"
SMALL = {"shop.py": "x = 1\n", "test_shop.py": TEST}


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, env={**os.environ, "HOME": str(root)})


@pytest.mark.parametrize(
    ("name", "simple"),
    [("shop", "shop"), ("shop-1.2.0", "shop"), ("My Shop!", "my-shop"), ("---", "project")],
)
def test_a_directory_gives_the_name(make_seed: MakeSeed, name: str, simple: str) -> None:
    seed = make_seed(SMALL, name)
    assert (seed.name, seed.builtin, seed.words) == (simple, False, None)


def test_an_unknown_name_is_met_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"ledger/seed.toml": "", "parking/seed.toml": "", "no/file": ""})
    monkeypatch.setattr(seeds, "home", lambda: tmp_path)
    with pytest.raises(UsageError) as raised:
        seeds.load("ledgr")
    assert "no seed named 'ledgr'. Did you mean 'ledger'?" in str(raised.value)
    assert "ledger, parking" in str(raised.value)


@pytest.mark.parametrize("target", ["./nothing", "file"])
def test_what_is_no_directory_is_no_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.chdir(write(tmp_path, {"file": ""}))
    with pytest.raises(UsageError, match="is not a directory"):
        seeds.load(target)


def test_a_directory_without_code_or_tests_is_unfit(make_seed: MakeSeed) -> None:
    with pytest.raises(UnfitError, match="no Python package or module"):
        make_seed({"tests/test_a.py": TEST, "setup.py": "", "docs/__init__.py": ""})
    with pytest.raises(UnfitError, match="has no tests"):
        make_seed({"shop.py": ""}, "other")


@pytest.mark.parametrize(
    ("files", "import_root", "package", "source", "tests"),
    [
        ("src/shop/__init__.py src/shop/core.py tests/test_a.py tests/helper.py", "src", "shop",
         "src/shop/__init__.py src/shop/core.py", "tests/helper.py tests/test_a.py"),
        ("shop/__init__.py shop/deep/core.py tests/__init__.py tests/test_a.py setup.py docs/conf.py scripts/__init__.py", ".", "shop",
         "shop/__init__.py shop/deep/core.py", "tests/__init__.py tests/test_a.py"),
        ("shop.py conftest.py test_shop.py setup.py", ".", "shop", "shop.py", "conftest.py test_shop.py"),
        ("shop/__init__.py shop/core.py shop/tests/__init__.py shop/tests/test_a.py shop/tests/data.py", ".", "shop",
         "shop/__init__.py shop/core.py", "shop/tests/__init__.py shop/tests/data.py shop/tests/test_a.py"),
        ("shop/__init__.py shop/testing/__init__.py testing/helper.py testing/test_a.py", ".", "shop",
         "shop/__init__.py shop/testing/__init__.py", "testing/helper.py testing/test_a.py"),
        ("shop/__init__.py unittests/__init__.py unittests/helper.py unit_tests/__init__.py unit_tests/x.py latest/__init__.py latest/x.py",
         ".", "latest", "latest/__init__.py latest/x.py shop/__init__.py",
         "unit_tests/__init__.py unit_tests/x.py unittests/__init__.py unittests/helper.py"),
        ("src/shop.py core_test.py", "src", "shop", "src/shop.py", "core_test.py"),
        ("src/__init__.py src/core.py test_a.py", ".", "src", "src/__init__.py src/core.py", "test_a.py"),
    ],
)  # fmt: skip
def test_layouts(
    make_seed: MakeSeed, files: str, import_root: str, package: str, source: str, tests: str
) -> None:
    seed = make_seed(dict.fromkeys(files.split(), "x = 1\n"))
    assert (seed.import_root, seed.package) == (import_root, package)
    assert seed.source == tuple(source.split())
    assert seed.tests == tuple(tests.split())


def test_of_several_packages_the_one_with_the_most_code_counts(make_seed: MakeSeed) -> None:
    files = {"src/a/__init__.py": "x = 1\n", "src/b/__init__.py": "x = 100\n", "test_a.py": TEST}
    seed = make_seed(files)
    assert seed.package == "b"
    assert seed.source == ("src/a/__init__.py", "src/b/__init__.py")


OURS: dict[str, str | bytes] = {
    **SMALL,
    "pkg/build/__init__.py": "",
    "pkg/__init__.py": "",
    "data/latin.txt": b"\xe9\xff",
    "bad.py": "def (\n",
    "a b\nc.txt": "",
    "shop.egg-info/PKG-INFO": "",
}
NOT_OURS: dict[str, str | bytes] = {
    "__pycache__/shop.pyc": "",
    "pkg/__pycache__/x.pyc": "",
    ".venv/lib/x.py": "",
    "env/pyvenv.cfg": "",
    "env/lib/y.py": "",
    ".mypy_cache/x": "",
    "node_modules/x.py": "",
    ".coverage": "",
    "shop.py~": "",
    ".DS_Store": "",
}
BUILT = {"build/lib/shop.py": "", "dist/shop.tar": ""}


def test_caches_environments_and_built_files_are_left_out(make_seed: MakeSeed) -> None:
    seed = make_seed({**OURS, **NOT_OURS, **BUILT})
    assert set(seed.contents) == set(OURS)
    assert seed.contents["data/latin.txt"] == b"\xe9\xff"


def test_names_that_are_not_text_are_kept(make_seed: MakeSeed, tmp_path: Path) -> None:
    write(tmp_path / "project", SMALL)
    name = b"caf\xe9.txt"
    try:
        (tmp_path / "project" / os.fsdecode(name)).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system knows only text")
    seed = make_seed(SMALL)
    assert seed.contents[os.fsdecode(name)] == b"x"
    assert seed.digest


def test_of_a_work_tree_what_git_knows_or_would_know_counts(
    make_seed: MakeSeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(
        tmp_path / "project", {**OURS, **NOT_OURS, **BUILT, ".gitignore": "secret*\nenv\n"}
    )
    write(root, {"secret.txt": "", "gone.py": "", "build/tracked.py": ""})
    git(root, "init", "-q")
    git(root, "add", "gone.py", "build/tracked.py")
    (root / "gone.py").unlink()
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "none"))
    assert set(seeds.load(str(root)).contents) == {*OURS, *BUILT, ".gitignore", "build/tracked.py"}


def test_a_version_module_that_a_build_wrote_counts_though_git_ignores_it(tmp_path: Path) -> None:
    ours = {"shop/__init__.py": "from shop import _version\n", "tests/test_shop.py": ""}
    ignored = {"shop/_version.py": "v = 1\n", "shop/local_settings.py": "", "version.py": ""}
    ignore = "_version.py\nlocal_settings.py\nversion.py\n"
    root = write(tmp_path / "project", {**ours, **ignored, ".gitignore": ignore})
    git(root, "init", "-q")
    found = set(seeds.load(str(root)).contents)
    assert found == {*ours, ".gitignore", "shop/_version.py"}


def test_a_directory_inside_an_ignored_one_is_read_as_it_is(tmp_path: Path) -> None:
    outer = write(tmp_path / "outer", {".gitignore": "*\n"})
    git(outer, "init", "-q")
    root = write(outer / "inner", SMALL)
    assert set(seeds.load(str(root)).contents) == set(SMALL)


def test_a_file_git_knows_several_times_counts_once(tmp_path: Path) -> None:
    root = write(tmp_path / "project", SMALL)
    git(root, "init", "-q")
    git(root, "add", ".")
    line = b"100644 257cc5642cb1a054f08cc83f2d943e56fd3ebe99 %d\tshop.py\n"
    stages = b"0 0000000000000000000000000000000000000000\tshop.py\n" + line % 1 + line % 2
    subprocess.run(["git", "update-index", "--index-info"], cwd=root, input=stages, check=True)
    assert seeds.load(str(root)).source == ("shop.py",)


def test_a_link_counts_as_what_it_points_to_and_a_broken_one_not_at_all(
    make_seed: MakeSeed, tmp_path: Path
) -> None:
    root = write(tmp_path / "project", {**SMALL, "data/real.txt": "real"})
    (root / "link.txt").symlink_to("data/real.txt")
    (root / "broken").symlink_to("nowhere")
    (root / "directory").symlink_to("data")
    os.mkfifo(root / "pipe")
    seed = make_seed(SMALL)
    assert seed.contents["link.txt"] == b"real"
    assert set(seed.contents) == {*SMALL, "data/real.txt", "link.txt"}


def test_what_makes_a_seed_another_is_content_mode_and_name(
    make_seed: MakeSeed, tmp_path: Path
) -> None:
    first = make_seed(SMALL, "one")
    os.utime(write(tmp_path / "two", SMALL) / "shop.py", (1, 1))
    assert make_seed(SMALL, "two").digest == first.digest
    assert first.executable == frozenset()
    (tmp_path / "two" / "shop.py").chmod(0o755)
    executable = seeds.load(str(tmp_path / "two"))
    assert executable.executable == {"shop.py"}
    others = [
        executable,
        make_seed({**SMALL, "shop.py": "x = 2\n"}, "three"),
        make_seed({**SMALL, "more": ""}, "four"),
        make_seed({"shoq.py": SMALL["shop.py"], "test_shop.py": TEST}, "five"),
    ]
    assert len({first.digest, *(seed.digest for seed in others)}) == 5


def test_the_configuration_of_pytest_is_read(make_seed: MakeSeed) -> None:
    assert make_seed({**SMALL, "pytest.ini": ""}).configuration.path == "pytest.ini"


SEED_TOML = """\
title = "Tiny"
package = "tiny"
about = "A shop."
ticket = "TIN"
silent = ["Shop.close"]
[areas]
core = { name = "orders", words = ["order"] }
[people]
names = ["Marta Keller"]
roles = ["finance"]
companies = ["Nordlicht GmbH"]
[operations."Shop.buy"]
noun = "purchase"
does = ["buys {{ item }}"]
shows = "{{ result }}"
"""


def test_a_built_in_seed_carries_its_words_and_not_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path / "tiny", {**SMALL, "seed.toml": SEED_TOML, "build/x": ""}).parent
    monkeypatch.setattr(seeds, "home", lambda: root)
    seed = seeds.load("tiny")
    assert seed.builtin
    assert "seed.toml" not in seed.contents
    assert seed.words is not None
    assert (seed.words.ticket, seed.words.areas["core"]) == ("TIN", ("orders", ("order",)))
    assert seed.words.operations["Shop.buy"].shows == "{{ result }}"
    assert seed.words.silent == {"Shop.close"}
    write(tmp_path / "tiny", {"seed.toml": SEED_TOML.replace("TIN", "TYN")})
    assert seeds.load("tiny").digest != seed.digest


def test_what_several_phrases_say_alike_is_written_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = 'macros = "{% macro named() %}“{{ item }}”{% endmacro %}"\n'
    toml = named + SEED_TOML.replace("{{ item }}", "{{ named() }}")
    root = write(tmp_path / "tiny", {**SMALL, "seed.toml": toml}).parent
    monkeypatch.setattr(seeds, "home", lambda: root)
    words = seeds.load("tiny").words
    assert words is not None
    (does,) = words.operations["Shop.buy"].does
    assert symptom.rendered(words, does, {"item": "tea"}) == "buys “tea”"
    assert symptom.rendered(words, does, {}) is None
