"""What a codebase tells pytest: which file pytest reads, and the few options that matter to us."""

from __future__ import annotations

import configparser
import itertools
import json
import re
import shlex
import tomllib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from generator.errors import UnfitError
from generator.records import Configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_PLUGINS_KEPT_OUT = frozenset(
    "cov pytest_cov pytest_cov.plugin xdist xdist.plugin xdist.looponfail randomly pytest_randomly "
    "random_order doctest".split()
)
_TAKES_A_VALUE = frozenset(
    "--cov-report --cov-config --cov-fail-under --cov-context --cov-precision -n --numprocesses --maxprocesses --dist "
    "--tx --max-worker-restart --maxschedchunk --doctest-report --doctest-glob --randomly-seed "
    "--random-order-bucket --random-order-seed".split()
)
_REQUIRED_KEPT_OUT = re.compile(r"pytest[-_](cov|xdist|randomly|random[-_]order)\b", re.IGNORECASE)
_MAY_TAKE_A_VALUE = frozenset({"--cov"})
_TAKES_NONE = re.compile(
    r"--(no-)?cov|--doctest-|--(no-)?randomly-|--random-order|--looponfail$|-n[\w=]+$"
)


def read(contents: Mapping[str, bytes]) -> Configuration:
    """The configuration pytest would use at the root of these files.

    The order and the section names are pytest's own (its reference, "Initialization: determining rootdir and
    configfile").
    """
    for path, options in _candidates(contents):
        if options is not None:
            return Configuration(
                path,
                addopts=tuple(_without_kept_out(_words(options.get("addopts", "")))),
                testpaths=tuple(_words(options.get("testpaths", ""))),
                pythonpath=tuple(_words(options.get("pythonpath", ""))),
            )
    return Configuration(None)


