"""A copy of a whole dossier: complete, streamed, for whoever asked for it, until its time is over."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from comptes import clock
from comptes.models import Compte
from preuves import effects
from preuves.catalogue.zips import Stream, zipped
from preuves.documents.printing import render_messages
from preuves.models import ExportDeDossier
from preuves.operations.exports import ExportNotPossible, ask_export, remove_export
from preuves.queries.exports import defused
from preuves.sweeps import take_up_exports
from tests.candidatures.conftest import Team
from tests.factories import preuves as make

SignIn = Callable[[Compte], Client]


@pytest.fixture(autouse=True)
def in_autumn() -> Any:
    with clock.travel(make.AUTUMN):
        yield


def an_export(team: Team) -> ExportDeDossier:
    piece = make.a_file(team.candidature, team.salarie)
    make.a_deposit(team.candidature, team.salarie, "INS.01.01.01", make.some_files(piece))
    make.a_deposit(team.candidature, team.salarie)
    asked = ask_export(candidature_id=team.candidature.pk, by=team.salarie, at=make.AUTUMN)
    effects.make_export(asked.pk)
    return ExportDeDossier.objects.get(pk=asked.pk)


def test_everything_is_in_it_and_its_manifest_tells_the_truth(team: Team, sign_in: SignIn) -> None:
    export = an_export(team)
    address = reverse("preuves:export", args=[team.candidature.nru, export.pk])

    archive = zipfile.ZipFile(io.BytesIO(b"".join(sign_in(team.salarie).get(address))))

    assert archive.testzip() is None
    names = archive.namelist()
    assert "preuves/INS Identité nationale de santé/INS.01.01.01/depot-1/01-ecran.png" in names
    assert "preuves/MAT Prérequis de maturité technique/MAT.01.01.01/depot-1/depot.txt" in names
    assert {"journal.csv", "messages.csv", "manifeste.csv"} <= set(names)
    lines = list(csv.reader(io.StringIO(archive.read("manifeste.csv").decode("utf-8-sig")), delimiter=";"))[1:]
    assert {line[0] for line in lines} == set(names) - {"manifeste.csv"}
    assert all(hashlib.sha256(archive.read(path)).hexdigest() == sha256 for path, _, sha256 in lines)
    assert (export.done, export.total) == (len(lines), len(lines))


def test_only_who_asked_downloads_it_and_only_for_a_time(team: Team, sign_in: SignIn) -> None:
    export = an_export(team)
    address = reverse("preuves:export", args=[team.candidature.nru, export.pk])
    name = export.file.name

    assert sign_in(team.mandataire).get(address).status_code == 404
    assert "Télécharger le ZIP" in sign_in(team.salarie).get(address.replace(f"{export.pk}/", "")).content.decode()
    with clock.travel(make.AUTUMN + timedelta(days=8)):
        assert sign_in(team.salarie).get(address).status_code == 404
        take_up_exports()
    assert not export.file.storage.exists(name)
    assert ExportDeDossier.objects.get().file.name == ""


def test_one_at_a_time_for_each_person(team: Team) -> None:
    asked = ask_export(candidature_id=team.candidature.pk, by=team.salarie, at=make.AUTUMN)
    ask_export(candidature_id=team.candidature.pk, by=team.mandataire, at=make.AUTUMN)

    with pytest.raises(ExportNotPossible):
        ask_export(candidature_id=team.candidature.pk, by=team.salarie, at=make.AUTUMN)
    effects.make_export(asked.pk)
    effects.make_export(asked.pk)
    assert ExportDeDossier.objects.filter(asked_by=team.salarie, ready_at__isnull=False).count() == 1
    remove_export(export_id=asked.pk, at=make.AUTUMN)
    assert ExportDeDossier.objects.get(pk=asked.pk).file, "Its time is not over."
    ask_export(candidature_id=team.candidature.pk, by=team.salarie, at=make.AUTUMN)


def test_a_copy_that_fails_again_and_again_is_given_up(team: Team) -> None:
    asked = ask_export(candidature_id=team.candidature.pk, by=team.salarie, at=make.AUTUMN)
    ExportDeDossier.objects.update(tries=effects.MOST_EXPORTS)

    effects.make_export(asked.pk)

    assert ExportDeDossier.objects.get().failed_at is not None


def test_a_large_archive_is_never_whole_in_memory() -> None:
    piece, count = b"x" * 256 * 1024, 200
    most = 0

    def entries() -> Iterator[tuple[str, Iterator[bytes]]]:
        for number in range(count):
            yield f"{number}.bin", iter([b"", piece])

    stream, whole = Stream(zipped(entries(), made=(2026, 11, 2, 9, 0, 0))), io.BytesIO()
    while chunk := stream.read(64 * 1024):
        most = max(most, len(chunk) + stream.held)
        whole.write(chunk)

    assert len(zipfile.ZipFile(whole).namelist()) == count
    assert most < 4 * len(piece)


@pytest.mark.parametrize(
    ("cell", "safe"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("-3", "'-3"), ("texte", "texte"), (-3, -3)]
)
def test_no_cell_is_a_formula(cell: object, safe: object) -> None:
    assert defused(cell) == safe


def test_printed_message_keeps_its_quotation_marks_with_their_words() -> None:
    message = {
        "par": "Élodie Vasseur",
        "camp": "Éditeur",
        "envoye_le": "2027-03-08T08:06:00+00:00",
        "corrige_le": "",
        "corrigee_le": "",
        "texte": "Le cas « Entête » est-il attendu ?",
        "fichiers": [],
    }
    shared = {"nru": "DUI-2026-00001-T", "solution": "Mistral", "editeur": "Mistral Social", "dispositif": "DUI"}

    printed = render_messages({**shared, "messages": [message]}, at=clock.machine_now())

    text = pypdfium2.PdfDocument(printed)[0].get_textpage().get_text_bounded()
    assert "«\u00a0Entête\u00a0»" in text
    assert "attendu\u00a0?" in text
