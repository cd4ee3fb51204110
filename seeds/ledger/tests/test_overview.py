from datetime import date, timedelta

import pytest
from stories import eur, funded, gbp

from ledger.errors import FundsError, ProjectionError
from ledger.events import BalanceProjection, Event, retry_delay
from ledger.store import MemoryRecords, Store


class Inbox:
    """A receiver that refuses as often as it is told to."""

    def __init__(self, refusals=0):
        self.refusals = refusals
        self.got = []

    def __str__(self):
        if self.refusals > 0:
            return f"an inbox that is busy {self.refusals} time(s)"
        return "an inbox that takes everything"

    def __call__(self, event):
        if self.refusals > 0:
            self.refusals -= 1
            raise ConnectionError("line busy")
        self.got.append(event.seq)


@pytest.fixture
def three(filed):
    """Three bookings on one account."""
    filed.open_account("Kiosk Nord", "EUR")
    for text in ("10.00", "7.50", "2.25"):
        filed.deposit("Kiosk Nord", eur(text))
    return filed


def test_every_booking_is_announced_in_order(three):
    """Every booking is announced to other departments once and in order."""
    inbox = Inbox()
    done = three.deliver(inbox)
    assert inbox.got == [1, 2, 3]
    assert (done.sent, done.failed) == (3, 0)


def test_nothing_is_announced_twice(three):
    """A booking that was announced successfully is not announced again."""
    three.deliver(Inbox())
    again = Inbox()
    assert three.deliver(again).sent == 0
    assert again.got == []


def test_announcements_can_be_limited(three):
    """No more announcements are made at a time than asked for."""
    inbox = Inbox()
    three.deliver(inbox, limit=2)
    assert inbox.got == [1, 2]


def test_a_refused_announcement_blocks_the_later_ones(three):
    """When an announcement fails, those behind it wait."""
    inbox = Inbox(refusals=1)
    done = three.deliver(inbox)
    assert (done.sent, done.failed) == (0, 1)
    assert inbox.got == []


def test_a_refused_announcement_is_not_repeated_at_once(three, clock):
    """Within half a minute after a failure nothing is announced."""
    inbox = Inbox(refusals=1)
    three.deliver(inbox)
    clock.advance(29)
    assert three.deliver(inbox).sent == 0


def test_a_refused_announcement_is_repeated_later(three, clock):
    """Half a minute after a failure the announcement is repeated and the others follow."""
    inbox = Inbox(refusals=1)
    three.deliver(inbox)
    clock.advance(30)
    three.deliver(inbox)
    assert inbox.got == [1, 2, 3]


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 30), (2, 60), (4, 240), (5, 300), (9, 300)])
def test_pauses_grow_up_to_five_minutes(attempts, seconds):
    """The pause after each failed announcement doubles, up to five minutes."""
    assert retry_delay(attempts) == timedelta(seconds=seconds)


def test_an_announcement_is_given_up_after_five_failures(three, clock):
    """After five failures an announcement is put aside and the next ones go out."""
    inbox = Inbox(refusals=5)
    for _ in range(5):
        done = three.deliver(inbox)
        clock.advance(minutes=5)
    assert (done.sent, done.failed, done.parked) == (2, 1, 1)
    assert [event.seq for event in three.parked_events()] == [1]


def test_an_announcement_is_not_given_up_after_four_failures(three, clock):
    """After four failures an announcement is still waiting."""
    inbox = Inbox(refusals=4)
    for _ in range(4):
        three.deliver(inbox)
        clock.advance(minutes=5)
    assert three.parked_events() == []


def test_a_late_success_is_a_success(three, clock):
    """An announcement that succeeds at the fifth attempt does not count as given up."""
    inbox = Inbox(refusals=4)
    for _ in range(5):
        three.deliver(inbox)
        clock.advance(minutes=5)
    assert inbox.got == [1, 2, 3]
    assert three.parked_events() == []


def test_what_was_given_up_does_not_block(three, clock):
    """An announcement that was put aside is not tried again with the later ones."""
    inbox = Inbox(refusals=5)
    for _ in range(5):
        three.deliver(inbox)
        clock.advance(minutes=5)
    three.deposit("Kiosk Nord", eur("1.10"))
    three.deliver(inbox)
    assert inbox.got == [2, 3, 4]


def test_a_refused_booking_is_not_announced(ledger):
    """A booking that was refused is not announced."""
    funded(ledger, "Solo", eur("5.00"))
    with pytest.raises(FundsError):
        ledger.withdraw("Solo", eur("6.00"))
    assert ledger.deliver(Inbox()).sent == 1


def test_the_overview_follows_the_books(three):
    """Once brought up to date, the overview shows the balances of the books."""
    assert three.refresh_overview() == 3
    assert three.overview() == {"bank-eur": eur("19.75"), "kiosk-nord": eur("19.75")}


