import asyncio

import pytest
from stage import HOST, Settings, ids, patient, play, rehearsed

from gleaner import Backoff, Rate
from gleaner.faults import GivenUpError, RefusedError

REMEMBERING = Settings(cache_s=60)


def test_nothing_is_kept_by_itself(client, server):
    """Without a setting, what is asked for twice is fetched twice."""
    server.serve("/shop", 1)
    client.get("acme", "/shop")
    server.serve("/shop", 2)
    assert client.get("acme", "/shop") == 2


def test_answers_are_kept(opened, server):
    """What was answered a moment ago is not fetched again."""
    client = opened(REMEMBERING)
    server.serve("/shop", 1)
    client.get("acme", "/shop")
    server.serve("/shop", 2)
    assert client.get("acme", "/shop") == 1
    assert client.usage("acme").hits == 1


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        pytest.param(59.999, 1, id="before"),
        pytest.param(60, 2, id="at"),
        pytest.param(90, 2, id="after"),
    ],
)
def test_for_a_while(opened, server, clock, seconds, found):
    """An answer is kept for its time and not a moment longer."""
    client = opened(REMEMBERING)
    server.serve("/shop", 1)
    client.get("acme", "/shop")
    server.serve("/shop", 2)
    clock.advance(seconds)
    assert client.get("acme", "/shop") == found


def test_reading_does_not_prolong(opened, server, clock):
    """Being read does not make an answer last longer."""
    client = opened(REMEMBERING)
    server.serve("/shop", 1)
    client.get("acme", "/shop")
    clock.advance(40)
    client.get("acme", "/shop")
    server.serve("/shop", 2)
    clock.advance(20)
    assert client.get("acme", "/shop") == 2


def test_time_counts_from_the_answer(opened, server, clock):
    """The time of an answer begins when it is there."""
    client = opened(REMEMBERING)
    server.serve("/shop", 1)
    server.script("/shop", "ok in 5000 ms")
    client.get("acme", "/shop")
    server.serve("/shop", 2)
    clock.advance(59)
    assert client.get("acme", "/shop") == 1


def test_the_time_of_day_does_not_age_answers(opened, server, clock):
    """Setting the time of day does not make answers old."""
    client = opened(REMEMBERING)
    server.serve("/shop", 1)
    client.get("acme", "/shop")
    server.serve("/shop", 2)
    clock.set_wall(3_600)
    assert client.get("acme", "/shop") == 1


@pytest.mark.parametrize(
    ("policy", "after", "found"),
    [
        pytest.param("max-age=5", 4.999, 1, id="short"),
        pytest.param("max-age=5", 5, 2, id="over"),
        pytest.param("max-age=300", 299, 1, id="long"),
        pytest.param("public, max-age=5", 4, 1, id="second-word"),
        pytest.param("max-age=0", 0, 2, id="nought"),
        pytest.param("no-store", 0, 2, id="never"),
        pytest.param("no-store, max-age=60", 0, 2, id="never-comes-first"),
        pytest.param("max-age=soon", 59, 1, id="no-number"),
        pytest.param("public", 59, 1, id="no-age"),
        pytest.param("public", 60, 2, id="no-age-over"),
    ],
)
def test_the_server_knows_better(opened, server, clock, policy, after, found):
    """A server that says how long its answer is good for is heeded."""
    client = opened(REMEMBERING)
    server.serve("/shop", 1, policy=policy)
    client.get("acme", "/shop")
    server.serve("/shop", 2)
    clock.advance(after)
    assert client.get("acme", "/shop") == found


def test_the_server_may_ask_for_it(client, server):
    """A server that says that its answer is good for a while is heeded without a setting, too."""
    server.serve("/shop", 1, policy="max-age=60")
    client.get("acme", "/shop")
    server.serve("/shop", 2)
    assert client.get("acme", "/shop") == 1


def test_each_account_sees_its_own(opened, server):
    """What was answered to one account is not told to another."""
    client = opened(REMEMBERING)
    client.connect("brio", HOST, "tok-brio")
    server.serve("/shop", "for acme")
    client.get("acme", "/shop")
    server.serve("/shop", "for brio")
    assert client.get("brio", "/shop") == "for brio"


