from django import forms

from comptes.forms.texts import VersionInput
from preuves.forms.depot import DATE


class EnsembleForm(forms.Form):
    """What many deposits have in common. Each operation says what is wrong with its own."""

    evidence_date = forms.DateField(
        label="Date des preuves", required=False, widget=DATE, help_text="Le jour où elles ont été faites."
    )
    version_technique = VersionInput(label="Version technique concernée", required=False, max_length=40)
    mandatory = ("evidence_date", "version_technique")
