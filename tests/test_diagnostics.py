from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator import diagnostics
from generator.records import ChangeKind, Edit, Family, Mutant

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("home")

CLEAN = """\
import math


def area(radius, scale):
    squared = radius**2
    return math.pi * squared * scale


def within(used, limit):
    if used < limit:
        return True
    return False


def total(items):
    import os  # noqa: F401

    return sum(items, start=0)
"""
ODD = "def f(a,b):\n    return {  'a':a , 'b':b}\n"


def mutant(old: str, new: str, source: str = CLEAN, path: str = "src/shop/core.py") -> Mutant:
    start = len(source[: source.index(old)].encode())
    edit = Edit(path, start, start + len(old.encode()), new)
    return Mutant("o", Family.LOGIC, ChangeKind.NAME, path, 1, "", (edit,), ())


def findings(old: str, new: str, source: str = CLEAN, path: str = "src/shop/core.py") -> str:
    contents = {path: source.encode(), "src/shop/other.py": b"x = 1\n"}
    (found,) = diagnostics.new_findings(contents, [mutant(old, new, source, path)])
    return "; ".join(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("used < limit", "used <= limit"),
        ("squared * scale", "squared / scale"),
        ("radius**2", "radius**3"),
        ("start=0", "start=1"),
    ],
)
def test_a_change_that_reads_like_the_rest_is_silent(old: str, new: str) -> None:
    assert findings(old, new) == ""


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("math.pi", "3.14", "F401 `math` imported but unused"),
        ("squared * scale", "radius * scale", "F841 Local variable `squared`"),
        (" * scale", "", "ARG001 Unused function argument: `scale`"),
        ("return True", "True", "B018"),
        ("used < limit", "used < used", "PLR0124"),
        ("used < limit", "used is 3", 'compiler: "is" with'),
        ("used < limit", "used < ", "compiler: invalid syntax"),
        ("used < limit", "usedd < limit", "F821"),
        ("squared * scale", "squared*scale", "format:"),
        ("start=0", "start = 0", "format:"),
        ("sum(items", "sum('a'", "format:"),
    ],
)
def test_what_a_tool_would_show_is_seen(old: str, new: str, seen: str) -> None:
    assert seen in findings(old, new)


def test_where_the_clean_file_is_not_formatted_odd_formatting_is_not_odd() -> None:
    assert findings("a ,", "a  ,", ODD) == ""


@pytest.mark.parametrize("length", [79, 88, 100, 120])
def test_a_file_formatted_for_another_line_length_is_formatted(length: int) -> None:
    name = "n" * (length - 12)
    source = f"{name} = 1\nother = 2\nshort = 3 + {name[:20]}\n"
    assert findings("3 +", "3 -", source) == findings("x", "x", "x = 1\n")
    assert "format:" in findings("3 +", "3  +", source)


def test_findings_of_the_clean_code_and_their_noqa_are_respected() -> None:
    assert findings("start=0", "start=2") == ""
    assert "RUF100" in findings("import os  #", "pass  #")


def test_a_finding_that_only_moved_is_not_new() -> None:
    source = "import os\nimport os\n\n\ndef f(a):\n    a = a + 1\n    return a\n"
    moved = "import sys  # noqa: F401\nimport os\nimport os\n"
    assert "F811" not in findings("import os\nimport os\n", moved, source)


def test_a_finding_that_quotes_the_changed_code_is_not_new() -> None:
    source = "def f(a, b):\n    if a < b:\n        return True\n    else:\n        return False\n"
    assert findings("a < b", "a > b", source) == ""


def test_a_directory_that_linters_skip_is_looked_at() -> None:
    assert "F401" in findings("math.pi", "3.14", path="src/build/core.py")


def test_many_at_once_are_told_as_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = [("used < limit", "used <= limit"), ("math.pi", "3.14"), ("start=0", "start =0")]
    mutants = [mutant(*changes[n % 3]) for n in range(40)]
    contents = {"src/shop/core.py": CLEAN.encode()}
    found = diagnostics.new_findings(contents, mutants)
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "where nothing is known"))
    alone = [diagnostics.new_findings(contents, [mutant(*change)])[0] for change in changes]
    assert found == [alone[n % 3] for n in range(40)]
    assert [bool(findings) for findings in alone] == [False, True, True]


def test_the_tools_are_asked_once_of_the_same_change(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = {"src/shop/core.py": CLEAN.encode()}
    first, second = mutant("math.pi", "3.14"), mutant("used < limit", "used <= limit")
    (found,) = diagnostics.new_findings(contents, [first])
    assert found
    assert diagnostics.new_findings(contents, [second, first]) == [(), found]
    monkeypatch.delattr(diagnostics, "_ruff")
    assert diagnostics.new_findings(contents, [first, second]) == [found, ()]
    other = {"src/shop/core.py": b"# more\n" + CLEAN.encode()}
    with pytest.raises(NameError):
        diagnostics.new_findings(other, [first])


def test_several_files_of_one_mutant_are_looked_at() -> None:
    contents = {"a.py": b"import os\n\nos.x\n", "b.py": b"import sys\n\nsys.x\n"}
    edits = (Edit("a.py", 11, 15, "1"), Edit("b.py", 12, 17, "1"))
    both = Mutant("o", Family.LOGIC, ChangeKind.NAME, "a.py", 1, "", edits, ())
    (found,) = diagnostics.new_findings(contents, [both])
    assert sum(finding.startswith("F401") for finding in found) == 2


def test_a_flood_of_findings_is_read_to_its_end() -> None:
    source = "".join(f"import m{n}\n" for n in range(3000))
    assert "F401 `new`" in findings("import m0\n", "import new\n", source)
