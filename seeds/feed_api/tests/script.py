"""What the people in the tests do, and how pages read."""

from riverbed import Feed, Page, ReceiverError
from riverbed.records import Card, Notice


def line(card: Card) -> str:
    """A card in one line: number, author, text, and what hangs on it."""
    counts = [f"{kind} {number}" for kind, number in card["reactions"].items()]
    if card["comment_count"]:
        counts.append(f"{card['comment_count']} said")
    told = f" ({', '.join(counts)})" if counts else ""
    return f"{card['id']} {card['author']}: {card['body']}{told}"


def lines(page: Page) -> list[str]:
    """A page as it reads."""
    return [line(card) for card in page.cards]


def bodies(page: Page) -> list[str]:
    """The texts of a page."""
    return [card["body"] for card in page.cards]


def diary(*words: str) -> list[tuple[str, str]]:
    """Old posts of this morning, a minute apart from 08:00 on."""
    return [(f"2026-05-04T08:{minute:02}", word) for minute, word in enumerate(words)]


def through(feed: Feed, viewer: str, limit: int, **wish) -> list[list[str]]:
    """All pages from the first to the last."""
    page = feed.page(viewer, limit=limit, **wish)
    pages = [bodies(page)]
    while page.next is not None and len(pages) < 9:
        page = feed.page(viewer, limit=limit, after=page.next)
        pages.append(bodies(page))
    return pages


class Phone:
    """Takes notices, but for the first few times."""

    def __init__(self, down: int = 0) -> None:
        self.down = down
        self.tries: list[Notice] = []
        self.taken: list[Notice] = []

    def __str__(self) -> str:
        if self.down == 1:
            return "a phone that is off at first"
        return f"a phone that is off the first {self.down} times" if self.down else "a phone"

    def __call__(self, notice: Notice) -> None:
        self.tries.append(notice)
        if len(self.tries) <= self.down:
            raise ReceiverError("no signal")
        self.taken.append(notice)

    def read(self) -> list[str]:
        return [str(notice) for notice in self.taken]
