"""Breadcrumbs: the pages above this one, as pairs (label, href), nearest last."""

from django.urls import reverse

from comptes.models import Compte, Editeur

Trail = list[tuple[str, str]]


def trail_to_editeurs(reader: Compte) -> Trail:
    """The list of éditeurs, which the ANS goes through; an éditeur's person goes straight to their own."""
    return [("Éditeurs", reverse("comptes:editeurs"))] if reader.is_ans else []


def trail_to_team(editeur: Editeur, reader: Compte) -> Trail:
    return [*trail_to_editeurs(reader), (editeur.raison_sociale, reverse("comptes:team", args=[editeur.pk]))]
