"""How the tests ask."""

from crosscheck import Refused


def refusal(action, *args, **options):
    """Code and words of a refusal; None where there is none."""
    try:
        action(*args, **options)
    except Refused as refused:
        return refused.code, str(refused)
    return None


def code(action, *args, **options):
    refused = refusal(action, *args, **options)
    return refused and refused[0]


def found(desk, account="main", **which):
    """Findings as they are read out: what is wrong, with which lines."""
    rows = desk.findings(account, **which).rows
    return [" ".join(filter(None, (row.kind, row.books, row.bank))) for row in rows]


def paired(desk, account="main", **which):
    """Matches as they are read out."""
    rows = desk.matches(account, **which).rows
    return [f"{row.books}={row.bank}" for row in rows]
