import logging

import pytest

from riverbed import FeedError
from script import Phone


def records(caplog, name):
    return [record for record in caplog.records if record.name == name]


@pytest.fixture
def log(caplog):
    """What is logged from now on."""
    caplog.set_level(logging.INFO, "riverbed")
    return caplog


def test_calls_are_logged(feed, log):
    """Every call is logged with its space, who made it and what it was about."""
    feed.post("ada", "tea")
    feed.react("bo", 1)
    assert [(record.getMessage(), record.fields) for record in records(log, "riverbed.feed")] == [
        ("post", {"space": "main", "by": "ada"}),
        ("react", {"space": "main", "by": "bo", "post": 1}),
    ]


def test_refusals_are_logged(feed, log):
    """A refused call is logged as a warning with the problem."""
    with pytest.raises(FeedError):
        feed.delete("ada", 7)
    (record,) = records(log, "riverbed.feed")
    assert (record.levelname, record.getMessage()) == ("WARNING", "delete")
    assert record.fields == {"space": "main", "by": "ada", "post": 7, "problem": "no_such_post"}


def test_request_ids_are_logged(feed, log):
    """What happens within a request is logged with its id, and what happens after it is not."""
    with feed.request("req-1"):
        feed.post("ada", "tea")
        with feed.request("req-2"):
            feed.post("ada", "pot")
        feed.post("ada", "mug")
    feed.post("ada", "jug")
    assert [record.request for record in records(log, "riverbed.feed")] == [
        "req-1",
        "req-2",
        "req-1",
        "-",
    ]


def test_request_ids_end_with_a_failure(feed, log):
    """A request id ends with its request though the request failed."""
    with pytest.raises(FeedError), feed.request("req-1"):
        feed.post("ada", "")
    feed.post("ada", "tea")
    assert [record.request for record in records(log, "riverbed.feed")] == ["req-1", "-"]


def test_receivers_that_are_down_are_logged(square, log):
    """Every try that a receiver did not take is logged, and a notice that is parked as an error."""
    square.follow("bo", "ada")
    log.clear()
    phone = Phone(99)
    for _ in range(3):
        square.deliver(phone)
    found = records(log, "riverbed.notices")
    assert [record.fields["attempt"] for record in found[:3]] == [1, 2, 3]
    assert found[0].fields == {"notice": 1, "attempt": 1, "reason": "no signal"}
    assert (len(found), found[-1].levelname, found[-1].fields) == (
        10,
        "ERROR",
        {"notice": 1, "to": "ada"},
    )


@pytest.mark.parametrize(
    ("act", "arguments"),
    [
        ("edit", (1, "pot")),
        ("read", (1,)),
        ("history", (1,)),
        ("unreact", (1,)),
        ("breakdown", (1,)),
        ("comment", (1, "hm")),
        ("talk", (1,)),
    ],
    ids=["edit", "read", "history", "unreact", "breakdown", "comment", "talk"],
)
def test_the_post_is_logged(feed, log, act, arguments):
    """What is done with a post is logged with the number of the post."""
    feed.post("ada", "tea")
    getattr(feed, act)("ada", *arguments)
    record = records(log, "riverbed.feed")[-1]
    assert (record.getMessage(), record.fields) == (act, {"space": "main", "by": "ada", "post": 1})


def test_the_comment_is_logged(feed, log):
    """Taking a comment away is logged with the number of the comment."""
    feed.post("ada", "tea")
    feed.comment("bo", 1, "hm")
    feed.uncomment("bo", 1)
    record = records(log, "riverbed.feed")[-1]
    assert record.fields == {"space": "main", "by": "bo", "comment": 1}
