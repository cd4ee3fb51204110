import pytest
from rehearsals import ELSEWHERE, HOOK, OTHER_HOOK

from postbox.errors import ConfigurationError, EndpointExistsError, UnknownEndpointError


@pytest.mark.parametrize(
    ("pattern", "kind", "count"),
    [
        pytest.param("*", "order.placed", 1, id="anything"),
        pytest.param("order.placed", "order.placed", 1, id="the-very-kind"),
        pytest.param("order.placed", "order.paid", 0, id="another-kind"),
        pytest.param("order.*", "order.paid", 1, id="group"),
        pytest.param("order.*", "order.line.added", 1, id="group-goes-deep"),
        pytest.param("order.*", "orders.paid", 0, id="longer-name"),
        pytest.param("order.*", "reorder.paid", 0, id="name-before"),
        pytest.param("order.line.*", "order.paid", 0, id="narrow-group"),
        pytest.param(" ORDER.* ", "order.paid", 1, id="group-in-capitals"),
        pytest.param(" Order.Paid ", "order.paid", 1, id="kind-in-capitals"),
    ],
)
def test_what_a_subscription_covers(postbox, pattern, kind, count):
    """A subscription covers its kind, its group, or anything."""
    postbox.register("lumi", HOOK, pattern)
    assert postbox.publish("lumi", kind, "order/1").deliveries == count


def test_no_kinds_named(postbox):
    """An endpoint that names no kinds gets everything."""
    endpoint = postbox.register("lumi", HOOK)
    assert endpoint.kinds == ["*"]


@pytest.mark.parametrize(
    ("kinds", "kept"),
    [
        pytest.param(("order.paid", "order.paid"), ["order.paid"], id="twice"),
        pytest.param(("order.paid", "invoice.*"), ["invoice.*", "order.paid"], id="sorted"),
        pytest.param(("order.paid", "*"), ["*"], id="anything-covers-all"),
    ],
)
def test_kinds_are_tidied(postbox, kinds, kept):
    """Subscriptions are kept in order and without repetition."""
    assert postbox.register("lumi", HOOK, *kinds).kinds == kept


def test_one_of_two_subscriptions(postbox):
    """An endpoint gets what one of its subscriptions covers."""
    postbox.register("lumi", HOOK, "order.*", "invoice.sent")
    assert postbox.publish("lumi", "order.paid", "order/1").deliveries == 1


def test_two_matching_subscriptions(postbox):
    """An endpoint whose subscriptions both cover an event gets it once."""
    postbox.register("lumi", HOOK, "order.*", "order.paid")
    assert postbox.publish("lumi", "order.paid", "order/1").deliveries == 1


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("order", id="one-part"),
        pytest.param("*.paid", id="star-first"),
        pytest.param("order.pa*", id="star-in-a-word"),
        pytest.param("order_.*", id="line-before-the-star"),
        pytest.param("order.line_.*", id="line-in-a-narrow-group"),
        pytest.param("", id="empty"),
    ],
)
def test_no_subscription(postbox, pattern):
    """What is neither a kind nor a group cannot be subscribed to."""
    with pytest.raises(ConfigurationError) as refused:
        postbox.register("lumi", HOOK, pattern)
    assert str(refused.value) == f"“{pattern}” is not something to subscribe to"


def test_new_endpoint_gets_new_events(postbox):
    """An endpoint that is registered later gets what is published from then on."""
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.register("lumi", OTHER_HOOK)
    assert postbox.publish("lumi", "order.placed", "order/2").deliveries == 2


def test_changed_subscription(postbox):
    """A changed subscription counts from the next event on."""
    postbox.register("lumi", HOOK, "order.*")
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.subscribe("lumi", "ep_1", "invoice.*")
    assert postbox.publish("lumi", "order.placed", "order/2").deliveries == 0


def test_changed_subscription_is_shown(postbox):
    """The details of an endpoint show what it subscribed to last."""
    postbox.register("lumi", HOOK, "order.*")
    postbox.subscribe("lumi", "ep_1", "invoice.*", "invoice.sent")
    assert postbox.endpoint("lumi", "ep_1").kinds == ["invoice.*", "invoice.sent"]


