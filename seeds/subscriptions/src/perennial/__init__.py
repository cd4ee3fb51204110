"""Recurring billing for merchants: plans, subscriptions, invoices and what to do when they are not paid."""

from perennial.desk import Billing, Desk, Rehearsal
from perennial.errors import BillingError
from perennial.payments import SandboxGateway
from perennial.runtime import ManualClock

__all__ = ["Billing", "BillingError", "Desk", "ManualClock", "Rehearsal", "SandboxGateway"]
