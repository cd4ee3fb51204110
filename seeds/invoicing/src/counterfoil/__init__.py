"""Invoices from draft to paid."""

from counterfoil.money import Money
from counterfoil.office import Office
from counterfoil.postroom import Tray
from counterfoil.problems import InvoicingError
from counterfoil.runtime import FixedClock
from counterfoil.sheet import Item
from counterfoil.stamping import InkStamp

__all__ = ["FixedClock", "InkStamp", "InvoicingError", "Item", "Money", "Office", "Tray"]
