import threading

import pytest
from asking import refusal
from crosscheck import Inbox

NEWS = "main: new findings: 1, through 2027-02-10"


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def news(desk):
    """A run with one finding: one notice waits."""
    desk.post("main", ["2027-02-01 | 20 EUR | A"])
    desk.reconcile("main", "2027-02-10")
    return desk


def test_news_of_a_proposal(news, inbox):
    """What has to be confirmed is announced."""
    news.set_limit("main", "0 EUR")
    news.accept("main", 1, by="Ana", reason="lost")
    news.deliver(inbox.take)
    assert inbox.taken()[1:] == ["main: finding 1 waits for a second person"]


def test_news_of_a_month(desk, inbox):
    """A month that is closed is announced."""
    desk.reconcile("main", "2027-02-28")
    desk.close_month("main", "2027-02", by="Ana")
    desk.deliver(inbox.take)
    assert inbox.taken() == ["main: 2027-02 is closed"]


@pytest.mark.parametrize(("limit", "sent"), [(0, 0), (1, 1), (None, 2)], ids=["none", "one", "all"])
def test_some_of_the_notices(news, inbox, limit, sent):
    """A delivery may be limited to so many notices."""
    news.set_limit("main", "0 EUR")
    news.accept("main", 1, by="Ana", reason="lost")
    assert news.deliver(inbox.take, limit=limit).sent == sent


def test_the_others_come_later(news, inbox):
    """What a limited delivery leaves goes out with the next one."""
    news.set_limit("main", "0 EUR")
    news.accept("main", 1, by="Ana", reason="lost")
    news.deliver(inbox.take, limit=1)
    news.deliver(inbox.take, limit=1)
    assert inbox.taken() == [NEWS, "main: finding 1 waits for a second person"]


@pytest.mark.parametrize(("seconds", "sent"), [(119, 0), (120, 1)], ids=["too-soon", "in-time"])
def test_after_a_failure(clock, news, inbox, seconds, sent):
    """Two minutes after a failure a notice is tried again, and not before."""
    inbox.break_down(1)
    news.deliver(inbox.take)
    clock.advance(seconds=seconds)
    assert news.deliver(inbox.take).sent == sent


@pytest.mark.parametrize(("seconds", "sent"), [(239, 0), (240, 1)], ids=["too-soon", "in-time"])
def test_after_two_failures(clock, news, inbox, seconds, sent):
    """After the second failure the pause is twice as long."""
    inbox.break_down(2)
    news.deliver(inbox.take)
    clock.advance(minutes=2)
    news.deliver(inbox.take)
    clock.advance(seconds=seconds)
    assert news.deliver(inbox.take).sent == sent


@pytest.mark.parametrize(("seconds", "sent"), [(359, 0), (360, 1)], ids=["too-soon", "in-time"])
def test_after_three_failures(clock, news, inbox, seconds, sent):
    """No pause is longer than six minutes."""
    inbox.break_down(3)
    for _ in range(3):
        news.deliver(inbox.take)
        clock.advance(minutes=4)
    clock.advance(seconds=seconds - 240)
    assert news.deliver(inbox.take).sent == sent


def test_others_wait_behind_a_failure(news, inbox):
    """Behind a notice that failed, the others of its account wait."""
    news.set_limit("main", "0 EUR")
    news.accept("main", 1, by="Ana", reason="lost")
    inbox.break_down(1)
    delivery = news.deliver(inbox.take)
    assert (delivery.sent, delivery.failed) == (0, 1)


def test_others_wait_until_it_is_due(clock, news, inbox):
    """Nothing overtakes a notice that waits for its next attempt."""
    inbox.break_down(1)
    news.deliver(inbox.take)
    clock.advance(minutes=1)
    news.set_limit("main", "0 EUR")
    news.accept("main", 1, by="Ana", reason="lost")
    assert news.deliver(inbox.take).sent == 0
    clock.advance(minutes=1)
    news.deliver(inbox.take)
    assert inbox.taken() == [NEWS, "main: finding 1 waits for a second person"]


