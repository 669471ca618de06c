from typing import Any

from django import forms

from candidatures.enums import AideIci, Parcours, RessourceKind, Weekday
from candidatures.models import Dispositif, VersionDeFiche
from candidatures.rules.aide import FIELDS, REQUIRED, normalised
from comptes.forms.texts import AdresseField, LineInput, Paragraph

MARKUP = (
    "Laissez une ligne vide entre deux paragraphes. ## titre, **gras**, - liste, 1. étapes, | tableau |. "
    "Un lien\u00a0: [mots](aide:adresse-de-la-fiche), [mots](portail:contacts) ou [mots](https://…)."
)
ABSENT = "Laissez vide si la source ne le donne pas, et indiquez plus bas où le trouver."
_DATE = {"type": "date"}
_HOUR = {"type": "time"}


class FicheForm(forms.Form):
    """What a fiche says; the fields that its kind does not have are taken away."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    code = LineInput(
        label="Adresse de la fiche",
        max_length=60,
        help_text="En minuscules, sans accent, avec des traits d’union. Elle ne change plus ensuite.",
    )
    titre = LineInput(label="Titre", max_length=150)
    resume = LineInput(label="En une phrase", max_length=400)
    parcours = forms.ChoiceField(label="Catégorie", choices=Parcours)
    nature = forms.ChoiceField(label="Nature", choices=RessourceKind)
    corps = Paragraph(label="Texte", max_length=20000, widget=forms.Textarea(attrs={"rows": 18}), help_text=MARKUP)
    question = LineInput(label="Pour quelle question", max_length=200)
    email = AdresseField(label="Adresse e-mail", max_length=254, help_text=ABSENT)
    telephone = LineInput(label="Téléphone", max_length=40)
    horaires = LineInput(label="Horaires", max_length=200)
    guichet = LineInput(label="Guichet concerné", max_length=80)
    date = forms.DateField(label="Date", widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"))
    weekday = forms.TypedChoiceField(
        label="Ou chaque semaine, le",
        coerce=int,
        empty_value=None,
        choices=[("", "Une seule fois"), *Weekday.choices],
    )
    begins = forms.TimeField(
        label="Début", widget=forms.TimeInput(attrs=_HOUR, format="%H:%M"), help_text="Heure de Paris."
    )
    ends = forms.TimeField(label="Fin", widget=forms.TimeInput(attrs=_HOUR, format="%H:%M"))
    lien = LineInput(label="Lien", max_length=500, help_text=f"Il commence par https://. {ABSENT}")
    replay = LineInput(label="Lien du replay", max_length=500)
    support = LineInput(label="Lien du support", max_length=500)
    ou_trouver = LineInput(label="Où trouver ce qui manque", max_length=400)
    source = LineInput(label="Source", max_length=300, help_text="Le document d’où viennent ces informations.")
    dispositif = forms.ModelChoiceField(
        label="Démarche", queryset=Dispositif.objects.none(), empty_label="Toutes les démarches"
    )
    ordre = forms.IntegerField(label="Ordre dans la catégorie", min_value=0, max_value=30000)
    ici = forms.MultipleChoiceField(
        label="Pages du portail où elle est proposée", choices=AideIci, widget=forms.CheckboxSelectMultiple
    )
    mots = LineInput(label="Mots de recherche", max_length=300, help_text="D’autres mots par lesquels on la cherche.")
    review_date = forms.DateField(
        label="À revoir le",
        widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
        help_text="Passé ce jour, la fiche reste publiée\u00a0; elle paraît dans «\u00a0À revoir\u00a0».",
    )

    def __init__(self, *args: Any, kind: str, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {*FIELDS[kind], "seen", *(["code"] if is_new else [])}
        for name in list(self.fields):
            if name not in kept:
                del self.fields[name]
            elif name not in ("seen", "code", *REQUIRED[kind]):
                self.fields[name].required = False
        self.fields["dispositif"].queryset = Dispositif.objects.order_by("opens_at", "pk")  # type: ignore[attr-defined]  # of a ModelChoiceField

    def values_posted(self) -> dict[str, Any]:
        """Return what the fiche would say, by field of a version; call it once the form is valid."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("seen", "code")}
        dispositif = values.pop("dispositif")
        values["dispositif_id"] = dispositif.pk if dispositif else None
        values["ordre"] = values["ordre"] or 0
        return normalised(values)


def initial_of(version: VersionDeFiche, kind: str) -> dict[str, Any]:
    """Return what the form shows of a version."""
    return {name: getattr(version, name) for name in FIELDS[kind]}
