"""A morning of the second phase, seven months before Date 2: chapitres in every state.

Mistral has one chapitre approved after a return, one being read, one to correct, one waiting to be opened, and one that
is complete and not submitted; Alizé, to whom two people gave more time at Date 1, has one approved; Sirocco has just
submitted its first. All three have their demandes at the other desks. The EDC PSC is not asked: what its space shows is
recorded with a capture, and one of Mistral waits for the ANS. Camille, who reads a chapitre, asks an expert for a
second reading of it.
"""

from datetime import date

from candidatures.enums import VoletKind
from segur_portal.demo.capturing import confirm_capture, record_capture
from segur_portal.demo.cast import CAMILLE, ELODIE, HELENE, KARIM, NADIA, OLIVIER, REMI, THEO
from segur_portal.demo.deciding import settle_autorisations
from segur_portal.demo.proving import (
    ask_second_reading,
    claim,
    conclude,
    correct,
    deposit_chapitre,
    judge,
    submit_chapitre,
)
from segur_portal.demo.story import StoryMoment, in_paris, scene
from segur_portal.demo.verbs import (
    admit,
    ask_derogation,
    declare,
    grant_derogation,
    instruct_derogation,
    submit,
)

from .ouverture import ELIGIBILITE, FOYER, MISTRAL_PROXY, MISTRAL_UTILISATEUR, PARCOURS, RESIDENCE

CUT = "La vidéo s’arrête avant la fin du scénario\u00a0: montrez-le en entier, jusqu’à l’enregistrement."
UNREADABLE = "La date de la capture n’est pas lisible\u00a0: montrez l’écran entier."
FORGOTTEN = "Notre volet était complet avant midi\u00a0; nous avons oublié de le soumettre."
WRONG_CASE = "Ce numéro d’exécution est celui d’un autre cas de test."

RECOGNISED = "La vidéo montre-t-elle que chaque trait d’identité est comparé avant l’enregistrement de l’INS\u00a0?"

INSI, DMP = "cnda:/INSI", "cnda:/DMP"
ALIZE_CNDA = {INSI: "NIL-20533-INSI", DMP: "NIL-20533-DMP"}
SIROCCO_UTILISATEUR, SIROCCO_PROXY = "EDC-2026-131", "EDC-2026-132"
SIROCCO_DESKS = {
    "edc_psc:utilisateur": SIROCCO_UTILISATEUR,
    "edc_psc:proxy": SIROCCO_PROXY,
    INSI: "NIL-20601-INSI",
    DMP: "NIL-20610-DMP",
}