def test_the_query_matters(opened, server):
    """Questions that differ in their query are different questions."""
    client = opened(REMEMBERING)
    server.serve("/shop", 1)
    client.get("acme", "/shop", {"year": 2025})
    server.serve("/shop", 2)
    assert client.get("acme", "/shop", {"year": 2026}) == 2


def test_the_order_of_a_query_does_not_matter(opened, server):
    """Questions that differ in the order of their query are the same."""
    client = opened(REMEMBERING)
    server.serve("/shop", 1)
    client.get("acme", "/shop", {"a": 1, "b": 2})
    server.serve("/shop", 2)
    assert client.get("acme", "/shop", {"b": 2, "a": 1}) == 1


def test_fresh(opened, server):
    """Whoever asks for a fresh answer gets one, and others get it from then on."""
    client = opened(REMEMBERING)
    server.serve("/shop", 1)
    client.get("acme", "/shop")
    server.serve("/shop", 2)
    fresh = client.get("acme", "/shop", fresh=True)
    server.serve("/shop", 3)
    assert (fresh, client.get("acme", "/shop")) == (2, 2)


def test_a_fresh_answer_begins_its_time_anew(opened, server, clock):
    """A fresh answer is kept for as long as any other."""
    client = opened(REMEMBERING)
    server.serve("/shop", 1)
    client.get("acme", "/shop")
    clock.advance(40)
    client.get("acme", "/shop", fresh=True)
    server.serve("/shop", 2)
    clock.advance(40)
    assert client.get("acme", "/shop") == 1


def test_changes_to_an_answer_stay_outside(opened, server):
    """Whoever changes what they were given does not change what others get."""
    client = opened(REMEMBERING)
    server.serve("/shop", {"tags": ["new"]})
    client.get("acme", "/shop")["tags"].append("sold")
    assert client.get("acme", "/shop") == {"tags": ["new"]}


def test_refusals_are_not_kept(opened, server):
    """A refusal is no answer to be kept."""
    client = opened(REMEMBERING)
    with pytest.raises(RefusedError):
        client.get("acme", "/shop")
    server.serve("/shop", 1)
    assert client.get("acme", "/shop") == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("/orders", "/orders", id="itself"),
        pytest.param("/orders", "/orders/7", id="below"),
        pytest.param("/orders/7", "/orders/7", id="one"),
        pytest.param("/orders/7", "/orders", id="list-of-one"),
        pytest.param("/orders/", "/orders/7", id="slash"),
        pytest.param("/orders/7/notes", "/orders/7/notes", id="deep"),
        pytest.param("/7", "/7", id="number-alone"),
        pytest.param("/orders/7/", "/orders", id="list-of-one-slash"),
    ],
)
def test_writing_forgets(opened, server, written, read):
    """After a write, what it may have changed is fetched again."""
    client = opened(REMEMBERING)
    server.serve(read, 1)
    client.get("acme", read)
    client.post("acme", written, {"a": 1})
    server.serve(read, 2)
    assert client.get("acme", read) == 2


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("/orders", "/orders2", id="longer"),
        pytest.param("/orders", "/order", id="shorter"),
        pytest.param("/orders", "/customers", id="other"),
        pytest.param("/orders", "/orders-old/7", id="below-other"),
        pytest.param("/orders/7", "/customers/7", id="same-number"),
        pytest.param("/shops/north", "/shops/south", id="beside"),
    ],
)
def test_writing_forgets_no_more_than_that(opened, server, written, read):
    """A write leaves alone the answers that it has nothing to do with."""
    client = opened(REMEMBERING)
    server.serve(read, 1)
    client.get("acme", read)
    client.post("acme", written, {"a": 1})
    server.serve(read, 2)
    assert client.get("acme", read) == 1


