import pytest
from storefront import code, refusal


class Ledger:
    """Writes down what it hears, unless it is told to fail on something."""

    def __init__(self, *troubles):
        self.troubles = list(troubles)
        self.lines = []

    def __str__(self):
        return f"a ledger that fails on {', '.join(self.troubles)}" if self.troubles else "a ledger"

    def __call__(self, event):
        if event.name in self.troubles:
            raise OSError("disk full")
        self.lines.append(event.name)


class TestTimelines:
    def test_of_a_subscription(self, shop):
        """A timeline tells what happened to a subscription, oldest first."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.desk.keep(sub)
        assert shop.desk.timeline(sub).items == [
            "2027-01-01 subscription.started (plan basic, status active)",
            "2027-01-01 subscription.cancel_scheduled (ends 2027-02-01)",
            "2027-01-01 subscription.kept",
        ]

    def test_of_an_invoice(self, shop):
        """A timeline tells what happened to an invoice."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined", "ok")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-04")
        assert shop.desk.timeline("LUMEN-0001").items == [
            "2027-01-01 invoice.issued (invoice LUMEN-0001, total 30.00 EUR)",
            "2027-01-01 invoice.payment_failed (invoice LUMEN-0001, amount 30.00 EUR, next_try 2027-01-04)",
            "2027-01-04 invoice.paid (invoice LUMEN-0001, amount 30.00 EUR)",
        ]

    def test_of_a_written_off_invoice(self, shop):
        """A timeline tells when an invoice was written off."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic", card=None)
        shop.lives_until("2027-01-16")
        line = shop.desk.timeline("LUMEN-0001").items[-1]
        assert line == "2027-01-16 invoice.uncollectible (invoice LUMEN-0001, amount 30.00 EUR)"

    def test_of_a_voided_invoice(self, shop):
        """A timeline tells that an invoice was taken back."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic", card=None)
        shop.desk.void("LUMEN-0001")
        assert shop.desk.timeline("LUMEN-0001").items[-1] == "2027-01-01 invoice.voided (invoice LUMEN-0001)"

    def test_of_refunds(self, shop):
        """A timeline tells how much of an invoice was refunded."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-11")
        shop.desk.cancel(sub, at_once=True, refund=True)
        line = shop.desk.timeline("LUMEN-0001").items[-1]
        assert line == "2027-01-11 invoice.refunded (invoice LUMEN-0001, amount 21.00 EUR)"

    def test_of_troubled_times(self, shop):
        """A timeline tells when a subscription fell behind and when it recovered."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined", "ok")
        sub = shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-04")
        assert shop.story(sub) == ["subscription.started", "subscription.past_due", "subscription.recovered"]

    def test_of_changes(self, shop):
        """A timeline tells of changes, planned, dropped and made."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, seats=2, at_renewal=True)
        shop.desk.change(sub, seats=1)
        shop.desk.change(sub, seats=3)
        assert shop.desk.timeline(sub).items[1:] == [
            "2027-01-01 subscription.change_scheduled (plan basic, seats 2)",
            "2027-01-01 subscription.change_dropped",
            "2027-01-01 subscription.changed (plan basic, seats 3)",
        ]

    def test_of_coupons(self, shop):
        """A timeline tells which coupons were redeemed."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("A", percent="10")
        sub = shop.subscribes("ada", "basic", coupon="a")
        assert shop.desk.timeline(sub).items[-1] == "2027-01-01 coupon.redeemed (code A)"

    def test_nothing_of_refused_sign_ups(self, shop):
        """A sign-up that was refused is in no timeline."""
        shop.offers("basic", "30.00 EUR")
        shop.desk.configure(invoice_limit="1.00 EUR")
        shop.knows("ada")
        code(shop.desk.subscribe, "ada", "basic")
        assert shop.desk.timeline("sub_1").items == []

    def test_nothing_of_refused_renewals(self, shop):
        """A renewal that failed is in no timeline."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.configure(invoice_limit="1.00 EUR")
        shop.opens_again_on("2027-02-01")
        shop.desk.configure(invoice_limit="50.00 EUR")
        shop.desk.run()
        assert shop.story(sub) == ["subscription.started", "subscription.renewed"]

    def test_page_by_page(self, shop):
        """The pages of a timeline follow on from one another."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.desk.keep(sub)
        first = shop.desk.timeline(sub, limit=2)
        second = shop.desk.timeline(sub, limit=2, after=first.next)
        assert [len(first.items), len(second.items), second.next] == [2, 1, None]
        assert second.items == ["2027-01-01 subscription.kept"]

    def test_a_full_last_page(self, shop):
        """A timeline that just fills a page has no other."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        assert shop.desk.timeline(sub, limit=2).next is None

    def test_from_the_beginning(self, shop):
        """A timeline after event 0 is the whole of it."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert len(shop.desk.timeline(sub, after="0").items) == 1

    @pytest.mark.parametrize("after", ["", "x", "-1", "²"])
    def test_no_place(self, shop, after):
        """A place that is no number is refused."""
        assert code(shop.desk.timeline, "sub_1", after=after) == "bad_cursor"

    def test_other_merchants(self, shop):
        """A timeline holds nothing of another merchant's."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert shop.billing.desk("oriel").timeline(sub).items == []


class TestListeners:
    def test_what_happens(self, shop):
        """A listener hears everything that happens."""
        ledger = Ledger()
        shop.offers("basic", "30.00 EUR")
        shop.desk.listen(ledger)
        shop.subscribes("ada", "basic")
        assert ledger.lines == ["subscription.started", "invoice.issued", "invoice.paid"]

    def test_not_what_happened(self, shop):
        """A listener hears nothing of what happened before it came."""
        ledger = Ledger()
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.desk.listen(ledger)
        shop.subscribes("bo", "basic")
        assert len(ledger.lines) == 3

    def test_not_of_others(self, shop):
        """A listener hears nothing of other merchants."""
        ledger = Ledger()
        shop.offers("basic", "30.00 EUR")
        shop.billing.desk("oriel").listen(ledger)
        shop.subscribes("ada", "basic")
        assert ledger.lines == []

    def test_one_that_fails(self, shop):
        """An event that a listener failed on comes again, and those behind it wait."""
        ledger = Ledger("invoice.issued")
        shop.offers("basic", "30.00 EUR")
        shop.desk.listen(ledger)
        shop.subscribes("ada", "basic")
        assert ledger.lines == ["subscription.started"]
        ledger.troubles.clear()
        shop.desk.run()
        assert ledger.lines == ["subscription.started", "invoice.issued", "invoice.paid"]

    def test_others_go_on(self, shop):
        """A listener that fails keeps no other from hearing."""
        first, second = Ledger("subscription.started"), Ledger()
        shop.offers("basic", "30.00 EUR")
        shop.desk.listen(first)
        shop.desk.listen(second)
        shop.subscribes("ada", "basic")
        assert (len(first.lines), len(second.lines)) == (0, 3)

    def test_four_failures(self, shop):
        """After four failures an event is not given up yet."""
        ledger = Ledger("invoice.issued")
        shop.offers("basic", "30.00 EUR")
        shop.desk.listen(ledger)
        shop.subscribes("ada", "basic")
        for _ in range(3):
            shop.desk.run()
        assert ledger.lines == ["subscription.started"]

    def test_five_failures(self, shop):
        """After five failures an event is passed over."""
        ledger = Ledger("invoice.issued")
        shop.offers("basic", "30.00 EUR")
        shop.desk.listen(ledger)
        shop.subscribes("ada", "basic")
        for _ in range(4):
            shop.desk.run()
        assert ledger.lines == ["subscription.started", "invoice.paid"]

    def test_each_event_has_five(self, shop):
        """Failures on one event do not count for the next one."""
        ledger = Ledger("invoice.issued", "invoice.paid")
        shop.offers("basic", "30.00 EUR")
        shop.desk.listen(ledger)
        shop.subscribes("ada", "basic")
        for _ in range(4):
            shop.desk.run()
        ledger.troubles.clear()
        shop.desk.run()
        assert ledger.lines == ["subscription.started", "invoice.paid"]

    def test_it_does_not_harm_the_sign_up(self, shop):
        """A listener that fails keeps nobody from subscribing."""
        shop.offers("basic", "30.00 EUR")
        shop.desk.listen(Ledger("subscription.started"))
        assert shop.status(shop.subscribes("ada", "basic")) == "active"


class TestNotices:
    def test_unknown_customers(self, shop):
        """There are no notices to somebody nobody knows."""
        assert refusal(shop.desk.notices, "ada") == ("not_found", "there is no customer ada")

    def test_nothing_received(self, shop):
        """Nobody is told of a payment of nothing."""
        shop.offers("free", "0.00 EUR")
        shop.subscribes("ada", "free")
        assert (shop.desk.notices("ada"), shop.story("LUMEN-0001")[-1]) == ([], "invoice.settled")

    def test_each_their_own(self, shop):
        """Customers get their own notices only."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.subscribes("bo", "basic")
        assert [len(shop.desk.notices(customer)) for customer in ("ada", "bo")] == [1, 1]

    def test_of_others(self, shop):
        """A customer's notices are those of one merchant."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        oriel = shop.billing.desk("oriel")
        oriel.add_customer("ada")
        assert oriel.notices("ada") == []

    def test_renewals(self, shop):
        """A customer is told of a renewal and then of the payment."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-02-01")
        assert shop.desk.notices("ada")[1:] == [
            "2027-02-01: Your subscription goes on: 2027-02-01 to 2027-02-28.",
            "2027-02-01: We have received 30.00 EUR for invoice LUMEN-0002.",
        ]

    def test_cancellations(self, shop):
        """A customer is told when a cancelled subscription will end."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        assert shop.desk.notices("ada")[-1] == "2027-01-01: Your subscription ends on 2027-02-01."

    def test_readers_own(self, shop):
        """What a reader does with notices changes nothing about them."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.desk.notices("ada").clear()
        assert len(shop.desk.notices("ada")) == 1

    def test_the_desk_is_opened_again(self, shop):
        """Opening a desk a second time sends no notice twice."""
        shop.offers("basic", "30.00 EUR")
        shop.billing.desk("lumen")
        shop.subscribes("ada", "basic")
        assert len(shop.desk.notices("ada")) == 1

    def test_the_same_desk(self, shop):
        """A merchant has one desk, however often it is opened."""
        assert shop.billing.desk("lumen") is shop.desk

    def test_at_the_same_place(self, shop):
        """The notices of two merchants do not get in each other's way."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        oriel = shop.billing.desk("oriel")
        oriel.add_plan("basic", "50.00 EUR")
        oriel.add_customer("ada", card="amex")
        oriel.subscribe("ada", "basic")
        assert oriel.notices("ada") == ["2027-01-01: We have received 50.00 EUR for invoice ORIEL-0001."]

    def test_heard_twice(self, shop):
        """An event that is heard twice gives one notice."""
        shop.offers("basic", "30.00 EUR")
        shop.desk.listen(shop.billing.mailbox.hear)
        shop.subscribes("ada", "basic")
        assert len(shop.desk.notices("ada")) == 1
