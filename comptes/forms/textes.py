from django import forms

from comptes.forms.texts import LineInput, Paragraph


class TexteForm(forms.Form):
    """What a text would say; the subject is taken away when it has none."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    objet = LineInput(
        label="Objet",
        max_length=200,
        required=False,
        help_text="Laissez vide pour garder l’objet que le portail écrit.",
    )
    corps = Paragraph(label="Texte", max_length=40000, widget=forms.Textarea(attrs={"rows": 16}))

    def __init__(self, *args: object, has_subject: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # what Django's form takes
        if not has_subject:
            del self.fields["objet"]
