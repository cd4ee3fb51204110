import pytest
from counterfoil import Item, Tray
from counterfoil.problems import StampError, WordingError
from papers import goods, issued


class TestMessages:
    def test_what_happened(self, office, hale, tray):
        """A receiver is told what happened and with which amounts, in order."""
        office.subscribe(tray)
        office.issue(office.draft(hale, Item("Desk", "10.00")), on="2026-03-01")
        office.receive(hale, "4.00")
        office.relay()
        assert tray.messages() == [
            "1 2026-03-02 invoice.drafted draft 1",
            "2 2026-03-01 invoice.issued INV-2026-0001, currency EUR, total 12.00 EUR",
            "3 2026-03-02 invoice.settled INV-2026-0001, by 4.00 EUR, left 8.00 EUR",
            "4 2026-03-02 payment.received PAY-2026-0001, amount 4.00 EUR, left 0.00 EUR",
        ]

    def test_paid(self, office, hale, tray):
        """A receiver is told when an invoice is paid."""
        issued(office, hale, "10.00")
        office.receive(hale, "10.00")
        office.subscribe(tray)
        office.relay()
        assert "4 2026-03-02 invoice.paid INV-2026-0001, total 10.00 EUR" in tray.messages()

    def test_over_nothing(self, office, hale, tray):
        """A receiver is told on which day an invoice over nothing was paid."""
        issued(office, hale, "0", on="2026-02-27")
        office.subscribe(tray)
        office.relay()
        assert tray.messages()[-1] == "3 2026-02-27 invoice.paid INV-2026-0001, total 0.00 EUR"

    def test_dated_back(self, office, hale, tray):
        """A receiver is told that a payment was set off on the day on which it was entered."""
        number = issued(office, hale, "10.00")
        office.receive(hale, "4.00", on="2026-02-27", against=number)
        office.subscribe(tray)
        office.relay()
        assert [message[:12] for message in tray.messages()[2:]] == ["3 2026-03-02", "4 2026-03-02"]

    def test_credit(self, office, hale, tray):
        """A receiver is told of credit, and why it was given."""
        number = issued(office, hale, "10.00")
        office.receive(hale, "4.00")
        office.credit_all(number, reason="  Broken  leg ")
        office.subscribe(tray)
        office.relay()
        assert tray.messages()[4:] == [
            "5 2026-03-02 invoice.credited INV-2026-0001, by 10.00 EUR, left 0.00 EUR",
            "6 2026-03-02 credit.issued CN-2026-0001, amount 10.00 EUR, currency EUR, reason Broken leg",
        ]

    def test_bounced(self, office, hale, tray):
        """A receiver is told of what bounced and what is owed again."""
        issued(office, hale, "10.00")
        office.bounce(office.receive(hale, "10.00"))
        office.subscribe(tray)
        office.relay()
        assert tray.messages()[-2:] == [
            "6 2026-03-02 invoice.reopened INV-2026-0001, left 10.00 EUR",
            "7 2026-03-02 payment.bounced PAY-2026-0001, amount 10.00 EUR",
        ]

    def test_quarrels(self, office, hale, tray):
        """A receiver is told of quarrels and their ends."""
        number = issued(office, hale, "10.00")
        office.dispute(number, " Not  ordered ")
        office.resolve(number)
        office.write_off(number, "No  use")
        office.subscribe(tray)
        office.relay()
        assert tray.messages()[2:] == [
            "3 2026-03-02 invoice.disputed INV-2026-0001, reason Not ordered",
            "4 2026-03-02 invoice.resolved INV-2026-0001",
            "5 2026-03-02 invoice.written_off INV-2026-0001, amount 10.00 EUR, reason No use",
        ]

    def test_reminders(self, office, hale, tray):
        """A receiver is told of reminders and their step."""
        issued(office, hale, "10.00", on="2026-01-05")
        office.remind()
        office.subscribe(tray)
        office.relay()
        assert tray.messages()[-1] == "3 2026-03-02 invoice.reminded INV-2026-0001, level 1"

    def test_discarded(self, office, hale, tray):
        """A receiver is told of drafts that were thrown away."""
        office.discard(office.draft(hale, goods("1.00")))
        office.subscribe(tray)
        office.relay()
        assert tray.messages() == [
            "1 2026-03-02 invoice.drafted draft 1",
            "2 2026-03-02 invoice.discarded draft 1",
        ]

    def test_nothing_refused(self, office, hale, tray, stamps):
        """Nobody is told of what was refused."""
        office.subscribe(tray)
        draft = office.draft(hale, goods("1.00"))
        stamps.script("refused")
        with pytest.raises(StampError):
            office.issue(draft)
        office.relay()
        assert tray.messages() == ["1 2026-03-02 invoice.drafted draft 1"]


