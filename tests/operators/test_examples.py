"""Every operator's examples are its tests."""

from __future__ import annotations

import ast

import pytest

from generator.edits import apply
from generator.inject import inject
from generator.operators import Example, Operator, discover
from generator.project import Project

EXAMPLES = [(one, example) for one in discover().values() for example in one.examples]
UNTOUCHED = [(one, code) for one in discover().values() for code in one.untouched]


def named(case: object) -> str:
    return case.name if isinstance(case, Operator) else ""


def results(one: Operator, files: dict[str, str]) -> list[dict[str, str]]:
    contents = {path: text.encode() for path, text in files.items()}
    found = inject(Project(contents, tuple(contents)), {one.name: one})
    assert not found.unread
    changed = (apply(contents, each.edits) for each in found.mutants)
    return [{**files, **{path: data.decode() for path, data in each.items()}} for each in changed]


def before_and_after(example: Example) -> tuple[dict[str, str], dict[str, str]]:
    before = {example.path: example.before, **{path: old for path, old, _ in example.others}}
    after = {example.path: example.after, **{path: new for path, _, new in example.others}}
    return before, after


@pytest.mark.parametrize(("one", "example"), EXAMPLES, ids=named)
def test_before_becomes_after(one: Operator, example: Example) -> None:
    before, after = before_and_after(example)
    assert after in results(one, before)


@pytest.mark.parametrize(("one", "example"), EXAMPLES, ids=named)
def test_every_result_compiles_and_means_something_else(one: Operator, example: Example) -> None:
    before, _ = before_and_after(example)
    for result in results(one, before):
        assert any(
            ast.dump(compile(result[path], path, "exec", ast.PyCF_ONLY_AST))
            != ast.dump(ast.parse(before[path]))
            for path in before
        )


@pytest.mark.parametrize(("one", "code"), UNTOUCHED, ids=named)
def test_untouched_code_stays_untouched(one: Operator, code: str) -> None:
    assert results(one, {"example.py": code}) == []


@pytest.mark.parametrize("one", discover().values(), ids=named)
def test_an_operator_documents_itself(one: Operator) -> None:
    assert len(one.examples) >= 3
    assert len(one.untouched) >= 3
    assert all((one.doc, one.story, one.symptom, one.hint, one.evidence, one.wants))
    assert not {"`", "\n"} & set(one.story + one.symptom + one.hint)


def test_a_check_for_none_does_not_stay_behind_alone() -> None:
    code = "if start is not None and day < start:\n    stop()\n"
    found = results(discover()["drop_conjunct"], {"a.py": code})
    assert found == [{"a.py": "if day < start:\n    stop()\n"}]


def made(name: str, code: str) -> list[str]:
    return [each["a.py"] for each in results(discover()[name], {"a.py": code})]


def test_no_sign_is_lost_where_both_arms_would_be_the_same() -> None:
    code = "def f(amount, negative):\n    return -amount if negative else amount\n"
    assert made("sign_flip", code) == []


def test_nothing_is_given_itself_as_one_of_several() -> None:
    code = "def f(rows, best, score):\n    for row in rows:\n        if row.score > score:\n            best, score = row, row.score\n    return best, score, best.score\n"
    assert not [text for text in made("wrong_variable", code) if "best, score = best," in text]


def test_a_dictionary_is_not_asked_to_set_nothing() -> None:
    assert made("drop_argument", "rows.setdefault(key, [])\n") == []
