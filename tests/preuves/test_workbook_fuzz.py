"""Workbooks broken at random: each is read, or refused with a sentence; none makes the portal fail, wait or grow.

`script/audit workbooks` reads two thousand of them.
"""

import gc
import io
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from candidatures.catalogue.dispositifs import spec_of
from comptes.enums import RoleANS
from preuves.catalogue.reading import read_rem
from preuves.models import ImportDuREM
from tests.factories import candidatures as make
from tests.factories.mutants import mutants
from tests.lengths import TIMES

READ, SENT = 25 * TIMES, 2 * TIMES
LONGEST = 20.0
"""Seconds of the processor, for one workbook of some kilobytes."""
GROWTH = 60
"""Megabytes that the process may keep, once it has read the first tenth."""


def memory() -> float:
    """Megabytes that this process holds now."""
    gc.collect()
    held = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(held.split()[1]) / 1024


def test_broken_workbooks_are_read_or_refused_in_words() -> None:
    dispositif = spec_of("ms-dui-va2")
    after_a_tenth, refused, longest = 0.0, 0, 0.0
    for rank, (name, content) in enumerate(mutants(READ, seed=1)):
        began = time.process_time()
        reading = read_rem([(name, io.BytesIO(content))], dispositif)
        longest = max(longest, time.process_time() - began)
        assert all(problem.sentence and problem.file for problem in reading.problems), rank
        assert all(warned.sentence and warned.count for warned in reading.warned), rank
        assert reading.blocked or reading.sheets, rank
        refused += reading.blocked
        after_a_tenth = after_a_tenth or (memory() if rank >= READ // 10 else 0.0)
    grown = memory() - after_a_tenth
    figures = f"{READ} workbooks, {refused} refused in words, {longest:.1f} s at most, {grown:+.0f} MB"
    print(figures)  # noqa: T201 -- the audit shows it

    assert 0 < refused < READ
    assert longest < LONGEST
    assert grown < GROWTH


@pytest.mark.django_db
def test_broken_workbooks_pass_the_door_without_a_failure(client: Client) -> None:
    make.a_dispositif()
    administrateur = make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    client.force_login(administrateur, backend="comptes.requests.PortalBackend")
    for name, content in mutants(SENT, seed=2):
        given = {
            "dispositif": "ms-dui-va2",
            "date": "2026-07-01",
            "workbook": SimpleUploadedFile(name, content),
        }
        sent = client.post(reverse("preuves:rem_import"), given)
        assert sent.status_code in (302, 422)
        if sent.status_code == 302:
            page = client.get(sent["Location"])
            assert page.status_code == 200
            last = ImportDuREM.objects.order_by("-pk")[0]
            published = client.post(reverse("preuves:rem_publish", args=[last.pk]), {"seen": "", "latest": "0"})
            assert published.status_code == 302
