"""The morning before Date 1: three éditeurs, each at a different point.

Sirocco has a dossier half filled and a product not yet a candidate; Alizé, for the profil AHI alone, has one volet
handed over and the other complete but not submitted; Mistral has one admitted and a complément to answer on the other,
and has declared its two habilitations.
"""

from dataclasses import astuple
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from candidatures.enums import VoletKind
from segur_portal.demo.answers import of_company, of_components, of_person, of_solution
from segur_portal.demo.cast import (
    ALIZE,
    ANNE,
    CAMILLE,
    CHLOE,
    ELODIE,
    HELENE,
    INES,
    JULIEN,
    KARIM,
    LEILA,
    MARC,
    MISTRAL,
    NADIA,
    OLIVIER,
    PAUL,
    SIROCCO,
    SOPHIE,
    THEO,
    Persona,
)
from segur_portal.demo.story import StoryMoment, in_paris, scene
from segur_portal.demo.verbs import (
    accept_charte,
    admit,
    ask,
    confirm_references,
    create_produit,
    declare,
    fill,
    give_acces,
    invite,
    invite_somebody,
    join,
    open_candidature,
    open_compte_ans,
    publish_the_catalogue,
    register,
    submit,
)

ELIGIBILITE = VoletKind.ELIGIBILITE
RESIDENCE, DOMICILE = "Sirocco Résidence", "Sirocco Domicile"
FOYER = "Alizé Foyer"
PARCOURS = "Mistral Parcours"


def of_persona(prefix: str, persona: Persona, fonction: str, telephone: str) -> dict[str, str]:
    return of_person(prefix, (persona.first_name, persona.last_name), persona.email, fonction, telephone)


def other_name(nom: str, nil: str, version: str) -> dict[str, Any]:
    """Return the answer that declares one more commercial name, with its attestation sur l'honneur."""
    attestation = SimpleUploadedFile("attestation.pdf", AN_EMPTY_PDF, content_type="application/pdf")
    return {"lignes": [{"nom": nom, "nil": nil, "version": version, "attestation": attestation}]}


AN_EMPTY_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
)

MISTRAL_UTILISATEUR, MISTRAL_PROXY = "EDC-2026-118", "EDC-2026-119"
MISTRAL_DESKS = {
    "edc_psc:utilisateur": MISTRAL_UTILISATEUR,
    "edc_psc:proxy": MISTRAL_PROXY,
    "cnda:/INSI": "NIL-20417-INSI",
    "cnda:/DMP": "NIL-20417-DMP",
}
MS1 = {"identifiant": "WIIN-2023-00417", "dispositif": "MS1", "profils": ["PA"]}

