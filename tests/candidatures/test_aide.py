"""The help centre on its pages: what the public reads, what an administrateur keeps, and what a load leaves alone."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from candidatures.catalogue.aide import every_fiche
from candidatures.enums import FicheKind
from candidatures.models import FicheDAide, VersionDeFiche, VoteDAide
from candidatures.operations.aide import (
    FicheMisfilled,
    FicheNotPossible,
    count_answer,
    load_aide,
    open_fiche,
    publish_version,
    withdraw_fiche,
    write_version,
)
from comptes import clock, journal
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry
from tests.candidatures.aide_statements import STATEMENTS
from tests.factories import candidatures as make
from tests.factories.aide import a_page, the_help
from tests.ground import standing

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 3, 8, 0, tzinfo=UTC)
LATER = AT + timedelta(days=1)
INTERNAL = re.compile(r'href="(/[^"#?]*)')


def read(address: str, client: Client | None = None, **headers: Any) -> str:
    response = (client or Client()).get(address, headers=headers)
    assert response.status_code == 200, address
    return plain(response.content.decode())


def plain(html: str) -> str:
    """Return the words of a page on one line, with ordinary spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)).replace("\u00a0", " ").replace("\u202f", " "))


aide = standing(the_help)


@pytest.fixture
def administrateur(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR], first_name="Anne", last_name="Roux")


# -- what the public reads --------------------------------------------------------------------------------------------


def test_each_statement_of_the_webinar_is_on_its_page(aide: None, travel_to: Callable[[datetime], None]) -> None:
    travel_to(make.SUMMER)
    pages: dict[str, str] = {}
    absent = [
        (number, address, text)
        for number, address, wanted in STATEMENTS
        for text in wanted
        if text not in pages.setdefault(address, read(address))
    ]

    assert absent == []


def test_a_page_of_the_help_keeps_the_version_of_the_portal(aide: None) -> None:
    assert f"Version {settings.VERSION} " in read("/aide/commencer/")
    assert f"Version {settings.VERSION} " in read("/aide/editeur/")


def test_no_link_of_the_help_is_dead(aide: None, travel_to: Callable[[datetime], None]) -> None:
    """Every page of the help, and every address that one of them gives."""
    travel_to(make.SUMMER)
    client, left, seen = Client(), ["/aide/"], set()
    while left:
        address = left.pop()
        seen.add(address)
        response = client.get(address)
        assert response.status_code in (200, 302), address
        if address.startswith("/aide/") and response["Content-Type"].startswith("text/html"):
            links = INTERNAL.findall(response.content.decode())
            left += {link for link in links if not link.startswith("/static/")} - {*seen, *left}

    pages = VersionDeFiche.objects.current().filter(fiche__kind=FicheKind.PAGE).values_list("fiche__code", flat=True)
    assert {f"/aide/{code}/" for code in pages} <= seen


def test_each_anchor_of_the_help_exists(aide: None, travel_to: Callable[[datetime], None]) -> None:
    travel_to(make.SUMMER)
    html = {name: Client().get(f"/aide/{name}/").content.decode() for name in ("contacts", "documents", "sessions")}

    for fiche in FicheDAide.objects.exclude(kind=FicheKind.PAGE).order_by("pk"):
        page = {"contact": "contacts", "ressource": "documents", "session": "sessions"}[fiche.kind]
        assert f'id="{fiche.code}"' in html[page], fiche.code


def test_a_page_that_nobody_published_is_not_there(administrateur: Compte) -> None:
    draft = open_fiche(kind=FicheKind.PAGE, code="brouillon", values=a_page(), by=administrateur, at=AT)

    assert Client().get("/aide/brouillon/").status_code == 404
    publish_version(version_id=draft.pk, by=administrateur, at=AT)
    assert "Titre d’essai" in read("/aide/brouillon/")
    withdraw_fiche(fiche_id=draft.fiche_id, by=administrateur, at=LATER)
    assert Client().get("/aide/brouillon/").status_code == 404


def test_the_door_leads_to_the_centre_when_its_page_is_withdrawn(aide: None, administrateur: Compte) -> None:
    assert "Vous n’avez pas d’invitation" in read("/aide/commencer/")

    withdraw_fiche(fiche_id=FicheDAide.objects.get(code="commencer").pk, by=administrateur, at=AT)

    assert Client().get("/aide/commencer/")["Location"] == "/aide/"


