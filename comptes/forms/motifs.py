from typing import Any

from django import forms

from comptes.forms.texts import Paragraph
from comptes.rules.texts import LONGEST_MOTIF


class MotifForm(forms.Form):
    """The only text of a form, too long as it was typed.

    :param name: of its field in that form
    """

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.Textarea(attrs={"rows": 12})
        self.fields[name] = Paragraph(label="Votre texte", max_length=LONGEST_MOTIF, widget=widget)
