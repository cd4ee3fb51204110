"""What runs inside a seed's interpreter: standard library, pytest, and coverage before Python 3.12; Python 3.9 syntax.

It reads one job (JSON) from standard input and appends its findings as JSON lines to the file the job names. The first
line carries the version of that protocol.
"""

PROTOCOL = 1
