"""Lists that come in pages, in both of the ways in which servers go on."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import cast

from gleaner.faults import LoopingError, MalformedError
from gleaner.metering import facts
from gleaner.wire import JSON, Item, PageBody, Query, flatten

log = logging.getLogger("gleaner.paging")

Read = Callable[["Ask"], Awaitable[JSON]]


@dataclass(frozen=True)
class Ask:
    """What is wanted of a list."""

    account: str
    path: str
    query: dict[str, str | int | bool | None]
    after: str | None
    limit: int

    def params(self) -> tuple[tuple[str, str], ...]:
        """The query that asks for this page, and where it goes on."""
        params = dict(self.query)
        params["limit"] = self.limit
        if self.after:
            params["after"] = self.after
        return flatten(params)


@dataclass(frozen=True)
class Page:
    """Some items, and where to go on, unless it was the last."""

    items: list[Item]
    next: str | None

    @property
    def end(self) -> str | None:
        """The id of the last item: a place to go on from at another time."""
        return str(self.items[-1]["id"]) if self.items else None


@dataclass
class Harvest:
    """A list as far as it was read."""

    path: str
    items: list[Item] = field(default_factory=list)
    pages: int = 0
    repeated: int = 0
    """Items that moved to a later page while the list was read."""
    complete: bool = False


def read_page(path: str, body: object) -> Page:
    """Check a page and find out where it goes on."""
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise MalformedError(f"{path} did not answer with a page")
    if any(not isinstance(item, dict) or "id" not in item for item in items):
        raise MalformedError(f"{path} has an item without an id")
    page = cast("PageBody", body)
    if "next" in page:
        return Page(items, page["next"])
    if not page.get("has_more", False):
        return Page(items, None)
    if not items:
        raise MalformedError(f"{path} promises more after an empty page")
    return Page(items, str(items[-1]["id"]))


@dataclass
class Pager:
    """Reads pages one after the other."""

    read: Read
    page_size: int
    most_pages: int

    def ask(self, account: str, path: str, query: Query | None, after: str | None) -> Ask:
        """Put a question together that goes for pages of the usual size."""
        return Ask(account, path, query or {}, after, self.page_size)

    async def page(self, ask: Ask) -> Page:
        """Read one page."""
        return read_page(ask.path, await self.read(ask))

    async def collect(self, ask: Ask, at_most: int | None) -> Harvest:
        """Read a list page by page to its end, every item once, or until there are so many items."""
        harvest = Harvest(ask.path)
        seen: set[str] = set()
        visited = {ask.after}
        after = ask.after
        while at_most is None or len(harvest.items) < at_most:
            limit = self._limit(harvest, at_most)
            page = await self.page(replace(ask, after=after, limit=limit))
            harvest.pages += 1
            for item in page.items:
                mark = str(item["id"])
                if mark in seen:
                    harvest.repeated += 1
                    continue
                seen.add(mark)
                harvest.items.append(item)
            after = page.next
            if not after:
                harvest.complete = at_most is None or len(harvest.items) <= at_most
                break
            if after in visited:
                raise LoopingError(ask.path, after)
            exhausted = harvest.pages >= self.most_pages
            if exhausted:
                log.warning("list left unfinished", extra=facts(path=ask.path, pages=harvest.pages))
                break
            visited.add(after)
        if at_most is not None:
            del harvest.items[at_most:]
        return harvest

    def _limit(self, harvest: Harvest, at_most: int | None) -> int:
        """How many items the next page is asked for: no more than are wanted."""
        if at_most is None:
            return self.page_size
        return min(self.page_size, at_most - len(harvest.items))
