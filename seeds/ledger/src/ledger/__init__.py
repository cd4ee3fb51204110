"""A double-entry ledger for payment accounts."""

from ledger.api import Ledger
from ledger.errors import LedgerError
from ledger.money import Money
from ledger.payments import Instruction

__all__ = ["Instruction", "Ledger", "LedgerError", "Money"]
