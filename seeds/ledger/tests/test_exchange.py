from decimal import Decimal

import pytest
from stories import bhd, eur, funded, gbp, jpy, usd

from ledger.errors import AccountError, AmountError, CurrencyError, FundsError, QuoteError


@pytest.fixture
def desk(filed):
    """A customer with euros and dollars, and a rate between them."""
    funded(filed, "Euro Main", eur("1000.00"))
    filed.open_account("Dollar Main", "USD")
    filed.set_rate("EUR", "USD", "1.0850")
    return filed


def test_a_conversion_uses_the_quoted_rate(desk):
    """Converted money arrives at the quoted rate."""
    quote = desk.quote("EUR", "USD")
    deal = desk.convert("Euro Main", "Dollar Main", eur("200.00"), quote.id)
    assert deal.bought == usd("217.00")
    assert desk.balance("Euro Main") == eur("800.00")
    assert desk.balance("Dollar Main") == usd("217.00")


def test_a_conversion_is_rounded_down(desk):
    """A conversion never pays out a fraction of a cent more than the rate gives."""
    quote = desk.quote("EUR", "USD")
    deal = desk.convert("Euro Main", "Dollar Main", eur("10.07"), quote.id)
    assert deal.bought == usd("10.92")


def test_the_rate_can_be_used_the_other_way_round(desk):
    """Where only the opposite rate is known, its inverse is quoted."""
    desk.set_rate("GBP", "EUR", "1.25")
    assert desk.quote("EUR", "GBP").rate == Decimal("0.8")


def test_an_inverse_rate_is_cut_off(desk):
    """An inverse rate that does not come out even is cut off after eight places and not rounded up."""
    desk.set_rate("CHF", "EUR", "0.6")
    assert desk.quote("EUR", "CHF").rate == Decimal("1.66666666")


def test_the_direct_rate_goes_first(desk):
    """A rate published for a direction is quoted even if the opposite one is known too."""
    desk.set_rate("USD", "EUR", "0.9")
    assert desk.quote("USD", "EUR").rate == Decimal("0.9")


def test_the_latest_rate_counts(desk):
    """A new rate replaces the one published before."""
    desk.set_rate("EUR", "USD", "1.1")
    assert desk.quote("EUR", "USD").rate == Decimal("1.1")


def test_without_a_rate_there_is_no_quote(desk):
    """No quote is given between currencies for which no rate is known."""
    with pytest.raises(QuoteError, match="there is no rate from EUR to CHF"):
        desk.quote("eur", "chf")


@pytest.mark.parametrize("value", ["0", "-1.2"], ids=["zero", "negative"])
def test_rates_are_positive(ledger, value):
    """A rate of zero or less cannot be published."""
    with pytest.raises(QuoteError, match="a rate must be more than zero"):
        ledger.set_rate("EUR", "SEK", value)


def test_a_currency_has_no_rate_to_itself(ledger):
    """No rate can be published from a currency to itself."""
    with pytest.raises(CurrencyError, match="EUR needs no rate to itself"):
        ledger.set_rate("EUR", " eur ", "1.0")


def test_a_rate_is_quoted_for_an_hour(desk, clock):
    """A rate that is exactly one hour old is still quoted."""
    clock.advance(hours=1)
    assert desk.quote("EUR", "USD").rate == Decimal("1.0850")


def test_an_old_rate_is_not_quoted(desk, clock):
    """A rate that is older than one hour is not quoted any more."""
    clock.advance(hours=1, seconds=1)
    with pytest.raises(QuoteError, match="the rate from EUR to USD is too old"):
        desk.quote("EUR", "USD")


def test_a_markup_makes_the_rate_worse_for_the_customer(desk):
    """A markup in hundredths of a per cent is taken off the quoted rate."""
    assert desk.quote("EUR", "USD", markup=100).rate == Decimal("1.07415")


def test_a_rate_with_markup_is_cut_off(desk):
    """A rate with a markup is cut off after eight places and not rounded up."""
    desk.set_rate("EUR", "PLN", "1.00000001")
    assert desk.quote("EUR", "PLN", markup=1).rate == Decimal("0.99990000")


