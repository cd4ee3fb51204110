"""The honest reproduction: what the test typed, what came back, what was expected, and nothing else."""

from __future__ import annotations

import re
import sys
from textwrap import dedent

import pytest

from generator.challenge.reproduction.transcript import transcript
from generator.challenge.reproduction.values import printed
from generator.records import JSON, Call, Failure, Frame, Trace

Compared = tuple[str, JSON, JSON]


def ran(
    source: str,
    function: str = "test_it",
    *,
    compared: Compared | None = None,
    message: str | None = None,
    parameters: dict[str, str] | None = None,
    calls: tuple[Call, ...] = (),
    arguments: tuple[object, ...] = (),
) -> Trace:
    """The trace of the function as it failed when it was really run; `compared` and `message` as pytest adds them."""
    scope: dict[str, object] = {"pytest": pytest}
    exec(compile(source, "tests/test_x.py", "exec"), scope)  # noqa: S102 - a test of these lines
    *around, name = function.split("::")
    owner = scope[around[0]]() if around else None  # type: ignore[operator]
    run = getattr(owner, name) if owner else scope[name]
    given = {name: eval(text, scope) for name, text in (parameters or {}).items()}  # noqa: S307
    try:
        run(*arguments, **given)  # type: ignore[operator]
    except BaseException as error:  # noqa: BLE001 - pytest's Failed is none of Exception's
        traceback, frames = sys.exc_info()[2], []
        while traceback:
            code = traceback.tb_frame.f_code
            if code.co_filename == "tests/test_x.py":
                frames.append(Frame("tests/test_x.py", traceback.tb_lineno, code.co_name))
            traceback = traceback.tb_next
        kind = type(error).__name__
        failure = Failure(
            "tests/test_x.py::" + function, kind, message or str(error), tuple(frames)
        )
        return Trace(calls, 1, compared, {}, parameters or {}, failure)
    raise AssertionError("the test was to fail")


def told(source: str, function: str = "test_it", **more: object) -> str:
    source = dedent(source).lstrip("\n")
    trace = ran(source, function, **more)  # type: ignore[arg-type]
    clean = Trace((), 1, None, {})
    return transcript(source, function, clean=clean, buggy=trace, failed=1, total=416)


def session(text: str) -> list[str]:
    found = re.search(r"(```|~~~~)\n(.*?)\n\1", text, re.DOTALL)
    return found[2].splitlines() if found else []


def test_a_reproduction_shows_what_was_typed_what_came_back_and_what_was_expected() -> None:
    text = told(
        '''
        def test_it():
            """The rule."""
            cache = {"a": 1}
            cache["b"] = 2; cache["c"] = 3
            assert len(cache) == 2
        ''',
        compared=("==", 3, 2),
    )
    assert text == dedent(
        """\
        **Reproduction**

        ```
        >>> cache = {"a": 1}
        >>> cache["b"] = 2
        >>> cache["c"] = 3
        >>> len(cache)
        3
        ```

        Expected `2`. 1 of 416 checks fails; all others pass.
        """
    )


def test_what_comes_after_the_failure_is_not_told() -> None:
    text = told("def test_it():\n    assert 1 == 2\n    print('later')\n", compared=("==", 1, 2))
    assert "later" not in text


def test_the_literal_is_what_was_expected_on_whichever_side_it_stands() -> None:
    text = told("def test_it():\n    assert 2 == len('abc')\n", compared=("==", 2, 3))
    assert session(text) == [">>> len('abc')", "3"]
    assert "Expected `2`." in text


def test_an_expected_value_that_is_computed_is_told_as_measured() -> None:
    text = told("def test_it():\n    assert len('abc') == sum([1, 1])\n", compared=("==", 3, 2))
    assert "Expected `2`." in text


def test_parametrised_arguments_come_first() -> None:
    text = told(
        "def test_it(size):\n    assert size == 2\n",
        compared=("==", 3, 2),
        parameters={"size": "3"},
    )
    assert session(text) == [">>> size = 3", ">>> size", "3"]
    assert "set-up" not in text


def test_fixtures_are_named_as_such() -> None:
    text = told(
        "def test_it(a, b, c):\n    assert a == 2\n", compared=("==", 3, 2), arguments=(3, 4, 5)
    )
    assert "`a`, `b` and `c` come from the tests' own set-up." in text


def test_a_default_is_an_assignment_and_no_fixture() -> None:
    text = told("def test_it(a=3):\n    assert a == 2\n", compared=("==", 3, 2))
    assert session(text)[0] == ">>> a = 3"
    assert "set-up" not in text


def test_an_error_that_did_not_come_is_said_to_be_missing() -> None:
    text = told(
        """
        def test_it():
            with pytest.raises(ValueError):
                one = 1
                int(one)
        """
    )
    assert session(text) == [">>> one = 1", ">>> int(one)"]
    assert "No error; expected `ValueError`." in text


