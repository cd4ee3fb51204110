from threading import RLock

import pytest
from builders import available, held, listed, message, paid, refusal, wanted

from paydesk import CountingIds, PaymentsApi, RehearsalLocks
from paydesk.errors import DuplicateRecordError, StaleRecordError, UnknownAccountError
from paydesk.models import Capture
from paydesk.store import Locks, Store


@pytest.fixture
def locks():
    """Locks that somebody else may get first."""
    return RehearsalLocks()


@pytest.fixture
def api(clock, network, bank, locks):
    """The service with such locks."""
    return PaymentsApi(clock=clock, ids=CountingIds(), network=network, bank=bank, locks=locks)


class TestOvertaken:
    def test_captures(self, shop, locks):
        """Of two captures at the same time only one gets the whole amount."""
        charge = held(shop, 2000)
        locks.meanwhile(
            "another capture of 1500 gets in before the next one",
            shop.charges.capture,
            charge,
            1500,
        )
        answer = shop.charges.capture(charge)
        assert refusal(answer) == (400, "charge_not_capturable", "charge")

    def test_partial_captures(self, shop, locks):
        """Two partial captures at the same time take no more than was authorized."""
        charge = held(shop, 2000)
        locks.meanwhile(
            "another capture of 1500, not for good, gets in before the next one",
            shop.charges.capture,
            charge,
            1500,
            final=False,
        )
        answer = shop.charges.capture(charge, 1000, final=False)
        assert message(answer) == "The amount must be at most 5.00 EUR."

    def test_void_and_capture(self, shop, locks):
        """A charge that is voided at the same moment is not captured."""
        charge = held(shop, 2000)
        locks.meanwhile("a void gets in before the next capture", shop.charges.void, charge)
        assert message(shop.charges.capture(charge)) == "The charge ch_1 is voided."

    def test_capture_and_void(self, shop, locks):
        """A charge that is captured at the same moment is not voided."""
        charge = held(shop, 2000)
        locks.meanwhile("a capture gets in before the next void", shop.charges.capture, charge)
        assert message(shop.charges.void(charge)) == "The charge ch_1 is captured."

    def test_refunds(self, shop, locks):
        """Two refunds at the same time give back no more than was captured."""
        charge = paid(shop, 2000)
        locks.meanwhile(
            "another refund of 1500 gets in before the next one", shop.refunds.create, charge, 1500
        )
        answer = shop.refunds.create(charge, 1000)
        assert message(answer) == "The amount must be at most 5.00 EUR."

    def test_the_rest(self, shop, locks):
        """A refund of the rest gives back what another one left at the same moment."""
        charge = paid(shop, 2000)
        locks.meanwhile(
            "another refund of 1500 gets in before the next one", shop.refunds.create, charge, 1500
        )
        assert shop.refunds.create(charge).body["amount"] == 500

    def test_notes(self, shop, locks):
        """Two changes of a charge at the same time are both kept."""
        charge = paid(shop)
        locks.meanwhile(
            "another change, the note a: 1, gets in before the next one",
            shop.charges.update,
            charge,
            metadata={"a": "1"},
        )
        changed = shop.charges.update(charge, metadata={"b": "2"}).body
        assert changed["metadata"] == {"a": "1", "b": "2"}

    def test_intents(self, shop, locks, network):
        """An intent that is confirmed twice at the same time is charged once."""
        intent = wanted(shop)
        locks.meanwhile(
            "a confirmation with the card visa gets in before the next one",
            shop.intents.confirm,
            intent,
            "visa",
        )
        answer = shop.intents.confirm(intent, "amex")
        assert message(answer) == "The intent in_1 is succeeded."
        assert network.statement("amex") == []

    def test_canceled_intents(self, shop, locks):
        """An intent that is confirmed at the same moment is not canceled."""
        intent = wanted(shop)
        locks.meanwhile(
            "a confirmation with the card visa gets in before the cancellation",
            shop.intents.confirm,
            intent,
            "visa",
        )
        assert message(shop.intents.cancel(intent)) == "The intent in_1 is succeeded."

    def test_payouts(self, shop, locks, clock):
        """Two payouts at the same time pay out no more than is available."""
        paid(shop, 2000)
        clock.advance(days=2)
        locks.meanwhile(
            "another payout of 1500 gets in before the next one", shop.payouts.create, "eur", 1500
        )
        answer = shop.payouts.create("eur", 1000)
        assert message(answer) == "Only 5.00 EUR is available for payouts."

    def test_all_that_is_available(self, shop, locks, clock):
        """A payout of everything takes what another one left at the same moment."""
        paid(shop, 2000)
        clock.advance(days=2)
        locks.meanwhile(
            "another payout of 1500 gets in before the next one", shop.payouts.create, "eur", 1500
        )
        assert shop.payouts.create("eur").body["amount"] == 500
        assert available(shop) == 0


