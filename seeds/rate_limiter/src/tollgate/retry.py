"""A client that tries again: later and later, never in step with others, and not without end."""

from __future__ import annotations

import logging
import random
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tollgate.clock import SECOND, Clock, SystemClock
from tollgate.logs import note
from tollgate.messages import Advice, Request, Response, Transport, read_advice

logger = logging.getLogger("tollgate.retry")
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
IDEMPOTENCY = "Idempotency-Key"


class Jitter(StrEnum):
    """How much of a pause is left to chance."""

    NONE = "none"
    FULL = "full"
    EQUAL = "equal"


class GaveUp(StrEnum):
    """Why a client stopped trying."""

    NO = ""
    FINAL = "answer is final"
    UNSAFE = "cannot be sent twice"
    ATTEMPTS = "tried often enough"
    WAIT = "asked to wait too long"
    DEADLINE = "out of time"
    BUDGET = "too many retries lately"


@dataclass(frozen=True)
class Plan:
    """How often and how late; spans in milliseconds."""

    attempts: int = 4
    base: int = 200
    factor: int = 2
    cap: int = 10 * SECOND
    jitter: Jitter = Jitter.FULL
    longest_wait: int = 60 * SECOND
    deadline: int | None = None


@dataclass(frozen=True)
class Budget:
    """Retries that may be made: each request earns a part of one (in hundredths)."""

    credit: int = 1_000
    most: int = 1_000
    earned: int = 10
    price: int = 100


@dataclass(frozen=True)
class Outcome:
    """How a request ended."""

    response: Response | None
    attempts: int
    waited: int
    gave_up: GaveUp = GaveUp.NO

    def __str__(self) -> str:
        answer = str(self.response) if self.response is not None else "no answer"
        ending = f", gave up: {self.gave_up}" if self.gave_up else ""
        return f"{answer} after {self.attempts} attempts and {self.waited} ms{ending}"


def earn(budget: Budget) -> Budget:
    """Add what a request earns."""
    return replace(budget, credit=min(budget.most, budget.credit + budget.earned))


def spend(budget: Budget) -> tuple[Budget, bool]:
    """Pay for a retry, if there is enough."""
    if budget.credit < budget.price:
        return budget, False
    return replace(budget, credit=budget.credit - budget.price), True


def backoff(plan: Plan, attempt: int) -> int:
    """Return the longest pause after an attempt; the first attempt is 1."""
    pause: int = plan.base * plan.factor ** max(0, attempt - 1)
    return min(plan.cap, pause)


def jittered(plan: Plan, attempt: int, draw: float) -> int:
    """Return the pause after an attempt, given a draw between 0 and 1."""
    longest = backoff(plan, attempt)
    match plan.jitter:
        case Jitter.NONE:
            return longest
        case Jitter.EQUAL:
            half = longest // 2
            return half + round((longest - half) * draw)
        case _:
            return round(longest * draw)


class Purse:
    """A budget that several callers share."""

    def __init__(self, budget: Budget | None = None) -> None:
        self._lock = threading.Lock()
        self._budget = budget if budget is not None else Budget()

    @classmethod
    def of(cls, retries: int, *, most: int = 10, earned: int = 10) -> Purse:
        """Make a purse that holds so many retries, and earns hundredths of one by each request."""
        price = Budget.price
        return cls(Budget(retries * price, most * price, earned, price))

    @property
    def credit(self) -> int:
        """What is left, in hundredths of a retry."""
        with self._lock:
            return self._budget.credit

    def earn(self) -> None:
        """Add what a request earns."""
        with self._lock:
            self._budget = earn(self._budget)

    def spend(self) -> bool:
        """Pay for a retry, if there is enough."""
        with self._lock:
            self._budget, paid = spend(self._budget)
            return paid


@dataclass(frozen=True)
class Client:
    """Sends requests, and sends them again where that helps."""

    transport: Transport
    plan: Plan = field(default_factory=Plan)
    clock: Clock = field(default_factory=SystemClock)
    draw: Callable[[], float] = random.random
    purse: Purse = field(default_factory=Purse)
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex


def send(client: Client, request: Request, *, once_only: bool = False) -> Outcome:
    """Send a request until an answer stands or trying again does not help."""
    client.purse.earn()
    prepared = _prepared(client, request, once_only=once_only)
    started = client.clock.now()
    attempt = 1
    while True:
        response = _attempt(client, prepared)
        waited = client.clock.now() - started
        if response is not None and response.status < 400:
            return Outcome(response, attempt, waited)
        advice = _advice(client, response)
        pause = max(jittered(client.plan, attempt, client.draw()), advice.retry_after or 0)
        reason = _reason_to_stop(client, prepared, response, attempt, waited, pause)
        if reason:
            note(logger, "gave up", level=logging.WARNING, reason=reason.value, attempts=attempt)
            return Outcome(response, attempt, waited, reason)
        note(logger, "trying again", attempt=attempt, pause=pause)
        client.clock.sleep(pause)
        attempt += 1


def _prepared(client: Client, request: Request, *, once_only: bool) -> Request:
    if not once_only or request.header(IDEMPOTENCY):
        return request
    return request.with_header(IDEMPOTENCY, client.new_id())


def _attempt(client: Client, request: Request) -> Response | None:
    try:
        return client.transport(request)
    except (ConnectionError, TimeoutError):
        return None


def _advice(client: Client, response: Response | None) -> Advice:
    if response is None:
        return Advice()
    return read_advice(response.headers, client.clock.now())


def _reason_to_stop(
    client: Client,
    request: Request,
    response: Response | None,
    attempt: int,
    waited: int,
    pause: int,
) -> GaveUp:
    plan = client.plan
    if response is not None and response.status not in PASSING:
        return GaveUp.FINAL
    if not _repeatable(request, response):
        return GaveUp.UNSAFE
    if attempt >= plan.attempts:
        return GaveUp.ATTEMPTS
    if pause > plan.longest_wait:
        return GaveUp.WAIT
    if plan.deadline is not None and waited + pause > plan.deadline:
        return GaveUp.DEADLINE
    if not client.purse.spend():
        return GaveUp.BUDGET
    return GaveUp.NO


def _repeatable(request: Request, response: Response | None) -> bool:
    if response is not None and response.status == 429:
        return True
    return request.method.upper() in SAFE or bool(request.header(IDEMPOTENCY))


def pauses(plan: Plan, draw: float = 1.0) -> list[int]:
    """List the pauses between the attempts of a plan."""
    return [jittered(plan, attempt, draw) for attempt in range(1, plan.attempts)]
