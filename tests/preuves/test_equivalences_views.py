"""Équivalences on screen: imported by the ANS, read by the éditeur with their source, contested, simulated."""

import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.models import Candidature
from candidatures.operations.candidatures import withdraw_candidature
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry
from preuves import sweeps
from preuves.models import Equivalence, ImportDEquivalences, VersionDEquivalences
from preuves.operations.equivalences import publish_equivalences_import
from preuves.operations.imports import ImportClosed
from preuves.queries.imports_equivalences import reading_of
from preuves.queries.tables import latest_table
from segur_portal.demo import verbs
from tests.factories import candidatures as make
from tests.factories import equivalences as equal
from tests.factories import fichiers as some
from tests.factories import preuves as prove
from tests.factories.conventions import approve
from tests.factories.equivalences import DUI, ESSAI, HERE, SECOND_HERE, SECOND_THERE, THERE, Pair, a_line, a_table
from tests.factories.tours import project_everything
from tests.ground import standing
from tests.preuves.test_examen import text_of

SignIn = Callable[[Compte], Client]
LATER = equal.ACCEPTED_AT + timedelta(days=10)
pair = standing(equal.make_pair)


@pytest.fixture
def administrateur(pair: Pair) -> Compte:
    return make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])


@pytest.fixture
def client(administrateur: Compte, sign_in: SignIn) -> Client:
    return sign_in(administrateur)


@pytest.fixture
def second(pair: Pair, sign_in: SignIn) -> Client:
    """Somebody else than whoever sends the workbooks."""
    return sign_in(make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]))


def page_of(client: Client, sent: ImportDEquivalences) -> str:
    return text_of(client.get(reverse("preuves:equivalences_preview", args=[sent.pk])))


def publish(client: Client, sent: ImportDEquivalences, **changes: str) -> str:
    latest = latest_table(sent.source_id, sent.cible_id)
    seen = {"seen": reading_of(sent).spec.sha256, "latest": str(latest.pk if latest else 0)} | changes
    return text_of(client.post(reverse("preuves:equivalences_publish", args=[sent.pk]), seen, follow=True))


# -- imported ---------------------------------------------------------------------------------------------------------


def test_workbook_is_sent_previewed_and_published(
    pair: Pair, administrateur: Compte, client: Client, second: Client
) -> None:
    file = SimpleUploadedFile(
        "Équivalences juin.xlsx", equal.a_workbook([(THERE, HERE, "PA, PDS", "Même module.")]).getvalue()
    )
    given = {"source": ESSAI, "cible": DUI, "date": "2026-07-01", "workbook": file}
    assert reverse("preuves:equivalences") in client.get(reverse("preuves:rem")).content.decode()

    answer = client.post(reverse("preuves:equivalences_import"), given)

    sent = ImportDEquivalences.objects.get()
    assert answer["Location"] == reverse("preuves:equivalences_preview", args=[sent.pk])
    assert not VersionDEquivalences.objects.exists()
    assert "Équivalences juin.xlsx" in text_of(client.get(reverse("preuves:equivalences")))
    page = page_of(client, sent)
    assert "Aucune table n’est encore publiée entre ces deux démarches." in page
    assert f"{pair.here.nru} {HERE} Aucune" in page
    assert "Une autre personne que celle qui a envoyé ce classeur doit le publier" in page
    assert "Une autre personne que celle qui a envoyé le classeur" in publish(client, sent)
    assert not VersionDEquivalences.objects.exists()

    assert "La table est publiée" in publish(second, sent)
    version = VersionDEquivalences.objects.get()
    assert version.date == date(2026, 7, 1)
    assert version.published_by not in (None, administrateur)
    assert [(row.source, row.cible, row.profils, row.note) for row in version.lignes.all()] == [
        (THERE, HERE, ["PA", "PDS"], "Même module.")
    ]
    last = JournalEntry.objects.filter(chain="portail").order_by("-number")[0]
    assert (last.act, last.params["source"], last.params["cible"]) == ("equivalences.published", ESSAI, DUI)
    assert "Équivalences juin.xlsx" not in text_of(client.get(reverse("preuves:equivalences")))
    assert "Même module." in text_of(client.get(reverse("preuves:equivalences_version", args=[version.pk])))
    again = client.get(reverse("preuves:equivalences_preview", args=[sent.pk]))
    assert again["Location"] == reverse("preuves:equivalences_version", args=[version.pk])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cible": ESSAI}, "Une table va d’une démarche à une autre"),
        ({"workbook": ""}, "Ce champ est obligatoire"),
        ({"workbook": SimpleUploadedFile("table.xlsm", some.XLSM)}, "macros"),
        ({"source": "inconnue"}, "choix"),
    ],
)
def test_form_refuses_in_words(client: Client, changes: dict[str, object], sentence: str) -> None:
    file = SimpleUploadedFile("table.xlsx", equal.a_workbook([(THERE, HERE)]).getvalue())
    given = {"source": ESSAI, "cible": DUI, "date": "2026-07-01", "workbook": file} | changes

    assert sentence in text_of(client.post(reverse("preuves:equivalences_import"), given))
    assert not ImportDEquivalences.objects.exists()


