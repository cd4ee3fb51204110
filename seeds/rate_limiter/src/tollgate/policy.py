"""Who may ask how much: tenants, their API keys, plans, and what a route costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from tollgate.clock import DAY, moment, read_day
from tollgate.errors import PolicyError, RuleError
from tollgate.rules import Rule, parse_rules

ROOT = "/"


@dataclass(frozen=True)
class Limit:
    """A rule and the routes it is for."""

    rule: Rule
    route: str = ROOT

    def __str__(self) -> str:
        return str(self.rule) if self.route == ROOT else f"{self.rule} on {self.route}"


@dataclass(frozen=True)
class Tenant:
    """A company. Its limits are shared by all of its keys."""

    name: str
    limits: tuple[Limit, ...] = ()
    plan: str = ""
    suspended: bool = False


@dataclass(frozen=True)
class ApiKey:
    """A key of a tenant, with limits of its own."""

    key: str
    tenant: str
    limits: tuple[Limit, ...] = ()
    until: int | None = None

    def expired(self, now: int) -> bool:
        """Tell whether the key is past its last day."""
        return self.until is not None and now >= self.until


@dataclass(frozen=True)
class Policy:
    """Everything that was agreed with customers."""

    plans: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)
    tenants: Mapping[str, Tenant] = field(default_factory=dict)
    keys: Mapping[str, ApiKey] = field(default_factory=dict)
    costs: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        counts = (("tenant", self.tenants), ("key", self.keys), ("plan", self.plans))
        return ", ".join(
            f"{len(each)} {word}" if len(each) == 1 else f"{len(each)} {word}s"
            for word, each in counts
        )


class Charge(NamedTuple):
    """One count that a request goes against."""

    tenant: str
    key: str
    limit: Limit


def same_name(name: str) -> str:
    """Bring a name into the form in which names are compared."""
    return " ".join(name.split()).casefold()


def clean_route(route: str) -> str:
    """Bring a route into the form in which routes are compared."""
    path = route.strip().partition("?")[0].lower()
    return ROOT + path.strip("/")


def covers(route: str, asked: str) -> bool:
    """Tell whether a route is the one asked for or lies above it."""
    if route == ROOT:
        return True
    return asked == route or asked.startswith(route + "/")


def with_tenant(policy: Policy, name: str, rules: str = "", *, plan: str = "") -> Policy:
    """Add a tenant."""
    limits = tuple(Limit(rule) for rule in parse_rules(rules)) if rules else ()
    tenant = Tenant(name.strip(), limits, same_name(plan))
    return replace(policy, tenants={**policy.tenants, same_name(name): tenant})


def with_key(
    policy: Policy, key: str, tenant: str, rules: str = "", *, until: int | None = None
) -> Policy:
    """Add a key; a tenant that is not there yet comes with it."""
    if same_name(tenant) not in policy.tenants:
        policy = with_tenant(policy, tenant)
    limits = tuple(Limit(rule) for rule in parse_rules(rules)) if rules else ()
    added = ApiKey(key.strip(), same_name(tenant), limits, until)
    return replace(policy, keys={**policy.keys, added.key: added})


def suspend(policy: Policy, tenant: str, *, suspended: bool = True) -> Policy:
    """Stop all keys of a tenant, or let them go on."""
    name = same_name(tenant)
    if name not in policy.tenants:
        return policy
    changed = replace(policy.tenants[name], suspended=suspended)
    return replace(policy, tenants={**policy.tenants, name: changed})


def charges(policy: Policy, api_key: ApiKey, route: str) -> tuple[Charge, ...]:
    """List the counts that a request goes against: the key's, the tenant's, the plan's."""
    asked = clean_route(route)
    tenant = policy.tenants[api_key.tenant]
    shared = (*tenant.limits, *policy.plans.get(tenant.plan, ()))
    own = [Charge(tenant.name, api_key.key, limit) for limit in api_key.limits]
    common = [Charge(tenant.name, "", limit) for limit in shared]
    return tuple(charge for charge in (*own, *common) if covers(charge.limit.route, asked))


def cost_of(policy: Policy, route: str) -> int:
    """Return what a request counts for: the price of the longest route that covers it, or 1."""
    asked = clean_route(route)
    covering = [priced for priced in policy.costs if covers(priced, asked)]
    if not covering:
        return 1
    return policy.costs[max(covering, key=len)]


def read_policy(text: str) -> Policy:
    """Read a policy: one statement a line, `#` begins a comment."""
    draft = _Draft()
    for number, line in enumerate(text.splitlines(), start=1):
        statement = line.partition("#")[0].strip()
        if statement:
            _read_statement(draft, number, statement)
    return draft.finished()


def _read_statement(draft: _Draft, number: int, statement: str) -> None:
    word, _, rest = statement.partition(" ")
    handler = _STATEMENTS.get(word.lower())
    if handler is None:
        raise PolicyError(number, f"“{word}” begins no statement")
    try:
        handler(draft, number, rest.strip())
    except RuleError as error:
        raise PolicyError(number, str(error)) from error


