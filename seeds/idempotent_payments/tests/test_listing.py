import pytest
from builders import held, listed, paid, refusal


@pytest.fixture
def busy(shop, clock):
    """A shop with charges over 100, 200, 300 and 400, a minute apart."""
    for amount in (100, 200, 300, 400):
        paid(shop, amount)
        clock.advance(minutes=1)
    return shop


class TestPages:
    def test_newest_first(self, busy):
        """Charges are listed newest first."""
        assert listed(busy.charges.list()) == [400, 300, 200, 100]

    def test_a_page(self, busy):
        """A page has as many charges as asked for."""
        assert listed(busy.charges.list(limit=3)) == [400, 300, 200]

    def test_there_is_more(self, busy):
        """A page tells that there is more."""
        assert busy.charges.list(limit=3).body["has_more"] is True

    def test_there_is_no_more(self, busy):
        """A page that ends with the last charge tells that there is no more."""
        assert busy.charges.list(limit=4).body["has_more"] is False

    def test_the_next_page(self, busy):
        """The next page begins after the last charge of the page before."""
        assert listed(busy.charges.list(limit=2, starting_after="ch_3")) == [200, 100]

    def test_the_next_page_has_more(self, busy):
        """A page in the middle tells that there is more."""
        assert busy.charges.list(limit=1, starting_after="ch_3").body["has_more"] is True

    def test_behind_the_last(self, busy):
        """There is nothing behind the oldest charge."""
        page = busy.charges.list(starting_after="ch_1").body
        assert (page["data"], page["has_more"]) == ([], False)

    def test_going_back(self, busy):
        """The page before ends with the charge next to the one it was asked from."""
        assert listed(busy.charges.list(limit=2, ending_before="ch_1")) == [300, 200]

    def test_going_back_has_more(self, busy):
        """Going back tells whether there are newer charges still."""
        assert busy.charges.list(limit=2, ending_before="ch_1").body["has_more"] is True

    def test_going_back_to_the_newest(self, busy):
        """Going back tells when the newest charge is reached."""
        page = busy.charges.list(limit=3, ending_before="ch_1").body
        assert ([row["amount"] for row in page["data"]], page["has_more"]) == (
            [400, 300, 200],
            False,
        )

    def test_before_the_newest(self, busy):
        """There is nothing before the newest charge."""
        assert listed(busy.charges.list(ending_before="ch_4")) == []

    def test_ten_by_default(self, shop):
        """A page has ten charges by default."""
        for _ in range(11):
            held(shop)
        page = shop.charges.list().body
        assert (len(page["data"]), page["has_more"]) == (10, True)

    def test_at_the_same_second(self, shop):
        """Of two charges at the same second the later one is listed first."""
        paid(shop, 100)
        paid(shop, 200)
        assert listed(shop.charges.list()) == [200, 100]

    def test_pages_at_the_same_second(self, shop):
        """No charge is missing or doubled between pages where all are of the same second."""
        for amount in (100, 200, 300):
            paid(shop, amount)
        pages = listed(shop.charges.list(limit=2)) + listed(
            shop.charges.list(limit=2, starting_after="ch_2")
        )
        assert pages == [300, 200, 100]

    def test_going_back_at_the_same_second(self, shop):
        """Going back misses nothing where all charges are of the same second."""
        for amount in (100, 200, 300):
            paid(shop, amount)
        assert listed(shop.charges.list(ending_before="ch_1")) == [300, 200]

    def test_the_clock_is_set_back(self, shop, clock):
        """Charges are listed by their date though the clock was set back in between."""
        paid(shop, 100)
        clock.set_wall(clock.now() - 3600)
        paid(shop, 200)
        assert listed(shop.charges.list()) == [100, 200]

    def test_new_charges_do_not_shift_pages(self, busy):
        """A charge made between two pages does not shift the second one."""
        busy.charges.list(limit=2)
        paid(busy, 500)
        assert listed(busy.charges.list(limit=2, starting_after="ch_3")) == [200, 100]

    @pytest.mark.parametrize("limit", [1, 100])
    def test_bounds(self, busy, limit):
        """A page can have between one and a hundred charges."""
        assert busy.charges.list(limit=limit).status == 200

    @pytest.mark.parametrize("limit", [0, 101])
    def test_out_of_bounds(self, busy, limit):
        """A page cannot have no charges at all or a hundred and one."""
        answer = busy.charges.list(limit=limit)
        assert refusal(answer) == (400, "parameter_invalid", "limit")

    def test_unknown_cursors(self, busy):
        """A page cannot begin after a charge that does not exist."""
        answer = busy.charges.list(starting_after="ch_77")
        assert refusal(answer) == (400, "resource_missing", "starting_after")

    def test_unknown_ends(self, busy):
        """A page cannot end before a charge that does not exist."""
        answer = busy.charges.list(ending_before="ch_77")
        assert refusal(answer) == (400, "resource_missing", "ending_before")

    def test_cursors_of_others(self, busy, other):
        """A page cannot begin after a charge of another shop."""
        answer = other.charges.list(starting_after="ch_2")
        assert refusal(answer) == (400, "resource_missing", "starting_after")

    def test_both_ways(self, busy):
        """A page cannot be asked for in both directions."""
        answer = busy.charges.list(starting_after="ch_3", ending_before="ch_1")
        assert refusal(answer) == (400, "parameter_invalid", "ending_before")

    def test_charges_of_others(self, busy, other):
        """Charges of another shop are not listed."""
        paid(other, 900)
        assert listed(other.charges.list()) == [900]


class TestFilters:
    def test_status(self, busy):
        """Charges can be listed by status."""
        held(busy, 500)
        assert listed(busy.charges.list(status="authorized")) == [500]

    def test_unknown_status(self, busy):
        """A status that does not exist cannot be asked for."""
        answer = busy.charges.list(status="lost")
        assert refusal(answer) == (400, "parameter_invalid", "status")

    def test_from(self, busy, clock):
        """Charges can be listed from a second on, that second included."""
        assert listed(busy.charges.list(created_from=clock.now() - 120)) == [400, 300]

    def test_before(self, busy, clock):
        """Charges can be listed up to a second, that second not included."""
        assert listed(busy.charges.list(created_before=clock.now() - 120)) == [200, 100]

    def test_between(self, busy, clock):
        """Charges can be listed between two seconds."""
        page = busy.charges.list(created_from=clock.now() - 180, created_before=clock.now() - 60)
        assert listed(page) == [300, 200]

    def test_pages_of_some(self, busy):
        """A page of some charges tells whether there are more of these."""
        for amount in (500, 600):
            held(busy, amount)
        assert busy.charges.list(status="authorized", limit=2).body["has_more"] is False

    def test_cursor_of_another_kind(self, busy):
        """A page of some charges can begin after a charge that is none of them."""
        held(busy, 500)
        page = busy.charges.list(status="captured", starting_after="ch_5", limit=1)
        assert listed(page) == [400]

    def test_long_ago(self, busy):
        """Charges can be listed from a second before the year 1970 on."""
        assert listed(busy.charges.list(created_from=-1)) == [400, 300, 200, 100]

    def test_zero_is_a_second_too(self, busy):
        """Nothing was charged before the year 1970."""
        assert listed(busy.charges.list(created_before=0)) == []
