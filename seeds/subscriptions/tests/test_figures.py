import threading

from perennial.store import Cache
from storefront import Interruption, code


class TestSummaries:
    def test_counts(self, shop):
        """The summary counts subscriptions by how they stand."""
        shop.offers("basic", "30.00 EUR")
        shop.desk.pause(shop.subscribes("ada", "basic"))
        shop.subscribes("bo", "basic", trial_days=5)
        shop.subscribes("cy", "basic", card=None)
        assert shop.desk.summary().counts == {
            "trialing": 1,
            "active": 0,
            "past_due": 1,
            "paused": 1,
            "ended": 0,
        }

    def test_by_the_month(self, shop):
        """The summary says what active subscriptions bring in a month."""
        shop.offers("basic", "30.00 EUR")
        shop.offers("yearly", "300.00 EUR", interval="year")
        shop.offers("season", "80.00 EUR", every=3)
        for plan in ("basic", "yearly", "season"):
            shop.subscribes("ada", plan)
        assert shop.desk.summary().monthly == {"EUR": "81.67 EUR"}

    def test_weeks(self, shop):
        """A weekly plan brings a twelfth of fifty-two weeks in a month."""
        shop.offers("weekly", "6.00 EUR", interval="week", every=2)
        shop.subscribes("ada", "weekly")
        assert shop.desk.summary().monthly == {"EUR": "13.00 EUR"}

    def test_seats(self, shop):
        """The summary counts each seat."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic", seats=3)
        assert shop.desk.summary().monthly == {"EUR": "90.00 EUR"}

    def test_discounts(self, shop):
        """The summary reckons with the percentages of the running period."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("A", percent="20")
        shop.subscribes("ada", "basic", coupon="A")
        assert shop.desk.summary().monthly == {"EUR": "24.00 EUR"}

    def test_currencies(self, shop):
        """Currencies are summed apart."""
        shop.offers("swiss", "20.00 CHF")
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "swiss")
        shop.subscribes("ada", "basic")
        assert shop.desk.summary().monthly == {"CHF": "20.00 CHF", "EUR": "30.00 EUR"}

    def test_who_pays_later(self, shop):
        """Who is past due is counted in, who pauses or tries is not."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic", card=None)
        shop.desk.pause(shop.subscribes("bo", "basic"))
        shop.subscribes("cy", "basic", trial_days=5)
        assert shop.desk.summary().monthly == {"EUR": "30.00 EUR"}

    def test_nobody(self, shop):
        """A summary of nothing is nothing."""
        assert shop.desk.summary().monthly == {}

    def test_other_merchants(self, shop):
        """A summary counts nobody of other merchants."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.desk.summary()
        assert shop.billing.desk("oriel").summary().counts["active"] == 0


