from django import forms

from candidatures.catalogue.formats import CLASSEUR, TABLEAU
from candidatures.forms.doors import OneFileField


class ClasseurForm(forms.Form):
    """The workbook of a dossier, filled in; nothing is deposited by sending it."""

    classeur = OneFileField(
        label="Classeur rempli",
        door=CLASSEUR,
        help_text=f"Le classeur téléchargé sur cette page, de {CLASSEUR.sizes} au plus.",
        error_messages={"required": "Choisissez le classeur que vous avez rempli."},
    )


class TableauForm(forms.Form):
    """The spreadsheet of a list of a volet, filled in; nothing is saved by sending it."""

    tableau = OneFileField(
        label="Tableau rempli (XLSX, ODS ou CSV)",
        door=TABLEAU,
        help_text=f"Le tableau téléchargé sur cette page, de {TABLEAU.sizes} au plus.",
        error_messages={"required": "Choisissez le tableau que vous avez rempli."},
    )