def test_waiting_events_stay(postbox):
    """What waits for an endpoint stays when it subscribes to something else."""
    postbox.register("lumi", HOOK, "order.*")
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.subscribe("lumi", "ep_1", "invoice.*")
    assert postbox.depth("lumi", "ep_1") == 1


def test_nothing_left_to_subscribe_to(postbox):
    """A subscription cannot be emptied."""
    postbox.register("lumi", HOOK, "order.*")
    with pytest.raises(ConfigurationError):
        postbox.subscribe("lumi", "ep_1")
    assert postbox.endpoint("lumi", "ep_1").kinds == ["order.*"]


def test_same_kind_for_two_tenants(postbox):
    """What one tenant's endpoints subscribed to says nothing about another tenant's."""
    postbox.register("lumi", HOOK)
    postbox.register("lumi", OTHER_HOOK)
    postbox.register("oriel", ELSEWHERE)
    postbox.publish("lumi", "order.paid", "order/1")
    assert postbox.publish("oriel", "order.paid", "order/1").deliveries == 1


def test_two_kinds_for_one_tenant(postbox):
    """Who gets one kind of event says nothing about who gets another."""
    postbox.register("lumi", HOOK, "order.paid")
    postbox.publish("lumi", "order.paid", "order/1")
    assert postbox.publish("lumi", "order.placed", "order/2").deliveries == 0


def test_unregistered_endpoint_gets_nothing(postbox):
    """An endpoint that was removed gets no more events."""
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.unregister("lumi", "ep_1")
    assert postbox.publish("lumi", "order.placed", "order/2").deliveries == 0


def test_unregistering_drops_what_waits(postbox):
    """Removing an endpoint tells how much was still to be delivered to it."""
    postbox.register("lumi", HOOK)
    postbox.register("lumi", OTHER_HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.tick()
    postbox.publish("lumi", "order.paid", "order/1")
    postbox.publish("lumi", "order.placed", "order/2")
    assert postbox.unregister("lumi", "ep_1") == 2


def test_unregistering_spares_others(postbox, line):
    """Removing an endpoint leaves the deliveries of others alone."""
    postbox.register("lumi", HOOK)
    postbox.register("lumi", OTHER_HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.unregister("lumi", "ep_1")
    postbox.tick()
    assert [len(line.requests(url)) for url in (HOOK, OTHER_HOOK)] == [0, 1]


def test_address_is_registered_once(postbox):
    """A tenant cannot register one address twice."""
    postbox.register("lumi", HOOK)
    with pytest.raises(EndpointExistsError) as refused:
        postbox.register("lumi", f" {HOOK}/ ")
    assert str(refused.value) == f"{HOOK} is registered already"


def test_address_of_two_tenants(postbox):
    """Two tenants may register the same address."""
    postbox.register("lumi", HOOK)
    assert postbox.register("oriel", HOOK).endpoint_id == "ep_2"


def test_address_is_free_again(postbox):
    """The address of a removed endpoint can be registered again."""
    postbox.register("lumi", HOOK)
    postbox.unregister("lumi", "ep_1")
    assert postbox.register("lumi", HOOK).endpoint_id == "ep_2"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        pytest.param("https://a.example/x", "https://a.example/x", id="secure"),
        pytest.param("  https://a.example/x ", "https://a.example/x", id="blanks"),
        pytest.param("https://a.example/x/", "https://a.example/x", id="slash-at-the-end"),
        pytest.param("http://localhost:8080/x", "http://localhost:8080/x", id="own-machine"),
    ],
)
def test_addresses_that_are_accepted(postbox, url, kept):
    """Secure addresses are accepted, and those of one's own machine."""
    assert postbox.register("lumi", url).url == kept


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://a.example/x", id="not-secure"),
        pytest.param("ftp://a.example/x", id="no-web"),
        pytest.param("/https://a.example/x", id="slash-at-the-beginning"),
        pytest.param("", id="empty"),
    ],
)
def test_addresses_that_are_refused(postbox, url):
    """Addresses that would carry events in the open are refused."""
    with pytest.raises(ConfigurationError):
        postbox.register("lumi", url)


