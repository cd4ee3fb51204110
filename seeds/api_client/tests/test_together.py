import asyncio

import pytest
from stage import HOST, Settings, ids, play, rehearsed, rows

from gleaner import Backoff, Rate
from gleaner.faults import DeadlineError, GivenUpError, NotFoundError

BY_TWO = Settings(page_size=2, batch_rows=2, backoff=Backoff(attempts=1))


def together(clock, server, scenario, settings=BY_TWO, rate=None):
    """Play a scenario with a client to which acme is connected."""
    client = rehearsed(server, clock, settings)

    async def connected():
        await client.connect("acme", HOST, "tok", rate=rate)
        return await scenario(client)

    return play(clock, connected())


class TestTwoAtOnce:
    def test_the_same_job(self, clock, server):
        """A job that is started twice at the same time is done once."""
        server.script("/rows", "ok in 500 ms", "ok in 500 ms")

        async def scenario(client):
            jobs = [client.upload("acme", "/rows", rows(4), "job") for _ in range(2)]
            return await asyncio.gather(*jobs)

        receipts = together(clock, server, scenario)
        assert [(each.batches, each.skipped) for each in receipts] == [(2, 0), (0, 2)]
        assert len(server.requests("/rows")) == 2

    def test_two_jobs(self, clock, server):
        """Two jobs do not wait for each other."""
        server.script("/rows", *["ok in 500 ms"] * 4)

        async def scenario(client):
            jobs = [client.upload("acme", "/rows", rows(4), name) for name in ("one", "two")]
            await asyncio.gather(*jobs)

        together(clock, server, scenario)
        assert server.arrivals("/rows") == [0.0, 0.0, 0.5, 0.5]

    def test_a_job_that_waited(self, clock, server):
        """A job that waited for its twin goes on where that one broke off."""
        server.script("/rows", "ok in 500 ms", "503 in 500 ms")

        async def scenario(client):
            jobs = [client.upload("acme", "/rows", rows(4), "job") for _ in range(2)]
            return await asyncio.gather(*jobs, return_exceptions=True)

        first, second = together(clock, server, scenario)
        assert isinstance(first, GivenUpError)
        assert second.skipped == 1


class TestWithALoop:
    """The same calls for those who have an event loop, with nothing said beyond what has to be."""

    def test_reading(self, clock, server):
        """A program with a loop reads documents from memory and takes its time, unless it says otherwise."""
        server.serve("/shop", 1, policy="max-age=9")
        server.script("/shop", "ok in 9000 ms")

        async def scenario(client):
            return [await client.get("acme", "/shop"), await client.get("acme", "/shop")]

        assert together(clock, server, scenario) == [1, 1]
        assert len(server.requests("/shop")) == 1

    def test_lists(self, clock, server):
        """A program with a loop reads lists from their beginning to their end, unless it says otherwise."""
        server.list("/orders", *rows(5))

        async def scenario(client):
            page = await client.page("acme", "/orders")
            harvest = await client.fetch_all("acme", "/orders")
            sheaf = await client.fetch_many("acme", ["/orders"])
            return [ids(page.items), ids(harvest.items), ids(sheaf.items)]

        assert together(clock, server, scenario) == [[1, 2], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]
        targets = [each.target for each in server.requests("/orders")]
        assert targets[0] == targets[1] == "/orders?limit=2"

    def test_failures(self, clock, server):
        """A program with a loop is told of the first failure, unless it says otherwise."""

        async def scenario(client):
            with pytest.raises(NotFoundError):
                await client.fetch_many("acme", ["/gone"])

        together(clock, server, scenario)

    def test_orders(self, clock, server):
        """A program with a loop has items sorted by their time, unless it says otherwise."""
        server.list("/orders", {"id": 1, "at": 5}, {"id": 2, "at": 9}, {"id": 3, "at": 2})

        async def scenario(client):
            newest = await client.latest("acme", ["/orders"], 2)
            return ids(newest), ids(await client.timeline("acme", ["/orders"]))

        assert together(clock, server, scenario) == ([2, 1], [3, 1, 2])

    def test_writing(self, clock, server):
        """A program with a loop writes under a new key each time, unless it says otherwise."""

        async def scenario(client):
            await client.post("acme", "/orders", 1)
            await client.post("acme", "/orders", 1)
            return await client.upload("acme", "/rows", rows(3), "job")

        assert together(clock, server, scenario).batches == 2
        assert server.sent("/orders", "Idempotency-Key") == ["key_1", "key_2"]

    def test_forgetting(self, clock, server):
        """A program with a loop forgets all about an account, unless it says otherwise."""
        server.serve("/shop", 1, policy="max-age=9")

        async def scenario(client):
            await client.get("acme", "/shop")
            return client.forget("acme")

        assert together(clock, server, scenario) == 1