def test_writing_forgets_every_query(opened, server):
    """After a write, all questions about the path are asked again, whatever their query."""
    client = opened(REMEMBERING)
    server.serve("/orders", 1)
    client.get("acme", "/orders", {"open": True})
    client.post("acme", "/orders", {"a": 1})
    server.serve("/orders", 2)
    assert client.get("acme", "/orders", {"open": True}) == 2


def test_other_accounts_are_not_affected(opened, server):
    """A write of one account lets others keep what they know."""
    client = opened(REMEMBERING)
    client.connect("brio", HOST, "tok-brio")
    server.serve("/orders", 1)
    client.get("brio", "/orders")
    client.post("acme", "/orders", {"a": 1})
    server.serve("/orders", 2)
    assert client.get("brio", "/orders") == 1


def test_a_write_that_may_have_happened(opened, server):
    """A write that broke off may have changed something, so nothing old is told after it."""
    client = opened(Settings(cache_s=60, backoff=Backoff(attempts=1)))
    server.serve("/orders", 1)
    client.get("acme", "/orders")
    server.script("/orders", "reset")
    with pytest.raises(GivenUpError):
        client.post("acme", "/orders", {"a": 1})
    server.serve("/orders", 2)
    assert client.get("acme", "/orders") == 2


def test_one_of_a_list_that_may_have_changed(opened, server):
    """When a write to one thing broke off, the list in which it stands is fetched again."""
    client = opened(Settings(cache_s=60, backoff=Backoff(attempts=1)))
    server.serve("/orders", 1)
    client.get("acme", "/orders")
    server.script("/orders/7", "reset")
    with pytest.raises(GivenUpError):
        client.post("acme", "/orders/7", {"a": 1})
    server.serve("/orders", 2)
    assert client.get("acme", "/orders") == 2


def test_a_write_that_broke_off_elsewhere(opened, server):
    """A write that broke off lets alone what it had nothing to do with."""
    client = opened(Settings(cache_s=60, backoff=Backoff(attempts=1)))
    server.serve("/customers", 1)
    client.get("acme", "/customers")
    server.script("/orders", "reset")
    with pytest.raises(GivenUpError):
        client.post("acme", "/orders", {"a": 1})
    server.serve("/customers", 2)
    assert client.get("acme", "/customers") == 1


def test_a_write_that_may_have_happened_earlier(opened, server):
    """That the last attempt surely did nothing does not undo what the one before may have done."""
    client = opened(Settings(cache_s=60, backoff=Backoff(attempts=2)))
    server.serve("/orders", 1)
    client.get("acme", "/orders")
    server.script("/orders", "reset", "503")
    with pytest.raises(GivenUpError):
        client.post("acme", "/orders", {"a": 1})
    server.serve("/orders", 2)
    assert client.get("acme", "/orders") == 2


def test_a_write_that_did_not_happen(opened, server):
    """A write that was refused has changed nothing, so what is known stays."""
    client = opened(REMEMBERING)
    server.serve("/orders", 1)
    client.get("acme", "/orders")
    server.script("/orders", "422")
    with pytest.raises(RefusedError):
        client.post("acme", "/orders", {"a": 1})
    server.serve("/orders", 2)
    assert client.get("acme", "/orders") == 1


def test_pages_are_kept(client, server):
    """The pages of a list are kept like any other answer."""
    server.list("/orders", {"id": 1}, {"id": 2}, max_age=60)
    client.fetch_all("acme", "/orders")
    server.add("/orders", {"id": 3})
    assert ids(client.fetch_all("acme", "/orders").items) == [1, 2]


def test_forgetting_by_hand(opened, server):
    """Forgetting a path says how many answers that were."""
    client = opened(REMEMBERING)
    for path in ("/orders", "/orders/7", "/customers"):
        server.serve(path, 1)
        client.get("acme", path)
    assert client.forget("acme", "/orders") == 2
    server.serve("/orders/7", 2)
    assert client.get("acme", "/orders/7") == 2


