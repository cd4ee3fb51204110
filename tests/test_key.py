"""The answer key: what goes in comes out, and nobody opens or forges it unnoticed."""

from __future__ import annotations

import json
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import key as keys
from generator import places, process
from generator.debrief import Debrief, Distance, Kind, Link, Place, Typed, Wrong
from generator.errors import TamperedError, UnfitError
from generator.records import Configuration, Measurements, Mode, Request

if TYPE_CHECKING:
    from pathlib import Path

MEASURED = Measurements(
    traceback_in_file=True,
    traceback_in_function=False,
    depth=2,
    later_call=False,
    asked_in_file=False,
    words_in_function=False,
    executed_lines=30,
    suspect_rank=3,
    wrong_value=True,
    failing=1,
    places=1,
)
WRONG = Wrong(Kind.LOCAL, "src/shop/carts.py", "may_add", 8, 8, "room", "True", "False")
DEBRIEF = Debrief(
    "tests/t.py::test_a",
    "AssertionError: assert False",
    first=WRONG,
    chain=(
        Link("tests/t.py", 1, "test_a", replace(WRONG, kind=Kind.RETURN)),
        Link("src/shop/carts.py", 8, "may_add", None),
    ),
    fault_to_first=Distance(0, 0),
    first_to_failure=Distance(1, 2),
    session=(Typed("b src/shop/carts.py:8", ""), Typed("p cart", "[]")),
    elsewhere=(Place("src/shop/shelf.py", 3, "room", "return used < limit"),),
)
KEY = keys.AnswerKey(
    id="shop-abc2345",
    tool_version="0.1.0",
    python="3.11",
    seed=keys.SeedFacts(
        "shop",
        "0" * 64,
        "shop",
        "src",
        Configuration("pyproject.toml", ("-q",), ("tests",), ("src",)),
    ),
    request=Request("shop", 7, 2, operator="limit_edge", minutes=30),
    command="bugsquash new shop --seed 7",
    mode=Mode.FAILING_TEST,
    level=2,
    selection={"drawn": [1, 2]},
    measurements=MEASURED,
    bugs=(
        keys.Bug(
            operator="limit_edge",
            family="boundary",
            change="expression",
            story="A story.",
            path="src/shop/carts.py",
            function="may_add",
            lines=(8, 9),
            places=1,
            bug_patch="--- a\n+++ b\n",
            fix_patch="--- b\n+++ a\n",
            failing=("tests/t.py::test_a",),
            hidden=("tests/t.py::test_b",),
            level=1,
            measurements=MEASURED,
            debrief=DEBRIEF,
        ),
    ),
    tests=("tests/t.py::test_a", "tests/t.py::test_b"),
    visible=("tests/t.py::test_a",),
    originals={"tests/t.py": b"x\n"},
    fixed={"README.md": b"\xff\x00"},
    executable=frozenset({"run.sh"}),
    source=("src/shop/carts.py",),
    tree="1" * 64,
    commit="2" * 40,
    emitted={"src/shop/carts.py": b"y\r\n"},
)
REQUEST = Request("shop", 7, 2)
PATHS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1) | st.just("a\udcffb")


@given(st.dictionaries(PATHS, st.binary()), st.frozensets(PATHS), st.text())
def test_what_goes_into_the_document_comes_out(
    contents: dict[str, bytes], executable: frozenset[str], story: str
) -> None:
    bug = replace(KEY.bugs[0], story=story, bug_patch=story)
    key = replace(KEY, bugs=(bug,), fixed=contents, emitted=contents, executable=executable)
    assert keys.from_json(json.loads(json.dumps(keys.to_json(key)))) == key


def test_what_is_sealed_is_opened(home: Path) -> None:
    key = replace(KEY, fixed={"Übung/\udcff": bytes(range(256))})
    assert keys.unseal(keys.seal(key)) == key


def test_a_sealed_key_says_nothing(home: Path) -> None:
    sealed = keys.seal(KEY)
    assert b"limit_edge" not in sealed
    assert sealed.startswith(b"age-encryption.org/v1")


@pytest.mark.parametrize("place", [0.02, 0.3, 0.5, 0.9, 0.999])
def test_a_changed_byte_is_noticed(home: Path, place: float) -> None:
    sealed = bytearray(keys.seal(KEY))
    sealed[int(len(sealed) * place)] ^= 0x20
    with pytest.raises((TamperedError, UnfitError)):
        keys.unseal(bytes(sealed))


@pytest.mark.parametrize("kept", [0, 10, 150, -1])
def test_a_cut_key_is_tampered_with(home: Path, kept: int) -> None:
    with pytest.raises(TamperedError, match="damaged"):
        keys.unseal(keys.seal(KEY)[:kept])


def test_a_key_for_somebody_else_can_not_be_opened(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = keys.seal(KEY)
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "somebody else"))
    with pytest.raises(UnfitError, match="another identity"):
        keys.unseal(sealed)


