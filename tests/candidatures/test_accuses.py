"""The accusé of each submission: written with it, printed once, recognised by anybody, and nothing else is."""

import json
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from unicodedata import normalize

import pikepdf
import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from candidatures import effects, sweeps
from candidatures.documents.accuse import render_accuse
from candidatures.documents.printing import DocumentNotPrintable
from candidatures.enums import VoletKind
from candidatures.models import Accuse, ImpressionDAccuse
from candidatures.operations.volets import VoletNotSubmittable, submit_volet
from candidatures.rules import accuse as rules
from comptes.canonical import canonical, fingerprint
from comptes.dates import instant_with_zone
from comptes.models import JournalChain, Notice
from preuves.operations.chapitres import submit_chapitre, take_back_chapitre
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.referencement.conftest import PRINTS

SECOND = timedelta(seconds=1)
NUMERO = rules.make_numero("7K3M9QXZ4H2WB6T")


@pytest.fixture
def accuse(team: Team) -> Accuse:
    make.a_submitted_volet(team.candidature, team.salarie, make.DATE_1 - SECOND)
    return Accuse.objects.get()


def verify(**query: str) -> str:
    """What anybody reads on the public page; narrow spaces and such are plain ones."""
    return normalize("NFKC", Client().get(reverse("referencement:verifier"), query).content.decode())


# -- the number ------------------------------------------------------------------------------------------------------


def test_a_number_is_in_groups_with_its_check_symbol() -> None:
    assert NUMERO.startswith("AR-7K3M-9QXZ-4H2W-B6T")
    assert len(NUMERO) == len("AR-7K3M-9QXZ-4H2W-B6TC")


@pytest.mark.parametrize(
    "typed",
    [
        NUMERO,
        NUMERO.lower(),
        f"  {NUMERO} ",
        NUMERO.replace("-", " "),
        NUMERO.replace("-", ""),
        NUMERO.removeprefix("AR-"),
    ],
)
def test_a_number_is_read_as_people_copy_it(typed: str) -> None:
    assert rules.read_numero(typed) == NUMERO


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    numero = rules.make_numero("0101010101ABCDE")

    assert rules.read_numero(numero.replace("0", "O").replace("1", "l")) == numero


@pytest.mark.parametrize("place", range(3, len(NUMERO)))
def test_one_mistyped_symbol_is_seen(place: int) -> None:
    if NUMERO[place] != "-":
        other = "A" if NUMERO[place] != "A" else "B"
        assert rules.read_numero(f"{NUMERO[:place]}{other}{NUMERO[place + 1 :]}") == ""


