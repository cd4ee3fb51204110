from datetime import UTC, datetime

import pytest
from stories import eur, funded, jpy, usd

from ledger.errors import AccountError, AmountError, CurrencyError, FundsError, HoldError
from ledger.holds import HoldStatus


@pytest.fixture
def hotel(ledger):
    """A guest with 400.00 euros and a hotel."""
    funded(ledger, "Guest Card", eur("400.00"))
    ledger.open_account("Hotel Adler", "EUR")
    return ledger


def test_a_hold_reduces_what_is_available(hotel):
    """Money set aside is no longer available."""
    hotel.place_hold("Guest Card", eur("150.00"), reference="Room 12")
    assert hotel.available("Guest Card") == eur("250.00")


def test_a_hold_leaves_the_balance_alone(hotel):
    """Money set aside still belongs to the balance."""
    hotel.place_hold("Guest Card", eur("155.00"))
    assert hotel.balance("Guest Card") == eur("400.00")


def test_holds_add_up(hotel):
    """Several holds together reduce what is available."""
    hotel.place_hold("Guest Card", eur("100.00"))
    hotel.place_hold("Guest Card", eur("60.50"))
    assert hotel.available("Guest Card") == eur("239.50")


def test_a_hold_on_one_account_does_not_touch_others(hotel):
    """Money set aside on one account leaves other accounts alone."""
    funded(hotel, "Other Guest", eur("90.00"))
    hotel.place_hold("Guest Card", eur("70.00"))
    assert hotel.available("Other Guest") == eur("90.00")


def test_all_available_money_can_be_held(hotel):
    """The whole available balance can be set aside."""
    hotel.place_hold("Guest Card", eur("400.00"))
    assert hotel.available("Guest Card") == eur("0")


def test_no_more_than_available_is_held(hotel):
    """No cent more than is available can be set aside."""
    with pytest.raises(FundsError, match=r"available balance is 400.00 EUR, 400.01 EUR needed"):
        hotel.place_hold("Guest Card", eur("400.01"))
    assert hotel.available("Guest Card") == eur("400.00")


def test_a_hold_is_positive(hotel):
    """Zero cannot be set aside."""
    with pytest.raises(AmountError, match="a hold must be more than zero"):
        hotel.place_hold("Guest Card", eur("0"))


def test_a_hold_is_in_the_currency_of_the_account(hotel):
    """Dollars cannot be set aside on an account kept in euros."""
    with pytest.raises(CurrencyError, match="Guest Card is kept in EUR, not USD"):
        hotel.place_hold("Guest Card", usd("15.00"))


def test_nothing_is_held_on_a_frozen_account(hotel):
    """No money can be set aside on a frozen account."""
    hotel.freeze("Guest Card")
    with pytest.raises(AccountError, match="Guest Card is frozen"):
        hotel.place_hold("Guest Card", eur("16.00"))


@pytest.mark.parametrize("days", [1, 31], ids=["one", "thirty-one"])
def test_a_hold_lasts_up_to_a_month(hotel, days):
    """Money can be set aside for one day and for thirty-one days."""
    hold = hotel.place_hold("Guest Card", eur("17.00"), days=days)
    assert (hold.expires_at - hold.placed_at).days == days


@pytest.mark.parametrize("days", [0, 32], ids=["zero", "thirty-two"])
def test_a_hold_has_a_sensible_length(hotel, days):
    """Money cannot be set aside for no days at all or for thirty-two days."""
    with pytest.raises(HoldError, match=f"1 to 31 days, not {days}"):
        hotel.place_hold("Guest Card", eur("18.00"), days=days)


def test_a_hold_lasts_a_week_by_default(hotel):
    """A hold placed without a length ends after seven days."""
    hold = hotel.place_hold("Guest Card", eur("19.00"))
    assert hold.expires_at == datetime(2026, 3, 23, 9, 0, tzinfo=UTC)


def test_a_hold_counts_to_its_last_second(hotel, clock):
    """One second before its end a hold still reduces what is available."""
    hotel.place_hold("Guest Card", eur("21.00"), days=2)
    clock.advance(days=2, seconds=-1)
    assert hotel.available("Guest Card") == eur("379.00")