def test_unknown_preuve_is_named_with_its_cell_and_nothing_is_published(
    administrateur: Compte, client: Client, second: Client
) -> None:
    sent = equal.a_sent_table(administrateur, (THERE, HERE), ("X.99", SECOND_HERE))

    page = page_of(client, sent)

    assert "A3 La preuve X.99 n’est pas dans le REM du 01/06/2026 de « Dispositif d’essai »." in page
    assert "Publier cette version" not in page
    assert "Corrigez d’abord les problèmes" in publish(second, sent)
    assert not VersionDEquivalences.objects.exists()


def test_preview_says_what_the_next_version_changes_and_for_whom(
    pair: Pair, administrateur: Compte, client: Client
) -> None:
    a_table(a_line(), a_line(SECOND_THERE, "INS.01.01.01"))
    sent = equal.a_sent_table(
        administrateur, (THERE, HERE, None, "Revue."), (SECOND_THERE, SECOND_HERE), day=date(2026, 8, 1)
    )

    page = page_of(client, sent)

    assert "Ajoutées 1" in page
    assert "Modifiées 1" in page
    assert f"{THERE} – Revue." in page
    assert "Retirées 1" in page
    assert f"{pair.here.nru} {SECOND_HERE} INS.01.01.01" in page


def test_what_moved_since_the_preview_is_not_published(
    pair: Pair, administrateur: Compte, client: Client, second: Client
) -> None:
    sent = equal.a_sent_table(administrateur)
    a_table(a_line(SECOND_THERE, SECOND_HERE), day=date(2026, 6, 20))

    assert "relisez-le" in publish(second, sent, latest="0")
    assert "relisez-le" in publish(second, sent, seen="0" * 64)
    assert "est publiée" in publish(second, sent)
    with pytest.raises(ImportClosed):
        publish_equivalences_import(import_id=sent.pk, seen="", latest_id=0, by=administrateur, at=make.SUMMER)


def test_same_content_again_is_said_to_change_nothing(
    pair: Pair, administrateur: Compte, client: Client, second: Client
) -> None:
    a_table(a_line())
    sent = equal.a_sent_table(administrateur)

    assert "identique à celui de la dernière version" in page_of(client, sent)
    assert "il n’y a rien à publier" in publish(second, sent)


def test_workbook_is_thrown_away(administrateur: Compte, client: Client, second: Client) -> None:
    sent = equal.a_sent_table(administrateur)
    address = reverse("preuves:equivalences_discard", args=[sent.pk])

    assert "est abandonné" in text_of(client.post(address, follow=True))
    assert "déjà abandonné" in text_of(client.post(address, follow=True))
    assert "déjà abandonné" in publish(second, sent)
    assert JournalEntry.objects.filter(act="equivalences.import_discarded").count() == 1


def test_responsable_publishes_and_does_not_import(pair: Pair, administrateur: Compte, second: Client) -> None:
    a_table(a_line())
    sent = equal.a_sent_table(administrateur, (SECOND_THERE, SECOND_HERE))

    assert "Publier cette version" in page_of(second, sent)
    assert second.get(reverse("preuves:equivalences_import")).status_code == 403
    assert "Importer" not in text_of(second.get(reverse("preuves:equivalences")))


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_preview_and_of_the_list(pair: Pair, administrateur: Compte, client: Client, rows: int) -> None:
    for number in range(rows - 1):
        a_reader_of(pair, f"Solution {number}")
    sent = equal.a_sent_table(administrateur, (SECOND_THERE, SECOND_HERE))
    a_table(a_line())
    urls = [reverse("preuves:equivalences_preview", args=[sent.pk]), reverse("preuves:equivalences")]
    for url in urls:
        client.get(url)  # the REM and the table are read once by each process

    counts = []
    for url in urls:
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        counts.append(len(asked))

    assert counts == [19, 6]


def a_reader_of(pair: Pair, nom: str) -> Candidature:
    """Another candidature that refers to the one of the source: it is listed, and gains nothing."""
    by = pair.team.mandataire
    candidature = make.a_candidature(make.a_produit(pair.team.editeur, by, nom), by)
    equal.refers(candidature, by, pair.team.instructeur, pair.there.nru)
    return candidature


