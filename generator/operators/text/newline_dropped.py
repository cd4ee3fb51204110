"""Open a file without saying that its line ends are to stay: `newline=""` goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_item
from generator.operators import Example, operator
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

OPENERS = frozenset(
    {
        "open",
        "TextIOWrapper",
        "StringIO",
        "fdopen",
        "NamedTemporaryFile",
        "TemporaryFile",
        "write_text",
    }
)


@operator(
    family="text",
    change="argument",
    story="The file opens without it as well, and on the machine where it was written nothing looks different.",
    symptom="Line ends inside fields change on the way, or empty lines appear between the rows on some systems.",
    hint="Send a field with each kind of line end there and back.",
    evidence=[
        "the documentation of csv asks for it in every example",
        "arguments missing: 11.4 % of one-line fixes in payment-like libraries, with wrong ones",
    ],
    examples=[
        Example(
            "with open(path, 'w', newline='') as file:  # é\n    write(file)\n",
            "with open(path, 'w') as file:  # é\n    write(file)\n",
        ),
        Example(
            "with path.open(\n    encoding='utf-8',\n    # as they are\n    newline=\"\",\n) as file:\n    read(file)\n",
            "with path.open(\n    encoding='utf-8',\n) as file:\n    read(file)\n",
        ),
        Example(
            "text = io.TextIOWrapper( raw , newline = '\\n' )\n",
            "text = io.TextIOWrapper( raw  )\n",
        ),
    ],
    untouched=[
        "with open(path) as file:\n    read(file)\n",
        "write(path, newline='')\n",
        "with open(path, newline=ends) as file:\n    read(file)\n",
        "with open(path, newline=None) as file:\n    read(file)\n",
    ],
)
def newline_dropped(target: cst.Call, _at: Context) -> Iterator[Change]:
    """Yield the call without it."""
    for arg in target.args:
        match arg:
            case cst.Arg(keyword=cst.Name("newline"), value=cst.SimpleString()):
                if last_name(target.func) in OPENERS:
                    yield drop_item(arg, target.args, target)
