import logging
import threading

import pytest
from counterfoil import InvoicingError, Item, Office
from counterfoil.problems import NothingError, StampError, UnknownError
from counterfoil.stamping import StampRefusedError
from papers import goods, issued, stage

PATIENCE = 5


def in_vain(office, customer, *, inner=lambda: None):
    """A unit of work that issues an invoice, does something else, and then comes to nothing."""
    with office.unit():
        issued(office, customer, "10.00")
        inner()
        office.receive(customer, "0.00")


class TestUnits:
    def test_all_of_it(self, office, hale):
        """What is done in one unit counts when the unit is over."""
        with office.unit():
            number = issued(office, hale, "10.00")
            office.receive(hale, "10.00")
        assert stage(office, number) == ("paid", "0.00 EUR")

    def test_nothing_of_it(self, office, hale):
        """When one thing in a unit is refused, nothing of it has happened."""
        with pytest.raises(NothingError):
            in_vain(office, hale)
        assert office.balance(hale) == "0.00 EUR"
        assert office.outstanding(hale) == []

    def test_numbers(self, office, hale):
        """A number that was taken in a unit that came to nothing is given again."""
        with pytest.raises(NothingError):
            in_vain(office, hale)
        assert issued(office, hale, "10.00") == "INV-2026-0001"

    def test_other_errors(self, office, hale):
        """Whatever ends a unit early, nothing of it has happened."""
        with pytest.raises(KeyboardInterrupt):
            in_vain(office, hale, inner=_interrupted)
        assert office.balance(hale) == "0.00 EUR"

    def test_part_of_it(self, office, hale):
        """What is refused inside a unit and overcome leaves the rest alone."""
        with office.unit():
            number = issued(office, hale, "10.00")
            with pytest.raises(NothingError):
                office.receive(hale, "0.00")
            office.receive(hale, "4.00")
        assert stage(office, number) == ("part paid", "6.00 EUR")

    def test_what_was_overcome(self, office, hale):
        """What was refused inside a unit and overcome has not happened when the unit is over."""
        with office.unit():
            with pytest.raises(NothingError):
                in_vain(office, hale)
            office.receive(hale, "4.00")
        assert (office.outstanding(hale), office.balance(hale)) == ([], "-4.00 EUR")

    def test_inner_units(self, office, hale):
        """A unit inside a unit that came to nothing has not happened either."""

        def another():
            with office.unit():
                issued(office, hale, "5.00")

        with pytest.raises(NothingError):
            in_vain(office, hale, inner=another)
        assert office.balance(hale) == "0.00 EUR"

    def test_work_goes_on(self, office, hale):
        """After a unit that came to nothing work goes on as usual."""
        with pytest.raises(NothingError):
            in_vain(office, hale)
        number = issued(office, hale, "8.00")
        with pytest.raises(UnknownError):
            office.dispute("INV-2026-0002", "Not ordered")
        assert stage(office, number) == ("open", "8.00 EUR")

    def test_balances_meanwhile(self, office, hale):
        """Inside a unit a balance counts what the unit has done so far."""
        office.balance(hale)
        with office.unit():
            issued(office, hale, "10.00")
            assert office.balance(hale) == "10.00 EUR"

    def test_balances_afterwards(self, office, hale):
        """A balance that was asked for inside a unit is forgotten when the unit comes to nothing."""
        with pytest.raises(NothingError):
            in_vain(office, hale, inner=lambda: office.balance(hale))
        assert office.balance(hale) == "0.00 EUR"

    def test_news(self, office, hale, tray):
        """Nobody is told of a unit that came to nothing."""
        office.subscribe(tray)
        with pytest.raises(NothingError):
            in_vain(office, hale)
        office.relay()
        assert (tray.messages(), office.history("INV-2026-0001")) == ([], [])

    def test_half_a_payment(self, office, hale):
        """A payment in a unit that came to nothing has settled nothing."""
        number = issued(office, hale, "10.00")
        with pytest.raises(NothingError):
            in_vain(office, hale, inner=lambda: office.receive(hale, "15.00"))
        assert stage(office, number) == ("open", "10.00 EUR")

    def test_kept_on_disk(self, clock, stamps, tmp_path):
        """An office that keeps its files on disk finds them again."""
        path = str(tmp_path / "files.db")
        house = Office(clock, stamps, path=path)
        house.enrol("Quay Fish")
        number = issued(house, "Quay Fish", "10.00")
        house.close()
        again = Office(clock, stamps, path=path)
        assert again.invoice(number).open == "10.00 EUR"
        again.close()


def _interrupted():
    raise KeyboardInterrupt


