import asyncio

import pytest
from stage import Settings, patient, play, rehearsed

from gleaner import CountingIds, StreamTransport, SystemClock, Wire, open_async_client
from gleaner.faults import GivenUpError, MalformedError, NotFoundError
from gleaner.retrying import SeededChance


@pytest.fixture
def wire():
    """A network on which nobody has said anything yet."""
    return Wire()


@pytest.fixture
def wired(opened, wire):
    """A client that speaks HTTP over the wire, and makes one attempt."""
    return opened(patient(attempts=1), transport=StreamTransport(wire.connect))


class TestRequests:
    def test_reading(self, wired, wire):
        """A request is written as HTTP has it."""
        wire.say("HTTP/1.1 200 OK", "Content-Length: 1", "", "1")
        wired.get("acme", "/shop", {"a": 1})
        assert wire.told() == [
            "GET /shop?a=1 HTTP/1.1",
            "Attempt: 1",
            "Authorization: Bearer tok-acme",
            "Request-Id: req_2",
            "Host: api.acme.test",
            "Accept: application/json",
            "Connection: close",
            "",
            "",
        ]

    def test_writing(self, wired, wire):
        """A write carries the length of its body in bytes, and its kind."""
        wire.say("HTTP/1.1 204 No Content", "", "")
        wired.post("acme", "/orders", "ø", key="k")
        told = wire.told()
        assert told[-1] == '"\\u00f8"'
        assert {"Content-Type: application/json", "Content-Length: 8"} <= set(told)

    @pytest.mark.parametrize(
        ("host", "called"),
        [
            pytest.param("api.brio.test", "api.brio.test:80", id="usual"),
            pytest.param("api.brio.test:8080", "api.brio.test:8080", id="other"),
        ],
    )
    def test_ports(self, wired, wire, host, called):
        """A host may have a port of its own."""
        wire.say("HTTP/1.1 200 OK", "", "1")
        wired.connect("brio", host, "tok-brio")
        wired.get("brio", "/shop")
        assert wire.called() == [called]


