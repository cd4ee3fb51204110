import pytest
from builders import available, held, listed, message, paid, pending, refusal

from paydesk import balances


class TestSums:
    def test_empty(self, shop):
        """A shop without charges has no balance in any currency."""
        assert shop.balance.retrieve().body["available"] == []

    def test_empty_in_a_currency(self, shop):
        """A shop without charges has nothing available in euros."""
        assert available(shop) == 0

    def test_money_is_pending(self, shop):
        """Captured money is pending at first."""
        paid(shop, 2000)
        assert (available(shop), pending(shop)) == (0, 2000)

    def test_just_before(self, shop, clock):
        """Captured money is pending until one second before two days are over."""
        paid(shop, 2000)
        clock.advance(days=2, seconds=-1)
        assert (available(shop), pending(shop)) == (0, 2000)

    def test_on_time(self, shop, clock):
        """Captured money is available after two days."""
        paid(shop, 2000)
        clock.advance(days=2)
        assert (available(shop), pending(shop)) == (2000, 0)

    def test_looked_at_before(self, shop, clock):
        """Money becomes available on time though the balance was looked at before."""
        paid(shop, 2000)
        pending(shop)
        clock.advance(days=2)
        assert available(shop) == 2000

    def test_one_after_the_other(self, shop, clock):
        """Money becomes available charge by charge."""
        paid(shop, 2000)
        clock.advance(days=1)
        paid(shop, 500)
        available(shop)
        clock.advance(days=1)
        assert (available(shop), pending(shop)) == (2000, 500)

    def test_new_money_shows_at_once(self, shop):
        """A new charge shows in a balance that was looked at before."""
        paid(shop, 2000)
        pending(shop)
        paid(shop, 500)
        assert pending(shop) == 2500

    def test_authorized_money_does_not_count(self, shop):
        """Money that is only authorized is not in the balance."""
        held(shop, 2000)
        assert pending(shop) == 0

    def test_refunds_count_at_once(self, shop, clock):
        """A refund is taken from what is available at once."""
        charge = paid(shop, 2000)
        clock.advance(days=2)
        available(shop)
        shop.refunds.create(charge, 600)
        assert available(shop) == 1400

    def test_early_refunds(self, shop):
        """A refund before the money is available makes the available balance negative."""
        charge = paid(shop, 2000)
        shop.refunds.create(charge, 600)
        assert (available(shop), pending(shop)) == (-600, 2000)

    def test_currencies_are_apart(self, shop):
        """Euros and dollars are counted apart."""
        paid(shop, 2000, "eur")
        paid(shop, 700, "usd")
        assert (pending(shop, "eur"), pending(shop, "usd")) == (2000, 700)

    def test_all_currencies(self, shop):
        """The balance lists all currencies in alphabetical order."""
        paid(shop, 2000, "usd")
        paid(shop, 700, "eur")
        assert shop.balance.retrieve().body["pending"] == [
            {"currency": "eur", "amount": 700},
            {"currency": "usd", "amount": 2000},
        ]

    def test_worked_out_once(self, shop, monkeypatch):
        """A balance that did not change is added up only once."""
        paid(shop, 2000)
        summed = balances._summed
        asked = []
        monkeypatch.setattr(
            balances, "_summed", lambda lines, now: asked.append(now) or summed(lines, now)
        )
        assert [pending(shop), pending(shop)] == [2000, 2000]
        assert len(asked) == 1

    def test_shops_are_apart(self, shop, other):
        """What one shop earns does not show in the balance of another."""
        paid(shop, 2000)
        pending(shop)
        assert pending(other) == 0

    def test_unknown_currency(self, shop):
        """The balance of an unknown currency cannot be asked for."""
        answer = shop.balance.retrieve("xyz")
        assert refusal(answer) == (400, "parameter_invalid", "currency")


