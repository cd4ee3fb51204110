"""Small helpers that let a test read like a customer's story."""

from decimal import Decimal

from ledger import Ledger, Money


def _minor(text: str, digits: int) -> int:
    return int(Decimal(text.replace(",", "")).scaleb(digits))


def eur(text: str) -> Money:
    return Money(_minor(text, 2), "EUR")


def usd(text: str) -> Money:
    return Money(_minor(text, 2), "USD")


def gbp(text: str) -> Money:
    return Money(_minor(text, 2), "GBP")


def jpy(text: str) -> Money:
    return Money(_minor(text, 0), "JPY")


def bhd(text: str) -> Money:
    return Money(_minor(text, 3), "BHD")


def funded(ledger: Ledger, name: str, amount: Money, owner: str = "") -> str:
    """Open an account that already holds some money."""
    ledger.open_account(name, amount.currency, owner=owner)
    ledger.deposit(name, amount)
    return name
