"""One solution in two dispositifs, with a table of équivalences from the trial one to the DUI."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import Verdict, VoletKind
from candidatures.models import Candidature, Produit
from candidatures.operations.candidatures import accept_charte, open_candidature
from candidatures.operations.dispositifs import load_dispositif
from candidatures.operations.instruction import judge_reference
from candidatures.operations.volets import save_answers, submit_volet
from candidatures.queries.candidatures import charte_of
from candidatures.queries.volets import spec_of_volet
from comptes.models import Compte
from preuves.catalogue.equivalences import EquivalenceSpec, TableSpec
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.models import ImportDEquivalences, VersionDEquivalences
from preuves.operations.equivalences import publish_equivalences, send_equivalences
from preuves.operations.rem import publish_rem
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.conventions import approve

DUI, ESSAI = "ms-dui-va2", "essai-va2"
ACCEPTED_AT = prove.AUTUMN + timedelta(days=1)
HEADERS = ("N° preuve source", "N° preuve cible", "Condition", "Note")
THERE, SECOND_THERE = "VAG.01.01.01", "VAG.01.01.02"
HERE, SECOND_HERE = "MAT.01.01.01", "MAT.01.01.02"


def an_essai_rem_spec() -> RemSpec:
    """A REM of one chapitre, with two numbers to type."""
    preuves = (prove.a_preuve_spec(THERE), prove.a_preuve_spec(SECOND_THERE))
    return RemSpec((ChapitreSpec("VAG", "Vague et marées", (prove.an_exigence("VAG.01", *preuves),)),))


def an_essai_rem(spec: RemSpec | None = None, day: date = date(2026, 6, 1), at: datetime = make.OPENING) -> Any:
    make.load_the_desks()
    load_dispositif(spec=spec_of(ESSAI), at=make.OPENING)
    version, _ = publish_rem(dispositif_code=ESSAI, spec=spec or an_essai_rem_spec(), date=day, by=None, at=at)
    return version


def a_candidature_elsewhere(produit: Produit, by: Compte, instructeur: Compte, *references: str) -> Candidature:
    """The same product, candidate to the trial dispositif; both volets are recevables, its references confirmed."""
    candidature = open_candidature(produit_id=produit.pk, dispositif_code=ESSAI, by=by, at=make.SUMMER)
    charte = charte_of(candidature.dispositif)
    accept_charte(candidature_id=candidature.pk, charte_id=charte.pk, by=by, at=make.SUMMER)
    refers(candidature, by, instructeur, *references)
    volet = make.the_volet(candidature, VoletKind.ELIGIBILITE)
    given = make.ELIGIBLE | {"profils": ["MER"], "raison_d_essai": "Essayer."}
    answers = {code: value for code, value in given.items() if code in spec_of_volet(volet).by_code}
    save_answers(volet_id=volet.pk, answers=answers, seen_version=0, by=by, at=make.SUMMER)
    submit_volet(volet_id=volet.pk, by=by, at=make.SUMMER)
    make.admit(make.the_volet(candidature, VoletKind.ELIGIBILITE), instructeur)
    return Candidature.objects.with_names().get(pk=candidature.pk)


def refers(candidature: Candidature, by: Compte, instructeur: Compte, *nrus: str, confirm: bool = True) -> None:
    """Submit the candidature administrative with these references of vague 2, judged, and admit it."""
    lines = {"lignes": [{"nru": nru} for nru in nrus]} if nrus else {"aucun": True}
    volet = make.a_submitted_volet(candidature, by, references_vague_1={"aucun": True}, references_vague_2=lines)
    for nru in nrus:
        judge(candidature, instructeur, nru, Verdict.CONFIRMED if confirm else Verdict.REFUSED)
    make.admit(volet, instructeur)


def judge(
    candidature: Candidature, by: Compte, nru: str, verdict: Verdict = Verdict.CONFIRMED, at: datetime = make.SUMMER
) -> None:
    volet = make.the_volet(candidature)
    reason = "" if verdict == Verdict.CONFIRMED else "C’est une autre solution."
    judge_reference(volet_id=volet.pk, identifiant=nru, verdict=verdict, reason=reason, by=by, at=at)


def a_line(source: str = THERE, cible: str = HERE, *profils: str, note: str = "") -> EquivalenceSpec:
    return EquivalenceSpec(source, cible, profils, note)


def a_table(
    *lines: EquivalenceSpec,
    day: date = date(2026, 6, 2),
    at: datetime = make.SUMMER,
    source: str = ESSAI,
    cible: str = DUI,
) -> VersionDEquivalences:
    version, _ = publish_equivalences(source=source, cible=cible, spec=TableSpec(lines), date=day, by=None, at=at)
    return version


def a_workbook(rows: Iterable[Sequence[Any]], headers: Sequence[str] = HEADERS) -> io.BytesIO:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Équivalences"
    for row in (headers, *rows):
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def a_sent_table(
    by: Compte, *rows: Sequence[Any], day: date = date(2026, 7, 1), source: str = ESSAI, cible: str = DUI
) -> ImportDEquivalences:
    """A workbook of équivalences that was sent, to be previewed."""
    file = SimpleUploadedFile("equivalences.xlsx", a_workbook(rows or [(THERE, HERE)]).getvalue())
    return send_equivalences(source=source, cible=cible, workbook=file, date=day, by=by, at=make.SUMMER)


@dataclass
class Pair:
    """A solution that is candidate to both: `here` refers to `there`, which is confirmed, and where VAG is approved."""

    team: Team
    here: Candidature
    there: Candidature


def make_pair() -> Pair:
    prove.a_rem()
    an_essai_rem()
    team = make_team()
    there = a_candidature_elsewhere(team.produit, team.mandataire, team.instructeur)
    approve(there, team, "VAG")
    here = team.candidature
    refers(here, team.mandataire, team.instructeur, there.nru)
    make.admit(make.a_submitted_volet(here, team.mandataire, kind=VoletKind.ELIGIBILITE), team.instructeur)
    team.candidature = Candidature.objects.with_names().get(pk=here.pk)
    return Pair(team, team.candidature, there)