class TestFees:
    @pytest.mark.parametrize(
        ("amount", "fee"), [(10_000, 140), (10_001, 141), (100, 2), (50, 1), (5000, 70)]
    )
    def test_rounded_up(self, api, amount, fee):
        """A fee of 1.4 per cent is rounded up to a full cent."""
        shop = api.sign_up("Kiosk Blau", fee=140)
        assert listed(shop.charges.captures(paid(shop, amount)), "fee") == [fee]

    def test_taken_from_the_balance(self, api):
        """The fee is taken from what a charge adds to the balance."""
        shop = api.sign_up("Kiosk Blau", fee=140)
        paid(shop, 10_000)
        assert pending(shop) == 9860

    def test_no_fee(self, shop):
        """A shop without fees gets everything."""
        paid(shop, 10_000)
        assert pending(shop) == 10_000

    def test_each_capture_has_its_fee(self, api):
        """The fee is taken from each capture of a charge."""
        shop = api.sign_up("Kiosk Blau", fee=150)
        charge = held(shop, 2000)
        shop.charges.capture(charge, 333, final=False)
        shop.charges.capture(charge, 333, final=False)
        assert listed(shop.charges.captures(charge), "fee") == [5, 5]

    def test_a_refund_keeps_the_fee(self, api):
        """A refund does not give the fee back to the shop."""
        shop = api.sign_up("Kiosk Blau", fee=140)
        shop.refunds.create(paid(shop, 10_000))
        assert (available(shop), pending(shop)) == (-10_000, 9860)


class TestEntries:
    def test_kinds(self, shop):
        """The lines of a balance tell what they are for, newest first."""
        shop.refunds.create(paid(shop, 2000), 600)
        assert listed(shop.balance.entries(), "kind") == ["refund", "capture"]

    def test_amounts(self, api):
        """A line tells amount, fee and what is left of it."""
        shop = api.sign_up("Kiosk Blau", fee=140)
        paid(shop, 10_000)
        line = shop.balance.entries().body["data"][0]
        assert (line["amount"], line["fee"], line["net"]) == (10_000, 140, 9860)

    def test_refunds_are_negative(self, shop):
        """A refund is a negative line."""
        shop.refunds.create(paid(shop, 2000), 600)
        assert listed(shop.balance.entries(), "net") == [-600, 2000]

    def test_sources(self, shop):
        """A line names the refund or capture it comes from."""
        refund = shop.refunds.create(paid(shop, 2000)).body["id"]
        assert listed(shop.balance.entries(), "source") == [refund, "cap_1"]

    def test_available_on(self, shop):
        """A line of received money tells that it is available two days later."""
        paid(shop, 2000)
        line = shop.balance.entries().body["data"][0]
        assert line["available_on"] - line["created"] == 172_800

    def test_pages(self, shop):
        """The lines of a balance come in pages."""
        for amount in (100, 200, 300):
            paid(shop, amount)
        last = shop.balance.entries(limit=2).body["data"][-1]["id"]
        assert listed(shop.balance.entries(starting_after=last)) == [100]