class TestFreshness:
    def test_subscriptions(self, shop):
        """A subscription is shown as it stands after each change."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        seen = [shop.status(sub)]
        shop.desk.pause(sub)
        seen.append(shop.status(sub))
        shop.desk.resume(sub)
        seen.append(shop.status(sub))
        assert seen == ["active", "paused", "active"]

    def test_cancellations(self, shop):
        """A cancellation shows at once, and so does taking it back."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        seen = [shop.desk.subscription(sub).ends_on]
        shop.desk.cancel(sub)
        seen.append(shop.desk.subscription(sub).ends_on)
        shop.desk.keep(sub)
        seen.append(shop.desk.subscription(sub).ends_on)
        assert seen == [None, "2027-02-01", None]

    def test_changes(self, shop):
        """A change of seats shows at once."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.subscription(sub)
        shop.desk.change(sub, seats=2)
        assert shop.desk.subscription(sub).seats == 2

    def test_changes_in_a_trial(self, shop):
        """A change of seats in a trial shows at once."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        sub = shop.subscribes("ada", "basic")
        shop.desk.subscription(sub)
        shop.desk.change(sub, seats=2)
        assert shop.desk.subscription(sub).seats == 2

    def test_planned_changes(self, shop):
        """A change that waits for the renewal shows at once, and so does dropping it."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.subscription(sub)
        shop.desk.change(sub, seats=2, at_renewal=True)
        assert shop.desk.subscription(sub).changes_to == "basic, 2 seat(s)"
        shop.desk.change(sub, seats=1)
        assert shop.desk.subscription(sub).changes_to is None

    def test_coupons(self, shop):
        """A coupon shows as soon as it is redeemed."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("A", percent="10")
        sub = shop.subscribes("ada", "basic")
        shop.desk.subscription(sub)
        shop.desk.redeem(sub, "A")
        assert shop.desk.subscription(sub).coupons == ["A"]

    def test_renewals(self, shop):
        """A renewal shows at once."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.period(sub)
        shop.opens_again_on("2027-02-01")
        assert shop.period(sub) == "2027-02-01 to 2027-02-28"

    def test_endings(self, shop):
        """The end of a cancelled subscription shows at once."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.status(sub)
        shop.opens_again_on("2027-02-01")
        assert shop.status(sub) == "ended"

    def test_payments(self, shop):
        """A payment with a new card shows on the invoice and on the subscription at once."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic", card=None)
        seen = [(shop.status(sub), shop.bill(1).status)]
        shop.desk.change_card("ada", "amex")
        seen.append((shop.status(sub), shop.bill(1).status))
        assert seen == [("past_due", "open"), ("active", "paid")]

    def test_attempts(self, shop):
        """A payment at a later attempt shows at once."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined", "ok")
        sub = shop.subscribes("ada", "basic")
        seen = [(shop.status(sub), shop.bill(1).status)]
        shop.opens_again_on("2027-01-04")
        seen.append((shop.status(sub), shop.bill(1).status))
        assert seen == [("past_due", "open"), ("active", "paid")]

    def test_voided_invoices(self, shop):
        """An invoice that is taken back shows as such at once."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic", card=None)
        seen = [(shop.status(sub), shop.bill(1).status)]
        shop.desk.void("LUMEN-0001")
        seen.append((shop.status(sub), shop.bill(1).status))
        assert seen == [("past_due", "open"), ("active", "void")]

    def test_endings_at_once(self, shop):
        """An end at once shows on the subscription and its open bill."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic", card=None)
        seen = [(shop.status(sub), shop.bill(1).status)]
        shop.desk.cancel(sub, at_once=True)
        seen.append((shop.status(sub), shop.bill(1).status))
        assert seen == [("past_due", "open"), ("ended", "void")]

    def test_refunds(self, shop):
        """A refund shows on the invoice at once."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert shop.bill(1).refunded is None
        shop.desk.cancel(sub, at_once=True, refund=True)
        assert shop.bill(1).refunded == "30.00 EUR"

    def test_summaries(self, shop):
        """The summary is up to date after each sign-up and each end."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        seen = [shop.desk.summary().counts["active"]]
        shop.subscribes("bo", "basic")
        seen.append(shop.desk.summary().counts["active"])
        shop.desk.cancel(sub, at_once=True)
        seen.append(shop.desk.summary().counts["active"])
        assert seen == [1, 2, 1]

    def test_readers_own(self, shop):
        """What a reader does with a view changes nothing about the next one."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.bill(1).lines.clear()
        shop.bill(1).lines.clear()
        assert shop.bill(1).lines == ["basic: 30.00 EUR"]

    def test_summaries_are_readers_own(self, shop):
        """What a reader does with a summary changes nothing about the next one."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.desk.summary().counts.clear()
        shop.desk.summary().counts.clear()
        assert shop.desk.summary().counts["active"] == 1

    def test_what_is_not_there(self, shop):
        """A subscription that is not there cannot be shown."""
        assert code(shop.desk.subscription, "sub_1") == "not_found"


class Sheet:
    """Something to be read, which counts how often it was worked out."""

    def __init__(self):
        self.text = "first"
        self.worked_out = 0

    def read(self, cache, merchant="lumen", kind="sheet", subject="s1"):
        return cache.fetch(merchant, kind, subject, self.work_out)

    def work_out(self):
        self.worked_out += 1
        return [self.text, self.worked_out]


