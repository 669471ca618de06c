from django import forms

from candidatures.catalogue.formats import CLASSEUR
from candidatures.forms.doors import OneFileField


class ClasseurForm(forms.Form):
    """The workbook of a dossier, filled in; nothing is deposited by sending it."""

    classeur = OneFileField(
        label="Classeur rempli",
        door=CLASSEUR,
        help_text=f"Le classeur téléchargé sur cette page, de {CLASSEUR.sizes} au plus.",
        error_messages={"required": "Choisissez le classeur que vous avez rempli."},
    )