class TestRounds:
    def test_once(self, office, hale, tray):
        """A message that was taken is not brought again."""
        office.subscribe(tray)
        issued(office, hale, "10.00")
        office.relay()
        office.relay()
        assert len(tray.messages()) == 2

    def test_what_came_of_it(self, office, hale, tray):
        """A round tells how many messages all receivers together have taken."""
        office.subscribe(tray)
        issued(office, hale, "10.00")
        seen = office.relay()
        assert (seen.taken, seen.failed, seen.parked) == (4, 0, 0)

    def test_so_many_at_most(self, office, hale, tray):
        """A round can be limited, and the next one goes on from there."""
        office.subscribe(tray)
        issued(office, hale, "10.00")
        office.relay(limit=1)
        assert tray.messages() == ["1 2026-03-02 invoice.drafted draft 1"]
        office.relay(limit=1)
        assert len(tray.messages()) == 2

    def test_none_at_all(self, office, hale, tray):
        """A round of no messages brings none."""
        office.subscribe(tray)
        issued(office, hale, "10.00")
        assert office.relay(limit=0).taken == 0

    def test_from_the_beginning(self, office, hale, tray):
        """Who subscribes late is told from the beginning."""
        issued(office, hale, "10.00")
        office.relay()
        office.subscribe(tray)
        office.relay()
        assert tray.messages()[0] == "1 2026-03-02 invoice.drafted draft 1"

    def test_subscribing_again(self, office, hale, tray):
        """Who subscribes again goes on where they were."""
        office.subscribe(tray)
        issued(office, hale, "10.00")
        office.relay()
        office.subscribe(tray)
        office.relay()
        assert len(tray.messages()) == 2


class TestFailures:
    def test_left_alone(self, office, hale, tray, clock):
        """A receiver that failed is brought no messages for a minute."""
        office.subscribe(tray)
        issued(office, hale, "10.00")
        tray.jam(1)
        assert office.relay().failed == 1
        assert (office.relay().failed, tray.messages()) == (0, [])

    def test_a_minute_later(self, office, hale, tray, clock):
        """After a minute the same message is brought again, and those behind it."""
        office.subscribe(tray)
        issued(office, hale, "10.00")
        tray.jam(1)
        office.relay()
        clock.advance(minutes=1)
        office.relay()
        assert [message[0] for message in tray.messages()] == ["1", "2"]

    def test_five_minutes(self, office, hale, tray, clock):
        """After a second failure a receiver is left alone for five minutes."""
        office.subscribe(tray)
        issued(office, hale, "10.00")
        tray.jam(2)
        office.relay()
        clock.advance(minutes=1)
        office.relay()
        clock.advance(minutes=4)
        office.relay()
        assert tray.messages() == []
        clock.advance(minutes=1)
        office.relay()
        assert len(tray.messages()) == 2

    def test_parked(self, office, hale, tray, clock):
        """A message that fails three times is parked, and the next one is brought."""
        office.subscribe(tray)
        issued(office, hale, "10.00")
        tray.jam(3)
        for minutes in (1, 5):
            office.relay()
            clock.advance(minutes=minutes)
        seen = office.relay()
        assert (seen.taken, seen.failed, seen.parked) == (1, 1, 1)
        assert (office.parked(), len(tray.messages())) == (["auditor: message 1"], 1)

    def test_parked_for_good(self, office, hale, tray, clock):
        """A message that was parked is not brought again."""
        office.subscribe(tray)
        office.draft(hale, goods("1.00"))
        tray.jam(3)
        for minutes in (1, 5):
            office.relay()
            clock.advance(minutes=minutes)
        office.relay()
        office.relay()
        assert (tray.messages(), office.parked()) == ([], ["auditor: message 1"])

    def test_nothing_parked(self, office, hale, tray):
        """After two failures nothing is parked."""
        office.subscribe(tray)
        issued(office, hale, "10.00")
        tray.jam(2)
        seen = office.relay()
        assert (seen.failed, seen.parked, office.parked()) == (1, 0, [])

    def test_counted_anew(self, office, hale, tray, clock):
        """Failures are counted anew after a message was taken."""
        office.subscribe(tray)
        issued(office, hale, "10.00")
        tray.jam(2)
        for minutes in (1, 5):
            office.relay()
            clock.advance(minutes=minutes)
        office.relay(limit=1)
        tray.jam(1)
        office.relay()
        clock.advance(minutes=1)
        office.relay()
        assert (len(tray.messages()), office.parked()) == (2, [])

    def test_others_go_on(self, office, hale, tray):
        """A receiver that fails does not keep messages from others."""
        bank = Tray("bank")
        office.subscribe(tray)
        office.subscribe(bank)
        tray.jam(1)
        office.draft(hale, goods("1.00"))
        office.relay()
        assert (tray.messages(), bank.messages()) == ([], ["1 2026-03-02 invoice.drafted draft 1"])


