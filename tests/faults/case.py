"""One row with one size of cluster and one profile: how it is run, and its result."""

import dataclasses
import os
import traceback

from trial import Trial


@dataclasses.dataclass(frozen=True)
class Result:
    """One line of the table."""

    case: "Case"
    moves: int | None
    calls: int | None
    seconds: float | None  # from the fault until the cloud received the first call
    error: str | None
    details: str = ""


@dataclasses.dataclass(frozen=True)
class Case:
    row: object
    size: int
    profile: str
    seed: int  # of whatever the row leaves to chance

    def run(self, programs, label, logs):
        """Does the fault to a cluster of its own. Never raises: what goes wrong is a result."""
        try:
            with self.row.cluster(programs, label, self.size, self.settings()) as cluster:
                return self._tried(Trial(cluster, self.row, self.seed), logs and os.path.join(logs, f"{self.row.name}-{self.size}-{self.profile}-{label}"))
        except Exception:
            return Result(self, None, None, None, "could not be run", traceback.format_exc())

    def settings(self):
        """A profile is named only if it is not the default: so versions that know none can be tried too."""
        log = {"LES_LOG": os.environ["LES_LOG"]} if "LES_LOG" in os.environ else {}
        return log if self.profile == "default" else {"LES_ELECTION__PROFILE": self.profile, **log}

    def _tried(self, trial, directory):
        error, details = None, ""
        try:
            if self.row.started:
                trial.start()
            self.row.does(trial)
            trial.settle()
            trial.judge()
        except Exception as raised:
            error = str(raised) or repr(raised)
            place = "" if isinstance(raised, AssertionError) else traceback.format_exc()
            details = f"{place}{trial.story()}\n{trial.cluster.story()}"
        if directory:
            trial.keep(directory)
        return Result(self, len(trial.oracle.moves()), len(trial.oracle.writes()), trial.time(), error, details)
