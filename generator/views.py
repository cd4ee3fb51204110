"""What code under test sees of the machine: how a command becomes the same command behind walls. Starts nothing itself.

| view | network | writes | processes |
| --- | --- | --- | --- |
| bubblewrap | its own localhost, nothing else | its scratch directory, and a /tmp, /var/tmp, /dev/shm of its own | none outlives the run, nor a command that is killed |
| network | its own localhost, nothing else | as plain | as plain |
| plain | what an audit hook lets Python code through to | wherever the person may | see below |

Without bubblewrap the group ends with the run, and with a stop. What has left the group ends then too on Linux, unless it has
dropped its environment (see `leftover`); of a fork's, not even that saves it (see the child's `fork`). Elsewhere it outlives
the run. Of a command that is killed itself (kill -9), the process that runs tests ends with it on Linux, elsewhere after its
wall-clock limit; what that has started, in a fork at once, and else when the next command sweeps (Linux; elsewhere it stays).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Walls(Enum):
    """What stands between code under test and the machine. The best first."""

    BUBBLEWRAP = "bubblewrap"
    NETWORK = "network"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class View:
    """The walls, the directory that code may write to (with its `prepare`d places in it), and what it must find in
    places that it has for itself: interpreters and libraries may lie below /tmp."""

    walls: Walls
    scratch: Path
    needed: tuple[Path, ...] = ()


OWN_NETWORK = Path(__file__).with_name("own_network.py")


def contained(command: Sequence[str], view: View) -> list[str]:
    """The command that runs `command` in a view: its working directory, environment, standard streams and exit status
    stay what they are, but for `exit_status`.

    Where bubblewrap runs it, it dies with the thread that started it.
    """
    return [*_BEFORE[view.walls](view), *map(str, command)]


def exit_status(walls: Walls, told: int) -> int:
    """What became of the command itself, negative for a signal, from what the contained one ended with."""
    # A program that exits with such a status of its own accord can't be told from one that a signal ends.
    killed = walls is Walls.BUBBLEWRAP and _SIGNALLED < told <= _SIGNALLED + _LAST_SIGNAL
    return _SIGNALLED - told if killed else told


def prepare(scratch: Path) -> None:
    """Make what stands in for the machine's temporary directories, on disk: a tmpfs would be memory that no limit counts."""
    for own in _PRIVATE.values():
        (scratch / own).mkdir(parents=True, exist_ok=True)
        (scratch / own).chmod(0o1777)


_SIGNALLED, _LAST_SIGNAL = 128, 64
_PRIVATE: Mapping[str, str] = {"/tmp": "outer-tmp", "/var/tmp": "outer-var-tmp"}  # noqa: S108
"""Places where programs write by habit, and what a run has instead. Tests name such paths outright."""

_AS_ROOT = "CHOWN DAC_OVERRIDE FOWNER FSETID KILL NET_BIND_SERVICE NET_RAW SETGID SETUID SYS_CHROOT"
"""What root keeps, as in a common container. With the rest it could mount the file system anew, or set the clock."""

_FIRST = 'exec 3>&2 2>/dev/null; (exec setsid "$@" 2>&3 3>&-); exit $?'
"""What the first process of a namespace does; with its end all others are gone. The kernel keeps most signals from it, so it
is not the command itself. The command leads a session, as in any view. What the shell has to say when a signal ends it
would be the last word, which is the command's."""


def _bubblewrap(view: View) -> Iterator[str]:
    yield from ("bwrap", "--die-with-parent", "--as-pid-1")
    yield from ("--unshare-pid", "--unshare-net", "--unshare-ipc")
    if os.geteuid() == 0:
        yield from ("--cap-drop", "ALL")
        for capability in _AS_ROOT.split():
            yield from ("--cap-add", f"CAP_{capability}")
    yield from ("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc")
    private = _private()
    for place, own in private.items():
        yield from ("--bind", str(view.scratch / own), str(place))
    for path in sorted(set(view.needed)):
        # Nothing of the place itself: that would show all of it.
        if not private.keys().isdisjoint(path.parents):
            yield from ("--ro-bind-try", str(path), str(path))
    yield from ("--bind", str(view.scratch), str(view.scratch))
    yield from ("--", "/bin/sh", "-c", _FIRST, "sh")


def _private() -> dict[Path, str]:
    # Some systems have one of them as a link to the other.
    return {Path(place).resolve(): own for place, own in _PRIVATE.items() if Path(place).is_dir()}


def _network(_: View) -> Iterator[str]:
    yield from (sys.executable, "-I", "-S", str(OWN_NETWORK))


def _plain(_: View) -> Iterator[str]:
    yield from ()


_BEFORE = {Walls.BUBBLEWRAP: _bubblewrap, Walls.NETWORK: _network, Walls.PLAIN: _plain}