class TestBreakingOff:
    async def cancelled(self, clock, task, after_ms):
        """Break a task off after a while."""
        await clock.sleep(after_ms)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    def test_under_way(self, clock, server):
        """A call that is broken off breaks its request off."""
        server.script("/shop", "hang")

        async def scenario(client):
            task = asyncio.create_task(client.get("acme", "/shop"))
            await self.cancelled(clock, task, 700)

        together(clock, server, scenario)
        assert (server.abandoned(), clock.elapsed()) == (1, 0.7)

    def test_while_it_pauses(self, clock, server):
        """A call that is broken off in a pause makes no further attempt."""
        server.script("/shop", "503")

        async def scenario(client):
            task = asyncio.create_task(client.get("acme", "/shop"))
            await self.cancelled(clock, task, 200)
            await clock.sleep(5_000)

        together(clock, server, scenario, Settings())
        assert server.arrivals("/shop") == [0.0]

    def test_while_it_waits_for_a_turn(self, clock, server):
        """A call that is broken off while it waits for its turn gives the turn back."""
        server.serve("/shop", 1)

        async def scenario(client):
            await client.get("acme", "/shop")
            task = asyncio.create_task(client.get("acme", "/shop"))
            await self.cancelled(clock, task, 200)
            await client.get("acme", "/shop")

        together(clock, server, scenario, rate=Rate(1, 10))
        assert server.arrivals("/shop") == [0.0, 10.0]

    def test_while_it_waits_for_a_place(self, clock, server):
        """A call that is broken off in the queue lets those behind it move up."""
        for path in ("/a", "/b", "/c"):
            server.serve(path, 1)
        server.script("/a", "ok in 1000 ms")

        async def scenario(client):
            first = asyncio.create_task(client.get("acme", "/a"))
            second = asyncio.create_task(client.get("acme", "/b"))
            third = asyncio.create_task(client.get("acme", "/c"))
            await self.cancelled(clock, second, 200)
            await asyncio.gather(first, third)

        together(clock, server, scenario, Settings(at_once=1))
        assert (server.arrivals("/b"), server.arrivals("/c")) == ([], [1.0])

    def test_a_deadline_in_the_queue(self, clock, server):
        """A call whose deadline passes while it waits for a place ends at its deadline."""
        for path in ("/a", "/b"):
            server.serve(path, 1)
        server.script("/a", "ok in 5000 ms")

        async def scenario(client):
            first = asyncio.create_task(client.get("acme", "/a"))
            await clock.sleep(100)
            with pytest.raises(DeadlineError):
                await client.get("acme", "/b", deadline_s=2)
            ended = clock.elapsed()
            await first
            return ended

        assert together(clock, server, scenario, Settings(at_once=1)) == 2.1
        assert server.requests("/b") == []

    def test_a_turn_kept_in_the_queue(self, clock, server):
        """A call whose deadline passes in the queue for a place gives its turn back."""
        server.serve("/a", 1)
        server.script("/a", "ok in 5000 ms")

        async def scenario(client):
            first = asyncio.create_task(client.get("acme", "/a"))
            await clock.sleep(100)
            with pytest.raises(DeadlineError):
                await client.get("acme", "/b", deadline_s=2)
            left = client.allowance("acme")
            await first
            return left

        assert together(clock, server, scenario, Settings(at_once=1), Rate(3, 60)) == 2

    def test_just_let_in(self, clock, server):
        """A call that is broken off at the moment it gets a place frees the place."""
        for path in ("/a", "/b", "/c"):
            server.serve(path, 1)
        server.script("/a", "ok in 1000 ms")

        async def scenario(client):
            second = asyncio.create_task(client.get("acme", "/b"))
            await client.get("acme", "/a")
            second.cancel()
            await asyncio.gather(second, return_exceptions=True)
            return await client.get("acme", "/c")

        assert together(clock, server, scenario, Settings(at_once=1)) == 1

    def test_an_upload(self, clock, server):
        """An upload that is broken off goes on with the batch it was at."""
        server.script("/rows", "ok", "hang")

        async def scenario(client):
            task = asyncio.create_task(client.upload("acme", "/rows", rows(5), "job"))
            await self.cancelled(clock, task, 200)
            return await client.upload("acme", "/rows", rows(5), "job")

        assert together(clock, server, scenario).skipped == 1
