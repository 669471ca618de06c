from django.db.models import TextChoices


class VoletKind(TextChoices):
    ADMINISTRATIF = "administratif", "Candidature administrative"


class VoletState(TextChoices):
    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Soumis à l’ANS"
    ADMITTED = "admitted", "Recevable"


class CandidatureState(TextChoices):
    OPEN = "open", "Ouverte"


class Act(TextChoices):
    """What is written in the journal, and the French sentence that it is read as."""

    PRODUIT_CREATED = "produit.created", "Le produit « {produit} » est créé"
    PRODUIT_RENAMED = "produit.renamed", "Le produit « {ancien_nom} » devient « {nom} »"
    ACCES_GIVEN = "acces.given", "{compte} reçoit l’accès au produit « {produit} »"
    ACCES_ENDED = "acces.ended", "{compte} n’a plus accès au produit « {produit} »"
    CANDIDATURE_OPENED = (
        "candidature.opened",
        "Le produit « {produit} » est rattaché à la démarche {dispositif} sous le numéro {nru}",
    )
    CHARTE_ACCEPTED = (
        "charte.accepted",
        "La charte de référencement (version {version}, empreinte {sha256}) est acceptée",
    )
    VOLET_SAVED = "volet.saved", "{volet} : champs enregistrés : {champs}"
    VOLET_SUBMITTED = "volet.submitted", "{volet} : soumission n° {numero} à l’ANS (empreinte {sha256})"
    VOLET_ADMITTED = "volet.admitted", "{volet} : déclaré recevable par l’ANS"