def test_the_overview_is_empty_before_its_first_refresh(three):
    """Before it was brought up to date the overview shows nothing and lags behind."""
    assert three.overview() == {}
    assert three.overview_lag() == 3


def test_the_overview_can_be_refreshed_in_steps(three):
    """The overview can be brought forward by a limited number of bookings."""
    assert three.refresh_overview(limit=2) == 2
    assert three.overview()["kiosk-nord"] == eur("17.50")
    assert three.overview_lag() == 1


def test_refreshing_twice_counts_nothing_twice(three):
    """Bringing the overview up to date again changes nothing."""
    three.refresh_overview()
    assert three.refresh_overview() == 0
    assert three.overview()["kiosk-nord"] == eur("19.75")


def test_the_overview_can_be_made_afresh(three):
    """An overview that is made afresh shows the same balances as before."""
    three.refresh_overview()
    assert three.rebuild_overview() == 3
    assert three.overview()["kiosk-nord"] == eur("19.75")
    assert three.turnover("Kiosk Nord", "2026-03") == eur("19.75")


def test_many_bookings_are_taken_in_at_once(ledger):
    """The overview catches up with more bookings than fit into one batch."""
    ledger.open_account("Ferry", "GBP")
    for _ in range(53):
        ledger.deposit("Ferry", gbp("2.00"))
    assert ledger.refresh_overview(limit=52) == 52
    assert ledger.overview()["ferry"] == gbp("104.00")


def test_changing_the_answer_does_not_change_the_overview(three):
    """Whoever alters a copy of the overview does not alter the overview."""
    three.refresh_overview()
    three.overview()["kiosk-nord"] = eur("1000000.00")
    assert three.overview()["kiosk-nord"] == eur("19.75")


def test_the_turnover_counts_both_directions(ledger):
    """The turnover of a month adds up what came in and what went out."""
    funded(ledger, "Taxi", eur("80.00"))
    ledger.withdraw("Taxi", eur("30.00"))
    ledger.refresh_overview()
    assert ledger.turnover("Taxi", "2026-03") == eur("110.00")


def test_each_month_has_its_own_turnover(ledger):
    """The turnover of one month does not include another month."""
    ledger.open_account("Tram", "EUR")
    ledger.deposit("Tram", eur("6.00"), value_date=date(2026, 2, 27))
    ledger.deposit("Tram", eur("5.00"))
    ledger.refresh_overview()
    assert ledger.turnover("Tram", "2026-02") == eur("6.00")


def test_each_account_has_its_own_turnover(ledger):
    """The turnover of one account does not include another account."""
    funded(ledger, "Metro", eur("61.00"))
    funded(ledger, "Bus", eur("16.00"))
    ledger.refresh_overview()
    assert ledger.turnover("Bus", "2026-03") == eur("16.00")


def test_a_quiet_month_has_no_turnover(ledger):
    """The turnover of a month without movements is zero."""
    funded(ledger, "Ski Lift", eur("90.00"))
    ledger.refresh_overview()
    assert ledger.turnover("Ski Lift", "2026-01") == eur("0")


@pytest.fixture
def overview():
    """An overview that is fed by hand."""
    return BalanceProjection(Store(MemoryRecords()))


def booked(clock, seq, minor):
    payload = {"value_date": "2026-03-16", "effects": [["depot", minor, "EUR"]]}
    return Event(seq, "booked", payload, clock.now())


def test_a_booking_offered_twice_counts_once(overview, clock):
    """A booking that reaches the overview twice is counted once."""
    assert overview.apply(booked(clock, 1, 1250)) is True
    assert overview.apply(booked(clock, 1, 1250)) is False
    assert overview.balances() == {"depot": eur("12.50")}


def test_a_gap_is_noticed(overview, clock):
    """A booking that arrives before the one preceding it is refused and not counted."""
    overview.apply(booked(clock, 1, 300))
    with pytest.raises(ProjectionError, match="event 3 came after 1: one is missing"):
        overview.apply(booked(clock, 3, 400))
    assert overview.balances() == {"depot": eur("3.00")}


def test_a_gap_can_be_filled(overview, clock):
    """After the missing booking has arrived, the refused one is accepted."""
    with pytest.raises(ProjectionError):
        overview.apply(booked(clock, 2, 800))
    overview.apply(booked(clock, 1, 700))
    assert overview.apply(booked(clock, 2, 800)) is True
    assert overview.balances() == {"depot": eur("15.00")}


def test_other_news_moves_no_balance(overview, clock):
    """News that is not a booking is passed over without changing a balance."""
    news = Event(1, "opened", {}, clock.now())
    assert overview.apply(news) is True
    assert overview.balances() == {}
