import threading

import pytest

from tollgate import Policy, with_key, with_tenant
from tollgate.clock import FixedClock
from tollgate.gate import ask, hand_back, look, open_gate, start_over, tidy
from tollgate.sqlite import SqliteStore
from tollgate.stores import MemoryStore
from tollgate.usage import Tally

PATIENCE = 5
EVERY_WAY = pytest.mark.parametrize(
    "rule",
    [
        "4/minute burst 3",
        "4/minute burst 2 by leaky bucket",
        "3/minute by fixed window",
        "3/minute by sliding log",
        "3/minute by sliding counter",
    ],
    ids=["tokens", "leaky", "fixed", "log", "counter"],
)


def agreed(rules, key="sf-1"):
    return with_key(Policy(), key, "Saffron Foods", rules)


class BrokenClock(FixedClock):
    """Breaks at one of its next readings."""

    def __init__(self, readings):
        super().__init__()
        self.readings = readings

    def now(self):
        self.readings -= 1
        if self.readings == 0:
            raise OSError("the clock is gone")
        return super().now()


class Rival:
    """Asks in a second thread while the first one stands half-way, then lets it go on."""

    def __init__(self):
        self.work = None
        self.met = threading.Event()
        self.through = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        self.work()
        self.met.set()

    def come(self):
        self.thread.start()
        self.met.wait(PATIENCE)

    def wait_outside(self, _span=0):
        self.met.set()
        self.through.wait(PATIENCE)

    def leave(self):
        self.through.set()
        self.thread.join(PATIENCE)


class Door:
    """A lock that tells a rival's having to wait."""

    def __init__(self, rival):
        self.rival = rival
        self.lock = threading.Lock()

    def __enter__(self):
        if not self.lock.acquire(blocking=False):
            self.rival.met.set()
            self.lock.acquire()

    def __exit__(self, *_details):
        self.lock.release()


class MeetingClock(FixedClock):
    """Lets the rival come at one of its readings."""

    def __init__(self, rival, reading):
        super().__init__()
        self.rival, self.reading = rival, reading

    def now(self):
        self.reading -= 1
        if self.reading == 0:
            self.rival.come()
        return super().now()


@pytest.fixture
def file(tmp_path):
    """Where the nodes keep what they share."""
    return tmp_path / "limits.db"


@pytest.fixture
def node(file):
    """Opens a node on the shared counts; all are closed at the end."""
    opened = []

    def start(rules, name, **options):
        store = SqliteStore.shared(file, **options.pop("counts", {}))
        opened.append(store)
        clock = options.pop("clock", None) or FixedClock()
        return open_gate(agreed(rules), store=store, clock=clock, node=name, **options)

    yield start
    for store in opened:
        store.close()


