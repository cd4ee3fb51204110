"""Changes to source text, said in terms of nodes: replace, remove, move and insert, put together with `+`.

A Change knows nodes; offsets come in when it is turned into edits. What an operator gives as text is written into the
file as it stands, so that everything around it stays as its author had it.
"""

from generator.changes.change import Change
from generator.changes.expressions import carried, cut, replace, rewrite, swap
from generator.changes.imports import import_name
from generator.changes.items import drop_item, drop_parameter
from generator.changes.layout import LOOSE, TIGHT, fits, one_line
from generator.changes.operands import continues, drop_operand, operands, operators
from generator.changes.statements import block_of, drop_branch, insert, move, remove, unwrap

__all__ = [
    "LOOSE", "TIGHT", "Change", "block_of", "carried", "continues", "cut", "drop_branch", "drop_item", "drop_operand",
    "drop_parameter", "fits", "import_name", "insert", "move", "one_line", "operands", "operators", "remove", "replace", "rewrite",
    "swap", "unwrap",
]  # fmt: skip
