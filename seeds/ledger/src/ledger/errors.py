"""Everything the ledger refuses, each with a message that can be shown to a customer."""


class LedgerError(Exception):
    """Base of all refusals."""


class AmountError(LedgerError):
    """An amount that is malformed, out of range or of the wrong sign."""


class CurrencyError(LedgerError):
    """A currency that is unknown or does not fit."""


class AccountError(LedgerError):
    """An account that cannot be used in this way."""


class AccountNotFoundError(AccountError):
    """No account of that name."""


class ConflictError(LedgerError):
    """Somebody else changed the record in the meantime."""


class FundsError(LedgerError):
    """Not enough money available."""


class LimitError(LedgerError):
    """A limit agreed with the customer would be passed."""


class EntryError(LedgerError):
    """A journal entry that cannot be booked or reversed."""


class PeriodError(LedgerError):
    """A date or month that is not open for this."""


class HoldError(LedgerError):
    """A hold that cannot be placed or moved on."""


class QuoteError(LedgerError):
    """No usable rate or quote."""


class DuplicateRequestError(LedgerError):
    """An idempotency key that was used for something else."""


class RefundError(LedgerError):
    """A payment that cannot be refunded."""


class CursorError(LedgerError):
    """A page marker that does not belong to this statement."""


class ProjectionError(LedgerError):
    """The balance projection was offered events it cannot apply."""
