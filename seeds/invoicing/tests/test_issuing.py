import pytest
from counterfoil import Item, Office
from counterfoil.problems import (
    DateError,
    NothingError,
    StageError,
    StampError,
    WordingError,
)
from papers import goods, issued


class TestNumbers:
    def test_in_a_row(self, office, hale):
        """Invoices are numbered one after the other."""
        numbers = [issued(office, hale, "1.00") for _ in range(3)]
        assert numbers == ["INV-2026-0001", "INV-2026-0002", "INV-2026-0003"]

    def test_by_series(self, office, hale):
        """Each series has numbers of its own."""
        issued(office, hale, "1.00")
        assert issued(office, hale, "1.00", series=" web ") == "WEB-2026-0001"
        assert issued(office, hale, "1.00", series="WEB") == "WEB-2026-0002"

    def test_by_year(self, office, hale, clock):
        """Each year begins with number one."""
        issued(office, hale, "1.00")
        clock.turn_to("2027-01-01T09:00")
        assert issued(office, hale, "1.00") == "INV-2027-0001"

    def test_the_year_before(self, office, hale, clock):
        """A number for the year before is still to be had while the new year has none."""
        issued(office, hale, "1.00")
        clock.turn_to("2027-01-04T09:00")
        assert issued(office, hale, "1.00", on="2026-12-31") == "INV-2026-0002"
        assert issued(office, hale, "1.00") == "INV-2027-0001"

    def test_days_and_numbers(self, office, hale, clock):
        """Numbers and days go up together."""
        clock.turn_to("2026-03-10T09:00")
        issued(office, hale, "1.00", on="2026-03-05")
        with pytest.raises(DateError, match="the next of INV can't be earlier than 2026-03-05"):
            issued(office, hale, "1.00", on="2026-03-04")
        assert issued(office, hale, "1.00", on="2026-03-05") == "INV-2026-0002"

    def test_days_of_other_series(self, office, hale):
        """The days of one series don't bind another."""
        issued(office, hale, "1.00")
        assert issued(office, hale, "1.00", series="OLD", on="2026-02-27") == "OLD-2026-0001"

    @pytest.mark.parametrize("series", ["", "Ü", "TOOLONG", "pay", "cn", "Ref"], ids=range(6))
    def test_series_that_make_no_sense(self, office, hale, series):
        """A series has up to six letters and is not one of the house's own."""
        with pytest.raises(WordingError) as problem:
            office.draft(hale, goods("1.00"), series=series)
        assert problem.value.given == series

    def test_six_letters(self, office, hale):
        """A series may have six letters."""
        assert issued(office, hale, "1.00", series="abcdef ") == "ABCDEF-2026-0001"

    def test_drafts_take_none(self, office, hale):
        """A draft takes no number before it is issued."""
        later = office.draft(hale, goods("1.00"))
        assert issued(office, hale, "1.00") == "INV-2026-0001"
        assert office.issue(later) == "INV-2026-0002"