class TestSplits:
    def split(self, shop, amount, *parts, **options):
        splits = [{"account": who.account_id, "percent": percent} for who, percent in parts]
        return shop.charges.create(amount, "eur", "visa", splits=splits, **options)

    def test_each_gets_a_share(self, shop, other):
        """A charge can be split with another shop."""
        self.split(shop, 2000, (other, 30))
        assert (pending(shop), pending(other)) == (1400, 600)

    def test_shares_are_handed_on_with_the_money(self, shop, other):
        """What is handed on to another shop is pending as long as the charge is."""
        self.split(shop, 2000, (other, 30))
        assert (available(shop), available(other)) == (0, 0)

    def test_shares_are_taken_back_at_once(self, shop, other, clock):
        """A refund of a split charge gives the shop what it took from the other shop at once."""
        charge = self.split(shop, 2000, (other, 30)).body["id"]
        clock.advance(days=2)
        shop.refunds.create(charge, 1000)
        assert (available(shop), available(other)) == (700, 300)

    def test_shares_are_told(self, shop, other):
        """A split charge tells who gets how much of it."""
        charge = self.split(shop, 2000, (other, 30)).body
        assert charge["splits"] == [{"account": other.account_id, "percent": 30}]

    def test_the_odd_cent(self, shop, other):
        """The odd cent of a charge split in halves goes to the other shop."""
        self.split(shop, 1001, (other, 50))
        assert pending(other) == 501

    def test_the_cent_goes_where_most_was_lost(self, shop, other):
        """An odd cent goes to whom rounding cost most."""
        self.split(shop, 1001, (other, 30))
        assert pending(other) == 300

    def test_two_odd_cents(self, api, shop, other):
        """Two odd cents go to two shops."""
        third = api.sign_up("Norte Azul")
        self.split(shop, 200, (other, 33), (third, 33))
        self.split(shop, 101, (other, 33), (third, 33))
        assert (pending(other), pending(third)) == (99, 99)

    def test_nothing_is_lost(self, api, shop, other):
        """Shares add up to what was captured."""
        third = api.sign_up("Norte Azul")
        self.split(shop, 1000, (other, 33), (third, 33))
        whole = pending(shop) + pending(other) + pending(third)
        assert whole == 1000

    def test_after_the_fee(self, api, other):
        """Shares are taken of what the fee leaves."""
        shop = api.sign_up("Kiosk Blau", fee=1000)
        self.split(shop, 1000, (other, 50))
        assert pending(other) == 450

    def test_all_for_others(self, shop, other):
        """A charge can go to another shop in full."""
        self.split(shop, 1000, (other, 100))
        assert pending(other) == 1000

    def test_shares_of_nothing(self, shop, other):
        """A share that comes to nothing is no line of a balance."""
        self.split(shop, 50, (other, 1))
        shop.refunds.create("ch_1", 10)
        assert listed(other.balance.entries(), "amount") == [1]

    def test_with_each_capture(self, shop, other):
        """Each capture of a split charge is shared out."""
        charge = self.split(shop, 2000, (other, 30), capture=False).body["id"]
        shop.charges.capture(charge, 500)
        assert pending(other) == 150

    def test_a_refund_is_shared(self, shop, other):
        """A refund of a split charge takes each share back."""
        charge = self.split(shop, 2000, (other, 30)).body["id"]
        shop.refunds.create(charge, 1000)
        assert available(other) == -300

    def test_a_refund_in_full(self, shop, other):
        """A split charge that was refunded in full leaves nothing to the other shop."""
        charge = self.split(shop, 1001, (other, 50)).body["id"]
        shop.refunds.create(charge)
        assert available(other) + pending(other) == 0

    def test_many_small_refunds(self, shop, other):
        """Several small refunds take back no more than one large one."""
        charge = self.split(shop, 100, (other, 50)).body["id"]
        for _ in range(3):
            shop.refunds.create(charge, 1)
        assert available(other) == -2

    def test_kinds_of_lines(self, shop, other):
        """The other shop sees its share and what a refund took of it."""
        charge = self.split(shop, 2000, (other, 30)).body["id"]
        shop.refunds.create(charge)
        assert listed(other.balance.entries(), "kind") == ["split_reversal", "split"]

    def test_sources_of_lines(self, shop, other):
        """A share names the capture it comes from."""
        self.split(shop, 2000, (other, 30))
        assert listed(other.balance.entries(), "source") == ["cap_1"]

    def test_more_than_everything(self, api, shop, other):
        """Shares cannot add up to more than a hundred per cent."""
        third = api.sign_up("Norte Azul")
        answer = self.split(shop, 2000, (other, 50), (third, 51))
        assert refusal(answer) == (400, "parameter_invalid", "splits")

    def test_exactly_everything(self, api, shop, other):
        """Shares can add up to a hundred per cent."""
        third = api.sign_up("Norte Azul")
        assert self.split(shop, 2000, (other, 50), (third, 50)).status == 201

    def test_twice_the_same(self, shop, other):
        """A charge cannot be split with the same shop twice."""
        answer = self.split(shop, 2000, (other, 20), (other, 30))
        assert message(answer) == "The parameter splits must name each account once."

    def test_with_oneself(self, shop):
        """A charge cannot be split with the shop itself."""
        answer = self.split(shop, 2000, (shop, 20))
        assert message(answer) == "The parameter splits must name each account once."

    def test_with_nobody(self, shop):
        """A charge cannot be split with a shop that does not exist."""
        answer = shop.charges.create(
            2000, "eur", "visa", splits=[{"account": "acct_77", "percent": 10}]
        )
        assert refusal(answer) == (400, "resource_missing", "splits")
        assert message(answer) == "No such account: acct_77."

    @pytest.mark.parametrize("percent", [0, 101])
    def test_shares_have_bounds(self, shop, other, percent):
        """A share cannot be zero or more than a hundred per cent."""
        answer = self.split(shop, 2000, (other, percent))
        bound = "at least 1" if percent == 0 else "at most 100"
        assert message(answer) == f"The parameter percent must be {bound}."

    def test_one_per_cent(self, shop, other):
        """A share can be as small as one per cent."""
        self.split(shop, 2000, (other, 1))
        assert pending(other) == 20

    def test_six_shares(self, api, shop):
        """A charge cannot be split with six others."""
        parts = [(api.sign_up(f"Stand {number}"), 10) for number in range(6)]
        answer = self.split(shop, 2000, *parts)
        assert message(answer) == "The parameter splits must not be more than 5."

    def test_five_shares(self, api, shop):
        """A charge can be split with five others."""
        parts = [(api.sign_up(f"Stand {number}"), 10) for number in range(5)]
        assert self.split(shop, 2000, *parts).status == 201