@pytest.mark.parametrize("typed", ["", "AR", NUMERO[:-1], f"{NUMERO}0", "AR-ÉÉÉÉ-9QXZ-4H2W-B6TC"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert rules.read_numero(typed) == ""


# -- with the submission ---------------------------------------------------------------------------------------------


def test_a_volet_s_accuse_says_what_when_by_whom_and_the_head_of_the_journal(team: Team, accuse: Accuse) -> None:
    head = JournalChain.objects.get(name=team.candidature.chain)
    data = accuse.data

    assert (data["objet"], data["soumission"], data["soumis_par"]) == ("Candidature administrative", 1, "Sami Leroy")
    assert normalize("NFKC", data["recu"]["paris"]) == "01/10/2026 à 11 h 59 min 59 s (heure de Paris, UTC+2)"
    assert data["recu"]["utc"] == "2026-10-01T09:59:59.000000+00:00"
    assert data["empreinte"] == team.volet.soumissions.get().sha256
    assert data["journal"] == {"chaine": head.name, "longueur": head.length, "empreinte": head.head}
    assert accuse.sha256 == fingerprint(data)
    assert (accuse.issued_at, accuse.issued_to) == (make.DATE_1 - SECOND, team.salarie)


def test_the_winter_s_offset_is_said() -> None:
    instant = instant_with_zone(make.DATE_1 + timedelta(days=60))

    assert normalize("NFKC", instant) == "30/11/2026 à 11 h 00 min 00 s (heure de Paris, UTC+1)"


def test_a_volet_s_accuse_lists_its_files(team: Team) -> None:
    piece = make.a_piece(team.candidature, team.salarie)
    given = {"noms_commerciaux": make.a_nom_commercial(piece)}
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE, **given)

    (depot,) = Accuse.objects.get().data["depots"]
    assert depot["intitule"] == "Autres noms commerciaux"
    assert depot["fichiers"] == [{"nom": piece.name, "octets": piece.size, "sha256": piece.sha256}]


def test_a_chapitre_s_accuse_lists_every_revision_with_its_files(team: Team) -> None:
    prove.a_rem()
    candidature = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    prove.a_deposit(candidature, team.salarie, "MAT.01.01.01")
    prove.a_deposit(candidature, team.salarie, "MAT.01.01.02", prove.not_applicable())
    submit_chapitre(candidature_id=candidature.pk, code="MAT", by=team.salarie, at=prove.AUTUMN)
    piece = prove.a_file(candidature, team.salarie)
    prove.a_deposit(candidature, team.salarie, "INS.01.01.01", prove.some_files(piece))
    prove.a_deposit(candidature, team.salarie, "INS/va1.02.01.01", prove.not_applicable())
    submit_chapitre(candidature_id=candidature.pk, code="INS", by=team.salarie, at=prove.AUTUMN)

    mat, ins = Accuse.objects.filter(kind="chapitre").order_by("pk")
    assert [depot["intitule"] for depot in mat.data["depots"]] == ["MAT.01.01.01", "MAT.01.01.02"]
    assert normalize("NFKC", mat.data["depots"][0]["precision"]) == "Numéro, dépôt n° 1 : 48213"
    assert [depot["intitule"] for depot in ins.data["depots"]] == ["INS.01.01.01", "INS/va1.02.01.01"]
    assert [len(depot["fichiers"]) for depot in ins.data["depots"]] == [1, 0]
    (file,) = [file for depot in ins.data["depots"] for file in depot["fichiers"]]
    assert (file["nom"], file["octets"]) == ("ecran.png", len(prove.PNG))
    assert file["sha256"] == sha256(prove.PNG).hexdigest()


def test_an_accuse_lives_and_dies_with_its_submission(team: Team) -> None:
    volet = make.a_filled_volet(team.candidature, team.salarie)
    with transaction.atomic():
        submit_volet(volet_id=volet.pk, by=team.salarie, at=make.SUMMER)
        assert Accuse.objects.count() == 1
        transaction.set_rollback(True)
    assert not Accuse.objects.exists()
    with pytest.raises(VoletNotSubmittable):
        submit_volet(volet_id=volet.pk, by=team.salarie, at=make.DATE_1 + SECOND)
    assert not Accuse.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE candidatures_accuse SET data = '{}'",
        "UPDATE candidatures_accuse SET issued_at = issued_at - interval '1 hour'",
        "DELETE FROM candidatures_accuse",
    ],
)
def test_nobody_rewrites_an_accuse(accuse: Accuse, statement: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_team_s_letter_gives_its_number_and_address(accuse: Accuse, effects_run: None, mailoutbox: Any) -> None:
    from comptes.sweeps import deliver_due_notices

    deliver_due_notices()
    bodies = [letter.body for letter in mailoutbox if "soumission reçue" in letter.subject]
    assert len(bodies) == Notice.objects.filter(kind="candidatures.volet_submitted").count() == 3
    assert all(accuse.numero in body and f"/accuses/{accuse.numero}/" in body for body in bodies)


# -- printed ---------------------------------------------------------------------------------------------------------


@PRINTS
def test_the_pdf_is_tagged_bears_its_data_and_is_the_same_each_time(accuse: Accuse) -> None:
    content = render_accuse(accuse.data, version="1", at=accuse.issued_at)

    assert content == render_accuse(accuse.data, version="1", at=accuse.issued_at)
    with pikepdf.open(BytesIO(content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["pdfuaid:part"] == "1"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.Root.Lang) == "fr"
        assert {str(page.Tabs) for page in pdf.pages} == {"/S"}
        links = [note for page in pdf.pages for note in page.get("/Annots", []) if note.Subtype == "/Link"]
        assert all(str(link.Contents) and "/StructParent" in link for link in links)
        attached = pdf.attachments["donnees.json"].get_file().read_bytes()
    assert attached == canonical(accuse.data)
    assert fingerprint(json.loads(attached)) == accuse.sha256


def test_an_unknown_version_is_not_printed(accuse: Accuse) -> None:
    with pytest.raises(DocumentNotPrintable, match="version '0'"):
        render_accuse(accuse.data, version="0", at=accuse.issued_at)


@PRINTS
def test_an_accuse_is_printed_once(accuse: Accuse) -> None:
    effects.print_accuse(accuse.pk)
    effects.print_accuse(accuse.pk)

    impression = ImpressionDAccuse.objects.get()
    assert sha256(b"".join(impression.read())).hexdigest() == impression.sha256
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE candidatures_impressiondaccuse SET sha256 = ''")


def test_whoever_prints_second_takes_his_file_away(accuse: Accuse) -> None:
    def stored() -> set[str]:
        return {f"accuses/{name}" for name in storages["pieces"].listdir("accuses")[1]}

    effects.keep_once(ImpressionDAccuse.objects, b"first", folder="accuses", at=make.SUMMER, accuse=accuse)
    before = stored()
    effects.keep_once(ImpressionDAccuse.objects, b"second", folder="accuses", at=make.SUMMER, accuse=accuse)

    assert b"".join(ImpressionDAccuse.objects.get().read()) == b"first"
    assert stored() == before


@PRINTS
def test_the_sweep_prints_what_was_forgotten_and_leaves_the_rest_to_the_worker(
    accuse: Accuse, effects_run: None, travel_to: Any
) -> None:
    travel_to(accuse.issued_at + sweeps.PATIENCE - SECOND)
    assert sweeps.print_pending_accuses() == 0
    travel_to(accuse.issued_at + sweeps.PATIENCE)
    assert (sweeps.print_pending_accuses(), sweeps.print_pending_accuses()) == (1, 0)


# -- recognised ------------------------------------------------------------------------------------------------------


def test_anybody_verifies_an_accuse_by_its_number(accuse: Accuse) -> None:
    for typed in (accuse.numero, accuse.numero.lower().replace("-", " ")):
        page = verify(numero=typed)
        assert "Ce document existe" in page
        assert accuse.data["nru"] in page
        assert "01/10/2026 à 11 h 59 min 59 s" in page
        assert "Sami" not in page


@PRINTS
def test_the_file_is_authentic_and_a_changed_byte_is_not(accuse: Accuse) -> None:
    effects.print_accuse(accuse.pk)
    content = bytearray(b"".join(ImpressionDAccuse.objects.get().read()))
    assert "Ce fichier est authentique" in verify(empreinte=sha256(content).hexdigest())

    content[len(content) // 2] ^= 1
    assert "Ce document n’est pas reconnu" in verify(empreinte=sha256(content).hexdigest())


def test_the_fingerprint_printed_on_paper_is_known(accuse: Accuse) -> None:
    assert "Ce document existe" in verify(empreinte=accuse.sha256)


def test_a_mistyped_number_says_so(accuse: Accuse) -> None:
    last = "0" if accuse.numero[-1] != "0" else "1"

    assert "a été mal recopié" in verify(numero=accuse.numero[:-1] + last)
    assert "Aucun document public ne porte ce numéro" in verify(numero=NUMERO)


def test_a_later_submission_is_said(team: Team, accuse: Accuse) -> None:
    make.a_demande(make.the_volet(team.candidature), team.instructeur, "solution_nom")
    submit_volet(volet_id=team.volet.pk, by=team.salarie, at=make.DATE_1)

    assert "Une soumission plus récente a été reçue le 1er octobre 2026 à 12 h 00" in verify(numero=accuse.numero)
    latest = Accuse.objects.get(number=2)
    assert "plus récente" not in verify(numero=latest.numero)


def test_a_submission_taken_back_counts_as_never_made(team: Team) -> None:
    prove.a_rem()
    candidature = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    prove.a_submitted_chapitre(candidature, team.mandataire)
    take_back_chapitre(candidature_id=candidature.pk, code="MAT", by=team.mandataire, at=prove.AUTUMN)

    accuse = Accuse.objects.get(kind="chapitre")
    assert "elle ne compte plus" in verify(numero=accuse.numero)


# -- given -----------------------------------------------------------------------------------------------------------


@PRINTS
def test_the_team_and_the_agency_read_the_file(team: Team, accuse: Accuse, sign_in: Any) -> None:
    address = reverse("candidatures:accuse", args=[accuse.numero])
    assert sign_in(team.salarie).get(address).status_code == 409
    effects.print_accuse(accuse.pk)

    for reader in (team.salarie, team.mandataire, team.instructeur):
        answer = sign_in(reader).get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    for reader in (team.newcomer, team.stranger):
        assert sign_in(reader).get(address).status_code == 404


def test_the_page_after_a_submission_gives_the_number(team: Team, sign_in: Any, travel_to: Any) -> None:
    make.a_filled_volet(team.candidature, team.salarie)
    travel_to(make.DATE_1)
    address = reverse("candidatures:volet_submit", args=[team.candidature.nru, "administratif"])
    page = sign_in(team.salarie).post(address, follow=True).content.decode()

    assert f'<a href="/accuses/{Accuse.objects.get().numero}/">' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_accuses_asks_as_much_whatever_its_length(
    team: Team, sign_in: Any, django_assert_num_queries: Any, rows: int
) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    for _ in range(rows - 1):
        make.a_demande(make.the_volet(team.candidature), team.instructeur, "solution_nom")
        submit_volet(volet_id=team.volet.pk, by=team.salarie, at=make.SUMMER)
    client = sign_in(team.salarie)
    client.get(reverse("candidatures:accuses", args=[team.candidature.nru]))

    with django_assert_num_queries(7):
        page = client.get(reverse("candidatures:accuses", args=[team.candidature.nru])).content.decode()
    assert page.count('class="ps-nru">AR-') == rows


def test_others_see_no_accuse(accuse: Accuse, sign_in: Any) -> None:
    other = make_team()

    assert (
        sign_in(other.mandataire).get(reverse("candidatures:accuses", args=[accuse.candidature.nru])).status_code == 404
    )
