"""The API itself: a router of plain functions, the middleware around it, and what the operators of the service may do."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from paydesk import errors
from paydesk.acquirer import Acquirer, Bank, CardNetwork, SandboxBank, SandboxNetwork
from paydesk.balances import Balances, PayoutService
from paydesk.charges import ChargeOrder, ChargeService, IntentService
from paydesk.client import Client
from paydesk.errors import Failure
from paydesk.idempotency import Idempotency, KeyStore
from paydesk.middleware import Authentication, RequestLog, Versioning, chain, digest
from paydesk.models import MOST_PERCENT, Account, ApiKey, Charge, ChargeStatus, R, Refund, Split
from paydesk.refunds import REASONS, RefundService
from paydesk.runtime import DAY, Clock, Ids, RandomIds, SystemClock, log_event
from paydesk.store import PAGE_DEFAULT, PAGE_MOST, Locks, PageRequest, Records, Store
from paydesk.versions import LATEST, VERSIONS, EventLog, present
from paydesk.wire import Fields, Request, Response, refused

CREATED = 201
NAMED = re.compile(r"\{\w+\}")

logger = logging.getLogger("paydesk.api")


@dataclass(frozen=True)
class Services:
    """What views work with."""

    store: Store
    charges: ChargeService
    intents: IntentService
    refunds: RefundService
    balances: Balances
    payouts: PayoutService


View = Callable[..., Response]


class Router:
    """Finds the view for a request."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], View]] = []

    def get(self, path: str) -> Callable[[View], View]:
        """Serve a path for looking at."""
        return self._route("GET", path)

    def post(self, path: str) -> Callable[[View], View]:
        """Serve a path for changes."""
        return self._route("POST", path)

    def _route(self, method: str, path: str) -> Callable[[View], View]:
        pattern = re.compile(NAMED.sub("([^/]+)", path))

        def register(view: View) -> View:
            self._routes.append((method, pattern, view))
            return view

        return register

    def resolve(self, method: str, path: str) -> tuple[View, tuple[str, ...]] | Failure:
        """Return the view and what the path names."""
        allowed = False
        for known, pattern, view in self._routes:
            match = pattern.fullmatch(path.rstrip("/"))
            if match is None:
                continue
            if known == method:
                return view, match.groups()
            allowed = True
        if allowed:
            return errors.method_not_allowed(method, path)
        return errors.unknown_path(method, path)


router = Router()


def answer(fields: Fields, serve: Callable[[], Any], status: int = 200) -> Response:
    """Have a request served if its parameters are in order, and turn what comes of it into a response."""
    failure = fields.finish()
    result = serve() if failure is None else failure
    if isinstance(result, Failure):
        return refused(result)
    return Response(status, present(result))


def found(request: Request, records: Records[R], object_id: str) -> Response:
    """Answer with one object of the account."""
    return answer(Fields(request.params), lambda: records.find(request.account_id, object_id))


def _page_request(fields: Fields) -> PageRequest:
    limit = fields.whole("limit", least=1, most=PAGE_MOST)
    after, before = fields.text("starting_after"), fields.text("ending_before")
    if after is not None and before is not None:
        fields.fail(errors.invalid("ending_before", "cannot go with starting_after"))
    return PageRequest(PAGE_DEFAULT if limit is None else limit, after, before)


def _splits(fields: Fields) -> tuple[Split, ...]:
    splits = []
    for row in fields.rows("splits"):
        inner = Fields(row)
        split = Split(inner.must_text("account"), inner.must_whole("percent", least=1, most=MOST_PERCENT))
        failure = inner.finish()
        if failure is not None:
            fields.fail(replace(failure, param="splits"))
        splits.append(split)
    return tuple(splits)


@router.post("/v1/charges")
def create_charge(request: Request, services: Services) -> Response:
    """Charge a card."""
    fields = Fields(request.params)
    order = ChargeOrder(
        amount=fields.must_whole("amount", least=0),
        currency=fields.currency("currency"),
        card=fields.must_text("card"),
        capture=fields.flag("capture", default=True),
        description=fields.text("description"),
        metadata=fields.metadata() or {},
        splits=_splits(fields),
    )
    account_id, reference = request.account_id, request.reference
    return answer(fields, lambda: services.charges.create(account_id, order, reference), CREATED)


@router.get("/v1/charges")
def list_charges(request: Request, services: Services) -> Response:
    """List charges, newest first."""
    fields = Fields(request.params)
    wanted = _page_request(fields)
    status = fields.choice("status", [each.value for each in ChargeStatus])
    since, until = fields.whole("created_from"), fields.whole("created_before")

    def matches(charge: Charge) -> bool:
        if status is not None and charge.status != status:
            return False
        if since is not None and charge.created < since:
            return False
        return until is None or charge.created < until

    charges = services.store.charges
    return answer(fields, lambda: charges.page(request.account_id, wanted, matches))


