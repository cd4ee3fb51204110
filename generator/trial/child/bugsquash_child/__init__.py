"""What runs inside a seed's interpreter: standard library, pytest, and coverage before Python 3.12; Python 3.9 syntax.

It reads a job (JSON) from the first line of standard input and appends its findings as JSON lines to the file that the job
names; a job to stay and serve is followed by requests, a line each: see `server`.
"""
