"""One pure function for every way of counting: rule, state and time in; state and decision out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tollgate.clock import NOON, divide_up, to_ms
from tollgate.decisions import (
    Bucket,
    Counter,
    Decision,
    Entry,
    Log,
    Queue,
    State,
    Window,
    passed,
    refused,
)
from tollgate.rules import Algorithm, Rule, parse_rule


def decide_token_bucket(
    rule: Rule, state: State | None, now: int, cost: int
) -> tuple[Bucket, Decision]:
    """Take tokens out of the bucket when there are enough."""
    bucket = _refilled(rule, state, now)
    full, price = rule.capacity * rule.period, cost * rule.period
    if price <= bucket.level:
        left = bucket.level - price
        reset = _time_for(rule, full - left)
        taken = Bucket(left, bucket.at, bucket.at + reset)
        return taken, passed(rule.capacity, left // rule.period, reset_after=reset, rule=rule.title)
    possible = price <= full and rule.limit > 0
    return bucket, refused(
        rule.capacity,
        bucket.level // rule.period,
        retry_after=_time_for(rule, price - bucket.level) if possible else None,
        reset_after=_time_for(rule, full - bucket.level),
        rule=rule.title,
    )


def return_token_bucket(rule: Rule, state: State | None, now: int, cost: int) -> Bucket:
    """Put tokens back into the bucket."""
    bucket = _refilled(rule, state, now)
    full = rule.capacity * rule.period
    level = min(full, bucket.level + cost * rule.period)
    return Bucket(level, bucket.at, bucket.at + _time_for(rule, full - level))


def _refilled(rule: Rule, state: State | None, now: int) -> Bucket:
    full = rule.capacity * rule.period
    if not isinstance(state, Bucket):
        return Bucket(full, now, now)
    elapsed = max(0, now - state.at)
    level = min(full, state.level + elapsed * rule.limit)
    return Bucket(level, max(now, state.at), state.until)


def decide_leaky_bucket(
    rule: Rule, state: State | None, now: int, cost: int
) -> tuple[Queue, Decision]:
    """Queue a request when the bucket has room for it; it waits for its turn."""
    queue = _drained(rule, state, now)
    full, load = rule.capacity * rule.period, cost * rule.period
    level = queue.level + load
    if level <= full and rule.limit > 0:
        reset = _time_for(rule, level)
        return Queue(level, queue.at, queue.at + reset), passed(
            rule.capacity,
            (full - level) // rule.period,
            reset_after=reset,
            wait=_time_for(rule, queue.level) if cost else 0,
            rule=rule.title,
        )
    possible = load <= full and rule.limit > 0
    return queue, refused(
        rule.capacity,
        (full - queue.level) // rule.period,
        retry_after=_time_for(rule, level - full) if possible else None,
        reset_after=_time_for(rule, queue.level),
        rule=rule.title,
    )


def return_leaky_bucket(rule: Rule, state: State | None, now: int, cost: int) -> Queue:
    """Take work out of the queue again."""
    queue = _drained(rule, state, now)
    level = max(0, queue.level - cost * rule.period)
    return Queue(level, queue.at, queue.at + _time_for(rule, level))


def _drained(rule: Rule, state: State | None, now: int) -> Queue:
    if not isinstance(state, Queue):
        return Queue(0, now, now)
    elapsed = max(0, now - state.at)
    level = max(0, state.level - elapsed * rule.limit)
    return Queue(level, max(now, state.at), state.until)


def _time_for(rule: Rule, parts: int) -> int:
    if rule.limit == 0:
        return 0
    return divide_up(parts, rule.limit)


def decide_fixed_window(
    rule: Rule, state: State | None, now: int, cost: int
) -> tuple[Window, Decision]:
    """Count requests from one full period of the calendar to the next."""
    window = _window(rule, state, now)
    reset = window.start + rule.period - now
    used = window.used + cost
    if used <= rule.limit:
        counted = Window(window.start, used, window.until)
        return counted, passed(rule.limit, rule.limit - used, reset_after=reset, rule=rule.title)
    return window, refused(
        rule.limit,
        rule.limit - window.used,
        retry_after=reset if cost <= rule.limit else None,
        reset_after=reset,
        rule=rule.title,
    )


def return_fixed_window(rule: Rule, state: State | None, now: int, cost: int) -> Window:
    """Take requests off the count of this window."""
    window = _window(rule, state, now)
    return Window(window.start, max(0, window.used - cost), window.until)


def _window(rule: Rule, state: State | None, now: int) -> Window:
    start = now - now % rule.period
    if isinstance(state, Window) and state.start >= start:
        return state
    return Window(start, 0, start + rule.period)


def decide_sliding_log(
    rule: Rule, state: State | None, now: int, cost: int
) -> tuple[Log, Decision]:
    """Count every request of the period that ends now."""
    log = _recent(rule, state, now)
    used = _total(log)
    if used + cost <= rule.limit:
        entries = (*log.entries, Entry(now, cost)) if cost > 0 else log.entries
        until = entries[-1].at + rule.period if entries else now
        return Log(entries, until), passed(
            rule.limit, rule.limit - used - cost, reset_after=until - now, rule=rule.title
        )
    return log, refused(
        rule.limit,
        rule.limit - used,
        retry_after=_room_after(rule, log, now, cost),
        reset_after=log.until - now,
        rule=rule.title,
    )


def return_sliding_log(rule: Rule, state: State | None, now: int, cost: int) -> Log:
    """Take requests off the log, the latest first."""
    log = _recent(rule, state, now)
    entries = list(log.entries)
    owed = cost
    while entries and owed > 0:
        last = entries.pop()
        if last.cost > owed:
            entries.append(Entry(last.at, last.cost - owed))
        owed -= last.cost
    until = entries[-1].at + rule.period if entries else now
    return Log(tuple(entries), until)


def _recent(rule: Rule, state: State | None, now: int) -> Log:
    if not isinstance(state, Log):
        return Log((), now)
    entries = tuple(entry for entry in state.entries if entry.at > now - rule.period)
    return Log(entries, state.until)


def _total(log: Log) -> int:
    return sum(entry.cost for entry in log.entries)


def _room_after(rule: Rule, log: Log, now: int, cost: int) -> int | None:
    missing = _total(log) + cost - rule.limit
    for entry in log.entries:
        missing -= entry.cost
        if missing <= 0:
            return entry.at + rule.period - now
    return None


def decide_sliding_counter(
    rule: Rule, state: State | None, now: int, cost: int
) -> tuple[Counter, Decision]:
    """Estimate the last period from this window and a share of the one before."""
    counter = _counter(rule, state, now)
    elapsed = max(0, now - counter.start)
    used = _weighted(rule, counter, elapsed)
    if used + cost <= rule.limit:
        current = counter.current + cost
        counted = Counter(counter.start, current, counter.previous, counter.until)
        return counted, passed(
            rule.limit,
            rule.limit - used - cost,
            reset_after=_quiet_after(rule, counted, elapsed),
            rule=rule.title,
        )
    return counter, refused(
        rule.limit,
        rule.limit - used,
        retry_after=_fits_after(rule, counter, elapsed, cost),
        reset_after=_quiet_after(rule, counter, elapsed),
        rule=rule.title,
    )


def return_sliding_counter(rule: Rule, state: State | None, now: int, cost: int) -> Counter:
    """Take requests off the count of this window."""
    counter = _counter(rule, state, now)
    current = max(0, counter.current - cost)
    return Counter(counter.start, current, counter.previous, counter.until)


def _counter(rule: Rule, state: State | None, now: int) -> Counter:
    start = now - now % rule.period
    until = start + 2 * rule.period
    if not isinstance(state, Counter):
        return Counter(start, 0, 0, until)
    if state.start >= start:
        return state
    follows = state.start + rule.period == start
    return Counter(start, 0, state.current if follows else 0, until)


def _weighted(rule: Rule, counter: Counter, elapsed: int) -> int:
    share = rule.period - elapsed
    return counter.current + counter.previous * share // rule.period


def _fits_after(rule: Rule, counter: Counter, elapsed: int, cost: int) -> int | None:
    if cost > rule.limit:
        return None
    room = rule.limit - counter.current - cost
    if room >= 0:
        return _shrunk_at(rule, counter.previous, room) - elapsed
    later = rule.limit - cost
    return rule.period - elapsed + _shrunk_at(rule, counter.current, later)


def _shrunk_at(rule: Rule, count: int, room: int) -> int:
    share = ((room + 1) * rule.period - 1) // count
    return rule.period - share


def _quiet_after(rule: Rule, counter: Counter, elapsed: int) -> int:
    if counter.current:
        return 2 * rule.period - elapsed
    return rule.period - elapsed if counter.previous else 0


Decide = Callable[[Rule, State | None, int, int], tuple[State, Decision]]
Return = Callable[[Rule, State | None, int, int], State]

_DECIDE: Mapping[Algorithm, Decide] = {
    Algorithm.TOKEN_BUCKET: decide_token_bucket,
    Algorithm.LEAKY_BUCKET: decide_leaky_bucket,
    Algorithm.FIXED_WINDOW: decide_fixed_window,
    Algorithm.SLIDING_LOG: decide_sliding_log,
    Algorithm.SLIDING_COUNTER: decide_sliding_counter,
}
_RETURN: Mapping[Algorithm, Return] = {
    Algorithm.TOKEN_BUCKET: return_token_bucket,
    Algorithm.LEAKY_BUCKET: return_leaky_bucket,
    Algorithm.FIXED_WINDOW: return_fixed_window,
    Algorithm.SLIDING_LOG: return_sliding_log,
    Algorithm.SLIDING_COUNTER: return_sliding_counter,
}


def decide(rule: Rule, state: State | None, now: int, cost: int = 1) -> tuple[State, Decision]:
    """Answer a request that is worth `cost`; a cost of 0 only looks."""
    return _DECIDE[rule.algorithm](rule, state, now, cost)


def give_back(rule: Rule, state: State | None, now: int, cost: int = 1) -> State:
    """Undo a request that was counted."""
    return _RETURN[rule.algorithm](rule, state, now, cost)


def rehearse(
    rule: str, after: Sequence[float], *, cost: int = 1, start: int = NOON
) -> list[Decision]:
    """Tell how a rule would answer requests that come so many seconds after the start."""
    parsed = parse_rule(rule)
    state: State | None = None
    decisions = []
    for seconds in after:
        state, decision = decide(parsed, state, start + to_ms(seconds), cost)
        decisions.append(decision)
    return decisions
