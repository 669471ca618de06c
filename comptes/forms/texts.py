"""Fields of forms, one for each kind of `rules.texts`."""

from typing import Any

from django import forms

from comptes.models.texts import Kind, of_kind
from comptes.rules import emails, phones, texts

EMAIL = {"autocomplete": "email", "inputmode": "email"}
# The browser proposes what it knows of whoever types: not for somebody else.
EMAIL_OF_ANOTHER = {"autocomplete": "off", "inputmode": "email"}


class _OfAKind(forms.CharField):
    """A text made of its kind before anything is asked of it: nothing that nobody sees counts, nor is refused.

    A browser would cut what is too long without a word: it is refused in words, and counted as it is typed.
    """

    kind: Kind

    def to_python(self, value: Any) -> Any:
        return super().to_python(value if value in self.empty_values else of_kind(self.kind, str(value)))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        if longest := attrs.pop("maxlength", None):
            attrs["data-longest" if isinstance(widget, forms.Textarea) else "data-most"] = longest
        return attrs


class LineInput(_OfAKind):
    """One line."""

    kind = staticmethod(texts.line)


class Name(_OfAKind):
    """The first or last name of a person."""

    kind = staticmethod(texts.name)


class IdentifierInput(_OfAKind):
    """An identifier that somebody copies from elsewhere."""

    kind = staticmethod(texts.identifier)


class VersionInput(_OfAKind):
    """The number of a version."""

    kind = staticmethod(texts.version)


class Paragraph(_OfAKind):
    """Several lines."""

    kind = staticmethod(texts.paragraph)
    widget = forms.Textarea


class AdresseField(forms.CharField):
    """An e-mail address, in its one form."""

    widget = forms.EmailInput

    def to_python(self, value: Any) -> Any:
        return super().to_python(value if value in self.empty_values else of_kind(emails.address, str(value)))


class PhoneInput(LineInput):
    """A telephone number, kept in the form that dials; one that is known already is never refused."""

    known = ""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return typed if typed == self.known else of_kind(phones.phone, typed)