def _candidates(contents: Mapping[str, bytes]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    for path, section in _FILES:
        if path in contents:
            text = contents[path].decode("utf-8-sig", "replace")
            yield path, section(text)


def _ini(section: str, *, always: bool = False) -> Callable[[str], dict[str, Any] | None]:
    def read_section(text: str) -> dict[str, Any] | None:
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(text)
        except configparser.Error:
            return {} if always else None
        if parser.has_section(section):
            return dict(parser.items(section))
        return {} if always else None

    return read_section


def _pytest_toml(text: str) -> dict[str, Any] | None:
    table = _document(text).get("pytest", {})
    return table if isinstance(table, dict) else {}


def _pyproject(text: str) -> dict[str, Any] | None:
    tool = _document(text).get("tool", {})
    table = tool.get("pytest", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        return None
    native = {name: value for name, value in table.items() if name != "ini_options"}
    # Empty ini_options count as well, an empty native table does not.
    return native or table.get("ini_options")


def _document(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


_FILES: tuple[tuple[str, Callable[[str], dict[str, Any] | None]], ...] = (
    ("pytest.toml", _pytest_toml),
    (".pytest.toml", _pytest_toml),
    ("pytest.ini", _ini("pytest", always=True)),
    (".pytest.ini", _ini("pytest", always=True)),
    ("pyproject.toml", _pyproject),
    ("tox.ini", _ini("pytest")),
    ("setup.cfg", _ini("tool:pytest")),
)


def _words(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(word) for word in value]
    try:
        return shlex.split(str(value))
    except ValueError:
        # A quote that is never closed: pytest will say so.
        return str(value).split()


def _without_kept_out(words: Sequence[str]) -> Iterator[str]:
    while words:
        count, keep = _option(words)
        if keep:
            yield from words[:count]
        words = words[count:]


def _option(words: Sequence[str]) -> tuple[int, bool]:
    """How many words the first option is made of, and whether it may stay."""
    word, *after = words
    name, joined, _ = word.partition("=")
    if word == "-p":
        return 2, after[:1] == [] or after[0] not in _PLUGINS_KEPT_OUT
    if word.startswith("-p") and word[2:] in _PLUGINS_KEPT_OUT:
        return 1, False
    if name in _TAKES_A_VALUE:
        return 1 if joined else 2, False
    if name in _MAY_TAKE_A_VALUE:
        return 2 if not joined and after and not after[0].startswith("-") else 1, False
    return 1, not _TAKES_NONE.match(word)


def with_import_root(contents: Mapping[str, bytes], import_root: str) -> dict[str, bytes]:
    """The files to add or change so that `python -m pytest` finds the package, whatever lies around the directory.

    There is always one file with a pytest section: without one, pytest takes an outer project's. Options that ask for
    plugins we keep out go, since the exercise has to run with nothing but pytest. Raises UnfitError where the section is
    written in a way that can't be edited in place.
    """
    found = next(
        ((path, options) for path, options in _candidates(contents) if options is not None),
        ("pyproject.toml", None),
    )
    path, options = found
    wanted = _wanted(options or {}, import_root)
    old = contents.get(path, b"").decode("utf-8", "surrogateescape")
    new = _with_section(old) if options is None else old
    for option, words in wanted.items():
        new = _set_option(new, path, option, words)
    changed = {} if new == old else {path: new.encode("utf-8", "surrogateescape")}
    after = dict(_candidates({**contents, **changed})).get(path) or {}
    told = {name: value if name not in wanted else _words(value) for name, value in after.items()}
    if told != {**(options or {}), **wanted}:
        lines = [f"`{_line(path, option, words)}`" for option, words in wanted.items()]
        raise UnfitError(
            f"the pytest section of {path} can't be edited in place. Write {' and '.join(lines)} there, and try again."
        )
    return changed


def _wanted(options: Mapping[str, Any], import_root: str) -> dict[str, list[str]]:
    """The options that have to change, with what they have to say."""
    paths = _words(options.get("pythonpath", ""))
    wanted = {} if import_root in paths else {"pythonpath": [import_root, *paths]}
    addopts = _words(options.get("addopts", ""))
    kept = list(_without_kept_out(addopts))
    if kept != addopts:
        wanted["addopts"] = kept
    plugins = options.get("required_plugins", "")
    names = plugins if isinstance(plugins, list) else str(plugins).split()
    needed = [name for name in names if not _REQUIRED_KEPT_OUT.match(name)]
    if needed != names:
        wanted["required_plugins"] = needed
    return wanted


def _line(path: str, option: str, words: list[str]) -> str:
    toml = path.endswith(".toml")
    shown = json.dumps(words, ensure_ascii=False) if toml else shlex.join(words)
    return f"{option} = {shown}".rstrip()


def _with_section(text: str) -> str:
    newline = _newline(text)
    ending = "" if not text or text.endswith("\n") else newline
    gap = newline if text else ""
    return f"{text}{ending}{gap}[tool.pytest.ini_options]{newline}"


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


_HEADERS = {
    ".toml": r"[ \t]*\[[ \t]*(?:tool[ \t]*\.[ \t]*)?pytest(?:[ \t]*\.[ \t]*ini_options)?[ \t]*\]",
    ".ini": r"\[pytest\]",
    ".cfg": r"\[tool:pytest\]",
}
_NEXT_HEADER = re.compile(r"[ \t]*\[[^\]\n]+\]\]?[ \t]*(#.*)?$")


def _set_option(text: str, path: str, option: str, words: list[str]) -> str:
    """Set one option of the pytest section, in place of an old one, all other lines as they were."""
    lines = text.splitlines(keepends=True)
    newline = _newline(text)
    toml = path.endswith(".toml")
    line = _line(path, option, words) + newline
    header = re.compile(_HEADERS[PurePosixPath(path).suffix])
    # The last one: [tool.pytest] may stand empty above [tool.pytest.ini_options].
    begin = max((n for n, one in enumerate(lines) if header.match(one)), default=None)
    if begin is None:
        # A file of pytest's own counts even when it is empty.
        return "".join([f"[pytest]{newline}", line, *([newline] if toml else []), *lines])
    indent = r"[ \t]*" if toml else ""
    setting = re.compile(rf"{indent}{option}[ \t]*[=:]")
    inside = itertools.takewhile(
        lambda n: not _NEXT_HEADER.match(lines[n]), range(begin + 1, len(lines))
    )
    old = next((n for n in inside if setting.match(lines[n])), None)
    if old is None:
        ending = "" if lines[begin].endswith("\n") else newline
        return "".join([*lines[: begin + 1], ending, line, *lines[begin + 1 :]])
    end = _toml_end(lines, old) if toml else _ini_end(lines, old)
    return "".join([*lines[:old], line, *lines[end:]])


def _toml_end(lines: list[str], begin: int) -> int:
    """The line after a value that may span several: the first end at which it is TOML."""
    for end in range(begin + 1, len(lines)):
        if _document("".join(lines[begin:end])):
            return end
    return len(lines)


def _ini_end(lines: list[str], begin: int) -> int:
    """The line after a value and its indented lines, blank ones between them included."""
    end = begin + 1
    for number in range(begin + 1, len(lines)):
        if lines[number].strip() and not lines[number].startswith((" ", "\t")):
            break
        if lines[number].strip():
            end = number + 1
    return end
