"""Structured log records: what happened, and for which tenant, key and rule."""

from __future__ import annotations

import logging

NOBODY = "-"
_SHOWN = 3


def note(
    logger: logging.Logger,
    event: str,
    *,
    tenant: str = NOBODY,
    key: str = "",
    rule: str = NOBODY,
    level: int = logging.INFO,
    **fields: object,
) -> None:
    """Write one record."""
    facts = {"tenant": tenant, "key": masked(key), "rule": rule}
    logger.log(level, event, extra={**facts, **fields})


def masked(key: str) -> str:
    """Shorten a key so that nobody can use it out of a log."""
    if not key:
        return NOBODY
    if len(key) <= 2 * _SHOWN:
        return key[:1] + "…"
    return f"{key[:_SHOWN]}…{key[-1]}"
