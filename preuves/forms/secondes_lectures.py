from django import forms

from comptes.forms.texts import EMAIL_OF_ANOTHER, AdresseField, Name, Paragraph
from preuves.enums import PositionDeLExpert
from preuves.forms.depot import DATE


class DemandeDeLectureForm(forms.Form):
    """Of whom a second reading is asked, what, and before when."""

    email = AdresseField(
        label="Adresse e-mail de l’expert", max_length=254, widget=forms.EmailInput(attrs=EMAIL_OF_ANOTHER)
    )
    first_name = Name(label="Prénom", max_length=80)
    last_name = Name(label="Nom", max_length=80)
    question = Paragraph(
        label="Votre question",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Indiquez ce que l’expert doit regarder, et dans quelles preuves.",
    )
    before = forms.DateField(label="Réponse attendue avant le", widget=DATE)


class LectureForm(forms.Form):
    """What an expert answers."""

    position = forms.ChoiceField(label="Votre conclusion", choices=PositionDeLExpert.choices, widget=forms.RadioSelect)
    observations = Paragraph(
        label="Vos observations",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Citez le numéro de chaque preuve. L’instructeur les lira. L’éditeur ne les lit jamais.",
    )