class TestSharedCounts:
    @EVERY_WAY
    def test_one_quota(self, node, rule):
        """Two nodes use up one quota together, however it is counted."""
        berlin, osaka = node(rule, "berlin"), node(rule, "osaka")
        ask(berlin, "sf-1")
        ask(osaka, "sf-1")
        assert ask(berlin, "sf-1").remaining == 0

    @EVERY_WAY
    def test_refused_on_both(self, node, rule):
        """What one node has used up is refused by the other."""
        berlin, osaka = node(rule, "berlin"), node(rule, "osaka")
        ask(berlin, "sf-1", cost=3)
        assert ask(osaka, "sf-1").allowed is False

    @EVERY_WAY
    def test_after_a_restart(self, node, rule):
        """After a restart a node goes on with the counts it had."""
        before = node(rule, "berlin")
        ask(before, "sf-1", cost=2)
        before.store.close()
        assert look(node(rule, "berlin"), "sf-1")[0].remaining == 1

    def test_counters_remember_the_window_before(self, node):
        """The shared counts keep the window before as well."""
        clock = FixedClock()
        berlin = node("8/minute by sliding counter", "berlin", clock=clock)
        osaka = node("8/minute by sliding counter", "osaka", clock=clock)
        ask(berlin, "sf-1", cost=8)
        clock.advance(seconds=75)
        ask(osaka, "sf-1")
        assert look(berlin, "sf-1")[0].remaining == 1

    def test_handing_back_elsewhere(self, node):
        """What one node counted may be handed back on the other."""
        berlin, osaka = node("3/day", "berlin"), node("3/day", "osaka")
        ask(berlin, "sf-1", cost=3)
        hand_back(osaka, "sf-1", cost=2)
        assert look(berlin, "sf-1")[0].remaining == 2

    def test_nothing_kept_for_nothing(self, node):
        """Handing back where nothing was counted leaves no count behind."""
        berlin = node("3/day", "berlin")
        hand_back(berlin, "sf-1")
        assert start_over(berlin, "sf-1") == 0

    def test_start_over_for_all_nodes(self, node):
        """A key that starts over on one node does so on all."""
        berlin, osaka = node("3/day; 9/week", "berlin"), node("3/day; 9/week", "osaka")
        ask(berlin, "sf-1", cost=3)
        start_over(osaka, "sf-1")
        assert [answer.remaining for answer in look(berlin, "sf-1")] == [3, 9]

    def test_whole_tenant_starts_over(self, node):
        """On shared counts a whole tenant may start over, too."""
        berlin = node("3/day", "berlin")
        policy = with_key(with_tenant(Policy(), "Saffron Foods", "7/day"), "sf-2", "Saffron Foods")
        app = open_gate(policy, store=berlin.store, clock=berlin.clock)
        ask(berlin, "sf-1")
        ask(app, "sf-2")
        assert start_over(app, "sf-2", whole_tenant=True) == 2

    def test_one_key_starts_over(self, node):
        """On shared counts a key that starts over takes no other key with it."""
        berlin = node("3/day", "berlin")
        other = open_gate(agreed("5/day", key="sf-2"), store=berlin.store, clock=berlin.clock)
        ask(berlin, "sf-1")
        ask(other, "sf-2")
        start_over(berlin, "sf-1")
        assert look(other, "sf-2")[0].remaining == 4

    def test_tidying_shared_counts(self, node):
        """Tidying removes shared counts in the moment they end."""
        clock = FixedClock()
        berlin = node("6/hour by fixed window; 6/day by fixed window", "berlin", clock=clock)
        ask(berlin, "sf-1")
        clock.advance(hours=1)
        assert tidy(berlin) == 1

    def test_a_changed_rule(self, node):
        """A rule that was changed is counted from the start."""
        ask(node("3/day", "berlin"), "sf-1", cost=3)
        assert look(node("4/day", "berlin"), "sf-1")[0].remaining == 4


class TestTrouble:
    def test_open_when_blind(self, node):
        """When the shared counts are gone requests go through rather than fail."""
        berlin = node("1/day", "berlin")
        ask(berlin, "sf-1")
        berlin.store.close()
        assert ask(berlin, "sf-1").allowed is True

    def test_closed_when_blind(self, node):
        """A gate may be told to refuse for a second when the shared counts are gone."""
        berlin = node("9/day", "berlin", open_when_blind=False)
        berlin.store.close()
        assert str(ask(berlin, "sf-1")) == (
            "refused (limits cannot be checked), try again after 1 second"
        )

    def test_looking_when_blind(self, node):
        """Looking up what is left says so when the shared counts are gone."""
        berlin = node("9/day", "berlin", open_when_blind=False)
        berlin.store.close()
        assert [answer.reason for answer in look(berlin, "sf-1")] == ["limits cannot be checked"]

    def test_handing_back_when_blind(self, node):
        """Handing back does no harm when the shared counts are gone."""
        berlin = node("9/day; 4/hour", "berlin", open_when_blind=False)
        berlin.store.close()
        assert hand_back(berlin, "sf-1").reason == "limits cannot be checked"

    def test_a_node_breaks_down(self, node):
        """A node that breaks down half-way through a request does not stop the others."""
        berlin = node("5/day", "berlin", clock=BrokenClock(2), open_when_blind=False)
        osaka = node("5/day", "osaka", counts={"patience": 0}, open_when_blind=False)
        with pytest.raises(OSError, match="the clock is gone"):
            ask(berlin, "sf-1")
        assert str(ask(osaka, "sf-1")) == "passed, 4 of 5 left"

    def test_a_broken_node_goes_on(self, node):
        """A node that broke down half-way answers the next request."""
        berlin = node("5/day", "berlin", clock=BrokenClock(2))
        with pytest.raises(OSError, match="the clock is gone"):
            ask(berlin, "sf-1")
        assert str(ask(berlin, "sf-1")) == "passed, 4 of 5 left"

    def test_busy_for_too_long(self, node):
        """A node whose patience is over does not wait any longer for another node."""
        answers = []
        osaka = node("5/day", "osaka", counts={"patience": 0}, open_when_blind=False)
        rival = Rival()
        rival.work = lambda: answers.append(ask(osaka, "sf-1"))
        berlin = node("5/day", "berlin", clock=MeetingClock(rival, 2))
        ask(berlin, "sf-1")
        rival.leave()
        assert look(osaka, "sf-1")[0].remaining == 4

    def test_pauses_while_busy(self, node):
        """A node tries again every 20 milliseconds until its patience is over."""
        pauses = []
        osaka = node("5/day", "osaka", counts={"patience": 60, "pause": pauses.append})
        rival = Rival()
        rival.work = lambda: ask(osaka, "sf-1")
        berlin = node("5/day", "berlin", clock=MeetingClock(rival, 2))
        ask(berlin, "sf-1")
        rival.leave()
        assert pauses == [20, 20, 20]


