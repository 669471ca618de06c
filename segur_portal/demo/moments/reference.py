"""Three days after the séance: Mistral Parcours is référencé, Sirocco knows why it is not.

The convention of Mistral is signed by both.
"""

from referencement.enums import AvisDuCollege, Decision
from segur_portal.demo.cast import ELODIE, JULIEN, KARIM, LEILA, MARC, NADIA, OLIVIER, SOPHIE
from segur_portal.demo.deciding import advise, close_seance, decide, open_seance, sign_convention
from segur_portal.demo.story import StoryMoment, in_paris, scene

from .ouverture import PARCOURS, RESIDENCE

FOR, AGAINST = AvisDuCollege.FAVOURABLE, AvisDuCollege.UNFAVOURABLE
CONFLICT = "A travaillé pour cet éditeur jusqu’en 2025."
UNPROVED = "Des preuves exigées ne sont pas validées."
AGAIN = "Une nouvelle candidature peut être présentée dès que les preuves sont réunies."

REFERENCE = StoryMoment(
    "reference",
    at=in_paris("2027-12-17 09:00"),
    scenes=(
        scene("2027-12-14 14:02", open_seance, (SOPHIE, MARC, LEILA), by=JULIEN),
        scene("2027-12-14 14:25", advise, PARCOURS, {SOPHIE: FOR, MARC: FOR, LEILA: FOR}, by=JULIEN),
        scene("2027-12-14 14:26", decide, PARCOURS, Decision.ATTRIBUTED, by=JULIEN),
        scene(
            "2027-12-14 14:50",
            advise,
            RESIDENCE,
            {SOPHIE: AGAINST, LEILA: AGAINST},
            {MARC: CONFLICT},
            by=JULIEN,
        ),
        scene("2027-12-14 14:52", decide, RESIDENCE, Decision.NOT_ATTRIBUTED, (UNPROVED,), AGAIN, by=JULIEN),
        scene("2027-12-14 15:10", close_seance, by=JULIEN),
        # The last scene: its instant, to the second, is what `is_reached` looks for.
        scene("2027-12-16 10:31:18", sign_convention, PARCOURS, by=OLIVIER),
    ),
    waiting={
        ELODIE: "Sa solution est référencée\u00a0: l’attestation, le rapport et la convention sont là.",
        NADIA: "Sa solution n’est pas référencée\u00a0: le message dit pourquoi.",
        KARIM: "Sa convention attend toujours sa signature\u00a0: sa solution passera à une autre séance.",
        OLIVIER: "Il a signé la convention pour l’agence.",
        JULIEN: "La séance est close\u00a0; le procès-verbal est imprimé.",
    },
)
