import threading

import pytest
from stories import eur, funded, gbp

from ledger import Ledger
from ledger.errors import FundsError, HoldError, LedgerError, RefundError
from ledger.runtime import AccountLocks, CountingIds
from ledger.store import MemoryRecords

PATIENCE = 5


class Meeting:
    """Lets a first caller stop half-way until a second one waits at the door or is through."""

    def __init__(self):
        self.inside = threading.Event()
        self.settled = threading.Event()
        self.first = None
        self.outcomes = [None, None]
        self.finished = []

    def pause(self):
        if threading.current_thread() is self.first and not self.inside.is_set():
            self.inside.set()
            self.settled.wait(PATIENCE)

    def attempt(self, place, work):
        try:
            self.outcomes[place] = work()
        except LedgerError as error:
            self.outcomes[place] = type(error)
        self.finished.append(place)

    def follow(self, work):
        self.inside.wait(PATIENCE)
        self.attempt(1, work)
        self.settled.set()

    def run(self, first, second):
        self.first = threading.Thread(target=self.attempt, args=(0, first), daemon=True)
        other = threading.Thread(target=self.follow, args=(second,), daemon=True)
        for thread in (self.first, other):
            thread.start()
        for thread in (self.first, other):
            thread.join(PATIENCE)
        return self.outcomes


class Door:
    """A lock that tells when somebody has to wait for it."""

    def __init__(self, name, meeting, opened):
        self.name, self.meeting, self.opened = name, meeting, opened
        self.lock = threading.RLock()

    def __enter__(self):
        self.opened.append(self.name)
        if not self.lock.acquire(blocking=False):
            self.meeting.settled.set()
            self.lock.acquire()

    def __exit__(self, *_details):
        self.lock.release()


class PausingIds(CountingIds):
    """Stops the first caller when it asks for an id of one kind."""

    def __init__(self, meeting):
        super().__init__()
        self.meeting, self.kind = meeting, None

    def next(self, prefix):
        if prefix == self.kind:
            self.meeting.pause()
        return super().next(prefix)


@pytest.fixture
def meeting():
    return Meeting()


@pytest.fixture
def opened():
    """The names of the accounts in the order in which they were entered."""
    return []


@pytest.fixture
def ids(meeting):
    return PausingIds(meeting)


@pytest.fixture
def shared(meeting, opened, ids):
    """An account with 100.00 euros that two people work on."""
    locks = AccountLocks(lambda name: Door(name, meeting, opened))
    ledger = Ledger(MemoryRecords(), ids=ids, locks=locks)
    funded(ledger, "Joint Account", eur("100.00"))
    ledger.open_account("Anna", "EUR")
    ledger.open_account("Boris", "EUR")
    return ledger


def test_two_transfers_do_not_spend_the_same_money(shared, meeting, ids):
    """Two transfers at the same moment do not spend the same money twice."""
    ids.kind = "entry"
    outcomes = meeting.run(
        lambda: str(shared.transfer("Joint Account", "Anna", eur("80.00")).amount),
        lambda: str(shared.transfer("Joint Account", "Boris", eur("70.00")).amount),
    )
    assert outcomes == ["80.00 EUR", FundsError]
    assert shared.balance("Joint Account") == eur("20.00")


def test_a_hold_and_a_transfer_do_not_use_the_same_money(shared, meeting, ids):
    """Money that is being set aside cannot be sent away at the same moment."""
    ids.kind = "hold"
    outcomes = meeting.run(
        lambda: shared.place_hold("Joint Account", eur("65.00")).id,
        lambda: str(shared.transfer("Joint Account", "Anna", eur("36.00")).amount),
    )
    assert outcomes == ["hold-1", FundsError]


def test_one_request_sent_twice_at_once_pays_once(shared, meeting, ids):
    """A request that arrives twice at the same moment is paid once."""
    ids.kind = "entry"
    outcomes = meeting.run(
        lambda: shared.transfer("Joint Account", "Anna", eur("33.00"), key="TAP").id,
        lambda: shared.transfer("Joint Account", "Anna", eur("33.00"), key="TAP").id,
    )
    assert outcomes == ["transfer-1", "transfer-1"]
    assert shared.balance("Anna") == eur("33.00")


def test_a_hold_is_not_captured_twice_at_once(shared, meeting, ids):
    """A hold that two people capture at the same moment is paid once."""
    hold = shared.place_hold("Joint Account", eur("45.00"))
    ids.kind = "entry"
    outcomes = meeting.run(
        lambda: shared.capture_hold(hold.id, "Anna").status.value,
        lambda: shared.capture_hold(hold.id, "Boris").status.value,
    )
    assert outcomes == ["captured", HoldError]
    assert shared.balance("Boris") == eur("0")


def test_two_withdrawals_do_not_take_the_same_money(shared, meeting, ids):
    """Two withdrawals at the same moment do not take out the same money."""
    ids.kind = "entry"
    outcomes = meeting.run(
        lambda: shared.withdraw("Joint Account", eur("99.00")).id,
        lambda: shared.withdraw("Joint Account", eur("2.00")).id,
    )
    assert outcomes == ["entry-2", FundsError]


def test_a_transfer_is_not_refunded_twice_at_once(shared, meeting, ids):
    """A transfer that two people refund at the same moment is paid back once."""
    sent = shared.transfer("Joint Account", "Anna", eur("40.00"))
    shared.deposit("Anna", eur("40.00"))
    ids.kind = "entry"
    outcomes = meeting.run(
        lambda: str(shared.refund(sent.id).refunded),
        lambda: str(shared.refund(sent.id, eur("40.00")).refunded),
    )
    assert outcomes == ["40.00 EUR", RefundError]
    assert shared.balance("Anna") == eur("40.00")


def test_opposite_transfers_do_not_wait_for_each_other_for_ever(shared, opened):
    """Transfers in opposite directions take their accounts in the same order, so that neither blocks the other."""
    opened.clear()
    shared.transfer("Joint Account", "Anna", eur("5.00"))
    shared.transfer("Anna", "Joint Account", eur("5.00"))
    assert opened == ["anna", "joint-account", "anna", "joint-account"]


def test_a_request_sees_its_own_number_only(shared, meeting, ids):
    """Two people who work at the same moment each keep their own request number."""
    ids.kind = "entry"

    def pay(number, target):
        with shared.request(number) as known:
            shared.transfer("Joint Account", target, eur("10.00"))
            return known

    outcomes = meeting.run(lambda: pay("REQ-A", "Anna"), lambda: pay("REQ-B", "Boris"))
    assert outcomes == ["REQ-A", "REQ-B"]


def test_writers_on_different_accounts_do_not_disturb_each_other(shared, meeting, ids):
    """While one account is being worked on, another one can be used."""
    funded(shared, "Cellar", gbp("50.00"))
    shared.open_account("Attic", "GBP")
    ids.kind = "hold"
    outcomes = meeting.run(
        lambda: shared.place_hold("Joint Account", eur("1.00")).id,
        lambda: str(shared.transfer("Cellar", "Attic", gbp("50.00")).amount),
    )
    assert outcomes == ["hold-1", "50.00 GBP"]
    assert meeting.finished == [1, 0]
