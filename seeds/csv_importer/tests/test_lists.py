from datetime import date
from decimal import Decimal

import pytest
from helpers import assert_counts, assert_problems, assert_rows, prices, run

from csv_importer import BANK_EXPORT, CUSTOMERS, TIMESHEET, Upload


class TestPriceList:
    """Prices from suppliers."""

    def test_given_a_full_row_when_imported_then_every_value_arrives(self, importer):
        """Every cell of a price list arrives as the value it stands for."""
        upload = Upload.of(
            "full.csv",
            "Artikelnummer;Bezeichnung;Preis;Währung;Einheit;Rabatt;Gültig ab;Gültig bis",
            "hx-20;Hinge;1.049,90;Dollar;stk;12,5 %;01.05.2026;2026-12-31",
        )
        run(importer, upload)
        assert importer.rows("price list") == [
            {
                "sku": "HX-20",
                "name": "Hinge",
                "price": Decimal("1049.90"),
                "currency": "USD",
                "unit": "piece",
                "discount": Decimal("0.1250"),
                "valid from": date(2026, 5, 1),
                "valid to": date(2026, 12, 31),
            }
        ]

    def test_given_empty_cells_when_imported_then_usual_values_stand_in(self, importer):
        """Prices that name no currency are in euros."""
        run(importer, prices("A-1;7,00"))
        assert_rows(importer, "price list", "currency", "EUR")

    def test_given_two_mistakes_in_a_line_when_imported_then_both_are_told(self, importer):
        """All that is wrong with a line is told at once."""
        upload = Upload.of("two.csv", "sku;price;unit", "A 1;1,00;kg", "B-2;-5,00;box")
        assert_problems(
            run(importer, upload),
            "line 2, sku: “A 1” is not written as it should be",
            "line 3, price: -5.00 is below 0",
            "line 3, unit: “box” is none of piece, kg, m, hour",
        )

    def test_given_a_price_valid_for_one_day_when_imported_then_it_is_accepted(self, importer):
        """A price may end on the day on which it begins."""
        upload = Upload.of("day.csv", "sku;price;from;to", "A-1;7,00;01.06.2026;01.06.2026")
        assert_counts(run(importer, upload), imported=1)

    def test_given_a_price_that_ends_before_it_begins_when_imported_then_it_is_rejected(
        self, importer
    ):
        """A price cannot end before it begins."""
        upload = Upload.of("day.csv", "sku;price;from;to", "A-1;7,00;02.06.2026;01.06.2026")
        assert_problems(run(importer, upload), "line 2, valid to: valid to is before valid from")

    def test_given_an_open_end_when_imported_then_it_is_accepted(self, importer):
        """A price without an end is valid."""
        upload = Upload.of("day.csv", "sku;price;from;to", "A-1;7,00;02.06.2026;")
        assert_counts(run(importer, upload), imported=1)

    def test_given_an_open_beginning_when_imported_then_it_is_accepted(self, importer):
        """A price without a beginning is valid."""
        upload = Upload.of("day.csv", "sku;price;from;to", "A-1;7,00;;01.06.2026")
        assert_counts(run(importer, upload), imported=1)

    def test_given_a_high_price_when_imported_then_there_is_a_warning(self, importer):
        """A price above 10,000 is imported with a warning."""
        assert_counts(run(importer, prices("A-1;10.000,01")), imported=1, warnings=1)

    def test_given_a_price_at_the_bound_when_imported_then_there_is_no_warning(self, importer):
        """A price of exactly 10,000 is nothing unusual."""
        assert_counts(run(importer, prices("A-1;10.000,00")), imported=1)

    def test_given_a_rejected_row_when_its_price_is_high_then_it_is_not_counted_as_warning(
        self, importer
    ):
        """A row that is rejected by one rule does not count as a warning as well."""
        upload = Upload.of("w.csv", "sku;price;from;to", "A-1;20000;02.06.2026;01.06.2026")
        assert_counts(run(importer, upload), rejected=1)


