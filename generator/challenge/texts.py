"""The templates of what is written, rendered as Markdown: nothing is escaped, and a name that is not there is an error."""

from __future__ import annotations

import re

import jinja2


def environment(package: str) -> jinja2.Environment:
    """The templates of a package."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


ENVIRONMENT = environment("generator.challenge")
_COUNTED = re.compile(r"\b(\d[\d,]*)((?: [\w-]+)*? [\w-]+)\(s\)")


def render(name: str, **values: object) -> str:
    """The template file `name` over these values."""
    return ENVIRONMENT.get_template(name).render(values)


def counted(text: str) -> str:
    """`1 day(s)` → `1 day`, `3 day(s)` → `3 days`: a seed's phrases are written before the number is known."""
    return _COUNTED.sub(
        lambda found: found[1] + (found[2] if found[1] == "1" else _plural(found[2])), text
    )


def _plural(noun: str) -> str:
    """As English spells it where the rule has no exceptions: `days`, `deliveries`, `batches`."""
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if re.search(r"(s|x|z|ch|sh)$", noun) else "s")