def test_a_quote_is_good_for_a_minute(desk, clock):
    """A quote can be used until one second before its minute is over."""
    quote = desk.quote("EUR", "USD")
    clock.advance(59)
    deal = desk.convert("Euro Main", "Dollar Main", eur("20.00"), quote.id)
    assert deal.bought == usd("21.70")


def test_a_quote_runs_out(desk, clock):
    """A quote cannot be used any more once its minute is over."""
    quote = desk.quote("EUR", "USD")
    clock.advance(minutes=1)
    with pytest.raises(QuoteError, match="quote-1 has run out"):
        desk.convert("Euro Main", "Dollar Main", eur("21.00"), quote.id)


@pytest.mark.parametrize("seconds", [1, 300], ids=["one", "three-hundred"])
def test_the_length_of_a_quote_can_be_chosen(desk, seconds):
    """A quote can be asked for one second and for five minutes."""
    quote = desk.quote("EUR", "USD", seconds=seconds)
    assert (quote.expires_at - quote.quoted_at).seconds == seconds


@pytest.mark.parametrize("seconds", [0, 301], ids=["zero", "three-hundred-one"])
def test_a_quote_has_a_sensible_length(desk, seconds):
    """A quote cannot be asked for no time at all or for more than five minutes."""
    with pytest.raises(QuoteError, match=f"1 to 300 seconds, not {seconds}"):
        desk.quote("EUR", "USD", seconds=seconds)


def test_a_quote_is_used_once(desk):
    """A quote that was used for one conversion cannot be used for another."""
    quote = desk.quote("EUR", "USD")
    desk.convert("Euro Main", "Dollar Main", eur("22.00"), quote.id)
    with pytest.raises(QuoteError, match="quote-1 has been used already"):
        desk.convert("Euro Main", "Dollar Main", eur("23.00"), quote.id)


def test_a_failed_conversion_does_not_use_the_quote(desk):
    """A quote stays usable when a conversion was refused for lack of money."""
    quote = desk.quote("EUR", "USD")
    with pytest.raises(FundsError, match=r"1,000.01 EUR needed"):
        desk.convert("Euro Main", "Dollar Main", eur("1000.01"), quote.id)
    deal = desk.convert("Euro Main", "Dollar Main", eur("1000.00"), quote.id)
    assert deal.bought == usd("1085.00")


def test_an_unknown_quote_is_reported(desk):
    """A conversion with a quote that was never given is refused."""
    with pytest.raises(QuoteError, match="there is no quote quote-77"):
        desk.convert("Euro Main", "Dollar Main", eur("24.00"), "quote-77")


def test_a_quote_fits_the_paying_account(desk):
    """A quote from another currency than that of the paying account is refused."""
    desk.set_rate("GBP", "USD", "1.27")
    quote = desk.quote("GBP", "USD")
    with pytest.raises(QuoteError, match="quote-1 is for GBP to USD"):
        desk.convert("Euro Main", "Dollar Main", eur("25.00"), quote.id)


def test_a_quote_fits_the_receiving_account(desk):
    """A quote into another currency than that of the receiving account is refused."""
    desk.set_rate("EUR", "CHF", "0.94")
    quote = desk.quote("EUR", "CHF")
    with pytest.raises(QuoteError, match="quote-1 is for EUR to CHF"):
        desk.convert("Euro Main", "Dollar Main", eur("26.00"), quote.id)


def test_the_sold_amount_is_in_the_payers_currency(desk):
    """An amount in pounds cannot be sold from an account kept in euros."""
    quote = desk.quote("EUR", "USD")
    with pytest.raises(CurrencyError, match="Euro Main is kept in EUR, not GBP"):
        desk.convert("Euro Main", "Dollar Main", gbp("27.00"), quote.id)