class TestBankExport:
    """Movements as a bank lists them."""

    @staticmethod
    def booked(*rows):
        return Upload.of("bank.csv", "booked;payee;purpose;amount;fee;net", *rows)

    def test_given_a_net_amount_when_it_adds_up_then_it_is_accepted(self, importer):
        """A net amount is the amount less the fee."""
        upload = self.booked("01.04.2026;Ott;Rent;120,00;1,50;118,50")
        assert_counts(run(importer, upload, BANK_EXPORT), imported=1)

    def test_given_a_net_amount_when_a_cent_is_missing_then_it_is_accepted(self, importer):
        """A net amount may be a cent off."""
        upload = self.booked("01.04.2026;Ott;Rent;120,00;1,50;118,49")
        assert_counts(run(importer, upload, BANK_EXPORT), imported=1)

    def test_given_a_net_amount_when_two_cents_are_missing_then_it_is_rejected(self, importer):
        """A net amount that is two cents off is rejected."""
        upload = self.booked("01.04.2026;Ott;Rent;120,00;1,50;118,48")
        assert_problems(
            run(importer, upload, BANK_EXPORT), "line 2, net: net is 118.48, but should be 118.50"
        )

    def test_given_no_fee_when_the_net_is_the_amount_then_it_is_accepted(self, importer):
        """Without a fee the net amount is the amount itself."""
        upload = self.booked("01.04.2026;Ott;Rent;75,00;;75,00")
        assert_counts(run(importer, upload, BANK_EXPORT), imported=1)

    def test_given_a_net_of_zero_when_it_should_not_be_then_it_is_rejected(self, importer):
        """A net amount of zero is checked like any other."""
        upload = self.booked("01.04.2026;Ott;Rent;75,00;;0,00")
        assert_problems(
            run(importer, upload, BANK_EXPORT), "line 2, net: net is 0.00, but should be 75.00"
        )

    def test_given_neither_payee_nor_purpose_when_imported_then_it_is_rejected(self, importer):
        """A movement needs a payee or a purpose."""
        upload = self.booked("01.04.2026;;;75,00;;")
        assert_problems(
            run(importer, upload, BANK_EXPORT), "line 2, payee: one of payee, purpose is needed"
        )

    def test_given_only_a_purpose_when_imported_then_it_is_accepted(self, importer):
        """A movement with a purpose needs no payee."""
        upload = self.booked("01.04.2026;;Card fee;-4,00;;")
        assert_counts(run(importer, upload, BANK_EXPORT), imported=1)

    @pytest.mark.parametrize("day", ["07.04.2026", "07.04.2025"], ids=["today", "a-year-ago"])
    def test_given_a_movement_within_a_year_when_imported_then_it_is_accepted(self, importer, day):
        """Movements of today and of a year ago are accepted."""
        upload = self.booked(f"{day};Ott;Rent;75,00;;")
        assert_counts(run(importer, upload, BANK_EXPORT), imported=1)

    def test_given_a_movement_of_tomorrow_when_imported_then_it_is_rejected(self, importer):
        """A movement of tomorrow is rejected."""
        upload = self.booked("08.04.2026;Ott;Rent;75,00;;")
        assert_problems(
            run(importer, upload, BANK_EXPORT), "line 2, booked: 2026-04-08 is after 2026-04-07"
        )

    def test_given_a_movement_of_tomorrow_when_imported_a_day_later_then_it_is_accepted(
        self, importer, clock
    ):
        """A movement that lies ahead is accepted once its day has come."""
        clock.advance(hours=15, minutes=30)
        upload = self.booked("08.04.2026;Ott;Rent;75,00;;")
        assert_counts(run(importer, upload, BANK_EXPORT), imported=1)

    def test_given_a_movement_older_than_a_year_when_imported_then_it_is_rejected(self, importer):
        """A movement that is a day older than a year is rejected."""
        upload = self.booked("06.04.2025;Ott;Rent;75,00;;")
        assert_problems(
            run(importer, upload, BANK_EXPORT), "line 2, booked: 2025-04-06 is before 2025-04-07"
        )