@router.get("/v1/charges/{charge}")
def retrieve_charge(request: Request, services: Services, charge_id: str) -> Response:
    """Look a charge up."""
    return found(request, services.store.charges, charge_id)


@router.post("/v1/charges/{charge}")
def update_charge(request: Request, services: Services, charge_id: str) -> Response:
    """Change the notes on a charge."""
    fields = Fields(request.params)
    notes = fields.text("description"), fields.metadata()
    return answer(fields, lambda: services.charges.update(request.account_id, charge_id, *notes))


@router.post("/v1/charges/{charge}/capture")
def capture_charge(request: Request, services: Services, charge_id: str) -> Response:
    """Take authorized money."""
    fields = Fields(request.params)
    amount = fields.whole("amount", least=1)
    final = fields.flag("final", default=True)
    capture = services.charges.capture
    return answer(fields, lambda: capture(request.account_id, charge_id, amount, request.reference, final=final))


@router.get("/v1/charges/{charge}/captures")
def list_captures(request: Request, services: Services, charge_id: str) -> Response:
    """List what was taken under a charge, newest first."""
    fields = Fields(request.params)
    wanted = _page_request(fields)
    charge = services.store.charges.find(request.account_id, charge_id)
    if isinstance(charge, Failure):
        fields.fail(charge)
    captures = services.store.captures
    return answer(fields, lambda: captures.page(request.account_id, wanted, lambda row: row.charge == charge_id))


@router.post("/v1/charges/{charge}/void")
def void_charge(request: Request, services: Services, charge_id: str) -> Response:
    """Give an authorization up."""
    fields = Fields(request.params)
    return answer(fields, lambda: services.charges.void(request.account_id, charge_id))


@router.post("/v1/refunds")
def create_refund(request: Request, services: Services) -> Response:
    """Give money back."""
    fields = Fields(request.params)
    charge_id = fields.must_text("charge")
    amount = fields.whole("amount", least=1)
    reason = fields.choice("reason", REASONS)
    create, account_id = services.refunds.create, request.account_id
    return answer(fields, lambda: create(account_id, charge_id, amount, reason, request.reference), CREATED)


@router.get("/v1/refunds")
def list_refunds(request: Request, services: Services) -> Response:
    """List refunds, newest first."""
    fields = Fields(request.params)
    wanted, charge_id = _page_request(fields), fields.text("charge")
    refunds = services.store.refunds

    def matches(refund: Refund) -> bool:
        return charge_id is None or refund.charge == charge_id

    return answer(fields, lambda: refunds.page(request.account_id, wanted, matches))


@router.get("/v1/refunds/{refund}")
def retrieve_refund(request: Request, services: Services, refund_id: str) -> Response:
    """Look a refund up."""
    return found(request, services.store.refunds, refund_id)


@router.post("/v1/intents")
def create_intent(request: Request, services: Services) -> Response:
    """Begin a purchase."""
    fields = Fields(request.params)
    amount = fields.must_whole("amount", least=0)
    currency, metadata = fields.currency("currency"), fields.metadata() or {}
    create = services.intents.create
    return answer(fields, lambda: create(request.account_id, amount, currency, metadata), CREATED)


@router.get("/v1/intents/{intent}")
def retrieve_intent(request: Request, services: Services, intent_id: str) -> Response:
    """Look an intent up."""
    return found(request, services.store.intents, intent_id)


@router.post("/v1/intents/{intent}/confirm")
def confirm_intent(request: Request, services: Services, intent_id: str) -> Response:
    """Try a card."""
    fields = Fields(request.params)
    card = fields.must_text("card")
    confirm = services.intents.confirm
    return answer(fields, lambda: confirm(request.account_id, intent_id, card, request.reference))


@router.post("/v1/intents/{intent}/cancel")
def cancel_intent(request: Request, services: Services, intent_id: str) -> Response:
    """Call a purchase off."""
    fields = Fields(request.params)
    return answer(fields, lambda: services.intents.cancel(request.account_id, intent_id))


@router.get("/v1/balance")
def retrieve_balance(request: Request, services: Services) -> Response:
    """Tell what an account has, in one currency or in all it ever had."""
    fields = Fields(request.params)
    currency = fields.currency("currency", required=False)
    return answer(fields, lambda: services.balances.overview(request.account_id, currency))