def sealed_text(text: bytes) -> bytes:
    keys.seal(KEY)
    identity = pyrage.x25519.Identity.from_str(
        (places.data() / "identity.txt").read_text("ascii").strip()
    )
    return pyrage.encrypt(text, [identity.to_public()])


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b"{}", b'{"version": 1}', b'{"version": 1, "seed": 5}', b"\xff"],
)
def test_a_sealed_text_that_is_no_key_is_tampered_with(home: Path, text: bytes) -> None:
    with pytest.raises(TamperedError):
        keys.unseal(sealed_text(text))


@pytest.mark.parametrize("missing", [name for name in keys.to_json(KEY) if name != "version"])
def test_a_key_without_one_of_its_parts_is_tampered_with(missing: str) -> None:
    document = keys.to_json(KEY)
    del document[missing]
    with pytest.raises(TamperedError, match=missing):
        keys.from_json(document)


def test_a_key_from_before_families_could_be_asked_for_is_read() -> None:
    document = keys.to_json(KEY)
    del document["request"]["family"]
    assert keys.from_json(document) == KEY


def test_a_key_of_version_2_is_read_and_says_what_it_can() -> None:
    document = json.loads(json.dumps(keys.to_json(KEY)))
    document["version"] = 2
    values = {"breakpoint": "src/shop/carts.py:8", "values": {"cart": "[]"}}
    document["bugs"][0]["debrief"] = values
    for measured in (document["measurements"], document["bugs"][0]["measurements"]):
        del measured["infection"], measured["propagation"]
    (bug,) = keys.from_json(document).bugs
    assert (bug.debrief.first, bug.level) == (None, 1)
    assert "made before" in bug.debrief.why_not
    assert [(typed.command, typed.shows) for typed in bug.debrief.session] == [
        ("b src/shop/carts.py:8", ""),
        ("c", ""),
        ("p cart", "[]"),
    ]


def test_an_unknown_version_is_refused_with_both_versions() -> None:
    with pytest.raises(TamperedError, match=rf"version 99.*version {keys.VERSION}"):
        keys.from_json({**keys.to_json(KEY), "version": 99})


def test_the_identity_is_its_owners_alone(home: Path) -> None:
    keys.seal(KEY)
    assert stat.S_IMODE((places.data() / "identity.txt").stat().st_mode) == 0o600


def test_commands_that_come_first_together_agree_on_one_identity(home: Path) -> None:
    program = "from generator import key\nprint(key.secret_number('a', 'b', 10**12))"

    def number(_: int) -> bytes:
        return process.run(
            [sys.executable, "-c", program], cwd=home.parent, limits=process.Limits(wall=60)
        ).stdout

    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(number, range(4)))
    assert len(numbers) == 1
    assert numbers != {b""}


def test_a_damaged_identity_is_said_and_not_replaced(home: Path) -> None:
    places.write_whole(places.data() / "identity.txt", b"nonsense\n")
    with pytest.raises(TamperedError, match=r"identity\.txt"):
        keys.seal(KEY)
    assert (places.data() / "identity.txt").read_bytes() == b"nonsense\n"


def test_an_identity_that_can_not_be_made_is_said(home: Path) -> None:
    home.write_text("a file where the directory should be")
    with pytest.raises(UnfitError, match="identity"):
        keys.seal(KEY)


def test_the_same_request_has_the_same_id(home: Path) -> None:
    assert keys.id_for(REQUEST, "d") == keys.id_for(REQUEST, "d")


@pytest.mark.parametrize(
    ("request_", "digest"),
    [
        (replace(REQUEST, random_seed=8), "d"),
        (replace(REQUEST, level=3), "d"),
        (replace(REQUEST, operator="limit_edge"), "d"),
        (REQUEST, "e"),
    ],
)
def test_another_request_has_another_id(home: Path, request_: Request, digest: str) -> None:
    assert keys.id_for(request_, digest) != keys.id_for(REQUEST, "d")


def test_an_id_decodes_to_nothing_without_the_identity(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = keys.id_for(REQUEST, "d")
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "somebody else"))
    assert keys.id_for(REQUEST, "d") != mine


def test_an_id_is_the_seeds_name_and_a_few_plain_letters(home: Path) -> None:
    name, _, letters = keys.id_for(REQUEST, "d").rpartition("-")
    assert name == "shop"
    assert len(letters) == 7
    assert not set(letters) - set("23456789abcdefghjkmnpqrstuvwxyz")


def test_many_ids_are_all_different(home: Path) -> None:
    ids = {keys.id_for(replace(REQUEST, random_seed=seed), "d") for seed in range(300)}
    assert len(ids) == 300


@given(st.dictionaries(PATHS, st.binary(max_size=4), min_size=1, max_size=4))
def test_the_tree_hash_hangs_on_paths_contents_and_modes_alone(contents: dict[str, bytes]) -> None:
    told = keys.tree_hash(contents, ())
    path = min(contents)
    assert told == keys.tree_hash(dict(reversed(contents.items())), ())
    assert told != keys.tree_hash(contents, {path})
    assert told != keys.tree_hash({**contents, path: contents[path] + b"x"}, ())
    assert told != keys.tree_hash({k: v for k, v in contents.items() if k != path}, ())