PREUVES = StoryMoment(
    "preuves",
    at=in_paris("2027-03-08 09:00"),
    scenes=(
        # Alizé forgot one click on Date 1 and says so: two people of the agency give it a week.
        scene(
            "2026-10-02 09:40",
            ask_derogation,
            FOYER,
            "date-1",
            motive=FORGOTTEN,
            wished=in_paris("2026-10-06 12:00"),
            by=KARIM,
        ),
        scene("2026-10-02 10:15", instruct_derogation, FOYER, to=in_paris("2026-10-09 12:00"), by=OLIVIER),
        scene("2026-10-02 11:05", grant_derogation, FOYER, by=HELENE),
        scene("2026-10-05 09:02", submit, FOYER, of=ELIGIBILITE, by=KARIM),
        scene("2026-10-06 10:12", admit, RESIDENCE, by=CAMILLE),
        scene("2026-10-06 10:20", admit, RESIDENCE, of=VoletKind.ELIGIBILITE, by=CAMILLE),
        scene("2026-10-08 14:30", admit, FOYER, by=HELENE),
        scene("2026-10-08 14:36", admit, FOYER, of=ELIGIBILITE, by=HELENE),
        scene("2026-10-27 11:02", declare, FOYER, ALIZE_CNDA, by=KARIM),
        scene(
            "2026-11-04 10:12",
            record_capture,
            PARCOURS,
            MISTRAL_UTILISATEUR,
            "in_review",
            since="2026-11-03",
            by=ELODIE,
        ),
        scene("2026-11-05 09:30", confirm_capture, PARCOURS, MISTRAL_UTILISATEUR, by=CAMILLE),
        # Mistral begins with the prerequisite, which comes back once.
        scene("2026-11-09 15:04", deposit_chapitre, PARCOURS, "MAT", by=ELODIE),
        scene("2026-11-09 15:40", submit_chapitre, PARCOURS, "MAT", by=ELODIE),
        scene("2026-11-17 09:15", claim, PARCOURS, "MAT", by=CAMILLE),
        scene(
            "2026-11-17 10:48",
            judge,
            PARCOURS,
            "MAT",
            reasons={"MAT.03.01.01": CUT, "MAT.04.01.02": UNREADABLE},
            by=CAMILLE,
        ),
        scene("2026-11-17 10:55", conclude, PARCOURS, "MAT", by=CAMILLE),
        scene("2026-11-20 11:30", correct, PARCOURS, "MAT.03.01.01", "Scénario filmé en entier.", by=ELODIE),
        scene("2026-11-20 11:34", correct, PARCOURS, "MAT.04.01.02", "", by=ELODIE),
        scene("2026-11-20 11:37", submit_chapitre, PARCOURS, "MAT", by=ELODIE),
        scene("2026-11-24 14:02", claim, PARCOURS, "MAT", by=CAMILLE),
        scene("2026-11-24 14:20", judge, PARCOURS, "MAT", by=CAMILLE),
        scene("2026-11-24 14:21", conclude, PARCOURS, "MAT", by=CAMILLE),
        scene("2026-11-24 14:22", settle_autorisations),
        # One of Sirocco's numbers is mistyped: the CNDA does not know it.
        scene("2026-12-15 14:20", declare, RESIDENCE, SIROCCO_DESKS, by=NADIA),
        # Then the others, each at its pace.
        scene(
            "2027-01-18 16:10",
            deposit_chapitre,
            PARCOURS,
            "MSS",
            not_applicable={"SC.MSS/CONF.12.01.01": "La solution n’ouvre pas de boîte applicative."},
            by=ELODIE,
        ),
        scene("2027-01-18 17:02", submit_chapitre, PARCOURS, "MSS", by=ELODIE),
        scene("2027-01-26 09:40", claim, PARCOURS, "MSS", by=OLIVIER),
        scene(
            "2027-01-26 11:25",
            judge,
            PARCOURS,
            "MSS",
            reasons={"SC.MSS/CONF.14.01.01": WRONG_CASE},
            by=OLIVIER,
        ),
        scene("2027-01-26 11:31", conclude, PARCOURS, "MSS", by=OLIVIER),
        scene("2027-02-02 11:10", deposit_chapitre, FOYER, "MAT", by=KARIM),
        scene("2027-02-02 11:50", submit_chapitre, FOYER, "MAT", by=KARIM),
        scene("2027-02-09 10:20", claim, FOYER, "MAT", by=HELENE),
        scene("2027-02-09 11:15", judge, FOYER, "MAT", by=HELENE),
        scene("2027-02-09 11:18", conclude, FOYER, "MAT", by=HELENE),
        scene("2027-02-09 11:19", settle_autorisations),
        scene("2027-02-15 10:05", deposit_chapitre, PARCOURS, "INS", by=ELODIE),
        scene("2027-02-15 10:20", submit_chapitre, PARCOURS, "INS", by=ELODIE),
        scene(
            "2027-02-16 09:10",
            record_capture,
            PARCOURS,
            MISTRAL_UTILISATEUR,
            "granted",
            since="2027-02-15",
            letter="HAB-2027-118",
            by=ELODIE,
        ),
        scene("2027-02-17 10:05", confirm_capture, PARCOURS, MISTRAL_UTILISATEUR, by=CAMILLE),
        scene("2027-02-22 14:30", deposit_chapitre, PARCOURS, "DOC", by=ELODIE),
        scene("2027-03-01 10:44", deposit_chapitre, RESIDENCE, "MAT", by=THEO),
        scene("2027-03-02 09:12", submit_chapitre, RESIDENCE, "MAT", by=NADIA),
        scene("2027-03-04 16:52", deposit_chapitre, PARCOURS, "PSC", by=ELODIE),
        scene("2027-03-04 17:05", submit_chapitre, PARCOURS, "PSC", by=ELODIE),
        scene(
            "2027-03-05 11:20",
            record_capture,
            PARCOURS,
            MISTRAL_PROXY,
            "granted",
            since="2027-03-04",
            letter="HAB-2027-119",
            by=ELODIE,
        ),
        scene("2027-03-08 08:47:21", claim, PARCOURS, "INS", by=CAMILLE),
        # The last scene: its instant, to the second, is what `is_reached` looks for.
        scene(
            "2027-03-08 08:52:36",
            ask_second_reading,
            PARCOURS,
            "INS",
            of=REMI,
            question=RECOGNISED,
            before=date(2027, 3, 19),
            by=CAMILLE,
        ),
    ),
    waiting={
        THEO: "Le premier chapitre de Sirocco Résidence est soumis\u00a0; le CNDA ne connaît pas l’un de ses numéros.",
        KARIM: "Son premier chapitre est validé\u00a0; il dépose les autres.",
        HELENE: "Elle a accordé à Alizé Foyer une semaine de plus à la Date 1.",
        ELODIE: "Un chapitre est à corriger, un autre est complet, mais pas soumis.",
        CAMILLE: "Elle lit un chapitre de Mistral Parcours\u00a0; deux autres attendent, et une capture à confirmer.",
        REMI: "Camille lui demande une seconde lecture d’un chapitre de Mistral Parcours.",
    },
)
