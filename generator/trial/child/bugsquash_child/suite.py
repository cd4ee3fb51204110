"""Runs the tests that a job names."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from typing import Any

import pytest

from bugsquash_child import debugger
from bugsquash_child.effects import Effects
from bugsquash_child.linemap import LineMap
from bugsquash_child.mapped_run import MappedRun
from bugsquash_child.plugin import Plugin
from bugsquash_child.report import Report
from bugsquash_child.steps import StepsPlugin

KEPT_OUT = ("faulthandler", "xdist", "randomly", "random_order", "cov", "pytest_cov", "doctest")


def run(job: dict[str, Any], *others: object) -> int:
    """Run pytest in the job's tree, with other plugins where wanted, and write the report. Returns pytest's exit status."""
    tree = job["tree"]
    os.chdir(tree)
    report = Report(job["report"], tree)
    report.say("start", loaded=job["package"] in sys.modules)
    for entry in reversed(job["path"]):
        sys.path.insert(0, os.path.join(tree, entry))  # noqa: PTH118
    lines = LineMap(tree, job["source"]) if job["task"] == "lines" else None
    plugin = Plugin(job, report, lines)
    Effects(report, lambda: plugin.running, writes=lines is not None)
    if lines:
        lines.start()
    mapped = MappedRun(plugin)
    if job["report_mapped"]:
        others = (*others, mapped)
    if job["task"] == "debug":
        others = (*others, debugger.DebuggerPlugin(report, job["watch"]["commands"]))
    steps = StepsPlugin(plugin, plugin.line_now)
    status = int(pytest.main(_arguments(job), plugins=[plugin, steps, *others]))
    plugin.say_end(status)
    mapped.take_turns()
    return status


def _arguments(job: dict[str, Any]) -> list[str]:
    arguments = ["--rootdir", ".", "-q", "--tb=no", "--no-header", "--no-summary", "--color=no"]
    # A bug is told from all the tests it fails.
    arguments += ["--maxfail=0", "-c", job["configuration"] or os.devnull]
    if not job["configuration"]:
        # Else pytest looks for what it shall run, and for conftests, from above the null device on.
        arguments += ["--confcutdir", "."]
    for plugin in (*KEPT_OUT, *job["keep_out"]):
        arguments += ["-p", "no:" + plugin]
    if job["task"] == "debug":
        arguments += debugger.ARGUMENTS
    options = {
        "addopts": shlex.join(job["addopts"]),
        # Elsewhere and empty, but there: suites ask for the fixture `cache`, and their options for `--ff`.
        "cache_dir": os.path.join(tempfile.gettempdir(), "pytest-cache"),  # noqa: PTH118
        "required_plugins": "",
    }
    # The options of the plugins that are kept out are unknown to pytest. (Its faulthandler would stop our own timer.)
    arguments += ["-W", "ignore::pytest.PytestConfigWarning"]
    if pytest.version_tuple >= (9, 0):
        options["strict_config"] = "false"
    for name, value in options.items():
        arguments += ["-o", name + "=" + value]
    return arguments + list(job["arguments"])
