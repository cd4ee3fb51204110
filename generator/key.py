"""The answer key: what is kept back, its schema, sealing and opening.

A key is JSON, sealed in the age format (age-encryption.org/v1) to an X25519 identity that is made on first use in the
data directory. The document, version 3; nothing in it hangs on the machine, a duration or an absolute path:

    version         2
    id              the challenge's id, also in its marker and the key's file name
    tool_version    of bugsquash
    python          minor version of the interpreter that made it, e.g. "3.11"
    seed            {name, digest, package, import_root, configuration}
    request         {seed, random_seed, level, strict, operator, family, minutes, mode, bugs, allow_failing, budget}: enough to
                    make it again
    command         the request as a command line
    mode, level     as handed out
    selection       {mutants, passed_over: {reason: count}}: from how many it was drawn, and why those before it were not taken
    measurements    what the level was judged by (see difficulty); level and measurements of several bugs are the hardest one's
    bugs            [{operator, family, change, story, path, function, lines: [first, last], places, bug_patch, fix_patch,
                      failing: visible node ids, hidden: hidden node ids, level, measurements,
                      debrief: see `debrief.Debrief`; in version 2 {breakpoint, values}}]
                    bug_patch applies to the clean tree, fix_patch to the emitted one; in mode ticket nothing that fails is
                    visible, and the first of hidden is what the ticket tells
    tests           every node id that passes on the clean seed, in the suite's order
    visible         those of them that the challenge contains
    originals       {path: text or {"base64": ...}}: the test files as they were before tests were hidden
    fixed           {path: likewise}: every emitted file that is not the learner's to change
    executable      the emitted paths with the executable bit
    source          the emitted paths that are the learner's to change
    emitted         {path: likewise}: their contents as emitted; with `fixed` this is the whole emitted tree
    tree            SHA-256 over the emitted tree, `.git` left out (see `tree_hash`)
    commit          the challenge's one commit
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyrage

from generator import debrief as debriefs
from generator import places
from generator.debrief import Debrief
from generator.errors import TamperedError, UnfitError
from generator.records import Configuration, Measurements, Mode, Request

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

VERSION = 3
_READ = (2, VERSION)
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_ID_LENGTH = 7
_CONTENTS = ("originals", "fixed", "emitted")


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug of a challenge."""

    operator: str
    family: str
    change: str
    story: str
    path: str
    function: str
    lines: tuple[int, int]
    """First and last changed line of the guilty function, in the emitted file."""
    places: int
    bug_patch: str
    fix_patch: str
    failing: tuple[str, ...]
    hidden: tuple[str, ...]
    level: int
    measurements: Measurements
    debrief: Debrief


@dataclass(frozen=True, slots=True)
class SeedFacts:
    """What the judge must know of the seed to run its tests."""

    name: str
    digest: str
    package: str
    import_root: str
    configuration: Configuration
    """Of the emitted tree."""


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """The opened key. See the module's text for each field."""

    id: str
    tool_version: str
    python: str
    seed: SeedFacts
    request: Request
    command: str
    mode: Mode
    level: int
    selection: Mapping[str, Any]
    measurements: Measurements
    bugs: tuple[Bug, ...]
    tests: tuple[str, ...]
    visible: tuple[str, ...]
    originals: Mapping[str, bytes] = field(repr=False)
    fixed: Mapping[str, bytes] = field(repr=False)
    executable: frozenset[str]
    source: tuple[str, ...]
    tree: str
    commit: str
    emitted: Mapping[str, bytes] = field(repr=False)
    version: int = VERSION

    @property
    def failing(self) -> tuple[str, ...]:
        """The visible tests that fail, all bugs together."""
        return tuple(test for bug in self.bugs for test in bug.failing)

    @property
    def hidden(self) -> tuple[str, ...]:
        """The tests that the challenge does not contain."""
        shown = set(self.visible)
        return tuple(test for test in self.tests if test not in shown)


def to_json(key: AnswerKey) -> dict[str, Any]:
    """The document as described above."""
    document = dataclasses.asdict(key)
    for name in _CONTENTS:
        document[name] = {path: _text(content) for path, content in getattr(key, name).items()}
    document["executable"] = sorted(key.executable)
    return {"version": document.pop("version"), **document}


