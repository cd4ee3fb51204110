import pytest
from stories import bhd, eur, jpy, usd

from ledger import Money
from ledger.errors import AmountError, CurrencyError


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.40", "EUR", 1240), ("1880", "JPY", 1880), ("3.125", "BHD", 3125), ("0.5", "CHF", 50)],
    ids=["cents", "no-decimals", "three-decimals", "short"],
)
def test_amounts_are_read_in_the_units_of_their_currency(text, currency, minor):
    """An amount typed by a customer is understood with as many decimal places as its currency has."""
    assert Money.of(text, currency) == Money(minor, currency)


def test_thousands_may_be_grouped():
    """Commas between thousands do not change what an amount means."""
    assert Money.of("1,234,567.89", "EUR") == eur("1234567.89")


@pytest.mark.parametrize("text", ["12,40", "12.4.0", "12 40", "", "abc", "1,23,456", "5."])
def test_nonsense_is_not_an_amount(text):
    """Something that is not a number is refused as an amount."""
    with pytest.raises(AmountError, match="is not an amount"):
        Money.of(text, "EUR")


def test_spaces_around_an_amount_do_not_matter():
    """Blanks copied along with an amount are ignored."""
    assert Money.of("  77.10 ", "USD") == usd("77.10")


def test_an_amount_may_carry_a_sign():
    """An amount typed with a minus stays negative."""
    assert Money.of("-4.75", "EUR") == eur("-4.75")


def test_currency_codes_may_be_typed_carelessly():
    """A currency is recognised in small letters and with blanks around it."""
    assert Money.of("19", " jpy ") == jpy("19")


def test_unknown_currencies_are_named_in_the_refusal():
    """A currency in which no accounts are kept is refused by its name."""
    with pytest.raises(CurrencyError, match="XYZ is not a currency"):
        Money.of("10", "xyz")


@pytest.mark.parametrize(
    ("text", "currency"), [("10.005", "EUR"), ("100.5", "JPY"), ("1.0001", "BHD")]
)
def test_no_amount_is_finer_than_the_smallest_coin(text, currency):
    """An amount with more decimal places than the currency knows is refused and not rounded."""
    with pytest.raises(AmountError, match="finer than"):
        Money.of(text, currency)


def test_trailing_zeros_are_harmless():
    """Superfluous zeros at the end of an amount are accepted."""
    assert Money.of("8.5000", "EUR") == eur("8.50")


def test_the_largest_amount_is_accepted():
    """The highest amount an account can hold can be entered."""
    assert Money.of("1,000,000,000,000.00", "EUR") == Money(10**14, "EUR")


@pytest.mark.parametrize("text", ["1000000000000.01", "-1000000000000.01"])
def test_nothing_above_the_largest_amount(text):
    """One cent above the highest amount is refused, with either sign."""
    with pytest.raises(AmountError, match="more than an account can hold"):
        Money.of(text, "EUR")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (("1880.00", "EUR"), "1,880.00 EUR"),
        (("-0.05", "EUR"), "-0.05 EUR"),
        (("-1234567", "JPY"), "-1,234,567 JPY"),
        (("12.007", "BHD"), "12.007 BHD"),
        (("0", "JPY"), "0 JPY"),
    ],
    ids=["grouped", "negative-cents", "yen", "dinar", "nothing"],
)
def test_amounts_are_shown_with_groups_sign_and_currency(amount, shown):
    """An amount is shown with its sign, grouped thousands, all decimal places and the currency."""
    assert str(Money.of(*amount)) == shown


def test_currencies_never_mix_in_a_sum():
    """Euros and dollars cannot be added up."""
    with pytest.raises(CurrencyError, match="EUR and USD cannot be mixed"):
        _ = eur("10.00") + usd("10.00")


def test_currencies_never_mix_in_a_comparison():
    """Yen and dinars cannot be compared in size."""
    with pytest.raises(CurrencyError, match="JPY and BHD cannot be mixed"):
        _ = jpy("10") < bhd("10.000")


def test_a_total_of_nothing_is_zero():
    """Adding up no amounts at all gives zero in the currency asked for."""
    assert Money.total([], "BHD") == bhd("0")


def test_a_total_counts_every_amount():
    """A total is the sum of all amounts, negative ones taken off."""
    assert Money.total([eur("10.10"), eur("-3.05"), eur("0.45")], "EUR") == eur("7.50")


@pytest.mark.parametrize(
    ("minor", "points", "share"),
    [(100000, 25, 250), (250, 200, 5), (50, 100, 0), (150, 100, 2), (333, 10000, 333)],
    ids=["quarter-per-cent", "two-per-cent", "half-down-to-even", "half-up-to-even", "everything"],
)
def test_a_portion_is_rounded_to_the_even_cent(minor, points, share):
    """A percentage of an amount that falls between two cents goes to the nearer one, halves to the even one."""
    assert Money(minor, "EUR").portion(points) == Money(share, "EUR")


def test_shares_follow_their_weights():
    """An amount divided by weights gives everyone a share in proportion."""
    assert eur("120.00").allocate([1, 2, 3]) == [eur("20.00"), eur("40.00"), eur("60.00")]


def test_no_cent_is_lost_when_dividing():
    """When an amount cannot be divided evenly, the left-over cents go to the first shares."""
    assert eur("100.01").allocate([1, 1, 1]) == [eur("33.34"), eur("33.34"), eur("33.33")]


def test_left_over_coins_go_where_most_was_cut_off():
    """The left-over coin of a division goes to the share that lost most by rounding."""
    assert jpy("100").allocate([3, 4, 1]) == [jpy("38"), jpy("50"), jpy("12")]


def test_equal_losses_favour_the_larger_share():
    """When two shares lost equally much by rounding, the larger one gets the left-over coin."""
    assert jpy("6").allocate([1, 3]) == [jpy("1"), jpy("5")]


@pytest.mark.parametrize("weights", [[0, 0], [3, -1]], ids=["all-zero", "negative"])
def test_impossible_shares_are_refused(weights):
    """Nobody can get a negative share, and somebody has to get something."""
    with pytest.raises(AmountError, match="shares must not"):
        eur("50.00").allocate(weights)


def test_a_share_of_zero_gets_nothing():
    """A weight of zero beside others is allowed and gets nothing."""
    assert usd("9.99").allocate([0, 5]) == [usd("0"), usd("9.99")]