def test_forgetting_everything(opened, server):
    """Without a path, everything about the account is forgotten, and nothing about others."""
    client = opened(REMEMBERING)
    client.connect("brio", HOST, "tok-brio")
    for path in ("/orders", "/customers"):
        server.serve(path, 1)
        client.get("acme", path)
        client.get("brio", path)
    assert client.forget("acme") == 2
    assert client.forget("acme") == 0
    assert client.forget("brio") == 2


def test_no_room(opened, server):
    """Where there is no more room, what was not used for longest goes first."""
    client = opened(Settings(cache_s=60, cache_entries=2))
    for path in ("/a", "/b"):
        server.serve(path, 1)
        client.get("acme", path)
    client.get("acme", "/a")
    server.serve("/c", 1)
    client.get("acme", "/c")
    for path in ("/a", "/b", "/c"):
        server.serve(path, 2)
    assert [client.get("acme", path) for path in ("/a", "/c", "/b")] == [1, 1, 2]


def test_what_is_not_kept_takes_no_room(opened, server):
    """An answer that may not be kept pushes no other out."""
    client = opened(Settings(cache_s=60, cache_entries=1))
    server.serve("/a", 1)
    server.serve("/b", 1, policy="no-store")
    client.get("acme", "/a")
    client.get("acme", "/b")
    server.serve("/a", 2)
    assert client.get("acme", "/a") == 1


def test_no_room_for_what_was_replaced(opened, server):
    """What was fetched afresh counts as used."""
    client = opened(Settings(cache_s=60, cache_entries=2))
    for path in ("/a", "/b"):
        server.serve(path, 1)
        client.get("acme", path)
    client.get("acme", "/a", fresh=True)
    server.serve("/c", 1)
    client.get("acme", "/c")
    server.serve("/a", 2)
    assert client.get("acme", "/a") == 1


def test_equal_questions_at_the_same_time(opened, server):
    """Of equal questions that are asked at the same time, one is sent."""
    client = opened(REMEMBERING)
    server.list("/orders", {"id": 1})
    server.script("/orders", "ok in 500 ms")
    client.fetch_many("acme", ["/orders", "/orders", "/orders"])
    assert len(server.requests("/orders")) == 1


def test_equal_questions_that_may_not_be_kept(client, server):
    """Equal questions whose answers may not be kept are all sent."""
    server.list("/orders", {"id": 1})
    sheaf = client.fetch_many("acme", ["/orders", "/orders"])
    assert len(sheaf.items) == len(server.requests("/orders")) == 2


def test_a_question_behind_one_that_failed(opened, server):
    """When one of two equal questions fails, the other is asked."""
    client = opened(Settings(cache_s=60, backoff=Backoff(attempts=1)))
    server.list("/orders", {"id": 1})
    server.script("/orders", "500 in 500 ms")
    sheaf = client.fetch_many("acme", ["/orders", "/orders"], keep_going=True)
    assert [each.harvest is not None for each in sheaf.fetched] == [False, True]


def test_an_answer_overtaken_by_a_write(server, clock):
    """An answer that was under way while something was written is not kept."""
    client = rehearsed(server, clock, REMEMBERING)
    server.serve("/orders", 1)

    async def scenario():
        await client.connect("acme", HOST, "tok")
        server.script("/orders", "ok in 500 ms")
        reading = asyncio.create_task(client.get("acme", "/orders"))
        await clock.sleep(100)
        await client.post("acme", "/orders", {"a": 1})
        await reading
        server.serve("/orders", 2)
        return await client.get("acme", "/orders")

    assert play(clock, scenario()) == 2


def test_hits_need_no_turn(opened, server):
    """An answer from memory takes no time and no turn."""
    client = opened(REMEMBERING, rate=Rate(1, 60))
    server.serve("/shop", 1)
    client.get("acme", "/shop")
    client.get("acme", "/shop")
    assert (client.usage("acme").requests, client.usage("acme").waited_ms) == (1, 0)


def test_attempts_do_not_count_as_hits(opened, server):
    """Only what was answered from memory counts as such."""
    client = opened(patient())
    server.serve("/shop", 1)
    server.script("/shop", "503")
    client.get("acme", "/shop")
    assert client.usage("acme").hits == 0
