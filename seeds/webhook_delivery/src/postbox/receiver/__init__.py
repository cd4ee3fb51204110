"""A desk that keeps orders from the events it is sent, each of them taken into account once."""

from postbox.receiver.application import OrderDesk
from postbox.receiver.inbox import Inbox, Notice, Order

__all__ = ["Inbox", "Notice", "Order", "OrderDesk"]
