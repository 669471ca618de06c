"""Two minutes before Date 1: those who are ready, and the one who forgets to submit.

Sirocco and Mistral have handed over both volets; Alizé's second one is complete, and not submitted.
"""

from segur_portal.demo.answers import of_components, of_solution
from segur_portal.demo.cast import CAMILLE, ELODIE, KARIM, NADIA, SIROCCO, THEO
from segur_portal.demo.story import StoryMoment, in_paris, scene
from segur_portal.demo.verbs import admit, fill, submit

from .ouverture import ELIGIBILITE, PARCOURS, RESIDENCE, of_persona

OUEST = {
    "raison_sociale": "Ouest Diffusion",
    "immatriculation": {"pays": SIROCCO.country, "identifiant": SIROCCO.identifier},
}

DATE_1 = StoryMoment(
    "date-1",
    at=in_paris("2026-10-01 11:58"),
    scenes=(
        scene(
            "2026-09-30 14:05",
            fill,
            PARCOURS,
            {"nie": "NIE-0418", "distributeurs": {"lignes": [OUEST]}},
            of=ELIGIBILITE,
            by=ELODIE,
        ),
        scene("2026-09-30 14:11", submit, PARCOURS, of=ELIGIBILITE, by=ELODIE),
        scene("2026-09-30 16:30", admit, PARCOURS, of=ELIGIBILITE, by=CAMILLE),
        scene(
            "2026-09-30 17:20",
            fill,
            RESIDENCE,
            of_persona("contact", THEO, "Chef de produit", "06 39 98 46 31") | of_solution(RESIDENCE, "12.4.1"),
            by=THEO,
        ),
        scene(
            "2026-10-01 09:12",
            fill,
            RESIDENCE,
            of_components(["PA", "PH"], nie="NIE-0601", nil="NIL-20601", proxy="propre"),
            of=ELIGIBILITE,
            by=THEO,
        ),
        scene("2026-10-01 10:02", submit, RESIDENCE, by=NADIA),
        scene("2026-10-01 10:04:07", submit, RESIDENCE, of=ELIGIBILITE, by=NADIA),
    ),
    waiting={
        KARIM: "Il lui manque un clic, et il reste deux minutes.",
        ELODIE: "Ses deux volets sont recevables.",
        CAMILLE: "Les deux volets de Sirocco Résidence viennent d’arriver.",
    },
)