def test_a_hold_ends_on_time(hotel, clock):
    """At the moment a hold ends its money is available again."""
    hotel.place_hold("Guest Card", eur("22.00"), days=2)
    clock.advance(days=2)
    assert hotel.available("Guest Card") == eur("400.00")


def test_capturing_pays_the_held_money(hotel):
    """Capturing a hold pays its whole amount to the receiver."""
    hold = hotel.place_hold("Guest Card", eur("180.00"))
    hotel.capture_hold(hold.id, "Hotel Adler")
    assert hotel.balance("Hotel Adler") == eur("180.00")
    assert hotel.available("Guest Card") == eur("220.00")


def test_a_part_can_be_captured(hotel):
    """Capturing a part of a hold for good pays that part and frees the rest."""
    hold = hotel.place_hold("Guest Card", eur("180.00"))
    captured = hotel.capture_hold(hold.id, "Hotel Adler", eur("135.00"))
    assert captured.status is HoldStatus.CAPTURED
    assert hotel.available("Guest Card") == eur("265.00")


def test_a_hold_can_be_captured_in_steps(hotel):
    """A hold that is not captured for good keeps its rest set aside."""
    hold = hotel.place_hold("Guest Card", eur("90.00"))
    hotel.capture_hold(hold.id, "Hotel Adler", eur("40.00"), final=False)
    assert hotel.hold(hold.id).remaining == eur("50.00")
    assert hotel.available("Guest Card") == eur("310.00")


def test_the_last_step_uses_a_hold_up(hotel):
    """A hold whose whole amount was captured in steps is over."""
    hold = hotel.place_hold("Guest Card", eur("75.00"))
    hotel.capture_hold(hold.id, "Hotel Adler", eur("25.00"), final=False)
    done = hotel.capture_hold(hold.id, "Hotel Adler", eur("50.00"), final=False)
    assert done.status is HoldStatus.CAPTURED


def test_no_more_than_held_is_captured(hotel):
    """A cent more than is left of a hold cannot be captured."""
    hold = hotel.place_hold("Guest Card", eur("60.00"))
    hotel.capture_hold(hold.id, "Hotel Adler", eur("45.00"), final=False)
    with pytest.raises(HoldError, match=r"only 15.00 EUR of hold-1 can be captured, not 15.01"):
        hotel.capture_hold(hold.id, "Hotel Adler", eur("15.01"))


def test_capturing_zero_is_refused(hotel):
    """Capturing zero is refused and does not capture everything."""
    hold = hotel.place_hold("Guest Card", eur("61.00"))
    with pytest.raises(AmountError, match="a captured amount must be more than zero"):
        hotel.capture_hold(hold.id, "Hotel Adler", eur("0"))


def test_a_hold_is_captured_before_it_ends(hotel, clock):
    """At the moment a hold ends it can no longer be captured."""
    hold = hotel.place_hold("Guest Card", eur("62.00"), days=1)
    clock.advance(hours=24)
    with pytest.raises(HoldError, match="hold-1 ran out on 2026-03-17 09:00"):
        hotel.capture_hold(hold.id, "Hotel Adler")


def test_a_captured_hold_is_over(hotel):
    """A hold that was captured cannot be captured again."""
    hold = hotel.place_hold("Guest Card", eur("63.00"))
    hotel.capture_hold(hold.id, "Hotel Adler", eur("10.00"))
    with pytest.raises(HoldError, match="hold-1 is already captured"):
        hotel.capture_hold(hold.id, "Hotel Adler", eur("10.00"))


def test_a_refused_capture_leaves_the_hold(hotel):
    """A hold that could not be paid to a closed account stays in force."""
    hold = hotel.place_hold("Guest Card", eur("65.00"))
    hotel.close_account("Hotel Adler")
    with pytest.raises(AccountError, match="Hotel Adler is closed and cannot receive money"):
        hotel.capture_hold(hold.id, "Hotel Adler")
    assert hotel.hold(hold.id).status is HoldStatus.ACTIVE


