"""Files as they come: whatever a module holds beside, its mutants are whole, and what can't be read is refused with its reason."""

from __future__ import annotations

import ast
import sys
import time

import pytest

from generator.edits import apply_to_file
from generator.inject import Injection, mutants_of_file

CODE = """\
def within(items, start, end, limit=3):
    if start >= limit or not items:
        raise ValueError(start)
    return [item for item in items[start:end] if item.size <= limit]
"""
BESIDE = {
    "nested f-string": "def told(a):\n    return f\"{a!r:>{len(f'{a}') + 1}} {'{'}x{{}}\"\n",
    "match": (
        "def kind(a):\n    match a:\n        case {'k': [1, *rest], **more} if rest:\n            return more\n"
        "        case (str() as s) | int(s):\n            return s\n        case _:\n            return None\n"
    ),
    "walrus": "def first(a):\n    while (n := a.read(10)) and (m := len(n)) > 1:\n        yield (k := m)\n    return k\n",
    "decorators": "@(lambda f: f)\n@property\n# why\n@some.other(1, key=[2])\ndef decorated(a, /, b, *, c=1):\n    return a + b\n",
    "async": (
        "async def pages(a):\n    async with a as b, b.c() as (d, e):\n        async for f in d:\n            yield await f\n"
        "    return\n"
    ),
    "except groups": "def each(a):\n    try:\n        a()\n    except* (OSError, KeyError) as es:\n        print(es)\n",
    "one line": "def short(a): return a + 1 if a else -a; b = 1\nif x: y = 1; z = 2\nclass C: n = 1\n",
    "line ends escaped": "def far(a):\n    assert a, \\\n        'no'\n    return a + \\\n        1\n",
    "layout": "def odd ( a ,b=1 ) :\n  return ( a+b )[ 0 :1 ]   ;\n\n\n\n# end\n    # of it\n",
    "strings": "def text(a):\n    return '''\n  if a >= b:\n\\x00''' 'b' + a + rb'\\d' b'e'\n",
    "star": "def star(*a, **k):\n    print(*a, *k, **{'a': 1, **k})\n    x, *y = a[*a, 1]\n    del x, y[0]\n",
    "names": "def größe(été):\n    global ΔT\n    ΔT = été\n    return ΔT\n",
    "no code": '"""Nothing."""\n\n# at all\n',
}
NEWER = {
    "type parameters": "def only[T: int, *Ts, **P](a: T) -> T:\n    return a + 1\nclass Box[T]:\n    n: T\ntype Pair[T] = tuple[T, T]\n",
    "quotes in an f-string": 'def told(a):\n    return f"{a["k"]} {f"{a}"}"\n',
}
PLAIN = {
    apply_to_file(CODE.encode(), each.edits)
    for each in mutants_of_file("m.py", CODE.encode()).mutants
}


def read(data: bytes) -> Injection:
    """All mutants of a file, each of which compiles, does something else and keeps the bytes around its change."""
    found = mutants_of_file("m.py", data)
    results = set()
    for each in found.mutants:
        result = apply_to_file(data, each.edits)
        first, last = each.edits[0], each.edits[-1]
        assert result.startswith(data[: first.start])
        assert result.endswith(data[last.end :])
        compile(result, "m.py", "exec", dont_inherit=True)
        assert ast.dump(ast.parse(result)) != ast.dump(ast.parse(data))
        results.add(result)
    assert len(results) == len(found.mutants)
    return found


@pytest.mark.parametrize("name", [*BESIDE, *NEWER])
def test_what_stands_beside_a_function_takes_nothing_from_its_mutants(name: str) -> None:
    beside = ({**BESIDE, **NEWER}[name]).encode()
    for data, place in [(CODE.encode() + beside, 0), (beside + CODE.encode(), len(beside))]:
        found = read(data)
        if name in NEWER and sys.version_info < (3, 12):
            assert not found.mutants
            assert [each.path for each in found.unread] == ["m.py"]
            continue
        results = {apply_to_file(data, each.edits) for each in found.mutants}
        assert not found.unread
        there = slice(place, len(data) - len(beside) + place)
        kept = (data[: there.start], data[there.stop :])
        assert {kept[0] + one + kept[1] for one in PLAIN} <= results


@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf", b"# only this", b"\x0c", b"\t\n"])
def test_an_empty_file_has_no_mutants_and_is_no_error(data: bytes) -> None:
    assert read(data) == Injection((), ())


@pytest.mark.slow
def test_ten_thousand_lines_are_read_in_proportion() -> None:
    part = "class Part{n}:\n    def within(self, items, start, end, limit=3):\n        if start >= limit or end >= limit:\n            raise ValueError(start)\n        return self.more(items[start:end], limit=limit)\n\n\n"
    data = "".join(part.format(n=n) for n in range(1430)).encode()
    assert data.count(b"\n") > 10_000
    started = time.process_time()
    found = mutants_of_file("m.py", data)
    assert {each.line // 7 for each in found.mutants} == set(range(1430))
    assert time.process_time() - started < 120
    for each in found.mutants[:: len(found.mutants) // 20]:
        compile(apply_to_file(data, each.edits), "m.py", "exec", dont_inherit=True)
