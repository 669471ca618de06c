"""The table of Celery tasks: the queue of each, how long it may last, and how often beat sends it.

Each queue has its own workers, so that a slow one delays no other. A task that lasts longer than `soft` seconds is told
to stop, then killed at `hard`; a sweep takes up what it left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LETTERS, DATES, SCANS, DRAWING, PRINTING, DESKS = "letters", "dates", "scans", "drawing", "printing", "desks"
PROBES, COPIES = "probes", "copies"
QUEUES = (LETTERS, DATES, SCANS, PROBES, COPIES, DRAWING, PRINTING, DESKS)


@dataclass(frozen=True)
class Job:
    """One task.

    :param soft: seconds after which it is told to stop; it is killed after a quarter more, fifteen seconds at least
    :param every: seconds between two sendings by beat; a message that no worker took in that time expires
    """

    queue: str
    soft: int
    every: float | None = None

    @property
    def hard(self) -> int:
        return self.soft + max(15, self.soft // 4)


JOBS: Mapping[str, Job] = {
    # A mail server is waited for ten seconds an exchange (EMAIL_TIMEOUT).
    "comptes.effects.deliver_to": Job(LETTERS, 60),
    "comptes.effects.send_digest": Job(LETTERS, 60),
    "comptes.sweeps.deliver_due_notices": Job(LETTERS, 30, 20.0),
    "comptes.sweeps.send_digests": Job(LETTERS, 60, 300.0),
    "comptes.sweeps.forget_tries_and_sessions": Job(DATES, 300, 3600.0),
    "preuves.sweeps.reopen_chapitres": Job(DATES, 240, 300.0),
    "preuves.sweeps.follow_equivalences": Job(DATES, 240, 60.0),
    "preuves.sweeps.return_unreadable": Job(DATES, 240, 60.0),
    "preuves.sweeps.tell_of_unreadable_files": Job(DATES, 240, 60.0),
    "preuves.sweeps.remind_experts": Job(DATES, 240, 600.0),
    "preuves.sweeps.remove_leftovers": Job(DATES, 300, 3600.0),
    "preuves.sweeps.forget_envois": Job(DATES, 300, 3600.0),
    "preuves.sweeps.remove_orphans": Job(DATES, 900, 86400.0),
    "preuves.sweeps.settle_soumissions": Job(DATES, 240, 60.0),
    "guichets.sweeps.follow_links": Job(DATES, 240, 60.0),
    "guichets.sweeps.reconfirm_grants": Job(DATES, 300, 3600.0),
    "referencement.sweeps.settle_autorisations": Job(DATES, 240, 60.0),
    "referencement.sweeps.cancel_stale_conventions": Job(DATES, 240, 300.0),
    "referencement.sweeps.refresh_tours": Job(DATES, 600, 60.0),
    "referencement.sweeps.measure_durations": Job(DATES, 600, 21600.0),
    "referencement.sweeps.compute_risques": Job(DATES, 900, 600.0),
    "referencement.sweeps.measure_pilotage": Job(DATES, 600, 600.0),
    "referencement.sweeps.take_photos": Job(DATES, 900, 60.0),
    "referencement.sweeps.post_reminders": Job(DATES, 900, 600.0),
    # The antivirus has five minutes for a file of 500 MB; its queue is not that of the drawing of pages.
    "preuves.effects.scan_piece": Job(SCANS, 300),
    "preuves.effects.scan_again": Job(SCANS, 300),
    "preuves.sweeps.scan_again": Job(SCANS, 60, 600.0),
    "preuves.sweeps.take_up_pieces": Job(SCANS, 60, 60.0),
    "preuves.sweeps.settle_envoi": Job(SCANS, 240),
    "preuves.sweeps.follow_envois": Job(SCANS, 240, 60.0),
    "preuves.sweeps.take_up_envois": Job(SCANS, 60, 20.0),
    # A file is opened within half a minute, whatever it is; a video takes about as long to convert as it lasts.
    "preuves.effects.probe_piece": Job(PROBES, 120),
    "preuves.sweeps.take_up_probes": Job(PROBES, 60, 60.0),
    "preuves.effects.read_piece": Job(PROBES, 120),
    "preuves.sweeps.take_up_readings": Job(PROBES, 60, 60.0),
    "preuves.effects.copy_piece": Job(COPIES, 1800),
    "preuves.effects.make_export": Job(COPIES, 1800),
    "preuves.sweeps.take_up_exports": Job(COPIES, 60, 60.0),
    "preuves.effects.draw_pages": Job(DRAWING, 300),
    "preuves.effects.read_import": Job(DRAWING, 300),
    "preuves.sweeps.take_up_imports": Job(DRAWING, 60, 60.0),
    "candidatures.effects.print_accuse": Job(PRINTING, 120),
    "candidatures.sweeps.print_pending_accuses": Job(PRINTING, 60, 60.0),
    # A person waits for it, behind a page that says how far it is.
    "candidatures.sweeps.run_lots": Job(DATES, 60, 5.0),
    "referencement.effects.print_document": Job(PRINTING, 240),
    "referencement.sweeps.print_pending_documents": Job(PRINTING, 60, 60.0),
    # Tasks that wait for others over HTTP: the desks, a provider of signatures, a time-stamping authority.
    "comptes.sweeps.anchor_journal": Job(DESKS, 240, 3600.0),
    "guichets.sweeps.pull_due_demandes": Job(DESKS, 60, 60.0),
    "guichets.sweeps.pull_demande": Job(DESKS, 120),
    "referencement.effects.invite": Job(DESKS, 120),
    "referencement.effects.withdraw": Job(DESKS, 60),
    "referencement.sweeps.handle_events": Job(DESKS, 240, 30.0),
    "referencement.sweeps.reconcile_signatures": Job(DESKS, 900, 3600.0),
}


RUNG = frozenset(job.queue for job in JOBS.values() if job.every)
"""The queues in which beat sends something: their workers finish a task every few minutes, whatever happens."""


def routes() -> dict[str, dict[str, str]]:
    return {task: {"queue": job.queue} for task, job in JOBS.items()}


def limits() -> dict[str, dict[str, int]]:
    return {task: {"soft_time_limit": job.soft, "time_limit": job.hard} for task, job in JOBS.items()}


def schedule() -> dict[str, dict[str, Any]]:
    """Return the schedule of beat."""
    rung = {task: job.every for task, job in JOBS.items() if job.every}
    return {task: {"task": task, "schedule": every, "options": {"expires": every}} for task, every in rung.items()}
