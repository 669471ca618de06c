from django import forms

from comptes.forms.texts import LineInput

NUMERO = "Le numéro que le guichet lui a donné. Laissez vide tant que vous ne l’avez pas."
NIL = "Le numéro du logiciel au CNDA."


class DeclarationForm(forms.Form):
    """The number and the software of a required demande; the page already knows its objet."""

    numero = LineInput(label="Numéro de la demande", required=False, max_length=40, help_text=NUMERO)
    logiciel = LineInput(
        label="Nom du logiciel au guichet",
        required=False,
        max_length=200,
        help_text="Tel que le guichet l’affiche\u00a0: le portail vérifie qu’il parle bien du même.",
    )


class CorrectionForm(DeclarationForm):
    """The same, to correct; `version` is the version of the demande when the page was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    nil = LineInput(label="NIL", required=False, max_length=40, help_text=NIL)