class TestIssuing:
    def test_amounts_stay(self, office, hale):
        """The taxes of an invoice stay as they were on its day."""
        number = office.issue(office.draft(hale, Item("Desk", "100.00")))
        office.set_tax("standard", "30", "2026-03-02")
        seen = office.invoice(number)
        assert (seen.net, seen.tax, seen.total) == ("100.00 EUR", "20.00 EUR", "120.00 EUR")

    def test_discount_stays(self, office, hale):
        """The discount on the whole of an invoice is in its net amount."""
        draft = office.draft(hale, Item("Desk", "80.00"), Item("Chair", "20.00"))
        office.allow(draft, "15%")
        assert office.invoice(office.issue(draft)).net == "85.00 EUR"

    def test_what_is_owed(self, office, hale):
        """An issued invoice is owed in full."""
        number = office.issue(office.draft(hale, Item("Desk", "100.00")))
        assert office.invoice(number).open == "120.00 EUR"
        assert office.balance(hale) == "120.00 EUR"

    def test_days(self, office, hale):
        """An invoice bears the day on which it was issued."""
        assert office.invoice(issued(office, hale, "1.00")).issued_on == "2026-03-02"

    def test_dated_back(self, office, hale):
        """An invoice that is dated back is due from its own day on."""
        seen = office.invoice(issued(office, hale, "1.00", on=" 2026-02-20 "))
        assert (seen.issued_on, seen.due_on) == ("2026-02-20", "2026-03-23")

    def test_dated_forward(self, office, hale):
        """No invoice is dated tomorrow."""
        draft = office.draft(hale, goods("1.00"))
        with pytest.raises(DateError, match="can't be later than 2026-03-02") as problem:
            office.issue(draft, on="2026-03-03")
        assert (problem.value.rule, str(problem.value.limit)) == ("date", "2026-03-02")
        assert office.look_at(draft).stage == "a draft"

    def test_days_that_are_none(self, office, hale):
        """A day that is none is refused as it was written."""
        draft = office.draft(hale, goods("1.00"))
        with pytest.raises(WordingError, match="“2026-02-30” is no day"):
            office.issue(draft, on="2026-02-30")
        with pytest.raises(WordingError, match="“” is no day"):
            office.issue(draft, on="")

    def test_nothing_on_it(self, office, hale):
        """An invoice without lines can't be issued."""
        draft = office.draft(hale)
        with pytest.raises(NothingError, match="a line at least is needed"):
            office.issue(draft)

    def test_twice(self, office, hale):
        """An invoice is issued once."""
        draft = office.draft(hale, goods("1.00"))
        office.issue(draft)
        with pytest.raises(StageError, match="INV-2026-0001 is open and can't be issued"):
            office.issue(draft)
        assert office.balance(hale) == "1.00 EUR"

    def test_not_changed_any_more(self, office, hale):
        """Nothing can be written on an invoice that counts."""
        draft = office.draft(hale, goods("1.00"))
        office.issue(draft)
        with pytest.raises(StageError, match="INV-2026-0001 is open and can't be changed"):
            office.add(draft, goods("1.00"))

    def test_over_nothing(self, office, hale):
        """An invoice over nothing is paid as soon as it is issued."""
        assert office.invoice(issued(office, hale, "0")).stage == "paid"

    def test_found_as_typed(self, office, hale):
        """An invoice is found by its number in small letters too."""
        number = issued(office, hale, "3.00")
        assert office.invoice(f" {number.lower()} ").total == "3.00 EUR"

    def test_under_its_draft(self, office, hale):
        """An invoice is still found by the id of its draft."""
        draft = office.draft(hale, goods("1.00"))
        number = office.issue(draft)
        assert office.look_at(draft).name == number

    def test_name_of_a_draft(self, office, hale):
        """A draft goes by its id, and has no days yet."""
        seen = office.look_at(office.draft(hale, goods("1.00")))
        assert (seen.name, seen.issued_on, seen.due_on, seen.net) == ("draft 1", "", "", "0.00 EUR")

    def test_other_currencies(self, office, hale):
        """A customer can be billed in another currency than their own."""
        number = issued(office, hale, "7.00", currency=" usd")
        assert office.invoice(number).open == "7.00 USD"
        assert office.balance(hale) == "0.00 EUR"
        assert office.balance(hale, currency="USD") == "7.00 USD"

    def test_unknown_currencies(self, office, hale):
        """Nobody is billed in a currency that the house does not keep."""
        with pytest.raises(WordingError, match="“XYZ” is no currency"):
            office.draft(hale, goods("1.00"), currency="xyz")