class TestCustomers:
    """Lists of customers."""

    def test_given_a_newsletter_when_there_is_no_address_then_it_is_rejected(self, importer):
        """Whoever wants the newsletter needs a mail address."""
        upload = Upload.of("c.csv", "number;name;newsletter;email", "12;Ott;yes;", "13;Paul;no;")
        assert_problems(
            run(importer, upload, CUSTOMERS), "line 2, email: email is needed because of newsletter"
        )

    def test_given_a_newsletter_when_there_is_an_address_then_it_is_accepted(self, importer):
        """Whoever gives an address can have the newsletter."""
        upload = Upload.of("c.csv", "number;name;newsletter;email", "12;Ott;x;o@ott.example")
        assert_counts(run(importer, upload, CUSTOMERS), imported=1)

    def test_given_a_credit_limit_of_zero_when_imported_then_it_is_kept(self, importer):
        """A credit limit of zero is a limit and not an empty cell."""
        run(importer, Upload.of("c.csv", "number;name;limit", "12;Ott;0,00"), CUSTOMERS)
        assert_rows(importer, "customer list", "credit limit", Decimal("0.00"))

    @pytest.mark.parametrize(
        ("number", "text"), [("0", "0 is below 1"), ("100000", "100000 is above 99999")]
    )
    def test_given_a_number_beyond_the_range_when_imported_then_it_is_rejected(
        self, importer, number, text
    ):
        """Customer numbers run from 1 to 99999."""
        upload = Upload.of("c.csv", "number;name", f"{number};Ott")
        assert_problems(run(importer, upload, CUSTOMERS), f"line 2, number: {text}")

    def test_given_dates_in_several_styles_when_imported_then_they_are_the_same_day(self, importer):
        """A customer's first day may be written in several styles."""
        upload = Upload.of("c.csv", "number;name;kunde seit", "1;Ott;3/2/2024", "2;Ude;3 Feb 24")
        run(importer, upload, CUSTOMERS)
        assert_rows(importer, "customer list", "since", date(2024, 2, 3), date(2024, 2, 3))


class TestTimesheet:
    """Hours that people worked."""

    @staticmethod
    def worked(*rows):
        return Upload.of("hours.csv", "employee;day;start;end;break;hours;project;billable", *rows)

    def test_given_hours_when_they_add_up_then_they_are_accepted(self, importer):
        """The hours are the time from start to end, less the break."""
        upload = self.worked("Ida;06.04.2026;8:00;16:45;0:45;8:00;X1;yes")
        assert_counts(run(importer, upload, TIMESHEET), imported=1)

    def test_given_hours_when_they_are_a_minute_off_then_they_are_accepted(self, importer):
        """The hours may be a minute off."""
        upload = self.worked("Ida;06.04.2026;8:00;16:45;0:45;8:01;X1;yes")
        assert_counts(run(importer, upload, TIMESHEET), imported=1)

    def test_given_hours_when_they_are_two_minutes_off_then_they_are_rejected(self, importer):
        """Hours that are two minutes off are rejected."""
        upload = self.worked("Ida;06.04.2026;8:00;16:45;0:45;8:02;X1;yes")
        assert_problems(
            run(importer, upload, TIMESHEET), "line 2, hours: hours is 482, but should be 480"
        )

    @pytest.mark.parametrize(
        ("end", "text"), [("9:00", "end is the same as start"), ("8:59", "end is before start")]
    )
    def test_given_no_time_between_when_imported_then_it_is_rejected(self, importer, end, text):
        """Work ends after it starts, not at the same minute."""
        upload = self.worked(f"Ida;06.04.2026;9:00;{end};;;X1;yes")
        assert_problems(run(importer, upload, TIMESHEET), f"line 2, end: {text}")

    def test_given_billable_work_when_the_project_is_missing_then_it_is_rejected(self, importer):
        """Work that is billed needs a project, and it is billed unless the sheet says otherwise."""
        upload = self.worked("Ida;06.04.2026;9:00;10:00;;;;", "Ida;06.04.2026;11:00;12:00;;;;no")
        assert_problems(
            run(importer, upload, TIMESHEET),
            "line 2, project: project is needed because of billable",
        )

    def test_given_a_week_ahead_when_imported_then_it_is_accepted(self, importer):
        """Hours may be entered for a day up to a week ahead."""
        upload = self.worked("Ida;14.04.2026;9:00;10:00;;;X1;yes")
        assert_counts(run(importer, upload, TIMESHEET), imported=1)

    def test_given_more_than_a_week_ahead_when_imported_then_it_is_rejected(self, importer):
        """Hours cannot be entered for a day eight days ahead."""
        upload = self.worked("Ida;15.04.2026;9:00;10:00;;;X1;yes")
        assert_problems(
            run(importer, upload, TIMESHEET), "line 2, day: 2026-04-15 is after 2026-04-14"
        )
