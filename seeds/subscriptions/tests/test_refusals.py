import pytest
from perennial import errors


class TestKindsOfRefusals:
    @pytest.mark.parametrize(
        ("kind", "options"),
        [
            (errors.InvalidRequestError, {"seats": 0}),
            (errors.InvalidRequestError, {"key": ""}),
            (errors.NotFoundError, {"customer": "bo"}),
            (errors.ConflictError, {"plan": "old"}),
            (errors.ConflictError, {"key": "k1"}),
            (errors.CouponError, {"coupon": "nix"}),
            (errors.CouponError, {"coupon": "gone"}),
            (errors.LimitError, {"seats": 4}),
            (errors.LimitError, {"seats": 3}),
        ],
        ids=["seats", "no-key", "customer", "archived", "key", "code", "expired", "plan-limit", "bill-limit"],
    )
    def test_sign_ups(self, shop, kind, options):
        """The kind of a refusal says who is to do something about it."""
        shop.desk.configure(invoice_limit="89.00 EUR")
        shop.offers("basic", "30.00 EUR", seats_most=3)
        shop.offers("old", "30.00 EUR")
        shop.desk.archive_plan("old")
        shop.gives("gone", percent="10", redeem_by="2026-12-31")
        shop.subscribes("ada", "basic", key="k1")
        wanted = {"customer": "ada", "plan": "basic", "seats": 2, **options}
        with pytest.raises(errors.BillingError) as refused:
            shop.desk.subscribe(wanted.pop("customer"), wanted.pop("plan"), **wanted)
        assert type(refused.value) is kind

    def test_what_is_there_already(self, shop):
        """Offering something twice is a conflict."""
        shop.gives("A", percent="10")
        with pytest.raises(errors.ConflictError):
            shop.gives("A", percent="10")

    @pytest.mark.parametrize(
        ("percent", "amount"),
        [("x", None), ("101", None), (None, "x"), (None, "1 XXX"), (None, None)],
        ids=["no-number", "too-much", "no-amount", "no-currency", "nothing"],
    )
    def test_what_makes_no_sense(self, shop, percent, amount):
        """What makes no sense is the request's fault."""
        with pytest.raises(errors.InvalidRequestError):
            shop.gives("A", percent=percent, amount=amount)

    @pytest.mark.parametrize("until", ["2027-01-01", "soon", ""])
    def test_pauses(self, shop, until):
        """A pause until a day that can't be is the request's fault."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        with pytest.raises(errors.InvalidRequestError):
            shop.desk.pause(sub, resumes_on=until)

    def test_what_is_over(self, shop):
        """What is over is in conflict with whatever is wanted of it."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub, at_once=True)
        for wanted in (shop.desk.cancel, shop.desk.keep, shop.desk.pause, shop.desk.resume):
            with pytest.raises(errors.ConflictError):
                wanted(sub)
