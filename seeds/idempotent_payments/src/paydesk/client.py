"""The API as a customer's program calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from paydesk.idempotency import HEADER
from paydesk.middleware import AUTHORIZATION, VERSION
from paydesk.runtime import Clock, Ids
from paydesk.wire import Request, Response

PAUSE_MS = 500
SERVER_ERROR = 500


class Client:
    """Sends requests with one API key.

    With `retries`, requests that did not come to an end are sent again after a pause. So that nothing is done twice, each request
    that changes something then carries an idempotency key of its own.
    """

    def __init__(
        self,
        send: Callable[[Request], Response],
        secret: str,
        account_id: str,
        clock: Clock,
        ids: Ids,
        *,
        retries: int = 0,
    ) -> None:
        self._send = send
        self._clock = clock
        self._ids = ids
        self._retries = retries
        self.secret = secret
        self.account_id = account_id
        self.charges = Charges(self)
        self.refunds = Refunds(self)
        self.intents = Intents(self)
        self.balance = Balance(self)
        self.payouts = Payouts(self)
        self.events = Events(self)

    def __str__(self) -> str:
        return self.account_id

    def retrying(self, retries: int) -> Client:
        """Return a client that tries again so many times."""
        return Client(self._send, self.secret, self.account_id, self._clock, self._ids, retries=retries)

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, version: str | None = None) -> Response:
        """Look something up."""
        return self.request("GET", path, params, version=version)

    def post(
        self, path: str, params: Mapping[str, Any] | None = None, *, key: str | None = None, version: str | None = None
    ) -> Response:
        """Change something."""
        return self.request("POST", path, params, key=key, version=version)

    def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        version: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request as it is. Parameters that are None are left out."""
        request = self._prepared(method, path, params or {}, self._headers(key, version, headers))
        attempt = 0
        while True:
            response = self._send(request)
            pause = self._pause_ms(response, attempt)
            if pause is None or attempt == self._retries:
                return response
            self._clock.sleep(pause / 1000)
            attempt += 1

    def _prepared(self, method: str, path: str, params: Mapping[str, Any], headers: dict[str, str]) -> Request:
        if self._retries:
            headers.setdefault(HEADER, self._ids.next("auto"))
        given = {name: value for name, value in params.items() if value is not None}
        return Request(method, path, given, headers)

    def _headers(self, key: str | None, version: str | None, more: Mapping[str, str] | None) -> dict[str, str]:
        headers = {AUTHORIZATION: f"Bearer {self.secret}"}
        if key is not None:
            headers[HEADER] = key
        if version is not None:
            headers[VERSION] = version
        return {**headers, **(more or {})}

    def _pause_ms(self, response: Response, attempt: int) -> int | None:
        """Return how long to wait before trying again, or None where that would be of no use."""
        wished = response.headers.get("Retry-After")
        if wished is not None:
            return int(wished) * 1000
        if response.status >= SERVER_ERROR:
            return PAUSE_MS << attempt
        return None


class _Resource:
    def __init__(self, client: Client) -> None:
        self._client = client

    def __str__(self) -> str:
        return str(self._client)


class Charges(_Resource):
    """Charges of an account."""

    def create(
        self,
        amount: Any = None,
        currency: Any = None,
        card: Any = None,
        *,
        key: str | None = None,
        version: str | None = None,
        **more: Any,
    ) -> Response:
        """Charge a card. There is more to say: capture, description, metadata, splits."""
        params = {"amount": amount, "currency": currency, "card": card, **more}
        return self._client.post("/v1/charges", params, key=key, version=version)

    def retrieve(self, charge: str, *, version: str | None = None) -> Response:
        """Look a charge up."""
        return self._client.get(f"/v1/charges/{charge}", version=version)

    def update(self, charge: str, *, description: Any = None, metadata: Any = None) -> Response:
        """Change the notes on a charge."""
        params = {"description": description, "metadata": metadata}
        return self._client.post(f"/v1/charges/{charge}", params)

    def capture(
        self, charge: str, amount: Any = None, *, final: bool | None = None, key: str | None = None
    ) -> Response:
        """Take authorized money."""
        params = {"amount": amount, "final": final}
        return self._client.post(f"/v1/charges/{charge}/capture", params, key=key)

    def captures(self, charge: str) -> Response:
        """List what was taken under a charge."""
        return self._client.get(f"/v1/charges/{charge}/captures")

    def void(self, charge: str, *, version: str | None = None) -> Response:
        """Give an authorization up."""
        return self._client.post(f"/v1/charges/{charge}/void", version=version)

    def list(self, *, version: str | None = None, **which: Any) -> Response:
        """List charges, newest first: by status, created_from, created_before, in pages."""
        return self._client.get("/v1/charges", which, version=version)


class Refunds(_Resource):
    """Refunds of an account."""

    def create(
        self, charge: Any = None, amount: Any = None, *, reason: str | None = None, key: str | None = None
    ) -> Response:
        """Give money back."""
        params = {"charge": charge, "amount": amount, "reason": reason}
        return self._client.post("/v1/refunds", params, key=key)

    def retrieve(self, refund: str) -> Response:
        """Look a refund up."""
        return self._client.get(f"/v1/refunds/{refund}")

    def list(self, **which: Any) -> Response:
        """List refunds, newest first: those of a charge, in pages."""
        return self._client.get("/v1/refunds", which)


class Intents(_Resource):
    """Purchase intents of an account."""

    def create(self, amount: Any = None, currency: Any = None, *, metadata: Any = None) -> Response:
        """Begin a purchase."""
        params = {"amount": amount, "currency": currency, "metadata": metadata}
        return self._client.post("/v1/intents", params)

    def retrieve(self, intent: str, *, version: str | None = None) -> Response:
        """Look an intent up."""
        return self._client.get(f"/v1/intents/{intent}", version=version)

    def confirm(self, intent: str, card: Any = None, *, key: str | None = None) -> Response:
        """Try a card."""
        return self._client.post(f"/v1/intents/{intent}/confirm", {"card": card}, key=key)

    def cancel(self, intent: str) -> Response:
        """Call a purchase off."""
        return self._client.post(f"/v1/intents/{intent}/cancel")


class Balance(_Resource):
    """The balance of an account."""

    def retrieve(self, currency: str | None = None) -> Response:
        """Look up what there is."""
        return self._client.get("/v1/balance", {"currency": currency})

    def entries(self, *, version: str | None = None, **which: Any) -> Response:
        """List the lines behind it, newest first, in pages."""
        return self._client.get("/v1/balance/entries", which, version=version)


class Payouts(_Resource):
    """Payouts of an account."""

    def create(self, currency: Any = None, amount: Any = None, *, key: str | None = None) -> Response:
        """Have money paid out to the bank."""
        params = {"currency": currency, "amount": amount}
        return self._client.post("/v1/payouts", params, key=key)

    def retrieve(self, payout: str) -> Response:
        """Look a payout up."""
        return self._client.get(f"/v1/payouts/{payout}")


class Events(_Resource):
    """What happened in an account."""

    def list(self, *, version: str | None = None, **which: Any) -> Response:
        """List events, newest first: those of a type, in pages."""
        return self._client.get("/v1/events", which, version=version)
