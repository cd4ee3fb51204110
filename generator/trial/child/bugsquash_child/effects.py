"""What tests do to the world around them: other hosts can't be reached, and who writes into the tree is told.

By an audit hook (PEP 578): it sees what Python code does through the standard library, whatever imported it and however.
What a started program or a compiled library does by itself, it does not see.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from bugsquash_child.report import Report

_HERE = re.compile(r"$|localhost$|.*\.localhost$|127\.|::1$|::$|::ffff:127\.|0\.0\.0\.0$")
_NUMERIC = re.compile(r"[\d.]+$|[\da-f:.]*:[\da-f:.]*(%\w+)?$", re.IGNORECASE)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_INTERNET = (socket.AF_INET, socket.AF_INET6)


class Effects:
    """Listens from now on to the end of the process, which is why a run has a process of its own."""

    def __init__(self, report: Report, running: Callable[[], str], *, writes: bool) -> None:
        self._report = report
        self._running = running
        self._told: set[tuple[str, str]] = set()
        self._heard: dict[str, Callable[..., None]] = {
            "socket.connect": self._connect,
            "socket.sendto": self._connect,
            "socket.sendmsg": self._connect,
            "socket.getaddrinfo": self._look_up,
            "socket.gethostbyname": self._look_up,
            "socket.gethostbyaddr": self._look_up,
        }
        if writes:
            self._heard.update(
                {
                    "open": self._open,
                    "os.remove": self._remove,
                    "os.rename": self._rename,
                    "os.truncate": self._write,
                    "os.link": self._rename,
                    "os.symlink": self._link,
                    "sqlite3.connect": self._write,
                }
            )
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        handle = self._heard.get(event)
        if handle is not None:
            handle(*arguments)

    def _connect(self, to: socket.socket, address: Any = None, *_: Any) -> None:
        inside = to.family not in _INTERNET or not isinstance(address, tuple)
        if not (inside or _is_here(address[0]) or _is_own(to.family, address[0])):
            self._say("asked for", "host", _text(address[0]))
            raise OSError(errno.ENETUNREACH, "Network is unreachable")

    def _look_up(self, host: Any, *_: Any) -> None:
        if not (_is_here(host) or _NUMERIC.match(_text(host)) or host == socket.gethostname()):
            self._say("asked for", "host", _text(host))
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    def _open(self, path: Any, _: Any, flags: Any) -> None:
        if isinstance(flags, int) and flags & _WRITES:
            self._write(path)

    def _remove(self, path: Any, directory: int = -1) -> None:
        self._write(path, within=directory)

    def _link(self, _: Any, target: Any, directory: int = -1) -> None:
        self._write(target, within=directory)

    def _rename(self, source: Any, target: Any, old: int = -1, new: int = -1) -> None:
        self._write(source, within=old)
        self._write(target, within=new)

    def _write(self, path: Any, *_: Any, within: int = -1) -> None:
        if isinstance(path, (str, bytes, os.PathLike)):
            place = os.path.join(_directory(within), os.fsdecode(path))  # noqa: PTH118
            inside = self._report.relative(place)
            if inside is not None:
                self._say("wrote", "path", inside)

    def _say(self, event: str, name: str, what: str) -> None:
        test = self._running()
        if (test, what) not in self._told:
            self._told.add((test, what))
            self._report.say(event, **{"test": test, name: what})


def _directory(descriptor: int) -> str:
    """Of an open directory, or the working directory."""
    if descriptor < 0:
        return os.getcwd()  # noqa: PTH109
    try:
        return os.readlink("/proc/self/fd/{}".format(descriptor))  # noqa: PTH115
    except OSError:
        return os.devnull


def _is_own(family: int, host: Any) -> bool:
    """Whether an address is this machine's: only there can be listened."""
    if not _NUMERIC.match(_text(host)):
        return False
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True


def _is_here(host: Any) -> bool:
    return host is None or _HERE.match(_text(host).lower()) is not None


def _text(host: Any) -> str:
    return host.decode("latin-1") if isinstance(host, bytes) else str(host)