class _Draft:
    """A policy while it is being read."""

    def __init__(self) -> None:
        self.policy = Policy()
        self.add: Callable[[int, tuple[Limit, ...]], None] = self._nowhere
        self.tenant = ""
        self.plans_used: list[tuple[int, str]] = []

    def finished(self) -> Policy:
        for number, plan in self.plans_used:
            if plan not in self.policy.plans:
                raise PolicyError(number, f"there is no plan “{plan}”")
        return self.policy

    def _nowhere(self, number: int, _limits: tuple[Limit, ...]) -> None:
        raise PolicyError(number, "a limit needs a plan, a tenant or a key above it")

    def to_plan(self, name: str) -> None:
        def add(_number: int, limits: tuple[Limit, ...]) -> None:
            plans = self.policy.plans
            self.policy = replace(self.policy, plans={**plans, name: (*plans[name], *limits)})

        self.add = add

    def to_tenant(self, name: str) -> None:
        def add(_number: int, limits: tuple[Limit, ...]) -> None:
            tenant = self.policy.tenants[name]
            tenant = replace(tenant, limits=(*tenant.limits, *limits))
            self.policy = replace(self.policy, tenants={**self.policy.tenants, name: tenant})

        self.add = add

    def to_key(self, name: str) -> None:
        def add(_number: int, limits: tuple[Limit, ...]) -> None:
            key = self.policy.keys[name]
            key = replace(key, limits=(*key.limits, *limits))
            self.policy = replace(self.policy, keys={**self.policy.keys, name: key})

        self.add = add


def _plan(draft: _Draft, number: int, rest: str) -> None:
    name = same_name(rest)
    if not name:
        raise PolicyError(number, "a plan needs a name")
    if name in draft.policy.plans:
        raise PolicyError(number, f"the plan “{rest}” is there already")
    draft.policy = replace(draft.policy, plans={**draft.policy.plans, name: ()})
    draft.tenant = ""
    draft.to_plan(name)


def _tenant(draft: _Draft, number: int, rest: str) -> None:
    name, _, plan = rest.partition(" on plan ")
    if not name.strip():
        raise PolicyError(number, "a tenant needs a name")
    if same_name(name) in draft.policy.tenants:
        raise PolicyError(number, f"the tenant “{name.strip()}” is there already")
    draft.policy = with_tenant(draft.policy, name, plan=plan)
    if plan:
        draft.plans_used.append((number, same_name(plan)))
    draft.tenant = name
    draft.to_tenant(same_name(name))


def _key(draft: _Draft, number: int, rest: str) -> None:
    if not draft.tenant:
        raise PolicyError(number, "a key needs a tenant above it")
    key, _, day = rest.partition(" until ")
    if not key or " " in key.strip():
        raise PolicyError(number, "a key is one word")
    if key.strip() in draft.policy.keys:
        raise PolicyError(number, f"the key “{key.strip()}” is there already")
    until = read_day(day) if day else None
    if day and until is None:
        raise PolicyError(number, f"“{day}” is not a day such as 2026-06-30")
    draft.policy = with_key(draft.policy, key, draft.tenant, until=until)
    draft.to_key(key.strip())


def _limit(draft: _Draft, number: int, rest: str) -> None:
    rules, _, route = rest.partition(" on ")
    path = clean_route(route)
    draft.add(number, tuple(Limit(rule, path) for rule in parse_rules(rules)))


def _cost(draft: _Draft, number: int, rest: str) -> None:
    route, _, price = rest.rpartition(" ")
    if not price.isdigit() or not route.strip():
        raise PolicyError(number, "a cost is a route and a whole number")
    costs = {**draft.policy.costs, clean_route(route): int(price)}
    draft.policy = replace(draft.policy, costs=costs)


def _suspended(draft: _Draft, number: int, rest: str) -> None:
    if not draft.tenant or rest:
        raise PolicyError(number, "“suspended” stands alone, below a tenant")
    draft.policy = suspend(draft.policy, draft.tenant)


_STATEMENTS: dict[str, Callable[[_Draft, int, str], None]] = {
    "plan": _plan,
    "tenant": _tenant,
    "key": _key,
    "limit": _limit,
    "cost": _cost,
    "suspended": _suspended,
}


def describe(policy: Policy) -> list[str]:
    """Write a policy as its statements, tenants and keys by name."""
    return [*_told_plans(policy), *_told_tenants(policy), *_told_costs(policy)]


def _told_plans(policy: Policy) -> Iterator[str]:
    for name in sorted(policy.plans):
        yield f"plan {name}"
        yield from (f"limit {limit}" for limit in policy.plans[name])


def _told_tenants(policy: Policy) -> Iterator[str]:
    for name in sorted(policy.tenants):
        tenant = policy.tenants[name]
        yield (
            f"tenant {tenant.name} on plan {tenant.plan}"
            if tenant.plan
            else f"tenant {tenant.name}"
        )
        if tenant.suspended:
            yield "suspended"
        yield from (f"limit {limit}" for limit in tenant.limits)
        keys = [key for key in policy.keys.values() if key.tenant == name]
        for key in sorted(keys, key=lambda each: each.key):
            yield f"key {key.key}{_told_end(key)}"
            yield from (f"limit {limit}" for limit in key.limits)


def _told_end(key: ApiKey) -> str:
    if key.until is None:
        return ""
    return f" until {moment(key.until - DAY)[:10]}"


def _told_costs(policy: Policy) -> Iterator[str]:
    for route, cost in sorted(policy.costs.items(), key=lambda item: (-item[1], item[0])):
        yield f"cost {route} {cost}"
