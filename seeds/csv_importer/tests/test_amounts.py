from decimal import Decimal

import pytest

from csv_importer.columns import AmountType, IntegerType, Money, MoneyType, PercentType
from csv_importer.problems import CellError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,50", "1234.50"),
        ("0,07", "0.07"),
        ("12.345.678,9", "12345678.90"),
        ("123.456,00", "123456.00"),
        ("19", "19.00"),
    ],
    ids=["grouped", "cents", "millions", "three-first", "whole"],
)
def test_given_a_decimal_comma_when_read_then_dots_only_group(text, value):
    """Where decimals follow a comma, dots between the thousands do not change an amount."""
    assert str(AmountType().parse(text)) == value


@pytest.mark.parametrize("text", ["2,345.60", "2'345.60", "2 345.60", "2345.6"])
def test_given_a_decimal_point_when_read_then_thousands_may_be_spaced(text):
    """Thousands may be set apart by commas, apostrophes or blanks where a point marks the decimals."""
    assert AmountType(".").parse(text) == Decimal("2345.60")


@pytest.mark.parametrize("text", ["1.23,40", "1234.567,00", ".500,00", "1.2345"])
def test_given_uneven_groups_when_read_then_it_is_no_number(text):
    """Thousands that are not grouped by three are refused."""
    with pytest.raises(CellError, match="is not a number"):
        AmountType().parse(text)


@pytest.mark.parametrize("text", ["1/234,00", "5²", "(48,20"])
def test_given_stray_signs_when_read_then_it_is_no_number(text):
    """Strokes, raised figures and a single bracket make no amount."""
    with pytest.raises(CellError, match="is not a number"):
        AmountType().parse(text)


def test_given_mixed_separators_when_read_then_it_is_no_number():
    """An amount whose thousands are set apart in two ways is refused."""
    with pytest.raises(CellError, match="“7.111'222,00” is not a number"):
        AmountType().parse("7.111'222,00")


def test_given_a_comma_without_decimals_when_read_then_it_is_no_number():
    """An amount that ends in a comma is refused."""
    with pytest.raises(CellError, match="“15,” is not a number"):
        AmountType().parse("15,")


def test_given_words_when_read_then_it_is_no_number():
    """Words in place of an amount are refused."""
    with pytest.raises(CellError, match="“on request” is not a number"):
        AmountType().parse("on request")


def test_given_two_decimals_when_three_are_written_then_it_is_refused():
    """An amount with more decimals than allowed is refused rather than rounded."""
    with pytest.raises(CellError, match="“3,125” has more than 2 decimals"):
        AmountType().parse("3,125")


def test_given_superfluous_zeros_when_read_then_nothing_is_lost():
    """Zeros behind the allowed decimals do no harm."""
    assert AmountType().parse("8,2500") == Decimal("8.25")


@pytest.mark.parametrize("text", ["-48,20", "48,20-", "(48,20)", "− 48,20", "48,20 S", "48,20 dr"])
def test_given_any_way_of_writing_minus_when_read_then_it_is_negative(text):
    """Amounts below zero are known by a minus on either side, by brackets or by the debit sign."""
    assert AmountType().parse(text) == Decimal("-48.20")


@pytest.mark.parametrize("text", ["+51,30", "51,30 H", "51,30 CR"])
def test_given_a_plus_or_credit_sign_when_read_then_it_is_positive(text):
    """A plus or the credit sign leaves an amount above zero."""
    assert AmountType().parse(text) == Decimal("51.30")


def test_given_minus_zero_when_read_then_it_is_plain_zero():
    """Zero with a minus in front is plain zero."""
    assert str(AmountType().parse("-0,00")) == "0.00"


def test_given_a_lowest_amount_when_it_is_met_then_it_is_accepted():
    """The lowest amount allowed is itself allowed."""
    assert AmountType(least=Decimal(5)).parse("5,00") == Decimal("5.00")


def test_given_a_lowest_amount_when_undercut_by_a_cent_then_it_is_refused():
    """A cent less than the lowest amount allowed is refused."""
    with pytest.raises(CellError, match="4.99 is below 5"):
        AmountType(least=Decimal(5)).parse("4,99")


def test_given_a_highest_amount_when_it_is_met_then_it_is_accepted():
    """The highest amount allowed is itself allowed."""
    assert AmountType(most=Decimal(900)).parse("900,00") == Decimal("900.00")


def test_given_a_highest_amount_when_exceeded_by_a_cent_then_it_is_refused():
    """A cent more than the highest amount allowed is refused."""
    with pytest.raises(CellError, match="900.01 is above 900"):
        AmountType(most=Decimal(900)).parse("900,01")


def test_given_a_limit_of_zero_when_the_amount_is_negative_then_it_is_refused():
    """Where amounts start at zero, a negative one is refused."""
    with pytest.raises(CellError, match="-0.01 is below 0"):
        AmountType(least=Decimal(0)).parse("-0,01")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,5", "1234.50"), ("1,234.5", "1234.50"), ("1.234.567", "1234567.00"), ("0,5", "0.50")],
    ids=["comma-last", "point-last", "points-only", "short"],
)
def test_given_any_decimal_mark_when_it_shows_then_it_is_found(text, value):
    """The mark that stands last in an amount divides off the decimals."""
    assert str(AmountType("auto").parse(text)) == value