class TestBusy:
    def test_it_is_told(self, shop, locks):
        """A charge that somebody works on for too long is told as locked."""
        charge = held(shop)
        locks.keep_busy()
        answer = shop.charges.capture(charge)
        assert refusal(answer) == (409, "lock_timeout", None)
        assert message(answer) == "Another request is working on charge ch_1."

    def test_what_kind(self, shop, locks):
        """A charge that somebody works on is told as a conflict."""
        charge = held(shop)
        locks.keep_busy()
        assert shop.charges.capture(charge).body["error"]["type"] == "conflict_error"

    def test_when_to_come_back(self, shop, locks):
        """A request that was refused for a lock is told to come back in two seconds."""
        charge = held(shop)
        locks.keep_busy()
        assert shop.charges.capture(charge).headers["Retry-After"] == "2"

    def test_nothing_is_done(self, shop, locks):
        """A request that was refused for a lock changes nothing."""
        charge = held(shop)
        locks.keep_busy()
        shop.charges.capture(charge)
        assert shop.charges.retrieve(charge).body["status"] == "authorized"

    def test_try_again(self, shop, locks):
        """A request that was refused for a lock can be repeated under its key."""
        charge = held(shop)
        locks.keep_busy()
        shop.charges.capture(charge, key="ship-1")
        locks.keep_busy(busy=False)
        assert shop.charges.capture(charge, key="ship-1").body["status"] == "captured"

    def test_a_patient_client(self, shop, locks, clock):
        """A client that tries again waits as long as it was told to."""
        charge = held(shop)
        locks.keep_busy()
        assert shop.retrying(1).charges.void(charge).status == 409
        assert clock.slept == [2.0]


class TestLocks:
    def test_each_charge_has_its_own(self, shop, locks):
        """Each charge has a lock of its own."""
        shop.charges.capture(held(shop))
        shop.charges.void(held(shop))
        assert locks.taken == ["charge ch_1", "charge ch_2"]

    def test_each_change_has_its_lock(self, shop, locks):
        """Changes, refunds and intents take the lock of what they are about."""
        charge = paid(shop)
        shop.charges.update(charge, description="A lamp")
        shop.refunds.create(charge)
        shop.intents.confirm(wanted(shop), "visa")
        shop.intents.cancel(wanted(shop))
        assert locks.taken == ["charge ch_1", "charge ch_1", "intent in_1", "intent in_2"]

    def test_patience(self, shop, locks):
        """A request waits one and a half seconds for a lock."""
        shop.charges.capture(held(shop))
        assert locks.patience == 1.5

    def test_one_for_each(self, locks):
        """The lock of an object is made once."""
        made = []
        plain = Locks(lambda name: made.append(name) or RLock())
        for name in ("a", "b", "a"):
            with plain.holding(name):
                pass
        assert made == ["a", "b"]

    def test_they_are_given_back(self, shop, locks):
        """A lock is given back after the request."""
        shop.charges.capture(held(shop))
        assert locks.held == 0

    def test_they_are_given_back_after_a_refusal(self, shop, locks):
        """A lock is given back after a refused request."""
        shop.charges.void(paid(shop))
        assert locks.held == 0

    def test_they_are_given_back_when_the_network_is_silent(self, shop, locks, network):
        """A lock is given back when the network is silent."""
        charge = held(shop)
        network.go_dead(3)
        shop.charges.capture(charge)
        assert locks.held == 0

    def test_looking_takes_none(self, shop, locks):
        """Looking a charge up takes no lock."""
        shop.charges.retrieve(paid(shop))
        assert locks.taken == []

    def test_balances_of_two_currencies(self, shop, locks):
        """Payouts of two currencies do not wait for each other."""
        shop.payouts.create("eur")
        shop.payouts.create("usd")
        assert len(set(locks.taken)) == 2

    def test_in_one_order(self, locks):
        """Several locks are taken in one order, whoever asks."""
        with locks.holding("b", "a"):
            assert locks.taken == ["a", "b"]

    def test_plain_locks(self):
        """A plain lock can be had again after it was given back."""
        plain = Locks()
        with plain.holding("a"), plain.holding("a"):
            pass
        with plain.holding("a") as held_again:
            assert held_again is None


