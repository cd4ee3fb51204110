import pytest
from asking import code, refusal

RENT = "2027-03-01 | -900.00 EUR | RE-1 | Rent"
SALE = "2027-03-02 | 120.00 EUR | INV-7 | Sale"


def test_lines_are_named_as_they_come(desk):
    """Lines of the books are called B1, B2 and so on, whatever their days."""
    assert desk.post("main", [SALE, RENT]) == ("B1", "B2")
    assert desk.post("main", [RENT]) == ("B3",)
    assert desk.line("main", "B2").day == "2027-03-01"


@pytest.mark.parametrize(
    ("name", "words"), [("B2", "B2"), (" ", "without a name")], ids=["B", "none"]
)
def test_a_line_that_is_not_there(desk, name, words):
    """Asking for a line that is not there is refused."""
    desk.post("main", [SALE])
    assert refusal(desk.line, "main", name) == ("R611", f"there is no line {words}")


def test_a_batch_comes_in_whole_or_not_at_all(desk):
    """One line that cannot be read keeps the whole batch out."""
    assert code(desk.post, "main", [SALE, RENT, "2027-03-02 | 1 EURO"]) == "R301"
    assert desk.lines("main", "books").rows == ()


def test_a_batch_sent_twice(desk):
    """A batch that is sent again under its key is entered once."""
    desk.post("main", [SALE, RENT], key="march-1")
    assert desk.post("main", [SALE, RENT], key="march-1") == ("B1", "B2")
    assert len(desk.lines("main", "books").rows) == 2


def test_a_batch_sent_twice_with_other_blanks(desk):
    """Blanks and empty lines do not make another batch of it."""
    desk.post("main", [SALE, RENT], key="march-1")
    spaced = ["  ", "2027-03-02 |  120.00 EUR | INV-7 |  Sale", RENT]
    assert desk.post("main", spaced, key=" march-1") == ("B1", "B2")


def test_another_batch_under_the_same_key(desk):
    """A key that was used for other lines is refused, and nothing is entered."""
    desk.post("main", [SALE], key="k1")
    refused = ("R305", "the batch k1 was something else before")
    assert refusal(desk.post, "main", [SALE, RENT], key="k1") == refused
    assert len(desk.lines("main", "books").rows) == 1


def test_a_key_that_is_too_long(desk):
    """A key of more than twenty-four characters is refused."""
    refused = ("R306", "a key has up to 24 characters")
    assert refusal(desk.post, "main", [SALE], key="march-2027-batch-numb-011") == refused


def test_a_blank_key(desk):
    """A blank key is none: the same lines are entered again."""
    desk.post("main", [SALE], key=" ")
    assert desk.post("main", [SALE], key=" ") == ("B2",)


def test_the_longest_key(desk):
    """A key of twenty-four characters serves, whatever blanks are around it."""
    desk.post("main", [SALE], key="march-2027-batch-numb-01")
    assert desk.post("main", [SALE], key=" march-2027-batch-numb-01") == ("B1",)


def test_the_same_statement_again(desk):
    """The same statement again changes nothing."""
    desk.receive("main", "2027/3", [SALE, RENT])
    assert desk.receive("main", "2027/3", [SALE, RENT]) == ("S1", "S2")
    assert len(desk.lines("main", "bank").rows) == 2


def test_the_number_of_a_statement(desk):
    """A statement is known by its number, whatever capitals and blanks it is written with."""
    desk.receive("main", "A-3", [SALE])
    assert desk.receive("main", " a-3 ", [SALE]) == ("S1",)


def test_a_statement_that_has_changed(desk):
    """A statement of a known number and with other lines is refused."""
    desk.receive("main", "A-3", [SALE])
    refused = ("R401", "the statement A-3 was something else before")
    assert refusal(desk.receive, "main", "a-3", [RENT]) == refused
    assert desk.line("main", "S1").text == "Sale"


@pytest.mark.parametrize(
    "balances",
    [{"opening": "5 EUR"}, {"closing": "125 EUR"}],
    ids=["opening", "closing"],
)
def test_a_statement_with_other_balances(desk, balances):
    """The balances belong to a statement as its lines do."""
    desk.receive("main", "A-3", [SALE])
    assert code(desk.receive, "main", "A-3", [SALE], **balances) == "R401"


def test_a_statement_without_a_number(desk):
    """A statement has a number."""
    assert refusal(desk.receive, "main", " ", [SALE]) == ("R402", "a statement needs a number")


def test_lines_know_their_statement(desk):
    """A line of the bank tells which statement it came with."""
    desk.receive("main", " A-3 ", [SALE])
    desk.post("main", [SALE])
    assert (desk.line("main", "S1").source, desk.line("main", "B1").source) == ("A-3", "")


def test_balances_that_do_not_agree(desk):
    """A statement whose lines lead elsewhere is refused, with all its lines."""
    refused = (
        "R404",
        "from 1000.00 EUR the lines lead to 1120.00 EUR, not to 1120.01 EUR",
    )
    options = {"opening": "1000 EUR", "closing": "1120.01 EUR"}
    assert refusal(desk.receive, "main", "1", [SALE], **options) == refused
    assert desk.lines("main", "bank").rows == ()


def test_statements_follow_each_other(desk):
    """A statement opens with what the one before has closed with."""
    desk.receive("main", "1", [SALE], opening="0 EUR", closing="120 EUR")
    assert refusal(desk.receive, "main", "2", [RENT], opening="119.99 EUR") == (
        "R403",
        "the statement opens with 119.99 EUR, the one before closed with 120.00 EUR",
    )
    assert desk.receive("main", "2", [RENT], opening="120.00 EUR") == ("S2",)


def test_a_statement_that_does_not_tell_its_end(desk):
    """A statement follows the last one that has told its closing balance."""
    desk.receive("main", "1", [SALE], closing="120 EUR")
    desk.receive("main", "2", [SALE], closing="240 EUR")
    desk.receive("main", "3", [RENT])
    assert code(desk.receive, "main", "4", [SALE], opening="120 EUR") == "R403"


def test_an_account_that_closed_with_nothing(desk):
    """A closing balance of nothing is one all the same."""
    desk.receive("main", "1", [SALE], opening="-120 EUR", closing="0 EUR")
    assert code(desk.receive, "main", "2", [SALE], opening="1 EUR") == "R403"
    desk.receive("main", "2", [SALE], opening="0 EUR", closing="120 EUR")
    assert desk.statements("main")[1].opening == "0.00 EUR"


def test_balances_in_another_currency(desk):
    """The balances of a statement are in the currency of the account."""
    refused = ("R113", "the account main is kept in EUR")
    assert refusal(desk.receive, "main", "1", [SALE], closing="5 USD") == refused
    assert code(desk.receive, "main", "1", [SALE], opening="") == "R201"
