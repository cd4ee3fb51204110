import logging

import pytest
from perennial import BillingError


def records(caplog, event):
    return [record for record in caplog.records if record.getMessage() == event]


class TestTheLog:
    def test_request_ids(self, shop, caplog):
        """What is logged carries the id of its request."""
        caplog.set_level(logging.INFO, logger="perennial")
        with shop.desk.request("req-17"):
            shop.offers("basic", "30.00 EUR")
        shop.offers("pro", "60.00 EUR")
        assert [record.request_id for record in records(caplog, "command.done")] == ["req-17", "-"]

    def test_after_an_error(self, shop, caplog):
        """A request that fails does not leave its id to the next one."""
        caplog.set_level(logging.INFO, logger="perennial")
        with pytest.raises(BillingError), shop.desk.request("req-17"):
            shop.desk.archive_plan("gold")
        shop.offers("basic", "30.00 EUR")
        assert records(caplog, "command.done")[0].request_id == "-"

    def test_refusals(self, shop, caplog):
        """Refusals are logged with their codes."""
        caplog.set_level(logging.INFO, logger="perennial")
        with pytest.raises(BillingError, match="there is no plan gold"):
            shop.desk.archive_plan("gold")
        refused = records(caplog, "command.refused")[0]
        assert refused.fields == {"command": "ArchivePlan", "code": "not_found"}

    def test_runs(self, shop, caplog):
        """A run logs what it did, and what it could not do."""
        caplog.set_level(logging.INFO, logger="perennial")
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.desk.configure(invoice_limit="1.00 EUR")
        shop.opens_again_on("2027-02-01")
        assert records(caplog, "run.failed")[0].fields == {"subscription": "sub_1", "code": "invoice_too_large"}
        assert records(caplog, "run.done")[0].fields == {"attended": 1, "failed": 1, "left": 0}

    def test_failures_to_collect(self, shop, caplog):
        """A payment that failed is logged with the next attempt."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined")
        shop.subscribes("ada", "basic")
        fields = records(caplog, "collection.failed")[0].fields
        assert (fields["failures"], fields["next_try"]) == (1, "2027-01-04")

    def test_listeners(self, shop, caplog):
        """A listener that fails is logged with the event."""

        def hear(event):
            raise OSError("disk full")

        shop.offers("basic", "30.00 EUR")
        shop.desk.listen(hear)
        shop.subscribes("ada", "basic")
        fields = records(caplog, "listener.failed")[0].fields
        assert (fields["tries"], fields["error"]) == (1, "OSError('disk full')")
