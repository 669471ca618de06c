from django import forms

from comptes.forms.texts import LineInput


class SeeAsForm(forms.Form):
    """Why somebody of the agency sees the portal as a person."""

    motif = LineInput(
        label="Pourquoi",
        max_length=200,
        help_text="Par exemple, la demande d’aide à laquelle vous répondez. La personne et son équipe liront ce motif.",
    )