@pytest.mark.parametrize(
    ("count", "accepted"),
    [
        pytest.param(0, False, id="none"),
        pytest.param(1, True, id="one"),
        pytest.param(50, True, id="most"),
        pytest.param(51, False, id="one-too-many"),
    ],
)
def test_how_many_may_be_under_way(postbox, count, accepted):
    """Between 1 and 50 attempts may be agreed to be under way at an endpoint."""
    try:
        endpoint = postbox.register("lumi", HOOK, max_in_flight=count)
    except ConfigurationError as refused:
        assert not accepted
        assert str(refused) == "between 1 and 50 attempts can be under way"
    else:
        assert (endpoint.max_in_flight, accepted) == (count, True)


@pytest.mark.parametrize(
    ("secret", "accepted"),
    [
        pytest.param("seven77", False, id="seven-characters"),
        pytest.param("eight888", True, id="eight-characters"),
    ],
)
def test_shortest_secret(postbox, secret, accepted):
    """A secret has at least eight characters."""
    try:
        postbox.register("lumi", HOOK, secret=secret)
    except ConfigurationError:
        assert not accepted
    assert len(postbox.endpoints("lumi")) == int(accepted)


def test_endpoints_of_a_tenant(postbox):
    """A tenant sees its own endpoints in the order of their registration."""
    postbox.register("lumi", OTHER_HOOK)
    postbox.register("oriel", ELSEWHERE)
    postbox.register("lumi", HOOK)
    assert [each.url for each in postbox.endpoints("lumi")] == [OTHER_HOOK, HOOK]


ACTIONS = [
    pytest.param(lambda postbox: postbox.endpoint("oriel", "ep_1"), id="details"),
    pytest.param(lambda postbox: postbox.subscribe("oriel", "ep_1", "*"), id="subscribe"),
    pytest.param(lambda postbox: postbox.unregister("oriel", "ep_1"), id="unregister"),
    pytest.param(lambda postbox: postbox.disable("oriel", "ep_1"), id="disable"),
    pytest.param(lambda postbox: postbox.enable("oriel", "ep_1"), id="enable"),
    pytest.param(lambda postbox: postbox.ping("oriel", "ep_1"), id="ping"),
    pytest.param(lambda postbox: postbox.depth("oriel", "ep_1"), id="depth"),
    pytest.param(lambda postbox: postbox.record("oriel", "ep_1"), id="record"),
    pytest.param(
        lambda postbox: postbox.rotate_secret("oriel", "ep_1", "another-one"), id="rotate"
    ),
]


@pytest.mark.parametrize("action", ACTIONS)
def test_other_tenants_endpoints(postbox, action):
    """A tenant cannot tell another tenant's endpoint from one that does not exist."""
    postbox.register("lumi", HOOK)
    with pytest.raises(UnknownEndpointError) as refused:
        action(postbox)
    assert str(refused.value) == "there is no endpoint ep_1"


@pytest.mark.parametrize("tenant", ["", "oriel"])
def test_details_for_somebody_else(postbox, tenant):
    """The details of an endpoint are shown to nobody but its tenant."""
    postbox.register("lumi", HOOK)
    with pytest.raises(UnknownEndpointError):
        postbox.endpoint(tenant, "ep_1")


def test_details_after_a_change_are_a_copy(postbox):
    """What is handed out after a change is the caller's own."""
    postbox.register("lumi", HOOK, "order.*")
    postbox.subscribe("lumi", "ep_1", "order.paid").kinds.append("invoice.*")
    postbox.disable("lumi", "ep_1").kinds.append("invoice.*")
    assert postbox.endpoint("lumi", "ep_1").kinds == ["order.paid"]


def test_details_are_a_copy(postbox):
    """Changing the details that were handed out changes nothing at the postbox."""
    postbox.register("lumi", HOOK, "order.*").kinds.append("invoice.*")
    postbox.endpoint("lumi", "ep_1").kinds.append("invoice.*")
    postbox.endpoints("lumi")[0].kinds.append("invoice.*")
    assert postbox.publish("lumi", "invoice.sent", "invoice/1").deliveries == 0
