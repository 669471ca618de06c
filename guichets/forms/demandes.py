from django import forms

from comptes.forms.texts import LineInput

NUMERO = "Numéro donné par le guichet. Laissez vide si vous ne l’avez pas encore."
NIL = "Le numéro du logiciel au CNDA."


class DeclarationForm(forms.Form):
    """The number and the software of a required demande; the page already knows its objet."""

    numero = LineInput(label="Numéro de la demande", required=False, max_length=40, help_text=NUMERO)
    logiciel = LineInput(
        label="Nom du logiciel au guichet",
        required=False,
        max_length=200,
        help_text="Nom affiché par le guichet. Il permet de vérifier sa réponse.",
    )


class CorrectionForm(DeclarationForm):
    """The same, to correct; `version` is the version of the demande when the page was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    nil = LineInput(label="NIL", required=False, max_length=40, help_text=NIL)