# -- shown ------------------------------------------------------------------------------------------------------------


def test_editeur_reads_where_it_comes_from_on_every_page(pair: Pair, sign_in: SignIn) -> None:
    a_table(a_line(THERE, HERE, "PDS", "PA", note="Même module."))
    client, nru = sign_in(pair.team.salarie), pair.here.nru
    source = (
        f"Équivalence avec la preuve {THERE} , acceptée dans « Dispositif d’essai » sous le numéro {pair.there.nru} , "
        "depuis le 3 novembre 2026 à 10 h . Condition : ne présenter que les profils PA, PDS. Note : Même module."
    )

    chapitre = text_of(client.get(reverse("preuves:chapitre", args=[nru, "MAT"])))
    preuve = text_of(client.get(reverse("preuves:preuve", args=[nru, HERE])))
    dossier = text_of(client.get(reverse("preuves:dossier", args=[nru])))

    assert source in chapitre
    assert source in preuve
    assert (
        f"1 équivalence avec des preuves acceptées dans « Dispositif d’essai », sous le numéro {pair.there.nru}"
        in dossier
    )


def test_instructeur_reads_it_and_contests_it_before_and_while_reading(pair: Pair, sign_in: SignIn) -> None:
    a_table(a_line())
    client = sign_in(pair.team.instructeur)
    address = reverse("preuves:examen", args=[pair.here.nru, "MAT"])
    assert f"Équivalence avec la preuve {THERE}" in text_of(client.get(address))
    prove.a_submitted_chapitre(pair.here, pair.team.salarie)
    assert f"Équivalence avec la preuve {THERE}" in text_of(client.get(address, {"preuve": HERE}))

    with clock.travel(LATER):
        contest = reverse("preuves:contester", args=[pair.here.nru, "MAT"])
        answer = client.post(contest, {"numero": HERE, "motif": "Le module diffère."}, follow=True)

    assert f"La preuve {HERE} est désormais à déposer" in text_of(answer)
    assert "Demandée par l’ANS, avec ce motif : Le module diffère." in text_of(client.get(address, {"preuve": HERE}))


def test_editeur_reads_why_it_is_due_again(pair: Pair, sign_in: SignIn) -> None:
    a_table(a_line())
    withdraw_candidature(candidature_id=pair.there.pk, by=pair.team.mandataire, at=LATER)
    client, nru = sign_in(pair.team.salarie), pair.here.nru
    why = f"la candidature {pair.there.nru} a été retirée."

    assert f"{HERE} : {why}" in text_of(client.get(reverse("preuves:dossier", args=[nru])))
    for name, keys in (("chapitre", ["MAT"]), ("preuve", [HERE])):
        page = text_of(client.get(reverse(f"preuves:{name}", args=[nru, *keys])))
        assert f"L’équivalence avec la preuve {THERE} de {pair.there.nru} ne s’applique plus : {why}" in page


@pytest.mark.parametrize("lines", [1, 40])
def test_pages_of_a_dossier_ask_the_same_whatever_the_table(pair: Pair, sign_in: SignIn, lines: int) -> None:
    a_table(a_line(), *(a_line(THERE, f"X.{number:02}") for number in range(lines - 1)))
    client = sign_in(pair.team.salarie)
    project_everything(at=clock.now())
    pages = {"dossier": [], "chapitre": ["MAT"], "preuve": [HERE], "simulation": []}
    counts = {}
    for name, keys in pages.items():
        url = reverse(f"preuves:{name}", args=[pair.here.nru, *keys])
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        counts[name] = len(asked)

    assert counts == {"dossier": 17, "chapitre": 14, "preuve": 13, "simulation": 16}


# -- simulated --------------------------------------------------------------------------------------------------------


def simulated(client: Client, candidature: Candidature, **typed: object) -> str:
    return text_of(client.get(reverse("preuves:simulation", args=[candidature.nru]), typed))


def test_simulation_supposes_another_candidature_of_the_same_product(db: None, sign_in: SignIn) -> None:
    prove.a_rem()
    equal.an_essai_rem()
    team = equal.make_team()
    there = equal.a_candidature_elsewhere(team.produit, team.mandataire, team.instructeur)
    a_table(a_line(), a_line(SECOND_THERE, SECOND_HERE, "PA"))
    client = sign_in(team.salarie)
    assert f"{there.nru} – Dispositif d’essai" in simulated(client, team.candidature)

    hoped = simulated(client, team.candidature, profils="PA", candidatures=there.nru)
    assert (
        "2 preuves de plus ne seraient plus à déposer, par équivalence, une fois acceptées dans l’autre candidature."
        in hoped
    )

    approve(there, team, "VAG")
    alone = simulated(client, team.candidature, profils="PA", candidatures=there.nru)
    several = simulated(client, team.candidature, profils=["PA", "PH"], candidatures=there.nru)
    without = simulated(client, team.candidature, profils="PA")
    assert ", 2 par équivalence" in alone
    assert ", 1 par équivalence." in several
    assert "par équivalence" not in without


