import pytest
from builders import available, message, paid, refusal

from paydesk import CountingIds, PaymentsApi, SandboxBank
from paydesk.errors import BankUnavailableError


@pytest.fixture
def earned(shop, clock):
    """A shop with 50.00 euros available."""
    paid(shop, 5000)
    clock.advance(days=2)
    return shop


class TestCreate:
    def test_everything(self, earned):
        """A payout takes all that is available by default."""
        payout = earned.payouts.create("eur")
        assert (payout.status, payout.body["amount"]) == (201, 5000)

    def test_what_is_shown(self, earned):
        """A payout shows amount, currency and transfers."""
        assert earned.payouts.create("eur", 1200).body == {
            "id": "po_1",
            "object": "payout",
            "created": 1_773_824_400,
            "amount": 1200,
            "currency": "eur",
            "status": "pending",
            "transfers": [{"amount": 1200, "sent": False}],
        }

    def test_currency_is_required(self, earned):
        """A payout needs a currency."""
        answer = earned.payouts.create()
        assert refusal(answer) == (400, "parameter_missing", "currency")

    def test_nothing(self, earned):
        """A payout over nothing is refused."""
        answer = earned.payouts.create("eur", 0)
        assert refusal(answer) == (400, "parameter_invalid", "amount")

    def test_a_part(self, earned):
        """A part of what is available can be paid out."""
        earned.payouts.create("eur", 1200)
        assert available(earned) == 3800

    def test_exactly_everything(self, earned):
        """Exactly what is available can be paid out."""
        earned.payouts.create("eur", 5000)
        assert available(earned) == 0

    def test_too_much(self, earned):
        """One cent more than is available cannot be paid out."""
        answer = earned.payouts.create("eur", 5001)
        assert refusal(answer) == (400, "balance_insufficient", "amount")
        assert message(answer) == "Only 50.00 EUR is available for payouts."

    def test_pending_money(self, shop):
        """Pending money cannot be paid out."""
        paid(shop, 5000)
        answer = shop.payouts.create("eur", 100)
        assert message(answer) == "Only 0.00 EUR is available for payouts."

    def test_nothing_there(self, shop):
        """Nothing can be paid out where nothing is available."""
        answer = shop.payouts.create("eur")
        assert refusal(answer) == (400, "balance_insufficient", "amount")

    def test_a_debt(self, shop):
        """A shop in debt is told that nothing is available."""
        shop.refunds.create(paid(shop, 5000))
        answer = shop.payouts.create("eur")
        assert message(answer) == "Only 0.00 EUR is available for payouts."

    def test_another_currency(self, earned):
        """Euros are not paid out as dollars."""
        answer = earned.payouts.create("usd", 100)
        assert message(answer) == "Only 0.00 USD is available for payouts."

    def test_money_of_others(self, earned, other):
        """What one shop has is not paid out to another."""
        assert other.payouts.create("eur", 100).status == 400

    def test_twice(self, earned):
        """Money that was paid out once cannot be paid out again."""
        earned.payouts.create("eur", 3000)
        answer = earned.payouts.create("eur", 3000)
        assert message(answer) == "Only 20.00 EUR is available for payouts."

    def test_lines_of_the_balance(self, earned):
        """A payout is a negative line of the balance."""
        earned.payouts.create("eur", 1200)
        line = earned.balance.entries().body["data"][0]
        assert (line["kind"], line["amount"]) == ("payout", -1200)

    def test_refused_payouts_change_nothing(self, earned):
        """A refused payout leaves the balance as it was."""
        earned.payouts.create("eur", 5001)
        assert available(earned) == 5000

    def test_one_cent(self, earned):
        """A payout is over one cent at least."""
        assert earned.payouts.create("eur", 1).status == 201

    def test_payouts_of_others(self, earned, other):
        """A payout of another shop is not found."""
        payout = earned.payouts.create("eur").body["id"]
        assert refusal(other.payouts.retrieve(payout)) == (404, "resource_missing", "id")