class TestTheCache:
    def test_read_again(self, shop):
        """What was read a moment ago is not worked out again."""
        sheet = Sheet()
        cache = Cache(shop.clock)
        shop.clock.advance(minutes=10)
        assert [sheet.read(cache), sheet.read(cache)] == [["first", 1], ["first", 1]]

    def test_parts_of_a_key(self, shop):
        """Merchants, kinds and subjects are kept apart in the cache."""
        sheet = Sheet()
        cache = Cache(shop.clock)
        sheet.read(cache)
        sheet.read(cache, merchant="oriel")
        sheet.read(cache, kind="list")
        sheet.read(cache, subject="s2")
        assert sheet.worked_out == 4

    def test_five_minutes(self, shop):
        """What is in the cache is good for five minutes, and not a moment longer."""
        sheet = Sheet()
        cache = Cache(shop.clock)
        sheet.read(cache)
        shop.clock.advance(minutes=4, seconds=59)
        sheet.read(cache)
        assert sheet.worked_out == 1
        shop.clock.advance(seconds=1)
        sheet.read(cache)
        assert sheet.worked_out == 2

    def test_the_clock_is_put_right(self, shop):
        """Setting the time of day makes nothing in the cache older."""
        sheet = Sheet()
        cache = Cache(shop.clock)
        sheet.read(cache)
        shop.clock.set("2027-06-01T06:00")
        sheet.read(cache)
        assert sheet.worked_out == 1

    def test_forgetting_one(self, shop):
        """Forgetting one subject leaves the others in the cache."""
        sheet = Sheet()
        cache = Cache(shop.clock)
        sheet.read(cache)
        sheet.read(cache, subject="s2")
        sheet.read(cache, merchant="oriel")
        cache.forget("lumen", "s1")
        assert len(cache) == 2

    def test_overtaken(self, shop):
        """What was overtaken by a write is given out once and not kept."""
        cache = Cache(shop.clock)
        texts = ["old", "new"]

        def work_out():
            text = texts.pop(0)
            if text == "old":
                cache.forget("lumen", "s1")
            return text

        assert cache.fetch("lumen", "sheet", "s1", work_out) == "old"
        assert cache.fetch("lumen", "sheet", "s1", work_out) == "new"

    def test_overtaken_by_a_hair(self, shop):
        """What is forgotten just before it is read is worked out anew."""
        sheet = Sheet()
        cache = Cache(shop.clock)
        sheet.read(cache)
        cache._lock = Interruption(lambda: cache.forget("lumen", "s1"))
        sheet.read(cache)
        assert sheet.worked_out == 2

    def test_old_entries(self, shop):
        """Entries that are too old make room for new ones."""
        sheet = Sheet()
        cache = Cache(shop.clock)
        sheet.read(cache)
        sheet.read(cache, subject="s2")
        shop.clock.advance(minutes=5)
        sheet.read(cache, subject="s3")
        assert len(cache) == 1

    def test_five_hundred(self, shop):
        """The cache holds five hundred entries, and lets go of the oldest."""
        sheet = Sheet()
        cache = Cache(shop.clock)
        for number in range(501):
            sheet.read(cache, subject=f"s{number}")
        assert len(cache) == 500
        sheet.read(cache, subject="s1")
        assert sheet.worked_out == 501
        sheet.read(cache, subject="s0")
        assert sheet.worked_out == 502


class TestOneAtATime:
    def test_a_command_waits(self, shop):
        """While one command is carried out, another one waits."""
        shop.offers("basic", "30.00 EUR")
        shop.knows("ada")
        waited = []

        def meanwhile(event):
            if event.name != "subscription.started" or waited:
                return
            other = threading.Thread(target=shop.desk.subscribe, args=("ada", "basic"), kwargs={"key": "k"})
            other.start()
            other.join(0.05)
            waited.append(other)

        shop.desk.listen(meanwhile)
        shop.desk.subscribe("ada", "basic", key="k")
        waited[0].join()
        assert len(shop.bills()) == 1
