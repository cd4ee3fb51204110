"""Papers that tests need many of."""

from counterfoil import Item


def goods(price, **about):
    """A line without tax."""
    return Item("Goods", price, **{"tax": "zero", **about})


def issued(office, customer, *prices, on=None, **about):
    """An invoice without tax, one line for each price."""
    draft = office.draft(customer, *(goods(price) for price in prices), **about)
    return office.issue(draft, on=on)


def stage(office, number):
    """How far an invoice has come, and what is owed on it."""
    seen = office.invoice(number)
    return seen.stage, seen.open
