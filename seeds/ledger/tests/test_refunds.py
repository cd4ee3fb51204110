import pytest
from stories import eur, funded, gbp

from ledger.errors import AccountError, AmountError, EntryError, FundsError, RefundError


@pytest.fixture
def sale(filed):
    """A buyer who paid 250.00 euros to a seller."""
    funded(filed, "Buyer", eur("250.00"))
    filed.open_account("Seller", "EUR")
    filed.transfer("Buyer", "Seller", eur("250.00"), reference="Order 5512")
    return filed


def test_a_refund_pays_everything_back(sale):
    """A refund without an amount pays the whole transfer back."""
    sale.refund("transfer-1")
    assert sale.balance("Buyer") == eur("250.00")
    assert sale.balance("Seller") == eur("0")


def test_a_part_can_be_refunded(sale):
    """A refund of a part pays exactly that part back."""
    refunded = sale.refund("transfer-1", eur("49.90"))
    assert refunded.refunded == eur("49.90")
    assert sale.balance("Buyer") == eur("49.90")


def test_parts_add_up(sale):
    """After several partial refunds the last one pays back what is left."""
    sale.refund("transfer-1", eur("100.00"))
    sale.refund("transfer-1", eur("30.00"))
    sale.refund("transfer-1")
    assert sale.balance("Buyer") == eur("250.00")
    assert sale.transfer_status("transfer-1").refundable == eur("0")


def test_no_more_than_was_paid_is_refunded(sale):
    """A refund of one cent more than is left of a transfer is refused."""
    sale.refund("transfer-1", eur("200.00"))
    with pytest.raises(RefundError, match=r"only 50.00 EUR of transfer-1 can be refunded"):
        sale.refund("transfer-1", eur("50.01"))


def test_nothing_is_refunded_after_a_full_refund(sale):
    """A transfer that was paid back in full cannot be refunded again."""
    sale.refund("transfer-1")
    with pytest.raises(RefundError, match="transfer-1 has been refunded in full"):
        sale.refund("transfer-1")


def test_a_refund_is_positive(sale):
    """A refund of less than zero is refused."""
    with pytest.raises(AmountError, match="a refund must be more than zero"):
        sale.refund("transfer-1", eur("-20.00"))


def test_a_refund_of_zero_is_not_a_full_refund(sale):
    """A refund of zero is refused and does not pay everything back."""
    with pytest.raises(AmountError, match=r"a refund must be more than zero, not 0.00 EUR"):
        sale.refund("transfer-1", eur("0"))


def test_refunds_are_possible_for_half_a_year(sale, clock):
    """A transfer can be refunded one hundred and eighty days after it was made."""
    clock.advance(days=180)
    sale.refund("transfer-1", eur("12.50"))
    assert sale.balance("Buyer") == eur("12.50")


def test_refunds_end_after_half_a_year(sale, clock):
    """A second after one hundred and eighty days a transfer can no longer be refunded."""
    clock.advance(1, days=180)
    with pytest.raises(RefundError, match="transfer-1 is too old to be refunded"):
        sale.refund("transfer-1", eur("12.60"))


def test_a_refund_needs_money_on_the_receiving_account(sale):
    """A refund is refused when the receiver has spent the money, and can still be made later."""
    sale.withdraw("Seller", eur("240.00"))
    with pytest.raises(FundsError, match=r"available balance is 10.00 EUR, 250.00 EUR needed"):
        sale.refund("transfer-1")
    assert sale.transfer_status("transfer-1").refunded == eur("0")


def test_a_frozen_receiver_refunds_nothing(sale):
    """Nothing is paid back out of a frozen account."""
    sale.freeze("Seller")
    with pytest.raises(AccountError, match="Seller is frozen and cannot send money"):
        sale.refund("transfer-1")


def test_a_closed_payer_gets_no_refund(sale):
    """Nothing is paid back to an account that was closed in the meantime."""
    sale.close_account("Buyer")
    with pytest.raises(AccountError, match="Buyer is closed and cannot receive money"):
        sale.refund("transfer-1")


def test_a_refund_says_why(sale):
    """A refund shows its reason and the reference of the transfer on the statement."""
    sale.refund("transfer-1", eur("8.00"), reason="damaged box")
    line = sale.statement("Buyer").lines[-1]
    assert (line.description, line.reference) == ("Refund: damaged box", "Order 5512")


def test_a_refund_may_go_without_a_reason(sale):
    """A refund without a reason is simply called a refund."""
    sale.refund("transfer-1", eur("8.80"), reason=" ")
    assert sale.statement("Seller").lines[-1].description == "Refund"


def test_only_known_transfers_are_refunded(sale):
    """A transfer that does not exist cannot be refunded."""
    with pytest.raises(EntryError, match="there is no transfer transfer-7"):
        sale.refund("transfer-7", gbp("1.00"))