def test_other_accounts_do_not_wait(news, inbox):
    """A notice that failed holds up those of its own account only."""
    inbox.break_down(1)
    news.deliver(inbox.take)
    news.open_account("second", "EUR")
    news.reconcile("second", "2027-02-28")
    news.close_month("second", "2027-02", by="Ana")
    news.deliver(inbox.take)
    assert inbox.taken() == ["second: 2027-02 is closed"]


def test_failures_count_for_the_limit(news, inbox):
    """Of a limited delivery, a notice that fails is one too."""
    news.open_account("second", "EUR")
    news.reconcile("second", "2027-02-28")
    news.close_month("second", "2027-02", by="Ana")
    inbox.break_down(1)
    delivery = news.deliver(inbox.take, limit=1)
    assert (delivery.sent, delivery.failed) == (0, 1)


def give_up(clock, desk, inbox, times=4):
    """So many failures, one after the other."""
    inbox.break_down(times)
    for _ in range(times):
        desk.deliver(inbox.take)
        clock.advance(minutes=6)


@pytest.mark.parametrize(("times", "parked"), [(3, ()), (4, (f"1 {NEWS}",))], ids=["three", "four"])
def test_a_notice_is_given_up(clock, news, inbox, times, parked):
    """After four failures a notice is parked."""
    give_up(clock, news, inbox, times)
    assert news.parked() == parked


def test_what_was_given_up_is_tried_again(clock, news, inbox):
    """A parked notice can be sent on its way again, at once."""
    give_up(clock, news, inbox)
    news.unpark(1)
    assert news.parked() == ()
    news.deliver(inbox.take)
    assert inbox.taken() == [NEWS]


def test_it_may_fail_as_often_again(clock, news, inbox):
    """A notice that was parked may fail as often again as a new one."""
    give_up(clock, news, inbox)
    news.unpark(1)
    give_up(clock, news, inbox, 3)
    assert news.parked() == ()


def test_its_pauses_begin_anew(clock, news, inbox):
    """A notice that was parked waits two minutes after its next failure."""
    give_up(clock, news, inbox)
    news.unpark(1)
    inbox.break_down(1)
    news.deliver(inbox.take)
    clock.advance(minutes=2)
    assert news.deliver(inbox.take).sent == 1


@pytest.mark.parametrize("number", [1, 2], ids=["waiting", "unknown"])
def test_what_was_not_given_up(news, number):
    """What is not parked cannot be sent on its way again."""
    refused = ("R901", f"there is no parked notice {number}")
    assert refusal(news.unpark, number) == refused


def test_a_fault_of_who_takes_it(news, inbox):
    """A receiver that is broken does not use up the notice: the next one gets it."""

    def broken(notice):
        raise ZeroDivisionError(notice)

    with pytest.raises(ZeroDivisionError):
        news.deliver(broken)
    assert (news.deliver(inbox.take).sent, inbox.taken()) == (1, [NEWS])


def test_who_takes_it_may_ask_for_more(news, inbox):
    """Who is taking a notice and asks for more does not get the same one again."""

    def greedy(notice):
        inbox.take(notice)
        news.deliver(inbox.take)

    assert news.deliver(greedy).sent == 1
    assert inbox.taken() == [NEWS]


def test_failures_are_logged(news, inbox, caplog):
    """A failure is logged with the notice and the reason."""
    inbox.break_down(1)
    news.deliver(inbox.take)
    (record,) = caplog.records
    assert record.getMessage() == "notice.failed"
    assert record.fields == {"notice": 1, "error": "the inbox is out of order"}


def test_nobody_waits_for_a_delivery(news):
    """While a notice is being taken, others can go on with their work."""
    done = threading.Event()

    def slow(notice):
        worker = threading.Thread(target=lambda: (news.counts("main"), done.set()), daemon=True)
        worker.start()
        assert done.wait(5)
        worker.join(5)

    assert news.deliver(slow).sent == 1


def test_one_notice_for_two_deliveries(news, inbox):
    """A notice that one delivery has in hand is not handed out by another one."""
    sent = []

    def slow(notice):
        worker = threading.Thread(
            target=lambda: sent.append(news.deliver(inbox.take).sent), daemon=True
        )
        worker.start()
        worker.join(5)

    assert (news.deliver(slow).sent, sent) == (1, [0])
