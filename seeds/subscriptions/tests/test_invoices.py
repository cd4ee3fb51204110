import pytest
from storefront import code, refusal


class TestNumbers:
    def test_in_a_row(self, shop):
        """Invoices are numbered in a row."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.subscribes("bo", "basic")
        numbers = [bill.number for bill in shop.desk.invoices().items]
        assert numbers == ["LUMEN-0001", "LUMEN-0002"]

    def test_no_gaps(self, shop):
        """A bill that was refused leaves no gap in the numbers."""
        shop.offers("basic", "30.00 EUR")
        shop.desk.configure(invoice_limit="100.00 EUR")
        shop.knows("ada")
        code(shop.desk.subscribe, "ada", "basic", seats=9)
        shop.subscribes("ada", "basic")
        assert shop.desk.invoices().items[0].number == "LUMEN-0001"

    def test_each_merchant_its_own(self, shop):
        """Each merchant has numbers of its own."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        oriel = shop.billing.desk("oriel")
        oriel.add_plan("basic", "50.00 EUR")
        oriel.add_customer("ada", card="amex")
        oriel.subscribe("ada", "basic")
        assert oriel.invoices().items[0].number == "ORIEL-0001"

    def test_unknown(self, shop):
        """An invoice that is not there cannot be shown."""
        assert refusal(shop.desk.invoice, "LUMEN-0001") == ("not_found", "there is no invoice LUMEN-0001")