@pytest.mark.parametrize("address", ["/", "/connexion/", "/aide/"])
def test_who_has_no_invitation_finds_the_door(aide: None, address: str) -> None:
    assert 'href="/aide/commencer/"' in Client().get(address).content.decode()


def test_a_link_to_a_withdrawn_fiche_is_left_out(administrateur: Compte) -> None:
    for code, corps in (("but", "Ici."), ("depart", "Voir [le but](aide:but).")):
        draft = open_fiche(kind=FicheKind.PAGE, code=code, values=a_page(corps=corps), by=administrateur, at=AT)
        publish_version(version_id=draft.pk, by=administrateur, at=AT)
    assert 'href="/aide/but/"' in Client().get("/aide/depart/").content.decode()

    withdraw_fiche(fiche_id=FicheDAide.objects.get(code="but").pk, by=administrateur, at=LATER)

    assert "/aide/but/" not in Client().get("/aide/depart/").content.decode()
    assert "Voir le but." in read("/aide/depart/")


def test_search_finds_with_accents_and_synonyms(aide: None) -> None:
    assert "Reprise de la vague 1 et équivalence des preuves" in read("/aide/?q=EQUIVALENCE")
    assert "MOTCO2" in read("/aide/?q=mssante")
    assert "Rien ne correspond" in read("/aide/?q=zzzz")
    assert "Aucune page n’a tous ces mots" in read("/aide/?q=charte+zzzz")


@pytest.mark.parametrize("word", ["EHPAD", "maison de retraite", "essms", "personnes âgées"])
def test_search_names_the_demarche_that_a_structure_looks_for(aide: None, word: str) -> None:
    page = read(f"/aide/?q={word}")

    assert "Dossier usager informatisé (DUI), vague 2 : est-ce pour vous ?" in page
    assert "Rien ne correspond" not in page


def test_a_search_shows_what_it_found_alone(aide: None) -> None:
    nothing = read("/aide/?q=zzzz")

    assert "Tout le centre d’aide" in nothing
    assert "Phase par phase" in read("/aide/")
    assert "Phase par phase" not in nothing


def test_where_a_missing_address_is_found_is_a_link(aide: None) -> None:
    page = Client().get("/aide/documents/").content.decode()

    assert '<a href="/aide/sessions/#parcours-coordonne-2026-05-26">support du webinaire du 26 mai 2026</a>' in page
    assert "[support" not in page
    assert "[support" not in Client().get("/aide/sessions.ics").content.decode()


def test_definitions_are_in_the_one_glossary(aide: None) -> None:
    glossary = Client().get("/glossaire/").content.decode()

    assert Client().get("/aide/rubrique/definition/")["Location"] == "/glossaire/"
    links = set(re.findall(r'href="([^"#?]+)"', glossary))
    assert {"/aide/distributeur/", "/aide/nru/", "/aide/proxy-e-sante/"} <= links
    assert glossary.count("Groupement solidaire") == 1


def test_of_two_demarches_each_has_its_own_help(aide: None) -> None:
    make.a_dispositif(make.ESSAI)
    assert "Le profil AHI" in read(f"/aide/?demarche={make.DUI}")
    essai = read(f"/aide/?demarche={make.ESSAI}")
    assert "Le profil AHI" not in essai
    assert "Le CNDA : les homologations" in essai
    assert "Le profil AHI" not in read(f"/aide/ici/guichets/?demarche={make.ESSAI}")


def test_help_here_is_a_page_and_a_part_of_one(aide: None) -> None:
    alone = Client().get("/aide/ici/guichets/")
    part = Client().get("/aide/ici/guichets/", headers={"HX-Request": "true"})

    assert "<html" in alone.content.decode()
    assert "<html" not in part.content.decode()
    assert "L’EDC PSC : les habilitations" in plain(part.content.decode())
    assert "contact.cnda@assurance-maladie.fr" in plain(part.content.decode())
    assert "HX-Request" in part["Vary"]
    assert Client().get("/aide/ici/ailleurs/").status_code == 404


def test_sessions_are_sorted_by_the_day_of_the_reader(aide: None, travel_to: Callable[[datetime], None]) -> None:
    travel_to(datetime(2026, 6, 11, 12, 0, tzinfo=UTC))

    page = read("/aide/sessions/")

    coming, weekly, past = (page.index(title) for title in ("À venir", "Chaque semaine", "Passées"))
    assert coming < page.index("11 juin 2026 , de 16 h à 17 h 30") < weekly
    assert weekly < page.index("Chaque vendredi, de 15 h à 16 h") < past
    over = page[past:]
    assert over.index("4 juin 2026") < over.index("20 mars 2026") < over.index("19 février 2026")


