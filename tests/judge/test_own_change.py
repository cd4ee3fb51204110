"""What the learner changed, and what of it is at no fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.judge.own_change import OwnChange, as_it_lies, own_change
from tests.judge.conftest import CARTS

if TYPE_CHECKING:
    from tests.judge.conftest import Challenge


def changed(challenge: Challenge, **files: bytes | None) -> OwnChange:
    """With these files in place of those that were handed out; None for a deleted one."""
    source = {**challenge.key.emitted, CARTS: challenge.key.emitted[CARTS]}
    source.update({path: content for path, content in files.items() if content is not None})
    gone = {path for path, content in files.items() if content is None}
    return own_change(challenge.key, {path: source[path] for path in source if path not in gone})


def test_untouched_source_is_no_change(handed_out: Challenge) -> None:
    assert as_it_lies(handed_out.key, handed_out.root) == OwnChange("", (), touched=False)


def test_a_fix_touches_the_guilty_function_and_no_other(handed_out: Challenge) -> None:
    source = handed_out.key.emitted[CARTS]
    told = changed(handed_out, **{CARTS: source.replace(b"<= LIMIT", b"< LIMIT")})
    assert told.touched
    assert told.beside == ()
    assert "-    return len(cart) <= LIMIT\n+    return len(cart) < LIMIT\n" in told.patch


def test_what_is_changed_elsewhere_is_named(handed_out: Challenge) -> None:
    source = handed_out.key.emitted[CARTS]
    told = changed(handed_out, **{CARTS: b"import os\n" + source, "src/shop/new.py": b"x = 1\n"})
    assert not told.touched
    assert told.beside == ((CARTS, ""), ("src/shop/new.py", ""))


def test_a_learners_source_may_have_lost_the_guilty_function_or_be_no_python(
    handed_out: Challenge,
) -> None:
    for content in (b"x = 1\n", b"def (:\n", b"\xff\x00", None):
        told = changed(handed_out, **{CARTS: content})
        assert told.touched
        assert f"a/{CARTS}" in told.patch