OUVERTURE = StoryMoment(
    "ouverture",
    at=in_paris("2026-09-30 11:30"),
    scenes=(
        # The agency prepares.
        scene("2026-05-26 09:00", publish_the_catalogue),
        scene("2026-05-26 09:20", open_compte_ans, ANNE),
        scene("2026-05-26 09:32", open_compte_ans, CAMILLE, by=ANNE),
        scene("2026-05-26 09:34", open_compte_ans, OLIVIER, by=ANNE),
        scene("2026-05-26 09:35", open_compte_ans, HELENE, by=ANNE),
        scene("2026-05-26 09:37", open_compte_ans, SOPHIE, by=ANNE),
        scene("2026-05-26 09:38", open_compte_ans, MARC, by=ANNE),
        scene("2026-05-26 09:38:30", open_compte_ans, LEILA, by=ANNE),
        scene("2026-05-26 09:39", open_compte_ans, JULIEN, by=ANNE),
        # Three éditeurs arrive.
        scene("2026-06-03 10:05", register, MISTRAL, mandataire=ELODIE, by=ANNE),
        scene("2026-06-03 14:22", join, ELODIE),
        scene("2026-06-04 09:15", create_produit, PARCOURS, by=ELODIE),
        scene("2026-06-08 09:10", register, SIROCCO, mandataire=NADIA, by=ANNE),
        scene("2026-06-08 10:41", join, NADIA),
        scene("2026-06-09 08:50", invite, PAUL, by=NADIA),
        scene("2026-06-09 08:53", invite, INES, by=NADIA),
        scene("2026-06-09 09:30", join, PAUL),
        scene("2026-06-10 16:04", join, INES),
        scene("2026-06-15 11:00", create_produit, RESIDENCE, by=NADIA),
        scene("2026-06-15 11:02", create_produit, DOMICILE, by=NADIA),
        scene("2026-06-22 15:36", register, ALIZE, mandataire=KARIM, by=ANNE),
        scene("2026-06-23 08:47", join, KARIM),
        # Mistral is early.
        scene("2026-06-24 10:12", open_candidature, PARCOURS, by=ELODIE),
        scene("2026-06-24 10:25", accept_charte, PARCOURS, by=ELODIE),
        scene(
            "2026-07-01 14:40",
            fill,
            PARCOURS,
            of_persona("responsable", ELODIE, "Directrice générale", "02 61 91 20 14")
            | of_persona("contact", ELODIE, "Directrice générale", "06 39 98 20 14")
            | of_company(*astuple(MISTRAL))
            | {"entreprise_site": "https://mistral.example"}
            | of_solution(PARCOURS, "8.2.0", MS1),
            by=ELODIE,
        ),
        scene("2026-07-01 14:58", submit, PARCOURS, by=ELODIE),
        scene(
            "2026-07-06 10:20",
            fill,
            PARCOURS,
            of_components(["PA", "PDS"], nie="NIE-0417", nil="NIL-20417", proxy="propre")
            | {"nru_edc_utilisateur": MISTRAL_UTILISATEUR, "nru_edc_proxy": MISTRAL_PROXY}
            | {"noms_commerciaux": other_name("Mistral Chemins", "NIL-20418", "8.2.0")},
            of=ELIGIBILITE,
            by=ELODIE,
        ),
        scene("2026-07-06 10:44", submit, PARCOURS, of=ELIGIBILITE, by=ELODIE),
        # The other desks are open already: what is declared at once is followed from then on.
        scene("2026-07-06 11:03", declare, PARCOURS, MISTRAL_DESKS, by=ELODIE),
        scene("2026-07-16 09:36", confirm_references, PARCOURS, by=CAMILLE),
        scene("2026-07-16 09:41", admit, PARCOURS, by=CAMILLE),
        scene(
            "2026-07-16 10:12",
            ask,
            PARCOURS,
            ["nie", "distributeurs"],
            "Le NIE déclaré n’est pas celui du CNDA. Merci aussi de nommer vos distributeurs, s’il y en a.",
            of=ELIGIBILITE,
            by=CAMILLE,
        ),
        # Alizé follows, after the summer.
        scene("2026-08-31 09:20", create_produit, FOYER, by=KARIM),
        scene("2026-08-31 09:24", open_candidature, FOYER, by=KARIM),
        scene("2026-08-31 09:51", accept_charte, FOYER, by=KARIM),
        # Sirocco brings its team in.
        scene("2026-09-07 09:05", invite, THEO, by=NADIA),
        scene("2026-09-07 09:06", invite, CHLOE, by=INES),
        scene("2026-09-07 09:48", join, THEO),
        scene("2026-09-08 14:02", join, CHLOE),
        scene("2026-09-08 15:10", give_acces, RESIDENCE, to=THEO, by=NADIA),
        scene("2026-09-08 15:14", open_candidature, RESIDENCE, by=NADIA),
        scene("2026-09-10 17:25", accept_charte, RESIDENCE, by=PAUL),
        scene(
            "2026-09-17 10:37",
            fill,
            RESIDENCE,
            of_persona("responsable", NADIA, "Présidente", "02 61 91 46 30"),
            by=THEO,
        ),
        scene(
            "2026-09-22 11:16",
            fill,
            FOYER,
            of_persona("responsable", KARIM, "Gérant", "05 36 49 11 08")
            | of_persona("contact", KARIM, "Gérant", "06 39 98 11 08")
            | of_company(*astuple(ALIZE))
            | of_solution(FOYER, "4.11.2"),
            by=KARIM,
        ),
        scene("2026-09-25 17:48", submit, FOYER, by=KARIM),
        scene(
            "2026-09-28 09:32",
            fill,
            FOYER,
            of_components(["AHI"], nie="NIE-0533", nil="NIL-20533"),
            of=ELIGIBILITE,
            by=KARIM,
        ),
        scene(
            "2026-09-28 16:12",
            fill,
            RESIDENCE,
            of_company(*astuple(SIROCCO)) | {"entreprise_site": "https://sirocco.example"},
            by=THEO,
        ),
        # The last scene: its instant, to the second, is what `is_reached` looks for.
        scene("2026-09-29 16:20:07", invite_somebody, "hugo.petit@sirocco.example", by=NADIA),
    ),
    waiting={
        PAUL: "Il a accepté la charte de Sirocco Résidence.",
        THEO: "Il en a saisi la moitié.",
        KARIM: "Un volet est soumis\u00a0; l’autre est complet, mais pas soumis\u00a0: il manque un clic.",
        ELODIE: "Un volet est recevable\u00a0; l’agence attend un complément sur l’autre.",
    },
)
