"""The hand-built challenge of the judge's tests serves here too."""

from tests.judge.conftest import challenge, handed_out  # noqa: F401 - fixtures
