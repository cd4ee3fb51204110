"""The command line: parse, call one function, print. Each module here is one command, found by its name.

Modules import what they need when they run, so that help appears at once.
"""

from __future__ import annotations

import importlib
import io
import logging
import os
import pkgutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from generator import process
from generator.errors import BugsquashError, UnfitError, UsageError, nearest

if TYPE_CHECKING:
    from types import FrameType

_GROUPS = {
    "The hour": ("new", "watch", "hint", "note", "check", "reveal", "history"),
    "More for the hour": ("debug", "reset", "abandon", "review", "sheet", "doctor"),
    "Codebases": ("seeds", "mutants", "operators"),
}
"""How help shows the commands; others come last."""
INTERRUPTED = 130
TERMINATED = 143


class _Commands(click.Group):
    """Finds its commands as modules of this package: `name.py` holds the command `name`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, as help shows them."""
        return sorted(
            found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{__name__}.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands in groups, each with its first sentence."""
        left = self.list_commands(ctx)
        for title, names in (*_GROUPS.items(), ("Others", tuple(left))):
            shown = [name for name in names if name in left]
            left = [name for name in left if name not in shown]
            found = [(name, self.get_command(ctx, name)) for name in shown]
            rows = [(name, one.get_short_help_str(limit=72)) for name, one in found if one]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Like click's own, with the nearest name where there is no such command."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise UsageError(f"no command '{args[0]}'. {nearest(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


class _Notes(logging.Handler):
    """Says what a part deep below has to tell a person and no caller is to be troubled with; stdout is for results."""

    def __init__(self) -> None:
        super().__init__()
        self._said: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Say it in one line, once."""
        message = record.getMessage()
        if message not in self._said:
            self._said.add(message)
            click.echo(f"bugsquash: {message}", err=True)


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start here:  bugsquash new",
)
@click.version_option(package_name="bugsquash", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Fresh debugging exercises from clean Python code.

    One realistic bug, the tests that fail because of it, and an answer key that stays sealed until you ask. Without a command: where
    you stand inside a challenge, and elsewhere how to start.
    """
    if ctx.invoked_subcommand is None:
        importlib.import_module(f"{__name__}._status").tell()


def main() -> NoReturn:
    """The entry point: runs a command, says errors in one line, ends with the exit code they carry."""
    signal.signal(signal.SIGTERM, _terminated)
    logging.getLogger("generator").addHandler(_Notes())
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        # A file's name can hold what the terminal's encoding does not.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        _stand_somewhere()
        status = cli.main(standalone_mode=False, prog_name="bugsquash")
        sys.stdout.flush()
    except BugsquashError as error:
        status = _say(str(error), error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        status = 0
    except click.UsageError as error:
        status = _say(_one_line(error), 2)
    except click.ClickException as error:
        status = _say(error.format_message(), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        status = _say("stopped. Nothing was left half done.", INTERRUPTED)
    except BrokenPipeError:
        # Who read our output has gone; python would complain once more when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        status = 0
    except OSError as error:
        status = _say(_what_failed(error), UnfitError.exit_code)
    sys.exit(status if isinstance(status, int) else 0)


def _stand_somewhere() -> None:
    try:
        Path.cwd()
    except FileNotFoundError as error:
        raise UnfitError("the directory you are in is gone. Go to one that is there: cd") from error


def _one_line(error: click.UsageError) -> str:
    command = error.ctx.command_path if error.ctx else "bugsquash"
    return f"{error.format_message().rstrip()} Usage: {command} --help"


def _what_failed(error: OSError) -> str:
    told = (error.filename, error.strerror or str(error))
    return ": ".join(os.fsdecode(each) for each in told if isinstance(each, str | bytes) and each)


def _say(message: str, status: int) -> int:
    click.echo(f"bugsquash: {message}", err=True)
    return status


def _terminated(_signal: int, _frame: FrameType | None) -> NoReturn:
    process.stop_all()
    sys.exit(TERMINATED)
