"""The pages of the desks, as a browser without JavaScript meets them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from comptes import clock
from comptes.enums import RoleANS
from guichets.models import Anomalie, DemandeAuGuichet
from guichets.operations.anomalies import acknowledge_anomalies
from guichets.queries.desks import circuit_of
from guichets.queries.sante import anomalies_alike
from guichets.queries.situation import situation_of
from guichets.views.candidature import stages_of
from preuves.operations.chapitres import submit_chapitre
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as phase_1
from tests.factories import guichets as make
from tests.factories import preuves as prove
from tests.factories.guichets import CNDA, MORNING, again
from tests.guichets.conftest import INSI, UTILISATEUR, make_team_with_constats

HOUR = timedelta(hours=1)
MODULE = {
    "nom": "Agenda",
    "editeur": "Mistral",
    "appartenance": "tiers",
    "nil": "NIL-M",
    "version": "2",
    "teleservices": ["INSI"],
}
SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def it_is_noon() -> Iterator[None]:
    with clock.travel(MORNING + 2 * HOUR):
        yield


@pytest.fixture
def salarie(team: Team, sign_in: SignIn) -> Client:
    return sign_in(team.salarie)


def address(team: Team, name: str, *keys: Any) -> str:
    return reverse(f"guichets:{name}", args=[team.candidature.nru, *keys])


def text_of(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).replace("\u00a0", " ").split())


def errors_of(response: Any) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


# -- declaring and correcting ---------------------------------------------------------------------------------------


def test_demande_is_declared_from_the_page_that_asks_for_it(team: Team, salarie: Client) -> None:
    page = salarie.get(address(team, "page"))
    declare = address(team, "declare", "cnda:/INSI")
    answer = salarie.post(declare, {"numero": "CNDA-7"}, follow=True)

    assert declare in text_of(page)
    assert "CNDA-7" in text_of(answer)
    assert "Homologation CNDA INSi, composant principal : demande déclarée." in text_of(answer)
    assert DemandeAuGuichet.objects.get().next_pull_at == MORNING + 2 * HOUR


def test_habilitation_proposes_the_nru_of_the_eligibilite(team: Team, salarie: Client) -> None:
    page = salarie.get(address(team, "declare", "edc_psc:proxy"))

    assert page.context["form"]["numero"].value() == "EDC-2"


@pytest.mark.parametrize(
    ("numero", "sentence"),
    [("1" * 41, "40 caractères"), ("<b>INSI</b>", "40 caractères au plus"), ("N°\u00a07", "40 caractères au plus")],
)
def test_number_that_cannot_be_one_gets_a_sentence_at_the_field(
    team: Team, salarie: Client, numero: str, sentence: str
) -> None:
    answer = salarie.post(address(team, "declare", "cnda:/INSI"), {"numero": numero})

    assert (answer.status_code, list(errors_of(answer))) == (422, ["numero"])
    assert sentence in errors_of(answer)["numero"][0]
    assert answer.context["form"]["numero"].value() == numero
    assert DemandeAuGuichet.objects.count() == 0


def test_demande_declared_twice_is_there_once(team: Team, salarie: Client) -> None:
    declare = address(team, "declare", "cnda:/INSI")
    first, second = (salarie.post(declare, {"numero": "CNDA-7"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 422)
    assert "Cette demande est déjà déclarée." in text_of(second)
    assert DemandeAuGuichet.objects.count() == 1


@pytest.mark.parametrize("key", ["cnda:/ORDO", "cnda:Agenda/INSI", "edc_psc", "n'importe quoi"])
def test_what_is_not_required_is_not_declared(team: Team, salarie: Client, key: str) -> None:
    assert salarie.post(address(team, "declare", key), {"numero": "CNDA-7"}).status_code == 404


def test_correction_of_a_page_that_is_stale_is_refused_and_keeps_what_was_typed(
    team: Team, demande: DemandeAuGuichet, salarie: Client
) -> None:
    url = address(team, "demande", demande.pk)
    stale = {"version": demande.version, "nil": "NIL-1"}
    first = salarie.post(url, stale | {"numero": "CNDA-8"})
    second = salarie.post(url, stale | {"numero": "CNDA-9"})

    assert (first.status_code, second.status_code) == (302, 422)
    assert "Cette demande a changé depuis votre lecture" in text_of(second)
    assert second.context["form"]["numero"].value() == "CNDA-9"
    assert again(demande).numero == "CNDA-8"


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"numero": "1" * 41}, "numero", "40 caractères"),
        ({"nil": "NIL-9"}, "nil", "n’est pas celui que vous avez déclaré pour le composant principal (NIL-1)"),
        ({"logiciel": "S" * 201}, "logiciel", "200 caractères"),
        ({"version": "avant"}, "version", ""),
    ],
)
def test_correction_that_is_wrong_gets_a_sentence_at_its_field(
    team: Team, demande: DemandeAuGuichet, salarie: Client, typed: dict[str, str], field: str, sentence: str
) -> None:
    given = {"numero": "CNDA-INSI", "nil": "NIL-1", "version": demande.version}
    answer = salarie.post(address(team, "demande", demande.pk), given | typed)

    assert (answer.status_code, list(errors_of(answer))) == (422, [field])
    assert sentence in errors_of(answer)[field][0]


def test_number_under_which_the_desk_answered_stays(team: Team, demande: DemandeAuGuichet, salarie: Client) -> None:
    make.a_releve(demande, "pre_examen")
    typed = {"numero": "CNDA-9", "nil": "NIL-1", "version": again(demande).version}
    answer = salarie.post(address(team, "demande", demande.pk), typed)

    assert "Déclarez une autre demande" in errors_of(answer)["numero"][0]


def test_demandes_known_of_the_formulaire_are_declared_in_one_act(team: Team, salarie: Client) -> None:
    url = address(team, "page")
    page = salarie.get(url)
    keys = {"objet": [requise.objet.key for requise in page.context["known"]]}
    answer = salarie.post(address(team, "declare_known"), keys, follow=True)
    again_sent = salarie.post(address(team, "declare_known"), keys, follow=True)

    assert "Déclarer les 4 demandes connues du formulaire" in text_of(page)
    assert '<span class="ps-nru">EDC-2</span>' in text_of(page)
    assert "4 demandes déclarées. Vous pouvez encore les corriger." in text_of(answer)
    assert "connues du formulaire" not in text_of(answer)
    assert "Relisez les demandes à déclarer" in text_of(again_sent)
    declared = DemandeAuGuichet.objects.order_by("objet").values_list("objet", "numero", "nil")
    assert list(declared) == [
        ("cnda:/DMP", "", "NIL-1"),
        ("cnda:/INSI", "", "NIL-1"),
        ("edc_psc:proxy/", "EDC-2", ""),
        ("edc_psc:utilisateur/", "EDC-1", ""),
    ]


def test_what_is_not_what_was_shown_is_not_declared(team: Team, salarie: Client) -> None:
    answer = salarie.post(address(team, "declare_known"), {"objet": ["cnda:/INSI"]}, follow=True)

    assert "Relisez les demandes à déclarer" in text_of(answer)
    assert DemandeAuGuichet.objects.count() == 0


# -- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["newcomer", "stranger", "instructeur"])
def test_who_does_not_fill_the_candidature_posts_nothing(
    team: Team, demande: DemandeAuGuichet, sign_in: SignIn, who: str
) -> None:
    client = sign_in(getattr(team, who))
    posted = [
        client.post(address(team, "declare", "cnda:/DMP"), {"numero": "CNDA-7"}),
        client.post(address(team, "demande", demande.pk), {"numero": "CNDA-7", "version": demande.version}),
    ]

    assert [answer.status_code for answer in posted] == [404, 404]
    assert DemandeAuGuichet.objects.get().numero == "CNDA-INSI"


def test_page_shows_a_capture_until_the_desk_says_as_much_and_what_it_answered(db: None, sign_in: SignIn) -> None:
    team = make_team_with_constats()
    client, url = sign_in(team.salarie), address(team, "page")
    demande = make.a_demande(team.candidature, team.salarie)
    make.a_capture(demande, team.salarie)
    captured = text_of(client.get(url))
    make.a_releve(demande, "examen", at=MORNING + HOUR)
    answered = text_of(client.get(url))

    waits = "Capture du 3 novembre 2026 : « Pré-examen »."
    assert (waits in captured, waits in answered) == (True, False)
    assert 'Attendu : confirmer la capture. <span class="ps-owner">À faire par l’ANS</span>' in captured
    assert "Déposez une capture de son espace" in captured
    assert f'Répond à la preuve <span class="ps-nru">{INSI}</span>, dépôt n° 1.' in answered
    assert "3 novembre 2026 à 11 h : Examen de conformité <span" in answered


# -- the board of the ANS -------------------------------------------------------------------------------------------


def test_stage_is_said_in_the_word_of_the_cnda_beside_ours(
    team: Team, demande: DemandeAuGuichet, salarie: Client
) -> None:
    make.moved_to(demande, "pre_examen")

    page = text_of(salarie.get(address(team, "page")))

    assert page.count("Pré-examen (« En cours / actif » au guichet)") == 2  # the INSi's lane, and the DMP's to come


@pytest.mark.parametrize(
    ("etape", "days", "is_said"),
    [
        ("initialisation", -1, False),  # the éditeur's turn: nothing is awaited of the desk
        ("pre_examen", -1, True),
        ("pre_examen", 0, False),
        ("finalisation", -1, True),
        ("granted", -1, False),
    ],
)
def test_return_is_late_only_where_the_desk_has_to_answer(
    team: Team, demande: DemandeAuGuichet, salarie: Client, etape: str, days: int, is_said: bool
) -> None:
    make.a_releve(demande, etape, retour_prevu=MORNING.date() + timedelta(days=days))

    page = text_of(salarie.get(address(team, "page")))

    assert ("Retour dépassé" in page) == is_said


def test_stage_that_a_demande_came_back_to_is_not_said_unseen(
    team: Team, demande: DemandeAuGuichet, salarie: Client
) -> None:
    make.a_releve(demande, "granted")
    for hour in (1, 2):
        make.a_releve(demande, "examen", at=MORNING + hour * HOUR / 2)

    (ligne,) = [
        ligne for ligne in situation_of(team.candidature, dossier=None, at=MORNING + HOUR).lignes if ligne.demande
    ]

    assert [(stage.label, stage.state) for stage in stages_of(ligne) if stage.unseen] == [
        ("Pré-examen («\u00a0En cours / actif\u00a0» au guichet)", "done")
    ]


def test_anomalie_is_acknowledged_with_what_is_done_about_it(
    team: Team, demande: DemandeAuGuichet, sign_in: SignIn
) -> None:
    make.a_releve(demande, "recours")
    client, url = sign_in(team.instructeur), reverse("guichets:anomalie", args=[Anomalie.objects.get().pk])
    client.get(reverse("guichets:anomalies"))
    page, answers = text_of(client.get(url)), [client.post(url, {"motif": "Le CNDA est prévenu."}) for _ in range(2)]

    assert "« recours »" in page
    assert (answers[0].status_code, answers[0].url) == (302, reverse("guichets:anomalies"))
    assert answers[1].status_code == 409
    assert "Rien n’a changé" in text_of(answers[1])
    assert "Prise en compte par Inès Garnier. Le CNDA est prévenu." in text_of(client.get(url))
    assert Anomalie.objects.get().acknowledged_by == team.instructeur


def test_one_answer_suits_all_the_anomalies_of_a_kind_and_those_that_moved_are_told(
    team: Team, demande: DemandeAuGuichet, sign_in: SignIn
) -> None:
    other = make.a_demande(team.candidature, team.salarie, make.cnda("DMP"))
    for each in (demande, other):
        make.a_releve(each, "recours")
    client, alike = sign_in(team.instructeur), reverse("guichets:acknowledge_alike")
    page = text_of(client.get(reverse("guichets:anomalies")))
    assert "Statut inconnu : 2" in page
    key = anomalies_alike()[0].key

    refused = client.post(alike, {"nature": key, "motif": " "}, follow=True)
    assert "Indiquez la suite donnée" in text_of(refused)
    assert not Anomalie.objects.exclude(state="open").exists()
    answer = client.post(alike, {"nature": key, "motif": "Le CNDA est prévenu."}, follow=True)
    assert "Réponses prises en compte : 2." in text_of(answer)
    assert set(Anomalie.objects.values_list("state", "note")) == {("acknowledged", "Le CNDA est prévenu.")}

    ids = list(Anomalie.objects.order_by("pk").values_list("pk", flat=True))
    again = acknowledge_anomalies(anomalie_ids=ids, note="Encore.", by=team.instructeur, at=MORNING + 3 * HOUR)
    assert (again.done, list(again.moved)) == (0, ids)


def test_board_says_which_desk_is_left_at_rest(team: Team, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for desk, settings_of_desk in settings.GUICHETS.items():
        monkeypatch.setitem(settings.GUICHETS, desk, settings_of_desk | {"url": "http://127.0.0.1:1"})
    circuit = circuit_of(CNDA)
    for _ in range(10):
        circuit.failed()
    try:
        text = text_of(sign_in(team.instructeur).get(reverse("guichets:board")))
    finally:
        circuit.reset()

    assert (text.count("Suspendue"), text.count("Active")) == (1, 2)


def test_board_says_which_desk_is_read_on_captures(team: Team, sign_in: SignIn) -> None:
    text = text_of(sign_in(team.instructeur).get(reverse("guichets:board")))

    assert (text.count("Par capture"), text.count("Active")) == (3, 0)


def test_member_of_the_college_acknowledges_nothing(team: Team, demande: DemandeAuGuichet, sign_in: SignIn) -> None:
    make.a_releve(demande, "recours")
    member = phase_1.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE])
    answer = sign_in(member).post(reverse("guichets:anomalie", args=[Anomalie.objects.get().pk]), {"motif": "Vu"})

    assert (answer.status_code, Anomalie.objects.get().state) == (403, "open")


# -- what the other pages show of the desks -------------------------------------------------------------------------


def test_overview_says_where_each_demande_stands_and_what_waits(
    team: Team, demande: DemandeAuGuichet, sign_in: SignIn
) -> None:
    make.a_releve(demande, "pre_examen", at=MORNING + 2 * HOUR - timedelta(minutes=12))
    overview = reverse("referencement:candidature", args=[team.candidature.nru])
    for who in (team.salarie, team.instructeur):
        text = text_of(sign_in(who).get(overview))

        assert "Depuis le 2 novembre 2026, vérifié il y a 12 minutes." in text
        assert "À faire par le CNDA" in text
        assert "Homologation CNDA DMP, composant principal" in text
        assert "la demande n’est pas déclarée ici." in text
        assert address(team, "page") in text


def test_overview_waits_for_the_profils(db: None, sign_in: SignIn) -> None:
    team = make_team()
    text = text_of(sign_in(team.salarie).get(reverse("referencement:candidature", args=[team.candidature.nru])))

    assert "dépendent des profils : répondez d’abord au formulaire d’éligibilité" in text


def test_preuve_shows_the_releve_that_answers_it(db: None, sign_in: SignIn) -> None:
    team = make_team_with_constats()
    client = sign_in(team.salarie)
    url = reverse("preuves:preuve", args=[team.candidature.nru, INSI])
    before = text_of(client.get(url))
    demande = make.a_demande(team.candidature, team.salarie)
    make.a_releve(demande, "pre_examen")
    after = text_of(client.get(url))

    assert "Déclarez d’abord cette demande" in before
    assert "Le CNDA indique cette étape depuis le 2 novembre 2026 : vérifié il y a 2 heures." in after
    assert "Cette réponse est le dépôt n° 1 de cette preuve." in after


def test_instructeur_reads_beside_the_deposit_what_the_desk_said_since(db: None, sign_in: SignIn) -> None:
    team = make_team_with_constats()
    demande = make.a_demande(team.candidature, team.salarie)
    make.a_releve(demande, "pre_examen")
    prove.a_deposit(team.candidature, team.salarie, UTILISATEUR, prove.not_applicable())
    submit_chapitre(candidature_id=team.candidature.pk, code="INS", by=team.salarie, at=MORNING)
    make.a_releve(demande, "examen", at=MORNING + HOUR)
    address = reverse("preuves:examen", args=[team.candidature.nru, "INS"])
    client = sign_in(team.instructeur)
    insi, other = (text_of(client.get(address, {"preuve": numero})) for numero in (INSI, "INS.02.01.01"))

    assert "Examen de conformité" in insi
    assert "Cette réponse n’est pas un dépôt. Elle est affichée à côté des dépôts." in insi
    assert "Examen de conformité" not in other


# -- the four questions ---------------------------------------------------------------------------------------------

INSI_AND_DMP = ["Homologation CNDA INSi, composant principal", "Homologation CNDA DMP, composant principal"]
AS_USER, AS_PROXY = "Habilitation EDC PSC, éditeur de logiciel utilisateur", "Habilitation EDC PSC, éditeur de proxy"


def lanes(client: Client, **answers: Any) -> tuple[dict[str, list[str]], list[str], str]:
    """What the four answers lead to: each habilitation with its pièces, the homologations, and the whole text."""
    page = client.get(reverse("guichets:questions"), answers)
    assert page.status_code == 200
    desks = {desk["spec"].code: desk["demandes"] for desk in page.context["desks"]}
    roles = {lane.label: [piece.label for piece in lane.pieces] for lane in desks["edc_psc"]}
    return roles, [lane.label for lane in desks["cnda"]], text_of(page)


def test_ahi_alone_goes_to_the_cnda_and_not_to_the_edc_psc(client: Client, db: None) -> None:
    roles, homologations, text = lanes(client, profils="AHI", proxy="propre")

    assert (roles, homologations) == ({}, INSI_AND_DMP)
    assert "Une solution présentée seulement pour AHI n’a rien à y demander." in text
    assert "Vous n’avez besoin d’aucun accord d’un autre guichet" in text


def test_ahi_with_another_profil_goes_to_both(client: Client, db: None) -> None:
    roles, homologations, text = lanes(client, profils=["AHI", "PA"], proxy="propre")

    assert (list(roles), homologations) == ([AS_USER, AS_PROXY], INSI_AND_DMP)
    assert "elles attendent que celles de l’EDC PSC soient accordées" in text


def test_own_proxy_asks_every_piece_in_both_roles(client: Client, db: None) -> None:
    roles, _, text = lanes(client, profils="PA", proxy="propre")

    four = ["Preuves documentaires", "BAS PSC opérationnel", "Outil de conformité", "Tests d’intrusion"]
    assert roles == {AS_USER: four, AS_PROXY: four}
    assert "nous considérons" not in text


def test_proxy_of_another_asks_neither_its_pieces_nor_the_tool_of_conformite(client: Client, db: None) -> None:
    roles, _, text = lanes(client, profils="PA", proxy="tiers")

    of_another = "Habilitation EDC PSC, éditeur de votre proxy tiers"
    assert roles == {AS_USER: ["Preuves documentaires", "BAS PSC opérationnel", "Tests d’intrusion"], of_another: []}
    assert "demandez-lui son numéro. Vous n’avez aucune pièce à fournir" in text


def test_proxy_that_is_not_answered_is_supposed_aloud(client: Client, db: None) -> None:
    assert (
        "Le proxy n’est pas connu : nous considérons que vous êtes l’éditeur du vôtre."
        in lanes(client, profils=("PA"))[2]
    )


def test_module_is_homologated_beside_the_principal(client: Client, db: None) -> None:
    _, homologations, text = lanes(client, profils="PA", proxy="propre", additionnels="oui")

    module = ["Homologation CNDA INSi, composant additionnel", "Homologation CNDA DMP, composant additionnel"]
    assert homologations == [*INSI_AND_DMP, *module]
    assert "un module tiers apporte celui de son éditeur" in text


def test_groupement_is_told_who_files(client: Client, db: None) -> None:
    alone, together = (lanes(client, profils="PA", groupement=groupement)[2] for groupement in ("non", "oui"))

    sentence = "dépose, au nom de tous"
    assert (sentence in alone, sentence in together) == (False, True)


def answered(client: Client, **answers: Any) -> str:
    page = client.get(reverse("guichets:questions"), answers)
    assert page.status_code == 200
    assert ("desks" in page.context) == bool(page.context["verdict"] and page.context["verdict"].shows_desks)
    return text_of(page)


@pytest.mark.parametrize(
    "answers", [{"reponses": "1"}, {"proxy": "tiers"}, {"profils": "XYZ"}, {"profils": "PA", "proxy": "\x00"}]
)
def test_answers_that_do_not_suffice_are_refused_in_words(client: Client, db: None, answers: dict[str, str]) -> None:
    text = answered(client, **answers)

    assert "Vos réponses sont à corriger" in text
    assert "1 champ est à corriger" in text
    assert "Erreur : Est-ce pour vous" in text


@pytest.mark.parametrize("answers", [{}, {"dispositif": "ms-dui-va2"}])
def test_a_page_that_is_only_opened_refuses_nothing(client: Client, db: None, answers: dict[str, str]) -> None:
    text = answered(client, **answers)

    assert "Choisissez au moins un profil" in text
    assert "à corriger" not in text


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"role": "editeur", "profils": "PA"}, "Oui, cette démarche vous concerne"),
        ({"profils": "PA"}, "Oui, si votre entreprise édite la solution"),
        ({"role": "editeur", "profils": "aucun"}, "Non, pas pour cette démarche"),
        ({"role": "distributeur"}, "Seul l’éditeur de la solution dépose la candidature. Il vous y déclare"),
        ({"role": "utilisateur"}, "La démarche est celle de l’éditeur de votre logiciel."),
        ({"role": "editeur", "profils": "ne-sait-pas"}, "écrivez à l’équipe du portail"),
        ({"profils": ["PA", "ne-sait-pas"]}, "Gardez les profils, ou l’une des deux dernières réponses."),
    ],
)
def test_whether_one_is_concerned_is_said_in_words(
    client: Client, db: None, answers: dict[str, Any], sentence: str
) -> None:
    text = answered(client, **answers)

    assert sentence in text
    assert "Une question sur votre cas ?" in text


def test_questions_speak_the_words_of_who_asks(client: Client, db: None) -> None:
    text = answered(client)

    assert "pour les établissements et services sociaux et médico-sociaux (ESSMS)" in text
    assert "Personnes âgées (PA) : EHPAD, maison de retraite" in text


def test_what_to_do_is_in_order(client: Client, db: None) -> None:
    text = answered(client, role="editeur", profils="PA")

    steps = [
        "Ouvrez votre compte",
        "Inscrivez-vous dès maintenant à l’EDC PSC et au CNDA",
        "Faites accepter la charte",
        "formulaire d’éligibilité avant la Date 1",
        "Soumettez d’abord le chapitre des prérequis",
        "Obtenez l’accord de l’EDC PSC.",
        "Obtenez l’accord du CNDA.",
        "Les tests se passent sur Gazelle et MOTCO2.",
        "Signez la convention.",
    ]
    places = [text.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)


def test_module_of_a_third_party_brings_its_own_nil(db: None, sign_in: SignIn) -> None:
    prove.a_rem()
    team = make_team()
    additionnels = {"lignes": [MODULE]}
    team.candidature = prove.a_candidature_to_prove(
        team.candidature, team.mandataire, team.instructeur, additionnels=additionnels
    )
    sign_in(team.salarie).post(address(team, "declare", "cnda:Agenda/INSI"), {"numero": "CNDA-M"})

    demande = DemandeAuGuichet.objects.get()
    assert (demande.composant, demande.nil, demande.is_third_party) == ("Agenda", "NIL-M", True)


def test_demande_is_let_go_with_a_reason_and_only_once(team: Team, salarie: Client) -> None:
    demande = make.a_demande(team.candidature, team.salarie)
    url = address(team, "end", demande.pk)
    refused = salarie.post(url, {"motif": " "}, follow=True)
    done = salarie.post(url, {"motif": "Déclarée deux fois."}, follow=True)
    again_refused = salarie.post(url, {"motif": "Encore."}, follow=True)

    assert "Indiquez pourquoi cette demande n’est plus suivie." in text_of(refused)
    assert "cette demande n’est plus suivie" in text_of(done)
    assert "Cette demande n’est déjà plus suivie." in text_of(again_refused)
    assert (again(demande).ended_reason, again(demande).next_pull_at) == ("Déclarée deux fois.", None)
