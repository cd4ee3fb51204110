"""What the shop of the tests can do, in the words of those who run it."""

from perennial import Billing, BillingError, ManualClock, Rehearsal, SandboxGateway


class Shop:
    """A merchant's desk, with a clock and a gateway for rehearsals behind it."""

    def __init__(self, merchant):
        self.clock = ManualClock()
        self.gateway = SandboxGateway(self.clock)
        self.billing = Billing(self.gateway, self.clock)
        self.desk = self.billing.desk(merchant)
        self.days = Rehearsal(self.desk, self.clock)
        self.known = set()

    # given

    def is_at(self, day):
        """It is early in the morning of a day."""
        self.clock.set(f"{day}T06:00")

    def offers(self, plan, price, **more):
        """There is a plan."""
        self.desk.add_plan(plan, price, **more)

    def gives(self, code, percent=None, amount=None, **more):
        """There is a coupon."""
        self.desk.add_coupon(code, percent=percent, amount=amount, **more)

    def knows(self, customer, card="visa"):
        """There is a customer, with a card of their own."""
        self.desk.add_customer(customer, card=card)
        self.known.add(customer)

    # when

    def subscribes(self, customer, plan, card="visa", **more):
        """A customer, new or not, takes a plan."""
        if customer not in self.known:
            self.knows(customer, card)
        return self.desk.subscribe(customer, plan, **more)

    def lives_until(self, day):
        """Days go by, with a run each morning."""
        self.days.until(day)

    def opens_again_on(self, day):
        """Nobody was there for a while; then there is one run."""
        self.is_at(day)
        return self.desk.run()

    # then

    def status(self, sub):
        return self.desk.subscription(sub).status

    def period(self, sub):
        return self.desk.subscription(sub).period

    def bill(self, number):
        return self.desk.invoice(f"LUMEN-{number:04d}")

    def bills(self, customer=None, **which):
        """Totals, in the order of their numbers."""
        return [bill.total for bill in self.desk.invoices(customer, **which).items]

    def dates(self, customer=None):
        return [bill.issued_on for bill in self.desk.invoices(customer, limit=50).items]

    def story(self, subject):
        """What happened, without the facts."""
        return [line.split()[1] for line in self.desk.timeline(subject).items]


class Interruption:
    """A lock before which somebody else is faster, once."""

    def __init__(self, action):
        self.action = action

    def __enter__(self):
        action, self.action = self.action, None
        if action is not None:
            action()

    def __exit__(self, *details):
        return None


def refusal(action, *args, **options):
    """The code and the words of a refusal."""
    try:
        action(*args, **options)
    except BillingError as error:
        return error.code, str(error)
    return None


def code(action, *args, **options):
    """The code of a refusal."""
    refused = refusal(action, *args, **options)
    return refused[0] if refused else None
