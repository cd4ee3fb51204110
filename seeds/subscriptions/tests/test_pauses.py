import pytest
from storefront import code, refusal


class TestPausing:
    def test_no_bills(self, shop):
        """A paused subscription is not billed."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub)
        shop.lives_until("2027-03-15")
        assert (shop.status(sub), shop.bills()) == ("paused", ["30.00 EUR"])

    def test_how_it_stands(self, shop):
        """A paused subscription says when it goes on and no day of renewal."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub, resumes_on="2027-01-20")
        view = shop.desk.subscription(sub)
        assert (view.resumes_on, view.renews_on) == ("2027-01-20", None)

    @pytest.mark.parametrize(
        ("until", "why"),
        [("2027-01-01", "bad_pause"), ("2027-01-02", None), ("2027-04-01", None), ("2027-04-02", "bad_pause")],
    )
    def test_how_long(self, shop, until, why):
        """A pause takes from one day to ninety."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert code(shop.desk.pause, sub, resumes_on=until) == why

    def test_a_date_with_blanks(self, shop):
        """A day can be typed with blanks around it."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub, resumes_on=" 2027-01-20 ")
        assert shop.desk.subscription(sub).resumes_on == "2027-01-20"

    def test_without_a_date(self, shop):
        """A pause without a date is over after ninety days."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub)
        assert shop.desk.subscription(sub).resumes_on == "2027-04-01"

    def test_refused_pauses(self, shop):
        """A pause that is refused leaves the subscription running."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        code(shop.desk.pause, sub, resumes_on="2027-12-31")
        view = shop.desk.subscription(sub)
        assert (view.status, view.resumes_on) == ("active", None)

    def test_trials(self, shop):
        """A trial is not paused."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        sub = shop.subscribes("ada", "basic")
        assert refusal(shop.desk.pause, sub) == (
            "bad_transition",
            "sub_1 is trialing and can't become paused",
        )
        assert shop.desk.subscription(sub).resumes_on is None

    def test_twice(self, shop):
        """What is paused already is not paused again."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub, resumes_on="2027-01-20")
        assert code(shop.desk.pause, sub, resumes_on="2027-01-25") == "bad_transition"
        assert shop.desk.subscription(sub).resumes_on == "2027-01-20"

    def test_what_is_not_paid(self, shop):
        """Who owes something cannot pause."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic", card=None)
        assert refusal(shop.desk.pause, sub)[1] == "sub_1 is past_due and can't become paused"

    def test_what_was_cancelled(self, shop):
        """What is about to end is not paused."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        assert code(shop.desk.pause, sub) == "already_cancelled"
        assert shop.status(sub) == "active"

    def test_the_customer_is_told(self, shop):
        """A customer is told until when a subscription is paused."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub, resumes_on="2027-01-20")
        assert shop.desk.notices("ada")[-1] == "2027-01-01: Your subscription is paused until 2027-01-20."


class TestResuming:
    def test_days_are_made_up_for(self, shop):
        """After a pause of ten days the period ends ten days later."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-11")
        shop.desk.pause(sub)
        shop.is_at("2027-01-21")
        shop.desk.resume(sub)
        assert shop.desk.subscription(sub).renews_on == "2027-02-11"

    def test_later_bills(self, shop):
        """After a pause bills fall on the new day of the month."""
        shop.is_at("2027-01-31")
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub)
        shop.is_at("2027-02-05")
        shop.desk.resume(sub)
        shop.lives_until("2027-04-05")
        assert shop.dates() == ["2027-01-31", "2027-03-05", "2027-04-05"]

    def test_on_the_same_day(self, shop):
        """A pause that is ended on the same day changes nothing."""
        shop.is_at("2027-01-31")
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub)
        shop.desk.resume(sub)
        shop.lives_until("2027-03-31")
        assert shop.dates() == ["2027-01-31", "2027-02-28", "2027-03-31"]

    def test_by_itself(self, shop):
        """A pause ends by itself on its day."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub, resumes_on="2027-01-11")
        shop.lives_until("2027-01-10")
        assert shop.status(sub) == "paused"
        shop.lives_until("2027-01-11")
        view = shop.desk.subscription(sub)
        assert (view.status, view.renews_on, view.resumes_on) == ("active", "2027-02-11", None)

    def test_a_late_run(self, shop):
        """A pause counts up to its day, even if the run comes later."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub, resumes_on="2027-01-11")
        shop.opens_again_on("2027-01-20")
        assert shop.desk.subscription(sub).renews_on == "2027-02-11"

    def test_a_very_late_run(self, shop):
        """A run that comes late ends the pause and bills what is due since."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub, resumes_on="2027-01-11")
        shop.opens_again_on("2027-02-11")
        assert (shop.period(sub), len(shop.bills())) == ("2027-02-11 to 2027-03-10", 2)

    def test_what_is_not_paused(self, shop):
        """What is not paused cannot be resumed."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert refusal(shop.desk.resume, sub) == ("not_paused", "sub_1 is not paused")

    def test_changes_afterwards(self, shop):
        """A change after a pause counts the days that are left, not those of the pause."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-11")
        shop.desk.pause(sub)
        shop.is_at("2027-01-21")
        shop.desk.resume(sub)
        assert str(shop.desk.quote(sub, seats=2).net) == "21.00 EUR"

    def test_a_second_pause(self, shop):
        """A subscription can be paused again."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub, resumes_on="2027-01-03")
        shop.lives_until("2027-01-05")
        shop.desk.pause(sub, resumes_on="2027-01-08")
        shop.lives_until("2027-01-08")
        assert shop.desk.subscription(sub).renews_on == "2027-02-06"

    def test_the_story(self, shop):
        """The timeline tells of pauses and their ends."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub)
        shop.desk.resume(sub)
        assert shop.story(sub) == ["subscription.started", "subscription.paused", "subscription.resumed"]
