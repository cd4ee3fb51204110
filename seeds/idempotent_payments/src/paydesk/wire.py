"""What comes in and what goes out: requests, their parameters, responses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from paydesk import errors
from paydesk.errors import Failure
from paydesk.money import CURRENCIES

Body = dict[str, Any]

METADATA_MOST = 20
METADATA_KEY_LONGEST = 40
METADATA_VALUE_LONGEST = 200


@dataclass(frozen=True)
class Request:
    """One request. Who asks, and under which reference, is filled in on the way to the view."""

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    account_id: str = ""
    reference: str = ""

    def header(self, name: str) -> str | None:
        """Look a header up; capitals make no difference."""
        wanted = name.casefold()
        for known, value in self.headers.items():
            if known.casefold() == wanted:
                return value
        return None

    def fingerprint(self) -> str:
        """Condense what the request asks for, so that two can be compared."""
        parts = [self.path, canonical(self.params)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Response:
    """One response with a JSON-like body."""

    status: int
    body: Body
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the request was carried out."""
        return self.status < 400


def canonical(value: object) -> str:
    """Write a JSON-like value so that the order of its keys makes no difference."""
    return json.dumps(value, sort_keys=True)


def refused(failure: Failure) -> Response:
    """Turn a refusal into a response with an error object."""
    headers = {}
    if failure.retry_after_ms is not None:
        headers["Retry-After"] = str(-(-failure.retry_after_ms // 1000))
    return Response(failure.status, {"error": failure.to_object()}, headers)


class Fields:
    """Reads the parameters of one request, each by its kind.

    The first thing wrong is kept as `failure`; what was asked for after it is answered with harmless values. When all known
    parameters have been read, `finish` also complains of those nobody asked for.
    """

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = params
        self._known: set[str] = set()
        self.failure: Failure | None = None

    def fail(self, failure: Failure) -> None:
        """Keep the first thing that is wrong."""
        if self.failure is None:
            self.failure = failure

    def _take(self, name: str, *, required: bool) -> Any:
        self._known.add(name)
        value = self._params.get(name)
        if value is None and required:
            self.fail(errors.missing(name))
        return value

    def text(self, name: str, *, required: bool = False, longest: int = 500) -> str | None:
        """Read a text."""
        value = self._take(name, required=required)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.fail(errors.invalid(name, "must be a text"))
            return None
        if len(value) > longest:
            self.fail(errors.invalid(name, f"must not be longer than {longest} characters"))
            return None
        return value

    def whole(
        self, name: str, *, required: bool = False, least: int | None = None, most: int | None = None
    ) -> int | None:
        """Read a whole number."""
        value = self._take(name, required=required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(errors.invalid(name, "must be a whole number"))
            return None
        if least is not None and value < least:
            self.fail(errors.invalid(name, f"must be at least {least}"))
        elif most is not None and value > most:
            self.fail(errors.invalid(name, f"must be at most {most}"))
        return value

    def must_text(self, name: str) -> str:
        """Read a text that has to be there."""
        return self.text(name, required=True) or ""

    def must_whole(self, name: str, *, least: int, most: int | None = None) -> int:
        """Read a whole number that has to be there."""
        return self.whole(name, required=True, least=least, most=most) or 0

    def flag(self, name: str, *, default: bool) -> bool:
        """Read yes or no."""
        value = self._take(name, required=False)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fail(errors.invalid(name, "must be true or false"))
        return value is True

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """Read one of several words."""
        value = self.text(name)
        if value is not None and value not in choices:
            self.fail(errors.not_among(name, choices))
        return value

    def currency(self, name: str, *, required: bool = True) -> str:
        """Read the code of a currency; capitals make no difference."""
        value = self.text(name, required=required)
        if value is None:
            return ""
        code = value.strip().lower()
        if code not in CURRENCIES:
            self.fail(errors.not_among(name, CURRENCIES))
        return code

    def metadata(self, name: str = "metadata") -> dict[str, str | None] | None:
        """Read a customer's own notes. A value of None stands for a note to be taken off."""
        value = self._take(name, required=False)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fail(errors.invalid(name, "must be a set of names and values"))
            return None
        if len(value) > METADATA_MOST:
            self.fail(errors.too_many(name, METADATA_MOST))
        for key, note in value.items():
            if not 0 < len(key) <= METADATA_KEY_LONGEST:
                self.fail(errors.invalid(f"{name}.{key}", "has a name of the wrong length"))
            elif note is not None and not isinstance(note, str):
                self.fail(errors.invalid(f"{name}.{key}", "must be a text"))
            elif note is not None and len(note) > METADATA_VALUE_LONGEST:
                self.fail(errors.invalid(f"{name}.{key}", "is too long"))
        return dict(value)

    def rows(self, name: str) -> list[Mapping[str, Any]]:
        """Read a list of parameter sets."""
        value = self._take(name, required=False)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            self.fail(errors.invalid(name, "must be a list"))
            return []
        return list(value)

    def finish(self) -> Failure | None:
        """Return what is wrong with the request, if anything is."""
        for name in self._params:
            if name not in self._known:
                self.fail(errors.unknown(name))
        return self.failure
