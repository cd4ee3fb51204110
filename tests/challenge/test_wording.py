"""What a ticket takes from a test file, whatever that file is written in."""

from __future__ import annotations

import pytest

from generator.challenge.wording import docstring, text_of

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
