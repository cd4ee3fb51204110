"""The gate: an API key asks, all limits that apply are checked, one decision comes back."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from tollgate.algorithms import decide, give_back
from tollgate.clock import SECOND, Clock, SystemClock, to_ms
from tollgate.decisions import UNLIMITED, Decision, Reason, State, strictest, turned_away
from tollgate.errors import StoreError
from tollgate.logs import note
from tollgate.policy import ApiKey, Charge, Policy, charges, cost_of
from tollgate.stores import Key, MemoryStore, Store
from tollgate.usage import Tally

logger = logging.getLogger("tollgate.gate")


@dataclass(frozen=True)
class Gate:
    """One node's way in. Nodes that share a store share their counts."""

    policy: Policy
    store: Store = field(default_factory=MemoryStore)
    clock: Clock = field(default_factory=SystemClock)
    node: str = "gate"
    open_when_blind: bool = True
    tally: Tally = field(default_factory=Tally)


def open_gate(
    policy: Policy,
    *,
    store: Store | None = None,
    clock: Clock | None = None,
    node: str = "gate",
    open_when_blind: bool = True,
) -> Gate:
    """Make a gate with counts of its own, unless a store is shared with it."""
    return Gate(
        policy,
        store if store is not None else MemoryStore(),
        clock if clock is not None else SystemClock(),
        node.strip(),
        open_when_blind,
    )


def ask(gate: Gate, key: str, *, cost: int | None = None, route: str = "/") -> Decision:
    """Answer one request and count it."""
    known = _known(gate, key)
    if isinstance(known, Decision):
        note(logger, "request turned away", key=key.strip(), reason=known.reason.value)
        return known
    price = _price(gate, cost, route)
    try:
        decision = _charge_all(gate, charges(gate.policy, known, route), price)
    except StoreError as error:
        return _blind(gate, known, error)
    gate.tally.count(known.tenant, known.key, route, gate.clock.now(), price, decision.allowed)
    if not decision.allowed:
        note(
            logger,
            "request refused",
            tenant=known.tenant,
            key=known.key,
            rule=decision.rule,
            level=logging.WARNING,
            retry_after=decision.retry_after,
        )
    return decision


def ask_patiently(
    gate: Gate, key: str, *, patience: float, cost: int | None = None, route: str = "/"
) -> Decision:
    """Ask, and ask again as often as the answer says when, for so many seconds at most."""
    deadline = gate.clock.now() + to_ms(patience)
    decision = ask(gate, key, cost=cost, route=route)
    while not decision.allowed and decision.retry_after is not None:
        if gate.clock.now() + decision.retry_after > deadline:
            break
        gate.clock.sleep(decision.retry_after)
        decision = ask(gate, key, cost=cost, route=route)
    return decision


def look(gate: Gate, key: str, *, route: str = "/") -> list[Decision]:
    """Tell what is left under each limit without counting anything."""
    known = _known(gate, key)
    if isinstance(known, Decision):
        return [known]
    try:
        return [_peek(gate, charge, price=0) for charge in charges(gate.policy, known, route)]
    except StoreError as error:
        return [_blind(gate, known, error)]


def hand_back(gate: Gate, key: str, *, cost: int | None = None, route: str = "/") -> Decision:
    """Undo a request that was counted, because it was not served, and tell what is left."""
    known = _known(gate, key)
    if isinstance(known, Decision):
        return known
    price = _price(gate, cost, route)
    _give_all_back(gate, charges(gate.policy, known, route), price)
    note(logger, "request handed back", tenant=known.tenant, key=known.key, cost=price)
    return strictest(look(gate, key, route=route))


def start_over(gate: Gate, key: str, *, whole_tenant: bool = False) -> int:
    """Forget what a key, or its whole tenant, has used, and tell how many counts that were."""
    known = gate.policy.keys.get(key.strip())
    if known is None:
        return 0
    tenant = gate.policy.tenants[known.tenant].name
    return gate.store.forget(tenant, None if whole_tenant else known.key)


def tidy(gate: Gate) -> int:
    """Forget counts that say nothing any more, and tell how many."""
    return gate.store.sweep(gate.clock.now())


def _known(gate: Gate, key: str) -> ApiKey | Decision:
    api_key = gate.policy.keys.get(key.strip())
    if api_key is None:
        return turned_away(Reason.UNKNOWN_KEY)
    if api_key.expired(gate.clock.now()):
        return turned_away(Reason.EXPIRED_KEY)
    if gate.policy.tenants[api_key.tenant].suspended:
        return turned_away(Reason.SUSPENDED)
    return api_key


def _price(gate: Gate, cost: int | None, route: str) -> int:
    return max(0, cost) if cost is not None else cost_of(gate.policy, route)


def _place(charge: Charge) -> Key:
    return Key(charge.tenant, charge.key, str(charge.limit))


def _charge_all(gate: Gate, against: Sequence[Charge], price: int) -> Decision:
    taken: list[Charge] = []
    decisions: list[Decision] = []
    try:
        for charge in against:
            refused_already = len(taken) < len(decisions)
            answer = _peek if refused_already else _charge
            decision = answer(gate, charge, price)
            decisions.append(decision)
            if decision.allowed and not refused_already:
                taken.append(charge)
    except StoreError:
        _give_all_back(gate, taken, price)
        raise
    if len(taken) < len(against):
        _give_all_back(gate, taken, price)
    return strictest(decisions)


def _peek(gate: Gate, charge: Charge, price: int) -> Decision:
    state = gate.store.read(_place(charge))
    return decide(charge.limit.rule, state, gate.clock.now(), price)[1]


def _charge(gate: Gate, charge: Charge, price: int) -> Decision:
    def change(state: State | None) -> tuple[State | None, Decision]:
        return decide(charge.limit.rule, state, gate.clock.now(), price)

    return gate.store.update(_place(charge), change)


def _give_all_back(gate: Gate, taken: Sequence[Charge], price: int) -> None:
    for charge in reversed(taken):
        try:
            _give_back(gate, charge, price)
        except StoreError:
            note(logger, "count not given back", tenant=charge.tenant, key=charge.key)


def _give_back(gate: Gate, charge: Charge, price: int) -> None:
    def change(state: State | None) -> tuple[State | None, None]:
        if state is None:
            return None, None
        return give_back(charge.limit.rule, state, gate.clock.now(), price), None

    gate.store.update(_place(charge), change)


def _blind(gate: Gate, known: ApiKey, error: StoreError) -> Decision:
    note(
        logger,
        "limits not checked",
        tenant=known.tenant,
        key=known.key,
        level=logging.ERROR,
        node=gate.node,
        problem=str(error),
    )
    if gate.open_when_blind:
        return UNLIMITED
    return turned_away(Reason.UNAVAILABLE, retry_after=SECOND)