def a_capture(number):
    return Capture(
        id=f"cap_{number}",
        account_id="acct_1",
        created=0,
        charge="ch_1",
        amount=number,
        currency="eur",
        fee=0,
    )


class TestStore:
    def test_all_or_nothing(self):
        """What fails in the middle leaves nothing behind."""
        store = Store()
        with pytest.raises(DuplicateRecordError), store.transaction():
            store.captures.add(a_capture(1))
            store.captures.add(a_capture(1))
        assert store.captures.of("acct_1") == []

    def test_it_goes_on_after_a_failure(self):
        """What comes after a failure is kept."""
        store = Store()
        with pytest.raises(DuplicateRecordError), store.transaction():
            store.captures.add(a_capture(1))
            store.captures.add(a_capture(1))
        with store.transaction():
            store.captures.add(a_capture(2))
        assert [row.amount for row in store.captures.of("acct_1")] == [2]

    def test_inner_failures(self):
        """An inner transaction can fail without the outer one."""
        store = Store()
        with store.transaction():
            store.captures.add(a_capture(1))
            with pytest.raises(StaleRecordError), store.transaction():
                store.captures.add(a_capture(2))
                store.captures.save(a_capture(1))
        assert [row.amount for row in store.captures.of("acct_1")] == [1]

    def test_stale_records(self):
        """A record that was changed meanwhile cannot be saved."""
        store = Store()
        first = store.captures.add(a_capture(1))
        store.captures.save(first)
        with pytest.raises(StaleRecordError):
            store.captures.save(first)

    def test_fresh_records(self):
        """A record can be saved again as it was kept."""
        store = Store()
        again = store.captures.save(store.captures.add(a_capture(1)))
        assert store.captures.save(again).revision == 3

    def test_unknown_accounts(self):
        """There is no account that nobody opened."""
        with pytest.raises(UnknownAccountError):
            Store().account("acct_77")

    def test_changed_meanwhile(self, shop, network):
        """A charge that changes while the network is asked is told as changed."""
        charge = held(shop)
        listed(shop.charges.captures(charge))
        released = network.release

        def change_and_release(authorization):
            shop.charges.update(charge, description="late")
            released(authorization)

        network.release = change_and_release
        answer = shop.charges.void(charge)
        assert refusal(answer) == (409, "object_changed", None)
        assert answer.body["error"]["type"] == "conflict_error"


class Worn(CountingIds):
    """Ids that are handed out twice, from the second of a kind on."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.worn = False

    def next(self, prefix):
        return f"{prefix}_1" if self.worn and prefix == self.kind else super().next(prefix)


class TestFaults:
    @pytest.fixture
    def ids(self):
        """Ids of events that can be made to repeat."""
        return Worn("evt")

    @pytest.fixture
    def shop(self, ids, clock):
        """A shop with 20.00 euros available."""
        shop = PaymentsApi(clock=clock, ids=ids).sign_up("Kiosk Blau")
        paid(shop, 2000)
        clock.advance(days=2)
        return shop

    def test_it_is_ours(self, shop, ids):
        """A record that cannot be kept is a fault of ours."""
        ids.worn = True
        answer = shop.payouts.create("eur")
        assert refusal(answer) == (500, "internal_error", None)
        assert answer.body["error"]["type"] == "api_error"

    def test_payouts(self, shop, ids):
        """A payout that cannot be kept takes nothing from the balance."""
        ids.worn = True
        shop.payouts.create("eur")
        assert available(shop) == 2000

    def test_charges(self, shop, ids):
        """A charge that cannot be kept is not listed."""
        ids.worn = True
        shop.charges.create(3000, "eur", "visa")
        assert listed(shop.charges.list()) == [2000]

    def test_intents(self, shop, ids):
        """An intent whose success cannot be kept is open as before."""
        intent = wanted(shop)
        ids.worn = True
        shop.intents.confirm(intent, "visa")
        assert shop.intents.retrieve(intent).body["attempts"] == 0

    def test_cancellations(self, shop, ids):
        """A cancellation that cannot be kept leaves the intent open."""
        intent = wanted(shop)
        ids.worn = True
        shop.intents.cancel(intent)
        assert shop.intents.retrieve(intent).body["status"] == "requires_card"
