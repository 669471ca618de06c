"""The morning of a séance of the collège: Mistral Parcours is ready for it, Sirocco Résidence is listed all the same.

Mistral went through every chapitre, was granted everything at the other desks, and signed its convention. Alizé did
the same later: its convention waits for its signature. Sirocco let Date 2 pass with one chapitre submitted.
"""

from collections.abc import Iterator
from datetime import timedelta

from segur_portal.demo.capturing import confirm_capture, record_capture
from segur_portal.demo.cast import (
    CAMILLE,
    ELODIE,
    HELENE,
    JULIEN,
    KARIM,
    LEILA,
    MARC,
    NADIA,
    OLIVIER,
    SOPHIE,
    Persona,
)
from segur_portal.demo.deciding import (
    ask_the_desks,
    enlist,
    name_rapporteur,
    plan_seance,
    prepare_convention,
    send_agenda,
    send_convention,
    sign_convention,
)
from segur_portal.demo.proving import claim, conclude, correct, deposit_chapitre, judge, submit_chapitre
from segur_portal.demo.story import Scene, StoryMoment, in_paris, scene

from .ouverture import FOYER, MISTRAL_PROXY, PARCOURS, RESIDENCE
from .preuves import SIROCCO_PROXY, SIROCCO_UTILISATEUR

SEANCE = in_paris("2027-12-14 14:00")
# The chapitres that Mistral had not begun in March, and when each was deposited.
LATER = {
    "DMP": "2027-04-19 10:05",
    "TBB": "2027-05-11 15:20",
    "PORT": "2027-06-02 09:40",
    "SSI": "2027-06-29 11:15",
    "IE": "2027-07-20 14:30",
    "CDM": "2027-09-06 10:10",
    "CDM-SOC": "2027-09-06 10:45",
}
# The same for Alizé, whose only profil, AHI, asks for other chapitres.
OF_FOYER = {
    "INS": "2027-03-22 10:05",
    "DMP": "2027-04-13 15:20",
    "ANN": "2027-05-04 09:40",
    "MSS": "2027-05-25 11:15",
    "DOC": "2027-06-15 14:30",
    "TBB": "2027-07-06 10:10",
    "PORT": "2027-07-27 10:45",
    "SSI": "2027-08-17 16:05",
    "IE": "2027-08-31 09:25",
    "CDM": "2027-09-14 11:40",
    "CDM-SOC": "2027-09-14 14:05",
}
ASKED = ("2027-03-09", "2027-04-12", "2027-05-14", "2027-06-18", "2027-07-16", "2027-09-10", "2027-10-08", "2027-11-16")


def _read(code: str, civil: str, nom: str = PARCOURS, by: Persona = CAMILLE) -> Iterator[Scene]:
    """A submitted chapitre is read in an hour, and approved."""
    opened = in_paris(civil)
    for minutes, verb in ((0, claim), (55, judge), (58, conclude)):
        yield scene((opened + timedelta(minutes=minutes)).strftime("%F %T"), verb, nom, code, by=by)


def _proved(
    code: str, civil: str, nom: str = PARCOURS, by: Persona = ELODIE, read_by: Persona = CAMILLE
) -> Iterator[Scene]:
    """A chapitre is deposited, submitted, then read a week later."""
    begun, shared = in_paris(civil), nom == FOYER
    handed = (begun + timedelta(minutes=40)).strftime("%F %T")
    yield scene(civil, deposit_chapitre, nom, code, shared=shared, by=by)
    yield scene(handed, submit_chapitre, nom, code, by=by)
    yield from _read(code, (begun + timedelta(days=7)).strftime("%F 09:30"), nom, read_by)


def _scenes() -> Iterator[Scene]:
    yield scene("2027-03-08 10:30", judge, PARCOURS, "INS", by=CAMILLE)
    yield scene("2027-03-08 10:34", conclude, PARCOURS, "INS", by=CAMILLE)
    yield scene("2027-03-08 10:40", confirm_capture, PARCOURS, MISTRAL_PROXY, by=CAMILLE)
    yield scene("2027-03-09 16:02", submit_chapitre, PARCOURS, "DOC", by=ELODIE)
    yield from _read("PSC", "2027-03-11 09:15")
    yield from _read("DOC", "2027-03-16 14:10")
    yield scene("2027-03-18 11:20", correct, PARCOURS, "SC.MSS/CONF.14.01.01", "Exécution refaite.", by=ELODIE)
    yield scene("2027-03-18 11:24", submit_chapitre, PARCOURS, "MSS", by=ELODIE)
    yield from _read("MSS", "2027-03-25 10:00")
    for code, civil in LATER.items():
        yield from _proved(code, civil)
    for code, civil in OF_FOYER.items():
        yield from _proved(code, civil, FOYER, KARIM, HELENE)
    for day in ASKED:
        yield scene(f"{day} 08:00", ask_the_desks)
    yield scene(
        "2027-05-25 10:30",
        record_capture,
        RESIDENCE,
        SIROCCO_UTILISATEUR,
        "granted",
        since="2027-05-24",
        letter="HAB-2027-131",
        by=NADIA,
    )
    yield scene("2027-05-27 14:15", confirm_capture, RESIDENCE, SIROCCO_UTILISATEUR, by=CAMILLE)
    yield scene(
        "2027-12-13 09:20",
        record_capture,
        RESIDENCE,
        SIROCCO_PROXY,
        "granted",
        since="2027-12-10",
        letter="HAB-2027-132",
        by=NADIA,
    )
    yield scene("2027-11-18 09:50", prepare_convention, PARCOURS, by=OLIVIER)
    yield scene("2027-11-18 10:20", send_convention, PARCOURS, to=ELODIE, by=OLIVIER)
    yield scene("2027-11-19 15:05", sign_convention, PARCOURS, by=ELODIE)
    yield scene("2027-11-23 11:00", plan_seance, SEANCE, (SOPHIE, MARC, LEILA), by=JULIEN)
    yield scene("2027-11-23 11:10", enlist, PARCOURS, by=JULIEN)
    yield scene("2027-11-23 11:14", name_rapporteur, PARCOURS, CAMILLE, by=JULIEN)
    yield scene("2027-11-23 11:18", send_agenda, by=JULIEN)
    yield scene("2027-12-09 10:15", prepare_convention, FOYER, by=HELENE)
    yield scene("2027-12-09 11:40", send_convention, FOYER, to=KARIM, by=HELENE)
    yield scene("2027-12-13 08:00", ask_the_desks)
    # The last scene: its instant, to the second, is what `is_reached` looks for.
    yield scene("2027-12-14 08:52:36", enlist, RESIDENCE, despite=True, by=JULIEN)


COLLEGE = StoryMoment(
    "college",
    at=in_paris("2027-12-14 13:45"),
    scenes=tuple(sorted(_scenes(), key=lambda played: played.at)),
    waiting={
        JULIEN: "La séance s’ouvre dans un quart d’heure\u00a0; deux dossiers sont à l’ordre du jour.",
        SOPHIE: "Elle relit les deux dossiers, puis donnera son avis à son écran.",
        ELODIE: "Tout est accordé, la convention est signée\u00a0: elle attend le collège.",
        NADIA: "Son dossier passe devant le collège, et il y manque beaucoup.",
        CAMILLE: "Une capture de Sirocco Résidence attend qu’elle la confirme.",
        KARIM: "Tous ses chapitres sont validés, tout est accordé\u00a0: sa convention attend sa signature.",
        HELENE: "Elle a envoyé la convention d’Alizé Foyer à la signature.",
        OLIVIER: "Il signera la convention de Mistral Parcours si le collège attribue le référencement.",
    },
)
