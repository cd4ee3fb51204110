"""How a watch learns of saves."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

import pytest
import watchfiles

from generator.practice.watch.loop import Bell, Files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[[bool], Bell]]:
    """Watch a directory; with True by looking at it every so often."""
    bell = Bell()
    started: list[Files] = []

    def watch(poll: bool) -> Bell:
        started.append(Files(tmp_path, bell, poll=poll))
        # Until it watches there is nothing to see.
        for _ in range(20):
            (tmp_path / "first.py").write_text("x = 1\n")
            if is_rung(bell):
                break
        list(bell.heard())
        while is_rung(bell):
            list(bell.heard())
        return bell

    yield watch
    for each in started:
        each.close()
    bell.close()


def is_rung(bell: Bell, seconds: float = 0.7) -> bool:
    there, _, _ = select.select([bell.rings], [], [], seconds)
    return bool(there)


@pytest.mark.parametrize("poll", [False, True])
def test_a_save_is_told(watching: Callable[[bool], Bell], tmp_path: Path, *, poll: bool) -> None:
    bell = watching(poll)
    (tmp_path / "shop.py").write_text("x = 2\n")
    assert is_rung(bell, 10)


def test_caches_and_droppings_of_editors_are_no_saves(
    watching: Callable[[bool], Bell], tmp_path: Path
) -> None:
    bell = watching(False)
    for path in (
        "__pycache__/shop.cpython-311.pyc",
        "pytest-cache-files-x/README.md",
        ".pytest_cache/v",
        ".shop.py.swp",
        "shop.py~",
    ):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("x")
    assert not is_rung(bell)


def test_where_the_system_does_not_tell_of_them_they_are_looked_for(
    watching: Callable[[bool], Bell], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    truly = watchfiles.watch

    def none_left(*paths: Path, force_polling: bool | None, **options: object) -> object:
        if not force_polling:
            raise OSError("OS file watch limit reached")
        return truly(*paths, force_polling=True, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(watchfiles, "watch", none_left)
    bell = watching(False)
    (tmp_path / "shop.py").write_text("x = 2\n")
    assert is_rung(bell, 10)
