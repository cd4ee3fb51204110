"""What is wrong with a configuration. A refused request is no error: it is a decision."""

from __future__ import annotations


class TollgateError(Exception):
    """Base of everything raised on purpose."""


class ConfigError(TollgateError):
    """A configuration that cannot be used."""


class DurationError(ConfigError):
    """A length of time that cannot be read."""


class RuleError(ConfigError):
    """A rule that cannot be read, with the column of the trouble (1 is the first)."""

    def __init__(self, text: str, position: int, problem: str) -> None:
        super().__init__(f"“{text}”, column {position}: {problem}")
        self.text = text
        self.position = position
        self.problem = problem


class PolicyError(ConfigError):
    """A policy that cannot be read, with the line of the trouble (1 is the first)."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem


class StoreError(TollgateError):
    """The shared counters cannot be reached. Callers of the gate get a decision instead."""
