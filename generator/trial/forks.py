"""Trials in forks of processes that stay: what is the same for all mutants is done once.

Three ways, each exact for what it is used for (see `swap` and the child's `server`): a mutant that only changes functions
gets its code swapped into a fork of a process that has collected the tests; another is imported by a fork of a process
that has imported what others have written, and started pytest where that does not import the project. The mutant's files
lie on the disk in all of them, for whatever reads them there. What does not end as an ordinary run of tests is no verdict: a
fresh process decides.
"""

from __future__ import annotations

import builtins
import dataclasses
import logging
import queue
import re
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from generator import process
from generator.trial import interpreter, store, suite
from generator.trial.server import Server, Trial, Way

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.records import Baseline, Seed


_NOTES = logging.getLogger(__name__)
_NOTHING = suite.Stays()
_MACHINES = [
    name
    for name, each in vars(builtins).items()
    if isinstance(each, type) and issubclass(each, OSError | MemoryError)
]
_MACHINE = re.compile(rf"(?:{'|'.join(_MACHINES)})\b")
"""How errors begin that the machine may be the reason of."""
_SLOWER = {
    (True, True): "each mutant of %s is imported anew",
    (True, False): "each mutant of %s gets a fresh process",
    (False, False): "each mutant of %s that has to be imported gets a fresh process",
}
"""Whether functions can't be swapped, and whether another way was found. Where only the way between can't be gone there is
nothing to say: the next is little slower."""
_OWN_DOING = (process.Ended.EXITED, process.Ended.CPU)
"""Ends that the machine has no part in: it can neither kill nor be slow."""


class Forks:
    """Runs trials of one seed. Any number of threads may ask at once: each gets a server of its own."""

    def __init__(self, seed: Seed, baseline: Baseline, python: Path, hash_seed: str = "0") -> None:
        """Nothing is started before it is asked for."""
        self._seed = seed
        self._baseline = baseline
        self._python = python
        self._hash_seed = hash_seed
        self._idle: dict[Way, queue.SimpleQueue[Server]] = {way: queue.SimpleQueue() for way in Way}
        self._proofs = {way: threading.Lock() for way in Way}
        self._known: dict[Way, _Proof] = {}
        self._said: set[str] = set()
        self.servers: list[Server] = []
        """Those that are running."""

    def run(self, trial: Trial) -> suite.SuiteRun | None:
        """What the trial showed; None where only a fresh process can tell."""
        refused: dict[Way, str] = {}
        for way in Way:
            if way is Way.FUNCTIONS and trial.swaps is None:
                continue
            if why_not := self._proof(way).why_not:
                refused[way] = why_not
                continue
            self._say_slower(refused, forked=True)
            run = self._asked(way, trial)
            if run is None or not run.not_here:
                return run
        self._say_slower(refused, forked=False)
        return None

    def prove(self) -> None:
        """Find out now which ways can be gone, unless that is known; otherwise the first trial that could go one does."""
        self._proof(Way.FUNCTIONS)
        if self._proof(Way.COLLECTS).why_not:
            self._proof(Way.IMPORTS)

    def close(self) -> None:
        """End what was started."""
        for server in list(self.servers):
            self._drop(server)

    def _asked(self, way: Way, trial: Trial) -> suite.SuiteRun | None:
        try:
            server = self._server(way)
        except process.GoneError:
            return None
        try:
            run = server.run(trial, self._known[way].stays)
        except process.GoneError:
            run = None
        if run is None or not server.is_clean():
            self._drop(server)
            return None
        self._idle[way].put(server)
        return run if is_ordinary(run) else None

    def _server(self, way: Way) -> Server:
        try:
            return self._idle[way].get_nowait()
        except queue.Empty:
            server = Server(self._seed, self._baseline, way, self._python, self._hash_seed)
            self.servers.append(server)
            return server

    def _drop(self, server: Server) -> None:
        self.servers.remove(server)
        server.close()

    def _proof(self, way: Way) -> _Proof:
        """Whether the clean code passes in a fork what it passes in a fresh process."""
        with self._proofs[way]:
            if way not in self._known:
                self._known[way] = self._stored_proof(way)
        return self._known[way]

    def _stored_proof(self, way: Way) -> _Proof:
        name = store.key(
            "fork",
            self._seed.digest,
            interpreter.fingerprint(self._python),
            way,
            self._baseline.tests,
            self._hash_seed,
        )
        stored = store.load("forks", name)
        if stored is not None:
            return _Proof(stored["why_not"], suite.Stays.told(stored["stays"]))
        try:
            proof = self._proven(way)
            store.save("forks", name, dataclasses.asdict(proof))
        except process.GoneError as why:
            # Another time it may come up.
            proof = _Proof(str(why))
        return proof

    def _say_slower(self, refused: Mapping[Way, str], *, forked: bool) -> None:
        what = _SLOWER.get((Way.FUNCTIONS in refused, forked)) if refused else None
        if what and what not in self._said:
            self._said.add(what)
            why = refused[Way.FUNCTIONS] if forked else list(refused.values())[-1]
            _NOTES.warning(f"{what}, which is slower: %s.", self._seed.name, why)

    def _proven(self, way: Way) -> _Proof:
        """Raises GoneError where that can't be told now."""
        server = self._server(way)
        run = None if server.why_not else self._clean_run(server)
        why_not = server.why_not if run is None else _why_not(run, self._baseline.tests)
        if run is None or why_not or not server.is_clean():
            self._drop(server)
            return _Proof(why_not or "its tests leave something to the next run")
        if way is Way.FUNCTIONS:
            # The tests are collected: all is imported that there is to import before the first.
            self._idle[way].put(server)
            return _Proof("", replace(run.stays, modules=()))
        if self._stands(server, run.stays):
            self._idle[way].put(server)
            return _Proof("", run.stays)
        self._drop(server)
        return _Proof("", replace(run.stays, modules=()))

    def _clean_run(self, server: Server, stays: suite.Stays | None = None) -> suite.SuiteRun:
        return server.run(Trial({}, (), self._baseline.tests), stays)

    def _stands(self, server: Server, stays: suite.Stays) -> bool:
        """Whether the clean code passes too where this is ready beforehand: a test can ask what has been imported, and what
        is imported can start a thread."""
        try:
            run = self._clean_run(server, stays)
        except process.GoneError:
            return False
        return not _why_not(run, self._baseline.tests) and server.is_clean()


@dataclass(frozen=True, slots=True)
class _Proof:
    """Why a way can't be gone with this seed, or "", and what its servers may do before they fork."""

    why_not: str
    stays: suite.Stays = _NOTHING


def _why_not(run: suite.SuiteRun, tests: tuple[str, ...]) -> str:
    """What a fork of the clean code shows that a fresh process did not. Raises GoneError where the machine may be the reason."""
    if not run.finished:
        where = f"in {run.unfinished}" if run.unfinished else run.last_words
        said = f"a fork ended {run.ended.value} {where}".rstrip()
        if run.ended not in _OWN_DOING:
            raise process.GoneError(said)
        return said
    others = [test for test in tests if test not in run.of("passed")]
    return f"{others[0]} does not pass in a fork" if others else ""


def is_ordinary(run: suite.SuiteRun) -> bool:
    """Whether the run came to its end, or to the end of its time. Whatever else happens in a fork may be the fork's doing."""
    if run.not_here or run.ended in (process.Ended.CPU, process.Ended.IDLE):
        return True
    # An import fails in a fork as in a fresh process, unless the system had something to do with it.
    return (
        run.finished and not run.starved and not any(_MACHINE.match(why) for _, why in run.broken)
    )