def test_given_any_decimal_mark_when_it_does_not_show_then_it_is_refused():
    """An amount that can be read in two ways is refused."""
    with pytest.raises(CellError, match="“4,500” can be read in two ways"):
        AmountType("auto").parse("4,500")


def test_given_any_decimal_mark_when_four_figures_lead_then_it_shows():
    """Three figures behind a mark are decimals where more than three stand in front of it."""
    assert AmountType("auto", places=3).parse("4500,125") == Decimal("4500.125")


def test_given_any_decimal_mark_when_there_is_none_then_the_amount_is_whole():
    """An amount without any mark is a whole one, whatever the mark might be."""
    assert AmountType("auto").parse("730") == Decimal("730.00")


@pytest.mark.parametrize(("text", "value"), [("1.250", 1250), ("-7", -7), ("42,0", 42), ("0", 0)])
def test_given_whole_numbers_when_read_then_they_are_whole(text, value):
    """Whole numbers may be grouped, negative, or end in a zero decimal."""
    assert IntegerType().parse(text) == value


def test_given_whole_numbers_when_a_fraction_comes_then_it_is_refused():
    """Half a piece is no whole number."""
    with pytest.raises(CellError, match="“2,5” is not a whole number"):
        IntegerType().parse("2,5")


@pytest.mark.parametrize("text", ["10", "20"])
def test_given_a_range_when_its_ends_are_met_then_they_are_accepted(text):
    """Both ends of a range of whole numbers belong to it."""
    assert IntegerType(10, 20).parse(text) == int(text)


@pytest.mark.parametrize("text", ["9", "21"])
def test_given_a_range_when_it_is_left_then_the_number_is_refused(text):
    """Whole numbers beyond either end of a range are refused."""
    with pytest.raises(CellError, match=f"{text} is (below 10|above 20)"):
        IntegerType(10, 20).parse(text)


@pytest.mark.parametrize(
    ("text", "share"), [("19 %", "0.1900"), ("7,5%", "0.0750"), ("100", "1.0000")]
)
def test_given_a_percentage_when_read_then_it_is_a_share_of_one(text, share):
    """Percentages become shares of one, with or without the sign."""
    assert str(PercentType().parse(text)) == share


def test_given_a_highest_percentage_when_exceeded_then_it_is_refused():
    """A percentage above the highest one is refused."""
    with pytest.raises(CellError, match="60.5 is above 60"):
        PercentType(most=Decimal(60)).parse("60,5 %")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("EUR 1.200,00", "1200.00 EUR"),
        ("89,90 usd", "89.90 USD"),
        ("£15", "15.00 GBP"),
        ("2.500 ¥", "2500 JPY"),
    ],
    ids=["code-first", "code-last", "sign-first", "yen"],
)
def test_given_a_named_currency_when_read_then_it_counts(text, shown):
    """A sum of money is in the currency that it names, in front or behind."""
    assert str(MoneyType().parse(text)) == shown


def test_given_no_currency_when_read_then_the_usual_one_counts():
    """A sum that names no currency is in the usual one."""
    assert MoneyType("CHF").parse("77,70") == Money(Decimal("77.70"), "CHF")


def test_given_accepted_currencies_when_another_comes_then_it_is_refused():
    """A sum in a currency that is not accepted is refused."""
    with pytest.raises(CellError, match="PLN is not accepted here"):
        MoneyType(allowed=("EUR", "SEK")).parse("30,00 zł")


def test_given_dinars_when_three_decimals_are_written_then_they_are_kept():
    """Currencies with three decimals keep all three."""
    assert str(MoneyType().parse("BHD 4,125")) == "4.125 BHD"


def test_given_yen_when_decimals_are_written_then_they_are_refused():
    """Yen have no decimals."""
    with pytest.raises(CellError, match="has more than 0 decimals"):
        MoneyType().parse("JPY 12,5")


@pytest.mark.parametrize("text", ["", "CR", "-"])
def test_given_signs_without_figures_when_read_then_it_is_no_number(text):
    """A sign without figures is no amount."""
    with pytest.raises(CellError, match="is not a number"):
        AmountType().parse(text)


@pytest.mark.parametrize("text", ["123,456", "1.500"])
def test_given_any_decimal_mark_when_one_to_three_figures_lead_then_it_does_not_show(text):
    """Three figures on both sides of a mark leave open what it means."""
    with pytest.raises(CellError, match=f"“{text}” can be read in two ways"):
        AmountType("auto", places=3).parse(text)


@pytest.mark.parametrize("text", [",5", ",500"])
def test_given_any_decimal_mark_when_nothing_leads_then_it_divides_decimals(text):
    """A mark in front of all figures divides off decimals."""
    assert AmountType("auto").parse(text) == Decimal("0.5")