class TestAnswers:
    @pytest.mark.parametrize(
        "lines",
        [
            pytest.param(("Content-Length: 2", "", "42"), id="length"),
            pytest.param(("content-length:2", "", "42"), id="small-letters"),
            pytest.param(("Content-Length: 2", "", "42 and more"), id="no-more-than-that"),
            pytest.param(("", "42"), id="to-the-end"),
            pytest.param(("Transfer-Encoding: chunked", "", "2", "42", "0", ""), id="chunked"),
            pytest.param(
                ("Transfer-Encoding: Chunked", "", "1", "4", "1;x=y", "2", "0", ""), id="two"
            ),
            pytest.param(
                ("Transfer-Encoding: chunked", "", "1", "4", "1", "2", "0", "A: b", ""),
                id="trailer",
            ),
        ],
    )
    def test_bodies(self, wired, wire, lines):
        """A body is read as its headers say."""
        wire.say("HTTP/1.1 200 OK", *lines)
        assert wired.get("acme", "/shop") == 42

    def test_several_lines(self, wired, wire):
        """A body that ends with the connection may have several lines."""
        wire.say("HTTP/1.1 200 OK", "", "[4,", "2]")
        assert wired.get("acme", "/shop") == [4, 2]

    def test_long_chunks(self, wired, wire):
        """The length of a chunk is a hexadecimal number."""
        text = '"' + "x" * 24 + '"'
        wire.say("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "1a", text, "0", "")
        assert wired.get("acme", "/shop") == "x" * 24

    def test_interim_answers(self, wired, wire):
        """An interim answer is not taken for the answer."""
        wire.say("HTTP/1.1 103 Early Hints", "Link: x", "", "HTTP/1.1 200 OK", "", "42")
        assert wired.get("acme", "/shop") == 42

    def test_no_reason(self, wired, wire):
        """A status may come without words."""
        wire.say("HTTP/1.0 200", "", "42")
        assert wired.get("acme", "/shop") == 42

    @pytest.mark.parametrize("status", ["204", "304"])
    def test_no_body(self, wired, wire, status):
        """Some statuses have no body, whatever the headers say."""
        wire.say(f"HTTP/1.1 {status} x", "Content-Length: 2", "", "", cut=True)
        if status == "204":
            assert wired.get("acme", "/shop") is None
        else:
            with pytest.raises(Exception, match="refused with 304"):
                wired.get("acme", "/shop")

    def test_headers_that_come_twice(self, wired, wire):
        """A header that comes twice has both values."""
        wire.say("HTTP/1.1 200 OK", "Cache-Control: max-age=9", "cache-control: public", "", "42")
        wired.get("acme", "/shop")
        wire.say("HTTP/1.1 200 OK", "", "43")
        assert wired.get("acme", "/shop") == 42

    def test_advice(self, wired, wire):
        """The advice of a server is read off its headers."""
        wire.say("HTTP/1.1 429 Slow Down", "retry-after: 17", "Content-Length: 0", "")
        with pytest.raises(GivenUpError, match="a pause of 17 s"):
            wired.get("acme", "/shop")

    def test_an_empty_answer(self, wired, wire):
        """An answer without a body counts as nothing at all."""
        wire.say("HTTP/1.1 200 OK", "Content-Length: 0", "", "")
        assert wired.get("acme", "/shop") is None

    def test_no_json(self, wired, wire):
        """An answer that is no JSON is refused."""
        wire.say("HTTP/1.1 200 OK", "", "<html>")
        with pytest.raises(MalformedError, match="no JSON"):
            wired.get("acme", "/shop")

    @pytest.mark.parametrize(
        ("headers", "second"),
        [
            pytest.param(("RateLimit-Remaining: 0", "RateLimit-Reset: 6"), 6.0, id="used-up"),
            pytest.param(("ratelimit-remaining: 0", "ratelimit-reset: 6"), 6.0, id="small"),
            pytest.param(("RateLimit-Remaining: 1", "RateLimit-Reset: 6"), 0.0, id="one-left"),
            pytest.param(("RateLimit-Remaining: 0",), 0.0, id="no-reset"),
            pytest.param(("RateLimit-Reset: 6",), 0.0, id="no-number"),
            pytest.param(("RateLimit-Remaining: 0", "RateLimit-Reset: x"), 0.0, id="nonsense"),
        ],
    )
    def test_the_last_request_for_a_while(self, wired, wire, clock, headers, second):
        """After the last request that the server allows, nothing is sent until it allows more."""
        wire.say("HTTP/1.1 200 OK", *headers, "", "1")
        wired.get("acme", "/shop")
        wired.get("acme", "/shop")
        assert clock.elapsed() == second


class TestBrokenAnswers:
    @pytest.mark.parametrize(
        "lines",
        [
            pytest.param(("HTTP/1.1 200 OK", "Content-Length: 9", "", "42"), id="short"),
            pytest.param(("HTTP/1.1 200 OK", "Content-Length: 2"), id="no-end-of-headers"),
            pytest.param((), id="nothing"),
        ],
    )
    def test_connections_that_break(self, wired, wire, lines):
        """An answer that ends too early is a connection that broke."""
        wire.say(*lines, cut=True)
        with pytest.raises(GivenUpError, match=r"the connection to api.acme.test broke"):
            wired.get("acme", "/shop")

    def test_unreachable(self, wired, wire):
        """A host that can't be reached is named."""
        wire.go_down()
        with pytest.raises(GivenUpError, match=r"api.acme.test can't be reached"):
            wired.get("acme", "/shop")

    @pytest.mark.parametrize(
        ("lines", "message"),
        [
            pytest.param(("SSH-2.0-x", "", ""), "no status line", id="other-protocol"),
            pytest.param(("HTTP/2 200 OK", "", ""), "no status line", id="other-version"),
            pytest.param(("HTTP/1.1 2x0 OK", "", ""), "no status line", id="no-number"),
            pytest.param(("HTTP/1.1 20", "", ""), "no status line", id="too-short"),
            pytest.param(("HTTP/1.1 20\xb2", "", ""), "no status line", id="no-digit"),
            pytest.param(("HTTP/1.1 200 OK", "nonsense", "", ""), "no header", id="no-colon"),
            pytest.param(
                ("HTTP/1.1 200 OK", "Content-Length: x", "", ""), "no length", id="length"
            ),
            pytest.param(("HTTP/1.1 200 OK", "A: " + "x" * 300, "", ""), "no end", id="long-line"),
        ],
    )
    def test_no_http(self, wired, wire, lines, message):
        """What is no HTTP is refused and not asked for again."""
        wire.say(*lines)
        with pytest.raises(MalformedError, match=message):
            wired.get("acme", "/shop")


class Loopback:
    """A real server on the loopback, that answers every request with the next of some answers."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.heads = []

    async def handle(self, reader, writer):
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answers.pop(0))
        await writer.drain()
        writer.close()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.handle, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_details):
        self.server.close()
        await self.server.wait_closed()

    @property
    def host(self):
        return f"127.0.0.1:{self.server.sockets[0].getsockname()[1]}"


def over_loopback(*answers, path="/shop"):
    """What a real client reads from a real server."""
    settings = Settings(backoff=patient(first_s=0).backoff)
    client = open_async_client(
        None, settings, clock=SystemClock(), ids=CountingIds(), chance=SeededChance(1)
    )

    async def scenario():
        async with Loopback(*answers) as loopback:
            await client.connect("acme", loopback.host, "tok")
            return await client.get("acme", path)

    return play(SystemClock(), scenario())


def test_over_a_real_connection():
    """A document can be read over a real connection."""
    assert over_loopback(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42") == 42


def test_again_over_a_real_connection():
    """A real connection that is closed without an answer is opened again."""
    assert over_loopback(b"", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42") == 42


def test_not_found_over_a_real_connection():
    """A refusal over a real connection is told as such."""
    with pytest.raises(NotFoundError):
        over_loopback(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


class Frail:
    """A writer that breaks at one of its steps."""

    def __init__(self, breaks_at=None):
        self.breaks_at = breaks_at

    def step(self, name):
        if name == self.breaks_at:
            raise ConnectionResetError(name)

    def write(self, data):
        self.step("write")

    async def drain(self):
        self.step("drain")

    def close(self):
        return

    async def wait_closed(self):
        self.step("wait_closed")


def over(clock, *writers):
    """What a client reads over connections with these writers, one after the other."""
    left = list(writers)

    async def connect(host, port):
        reader = asyncio.StreamReader()
        reader.feed_data(b"HTTP/1.1 200 OK\r\n\r\n" + str(len(left)).encode())
        reader.feed_eof()
        return reader, left.pop(0)

    client = rehearsed(StreamTransport(connect), clock)

    async def scenario():
        await client.connect("acme", "api.acme.test", "tok")
        return await client.get("acme", "/shop")

    return play(clock, scenario())


def test_a_connection_that_cannot_be_closed(clock):
    """A connection that breaks while it is closed does not spoil the answer."""
    assert over(clock, Frail("wait_closed"), Frail()) == 2


@pytest.mark.parametrize("step", ["write", "drain"])
def test_a_connection_that_breaks_early(clock, step):
    """A connection that breaks while the request is written is opened again."""
    assert over(clock, Frail(step), Frail()) == 1
