"""What most tests begin with, and how they look at a response."""


def paid(shop, amount=2000, currency="eur", card="visa", **options):
    """The id of a charge whose money was taken."""
    return shop.charges.create(amount, currency, card, **options).body["id"]


def held(shop, amount=2000, currency="eur", card="visa", **options):
    """The id of a charge whose money waits for its capture."""
    return shop.charges.create(amount, currency, card, capture=False, **options).body["id"]


def wanted(shop, amount=2000, currency="eur", **options):
    """The id of an intent."""
    return shop.intents.create(amount, currency, **options).body["id"]


def refusal(response):
    """Status, code and parameter of a refused request."""
    error = response.body.get("error", {})
    return response.status, error.get("code"), error.get("param")


def message(response):
    """What a refused request is told."""
    return response.body.get("error", {}).get("message")


def listed(response, name="amount"):
    """One property of everything on a page."""
    return [row[name] for row in response.body["data"]]


def available(shop, currency="eur"):
    """What can be paid out."""
    return shop.balance.retrieve(currency).body["available"][0]["amount"]


def pending(shop, currency="eur"):
    """What will be available later."""
    return shop.balance.retrieve(currency).body["pending"][0]["amount"]