@router.get("/v1/balance/entries")
def list_entries(request: Request, services: Services) -> Response:
    """List the lines of a balance, newest first."""
    fields = Fields(request.params)
    wanted = _page_request(fields)
    return answer(fields, lambda: services.store.entries.page(request.account_id, wanted))


@router.post("/v1/payouts")
def create_payout(request: Request, services: Services) -> Response:
    """Have money paid out to the bank."""
    fields = Fields(request.params)
    currency, amount = fields.currency("currency"), fields.whole("amount", least=1)
    create = services.payouts.create
    return answer(fields, lambda: create(request.account_id, currency, amount), CREATED)


@router.get("/v1/payouts/{payout}")
def retrieve_payout(request: Request, services: Services, payout_id: str) -> Response:
    """Look a payout up."""
    return found(request, services.store.payouts, payout_id)


@router.get("/v1/events")
def list_events(request: Request, services: Services) -> Response:
    """List what happened, newest first."""
    fields = Fields(request.params)
    wanted, kind = _page_request(fields), fields.text("type")
    events = services.store.events
    return answer(
        fields, lambda: events.page(request.account_id, wanted, lambda event: kind is None or event.type == kind)
    )


class PaymentsApi:
    """The whole service. Customers send requests to `handle`; the rest is for those who run it."""

    def __init__(
        self,
        *,
        network: CardNetwork | None = None,
        bank: Bank | None = None,
        clock: Clock | None = None,
        ids: Ids | None = None,
        locks: Locks | None = None,
    ) -> None:
        self._clock = clock = SystemClock() if clock is None else clock
        self._ids = ids = RandomIds() if ids is None else ids
        self._store = store = Store(locks)
        self._keys = KeyStore(clock, ids)
        events = EventLog(store, clock, ids)
        acquirer = Acquirer(SandboxNetwork() if network is None else network, clock)
        bank = SandboxBank() if bank is None else bank
        balances = Balances(store, clock, ids)
        charges = ChargeService(store, clock, ids, acquirer, balances, events)
        self._services = Services(
            store=store,
            charges=charges,
            intents=IntentService(store, clock, ids, charges, events),
            refunds=RefundService(store, clock, ids, acquirer, balances, events),
            balances=balances,
            payouts=PayoutService(store, clock, ids, bank, balances, events),
        )
        self._handler = chain(
            self._dispatch,
            RequestLog(clock, ids),
            Authentication(store, clock),
            Versioning(store),
            Idempotency(self._keys, ids),
        )

    def handle(self, request: Request) -> Response:
        """Answer a customer's request."""
        return self._handler(request)

    def _dispatch(self, request: Request) -> Response:
        found = router.resolve(request.method, request.path)
        if isinstance(found, Failure):
            return refused(found)
        view, named = found
        return view(request, self._services, *named)

    # for those who run the service

    def sign_up(self, name: str, *, fee: int = 0, version: str = LATEST) -> Client:
        """Open an account; `fee` is in hundredths of a per cent. It stays with its version of the API."""
        if version not in VERSIONS:
            raise ValueError(f"no such version: {version}")
        account_id = self._ids.next("acct")
        account = self._store.accounts.add(
            Account(
                id=account_id,
                account_id=account_id,
                created=self._clock.now(),
                name=name,
                version=version,
                fee_basis_points=fee,
            )
        )
        log_event(logger, "account.opened", account=account.id, customer=name)
        return self.issue_key(account.id)

    def issue_key(self, account_id: str, *, read_only: bool = False) -> Client:
        """Make another API key for an account."""
        secret = self._ids.next("sk")
        self._store.keys.add(
            ApiKey(
                id=digest(secret),
                account_id=self._store.account(account_id).id,
                created=self._clock.now(),
                read_only=read_only,
            )
        )
        return Client(self.handle, secret, account_id, self._clock, self._ids)

    def roll_key(self, secret: str, *, grace: int = DAY) -> Client:
        """Replace an API key by a new one of its kind; the old one is good for a time of grace, in seconds."""
        old = self._store.keys.by_digest(digest(secret))
        if old is None:
            raise ValueError("no such key")
        self._store.keys.save(replace(old, expires_at=self._clock.now() + grace))
        return self.issue_key(old.account_id, read_only=old.read_only)

    def expire_authorizations(self) -> int:
        """Give up authorizations that nobody captured in time; return how many."""
        return self._services.charges.expire_lapsed()

    def send_payouts(self) -> int:
        """Hand waiting payouts to the bank; return how many are paid."""
        return self._services.payouts.send_pending()

    def purge_keys(self) -> int:
        """Forget expired idempotency keys; return how many."""
        return self._keys.purge()