def test_simulation_offers_nothing_of_another_editeur(pair: Pair, sign_in: SignIn) -> None:
    a_table(a_line())
    stranger = pair.team.stranger
    other = make.a_candidature(make.a_produit(stranger.rattachements.get().editeur, stranger, "Copie"), stranger)
    client = sign_in(stranger)

    page = simulated(client, other, profils="PA", candidatures=pair.there.nru)

    assert pair.there.nru not in page
    assert "par équivalence" not in page


def test_simulation_opens_on_what_counts_today(pair: Pair, sign_in: SignIn) -> None:
    a_table(a_line())
    client = sign_in(pair.team.salarie)

    page = client.get(reverse("preuves:simulation", args=[pair.here.nru]))

    assert page.context["form"]["candidatures"].initial == [pair.there.nru]
    assert page.context["count"].equivalent == 1
    assert ", 1 par équivalence." in simulated(client, pair.here, profils=["PA", "PDS"], candidatures=pair.there.nru)


# -- from a terminal, and in the demonstration ------------------------------------------------------------------------


def command(path: Path, *options: str, source: str = ESSAI, cible: str = DUI) -> str:
    out = io.StringIO()
    call_command("import_equivalences", str(path), "--source", source, "--cible", cible, *options, stdout=out)
    return out.getvalue()


def test_command_says_and_publishes(pair: Pair, tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(equal.a_workbook([(THERE, HERE), (SECOND_THERE, SECOND_HERE)]).getvalue())

    assert "2 ajoutées, 0 modifiées, 0 retirées" in command(path, "--dry-run")
    assert not VersionDEquivalences.objects.exists()
    with clock.travel(make.SUMMER):
        assert "La table du 01/06/2026 est publiée" in command(path, "--publish", "--version", "2026-06-01")
        assert "Rien ne change" in command(path, "--publish")
    assert Equivalence.objects.count() == 2


def test_command_names_what_is_wrong_and_publishes_nothing(pair: Pair, tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(equal.a_workbook([("X.99", HERE)]).getvalue())
    out = io.StringIO()

    with pytest.raises(CommandError, match="corrigez d’abord"):
        call_command("import_equivalences", str(path), source=ESSAI, cible=DUI, publish=True, json=True, stdout=out)

    (problem,) = json.loads(out.getvalue())["problemes"]
    assert (problem["cellule"], problem["bloquant"]) == ("A2", True)
    with pytest.raises(CommandError, match="No such file"):
        command(tmp_path / "absent.xlsx", "--dry-run")
    with pytest.raises(CommandError):
        command(path, "--dry-run", source="inconnue")
    with pytest.raises(CommandError, match="corrigez d’abord"):
        command(path, "--dry-run", source=DUI)


@pytest.mark.django_db
def test_demonstration_publishes_a_table_each_way() -> None:
    verbs.publish_the_catalogue(at=make.SUMMER)

    tables = {(table.source_id, table.cible_id): table.lignes.count() for table in VersionDEquivalences.objects.all()}
    assert tables == {(ESSAI, DUI): 10, (DUI, ESSAI): 6}


def test_sweep_is_quick_when_nobody_refers_to_another(db: None) -> None:
    assert sweeps.follow_equivalences() == 0


def test_what_the_eye_does_not_see_in_a_table_is_ticked_too(
    pair: Pair, administrateur: Compte, client: Client, second: Client
) -> None:
    sent = equal.a_sent_table(administrateur, (THERE.replace(".", "\u200b."), HERE))
    [warned] = reading_of(sent).warned
    where = reverse("preuves:equivalences_publish", args=[sent.pk])
    seen = {"seen": reading_of(sent).spec.sha256, "latest": "0"}

    refused = text_of(second.post(where, seen, follow=True))

    assert "Cochez d’abord chaque avertissement" in refused
    assert "Feuille lue" in refused
    second.post(where, seen | {"confirme": warned.key})
    assert Equivalence.objects.get().source == THERE
    assert JournalEntry.objects.get(act="workbook.confirmed").params["cles"] == warned.key
