from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.safestring import SafeString

from comptes.forms.texts import Paragraph
from preuves.enums import Avis


class AvisField(forms.ChoiceField):
    def drawn_for_everybody(self, bound: Any) -> SafeString | None:
        """Return its HTML, kept for each choice; None after a refusal, which it shows."""
        return None if bound.form.is_bound else _drawn("avis", bound.initial or "")


class MotifField(Paragraph):
    def drawn_for_everybody(self, bound: Any) -> SafeString | None:
        """Return its HTML, kept, while nobody typed anything in it."""
        return None if bound.form.is_bound or bound.initial else _drawn("reason", "")


@lru_cache(maxsize=16)
def _drawn(name: str, avis: str) -> SafeString:
    bound: Any = VerificationForm(initial={"avis": avis})[name]
    drawn: SafeString = bound.draw()
    return drawn


class VerificationForm(forms.Form):
    """A draft of the verdict on the revision whose sha256 the page showed. A ready reason may end the reason.

    :param sentences: the ready reasons by key, filled for this preuve
    """

    numero = forms.CharField(max_length=60, widget=forms.HiddenInput)
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    avis = AvisField(label="Votre vérification", choices=Avis.choices, required=False, widget=forms.RadioSelect)
    reason = MotifField(
        label="Motif",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Indiquez ce que l’éditeur doit corriger, et comment.",
        error_messages={"max_length": "le motif dépasse %(limit_value)d caractères."},
    )
    motif = forms.ChoiceField(
        label="Motif prêt",
        required=False,
        error_messages={"invalid_choice": "ce motif prêt n’existe pas : choisissez-en un autre."},
    )
    mandatory = ("avis", "reason", "motif")

    def __init__(self, *args: Any, sentences: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sentences = sentences or {}
        motif = self.fields["motif"]
        assert isinstance(motif, forms.ChoiceField)
        motif.choices = [("", "Choisir…"), *self.sentences.items()]

    def reason_with_motif(self) -> str:
        """Return the reason, followed by the ready sentence that was chosen."""
        reason, motif = self.cleaned_data["reason"].strip(), self.sentences.get(self.cleaned_data["motif"], "")
        return f"{reason}\n{motif}".strip() if motif and motif not in reason else reason

    @property
    def fault(self) -> str:
        """Return the first sentence that says why the form is refused."""
        return next(str(sentence) for sentences in self.errors.values() for sentence in sentences)

    def typed(self, name: str) -> str:
        """Return what was sent in a field, valid or not."""
        return str(self.data.get(name, ""))

    @property
    def avis_label(self) -> str:
        return dict(Avis.choices).get(self.typed("avis"), "Sans avis")