class TestParts:
    @pytest.mark.parametrize(
        ("amount", "parts"),
        [
            (1_000_000, [1_000_000]),
            (1_000_001, [1_000_000, 1]),
            (2_000_000, [1_000_000, 1_000_000]),
            (2_500_000, [1_000_000, 1_000_000, 500_000]),
        ],
    )
    def test_large_payouts(self, shop, clock, amount, parts):
        """A payout of more than 10,000.00 is cut into transfers of no more than that."""
        paid(shop, amount)
        clock.advance(days=2)
        transfers = shop.payouts.create("eur").body["transfers"]
        assert [transfer["amount"] for transfer in transfers] == parts


class TestSend:
    def test_the_bank_gets_it(self, api, earned, bank):
        """A payout is handed to the bank in the next run."""
        earned.payouts.create("eur", 1200)
        assert bank.received(earned.account_id) == []
        api.send_payouts()
        assert bank.received(earned.account_id) == ["12.00 EUR"]

    def test_status(self, api, earned):
        """A payout is paid once the bank has it."""
        payout = earned.payouts.create("eur").body
        api.send_payouts()
        assert (payout["status"], earned.payouts.retrieve(payout["id"]).body["status"]) == (
            "pending",
            "paid",
        )

    def test_only_once(self, api, earned, bank):
        """A payout is handed to the bank only once."""
        earned.payouts.create("eur", 1200)
        assert api.send_payouts() == 1
        assert api.send_payouts() == 0
        assert bank.received(earned.account_id) == ["12.00 EUR"]

    def test_a_closed_bank(self, api, earned, bank):
        """A payout waits while the bank is closed."""
        earned.payouts.create("eur", 1200)
        bank.close_after(0)
        assert api.send_payouts() == 0
        bank.reopen()
        assert api.send_payouts() == 1

    def test_status_while_waiting(self, api, earned, bank):
        """A payout that the bank did not take stays pending."""
        payout = earned.payouts.create("eur").body["id"]
        bank.close_after(0)
        api.send_payouts()
        assert earned.payouts.retrieve(payout).body["status"] == "pending"

    def test_going_on(self, api, shop, clock, bank):
        """The bank gets the rest of a large payout in the next run and nothing twice."""
        paid(shop, 2_500_000)
        clock.advance(days=2)
        shop.payouts.create("eur")
        bank.close_after(2)
        api.send_payouts()
        bank.reopen()
        api.send_payouts()
        assert bank.received(shop.account_id) == ["10000.00 EUR", "10000.00 EUR", "5000.00 EUR"]

    def test_what_was_sent(self, api, shop, clock, bank):
        """A large payout tells which of its transfers the bank took."""
        paid(shop, 1_500_000)
        clock.advance(days=2)
        payout = shop.payouts.create("eur").body["id"]
        bank.close_after(1)
        api.send_payouts()
        transfers = shop.payouts.retrieve(payout).body["transfers"]
        assert [transfer["sent"] for transfer in transfers] == [True, False]

    def test_the_others_go_on(self, api, earned, bank):
        """A payout that the bank does not take does not keep later ones from waiting too."""
        earned.payouts.create("eur", 1200)
        earned.payouts.create("eur", 800)
        bank.close_after(1)
        assert api.send_payouts() == 1
        assert bank.received(earned.account_id) == ["12.00 EUR"]

    def test_another_shop_goes_on(self, clock):
        """A payout that the bank refuses does not keep another shop's from being sent."""

        class Picky(SandboxBank):
            def transfer(self, account_id, amount, currency):
                if account_id == "acct_1":
                    raise BankUnavailableError(account_id)
                super().transfer(account_id, amount, currency)

        api = PaymentsApi(clock=clock, ids=CountingIds(), bank=Picky())
        shops = [api.sign_up("Kiosk Blau"), api.sign_up("Atelier Nord")]
        for one in shops:
            paid(one, 2000)
        clock.advance(days=2)
        for one in shops:
            one.payouts.create("eur")
        assert api.send_payouts() == 1

    def test_event(self, api, earned):
        """A payout that the bank took leaves an event."""
        earned.payouts.create("eur", 1200)
        api.send_payouts()
        event = earned.events.list(limit=1).body["data"][0]
        assert (event["type"], event["data"]["status"]) == ("payout.paid", "paid")
