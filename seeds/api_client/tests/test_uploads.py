import pytest
from stage import HOST, Settings, ids, rows

from gleaner import Backoff, BreakerRules, MemoryProgress
from gleaner.faults import (
    GivenUpError,
    JobMismatchError,
    RefusedError,
    RestingError,
    SettingsError,
    UnfitRowError,
)

BY_TWO = Settings(batch_rows=2, backoff=Backoff(attempts=1))


def batches(server, path="/rows"):
    """The ids of every batch that was carried out."""
    return [ids(each["rows"]) for each in server.posted(path)]


class TestBatches:
    @pytest.mark.parametrize(
        ("count", "sizes"),
        [
            pytest.param(0, [], id="none"),
            pytest.param(1, [1], id="one"),
            pytest.param(3, [3], id="a-batch"),
            pytest.param(4, [3, 1], id="one-more"),
            pytest.param(6, [3, 3], id="two-batches"),
            pytest.param(8, [3, 3, 2], id="rest"),
        ],
    )
    def test_by_rows(self, client, server, count, sizes):
        """Rows are sent in batches, and the rest in a last one."""
        receipt = client.upload("acme", "/rows", rows(count), "job", batch_rows=3)
        assert [len(each) for each in batches(server)] == sizes
        assert (receipt.rows, receipt.batches, receipt.skipped) == (count, len(sizes), 0)

    def test_in_order(self, client, server):
        """Rows keep their order across batches."""
        client.upload("acme", "/rows", rows(5), "job", batch_rows=2)
        assert batches(server) == [[1, 2], [3, 4], [5]]

    @pytest.mark.parametrize(
        ("most", "sizes"),
        [
            pytest.param(16, [2, 2, 1], id="exactly-two"),
            pytest.param(15, [1, 1, 1, 1, 1], id="not-quite-two"),
            pytest.param(8, [1, 1, 1, 1, 1], id="exactly-one"),
            pytest.param(24, [3, 2], id="three"),
            pytest.param(900, [5], id="all"),
        ],
    )
    def test_by_length(self, opened, server, most, sizes):
        """A batch is no longer than the settings allow."""
        client = opened(Settings(batch_bytes=most))
        client.upload("acme", "/rows", rows(5), "job")
        assert [len(each) for each in batches(server)] == sizes

    def test_a_row_that_is_too_long(self, opened, server):
        """A row that fits into no batch is refused before anything is sent."""
        client = opened(Settings(batch_bytes=8))
        with pytest.raises(UnfitRowError, match="row 2 has 9 bytes, 8 are allowed"):
            client.upload("acme", "/rows", [{"id": 1}, {"id": 22}], "job")
        assert server.requests("/rows") == []

    def test_the_usual_size(self, client, server):
        """Without a setting, a batch has a hundred rows."""
        client.upload("acme", "/rows", rows(101), "job")
        assert [len(each) for each in batches(server)] == [100, 1]

    @pytest.mark.parametrize("size", [0, -1])
    def test_no_rows_in_a_batch(self, client, size):
        """Batches without rows are refused."""
        with pytest.raises(SettingsError, match="one row at least"):
            client.upload("acme", "/rows", rows(3), "job", batch_rows=size)

    def test_rows_that_come_one_by_one(self, client, server):
        """Rows may come from anything that can be gone over once."""
        client.upload("acme", "/rows", iter(rows(3)), "job", batch_rows=2)
        assert batches(server) == [[1, 2], [3]]

    def test_nothing_to_do(self, client, server):
        """An upload without rows sends nothing."""
        client.upload("acme", "/rows", [], "job")
        assert server.requests("/rows") == []


