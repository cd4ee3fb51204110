import pytest
from stories import eur, funded, gbp

from ledger.errors import DuplicateRequestError, FundsError


@pytest.fixture
def shop(filed):
    """A paying and a receiving account of one company."""
    funded(filed, "Shop Main", eur("1000.00"), owner="Lindner Moden")
    filed.open_account("Shop Reserve", "EUR", owner="Lindner Moden")
    return filed


def test_a_repeated_request_pays_once(shop):
    """A transfer sent twice with the same request key is paid once."""
    shop.transfer("Shop Main", "Shop Reserve", eur("64.20"), key="ORD-1")
    shop.transfer("Shop Main", "Shop Reserve", eur("64.20"), key="ORD-1")
    assert shop.balance("Shop Reserve") == eur("64.20")


def test_a_repeated_request_is_answered_alike(shop):
    """The repetition of a request is answered with the transfer made the first time."""
    first = shop.transfer("Shop Main", "Shop Reserve", eur("18.75"), reference="A", key="ORD-2")
    again = shop.transfer("Shop Main", "Shop Reserve", eur("18.75"), reference="A", key="ORD-2")
    assert again == first


def test_blanks_around_a_key_do_not_matter(shop):
    """A request key is recognised with blanks around it."""
    first = shop.transfer("Shop Main", "Shop Reserve", eur("27.00"), key="ORD-3")
    assert shop.transfer("Shop Main", "Shop Reserve", eur("27.00"), key=" ORD-3 ").id == first.id


def test_different_keys_pay_twice(shop):
    """Two equal transfers with different request keys are both paid."""
    shop.transfer("Shop Main", "Shop Reserve", eur("35.00"), key="ORD-4")
    shop.transfer("Shop Main", "Shop Reserve", eur("35.00"), key="ORD-5")
    assert shop.balance("Shop Reserve") == eur("70.00")


def test_without_a_key_every_request_pays(shop):
    """Equal transfers without a request key are all paid."""
    shop.transfer("Shop Main", "Shop Reserve", eur("6.25"))
    shop.transfer("Shop Main", "Shop Reserve", eur("6.25"))
    assert shop.balance("Shop Reserve") == eur("12.50")


def test_a_key_belongs_to_one_amount(shop):
    """A request key cannot be used again for another amount."""
    shop.transfer("Shop Main", "Shop Reserve", eur("50.00"), key="ORD-6")
    with pytest.raises(DuplicateRequestError, match="the key ORD-6 was used for another transfer"):
        shop.transfer("Shop Main", "Shop Reserve", eur("50.01"), key="ORD-6")
    assert shop.balance("Shop Reserve") == eur("50.00")


def test_a_key_belongs_to_one_reference(shop):
    """A request key cannot be used again with another reference."""
    shop.transfer("Shop Main", "Shop Reserve", eur("51.00"), reference="May", key="ORD-7")
    with pytest.raises(DuplicateRequestError, match="ORD-7"):
        shop.transfer("Shop Main", "Shop Reserve", eur("51.00"), reference="June", key="ORD-7")


def test_a_key_belongs_to_one_receiver(shop):
    """A request key cannot be used again for another receiver."""
    shop.open_account("Shop Tax", "EUR", owner="Lindner Moden")
    shop.transfer("Shop Main", "Shop Reserve", eur("52.00"), key="ORD-8")
    with pytest.raises(DuplicateRequestError, match="ORD-8"):
        shop.transfer("Shop Main", "Shop Tax", eur("52.00"), key="ORD-8")


def test_a_key_belongs_to_one_payer(shop):
    """A request key cannot be used again for another paying account of the same company."""
    funded(shop, "Shop Outlet", eur("80.00"), owner="Lindner Moden")
    shop.transfer("Shop Main", "Shop Reserve", eur("53.00"), key="ORD-9")
    with pytest.raises(DuplicateRequestError, match="ORD-9"):
        shop.transfer("Shop Outlet", "Shop Reserve", eur("53.00"), key="ORD-9")


def test_a_key_belongs_to_one_date(shop, clock):
    """A request key cannot be used again with another date."""
    today = clock.now().date()
    shop.transfer("Shop Main", "Shop Reserve", eur("54.00"), key="ORD-10")
    with pytest.raises(DuplicateRequestError, match="ORD-10"):
        shop.transfer("Shop Main", "Shop Reserve", eur("54.00"), key="ORD-10", value_date=today)


def test_companies_do_not_share_keys(shop):
    """Two companies may use the same request key without getting in each other's way."""
    funded(shop, "Atelier Main", gbp("20.00"), owner="Atelier Roux")
    shop.open_account("Atelier Tax", "GBP", owner="Atelier Roux")
    shop.transfer("Shop Main", "Shop Reserve", eur("11.00"), key="2026-03")
    shop.transfer("Atelier Main", "Atelier Tax", gbp("7.00"), key="2026-03")
    assert shop.balance("Atelier Tax") == gbp("7.00")


def test_a_key_is_remembered_for_a_day(shop, clock):
    """One second before a day has passed a repeated request is still recognised."""
    shop.transfer("Shop Main", "Shop Reserve", eur("91.00"), key="ORD-11")
    clock.advance(hours=23, minutes=59, seconds=59)
    shop.transfer("Shop Main", "Shop Reserve", eur("91.00"), key="ORD-11")
    assert shop.balance("Shop Reserve") == eur("91.00")


def test_a_key_is_forgotten_after_a_day(shop, clock):
    """After exactly a day a request key may be used for a new transfer."""
    shop.transfer("Shop Main", "Shop Reserve", eur("92.00"), key="ORD-12")
    clock.advance(days=1)
    shop.transfer("Shop Main", "Shop Reserve", eur("93.00"), key="ORD-12")
    assert shop.balance("Shop Reserve") == eur("185.00")


def test_a_refused_request_may_be_repeated(shop):
    """A request that was refused for lack of money is carried out when repeated with enough money."""
    with pytest.raises(FundsError):
        shop.transfer("Shop Main", "Shop Reserve", eur("1200.00"), key="ORD-13")
    shop.deposit("Shop Main", eur("300.00"))
    shop.transfer("Shop Main", "Shop Reserve", eur("1200.00"), key="ORD-13")
    assert shop.balance("Shop Reserve") == eur("1200.00")


@pytest.mark.parametrize("key", ["", "  ", "payroll-2026-03-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c0"], ids=["empty", "blank", "too-long"])
def test_unusable_keys_are_refused(shop, key):
    """A request key that is empty or longer than sixty-four characters is refused."""
    with pytest.raises(DuplicateRequestError, match="1 to 64 characters"):
        shop.transfer("Shop Main", "Shop Reserve", eur("3.00"), key=key)


def test_the_longest_key_is_accepted(shop):
    """A request key of sixty-four characters is accepted."""
    shop.transfer("Shop Main", "Shop Reserve", eur("4.00"), key="payroll-2026-03-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c")
    assert shop.balance("Shop Reserve") == eur("4.00")
