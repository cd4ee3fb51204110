"""What several files of tests need: addresses, settings, hand-made requests, and people who listen until they had enough."""

import hashlib
import hmac
import json

from postbox import CountingIds, LoadedChance, Settings, open_postbox
from postbox.messages import Request

HOOK = "https://hooks.lumi.example/in"
OTHER_HOOK = "https://hooks.lumi.example/second"
ELSEWHERE = "https://oriel.example/events"
SECRET = "quiet-harbour"
NEXT_SECRET = "loud-mountain"
START_S = 1_793_520_000
START_MS = START_S * 1000
PLENTY = 1_000


def opened(line, clock, *draws, **settings):
    """A postbox with settings of its own."""
    chance = LoadedChance(draws or (0.0,))
    return open_postbox(line, Settings(**settings), clock=clock, ids=CountingIds(), chance=chance)


def states(deliveries):
    """How far deliveries are, in a few words."""
    return [each.state.value for each in deliveries]


def bodies(requests):
    """What requests told, as JSON."""
    return [json.loads(each.body) for each in requests]


def told(requests, name):
    """One header of several requests."""
    return [each.headers[name] for each in requests]


def subjects(requests):
    """Which objects requests were about, in the order of their arrival."""
    return [each["object"] for each in bodies(requests)]


def sign(secret, event_id, seconds, body):
    """The signature as the agreement with our partners has it, made without our own code."""
    signed = f"{event_id}.{seconds}.".encode() + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def order_event(kind, data=None, *, event_id="evt_1", subject="order/1", sequence=1, at=0):
    """The body of an event of lumi, so many seconds after the start."""
    event = {
        "id": event_id,
        "tenant": "lumi",
        "kind": kind,
        "object": subject,
        "sequence": sequence,
        "occurred_at": f"2026-11-01T08:00:{at:02d}.000+00:00",
        "data": data or {},
    }
    return event


def signed_request(event, *, secret=SECRET, seconds=START_S, header=None, attempt=1):
    """A request as the postbox would send it."""
    body = json.dumps(event).encode()
    mark = f"t={seconds},v1={sign(secret, event['id'], seconds, body)}"
    headers = {
        "Postbox-Event": event["id"],
        "Postbox-Attempt": str(attempt),
        "Postbox-Request": "req_from_sender",
        "Postbox-Signature": mark if header is None else header,
    }
    return Request(HOOK, headers, body)


def order_request(kind, data=None, **about):
    """A signed request about an order."""
    return signed_request(order_event(kind, data, **about))


class Listener:
    """Takes so much and then fails, until somebody makes room."""

    name = "a listener"

    def __init__(self, room):
        self.room = room
        self.heard = []

    def __str__(self):
        return self.name if self.room == PLENTY else f"{self.name} with room for {self.room}"

    def __call__(self, thing):
        if len(self.heard) >= self.room:
            raise OSError("no room left")
        self.heard.append(thing)


class Archive(Listener):
    """Keeps packs of lines."""

    name = "the archive"

    @property
    def sizes(self):
        return [len(pack) for pack in self.heard]


class Warehouse(Listener):
    """Hears notices."""

    name = "the warehouse"

    @property
    def texts(self):
        return [f"{each.subject}: {each.text}" for each in self.heard]


class Turnstile:
    """A lock before which somebody else slips in once."""

    def __init__(self):
        self.first, self.inside = None, 0

    def let_in(self, action):
        self.first = action

    def __enter__(self):
        action, self.first = self.first, None
        if action is not None:
            action()
        self.inside += 1
        return self

    def __exit__(self, *_details):
        self.inside -= 1