class TestAtTheSameTime:
    def test_two_nodes(self, node):
        """Two nodes that are asked at the same moment both count."""
        rival = Rival()
        osaka = node("9/day", "osaka", counts={"patience": 100, "pause": rival.wait_outside})
        rival.work = lambda: ask(osaka, "sf-1")
        berlin = node("9/day", "berlin", clock=MeetingClock(rival, 2))
        ask(berlin, "sf-1")
        rival.leave()
        assert look(berlin, "sf-1")[0].remaining == 7

    def test_last_request_on_two_nodes(self, node):
        """The last request of a quota goes to one of two nodes only."""
        rival = Rival()
        osaka = node("1/day", "osaka", counts={"patience": 100, "pause": rival.wait_outside})
        answers = []
        rival.work = lambda: answers.append(ask(osaka, "sf-1").allowed)
        berlin = node("1/day", "berlin", clock=MeetingClock(rival, 2))
        answers.append(ask(berlin, "sf-1").allowed)
        rival.leave()
        assert sorted(answers) == [False, True]

    def test_two_threads(self):
        """Two requests that reach one node at the same moment both count."""
        rival = Rival()
        store = MemoryStore(make_lock=lambda: Door(rival))
        other = open_gate(agreed("9/day"), store=store, clock=FixedClock())
        rival.work = lambda: ask(other, "sf-1")
        gate = open_gate(agreed("9/day"), store=store, clock=MeetingClock(rival, 2))
        ask(gate, "sf-1")
        rival.leave()
        assert look(other, "sf-1")[0].remaining == 7

    def test_many_threads(self):
        """Of many requests in one moment exactly as many pass as the limit says."""
        gate = open_gate(agreed("5/day"), clock=FixedClock())
        start = threading.Barrier(8)
        answers = []

        def run():
            start.wait(PATIENCE)
            answers.append(ask(gate, "sf-1").allowed)

        threads = [threading.Thread(target=run) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert sorted(answers) == [False] * 3 + [True] * 5

    def test_handing_back_meets_a_request(self):
        """A request that comes while another is handed back is counted."""
        rival = Rival()
        store = MemoryStore(make_lock=lambda: Door(rival))
        other = open_gate(agreed("9/day"), store=store, clock=FixedClock())
        ask(other, "sf-1", cost=4)
        rival.work = lambda: ask(other, "sf-1")
        gate = open_gate(agreed("9/day"), store=store, clock=MeetingClock(rival, 2))
        hand_back(gate, "sf-1", cost=2)
        rival.leave()
        assert look(other, "sf-1")[0].remaining == 6

    def test_reports_meet_requests(self):
        """A report that was drawn up does not change when requests go on."""
        tally = Tally()
        tally.count("saffron foods", "sf-1", "/", 0, 1, True)
        lines = tally.lines()
        tally.count("saffron foods", "sf-1", "/", 0, 1, True)
        assert [usage.passed for _, usage in lines] == [1]