class TestTheTaxBook:
    def test_by_code(self, office, hale):
        """Net and tax of a month are kept by code."""
        office.issue(
            office.draft(
                hale,
                Item("Desk", "100.00"),
                Item("Book", "10.00", tax="reduced"),
                Item("Chair", "50.00"),
            )
        )
        office.relay()
        assert office.taxes("2026-03") == [
            "reduced: 0.50 EUR on 10.00 EUR",
            "standard: 30.00 EUR on 150.00 EUR",
        ]

    def test_added_up(self, office, hale):
        """The taxes of the invoices of a month add up."""
        for _ in range(2):
            office.issue(office.draft(hale, Item("Desk", "100.00")))
        office.relay()
        assert office.taxes("2026-03") == ["standard: 40.00 EUR on 200.00 EUR"]

    def test_credit(self, office, hale):
        """The taxes on credit notes are taken off."""
        number = office.issue(office.draft(hale, Item("Desk", "100.00", "4")))
        office.credit(number, 1, quantity="1", reason="Broken")
        office.relay()
        assert office.taxes("2026-03") == ["standard: 60.00 EUR on 300.00 EUR"]

    def test_credit_by_code(self, office, hale):
        """A credit note lowers the taxes of the codes of its lines."""
        draft = office.draft(hale, Item("Desk", "100.00"), Item("Book", "10.00", tax="reduced"))
        office.credit(office.issue(draft), 2, reason="Broken")
        office.relay()
        assert office.taxes("2026-03") == [
            "reduced: 0.00 EUR on 0.00 EUR",
            "standard: 20.00 EUR on 100.00 EUR",
        ]

    def test_months(self, office, hale, clock):
        """What is credited in another month lowers the taxes of that month."""
        number = office.issue(office.draft(hale, Item("Desk", "100.00")))
        clock.turn_to("2026-04-01T09:00")
        office.credit_all(number, reason="Broken")
        office.relay()
        assert office.taxes("2026-03") == ["standard: 20.00 EUR on 100.00 EUR"]
        assert office.taxes("2026-04") == ["standard: -20.00 EUR on -100.00 EUR"]

    def test_dated_back(self, office, hale):
        """The taxes on an invoice count in the month of its day."""
        office.issue(office.draft(hale, Item("Desk", "100.00")), on="2026-02-28")
        office.relay()
        assert (office.taxes("2026-03"), len(office.taxes(" 2026-02 "))) == ([], 1)

    def test_currencies(self, office, hale):
        """Taxes in two currencies are kept apart."""
        office.issue(office.draft(hale, Item("Desk", "100.00"), currency="USD"))
        office.issue(office.draft(hale, Item("Desk", "10.00")))
        office.relay()
        assert office.taxes("2026-03") == [
            "standard: 2.00 EUR on 10.00 EUR",
            "standard: 20.00 USD on 100.00 USD",
        ]

    def test_discounts(self, office, hale):
        """Taxes are booked on what the discount leaves."""
        draft = office.draft(hale, Item("Desk", "100.00"))
        office.allow(draft, "25%")
        office.issue(draft)
        office.relay()
        assert office.taxes("2026-03") == ["standard: 15.00 EUR on 75.00 EUR"]

    @pytest.mark.parametrize("month", ["2026-13"])
    def test_months_that_are_none(self, office, month):
        """A month is a year and a month."""
        with pytest.raises(WordingError, match="is no day"):
            office.taxes(month)


class TestHistories:
    def test_of_an_invoice(self, office, hale, clock):
        """The history of an invoice says what was done and when."""
        number = issued(office, hale, "10.00")
        clock.advance(days=1, hours=2)
        office.receive(hale, "10.00")
        assert office.history(number) == [
            "2026-03-02T09:00 - invoice.issued",
            "2026-03-03T11:00 - invoice.settled",
            "2026-03-03T11:00 - invoice.paid",
        ]

    def test_requests(self, office, hale):
        """A history names the request in which something was done."""
        with office.request("req-7"):
            number = issued(office, hale, "10.00")
        office.dispute(number, "Not ordered")
        assert office.history(f" {number} ") == [
            "2026-03-02T09:00 req-7 invoice.issued",
            "2026-03-02T09:00 - invoice.disputed",
        ]

    def test_of_a_draft(self, office, hale):
        """The history of a draft goes by its id."""
        office.draft(hale, goods("1.00"))
        assert office.history("draft 1") == ["2026-03-02T09:00 - invoice.drafted"]
