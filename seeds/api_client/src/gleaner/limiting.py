"""Accounts with their rates, and gates that bound how much goes on at a host at the same time."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from gleaner.faults import (
    AccountTakenError,
    DeadlineError,
    RestingError,
    SettingsError,
    ThrottledError,
    TimedOutError,
    UnavailableError,
    UnknownAccountError,
)
from gleaner.metering import Meter, facts
from gleaner.timing import SECOND, Clock, to_ms, to_seconds
from gleaner.wire import Request, Response, Send

log = logging.getLogger("gleaner.limiting")


@dataclass(frozen=True)
class Rate:
    """So many requests in so many seconds; all of them at once if need be."""

    requests: int
    per_s: float = 1

    def check(self) -> None:
        """Refuse what lets nothing through."""
        if self.requests < 1 or self.per_s <= 0:
            raise SettingsError("a rate lets something through")

    def __str__(self) -> str:
        return f"{self.requests} in {self.per_s:g} s"


class Bucket:
    """Tokens of one account. One that is not there yet can be taken in advance, by whoever waits for it.

    Counted in parts, so that nothing is lost to rounding: a token has as many parts as the period has
    milliseconds, and every millisecond brings as many parts as the rate has requests.
    """

    def __init__(self, rate: Rate, now: int) -> None:
        rate.check()
        self._token = to_ms(rate.per_s)
        self._gain = rate.requests
        self._capacity = self._token * rate.requests
        self._parts = self._capacity
        self._filled_at = now

    def take(self, now: int) -> int:
        """Take a token, and say when it may be used: its turn."""
        self._fill(now)
        self._parts -= self._token
        missing = max(0, -self._parts)
        return now + -(-missing // self._gain)

    def give_back(self) -> None:
        """Return a token whose turn was not used."""
        self._parts += self._token

    def available(self, now: int) -> int:
        """How many tokens could be used at once."""
        self._fill(now)
        return max(0, self._parts // self._token)

    def _fill(self, now: int) -> None:
        elapsed = now - self._filled_at
        self._parts = min(self._capacity, self._parts + elapsed * self._gain)
        self._filled_at = now


@dataclass
class Account:
    """Who we are to a server."""

    name: str
    host: str
    token: str
    headers: dict[str, str] = field(default_factory=dict)
    bucket: Bucket | None = None
    held_until: int = 0
    """When the pause ends that the server asked for."""

    def hold(self, until: int) -> None:
        """Leave the server alone until then; a pause that is longer already stays."""
        self.held_until = max(self.held_until, until)


class AccountBook:
    """All accounts by name."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}

    def add(
        self, name: str, host: str, token: str, headers: Mapping[str, str], bucket: Bucket | None
    ) -> Account:
        """Enter a new one."""
        if name in self._accounts:
            raise AccountTakenError(name)
        account = Account(name, host, token, bucket=bucket)
        account.headers = {**headers}
        self._accounts[name] = account
        return account

    def of(self, name: str) -> Account:
        """Look one up."""
        account = self._accounts.get(name)
        if account is None:
            raise UnknownAccountError(name)
        return account

    def remove(self, name: str) -> Account:
        """Strike one out."""
        account = self.of(name)
        del self._accounts[name]
        return account

    def names(self) -> list[str]:
        """Every name, in order."""
        return sorted(self._accounts)


@dataclass
class Limiting:
    """Keeps to the rate of the account, and to the pauses that its server asks for."""

    send: Send
    book: AccountBook
    clock: Clock
    meter: Meter

    async def __call__(self, request: Request) -> Response:
        """Send when it is this request's turn, and keep to the pauses that a throttling server asks for."""
        account = self.book.of(request.account)
        due = account.bucket.take(self.clock.now()) if account.bucket is not None else 0
        try:
            await self._wait(request, account, due)
        except BaseException:
            self._give_back(account)
            raise
        try:
            response = await self.send(request)
        except ThrottledError as error:
            self.meter.count(account.name, "throttled")
            if error.advised_ms is not None:
                account.hold(self.clock.now() + error.advised_ms)
            raise
        except (DeadlineError, RestingError) as error:
            if not error.ambiguous:
                self._give_back(account)
            raise
        self._heed(account, response)
        return response

    async def _wait(self, request: Request, account: Account, due: int) -> None:
        """Wait for a turn, and for the end of a pause that the server asked for."""
        while True:
            now = self.clock.now()
            pause = max(due, account.held_until) - now
            if pause <= 0:
                return
            if request.deadline is not None and not request.deadline.allows(pause, now):
                raise DeadlineError(request.target)
            self.meter.count(account.name, "waited_ms", pause)
            await self.clock.sleep(pause)

    def _give_back(self, account: Account) -> None:
        """Return a turn that was not used."""
        if account.bucket is not None:
            account.bucket.give_back()

    def _heed(self, account: Account, response: Response) -> None:
        """A server may say that this was the last request for a while."""
        remaining = response.header("RateLimit-Remaining")
        reset = response.header("RateLimit-Reset")
        if remaining == "0" and reset is not None and reset.isdecimal():
            account.hold(self.clock.now() + int(reset) * SECOND)
            log.info("quota used up", extra=facts(account=account.name, reset_s=int(reset)))


class Gate:
    """So many at a time, first come, first served. It narrows when the host is in trouble and widens step by step."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.width = most
        self.inside = 0
        self._well = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def enter(self) -> None:
        """Wait for a place in the queue and take it."""
        if self.inside < self.width:
            self.inside += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._waiting.remove(turn)
            else:
                self.leave()
            raise

    def leave(self) -> None:
        """Free a place for whoever has waited longest."""
        self.inside -= 1
        self._admit()

    def narrow(self) -> None:
        """Half as many from now on, one at least. Those inside stay."""
        self.width = max(1, self.width // 2)
        self._well = 0

    def widen(self) -> None:
        """One went well; after as many as there are places, there is one more of these."""
        self._well += 1
        if self._well >= self.width:
            self.width = min(self.most, self.width + 1)
            self._well = 0
            self._admit()

    def _admit(self) -> None:
        """Let in who has waited longest, as far as there are places."""
        while self._waiting and self.inside < self.width:
            turn = self._waiting.popleft()
            self.inside += 1
            turn.set_result(None)


@dataclass
class Gating:
    """Bounds what goes on at a host at the same time."""

    send: Send
    gates: defaultdict[str, Gate]
    clock: Clock

    async def __call__(self, request: Request) -> Response:
        """Send when there is a place, and tell trouble from what goes well."""
        gate = self.gates[request.host]
        await self._enter(gate, request)
        try:
            response = await self.send(request)
        except (ThrottledError, UnavailableError, TimedOutError):
            gate.narrow()
            raise
        finally:
            gate.leave()
        gate.widen()
        return response

    async def _enter(self, gate: Gate, request: Request) -> None:
        """Wait for a place, as long as the deadline of the call allows."""
        deadline = request.deadline
        left = to_seconds(deadline.left(self.clock.now())) if deadline is not None else None
        try:
            async with asyncio.timeout(left):
                await gate.enter()
        except TimeoutError as error:
            raise DeadlineError(request.target) from error