class TestGoingOn:
    def test_after_a_failure(self, opened, server):
        """A job that broke off goes on with the batch that failed."""
        client = opened(BY_TWO)
        server.script("/rows", "ok", "503")
        with pytest.raises(GivenUpError):
            client.upload("acme", "/rows", rows(5), "job")
        receipt = client.upload("acme", "/rows", rows(5), "job")
        assert (receipt.rows, receipt.batches, receipt.skipped) == (3, 2, 1)
        assert batches(server) == [[1, 2], [3, 4], [5]]

    def test_after_a_failure_at_the_start(self, opened, server):
        """A job whose first batch failed begins with it again."""
        client = opened(BY_TWO)
        server.script("/rows", "503")
        with pytest.raises(GivenUpError):
            client.upload("acme", "/rows", rows(3), "job")
        assert client.upload("acme", "/rows", rows(3), "job").skipped == 0
        assert batches(server) == [[1, 2], [3]]

    @pytest.mark.parametrize("failure", ["reset", "hang"])
    def test_after_an_unclear_failure(self, opened, server, failure):
        """A batch that may have arrived is sent again and is carried out once."""
        client = opened(BY_TWO)
        server.script("/rows", "ok", failure)
        with pytest.raises(GivenUpError):
            client.upload("acme", "/rows", rows(5), "job")
        client.upload("acme", "/rows", rows(5), "job")
        assert batches(server) == [[1, 2], [3, 4], [5]]

    def test_after_a_refusal(self, opened, server):
        """A batch that was refused counts as not sent."""
        client = opened(BY_TWO)
        server.script("/rows", "ok", "422")
        with pytest.raises(RefusedError):
            client.upload("acme", "/rows", rows(4), "job")
        assert client.upload("acme", "/rows", rows(4), "job").rows == 2

    def test_a_job_that_is_done(self, client, server):
        """A job that is done is not done again."""
        client.upload("acme", "/rows", rows(3), "job", batch_rows=2)
        receipt = client.upload("acme", "/rows", rows(3), "job", batch_rows=2)
        assert (receipt.rows, receipt.batches, receipt.skipped) == (0, 0, 2)
        assert len(server.requests("/rows")) == 2

    def test_another_job(self, client, server):
        """The same rows under another name are another job."""
        client.upload("acme", "/rows", rows(2), "one")
        client.upload("acme", "/rows", rows(2), "two")
        assert batches(server) == [[1, 2], [1, 2]]

    def test_jobs_of_two_accounts(self, client, server):
        """Two accounts may have jobs of the same name."""
        client.connect("brio", HOST, "tok-brio")
        client.upload("acme", "/rows", rows(2), "job")
        assert client.upload("brio", "/rows", rows(3), "job").skipped == 0

    def test_in_another_process(self, opened, server):
        """A job goes on in another client that shares the notes about progress."""
        notes = MemoryProgress()
        server.script("/rows", "ok", "503")
        with pytest.raises(GivenUpError):
            opened(BY_TWO, progress=notes).upload("acme", "/rows", rows(5), "job")
        receipt = opened(BY_TWO, progress=notes).upload("acme", "/rows", rows(5), "job")
        assert receipt.skipped == 1

    def test_keys(self, client, server):
        """Every batch has a key that says which one of which job it is."""
        client.upload("acme", "/rows", rows(3), "may", batch_rows=2)
        assert server.sent("/rows", "Idempotency-Key") == ["may-1", "may-2"]

    def test_keys_when_going_on(self, opened, server):
        """A job that goes on sends its batches under the keys they had."""
        client = opened(BY_TWO)
        server.script("/rows", "ok", "503")
        with pytest.raises(GivenUpError):
            client.upload("acme", "/rows", rows(3), "may")
        client.upload("acme", "/rows", rows(3), "may")
        assert server.sent("/rows", "Idempotency-Key") == ["may-1", "may-2", "may-2"]

    @pytest.mark.parametrize(
        ("path", "others", "size"),
        [
            pytest.param("/rows", [{"id": 1}, {"id": 9}], None, id="a-row"),
            pytest.param("/rows", [{"id": 1}], None, id="fewer"),
            pytest.param("/rows", [{"id": 2}, {"id": 1}], None, id="order"),
            pytest.param("/other", [{"id": 1}, {"id": 2}], None, id="path"),
            pytest.param("/rows", [{"id": 1}, {"id": 2}], 1, id="batches"),
        ],
    )
    def test_a_job_is_not_changed(self, client, server, path, others, size):
        """A job can't go on with something else than it was begun with."""
        client.upload("acme", "/rows", rows(2), "job")
        with pytest.raises(JobMismatchError, match="“job” was begun with other rows"):
            client.upload("acme", path, others, "job", batch_rows=size)
        assert batches(server) == [[1, 2]]

    def test_fields_in_another_order(self, client, server):
        """Rows whose fields come in another order are the same rows."""
        client.upload("acme", "/rows", [{"id": 1, "name": "x"}], "job")
        assert client.upload("acme", "/rows", [{"name": "x", "id": 1}], "job").skipped == 1


class TestResting:
    def waiting(self, opened, rests):
        """A client that waits for a resting host so many times."""
        return opened(
            Settings(
                rests=rests,
                backoff=Backoff(attempts=3, first_s=1),
                breaker=BreakerRules(failures=2, rest_s=30),
            )
        )

    def test_waiting_for_the_host(self, opened, server):
        """An upload waits for a host that is given a rest."""
        client = self.waiting(opened, 1)
        server.script("/rows", "503", "503")
        client.upload("acme", "/rows", rows(1), "job")
        assert server.arrivals("/rows") == [0.0, 1.0, 31.0]

    def test_waiting_no_more(self, opened, server):
        """An upload waits no more often than the settings say."""
        client = self.waiting(opened, 1)
        server.script("/rows", *["503"] * 3)
        with pytest.raises(RestingError):
            client.upload("acme", "/rows", rows(1), "job")
        assert len(server.requests("/rows")) == 3

    def test_waiting_never(self, opened, server):
        """An upload that is not to wait for a host ends when the rest begins."""
        client = self.waiting(opened, 0)
        server.script("/rows", "503", "503")
        with pytest.raises(RestingError):
            client.upload("acme", "/rows", rows(1), "job")
        assert server.arrivals("/rows") == [0.0, 1.0]

    def test_going_on_after_a_rest(self, opened, server):
        """After the rest, an upload goes on with the batch that had to wait."""
        client = self.waiting(opened, 1)
        server.script("/rows", "ok", "503", "503")
        client.upload("acme", "/rows", rows(3), "job", batch_rows=1)
        assert batches(server) == [[1], [2], [3]]

    def test_each_batch_may_wait(self, opened, server):
        """Every batch may wait for its host anew."""
        client = self.waiting(opened, 1)
        server.script("/rows", "503", "503", "ok", "503", "503")
        receipt = client.upload("acme", "/rows", rows(2), "job", batch_rows=1)
        assert receipt.batches == 2