class TestTheDayOfTheHouse:
    def test_after_midnight(self, clock, stamps):
        """East of Greenwich the new year begins before that of UTC."""
        clock.turn_to("2026-12-31T23:30")
        office = Office(clock, stamps, minutes_east=60)
        office.enrol("Quay Fish")
        assert issued(office, "Quay Fish", "1.00") == "INV-2027-0001"

    def test_at_midnight(self, clock, stamps):
        """The house's day begins at its midnight and not a minute later."""
        clock.turn_to("2026-12-31T23:00")
        office = Office(clock, stamps, minutes_east=60)
        office.enrol("Quay Fish")
        assert issued(office, "Quay Fish", "1.00") == "INV-2027-0001"

    def test_before_midnight(self, clock, stamps):
        """West of Greenwich the old year goes on after that of UTC has ended."""
        clock.turn_to("2027-01-01T04:59")
        office = Office(clock, stamps, minutes_east=-300)
        office.enrol("Quay Fish")
        assert issued(office, "Quay Fish", "1.00") == "INV-2026-0001"


class TestStamps:
    def test_each_its_own(self, office, hale):
        """Each invoice bears a stamp of its own."""
        first, second = issued(office, hale, "1.00"), issued(office, hale, "1.00")
        assert (office.invoice(first).stamp, office.invoice(second).stamp) == ("S-1", "S-2")

    def test_what_is_stamped(self, office, hale, stamps):
        """Number and total of an invoice are stamped."""
        office.issue(office.draft(hale, Item("Desk", "100.00")))
        assert stamps.asked == ["INV-2026-0001 120.00 EUR"]

    def test_busy_for_a_while(self, office, hale, stamps):
        """A stamp office that is busy twice is asked a third time."""
        stamps.script("busy", "busy")
        assert office.invoice(issued(office, hale, "1.00")).stamp == "S-1"
        assert len(stamps.asked) == 3

    def test_busy_for_too_long(self, office, hale, stamps):
        """After three busy answers an invoice is not issued."""
        stamps.script("busy", "busy", "busy")
        draft = office.draft(hale, goods("1.00"))
        with pytest.raises(StampError, match=r"got no stamp in 3 attempt\(s\)") as problem:
            office.issue(draft)
        assert (problem.value.number, problem.value.attempts) == ("INV-2026-0001", 3)
        assert problem.value.rule == "stamp"
        assert (office.look_at(draft).stage, len(stamps.asked)) == ("a draft", 3)

    def test_refused(self, office, hale, stamps):
        """A stamp that is refused is not asked for again."""
        stamps.script("busy", "refused")
        with pytest.raises(StampError) as problem:
            issued(office, hale, "1.00")
        assert (problem.value.attempts, len(stamps.asked)) == (2, 2)

    def test_lost_answers(self, office, hale, stamps):
        """An invoice whose stamp got lost on the way is given the same one."""
        stamps.script("lost")
        first, second = issued(office, hale, "1.00"), issued(office, hale, "1.00")
        assert (office.invoice(first).stamp, office.invoice(second).stamp) == ("S-1", "S-2")

    def test_the_number_is_free_again(self, office, hale, stamps):
        """An invoice that got no stamp leaves its number to the next one."""
        issued(office, hale, "1.00")
        stamps.script("refused")
        with pytest.raises(StampError):
            issued(office, hale, "2.00")
        number = issued(office, hale, "3.00")
        assert (number, office.invoice(number).total) == ("INV-2026-0002", "3.00 EUR")

    def test_nothing_is_owed(self, office, hale, stamps):
        """An invoice that got no stamp is not owed."""
        stamps.script("refused")
        with pytest.raises(StampError):
            issued(office, hale, "2.00")
        assert (office.balance(hale), office.outstanding(hale)) == ("0.00 EUR", [])

    def test_once_more(self, office, hale, stamps):
        """A draft that got no stamp can be issued later."""
        stamps.script("refused")
        draft = office.draft(hale, goods("2.00"))
        with pytest.raises(StampError):
            office.issue(draft)
        assert office.invoice(office.issue(draft)).open == "2.00 EUR"

    def test_waiting(self, office, hale, stamps, clock):
        """Between the attempts there are pauses of a fifth of a second and a second."""
        stamps.script("busy", "busy", "busy")
        before = clock.now()
        with pytest.raises(StampError):
            issued(office, hale, "2.00")
        assert (clock.now() - before).total_seconds() == 1.2