def test_sessions_are_a_calendar(aide: None, travel_to: Callable[[datetime], None]) -> None:
    travel_to(datetime(2026, 6, 1, 8, 0, tzinfo=UTC))

    response = Client().get("/aide/sessions.ics")

    events = {str(event["UID"]): event for event in Calendar.from_ical(response.content).walk("VEVENT")}
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    june_4 = events["architecture-2026-06-04@testserver"]
    assert june_4.start.astimezone(UTC) == datetime(2026, 6, 4, 13, 0, tzinfo=UTC)
    assert june_4.end.astimezone(UTC) == datetime(2026, 6, 4, 14, 30, tzinfo=UTC)
    assert events["comite-editeur-2026-06-30@testserver"].start == date(2026, 6, 30)
    friday = events["permanence-psc@testserver"]
    assert (friday.start.date(), friday["RRULE"]["BYDAY"]) == (date(2026, 6, 5), ["FR"])


# -- whether it helped ------------------------------------------------------------------------------------------------


def test_an_answer_is_counted_without_a_cookie(aide: None, travel_to: Callable[[datetime], None]) -> None:
    travel_to(make.SUMMER)
    client = Client(enforce_csrf_checks=True)

    for answer in ("oui", "oui", "non", "peut-etre"):
        assert client.post("/aide/phase-1/utile/", {"reponse": answer}).status_code == 302
    assert "Merci, votre réponse est comptée" in read("/aide/phase-1/?merci=merci")

    counted = VoteDAide.objects.get()
    assert (counted.fiche.code, counted.date, counted.yes, counted.no) == ("phase-1", date(2026, 7, 1), 2, 1)
    assert client.cookies == {}


