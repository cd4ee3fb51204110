"""Code, diffs and sessions as HTML: nothing is lost of them, and what differs is marked."""

from __future__ import annotations

import difflib
import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from generator.html import code

FIX = """\
diff --git a/src/shop.py b/src/shop.py
index 1..2 100644
--- a/src/shop.py
+++ b/src/shop.py
@@ -7,5 +7,6 @@ def may_add(cart):
     '''Whether one more goes in.
     -- at most'''
--- a comment in SQL
-    return len(cart) <= LIMIT
+    return len(cart) < LIMIT
+# as it was
+
 LAST = 1
\\ No newline at end of file
@@ -20 +21 @@
-old
+new
diff --git a/src/other.py b/src/other.py
--- /dev/null
+++ b/src/other.py
@@ -0,0 +1 @@
+import os
"""
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    [
        "def f(a_b):\n    '''x\n\n    y'''\n",
        "a\r\nb\r",
        "\ufeffx = 1",
        "\n\n",
        "f'{x",
        "\0\x0b\x0c\u2028",
        "<b>&",
    ]
)


def ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def words(html: str) -> str:
    """What a reader sees of it."""
    return unescape(re.sub("<[^>]*>", "", html))


def marked(html: str) -> list[str]:
    return [words(each) for each in re.findall("<mark>(.*?)</mark>", html)]


@given(TEXTS)
def test_of_code_nothing_is_lost(text: str) -> None:
    assert words(code.python(text)) == ends(text)


@given(TEXTS, TEXTS)
def test_of_values_nothing_is_lost(one: str, other: str) -> None:
    assert tuple(map(words, code.beside(one, other))) == (one, other)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=3))
def test_of_a_session_nothing_is_lost(typed: list[tuple[str, str]]) -> None:
    told = [f"(Pdb) {command}" + (f"\n{ends(shows)}" if shows else "") for command, shows in typed]
    assert words(code.session(typed)) == "\n".join(told)


@given(
    st.lists(TEXTS.map(lambda text: text.split("\n")[0].replace("\r", "")), max_size=9),
)
def test_of_a_diff_nothing_is_lost(before: list[str]) -> None:
    after = [line + "x" if number % 2 else line for number, line in enumerate(before)][1:]
    patch = list(difflib.unified_diff(before, after, "a/x.py", "b/x.py", lineterm=""))
    lines = [
        line for file in code.diff("\n".join(patch)) for hunk in file.hunks for line in hunk.lines
    ]
    told = [f"{line.sign}{words(line.html)}" for line in lines]
    assert told == [line for line in patch[2:] if not line.startswith("@@")]


def test_a_diff_is_read_file_by_file() -> None:
    shop, other = code.diff(FIX)
    assert (shop.path, other.path) == ("src/shop.py", "src/other.py")
    first, second = shop.hunks
    assert (first.begin, first.within, second.begin, second.within) == (
        7,
        "def may_add(cart):",
        20,
        "",
    )
    numbers = [(line.sign, line.number) for line in first.lines]
    assert numbers == [
        (" ", 7),
        (" ", 8),
        ("-", 9),
        ("-", 10),
        ("+", None),
        ("+", None),
        ("+", None),
        (" ", 11),
    ]
    assert [words(line.html) for line in other.hunks[0].lines] == ["import os"]


def test_a_text_over_several_lines_is_one() -> None:
    first, *_ = code.diff(FIX)[0].hunks
    assert all('class="s' in line.html or 'class="sd' in line.html for line in first.lines[:2])


def test_of_a_line_that_was_changed_what_differs_is_marked() -> None:
    patch = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-return f(a, b)\n+return f(a, value_date, b)\n"
    (file,) = code.diff(patch)
    gone, new = file.hunks[0].lines
    assert (marked(gone.html), marked(new.html)) == ([], ["value_date, "])


def test_lines_with_nothing_in_common_have_no_mark() -> None:
    (file,) = code.diff("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-return 1\n+raise\n")
    assert [marked(line.html) for line in file.hunks[0].lines] == [[], []]


def test_the_first_difference_of_two_values_is_marked() -> None:
    expected, actual = code.beside("date(2026, 3, 10), 'a'", "date(2026, 3, 16), 'b'")
    assert (marked(expected), marked(actual)) == (["10"], ["16"])
    assert marked(code.beside("None", "Step")[0]) == []


def test_the_line_that_pdb_is_about_to_run_is_code_and_what_it_prints_is_not() -> None:
    told = code.session([("n", "> shop.py(3)f()\n-> return None"), ("p x", "return None")])
    assert told.count('class="k">return') == 1


@given(
    TEXTS,
    st.sampled_from(
        ["@@ -1,99 +1,99 @@\n", "@@ -0,0 +1 @@\n", "--- a\n+++ b\n", "@@ -999999999999 +1 @@\n"]
    ),
)
def test_what_is_no_diff_is_no_trouble(text: str, header: str) -> None:
    for patch in (text, header + text, text + "\n" + header + text):
        for file in code.diff(patch):
            assert file.hunks
