"""Rate limits and quotas for a public API."""

from tollgate.algorithms import rehearse
from tollgate.decisions import Decision
from tollgate.errors import ConfigError, TollgateError
from tollgate.gate import Gate, ask, ask_patiently, hand_back, look, open_gate, start_over, tidy
from tollgate.policy import Policy, read_policy, with_key, with_tenant
from tollgate.retry import Client, send
from tollgate.rules import Rule, parse_rule, parse_rules
from tollgate.wsgi import call_app, guard

__all__ = [
    "Client",
    "ConfigError",
    "Decision",
    "Gate",
    "Policy",
    "Rule",
    "TollgateError",
    "ask",
    "ask_patiently",
    "call_app",
    "guard",
    "hand_back",
    "look",
    "open_gate",
    "parse_rule",
    "parse_rules",
    "read_policy",
    "rehearse",
    "send",
    "start_over",
    "tidy",
    "with_key",
    "with_tenant",
]