def from_json(document: Mapping[str, Any]) -> AnswerKey:
    """The key that a document describes.

    Raises TamperedError where it is not one, or of a version that this tool does not know.
    """
    try:
        if document["version"] not in _READ:
            raise TamperedError(
                f"this key has version {document['version']}, and this bugsquash reads up to version {VERSION}. Use the one that made it."
            )
        told = {**document, "version": VERSION}
        told["seed"] = SeedFacts(
            **{**told["seed"], "configuration": _configuration(told["seed"]["configuration"])}
        )
        told["request"] = Request(**{**told["request"], "mode": Mode(told["request"]["mode"])})
        told["mode"] = Mode(told["mode"])
        told["measurements"] = Measurements(**told["measurements"])
        told["bugs"] = tuple(_bug(bug) for bug in told["bugs"])
        for name in ("tests", "visible", "source"):
            told[name] = tuple(told[name])
        told["executable"] = frozenset(told["executable"])
        for name in _CONTENTS:
            told[name] = {path: _bytes(content) for path, content in told[name].items()}
        return AnswerKey(**told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TamperedError(f"the key does not hold what a key holds ({error}).") from error


def _configuration(told: Mapping[str, Any]) -> Configuration:
    lists = {name: tuple(told[name]) for name in ("addopts", "testpaths", "pythonpath")}
    return Configuration(path=told["path"], **lists)


def _bug(told: Mapping[str, Any]) -> Bug:
    lists = {name: tuple(told[name]) for name in ("failing", "hidden", "lines")}
    measured = Measurements(**told["measurements"])
    debrief = debriefs.from_json(_of_version_3(told["debrief"]))
    return Bug(**{**told, **lists, "measurements": measured, "debrief": debrief})


def _of_version_3(debrief: Mapping[str, Any]) -> Mapping[str, Any]:
    if "breakpoint" not in debrief:
        return debrief
    asked = {f"p {name}": value for name, value in debrief["values"].items()}
    session = {f"b {debrief['breakpoint']}": "", "c": "", **asked}
    typed = tuple(debriefs.Typed(*both) for both in session.items())
    earlier = Debrief("", "", "the challenge was made before that was looked for", session=typed)
    return dataclasses.asdict(earlier)


def _text(content: bytes) -> str | dict[str, str]:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode("ascii")}


def _bytes(content: str | Mapping[str, str]) -> bytes:
    if isinstance(content, str):
        return content.encode("utf-8")
    return base64.b64decode(content["base64"], validate=True)


def tree_hash(contents: Mapping[str, bytes], executable: Collection[str]) -> str:
    """SHA-256 over paths, executable bits and contents of a tree, in the order of the paths."""
    digest = hashlib.sha256()
    for path in sorted(contents):
        mode = b"x" if path in executable else b"-"
        for part in (path.encode("utf-8", "surrogateescape"), mode, contents[path]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _identity_file() -> Path:
    return places.data() / "identity.txt"


def _identity() -> pyrage.x25519.Identity:
    """The identity of this data directory, made on first use. Two commands that both come first agree on one."""
    file = _identity_file()
    try:
        if not file.exists():
            places.write_new(file, f"{pyrage.x25519.Identity.generate()}\n".encode(), mode=0o600)
        return pyrage.x25519.Identity.from_str(file.read_text("ascii").strip())
    except OSError as error:
        raise UnfitError(f"the identity that opens keys can't be read or made: {error}.") from error
    except (ValueError, pyrage.IdentityError) as error:
        raise TamperedError(
            f"{file} is not an age identity. Put back the file that sealed your keys."
        ) from error


def id_for(request: Request, digest: str) -> str:
    """The challenge's id: the seed's name and a few letters that decode to nothing without the identity. `digest` is the
    seed's, so that another state of the same codebase gives other ids."""
    message = json.dumps([dataclasses.asdict(request), digest], sort_keys=True).encode()
    number = int.from_bytes(_mac("id", message), "big")
    letters = ""
    for _ in range(_ID_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[digit]
    return f"{request.seed}-{letters}"


def secret_number(purpose: str, challenge: str, below: int) -> int:
    """A number in `range(below)` that anybody without the identity finds arbitrary."""
    return int.from_bytes(_mac(purpose, challenge.encode()), "big") % below


def _mac(purpose: str, message: bytes) -> bytes:
    secret = hashlib.sha256(b"bugsquash ids\0" + str(_identity()).encode()).digest()
    return hmac.digest(secret, purpose.encode() + b"\0" + message, "sha256")


def seal(key: AnswerKey) -> bytes:
    """The key as an age file for this data directory's identity."""
    plain = json.dumps(to_json(key), sort_keys=True).encode("ascii")
    return pyrage.encrypt(plain, [_identity().to_public()])


def unseal(sealed: bytes) -> AnswerKey:
    """The key in an age file.

    Raises UnfitError where it was sealed to another identity, TamperedError where it is damaged.
    """
    identity = _identity()
    try:
        plain = pyrage.decrypt(sealed, [identity])
    except pyrage.DecryptError as error:
        if "matching" in str(error).lower():
            raise UnfitError(
                f"this key was sealed to another identity than {_identity_file()}. Open it where it was made."
            ) from error
        raise TamperedError(
            f"the key is damaged: {error}. Restore it, or make a new challenge."
        ) from error
    try:
        document = json.loads(plain)
    except (ValueError, binascii.Error) as error:
        raise TamperedError("the key opens, but holds no JSON.") from error
    return from_json(document)
