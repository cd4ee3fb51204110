"""Uploaded files: their bytes, their encoding and their lines."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from csv_importer.problems import SetupError, UnreadableFileError

CHUNK = 64 * 1024
HEAD = 8 * 1024
LONGEST_LINE = 20_000
FALLBACK = "cp1252"
SHOWN_FIRST = 8
SHOWN_LAST = 2
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CODECS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "iso8859-15", "cp850")
ENCODINGS = {codec: codec for codec in CODECS} | {
    **{"utf8": "utf-8", "utf-16": "utf-16-le", "windows-1252": "cp1252", "ansi": "cp1252"},
    **{"iso-8859-1": "latin-1", "iso-8859-15": "iso8859-15", "dos": "cp850"},
}
LINE_END = re.compile(r"\r\n|\n|\r")
ESCAPED = re.compile("[\udc80-\udcff]")
VISIBLE = str.maketrans({"\t": "[tab]", "\xa0": "[nbsp]", "\ufeff": "[mark]", "\x00": "[nul]"})


@dataclass(frozen=True)
class Encoding:
    """How bytes become text, and the byte order mark in front of them."""

    name: str
    mark: bytes = b""

    def __str__(self) -> str:
        return f"{self.name} with a mark" if self.mark else self.name


@dataclass(frozen=True)
class Line:
    """One line of text and what is wrong with it."""

    number: int
    text: str
    flaw: str = ""


@dataclass(frozen=True)
class Upload:
    """A file held in memory."""

    name: str
    content: bytes = field(repr=False)
    saved_as: str = "utf-8"

    @classmethod
    def of(
        cls,
        name: str,
        *lines: str,
        encoding: str = "utf-8",
        mark: bool = False,
        newline: str = "\n",
    ) -> Upload:
        """A file made of lines of text."""
        codec = known_encoding(encoding)
        text = "".join(line + newline for line in lines)
        start = next((bom for bom, known in MARKS if known == codec), b"") if mark else b""
        return cls(name, start + text.encode(codec), encoding)

    @property
    def size(self) -> int:
        """How many bytes the file has."""
        return len(self.content)

    def head(self, size: int = HEAD) -> bytes:
        """The first bytes of the file."""
        return self.content[:size]

    def chunks(self, size: int = CHUNK) -> Iterator[bytes]:
        """The bytes, piece by piece."""
        for start in range(0, len(self.content), size):
            yield self.content[start : start + size]

    def digest(self) -> str:
        """A fingerprint of the bytes."""
        fingerprint = hashlib.sha256()
        for chunk in self.chunks():
            fingerprint.update(chunk)
        return fingerprint.hexdigest()

    def __str__(self) -> str:
        text = self.content.decode(known_encoding(self.saved_as), errors="replace")
        return f"{self.name} (“{preview(text)}”)"


class FileUpload(Upload):
    """A file on disk, read piece by piece."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.name, b"")
        object.__setattr__(self, "_path", path)
        self._path: Path

    @property
    def size(self) -> int:
        """How many bytes the file has."""
        return self._path.stat().st_size

    def head(self, size: int = HEAD) -> bytes:
        """The first bytes of the file."""
        with self._path.open("rb") as file:
            return file.read(size)

    def chunks(self, size: int = CHUNK) -> Iterator[bytes]:
        """The bytes, piece by piece."""
        with self._path.open("rb") as file:
            while chunk := file.read(size):
                yield chunk

    def __str__(self) -> str:
        return f"{self.name} (“{preview(self.head().decode(errors='replace'))}”)"


def preview(text: str) -> str:
    """The lines of a short text in one; of a long one the beginning and the end."""
    lines = [line.translate(VISIBLE) for line in LINE_END.split(text)]
    while lines and not lines[-1]:
        lines.pop()
    left_out = len(lines) - SHOWN_FIRST - SHOWN_LAST
    if left_out > 0:
        lines[SHOWN_FIRST:-SHOWN_LAST] = [f"… {left_out} more lines …"]
    return " / ".join(lines)


def known_encoding(name: str) -> str:
    """The codec behind a name that people use."""
    codec = ENCODINGS.get(name.strip().lower().replace("_", "-"))
    if codec is None:
        raise SetupError(f"“{name}” is no encoding that can be read")
    return codec


def detect_encoding(sample: bytes, *, fallback: str = FALLBACK, complete: bool = False) -> Encoding:
    """Tell the encoding from the first bytes of a file."""
    for mark, name in MARKS:
        if sample.startswith(mark):
            return Encoding(name, mark)
    if _is_utf8(sample, complete=complete):
        return Encoding("utf-8")
    return Encoding(known_encoding(fallback))


def encoding_of(upload: Upload, wanted: str = "") -> Encoding:
    """The encoding asked for, else the one that the file seems to have."""
    head = upload.head()
    found = detect_encoding(head, complete=len(head) == upload.size)
    if not wanted:
        return found
    codec = known_encoding(wanted)
    return found if codec == found.name else Encoding(codec)


def _is_utf8(sample: bytes, *, complete: bool) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(sample, final=complete)
    except UnicodeDecodeError:
        return False
    return True


def decoded(chunks: Iterable[bytes], encoding: Encoding) -> Iterator[str]:
    """Bytes to text; what cannot be read is marked in place."""
    decoder = codecs.getincrementaldecoder(encoding.name)(errors="surrogateescape")
    skip = len(encoding.mark)
    try:
        for chunk in chunks:
            body = chunk[skip:]
            skip -= len(chunk) - len(body)
            yield decoder.decode(body)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"the file cannot be read as {encoding.name}") from error


def split_lines(pieces: Iterable[str], longest: int = LONGEST_LINE) -> Iterator[str]:
    """Text to lines, whatever ends them; no more than one overlong line is held."""
    rest = ""
    for piece in pieces:
        text = rest + piece
        held = "\r" if text.endswith("\r") else ""
        *complete, last = LINE_END.split(text.removesuffix("\r"))
        yield from complete
        rest = last[: longest + 1] + held
    if rest:
        yield rest.removesuffix("\r")


def read_lines(
    chunks: Iterable[bytes], encoding: Encoding, longest: int = LONGEST_LINE
) -> Iterator[Line]:
    """Bytes to numbered lines."""
    for number, text in enumerate(split_lines(decoded(chunks, encoding), longest), start=1):
        yield Line(number, text[:longest], flaw_of(text, longest))


def flaw_of(text: str, longest: int = LONGEST_LINE) -> str:
    """What is wrong with a line, if anything."""
    if len(text) > longest:
        return f"the line is longer than {longest} characters"
    if "\x00" in text:
        return "the line contains empty bytes"
    if ESCAPED.search(text):
        return "the line contains characters that cannot be read"
    return ""
