"""`python own_network.py PROGRAM ARGUMENT ...` becomes the program, in a network namespace that has its own localhost.

It runs by itself, as a file: between fork and exec of a parent that may have threads there is no room for it.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from pathlib import Path

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_SET_INTERFACE_FLAGS, _UP = 0x8914, 0x1


def main(command: list[str]) -> None:
    """Does not come back; where it is not to be had, a line on standard error and exit status 1."""
    try:
        leave_network()
    except OSError as error:
        sys.exit(f"no network namespace can be had: {error.strerror}")
    # Python ignores these, and what is ignored stays so.
    for name in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(name, signal.SIG_DFL)
    os.execvp(command[0], command)  # noqa: S606 - this is how process.py starts it


def leave_network() -> None:
    """From here on this process and its children have a localhost of their own and nothing else. Raises OSError."""
    uid, gid = os.geteuid(), os.getegid()
    try:
        _unshare(_NEW_NETWORK)
    except OSError:
        # In a user namespace anybody may, where anybody may make one. There, all stay who they are.
        _unshare(_NEW_USER | _NEW_NETWORK)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_INTERFACE_FLAGS, struct.pack("16sh14x", b"lo", _UP))


def _unshare(what: int) -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(what) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(sys.argv[1:])
