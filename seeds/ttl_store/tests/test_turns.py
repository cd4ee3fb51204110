"""Calls of several threads, and the lock they all go through."""

import threading

import pytest

from sandglass import Box, ManualClock, SystemClock

PATIENCE = 2.0

CALLS = [
    ("put", ["a", "2"], {}),
    ("add", ["b", "2"], {}),
    ("put_under", ["report", 1, "b", "2"], {}),
    ("swap", ["a", "3"], {"revision": 2}),
    ("get", ["a"], {}),
    ("get_many", [["a", "b"]], {}),
    ("look", ["a"], {}),
    ("touch", ["a"], {}),
    ("pin", ["a"], {}),
    ("unpin", ["a"], {}),
    ("delete", ["a"], {}),
    ("delete_prefix", ["a"], {}),
    ("delete_tag", ["x"], {}),
    ("keys", [], {}),
    ("agree", ["main"], {}),
    ("limit", [], {}),
    ("drop_space", ["main"], {}),
    ("spaces", [], {}),
    ("usage", [], {}),
    ("retain", [99], {}),
    ("changes", [], {}),
    ("watch", [], {}),
    ("poll", ["w1"], {}),
    ("ack", ["w1", 1], {}),
    ("unwatch", ["w1"], {}),
    ("lock", ["report", "ben"], {}),
    ("queue", ["report", "ben"], {}),
    ("leave", ["report", "ben"], {}),
    ("renew", ["report", 1], {}),
    ("unlock", ["report", 1], {}),
    ("holder", ["report"], {}),
    ("count", ["visits"], {}),
    ("counted", ["visits"], {}),
    ("forget", ["visits"], {}),
    ("sweep", [], {}),
    ("next_due", [], {}),
    ("stats", [], {}),
    ("reset_stats", [], {}),
    ("footprint", [], {}),
    ("dump", [], {}),
]


class Door:
    """A lock that counts how often it was opened."""

    def __init__(self):
        self.lock = threading.Lock()
        self.inside = 0
        self.turns = 0
        self.owner = None

    def acquire(self, *args):
        if self.owner == threading.get_ident():
            self.inside += 1
            return True
        self.lock.acquire()
        self.owner, self.inside = threading.get_ident(), 1
        self.turns += 1
        return True

    def release(self):
        self.inside -= 1
        if self.inside == 0:
            self.owner = None
            self.lock.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *details):
        self.release()

    def _is_owned(self):
        return self.owner == threading.get_ident()


class Timekeeper(ManualClock):
    """Notes when somebody asks for the time out of turn, and does not move for those who wait."""

    __slots__ = ("door", "outside", "waiting")

    def __init__(self):
        super().__init__()
        self.door = Door()
        self.outside = 0
        self.waiting = threading.Event()

    def now(self):
        self.outside += not self.door.inside
        return super().now()

    def pause(self, span):
        self.waiting.set()
        return PATIENCE


@pytest.fixture
def clock():
    return Timekeeper()


@pytest.fixture
def shared(clock, monkeypatch):
    """A box behind that door, with something in it."""
    monkeypatch.setattr(threading, "RLock", lambda: clock.door)
    box = Box(clock)
    box.put("a", "1", ttl="1h")
    box.watch()
    box.lock("report", "ana")
    return box


def test_every_call_has_its_turn(shared, clock):
    """Every call is made in one turn, and looks at the clock only then."""
    for call, given, options in CALLS:
        clock.door.turns = 0
        getattr(shared, call)(*given, **options)

        assert (call, clock.door.turns, clock.outside) == (call, 1, 0)


def test_a_multi_has_its_turn(shared, clock):
    """Several writes are made in one turn, and look at the clock only then."""
    multi = shared.multi(request="r-1")
    multi.put("a", "2")
    clock.door.turns = 0
    multi.commit()

    assert (clock.door.turns, clock.outside) == (1, 0)


def test_a_restore_has_its_turn(shared, clock):
    """A snapshot is restored in one turn, and only then is looked at the clock."""
    text = shared.dump()
    clock.door.turns = 0
    shared.restore(text)

    assert (clock.door.turns, clock.outside) == (1, 0)


def in_the_background(outcomes, call):
    """Have a call made by another thread, which does not keep anybody from leaving."""
    thread = threading.Thread(target=lambda: outcomes.append(call()), daemon=True)
    thread.start()
    return thread


def test_whoever_waits_for_a_lock(shared, clock):
    """Who waits for a lock has it as soon as it is given back."""
    outcomes = []
    waits = in_the_background(outcomes, lambda: shared.lock("report", "ben", patience="20s"))
    assert clock.waiting.wait(PATIENCE)

    shared.unlock("report", 1)
    waits.join(PATIENCE / 2)

    assert [(grant.code, grant.owner) for grant in outcomes] == [("granted", "ben")]


def test_whoever_waits_for_a_change(shared, clock):
    """Who waits for a change hears of it as soon as it is made."""
    outcomes = []
    waits = in_the_background(outcomes, lambda: shared.poll("w1", patience="20s"))
    assert clock.waiting.wait(PATIENCE)

    shared.put("b", "2")
    waits.join(PATIENCE / 2)

    assert [change.key for batch in outcomes for change in batch.changes] == ["b"]


def test_the_time_of_the_machine():
    """The machine's time is told in whole milliseconds."""
    box = Box(SystemClock(lambda: 1_803_888_000.9996))
    box.put("a", "1")

    assert box.changes().changes[0].at == 1_803_888_000_999


def test_waiting_on_the_machine():
    """On the machine a wait takes as long as it is."""
    assert SystemClock().pause(1_500) == 1.5


def test_another_start():
    """A clock that is moved by hand can begin at any time."""
    box = Box(ManualClock("2027-03-01T08:00:30"))

    assert box.count("visits", per="minute").resets_in == 30_000


def test_all_parts_of_a_wait(box):
    """A clock that is moved by hand goes on by all that is said."""
    box.put("a", "1", ttl="2d")
    box.clock.advance(7, seconds=1, minutes=2, hours=3, days=1)

    assert box.look("a").left == 75_478_993
