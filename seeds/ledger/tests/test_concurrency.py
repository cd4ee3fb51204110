import threading
from datetime import UTC, datetime

import pytest
from stories import eur, funded, gbp

from ledger import Ledger
from ledger.errors import (
    AccountError,
    EntryError,
    FundsError,
    HoldError,
    LedgerError,
    QuoteError,
    RefundError,
)
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


class PausingClock:
    """Stops the first caller when it asks for the time."""

    def __init__(self, meeting):
        self.meeting = meeting

    def now(self):
        self.meeting.pause()
        return datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


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


@pytest.fixture
def timed(meeting, opened):
    """An account with 100.00 euros whose users stop when they look at the clock."""
    locks = AccountLocks(lambda name: Door(name, meeting, opened))
    ledger = Ledger(MemoryRecords(), clock=PausingClock(meeting), ids=CountingIds(), locks=locks)
    funded(ledger, "Family Account", eur("100.00"))
    ledger.open_account("Clara", "EUR")
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


def test_a_hold_is_not_captured_twice_at_once(timed, meeting):
    """A hold that two people capture at the same moment is paid once."""
    hold = timed.place_hold("Family Account", eur("45.00"))
    outcomes = meeting.run(
        lambda: timed.capture_hold(hold.id, "Clara").status.value,
        lambda: timed.capture_hold(hold.id, "Clara").status.value,
    )
    assert outcomes == ["captured", HoldError]
    assert timed.balance("Clara") == eur("45.00")


def test_a_hold_is_not_released_while_it_is_captured(timed, meeting):
    """A hold that is being released cannot be captured at the same moment."""
    hold = timed.place_hold("Family Account", eur("46.00"))
    outcomes = meeting.run(
        lambda: timed.release_hold(hold.id).status.value,
        lambda: timed.capture_hold(hold.id, "Clara").status.value,
    )
    assert outcomes == ["released", HoldError]


def test_an_entry_is_not_reversed_twice_at_once(timed, meeting):
    """A booking that two people reverse at the same moment is reversed once."""
    outcomes = meeting.run(
        lambda: timed.reverse("entry-1", "wrong family").description,
        lambda: timed.reverse("entry-1", "wrong account").description,
    )
    assert outcomes == ["Reversal: wrong family", EntryError]


def test_an_account_is_not_closed_while_money_arrives(timed, meeting):
    """No money arrives on an account at the moment it is being closed."""
    outcomes = meeting.run(
        lambda: timed.close_account("Clara").status.value,
        lambda: timed.deposit("Clara", eur("11.00")).id,
    )
    assert outcomes == ["closed", AccountError]


def test_a_quote_is_not_used_twice_at_once(timed, meeting):
    """A quote that two people use at the same moment is good for one conversion."""
    timed.open_account("Clara GBP", "GBP")
    timed.set_rate("EUR", "GBP", "0.85")
    quote = timed.quote("EUR", "GBP")
    outcomes = meeting.run(
        lambda: str(timed.convert("Family Account", "Clara GBP", eur("20.00"), quote.id).bought),
        lambda: str(timed.convert("Family Account", "Clara GBP", eur("30.00"), quote.id).bought),
    )
    assert outcomes == ["17.00 GBP", QuoteError]


def test_a_distribution_and_a_withdrawal_do_not_use_the_same_money(shared, meeting, ids):
    """Money that is being shared out cannot be withdrawn at the same moment."""
    ids.kind = "entry"
    outcomes = meeting.run(
        lambda: str(shared.distribute("Joint Account", {"Anna": 1}, eur("75.00"))["Anna"]),
        lambda: shared.withdraw("Joint Account", eur("26.00")).id,
    )
    assert outcomes == ["75.00 EUR", FundsError]


def test_two_withdrawals_do_not_take_the_same_money(shared, meeting, ids):
    """Two withdrawals at the same moment do not take out the same money."""
    ids.kind = "entry"
    outcomes = meeting.run(
        lambda: shared.withdraw("Joint Account", eur("99.00")).id,
        lambda: shared.withdraw("Joint Account", eur("2.00")).id,
    )
    assert outcomes == ["entry-2", FundsError]


def test_a_transfer_is_not_refunded_twice_at_once(timed, meeting):
    """A transfer that two people refund at the same moment is paid back once."""
    sent = timed.transfer("Family Account", "Clara", eur("40.00"))
    timed.deposit("Clara", eur("40.00"))
    outcomes = meeting.run(
        lambda: str(timed.refund(sent.id).refunded),
        lambda: str(timed.refund(sent.id, eur("40.00")).refunded),
    )
    assert outcomes == ["40.00 EUR", RefundError]
    assert timed.balance("Clara") == eur("40.00")


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
