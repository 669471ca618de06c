from collections.abc import Mapping
from typing import Any

from django import forms

from comptes.forms.texts import Paragraph
from preuves.enums import Nature
from preuves.queries.motifs import Motif
from preuves.queries.waiting import ChapitreType
from preuves.rules.motifs import LONGEST, VARIABLES, Place

EVERYWHERE = ""


class MotifPretForm(forms.Form):
    """A ready reason, and where it is proposed.

    :param types: the chapitres of the REM in use, by dispositif and code
    """

    text = Paragraph(
        label="Motif",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST,
        help_text="L’éditeur le lit. Variables\u00a0: "
        + ", ".join(f"{{{variable.name}}} ({variable.meaning})" for variable in VARIABLES)
        + ".",
    )
    chapitre = forms.ChoiceField(label="Chapitre", required=False)
    nature = forms.ChoiceField(
        label="Nature de preuve", required=False, choices=[(EVERYWHERE, "Toutes les natures"), *Nature.choices]
    )
    mandatory = ("text", "chapitre", "nature")

    def __init__(self, *args: Any, types: Mapping[tuple[str, str], ChapitreType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for (dispositif, code), chapitre in types.items():
            groups.setdefault(chapitre.demarche, []).append((f"{dispositif}/{code}", f"{chapitre.label} ({code})"))
        field = self.fields["chapitre"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(EVERYWHERE, "Tous les chapitres"), *groups.items()]

    @property
    def place(self) -> Place:
        dispositif, _, chapitre = self.cleaned_data["chapitre"].partition("/")
        return Place(dispositif, chapitre, self.cleaned_data["nature"])


def initial_of(motif: Motif) -> dict[str, str]:
    """Return what the form shows of a ready reason."""
    place = motif.place
    chapitre = f"{place.dispositif}/{place.chapitre}" if place.chapitre else EVERYWHERE
    return {"text": motif.text, "chapitre": chapitre, "nature": place.nature}
