"""Trials in forks of processes that stay: what is the same for all mutants is done once.

Two ways, each exact for what it is used for (see `swap` and the child's `server`): a mutant that only changes functions
gets its code swapped into a fork of a process that has collected the tests; another is imported by a fork of a process
that has imported what others have written. The mutant's files lie on the disk in both, for whatever reads them there.
What does not end as an ordinary run of tests is no verdict: a fresh process decides.
"""

from __future__ import annotations

import contextlib
import dataclasses
import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import process
from generator.trial import store, suite
from generator.trial.server import Server, Trial, Way

if TYPE_CHECKING:
    from pathlib import Path

    from generator.records import Baseline, Seed


class Forks:
    """Runs trials of one seed. Any number of threads may ask at once: each gets a server of its own."""

    def __init__(self, seed: Seed, baseline: Baseline, python: Path) -> None:
        """Nothing is started before it is asked for."""
        self._seed = seed
        self._baseline = baseline
        self._python = python
        self._idle: dict[Way, queue.SimpleQueue[Server]] = {way: queue.SimpleQueue() for way in Way}
        self._proofs = {way: threading.Lock() for way in Way}
        self._known: dict[Way, _Proof] = {}
        self.servers: list[Server] = []
        """Those that are running."""

    def run(self, trial: Trial) -> suite.SuiteRun | None:
        """What the trial showed; None where only a fresh process can tell."""
        for way in Way:
            if way is Way.FUNCTIONS and trial.swaps is None:
                continue
            if not self._proof(way).stands:
                continue
            run = self._asked(way, trial)
            if run is None or not run.not_here:
                return run
        return None

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
            run = server.run(trial, self._known[way].modules if way in self._known else ())
        except process.GoneError:
            run = None
        if run is None or not server.is_clean():
            self._drop(server)
            return None
        self._idle[way].put(server)
        return run if _is_ordinary(run) else None

    def _server(self, way: Way) -> Server:
        try:
            return self._idle[way].get_nowait()
        except queue.Empty:
            server = Server(self._seed, self._baseline, way, self._python)
            self.servers.append(server)
            return server

    def _drop_idle(self, way: Way) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._drop(self._idle[way].get_nowait())

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
            "fork", self._seed.digest, suite.fingerprint(self._python), way, self._baseline.tests
        )
        stored = store.load("forks", name)
        if stored is None:
            stored = dataclasses.asdict(self._proven(way))
            store.save("forks", name, stored)
        return _Proof(stored["stands"], tuple(stored["modules"]))

    def _proven(self, way: Way) -> _Proof:
        clean = Trial({}, (), self._baseline.tests)
        run = self._asked(way, clean)
        stands = run is not None and run.of("passed") == self._baseline.tests
        if not stands:
            self._drop_idle(way)
        return _Proof(stands, run.modules if run else ())


@dataclass(frozen=True, slots=True)
class _Proof:
    """Whether a way can be gone, and what its servers may import before they fork."""

    stands: bool
    modules: tuple[str, ...]


def _is_ordinary(run: suite.SuiteRun) -> bool:
    """Whether the run came to its end, or to the end of its time. Whatever else happens in a fork may be the fork's doing."""
    if run.not_here or run.ended in (process.Ended.CPU, process.Ended.IDLE):
        return True
    starved = any(failure.exception == "MemoryError" for failure in run.failures)
    return run.finished and not run.broken and not starved
