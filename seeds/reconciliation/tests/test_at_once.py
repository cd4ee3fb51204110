"""Two at the same time: one waits at the clock, the other one tries to come between."""

import threading

import pytest
from asking import code
from crosscheck import Desk, FixedClock

PATIENCE = 5
ROW = "2027-02-01 | 20 EUR | A"


class Gate(FixedClock):
    """A clock at which the first of two who ask it waits until it may go on."""

    def __init__(self):
        super().__init__()
        self.reached = threading.Event()
        self.opened = threading.Event()
        self.closed = False

    def now(self):
        if self.closed:
            self.closed = False
            self.reached.set()
            self.opened.wait(PATIENCE)
        return super().now()


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def busy(gate):
    made = Desk(gate)
    made.open_account("main", "EUR")
    return made


def meanwhile(gate, first, second):
    """While the first one is held up half-way, the second one begins; then both come to their end."""
    answers = {}

    def ask(name, action):
        answers[name] = action()

    gate.closed = True
    threads = [threading.Thread(target=ask, args=("first", first), daemon=True)]
    threads[0].start()
    assert gate.reached.wait(PATIENCE)
    threads.append(threading.Thread(target=ask, args=("second", second), daemon=True))
    threads[1].start()
    threads[1].join(0.02)
    gate.opened.set()
    for thread in threads:
        thread.join(PATIENCE)
    return answers["first"], answers["second"]


def test_two_runs_at_once(gate, busy):
    """Of two runs at the same time, the second is the same as the first."""
    busy.post("main", [ROW])

    def run():
        return busy.reconcile("main", "2027-02-10").number

    assert meanwhile(gate, run, run) == (1, 1)


def test_the_same_statement_at_once(gate, busy):
    """A statement that comes twice at the same time is taken in once."""

    def take():
        return busy.receive("main", "1", [ROW])

    assert meanwhile(gate, take, take) == (("S1",), ("S1",))
    assert len(busy.lines("main", "bank").rows) == 1


def test_two_deliveries_at_once(gate, busy):
    """A notice goes out once, also where two deliveries reach for it at the same time."""
    busy.post("main", [ROW])
    busy.reconcile("main", "2027-02-10")
    taken = []
    first, second = meanwhile(
        gate, lambda: busy.deliver(taken.append).sent, lambda: busy.deliver(taken.append).sent
    )
    assert (first + second, len(taken)) == (1, 1)


def test_a_parked_notice_at_once(gate, busy):
    """A parked notice is sent on its way once, whoever else asks for it at the same time."""

    def fail(notice):
        raise ConnectionError(notice)

    busy.post("main", [ROW])
    busy.reconcile("main", "2027-02-10")
    for _ in range(4):
        busy.deliver(fail)
        gate.advance(minutes=6)
    answers = meanwhile(gate, lambda: code(busy.unpark, 1), lambda: code(busy.unpark, 1))
    assert answers == (None, "R901")
