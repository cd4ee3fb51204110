"""Keys, spaces, tags and owners as people type them, and as the box knows them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sandglass.outcomes import NamingError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAIN = "main"
KEY_LONGEST = 128
OWNER_LONGEST = 64
TAGS_MOST = 8

Address = tuple[str, str]
"""Space and key."""

_SPACE = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def clean_key(text: str) -> str:
    """A key: case counts, blanks around it do not, and letters are the same however they are composed."""
    key = unicodedata.normalize("NFC", text).strip()
    if not key:
        raise NamingError("a key is not empty")
    if len(key) > KEY_LONGEST:
        raise NamingError(f"a key has {KEY_LONGEST} characters at most")
    if not key.isprintable():
        raise NamingError("a key has no control characters")
    return key


def clean_prefix(text: str) -> str:
    """The beginning of keys; may be empty, and may end with a blank."""
    return unicodedata.normalize("NFC", text).lstrip()


def clean_space(text: str) -> str:
    """The name of a space, in small letters."""
    space = text.strip().casefold()
    if not _SPACE.fullmatch(space):
        raise NamingError(f"'{text}' is no name for a space")
    return space


def clean_owner(text: str) -> str:
    """Who holds a lock. Blanks inside count as one."""
    owner = " ".join(text.split())
    if not owner:
        raise NamingError("an owner has a name")
    if len(owner) > OWNER_LONGEST:
        raise NamingError(f"an owner has {OWNER_LONGEST} characters at most")
    return owner


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags in order, each once, in small letters."""
    cleaned = sorted({tag.strip().casefold() for tag in tags})
    if "" in cleaned:
        raise NamingError("a tag is not empty")
    if len(cleaned) > TAGS_MOST:
        raise NamingError(f"an entry has {TAGS_MOST} tags at most")
    return tuple(cleaned)


def size_of(text: str) -> int:
    """What a key or a value weighs: its bytes in UTF-8."""
    return len(text.encode())
