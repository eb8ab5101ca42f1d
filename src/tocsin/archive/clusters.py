"""Where the work is done: in this process, in processes of this machine, or on a cluster that is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tocsin.archive.refusals import ArchiveError, load_distributed, load_module

#: dask-jobqueue's classes by the name of the queue.
QUEUES = {
    "slurm": "SLURMCluster", "pbs": "PBSCluster", "sge": "SGECluster", "lsf": "LSFCluster", "oar": "OARCluster",
    "htcondor": "HTCondorCluster", "moab": "MoabCluster",
}  # fmt: skip
#: A partition is tried anew after so many deaths of its workers: the notes of attempts let each get further.
ALLOWED_DEATHS = 20
_CONNECT_SECONDS = 30
#: Any free port of this machine alone.
NOWHERE = "127.0.0.1:0"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Who works.

    workers    processes of one thread each; 0: this process does all itself, without Dask
    scheduler  address of a scheduler that runs already ("tcp://…", "tls://…"), whose workers are used as they are
    jobqueue   a batch system that is asked for `workers` jobs, as dask-jobqueue's configuration says
    dashboard  address on which Dask's own page is shown (":8787"); None: nowhere
    """

    workers: int = 1
    scheduler: str | None = None
    jobqueue: str | None = None
    dashboard: str | None = None

    @contextmanager
    def open_client(self) -> Iterator[Any]:
        """A client of the workers, closed in the end with what was started for it; None for this process alone.

        Raises ArchiveError where Dask or dask-jobqueue is missing or the scheduler cannot be reached.
        """
        if self.workers < 0:
            raise ArchiveError("workers", self.workers, "must be 0 or more")
        if self.scheduler and self.jobqueue:
            raise ArchiveError("cluster", self.scheduler, "give a scheduler or a job queue, not both")
        if not (self.scheduler or self.jobqueue or self.workers):
            yield None
            return
        client_of = load_distributed().Client
        if self.scheduler:
            try:
                client = client_of(self.scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)
            except (OSError, ValueError, TypeError) as why:
                raise ArchiveError(
                    "scheduler", self.scheduler, f"cannot be reached ({type(why).__name__}: {why})"
                ) from why
            with client:
                yield client
            return
        dask = load_module("dask", "pip install 'tocsin[archive]'")
        with (
            dask.config.set(self._configure()),
            self._start() as cluster,
            client_of(cluster, set_as_default=False) as client,
        ):
            yield client

    def _configure(self) -> dict[str, object]:
        """Dask's own settings, over those of its configuration files."""
        told: dict[str, object] = {
            "distributed.scheduler.allowed-failures": ALLOWED_DEATHS,
            # a hundred looks a second at what each worker does cost more than they tell
            "distributed.worker.profile.enabled": self.dashboard is not None,
        }
        if self.dashboard is None:  # Dask opens a port for pages in any case: then nothing is to be had from it
            told |= {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
        return told

    def _start(self) -> Any:
        return self._start_queue(self.jobqueue) if self.jobqueue else self._start_local()

    def _start_local(self) -> Any:
        # with certificates made for this run: otherwise any user of the machine could have the workers run his code
        return load_distributed().LocalCluster(
            n_workers=self.workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=self.dashboard or NOWHERE,
            scheduler_kwargs={"dashboard": self.dashboard is not None},
            security=True,
            silence_logs=50,
        )

    def _start_queue(self, name: str) -> Any:
        if name not in QUEUES:
            raise ArchiveError("job queue", name, f"must be one of {', '.join(QUEUES)}")
        queues = load_module("dask_jobqueue", "pip install dask-jobqueue")
        try:
            # certificates made for this run are left, for the jobs alone to read, in the folder that this stands in
            cluster = getattr(queues, QUEUES[name])(
                security=True, scheduler_options={"dashboard_address": self.dashboard or NOWHERE}
            )
        except (ValueError, TypeError) as why:
            told = f"cannot be used ({why}): set cores and memory in ~/.config/dask/jobqueue.yaml"
            raise ArchiveError("job queue", name, told) from why
        cluster.adapt(minimum_jobs=self.workers, maximum_jobs=self.workers)  # a job that ends is followed by another
        return cluster
