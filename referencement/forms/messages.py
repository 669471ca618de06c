from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django import forms

from candidatures.catalogue.formats import JOINED
from candidatures.forms.doors import SeveralFilesField
from candidatures.rules.messages import LONGEST, MOST_FILES
from comptes.forms.texts import Paragraph
from referencement.queries.mentions import Mention


class MessageForm(forms.Form):
    """One message. Thanks to its token, a form that is posted twice makes one message.

    :param known: what a message may be about, by address
    """

    token = forms.CharField(max_length=40, widget=forms.HiddenInput)
    corrects = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    text = Paragraph(
        label="Votre message",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "data-longest": LONGEST}),
        help_text=f"{LONGEST // 1000}\u00a0000 caractères au plus. Un identifiant d’exigence y devient un lien.",
        error_messages={"required": "Écrivez un message."},
    )
    about = forms.ChoiceField(
        label="À propos de",
        required=False,
        help_text="Un champ du dossier ou une exigence. Le message contient alors un lien vers cet élément.",
        error_messages={"invalid_choice": "Ce champ ou cette exigence n’existe pas dans cette candidature."},
    )
    joined = SeveralFilesField(
        label="Pièces jointes",
        required=False,
        door=JOINED,
        help_text=f"{MOST_FILES} fichiers au plus.",
    )

    def __init__(self, *args: Any, known: Mapping[str, Mention], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = groupby(known.values(), key=lambda mention: mention.group)
        choices = [(group, [(mention.address, mention.label) for mention in mentions]) for group, mentions in groups]
        self.fields["about"].choices = [("", "Toute la candidature"), *choices]  # type: ignore[attr-defined]  # a field of choices
