import pytest
from stories import eur, funded, jpy, usd

from ledger import Instruction
from ledger.errors import AccountError, AccountNotFoundError, AmountError, FundsError, LimitError


@pytest.fixture
def wages(filed):
    """An account to pay wages from and two people to pay."""
    funded(filed, "Wage Account", eur("5000.00"))
    filed.open_account("Ada Brandt", "EUR")
    filed.open_account("Ben Okafor", "EUR")
    return filed


def test_a_batch_pays_every_line(wages):
    """All transfers of a batch are carried out in the order given."""
    made = wages.transfer_batch(
        [
            Instruction("Wage Account", "Ada Brandt", eur("2310.50"), "March"),
            Instruction("Wage Account", "Ben Okafor", eur("1999.99"), "March"),
        ]
    )
    assert [str(transfer.amount) for transfer in made] == ["2,310.50 EUR", "1,999.99 EUR"]
    assert wages.balance("Wage Account") == eur("689.51")


def test_each_line_keeps_its_reference(wages):
    """Every transfer of a batch carries the reference of its own line."""
    made = wages.transfer_batch(
        [
            Instruction("Wage Account", "Ada Brandt", eur("10.00"), "Travel 81"),
            Instruction("Wage Account", "Ben Okafor", eur("20.00"), "Travel 82"),
        ]
    )
    assert [transfer.reference for transfer in made] == ["Travel 81", "Travel 82"]


def test_a_batch_is_paid_as_a_whole_or_not_at_all(wages):
    """When the money does not suffice for the last line of a batch, no line is paid."""
    with pytest.raises(
        FundsError, match=r"line 2: available balance is 1,000.00 EUR, 1,000.01 EUR needed"
    ):
        wages.transfer_batch(
            [
                Instruction("Wage Account", "Ada Brandt", eur("4000.00")),
                Instruction("Wage Account", "Ben Okafor", eur("1000.01")),
            ]
        )
    assert wages.balance("Wage Account") == eur("5000.00")
    assert wages.balance("Ada Brandt") == eur("0")


def test_a_refused_batch_names_the_line(wages):
    """A refused batch says which of its lines was at fault."""
    with pytest.raises(AccountNotFoundError, match="line 1: there is no account carla"):
        wages.transfer_batch([Instruction("Wage Account", "Carla", eur("1.00"))])


def test_money_received_in_a_batch_can_be_passed_on(wages):
    """A later line of a batch may use money that an earlier line brought in."""
    wages.transfer_batch(
        [
            Instruction("Wage Account", "Ada Brandt", eur("75.00")),
            Instruction("Ada Brandt", "Ben Okafor", eur("75.00")),
        ]
    )
    assert wages.balance("Ben Okafor") == eur("75.00")


def test_a_batch_of_fifty_is_accepted(ledger):
    """A batch may contain fifty transfers."""
    funded(ledger, "Cashback", jpy("50"))
    ledger.open_account("Winner", "JPY")
    ledger.transfer_batch([Instruction("Cashback", "Winner", jpy("1"))] * 50)
    assert ledger.balance("Winner") == jpy("50")


@pytest.mark.parametrize("size", [0, 51], ids=["empty", "fifty-one"])
def test_a_batch_has_a_sensible_size(ledger, size):
    """A batch without transfers or with more than fifty is refused."""
    line = Instruction("Cashback", "Winner", jpy("1"))
    with pytest.raises(LimitError, match=f"1 to 50 transfers, not {size}"):
        ledger.transfer_batch([line] * size)


@pytest.fixture
def profits(ledger):
    """Profits to be shared out among partners."""
    funded(ledger, "Profits", usd("1000.00"))
    for name in ("Kim", "Lou", "Max"):
        ledger.open_account(name, "USD")
    return ledger


def test_a_distribution_pays_in_proportion(profits):
    """Partners receive their shares in proportion to their weights."""
    parts = profits.distribute("Profits", {"Kim": 5, "Lou": 3, "Max": 2}, usd("800.00"))
    assert parts == {"Kim": usd("400.00"), "Lou": usd("240.00"), "Max": usd("160.00")}


def test_a_distribution_pays_out_every_cent(profits):
    """What cannot be shared out evenly is still paid out, to the last cent."""
    profits.distribute("Profits", {"Kim": 1, "Lou": 1, "Max": 1}, usd("100.00"))
    assert profits.balance("Profits") == usd("900.00")
    assert profits.balance("Kim") == usd("33.34")
    assert profits.balance("Max") == usd("33.33")


def test_a_distribution_is_one_entry(profits):
    """A distribution appears as one movement on the account that pays."""
    profits.distribute("Profits", {"Kim": 1, "Lou": 2}, usd("30.00"), reference="Q1")
    lines = profits.statement("Profits").lines
    assert [str(line.amount) for line in lines] == ["1,000.00 USD", "-30.00 USD"]
    assert lines[1].reference == "Q1"


def test_a_share_too_small_to_pay_is_left_out(profits):
    """A partner whose share is less than a cent gets nothing and the others are paid."""
    parts = profits.distribute("Profits", {"Kim": 1, "Lou": 999}, usd("0.01"))
    assert parts == {"Kim": usd("0"), "Lou": usd("0.01")}
    assert profits.balance("Lou") == usd("0.01")


def test_a_distribution_may_use_up_the_balance(profits):
    """Exactly the available balance can be shared out."""
    profits.distribute("Profits", {"Kim": 1, "Lou": 1}, usd("1000.00"))
    assert profits.balance("Profits") == usd("0")


def test_a_distribution_needs_enough_money(profits):
    """No more than the available balance can be shared out."""
    with pytest.raises(FundsError, match=r"1,000.01 USD needed"):
        profits.distribute("Profits", {"Kim": 1, "Lou": 1}, usd("1000.01"))


def test_nobody_shares_out_to_themselves(profits):
    """The account that pays cannot be one of those that share."""
    with pytest.raises(AccountError, match="Profits cannot pay itself"):
        profits.distribute("Profits", {"Kim": 1, "Profits": 1}, usd("10.00"))


def test_a_frozen_account_shares_nothing_out(profits):
    """Nothing can be shared out from a frozen account."""
    profits.freeze("Profits")
    with pytest.raises(AccountError, match="Profits is frozen and cannot send money"):
        profits.distribute("Profits", {"Kim": 1}, usd("10.50"))


def test_closed_accounts_get_no_share(profits):
    """A distribution that names a closed account is refused as a whole."""
    profits.close_account("Max")
    with pytest.raises(AccountError, match="Max is closed and cannot receive money"):
        profits.distribute("Profits", {"Kim": 3, "Max": 1}, usd("11.50"))
    assert profits.balance("Kim") == usd("0")


def test_a_distribution_is_positive(profits):
    """Zero cannot be shared out."""
    with pytest.raises(AmountError, match=r"an amount must be more than zero, not 0.00 USD"):
        profits.distribute("Profits", {"Kim": 1}, usd("0"))