class SlowRefusal:
    """A stamp office that keeps its first caller waiting and then says no; it says yes to all others."""

    def __init__(self):
        self.inside = threading.Event()
        self.followed = threading.Event()
        self.asked = 0

    def impress(self, key, text):
        """A stamp, but for the first caller."""
        self.asked += 1
        if self.asked > 1:
            return "P-1"
        self.inside.set()
        self.followed.wait(0.05)
        raise StampRefusedError(text)


class SlowReceiver:
    """A receiver that takes its time with the first message."""

    name = "slow"

    def __init__(self):
        self.inside = threading.Event()
        self.followed = threading.Event()
        self.keys = []

    def take(self, message):
        """Keep the key of a message."""
        self.keys.append(message.key)
        self.inside.set()
        self.followed.wait(PATIENCE)


class TestTwoAtATime:
    def test_numbers(self, clock):
        """Of two who issue at the same moment, one does not undo what the other one did."""
        slow = SlowRefusal()
        office = Office(clock, slow)
        office.enrol("Hale & Sons")
        drafts = [office.draft("Hale & Sons", goods("1.00")) for _ in range(2)]
        numbers = []

        def follow():
            slow.inside.wait(PATIENCE)
            numbers.append(office.issue(drafts[1]))
            slow.followed.set()

        other = threading.Thread(target=follow, daemon=True)
        other.start()
        with pytest.raises(StampError):
            office.issue(drafts[0])
        other.join(PATIENCE)
        assert numbers == ["INV-2026-0001"]
        assert stage(office, "INV-2026-0001") == ("open", "1.00 EUR")

    def test_rounds(self, office, hale):
        """Of two rounds at the same moment the second one brings nothing again."""
        slow = SlowReceiver()
        office.draft(hale, goods("1.00"))
        office.subscribe(slow)
        first = threading.Thread(target=office.relay, daemon=True)
        first.start()
        slow.inside.wait(PATIENCE)
        second = threading.Thread(target=office.relay, daemon=True)
        second.start()
        second.join(0.05)
        slow.followed.set()
        first.join(PATIENCE)
        second.join(PATIENCE)
        assert slow.keys == ["counterfoil-1"]

    def test_requests(self, office, hale):
        """Two who work at the same moment each keep their own request id."""
        other = threading.Thread(target=issued, args=(office, hale, "1.00"), daemon=True)
        with office.request("req-1"):
            other.start()
            other.join(PATIENCE)
        assert office.history("INV-2026-0001") == ["2026-03-02T09:00 - invoice.issued"]


class TestTheLog:
    def test_errands(self, office, hale, caplog):
        """Errands are logged with their request."""
        caplog.set_level(logging.INFO, logger="counterfoil.door")
        with office.request("req-1"):
            issued(office, hale, "1.00")
        office.balance(hale)
        told = [(each.getMessage(), each.request, each.facts) for each in caplog.records]
        assert told == [
            ("errand.done", "req-1", {"errand": "draft"}),
            ("errand.done", "req-1", {"errand": "issue"}),
            ("errand.done", "-", {"errand": "balance"}),
        ]

    def test_refusals(self, office, caplog):
        """Refusals are logged with the rule."""
        with pytest.raises(InvoicingError):
            office.balance("Nemo")
        assert caplog.records[0].getMessage() == "errand.refused"
        assert caplog.records[0].facts == {"errand": "balance", "rule": "unknown"}

    def test_after_a_refusal(self, office, hale, caplog):
        """A request that was refused leaves its id to nobody."""
        caplog.set_level(logging.INFO, logger="counterfoil.door")
        with pytest.raises(InvoicingError), office.request("req-1"):
            office.balance("Nemo")
        office.balance(hale)
        assert [each.request for each in caplog.records[-2:]] == ["req-1", "-"]

    def test_requests_within_requests(self, office, hale):
        """When an inner request is over, the outer one goes on."""
        with office.request("req-1"):
            with office.request("req-2"):
                number = issued(office, hale, "1.00")
            office.dispute(number, "Not ordered")
        assert [line.split()[1] for line in office.history(number)] == ["req-2", "req-1"]

    def test_busy_stamps(self, office, hale, stamps, caplog):
        """Each busy answer of the stamp office is logged."""
        stamps.script("busy", "busy", "busy")
        with pytest.raises(StampError):
            issued(office, hale, "1.00")
        facts = [each.facts for each in caplog.records if each.getMessage() == "stamp.busy"]
        assert facts == [{"number": "INV-2026-0001", "attempt": n} for n in (1, 2, 3)]

    def test_deliveries(self, office, hale, tray, caplog):
        """A delivery that fails is logged with the message."""
        office.subscribe(tray)
        office.draft(hale, Item("Desk", "1.00"))
        tray.jam(1)
        office.relay()
        assert caplog.records[0].facts == {
            "receiver": "auditor",
            "seq": 1,
            "failures": 1,
            "error": "auditor is jammed",
        }