def test_a_conversion_is_positive(desk):
    """Zero cannot be converted."""
    quote = desk.quote("EUR", "USD")
    with pytest.raises(AmountError, match="an amount must be more than zero"):
        desk.convert("Euro Main", "Dollar Main", eur("0"), quote.id)


def test_a_frozen_account_converts_nothing(desk):
    """Nothing can be converted out of a frozen account."""
    quote = desk.quote("EUR", "USD")
    desk.freeze("Euro Main")
    with pytest.raises(AccountError, match="Euro Main is frozen"):
        desk.convert("Euro Main", "Dollar Main", eur("28.00"), quote.id)


def test_a_closed_account_receives_no_conversion(desk):
    """Nothing can be converted into a closed account."""
    quote = desk.quote("EUR", "USD")
    desk.close_account("Dollar Main")
    with pytest.raises(AccountError, match="Dollar Main is closed and cannot receive"):
        desk.convert("Euro Main", "Dollar Main", eur("29.00"), quote.id)


@pytest.fixture
def yen(filed):
    """A customer with 10,000 yen and an account in euros."""
    funded(filed, "Yen Main", jpy("10000"))
    filed.open_account("Yen to Euro", "EUR")
    filed.set_rate("JPY", "EUR", "0.00625")
    return filed


def test_what_buys_nothing_goes_to_rounding(yen):
    """The part of a conversion that is too small to buy a cent is kept in the house's rounding account."""
    quote = yen.quote("JPY", "EUR")
    deal = yen.convert("Yen Main", "Yen to Euro", jpy("1001"), quote.id)
    assert (deal.bought, deal.remainder) == (eur("6.25"), jpy("1"))
    assert yen.balance("Rounding JPY") == jpy("1")


def test_the_payer_is_charged_the_whole_amount(yen):
    """The account that sells is charged exactly the amount asked for."""
    quote = yen.quote("JPY", "EUR")
    yen.convert("Yen Main", "Yen to Euro", jpy("4003"), quote.id)
    assert yen.balance("Yen Main") == jpy("5997")


def test_an_even_conversion_leaves_no_remainder(yen):
    """A conversion that comes out even leaves nothing over for rounding."""
    quote = yen.quote("JPY", "EUR")
    deal = yen.convert("Yen Main", "Yen to Euro", jpy("1600"), quote.id)
    assert (deal.bought, deal.remainder) == (eur("10.00"), jpy("0"))


def test_a_coin_that_was_partly_used_is_not_left_over(yen):
    """A coin of which only a part was needed counts as spent and not as left over."""
    yen.set_rate("JPY", "EUR", "0.006")
    quote = yen.quote("JPY", "EUR")
    deal = yen.convert("Yen Main", "Yen to Euro", jpy("4"), quote.id)
    assert (deal.bought, deal.remainder) == (eur("0.02"), jpy("0"))


def test_too_little_to_buy_anything(yen):
    """An amount that does not buy a single cent is refused."""
    quote = yen.quote("JPY", "EUR")
    with pytest.raises(AmountError, match="1 JPY is too little to buy any EUR"):
        yen.convert("Yen Main", "Yen to Euro", jpy("1"), quote.id)


def test_enough_to_buy_one_cent(yen):
    """An amount that buys exactly one cent is converted."""
    quote = yen.quote("JPY", "EUR")
    assert yen.convert("Yen Main", "Yen to Euro", jpy("2"), quote.id).bought == eur("0.01")


def test_finer_currencies_use_their_own_coins(desk):
    """A conversion into a currency with three decimal places uses all three."""
    desk.open_account("Manama Main", "BHD")
    desk.set_rate("EUR", "BHD", "0.409")
    quote = desk.quote("EUR", "BHD")
    deal = desk.convert("Euro Main", "Manama Main", eur("3.33"), quote.id)
    assert deal.bought == bhd("1.361")


def test_the_house_position_mirrors_a_conversion(desk):
    """A conversion moves the house's positions in both currencies by what was sold and bought."""
    quote = desk.quote("EUR", "USD")
    desk.convert("Euro Main", "Dollar Main", eur("400.00"), quote.id)
    assert desk.balance("Exchange position EUR") == eur("400.00")
    assert desk.balance("Exchange position USD") == usd("-434.00")


