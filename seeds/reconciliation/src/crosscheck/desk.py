"""The public face: a desk at which accounts are kept, lines come in, and both sides are compared."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Final

from crosscheck import audit, decisions, intake, reports, runs, terms
from crosscheck.ambient import Clock, log_event, request_scope, today
from crosscheck.measures import read_day
from crosscheck.outcomes import find_finding
from crosscheck.refusals import Refused
from crosscheck.shelf import VIEWS, Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

CHUNK: Final = 10_000
"""Lines of each side that a run keeps in memory."""

logger = logging.getLogger("crosscheck.desk")


class Desk:
    """Holds the books and runs. Accounts go by names, days and amounts are text such as `2027-03-01` and `120.00 EUR`."""

    def __init__(self, clock: Clock, *, chunk: int = CHUNK) -> None:
        if chunk < 1:
            raise Refused("R104", chunk=chunk)
        self._shelf = Shelf()
        self._clock = clock
        self._chunk = chunk

    def request(self, request_id: str) -> AbstractContextManager[None]:
        """Whatever is done inside is recorded and logged under this id."""
        return request_scope(request_id)

    @contextmanager
    def _call(self, name: str, account: str) -> Iterator[str]:
        """One call at a time; the id of the account is handed in."""
        with self._shelf.lock:
            try:
                yield terms.known_account(self._shelf, account)
            except Refused as error:
                log_event(logger, "refused", logging.WARNING, call=name, code=error.code)
                raise

    # accounts

    def open_account(self, account: str, currency: str) -> None:
        """Begin with an account."""
        with self._shelf.lock:
            terms.open_account(self._shelf, account, currency)

    def agree(
        self,
        account: str,
        *,
        tolerance: str | None = None,
        percent: str | None = None,
        early: int | None = None,
        late: int | None = None,
        working_days: bool | None = None,
    ) -> None:
        """Agree on how far lines may be apart and still match. What is None stays as it is."""
        with self._call("agree", account) as name:
            agreed = self._shelf.terms[name]
            wishes = {
                "tolerance": None
                if tolerance is None
                else terms.read_tolerance(agreed, name, tolerance),
                "basis_points": None if percent is None else terms.read_percentage(percent),
                "early": None if early is None else terms.check_days(early),
                "late": None if late is None else terms.check_days(late),
                "working_days": working_days,
            }
            terms.amend(self._shelf, name, wishes)

    def set_style(
        self, account: str, *, mark: str | None = None, offset: int | None = None
    ) -> None:
        """Say how the bank writes: what decimals follow, and how many minutes its clock is ahead of UTC."""
        with self._call("set_style", account) as name:
            terms.set_style(self._shelf, name, mark, offset)

    def set_limit(self, account: str, above: str | None) -> None:
        """Have differences above a limit confirmed by a second person; with None, none."""
        with self._call("set_limit", account) as name:
            terms.set_limit(self._shelf, name, above)

    def terms(self, account: str) -> reports.TermsView:
        """What is agreed for an account."""
        with self._call("terms", account) as name:
            return reports.terms(self._shelf.terms[name])

    # what comes in

    def post(self, account: str, rows: Sequence[str], *, key: str = "") -> tuple[str, ...]:
        """Enter lines into the books; what they are called comes back. A key makes it safe to send them twice."""
        with self._call("post", account) as name:
            return intake.post(self._shelf, self._clock, name, rows, key)

    def receive(
        self,
        account: str,
        number: str,
        rows: Sequence[str],
        *,
        opening: str | None = None,
        closing: str | None = None,
    ) -> tuple[str, ...]:
        """Take in a statement of the bank; what its lines are called comes back."""
        with self._call("receive", account) as name:
            balances = opening, closing
            return intake.receive(self._shelf, self._clock, name, number, rows, balances).lines

    # runs and decisions

    def reconcile(self, account: str, through: str | None = None) -> reports.RunView:
        """Compare both sides up to a day, without one up to today; what the run did comes back."""
        with self._call("reconcile", account) as name:
            offset = self._shelf.terms[name].style.offset
            day = today(self._clock, offset) if through is None else read_day(through, offset)
            run = runs.reconcile(self._shelf, self._clock, name, day, self._chunk)
            return reports.run_view(run)

    def accept(self, account: str, finding: int, *, by: str, reason: str) -> str:
        """Write a difference off; how the finding stands comes back."""
        with self._call("accept", account) as name:
            shelf = self._shelf
            return decisions.accept(shelf, self._clock, name, finding, by, reason).status.value

    def confirm(self, account: str, finding: int, *, by: str) -> None:
        """Write off what somebody else has proposed to."""
        with self._call("confirm", account) as name:
            decisions.confirm(self._shelf, self._clock, name, finding, by)

    def decline(self, account: str, finding: int, *, by: str) -> None:
        """Don't write off what was proposed."""
        with self._call("decline", account) as name:
            decisions.decline(self._shelf, self._clock, name, finding, by)

    def undo(self, account: str, finding: int, *, by: str) -> None:
        """Take back that a difference was written off."""
        with self._call("undo", account) as name:
            decisions.undo(self._shelf, self._clock, name, finding, by)

    def match(self, account: str, books: Sequence[str], bank: Sequence[str], *, by: str) -> int:
        """Settle lines that belong together; the number of the match comes back."""
        with self._call("match", account) as name:
            return decisions.match(self._shelf, self._clock, name, books, bank, by).number

    def release(self, account: str, match: int, *, by: str) -> None:
        """Take a match apart for good."""
        with self._call("release", account) as name:
            decisions.release(self._shelf, self._clock, name, match, by)

    def close_month(self, account: str, month: str, *, by: str) -> None:
        """Close a month."""
        with self._call("close_month", account) as name:
            decisions.close_month(self._shelf, self._clock, name, month, by)

    def reopen_month(self, account: str, month: str, *, by: str) -> None:
        """Open the month again that was closed last."""
        with self._call("reopen_month", account) as name:
            decisions.reopen_month(self._shelf, self._clock, name, month, by)

    # notices

    def deliver(self, take: Callable[[str], None], *, limit: int | None = None) -> audit.Delivery:
        """Hand out notices that are due. Nobody else has to wait while it lasts."""
        return audit.deliver(self._shelf, self._clock, take, limit)

    def parked(self) -> tuple[str, ...]:
        """The notices that were given up."""
        return reports.parked_notices(self._shelf)

    def unpark(self, notice: int) -> None:
        """Try a notice again that was given up."""
        audit.unpark(self._shelf, self._clock, notice)

    # what can be read

    def line(self, account: str, line: str) -> reports.LineView:
        """One line, and what has become of it."""
        with self._call("line", account) as name:
            return reports.line(self._shelf, name, line)

    def lines(
        self,
        account: str,
        side: str,
        *,
        state: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> reports.Page[reports.LineView]:
        """The lines of the books or of the bank, a page of them."""
        with self._call("lines", account) as name:
            return reports.lines(self._shelf, name, side, state, after=after, limit=limit)

    def finding(self, account: str, finding: int) -> reports.FindingView:
        """One finding."""
        with self._call("finding", account) as name:
            return reports.finding(find_finding(self._shelf, name, finding))

    def findings(
        self,
        account: str,
        *,
        kind: str | None = None,
        status: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> reports.Page[reports.FindingView]:
        """The unsettled findings, or those of another status, a page of them."""
        with self._call("findings", account) as name:
            return reports.findings(self._shelf, name, kind, status, after=after, limit=limit)

    def largest(self, account: str, count: int = 3) -> tuple[reports.FindingView, ...]:
        """The unsettled findings about most money."""
        with self._call("largest", account) as name:
            return reports.largest(self._shelf, name, count)

    def matches(
        self,
        account: str,
        *,
        how: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> reports.Page[reports.MatchView]:
        """The matches, a page of them."""
        with self._call("matches", account) as name:
            return reports.matches(self._shelf, name, how, after=after, limit=limit)

    def run(self, account: str, run: int) -> reports.RunView:
        """What a run did."""
        with self._call("run", account) as name:
            return reports.run(self._shelf, name, run)

    def runs(
        self, account: str, *, after: int = 0, limit: int | None = None
    ) -> reports.Page[reports.RunView]:
        """The runs, a page of them."""
        with self._call("runs", account) as name:
            return reports.runs(self._shelf, name, after=after, limit=limit)

    def statements(self, account: str) -> tuple[reports.StatementView, ...]:
        """The statements that have come in."""
        with self._call("statements", account) as name:
            return reports.statements(self._shelf, name)

    def summary(self, account: str) -> reports.Summary:
        """Both sides, and what explains the difference."""
        with self._call("summary", account) as name:
            return reports.summary(self._shelf, name)

    def counts(self, account: str) -> dict[str, int]:
        """How many findings of each kind are unsettled."""
        with self._call("counts", account) as name:
            return reports.counts(self._shelf, name)

    def turnover(self, account: str, side: str, month: str) -> reports.Turnover:
        """What one side has for a month."""
        with self._call("turnover", account) as name:
            return reports.turnover(self._shelf, name, side, month)

    def ages(self, account: str) -> tuple[reports.Age, ...]:
        """For how long findings wait."""
        with self._call("ages", account) as name:
            return reports.ages(self._shelf, self._clock, name)

    def history(
        self,
        account: str,
        *,
        by: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> reports.Page[str]:
        """What was done, and by whom, a page of it."""
        with self._call("history", account) as name:
            return reports.history(self._shelf, name, by, after=after, limit=limit)

    def export(self, account: str, *, delimiter: str = ";", mark: str = ",") -> str:
        """The unsettled findings as a file for spreadsheets."""
        with self._call("export", account) as name:
            return reports.export(self._shelf, name, delimiter, mark)

    def effort(self) -> int:
        """How often summaries had to be worked out anew."""
        return self._shelf.counters.get(VIEWS, 0)