class TestTaxes:
    def test_on_top(self, shop):
        """Taxes come on top of the price."""
        shop.desk.configure(tax="19")
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        assert (shop.bill(1).tax, shop.bill(1).total) == ("5.70 EUR", "35.70 EUR")

    def test_after_the_discount(self, shop):
        """Taxes are on what is left after the discount."""
        shop.desk.configure(tax="20")
        shop.offers("basic", "30.00 EUR")
        shop.gives("HALF", percent="50")
        shop.subscribes("ada", "basic", coupon="HALF")
        assert (shop.bill(1).discount, shop.bill(1).tax, shop.bill(1).total) == ("15.00 EUR", "3.00 EUR", "18.00 EUR")

    def test_on_the_sum(self, shop):
        """Taxes are rounded once, on the sum of the lines."""
        shop.desk.configure(tax="10")
        shop.offers("basic", "0.04 EUR", setup_fee="0.04 EUR")
        shop.subscribes("ada", "basic")
        assert shop.bill(1).tax == "0.01 EUR"

    def test_on_changes(self, shop):
        """Taxes of a change are on the difference."""
        shop.desk.configure(tax="7.5")
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-12")
        shop.desk.change(sub, seats=2)
        assert (shop.bill(2).tax, shop.bill(2).total) == ("1.50 EUR", "21.50 EUR")

    def test_on_credit(self, shop):
        """Credit comes with the taxes that were paid."""
        shop.desk.configure(tax="20")
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic", seats=2)
        shop.desk.change(sub, seats=1)
        assert (shop.bill(2).tax, shop.desk.credit("ada")) == ("-6.20 EUR", ["37.20 EUR"])

    def test_in_the_forecast(self, shop):
        """The next bill is foretold with taxes."""
        shop.desk.configure(tax="20")
        shop.offers("basic", "30.00 EUR")
        assert shop.desk.next_bill(shop.subscribes("ada", "basic")) == "36.00 EUR"

    def test_from_the_next_bill_on(self, shop):
        """Another tax rate holds for the bills to come."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.desk.configure(tax="10")
        shop.lives_until("2027-02-01")
        assert shop.bills() == ["30.00 EUR", "33.00 EUR"]

    def test_other_agreements_stay(self, shop):
        """What is not mentioned in an agreement stays as it was."""
        shop.desk.configure(tax="10")
        shop.desk.configure(invoice_limit="99.00 EUR")
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        assert shop.bills() == ["33.00 EUR"]

    def test_no_taxes_again(self, shop):
        """A tax can be set back to nothing."""
        shop.desk.configure(tax="10")
        shop.desk.configure(tax="0")
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        assert shop.bills() == ["30.00 EUR"]

    def test_nothing_agreed(self, shop):
        """A tax that is no number is refused, and so is a limit that is no amount."""
        assert code(shop.desk.configure, tax="") == "bad_percentage"
        assert code(shop.desk.configure, invoice_limit="") == "bad_amount"

    def test_refused_agreements(self, shop):
        """An agreement that is refused in part is refused as a whole."""
        assert code(shop.desk.configure, tax="10", retry_days=[0]) == "bad_schedule"
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        assert shop.bills() == ["30.00 EUR"]


class TestLimits:
    def test_at_the_limit(self, shop):
        """A bill may be as large as the limit, and no larger."""
        shop.desk.configure(invoice_limit="90.00 EUR")
        shop.offers("basic", "30.00 EUR")
        shop.knows("ada")
        assert code(shop.desk.subscribe, "ada", "basic", seats=3) is None
        assert refusal(shop.desk.subscribe, "ada", "basic", seats=4) == (
            "invoice_too_large",
            "120.00 EUR is more than an invoice may ask for",
        )

    def test_nothing_at_all(self, shop):
        """A limit of nothing lets free plans through only."""
        shop.desk.configure(invoice_limit="0.00 EUR")
        shop.offers("basic", "0.01 EUR")
        shop.offers("free", "0.00 EUR")
        shop.knows("ada")
        assert code(shop.desk.subscribe, "ada", "basic") == "invoice_too_large"
        assert code(shop.desk.subscribe, "ada", "free") is None

    def test_with_taxes(self, shop):
        """A limit is about the total with taxes."""
        shop.desk.configure(invoice_limit="90.00 EUR", tax="10")
        shop.offers("basic", "90.00 EUR")
        shop.knows("ada")
        assert code(shop.desk.subscribe, "ada", "basic") == "invoice_too_large"


class TestLists:
    def test_of_a_customer(self, shop):
        """A list can be of one customer's invoices."""
        shop.offers("basic", "30.00 EUR")
        shop.offers("pro", "60.00 EUR")
        shop.subscribes("ada", "basic")
        shop.subscribes("bo", "pro")
        assert shop.bills("bo") == ["60.00 EUR"]
        assert shop.bills("") == []

    def test_of_a_status(self, shop):
        """A list can be of open invoices."""
        shop.offers("basic", "30.00 EUR")
        shop.offers("pro", "60.00 EUR")
        shop.subscribes("ada", "basic")
        shop.subscribes("bo", "pro", card=None)
        assert shop.bills(status="open") == ["60.00 EUR"]
        assert shop.bills(status="paid") == ["30.00 EUR"]

    def test_page_by_page(self, shop):
        """Pages follow on from one another without gaps and repetitions."""
        shop.offers("weekly", "5.00 EUR", interval="week")
        shop.subscribes("ada", "weekly")
        shop.opens_again_on("2027-01-29")
        first = shop.desk.invoices(limit=2)
        second = shop.desk.invoices(limit=2, after=first.next)
        third = shop.desk.invoices(limit=2, after=second.next)
        pages = [[bill.number[-1] for bill in page.items] for page in (first, second, third)]
        assert pages == [["1", "2"], ["3", "4"], ["5"]]

    def test_the_last_page(self, shop):
        """A page that holds just the rest has none after it."""
        shop.offers("weekly", "5.00 EUR", interval="week")
        shop.subscribes("ada", "weekly")
        shop.opens_again_on("2027-01-08")
        page = shop.desk.invoices(limit=2)
        assert (len(page.items), page.next) == (2, None)
        assert shop.desk.invoices(limit=1).next == "LUMEN-0001"

    def test_nothing_there(self, shop):
        """A list of nothing is an empty page."""
        page = shop.desk.invoices()
        assert (page.items, page.next) == ([], None)

    @pytest.mark.parametrize(("limit", "shown"), [(None, 10), (50, 50), (51, 50)])
    def test_how_many(self, shop, limit, shown):
        """A page has ten entries unless asked for others, and fifty at most."""
        shop.offers("weekly", "5.00 EUR", interval="week")
        shop.subscribes("ada", "weekly")
        shop.opens_again_on("2028-01-01")
        assert len(shop.desk.invoices(limit=limit).items) == shown

    def test_no_entries(self, shop):
        """A page without entries is refused."""
        assert refusal(shop.desk.invoices, limit=0) == ("bad_limit", "a page has one entry at least")

    def test_other_merchants(self, shop):
        """A list holds nothing of other merchants."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        assert shop.billing.desk("oriel").invoices().items == []


class TestVoiding:
    def test_an_open_one(self, shop):
        """An open invoice can be taken back."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic", card=None)
        shop.desk.void("LUMEN-0001")
        assert (shop.bill(1).status, shop.status(sub)) == ("void", "active")

    def test_a_paid_one(self, shop):
        """A paid invoice cannot be taken back."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        assert refusal(shop.desk.void, "LUMEN-0001") == ("not_open", "invoice LUMEN-0001 is paid")

    def test_its_credit(self, shop):
        """Credit that was set off against a bill comes back when the bill is taken back."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic", seats=2)
        shop.is_at("2027-01-22")
        shop.desk.change(sub, seats=1)
        shop.gateway.script("visa", "declined")
        shop.lives_until("2027-02-01")
        assert (shop.bill(3).due, shop.desk.credit("ada")) == ("21.00 EUR", [])
        shop.desk.void("LUMEN-0003")
        assert shop.desk.credit("ada") == ["10.00 EUR"]

    def test_nothing_to_give_back(self, shop):
        """Whose bill was taken back gets no credit for the time it was for."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic", card=None)
        shop.desk.void("LUMEN-0001")
        shop.desk.cancel(sub, at_once=True)
        assert shop.desk.credit("ada") == []

    def test_nothing_for_changes(self, shop):
        """Whose bill for a change was taken back gets no credit for that period."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.gateway.script("visa", "declined")
        shop.desk.change(sub, seats=2)
        shop.desk.void("LUMEN-0002")
        shop.desk.cancel(sub, at_once=True)
        assert shop.desk.credit("ada") == []

    def test_credit_for_another_period(self, shop):
        """A bill that is taken back later leaves the credit for the running period alone."""
        shop.offers("basic", "28.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.gateway.script("visa", "silent", "silent", "silent", "ok", "silent")
        shop.desk.change(sub, seats=2)
        shop.opens_again_on("2027-02-01")
        shop.desk.void("LUMEN-0002")
        shop.desk.cancel(sub, at_once=True)
        assert shop.desk.credit("ada") == ["56.00 EUR"]

    def test_nothing_to_refund(self, shop):
        """What was taken back does not go back to a card."""
        shop.offers("basic", "31.00 EUR")
        shop.desk.cancel(shop.subscribes("ada", "basic"), at_once=True)
        shop.gateway.script("visa", "declined", "ok")
        sub = shop.subscribes("ada", "basic", seats=2)
        shop.desk.void("LUMEN-0003")
        shop.desk.change(sub, seats=3)
        assert shop.desk.cancel(sub, at_once=True, refund=True) == "62.00 EUR"
        assert shop.desk.credit("ada") == ["31.00 EUR"]

    def test_twice(self, shop):
        """What was taken back once gives no credit twice."""
        shop.offers("basic", "31.00 EUR")
        shop.subscribes("ada", "basic", card=None)
        shop.desk.void("LUMEN-0001")
        assert code(shop.desk.void, "LUMEN-0001") == "not_open"

    def test_another_one_is_open(self, shop):
        """As long as another bill is open, the subscription stays past due."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.gateway.script("visa", "silent", "silent", "silent", "declined")
        shop.desk.change(sub, seats=2)
        shop.opens_again_on("2027-02-01")
        assert (shop.status(sub), shop.bills(status="open")) == ("past_due", ["31.00 EUR", "62.00 EUR"])
        shop.desk.void("LUMEN-0003")
        assert shop.status(sub) == "past_due"
        shop.desk.void("LUMEN-0002")
        assert shop.status(sub) == "active"


class TestEarnings:
    def test_within_a_month(self, shop):
        """A bill for a month is earned in that month."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        assert shop.desk.earnings("LUMEN-0001") == {"2027-01": "30.00 EUR"}

    def test_by_days(self, shop):
        """A bill that spans two months is earned by the days in each."""
        shop.is_at("2027-01-22")
        shop.offers("basic", "31.00 EUR")
        shop.subscribes("ada", "basic")
        assert shop.desk.earnings("LUMEN-0001") == {"2027-01": "10.00 EUR", "2027-02": "21.00 EUR"}

    def test_to_the_last_cent(self, shop):
        """What is earned over a year adds up to the bill."""
        shop.offers("yearly", "100.00 EUR", interval="year")
        shop.subscribes("ada", "yearly")
        earned = shop.desk.earnings("LUMEN-0001")
        assert list(earned) == [f"2027-{month:02d}" for month in range(1, 13)]
        assert (earned["2027-01"], earned["2027-02"], earned["2027-04"]) == ("8.50 EUR", "7.67 EUR", "8.22 EUR")
        assert sum(round(float(amount.split()[0]) * 100) for amount in earned.values()) == 10_000

    def test_setup_fees(self, shop):
        """A setup fee is earned when it is billed."""
        shop.is_at("2027-01-22")
        shop.offers("basic", "31.00 EUR", setup_fee="5.00 EUR")
        shop.subscribes("ada", "basic")
        assert shop.desk.earnings("LUMEN-0001") == {"2027-01": "15.00 EUR", "2027-02": "21.00 EUR"}

    def test_discounts_and_taxes(self, shop):
        """What is earned is without discounts and taxes."""
        shop.desk.configure(tax="20")
        shop.offers("basic", "30.00 EUR")
        shop.gives("HALF", percent="50")
        shop.subscribes("ada", "basic", coupon="HALF")
        assert shop.desk.earnings("LUMEN-0001") == {"2027-01": "15.00 EUR"}

    def test_changes(self, shop):
        """What a change brings is earned from its day on."""
        shop.is_at("2027-01-22")
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-31")
        shop.desk.change(sub, seats=2)
        assert shop.desk.earnings("LUMEN-0002") == {"2027-01": "1.00 EUR", "2027-02": "21.00 EUR"}

    def test_unused_time(self, shop):
        """What is given back is taken from the months it was for."""
        shop.is_at("2027-01-22")
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-31")
        shop.desk.cancel(sub, at_once=True)
        assert shop.desk.earnings("LUMEN-0002") == {"2027-01": "-1.00 EUR", "2027-02": "-21.00 EUR"}
