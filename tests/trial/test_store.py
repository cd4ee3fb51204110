from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator import places
from generator.trial import store

if TYPE_CHECKING:
    import pytest


def test_what_was_saved_is_loaded(home: Path) -> None:
    name = store.key("a", 1)
    assert store.load("kind", name) is None
    store.save("kind", name, {"a": [1, None, "\udc80"]})
    assert store.load("kind", name) == {"a": [1, None, "\udc80"]}
    assert store.load("other", name) is None


def test_a_key_hangs_on_each_part_and_on_nothing_else() -> None:
    assert store.key("a", ["b"], Path("c")) == store.key("a", ["b"], Path("c"))
    others = [("a", ["b"]), ("a", "b", "c"), ("b", ["a"], "c"), ("a", ["b"], "cc"), ("ab", [], "c")]
    keys = {store.key(*parts) for parts in others}
    assert len(keys) == len(others)


def test_what_can_not_be_read_counts_as_absent(home: Path) -> None:
    name = store.key("a")
    store.save("kind", name, [1])
    (file,) = (places.cache() / "kind").rglob("*.json")
    file.write_text("[1")
    assert store.load("kind", name) is None
    file.write_bytes(b"\xff")
    assert store.load("kind", name) is None


def test_a_cache_that_can_not_be_written_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "file"))
    store.save("kind", store.key("a"), [1])
    assert store.load("kind", store.key("a")) is None
