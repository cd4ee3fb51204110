import pytest
from counterfoil import Money
from counterfoil.money import Rounding
from counterfoil.problems import CurrencyError
from counterfoil.store import Shelf


class TestMoney:
    @pytest.mark.parametrize(
        ("minor", "currency", "text"),
        [
            (5, "EUR", "0.05 EUR"),
            (-5, "EUR", "-0.05 EUR"),
            (123456, "EUR", "1,234.56 EUR"),
        ],
        ids=["cents", "minus", "thousands"],
    )
    def test_text(self, minor, currency, text):
        """An amount is written with the decimals of its currency."""
        assert str(Money(minor, currency)) == text

    def test_mixed_sums(self):
        """Amounts of two currencies can't be added up."""
        with pytest.raises(CurrencyError, match="EUR is wanted here, not USD"):
            assert Money(1, "EUR") + Money(1, "USD")

    def test_mixed_differences(self):
        """Amounts of two currencies can't be taken from each other."""
        with pytest.raises(CurrencyError, match="JPY is wanted here, not USD"):
            assert Money(1, "JPY") - Money(1, "USD")

    def test_mixed_comparisons(self):
        """Amounts of two currencies can't be compared."""
        with pytest.raises(CurrencyError):
            assert Money(1, "EUR") < Money(2, "USD")

    @pytest.mark.parametrize(
        ("minor", "weights", "shares"),
        [
            (100, [1, 1, 1], ["0.34 EUR", "0.33 EUR", "0.33 EUR"]),
            (5, [1, 2, 4], ["0.01 EUR", "0.01 EUR", "0.03 EUR"]),
            (2, [5, 0, 5], ["0.01 EUR", "0.00 EUR", "0.01 EUR"]),
            (7, [0, 0], ["0.00 EUR", "0.00 EUR"]),
        ],
        ids=["thirds", "rests", "weightless", "nobody"],
    )
    def test_apportioning(self, minor, weights, shares):
        """An amount is divided by weight, odd units to the largest rests and then to the first."""
        assert [str(share) for share in Money(minor, "EUR").apportion(weights)] == shares

    @pytest.mark.parametrize(
        ("minor", "way", "share"),
        [(5, "half up", "0.03 EUR"), (5, "half even", "0.02 EUR"), (-5, "half up", "-0.03 EUR")],
        ids=["up", "even", "minus"],
    )
    def test_halves(self, minor, way, share):
        """Half of an odd amount is rounded the agreed way."""
        assert str(Money(minor, "EUR").share(1, 2, Rounding.parse(way))) == share


class TestShelves:
    def test_kept(self):
        """An answer is worked out once while nothing changes."""
        shelf = Shelf()
        shelf.fetch("hale", "EUR", lambda: "first")
        assert shelf.fetch("hale", "EUR", lambda: "second") == "first"

    def test_forgotten(self):
        """After a change an answer is worked out anew."""
        shelf = Shelf()
        shelf.fetch("hale", "EUR", lambda: "first")
        shelf.forget("hale")
        assert shelf.fetch("hale", "EUR", lambda: "second") == "second"

    def test_others(self):
        """A change of one customer's affairs leaves the answers for others alone."""
        shelf = Shelf()
        shelf.fetch("hale", "EUR", lambda: "first")
        shelf.forget("quay")
        assert shelf.fetch("hale", "EUR", lambda: "second") == "first"

    def test_room(self):
        """A shelf has room for so many answers and no more."""
        shelf = Shelf(2)
        for name in ("a", "b", "c"):
            shelf.fetch(name, "EUR", lambda: "kept")
        assert len(shelf) == 2

    def test_least_asked_for(self):
        """The answer that was not asked for longest goes first."""
        shelf = Shelf(2)
        for name in ("a", "b", "a", "c"):
            shelf.fetch(name, "EUR", lambda: "kept")
        assert shelf.fetch("a", "EUR", lambda: "anew") == "kept"
        assert shelf.fetch("b", "EUR", lambda: "anew") == "anew"

    def test_answers_of_nothing(self):
        """An answer of nothing is an answer too."""
        shelf = Shelf()
        shelf.fetch("hale", "EUR", lambda: None)
        assert shelf.fetch("hale", "EUR", lambda: "second") is None
