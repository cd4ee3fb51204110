"""How a file separates and quotes its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from csv_importer.problems import UnreadableFileError

DELIMITERS = (";", ",", "\t", "|")
QUOTES = ('"', "'")
SAMPLE_LINES = 20
HINT = re.compile(r"^\s*sep=(.)\s*$", re.IGNORECASE)
NAMES = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}


@dataclass(frozen=True)
class Dialect:
    """Separators, quotes and what stands in front of the rows."""

    delimiter: str = ";"
    quote: str = '"'
    comment: str = ""
    hint: bool = False

    def __str__(self) -> str:
        name = NAMES.get(self.delimiter, f"“{self.delimiter}”")
        return f"columns separated by {name}, quoted by {self.quote}"


def detect_dialect(sample: str, delimiters: Sequence[str] = DELIMITERS) -> Dialect:
    """Tell the dialect from the first lines of a file."""
    lines = [line for line in sample.splitlines() if line.strip()][: SAMPLE_LINES + 1]
    if not lines:
        raise UnreadableFileError("the file is empty")
    hinted = hinted_delimiter(lines[0])
    body = lines[1:] if hinted else lines[:SAMPLE_LINES]
    quote = detect_quote(body)
    delimiter = hinted or detect_delimiter(body, quote, delimiters)
    return Dialect(delimiter, quote, hint=bool(hinted))


def hinted_delimiter(line: str) -> str:
    """The separator that a first line such as `sep=;` announces, else nothing."""
    found = HINT.match(line)
    return found.group(1) if found else ""


def detect_quote(lines: Sequence[str]) -> str:
    """The quote that stands at the edges of cells most often."""
    counts = {quote: sum(_edges(line, quote) for line in lines) for quote in QUOTES}
    return max(QUOTES, key=lambda quote: (counts[quote], quote == QUOTES[0]))


def _edges(line: str, quote: str) -> int:
    cells = re.split(r"[;,\t|]", line)
    return sum(1 for cell in cells if len(cell) > 1 and cell[0] == quote and cell[-1] == quote)


def detect_delimiter(
    lines: Sequence[str], quote: str = '"', delimiters: Sequence[str] = DELIMITERS
) -> str:
    """The separator found equally often in most lines; the first candidate where nothing decides."""
    best, best_score = delimiters[0], (0.0, 0)
    for candidate in delimiters:
        counts = [count_outside_quotes(line, candidate, quote) for line in lines]
        score = _score(counts)
        if score > best_score:
            best, best_score = candidate, score
    return best


def _score(counts: Sequence[int]) -> tuple[float, int]:
    present = Counter(count for count in counts if count > 0)
    if not present:
        return 0.0, 0
    common, lines = max(present.items(), key=lambda item: (item[1], item[0]))
    return lines / len(counts), common


def count_outside_quotes(line: str, delimiter: str, quote: str = '"') -> int:
    """How many columns end in a line, going by one separator."""
    inside = False
    count = 0
    for char in line:
        if char == quote:
            inside = not inside
        elif char == delimiter and not inside:
            count += 1
    return count