def test_an_error_with_other_words_is_told_beside_the_wanted_one() -> None:
    text = told(
        """
        def test_it():
            with pytest.raises(ValueError, match="empty"):
                int("x")
        """
    )
    assert session(text)[-1].startswith("ValueError: invalid literal")
    assert "Expected `ValueError`" in text


def test_another_error_than_the_wanted_one_is_told() -> None:
    text = told(
        """
        def test_it():
            with pytest.raises(ValueError):
                value = {}
                value["a"]
        """
    )
    assert session(text)[-2:] == ['>>> value["a"]', "KeyError: 'a'"]
    assert "Expected `ValueError`." in text


def test_an_exception_ends_the_session_as_a_traceback_does() -> None:
    text = told("def test_it():\n    value = int('x')\n")
    assert session(text) == [
        ">>> value = int('x')",
        "ValueError: invalid literal for int() with base 10: 'x'",
    ]
    assert "Expected no error." in text


def test_where_the_clean_run_gave_a_value_that_is_what_was_expected() -> None:
    source = "def test_it():\n    value = int('x')\n"
    wrong = Call("int", "m", {}, "ValueError", "bad")
    right = Call("int", "m", {}, None, 7)
    text = transcript(
        source,
        "test_it",
        clean=Trace((right,), 1, None, {}),
        buggy=ran(source, calls=(wrong,)),
        failed=1,
        total=2,
    )
    assert "Expected no error but `7`." in text


def test_an_exception_in_an_assertion_keeps_what_was_expected() -> None:
    text = told("def test_it():\n    assert int('x') == 3\n")
    assert session(text)[0] == ">>> int('x')"
    assert "Expected `3`." in text


@pytest.mark.parametrize(
    ("assertion", "message", "asked", "expected"),
    [
        ("assertEqual(len('abc'), 2)", "3 != 2", ["len('abc')", "3"], "Expected `2`."),
        ("assertEqual(2, len('abc'))", "2 != 3", ["len('abc')", "3"], "Expected `2`."),
        (
            "assertEqual(list('ab'), ['a'])",
            "Lists differ: ['a', 'b'] != ['a']\n\nFirst list contains",
            ["list('ab')", "['a', 'b']"],
            "Expected `['a']`.",
        ),
        ("assertIn('a', [])", "'a' not found in []", ["'a' in []", "False"], "Expected `True`."),
        ("assertTrue(bool(0))", "False is not true", ["bool(0)", "False"], "Expected `True`."),
        ("assertIsNone(len('a'))", "1 is not None", ["len('a')", "1"], "Expected `None`."),
        (
            "assertLess(len('a'), 1)",
            "1 not less than 1",
            ["len('a')", "1"],
            "Expected a value `< 1`.",
        ),
        (
            "assertRaises(KeyError, len, 'a')",
            "KeyError not raised by len",
            ["len('a')"],
            "No error; expected `KeyError`.",
        ),
    ],
)
def test_unittest_assertions_read_like_questions(
    assertion: str, message: str, asked: list[str], expected: str
) -> None:
    source = (
        f"import unittest\n\nclass T(unittest.TestCase):\n    def test_it(self):\n"
        f"        self.{assertion}\n"
    )
    text = told(source, "T::test_it", message=message)
    assert session(text) == [f">>> {asked[0]}", *asked[1:]]
    assert expected in text


def test_the_set_up_of_a_class_is_mentioned() -> None:
    text = told(
        """
        import unittest


        class T(unittest.TestCase):
            def setUp(self):
                self.size = 3

            def test_it(self):
                self.assertTrue(False)
        """,
        "T::test_it",
    )
    assert "The tests' own set-up has run." in text


@pytest.mark.parametrize(
    ("assertion", "message", "asked", "expected"),
    [
        ("assert bool(0)", "assert False", ["bool(0)", "False"], "Expected `True`."),
        ("assert not bool(1)", "assert not True", ["bool(1)", "True"], "Expected `False`."),
        ("assert list('')", "assert []", ["list('')", "[]"], "Expected something."),
        ("assert list('')", "", ["bool(list(''))", "False"], "Expected `True`."),
        ("assert 0 and 1", "assert (0)", ["bool(0 and 1)", "False"], "Expected `True`."),
        ("assert 1 < 2 < 2", "assert 2 < 2", ["1 < 2 < 2", "False"], "Expected `True`."),
        ("assert not 1 < 2", "assert not 1 < 2", ["1 < 2", "True"], "Expected `False`."),
        ("assert 1 in []", "", ["1 in []", "False"], "Expected `True`."),
    ],
)
def test_bare_assertions_ask_for_their_truth(
    assertion: str, message: str, asked: list[str], expected: str
) -> None:
    text = told(f"def test_it():\n    {assertion}\n", message=message)
    assert session(text) == [f">>> {asked[0]}", *asked[1:]]
    assert expected in text


