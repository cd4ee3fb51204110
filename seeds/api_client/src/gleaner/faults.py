"""What can go wrong. `retryable`: worth another attempt. `ambiguous`: the server may have acted on the request all the same."""

from __future__ import annotations


class GleanerError(Exception):
    """The base of everything that is raised on purpose."""

    retryable: bool = False
    ambiguous: bool = False
    advised_ms: int | None = None
    """How long the server wants to be left alone."""


class SettingsError(GleanerError):
    """A setting or an argument makes no sense."""


class UnknownAccountError(GleanerError):
    """Nobody connected an account of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no account “{name}”")


class AccountTakenError(GleanerError):
    """An account of this name is connected already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is an account “{name}” already")


class RefusedError(GleanerError):
    """The server understood and said no: 4xx."""

    def __init__(self, status: int, target: str) -> None:
        super().__init__(f"{target} was refused with {status}")
        self.status = status


class NotFoundError(RefusedError):
    """404 or 410."""


class ThrottledError(GleanerError):
    """429: too many requests. Nothing was done."""

    retryable = True

    def __init__(self, account: str, advised_ms: int | None) -> None:
        pause = "" if advised_ms is None else f" and asks for a pause of {advised_ms / 1000:g} s"
        super().__init__(f"the server throttles “{account}”{pause}")
        self.advised_ms = advised_ms


class UnavailableError(GleanerError):
    """5xx. Only a 503 says for sure that nothing was done."""

    retryable = True

    def __init__(self, status: int, target: str, advised_ms: int | None) -> None:
        super().__init__(f"{target} is not available ({status})")
        self.status = status
        self.ambiguous = status != 503
        self.advised_ms = advised_ms


class TimedOutError(GleanerError):
    """No answer in time."""

    retryable = True
    ambiguous = True

    def __init__(self, target: str, span_ms: int) -> None:
        super().__init__(f"no answer from {target} within {span_ms / 1000:g} s")


class ConnectionLostError(GleanerError):
    """The connection could not be opened, or broke."""

    retryable = True
    ambiguous = True


class RestingError(GleanerError):
    """The breaker of the host is open: nothing was sent."""

    def __init__(self, host: str, opens_in_ms: int) -> None:
        super().__init__(f"{host} is given a rest for another {opens_in_ms / 1000:g} s")
        self.opens_in_ms = opens_in_ms


class DeadlineError(GleanerError):
    """The caller's deadline has passed, or would pass in the next pause."""

    def __init__(self, target: str, *, ambiguous: bool = False) -> None:
        super().__init__(f"the deadline leaves no time for {target}")
        self.ambiguous = ambiguous


class GivenUpError(GleanerError):
    """The last attempt failed like those before."""

    def __init__(self, attempts: int, last: GleanerError, *, ambiguous: bool) -> None:
        super().__init__(f"given up after attempt {attempts}: {last}")
        self.attempts = attempts
        self.ambiguous = ambiguous


class MalformedError(GleanerError):
    """The server's answer is not what its documentation promises."""


class LoopingError(MalformedError):
    """A list leads back to a page that was read before."""

    def __init__(self, path: str, cursor: str) -> None:
        super().__init__(f"{path} comes back to the place “{cursor}”")


class MixedCurrenciesError(GleanerError):
    """Amounts of different currencies have no sum."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other} can't be added up")


class JobMismatchError(GleanerError):
    """A job was begun with something else."""

    def __init__(self, job: str) -> None:
        super().__init__(f"the job “{job}” was begun with other rows")


class UnfitRowError(GleanerError):
    """A row can't be sent."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"row {number} {why}")