def test_too_many_answers_wait_and_those_of_other_sites_are_refused(aide: None) -> None:
    client = Client()

    last = [client.post("/aide/phase-1/utile/", {"reponse": "oui"})["Location"] for _ in range(11)]
    elsewhere = client.post("/aide/phase-1/utile/", {"reponse": "oui"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert last[-2:] == ["/aide/phase-1/?merci=merci#utile", "/aide/phase-1/?merci=attente#utile"]
    assert VoteDAide.objects.get().yes == 10
    assert elsewhere.status_code == 403
    assert client.post("/aide/nulle-part/utile/", {"reponse": "oui"}).status_code == 404


# -- what an administrateur keeps -------------------------------------------------------------------------------------


def test_a_version_is_written_published_and_never_rewritten(administrateur: Compte) -> None:
    first = open_fiche(kind=FicheKind.PAGE, code="essai", values=a_page(), by=administrateur, at=AT)
    publish_version(version_id=first.pk, by=administrateur, at=AT)

    second = write_version(
        fiche_id=first.fiche_id, seen=1, values=a_page(titre="Autre titre"), by=administrateur, at=LATER
    )

    assert "Titre d’essai" in read("/aide/essai/")
    publish_version(version_id=second.pk, by=administrateur, at=LATER)
    assert "Autre titre" in read("/aide/essai/")
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by) == (LATER, administrateur)
    acts = JournalEntry.objects.filter(address="aide:essai").order_by("number").values_list("act", flat=True)
    assert list(acts) == ["aide.written", "aide.published", "aide.written", "aide.published"]
    assert journal.lines(JournalEntry.objects.filter(address="aide:essai").order_by("number"))[-1].sentence == (
        "Fiche d’aide «\u00a0Autre titre\u00a0»\u00a0: version 2 publiée"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        VersionDeFiche.objects.filter(pk=first.pk).update(titre="Récrit")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM candidatures_versiondefiche WHERE id = %s", [first.pk])


def test_the_role_of_the_application_may_do_each_act(as_the_application: None, administrateur: Compte) -> None:
    """And cannot rewrite: it keeps its right to update a version, and the trigger refuses all but its publication."""
    load_aide(specs=every_fiche(), at=AT)
    first = open_fiche(kind=FicheKind.PAGE, code="essai", values=a_page(), by=administrateur, at=AT)
    publish_version(version_id=first.pk, by=administrateur, at=AT)
    second = write_version(fiche_id=first.fiche_id, seen=1, values=a_page(titre="Autre"), by=administrateur, at=LATER)
    publish_version(version_id=second.pk, by=administrateur, at=LATER)
    count_answer(fiche_id=first.fiche_id, helped=True, place="192.0.2.1", at=LATER, machine=LATER)
    withdraw_fiche(fiche_id=first.fiche_id, by=administrateur, at=LATER)

    assert not VersionDeFiche.objects.current().filter(fiche=first.fiche_id).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        VersionDeFiche.objects.filter(pk=second.pk).update(titre="Récrit")


def test_what_cannot_be_done_with_a_fiche(administrateur: Compte) -> None:
    instructeur = make.a_person(roles_ans=[RoleANS.INSTRUCTEUR])
    first = open_fiche(kind=FicheKind.PAGE, code="essai", values=a_page(), by=administrateur, at=AT)
    given: dict[str, Any] = {"fiche_id": first.fiche_id, "seen": 1, "at": AT}

    with pytest.raises(FicheNotPossible, match="Seul un administrateur"):
        write_version(**given, values=a_page(titre="X"), by=instructeur)
    with pytest.raises(FicheNotPossible, match="Rien n’a changé"):
        write_version(**given, values=a_page(), by=administrateur)
    with pytest.raises(FicheMisfilled, match="à remplir"):
        write_version(**given, values=a_page(titre=""), by=administrateur)
    with pytest.raises(FicheNotPossible, match="a enregistré entre-temps la version"):
        write_version(**{**given, "seen": 0}, values=a_page(titre="X"), by=administrateur)
    with pytest.raises(FicheMisfilled, match="déjà cette adresse"):
        open_fiche(kind=FicheKind.PAGE, code="essai", values=a_page(), by=administrateur, at=AT)
    with pytest.raises(FicheNotPossible, match="n’est pas publiée"):
        withdraw_fiche(fiche_id=first.fiche_id, by=administrateur, at=AT)
    second = write_version(**given, values=a_page(titre="X"), by=administrateur)
    with pytest.raises(FicheNotPossible, match="Une version plus récente"):
        publish_version(version_id=first.pk, by=administrateur, at=AT)
    publish_version(version_id=second.pk, by=administrateur, at=AT)
    with pytest.raises(FicheNotPossible, match="déjà publiée"):
        publish_version(version_id=second.pk, by=administrateur, at=AT)


def test_what_is_missing_and_to_review_is_listed_to_the_administrateur(
    aide: None, administrateur: Compte, sign_in: Callable[[Compte | None], Client]
) -> None:
    client = sign_in(administrateur)
    contact = {"titre": "Muet", "question": "Q", "ou_trouver": "Au mur"}
    muet = open_fiche(kind=FicheKind.CONTACT, code="muet", values=contact, by=administrateur, at=AT)
    publish_version(version_id=muet.pk, by=administrateur, at=AT)
    vieille = open_fiche(
        kind=FicheKind.PAGE,
        code="vieille",
        values=a_page(review_date=date(2026, 6, 30), corps="Voir [rien](aide:rien)."),
        by=administrateur,
        at=AT,
    )
    publish_version(version_id=vieille.pk, by=administrateur, at=AT)

    with clock.travel(make.SUMMER):
        missing = read("/agence/aide/?voir=manquent", client)
        review = read("/agence/aide/?voir=a-revoir", client)
        public = Client().get("/aide/contacts/").content.decode() + Client().get("/aide/vieille/").content.decode()

    assert "Muet" in missing
    assert "Ni adresse, ni téléphone, ni lien" in missing
    assert "Lien interne sans page publique : aide:rien" in missing
    assert "Titre d’essai" in review
    assert "Muet" not in review
    assert "Au mur" in plain(public)
    assert 'href="aide:' not in public
    assert 'href=""' not in public


def test_an_administrateur_writes_previews_publishes_and_withdraws_on_screen(
    administrateur: Compte, sign_in: Callable[[Compte | None], Client]
) -> None:
    client = sign_in(administrateur)
    typed = {"seen": 0, "code": "essai", "titre": "L'essai", "resume": "Un : deux", "parcours": "faq", "ordre": 3}
    typed["corps"] = "Un **mot** <b>x</b>."
    new = reverse("candidatures:aide_new", args=["page"])

    preview = client.post(new, typed | {"geste": "apercu"})
    assert FicheDAide.objects.count() == 0
    assert "<strong>mot</strong> &lt;b&gt;x&lt;/b&gt;" in preview.content.decode()
    written = client.post(new, typed | {"geste": "enregistrer"})
    fiche = FicheDAide.objects.get()
    assert written["Location"] == reverse("candidatures:aide_fiche", args=[fiche.pk])
    version = fiche.versions.get()
    assert (version.titre, version.resume) == ("L’essai", "Un\u00a0: deux")
    client.post(reverse("candidatures:aide_publish", args=[fiche.pk]), {"version": version.pk})
    assert "L’essai" in read("/aide/essai/")

    edit = reverse("candidatures:aide_edit", args=[fiche.pk])
    assert "L’essai" in client.get(edit).content.decode()
    refused = client.post(edit, typed | {"titre": "", "seen": 1})
    assert refused.status_code == 422
    stale = client.post(edit, typed | {"titre": "Z", "seen": 0})
    assert f"{administrateur.full_name} a enregistré entre-temps la version 1" in stale.content.decode()
    assert [stale.context["form"][name].value() for name in ("titre", "seen")] == ["Z", "1"]
    client.post(edit, typed | {"titre": "Encore", "seen": 1})
    assert [row.titre for row in fiche.versions.order_by("numero")] == ["L’essai", "Encore"]
    older = read(reverse("candidatures:aide_version", args=[fiche.pk, 1]), client)
    assert "L’essai" in older
    assert "Repartir de cette version" in older
    assert "L’essai" in client.get(f"{edit}?version=1").content.decode()
    client.post(reverse("candidatures:aide_withdraw", args=[fiche.pk]))
    assert Client().get("/aide/essai/").status_code == 404


@pytest.mark.parametrize("kind", FicheKind.values)
def test_each_kind_has_its_form(
    aide: None, kind: str, administrateur: Compte, sign_in: Callable[[Compte | None], Client]
) -> None:
    client = sign_in(administrateur)
    fiche = FicheDAide.objects.filter(kind=kind).order_by("pk").first()
    assert fiche is not None

    for name in ("aide_fiche", "aide_edit"):
        assert client.get(reverse(f"candidatures:{name}", args=[fiche.pk])).status_code == 200
    edit = client.get(reverse("candidatures:aide_edit", args=[fiche.pk]))
    form = edit.context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
    again = client.post(reverse("candidatures:aide_edit", args=[fiche.pk]), typed)
    assert "Rien n’a changé" in again.content.decode(), form.errors


# -- the files --------------------------------------------------------------------------------------------------------


def test_a_load_changes_nothing_the_second_time_and_keeps_what_was_written_on_screen(administrateur: Compte) -> None:
    make.a_dispositif()
    specs = every_fiche()
    first = load_aide(specs=specs, at=AT)
    assert (len(first.added), first.changed, first.kept) == (len(specs), [], [])
    again = load_aide(specs=specs, at=AT)
    assert (again.added, again.changed, again.kept, again.vanished) == ([], [], [], [])

    asp = FicheDAide.objects.get(code="asp")
    values = {"titre": "ASP", "question": "Argent", "ou_trouver": "Ailleurs", "ordre": 1}
    draft = write_version(fiche_id=asp.pk, seen=1, values=values, by=administrateur, at=LATER)
    publish_version(version_id=draft.pk, by=administrateur, at=LATER)
    changed = [
        replace(spec, values={**spec.values, "titre": f"{spec.values['titre']} (bis)"})
        for spec in specs
        if spec.code in ("asp", "support-segur")
    ]
    withdraw_fiche(fiche_id=FicheDAide.objects.get(code="nru").pk, by=administrateur, at=LATER)

    loaded = load_aide(specs=changed, at=LATER)

    assert (loaded.added, loaded.changed, loaded.kept) == ([], ["support-segur"], ["asp"])
    assert (
        len(loaded.vanished) == len(specs) - 3
    )  # nobody loses what a file no longer says; what is kept by hand is left
    assert VersionDeFiche.objects.current().get(fiche=asp).titre == "ASP"
    assert VersionDeFiche.objects.current().get(fiche__code="support-segur").titre == "Support Ségur (bis)"
    assert not VersionDeFiche.objects.current().filter(fiche__code="nru").exists()


def test_a_load_leaves_out_a_demarche_that_is_not_there() -> None:
    loaded = load_aide(specs=every_fiche(), at=AT)

    assert "phase-1" in loaded.added
    assert "dates-dui" not in loaded.added


def test_a_file_that_says_what_nobody_could_type_loads_nothing() -> None:
    specs = every_fiche()
    wrong = replace(specs[0], values={**specs[0].values, "titre": ""})

    with pytest.raises(FicheMisfilled, match=specs[0].code):
        load_aide(specs=[*specs[1:], wrong], at=AT)

    assert FicheDAide.objects.count() == 0