def test_a_fee_is_taken_before_converting(desk):
    """The fee for a conversion is taken out of the amount sold and kept as the house's income."""
    desk.set_conversion_fee("EUR", 50)
    quote = desk.quote("EUR", "USD")
    deal = desk.convert("Euro Main", "Dollar Main", eur("600.00"), quote.id)
    assert (deal.fee, deal.bought) == (eur("3.00"), usd("647.74"))
    assert desk.balance("Fees EUR") == eur("3.00")


def test_a_fee_has_a_floor(desk):
    """A conversion of a small amount costs the lowest fee agreed."""
    desk.set_conversion_fee("EUR", 50, minimum=eur("1.50"))
    quote = desk.quote("EUR", "USD")
    assert desk.convert("Euro Main", "Dollar Main", eur("40.00"), quote.id).fee == eur("1.50")


def test_a_fee_has_a_ceiling(desk):
    """A conversion of a large amount costs no more than the highest fee agreed."""
    desk.set_conversion_fee("EUR", 200, maximum=eur("12.00"))
    quote = desk.quote("EUR", "USD")
    assert desk.convert("Euro Main", "Dollar Main", eur("900.00"), quote.id).fee == eur("12.00")


def test_half_a_cent_of_fee_is_rounded_up(desk):
    """A fee that ends on half a cent is rounded up."""
    desk.set_conversion_fee("EUR", 100)
    quote = desk.quote("EUR", "USD")
    assert desk.convert("Euro Main", "Dollar Main", eur("4.50"), quote.id).fee == eur("0.05")


def test_fees_are_agreed_per_currency(desk):
    """A fee agreed for selling pounds is not charged for selling euros."""
    desk.set_conversion_fee("GBP", 300)
    quote = desk.quote("EUR", "USD")
    assert desk.convert("Euro Main", "Dollar Main", eur("70.00"), quote.id).fee == eur("0")


@pytest.mark.parametrize("points", [-1, 10_001], ids=["negative", "too-much"])
def test_a_fee_is_a_share_of_the_amount(ledger, points):
    """A fee below zero or above the whole amount cannot be agreed."""
    with pytest.raises(AmountError, match="between 0 and 10000 basis points"):
        ledger.set_conversion_fee("EUR", points)


@pytest.mark.parametrize("points", [0, 10_000], ids=["nothing", "everything"])
def test_the_widest_fees_can_be_agreed(ledger, points):
    """A fee of nothing and a fee of the whole amount can be agreed."""
    assert ledger.set_conversion_fee("EUR", points).basis_points == points


def test_the_floor_of_a_fee_is_not_above_its_ceiling(ledger):
    """A lowest fee above the highest fee cannot be agreed."""
    with pytest.raises(AmountError, match=r"lowest fee 2.00 EUR is above the highest fee 1.99 EUR"):
        ledger.set_conversion_fee("EUR", 10, minimum=eur("2.00"), maximum=eur("1.99"))


def test_a_fixed_fee_can_be_agreed(desk):
    """A fee whose lowest and highest amounts are equal is charged as that amount."""
    desk.set_conversion_fee("EUR", 10, minimum=eur("2.00"), maximum=eur("2.00"))
    quote = desk.quote("EUR", "USD")
    assert desk.convert("Euro Main", "Dollar Main", eur("80.00"), quote.id).fee == eur("2.00")


def test_a_conversion_shows_its_rate_and_reference(desk):
    """A conversion appears on the statement with its rate and reference."""
    quote = desk.quote("EUR", "USD")
    deal = desk.convert("Euro Main", "Dollar Main", eur("5.00"), quote.id, reference="Trip")
    line = desk.statement("Dollar Main").lines[0]
    assert line.description.startswith("Conversion at 1.085")
    assert line.reference == desk.entry(deal.entry_id).reference == "Trip"