def test_an_order_is_told_with_its_sign() -> None:
    text = told("def test_it():\n    assert len('abc') < 3\n", compared=("<", 3, 3))
    assert "Expected a value `< 3`." in text


def test_a_loop_stays_a_loop_and_says_where_it_stood() -> None:
    text = told(
        """
        def test_it():
            for size in (1, 2, 3):
                double = size * 2

                assert double == 2
        """,
        compared=("==", 4, 2),
    )
    assert session(text) == [
        ">>> for size in (1, 2, 3):",
        "...     double = size * 2",
        "...",
        "...     assert double == 2",
        "AssertionError",
    ]
    assert "There `double` is `4`. Expected `2`." in text


def test_a_block_that_runs_once_asks_like_any_other_statement() -> None:
    text = told(
        """
        import contextlib


        def test_it():
            with contextlib.nullcontext(3) as size:
                assert size == 2
                print("later")
        """,
        compared=("==", 3, 2),
    )
    assert session(text) == [">>> with contextlib.nullcontext(3) as size:", "...     size", "3"]


def test_an_assertion_in_a_helper_says_what_stood_against_what() -> None:
    text = told(
        """
        def check(value):
            assert value == 2


        def test_it():
            check(3)
        """,
        compared=("==", 3, 2),
    )
    assert session(text) == [">>> check(3)", "AssertionError"]
    assert "`3`" in text
    assert "`2`" in text


def test_a_string_of_several_lines_stays_as_it_is() -> None:
    source = 'def test_it():\n    text = """a\n    b"""\n    assert text == ""\n'
    text = told(source, compared=("==", "a\n    b", ""))
    assert session(text)[:2] == ['>>> text = """a', '...     b"""']


def test_a_nested_function_keeps_its_shape_and_decorators() -> None:
    text = told(
        """
        def same(function):
            return function


        def test_it():
            @same
            def one():
                return 1

            assert one() == 2
        """,
        compared=("==", 1, 2),
    )
    assert session(text)[:3] == [">>> @same", "... def one():", "...     return 1"]


def test_a_test_that_an_heir_inherits_is_found_by_its_name() -> None:
    source = "PICK = lambda n: n if n else 0\nclass Base:\n    def test_it(self):\n        assert 1 == 2\n"
    trace = ran(source, "Base::test_it", compared=("==", 1, 2))
    clean = Trace((), 1, None, {})
    text = transcript(source, "Heir::test_it", clean=clean, buggy=trace, failed=1, total=3)
    assert session(text) == [">>> 1", "1"]


def test_a_test_that_is_not_in_the_file_is_told_by_its_outcome() -> None:
    trace = ran("def test_it():\n    assert 1 == 2\n", compared=("==", 1, 2))
    text = transcript("", "test_it", clean=trace, buggy=trace, failed=2, total=3)
    assert "It comes to `1` where `2` is expected. 2 of 3 checks fail; all others pass." in text


def test_where_all_fail_no_others_pass() -> None:
    trace = ran("def test_it():\n    assert 1 == 2\n")
    text = transcript("", "test_it", clean=trace, buggy=trace, failed=3, total=3)
    assert "3 of 3 checks fail." in text


def test_a_fence_in_the_test_does_not_end_the_session() -> None:
    text = told(
        "def test_it():\n    text = '```'\n    assert text == ''\n", compared=("==", "```", "")
    )
    assert text.count("~~~~") == 2


def test_neither_the_test_nor_its_file_is_named() -> None:
    text = told("def test_it():\n    assert 1 == 2\n", compared=("==", 1, 2))
    assert "test_" not in text


@pytest.mark.parametrize(
    ("described", "text"),
    [
        ("a", "'a'"),
        ({"type": "list", "length": 2, "items": [1, "a"]}, "[1, 'a']"),
        ({"type": "tuple", "length": 1, "items": [1]}, "(1,)"),
        ({"type": "set", "length": 0, "items": []}, "set()"),
        ({"type": "list", "length": 60, "items": [1]}, "[1, ...]"),
        ({"type": "dict", "length": 1, "entries": [["a", 1]]}, "{'a': 1}"),
        ({"type": "Decimal", "text": "1.20"}, "Decimal('1.20')"),
        ({"type": "Point", "text": None, "fields": {"x": 1}}, "Point(x=1)"),
        ({"type": "Color", "text": "red"}, "<Color red>"),
        ({"type": "bytes", "text": "b'a'"}, "b'a'"),
        ({"type": "Thing"}, "<Thing>"),
    ],
)
def test_a_described_value_is_printed_as_python_would(described: JSON, text: str) -> None:
    assert printed(described) == text
