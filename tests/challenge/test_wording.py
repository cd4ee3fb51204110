"""What a ticket takes from a test file, whatever that file is written in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.challenge.wording import acts_unseen, docstring, text_of
from generator.records import Configuration, Seed, Words

TEST = 'def test_tea():\n    """Thé is tea."""\n'


@pytest.mark.parametrize(
    "content",
    [
        TEST.encode(),
        TEST.encode("utf-8-sig"),
        f"# -*- coding: latin-1 -*-\n{TEST}".encode("latin-1"),
    ],
    ids=["plain", "mark", "cookie"],
)
def test_a_file_is_read_in_its_own_encoding(content: bytes) -> None:
    assert docstring(text_of(content), ["test_tea"]) == "Thé is tea."


WORDS = Words("", "", "", {}, (), (), (), {}, frozenset())
SEED = Seed(
    name="shop",
    root=Path("/shop"),
    builtin=True,
    package="shop",
    import_root=".",
    contents={},
    executable=frozenset(),
    source=(),
    tests=("test_shop.py",),
    configuration=Configuration(None),
    digest="",
    words=WORDS,
)


@pytest.mark.parametrize(
    ("body", "unseen"),
    [
        ("shop.ids.worn = True", True),
        ("shop.clock.now += 60", True),
        ("monkeypatch.setattr(shop, 'rate', 2)", True),
        ("with mock.patch('shop.rate'): pass", True),
        ("sold = shop.sell('tea')", False),
        ("sold['tea'] = 2", False),
        ("assert shop.sell('tea').total == 2", False),
    ],
)
def test_what_a_test_sets_or_patches_no_customer_has_done(body: str, *, unseen: bool) -> None:
    file = f"class TestShop:\n    def test_tea(self, shop):\n        {body}\n"
    seed = replace(SEED, contents={"test_shop.py": file.encode()})
    assert acts_unseen(seed, "test_shop.py::TestShop::test_tea") is unseen
    assert not acts_unseen(replace(seed, words=None), "test_shop.py::TestShop::test_tea")