def test_a_capture_that_cannot_be_booked_leaves_the_hold(hotel):
    """A hold that could not be paid out in a foreign currency stays in force."""
    hold = hotel.place_hold("Guest Card", eur("66.00"))
    hotel.open_account("Ryokan", "JPY")
    with pytest.raises(CurrencyError, match="Ryokan is kept in JPY, not EUR"):
        hotel.capture_hold(hold.id, "Ryokan")
    assert hotel.hold(hold.id).remaining == eur("66.00")


def test_a_capture_shows_what_it_was_for(hotel):
    """A captured hold appears on the statement with its reference."""
    hold = hotel.place_hold("Guest Card", eur("67.00"), reference="Room 7")
    hotel.capture_hold(hold.id, "Hotel Adler")
    assert hotel.statement("Hotel Adler").lines[0].reference == "Room 7"


def test_a_released_hold_frees_its_money(hotel):
    """Releasing a hold makes its money available again."""
    hold = hotel.place_hold("Guest Card", eur("199.00"))
    assert hotel.release_hold(hold.id).status is HoldStatus.RELEASED
    assert hotel.available("Guest Card") == eur("400.00")


def test_a_released_hold_is_over(hotel):
    """A hold that was released cannot be captured any more."""
    hold = hotel.place_hold("Guest Card", eur("68.00"))
    hotel.release_hold(hold.id)
    with pytest.raises(HoldError, match="hold-1 is already released"):
        hotel.capture_hold(hold.id, "Hotel Adler")


def test_an_ended_hold_is_not_released(hotel, clock):
    """A hold whose time is over cannot be released."""
    hold = hotel.place_hold("Guest Card", eur("69.00"), days=3)
    clock.advance(days=3)
    with pytest.raises(HoldError, match="hold-1 ran out"):
        hotel.release_hold(hold.id)


def test_a_released_hold_stays_released(hotel, clock):
    """A hold that was released is still called released after its time is over."""
    hold = hotel.place_hold("Guest Card", eur("71.00"), days=2)
    hotel.release_hold(hold.id)
    clock.advance(days=3)
    with pytest.raises(HoldError, match="hold-1 is already released"):
        hotel.release_hold(hold.id)


def test_an_unknown_hold_is_reported(ledger):
    """Asking for a hold that was never placed says that there is none."""
    with pytest.raises(HoldError, match="there is no hold hold-5"):
        ledger.hold("hold-5")


def test_ended_holds_are_cleared_away(hotel, clock):
    """Clearing away marks the holds that have ended and leaves the others in force."""
    short = hotel.place_hold("Guest Card", eur("10.00"), days=1)
    long = hotel.place_hold("Guest Card", eur("20.00"), days=5)
    clock.advance(days=1)
    assert [hold.id for hold in hotel.expire_holds()] == [short.id]
    assert hotel.hold(short.id).status is HoldStatus.EXPIRED
    assert hotel.hold(long.id).status is HoldStatus.ACTIVE


def test_released_holds_are_not_cleared_away(hotel, clock):
    """A hold that was released stays released when its time is over."""
    hold = hotel.place_hold("Guest Card", eur("11.00"), days=1)
    hotel.release_hold(hold.id)
    clock.advance(days=2)
    assert hotel.expire_holds() == []


def test_holds_are_cleared_away_oldest_first(ledger, clock):
    """When only some holds are to be cleared away, those that ended first go first, and of those that ended together the one whose account comes first in the alphabet."""
    funded(ledger, "Zoo Till", jpy("900"))
    funded(ledger, "Aquarium Till", jpy("900"))
    ledger.place_hold("Zoo Till", jpy("300"), days=4)
    ledger.place_hold("Zoo Till", jpy("200"), days=2)
    ledger.place_hold("Aquarium Till", jpy("100"), days=2)
    clock.advance(days=6)
    cleared = ledger.expire_holds(limit=2)
    assert [hold.amount for hold in cleared] == [jpy("100"), jpy("200")]
