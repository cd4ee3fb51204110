def test_hits_and_misses(box):
    """Reads that found something are told from those that did not."""
    box.put("a", "1")
    box.get("a")
    box.get("a")
    box.get("b")

    stats = box.stats()

    assert (stats.hits, stats.misses, stats.rate) == (2, 1, "66.7 %")


def test_no_rate_yet(box):
    """Before the first read there is no rate of hits."""
    box.put("a", "1")

    figures = box.stats()
    assert (figures.hits, figures.misses, figures.rate) == (0, 0, "-")


def test_half_a_tenth(box):
    """The rate of hits is rounded to a tenth of a per cent, half of it up."""
    box.put("a", "1")
    box.get("a")
    for _ in range(15):
        box.get("b")

    assert box.stats().rate == "6.3 %"


def test_changes_are_counted(box):
    """Changes are counted by what they were."""
    box.agree("main", entries=3)
    for key in ("a", "b", "c", "d"):
        box.put(key, "x", ttl="5s")
    box.delete("b")
    box.clock.advance(seconds=5)
    box.sweep()

    stats = box.stats()

    assert (stats.written, stats.deleted, stats.expired, stats.evicted) == (4, 1, 2, 1)


def test_figures_of_a_space(box):
    """Each space has its own figures, and the box those of all."""
    box.put("a", "1")
    box.put("a", "1", space="carts")
    box.get("a", space="carts")
    box.get("b")

    figures = box.stats("carts")
    assert (figures.hits, figures.misses, figures.written) == (1, 0, 1)
    figures = box.stats("main")
    assert (figures.hits, figures.misses, figures.written) == (0, 1, 1)
    figures = box.stats()
    assert (figures.hits, figures.misses, figures.written) == (1, 1, 2)


def test_figures_of_nothing(box):
    """A space nobody has heard of has no figures, though a read of it is a miss of the box."""
    box.get("a", space="carts")

    assert box.stats("carts").misses == 0
    assert box.stats().misses == 1


def test_figures_twice(box):
    """To look at the figures of a space does not change them."""
    box.put("a", "1", space="carts")
    box.stats("carts")

    assert box.stats("carts").written == 1


def test_figures_go_with_the_space(box):
    """The figures of a space go with it, those of the box stay."""
    box.put("a", "1", space="carts")
    box.delete("a", space="carts")
    box.put("a", "1", space="carts")

    assert box.stats("carts").written == 1
    assert box.stats().written == 2


def test_figures_stay_with_limits(box):
    """A space with limits keeps its figures when it is empty."""
    box.agree("carts", entries=5)
    box.put("a", "1", space="carts")
    box.delete("a", space="carts")

    figures = box.stats("carts")
    assert (figures.written, figures.deleted) == (1, 1)


def test_figures_stay_with_new_limits(box):
    """A space keeps its figures when its limits change."""
    box.put("a", "1", space="carts")
    box.agree("carts", entries=5)

    assert box.stats("carts").written == 1


def test_figures_anew(box):
    """Figures can be begun anew, those of spaces as well."""
    box.put("a", "1", space="carts")
    box.get("a", space="carts")
    box.reset_stats()
    box.get("a", space="carts")

    figures = box.stats()
    assert (figures.hits, figures.written) == (1, 0)
    figures = box.stats("carts")
    assert (figures.hits, figures.written) == (1, 0)


def test_what_is_held(box):
    """It is told how many things of each kind are held inside."""
    box.put("a", "1", ttl="5s", tags=["x", "y"])
    box.put("b", "1", ttl="1h", tags=["x"], space="carts")
    box.watch()
    box.lock("report", "ana")
    box.queue("report", "ben")
    box.put_under("report", 1, "c", "1")
    box.count("visits")
    box.multi(request="r-1").commit()

    held = box.footprint()

    assert (held.entries, held.buckets, held.tags, held.bound, held.spaces) == (3, 3, 3, 1, 2)
    assert (held.changes, held.watches, held.leases, held.waiting) == (3, 1, 1, 1)
    assert (held.lists, held.lines, held.counters, held.requests) == (4, 1, 1, 1)


def test_nothing_is_left(box):
    """When everything has run out and was swept nothing is held any more."""
    box.put("a", "1", ttl="5s", tags=["x"], space="carts")
    box.watch()
    box.lock("report", "ana")
    box.queue("report", "ben")
    box.put_under("report", 1, "c", "1")
    box.count("visits")
    box.multi(request="r-1").commit()
    box.clock.advance(days=2)
    box.sweep()

    held = box.footprint()

    assert (held.entries, held.buckets, held.tags, held.bound, held.spaces) == (0, 0, 0, 0, 1)
    assert (held.watches, held.leases, held.waiting, held.counters, held.requests) == (
        0,
        0,
        0,
        0,
        0,
    )
    assert (held.lists, held.lines) == (0, 0)


def test_buckets_of_what_was_replaced(box):
    """An entry that is replaced again and again leaves nothing behind."""
    for ttl in ("10s", "1m", "1h", "1d"):
        box.put("a", "1", ttl=ttl, tags=[ttl])

    held = box.footprint()
    assert (held.buckets, held.tags) == (1, 1)


def test_buckets_of_what_was_deleted(box):
    """What was deleted leaves nothing behind."""
    box.put("a", "1", ttl="1h", tags=["x"])
    box.put("b", "1", ttl="1h", tags=["x"])
    box.delete("a")
    held = box.footprint()
    assert (held.buckets, held.tags) == (1, 1)

    box.delete("b")
    held = box.footprint()
    assert (held.buckets, held.tags) == (0, 0)


def test_buckets_are_shared(box):
    """What runs out at about the same time is kept together, ten seconds at a time."""
    box.put("a", "1", ttl=9_999)
    box.put("b", "1", ttl=1)
    assert box.footprint().buckets == 1

    box.put("c", "1", ttl=10_000)
    assert box.footprint().buckets == 2


def test_bonds_of_what_was_deleted(box):
    """What was put under a lock and deleted is not bound to it any more."""
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")
    box.put_under("report", 1, "b", "1")
    box.delete("a")
    assert box.footprint().bound == 1

    box.delete("b")
    assert box.footprint().bound == 0


def test_a_sweep_tells_all(box):
    """A sweep tells of each kind how much has gone."""
    box.put("a", "1", ttl="5s")
    box.lock("report", "ana")
    box.watch()
    box.count("visits", per="minute")
    box.multi(request="r-1").commit()
    box.clock.advance(days=1)

    swept = box.sweep()

    assert (swept.expired, swept.looked, swept.leases) == (1, 1, 1)
    assert (swept.watches, swept.counters, swept.requests) == (1, 1, 1)
