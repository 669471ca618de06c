"""What is asked of a company: its country first, then the number that it has there, then where it is."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from comptes.catalogue.countries import FRANCE, countries, first_countries, hints
from comptes.forms.texts import AdresseField, LineInput
from comptes.rules.addresses import postal_code
from comptes.rules.companies import Company, name_of, read_company, shown_number
from comptes.rules.readings import NotANumber

# Longer than any number: it may be pasted with its name.
LONGEST_TYPED = 80
COUNTRY, NUMBER = "pays", "numero"


@cache
def _options(chosen: str) -> SafeString:
    """Every country, those that are proposed first apart; written once for each that may be chosen."""
    first = first_countries()
    rest = [code for code in countries() if code not in first]
    return format_html('{}<optgroup label="Autres pays">{}</optgroup>', _some(first, chosen), _some(rest, chosen))


def _some(codes: Sequence[str], chosen: str) -> SafeString:
    known = countries()
    rows = ((code, SafeString(" selected") if code == chosen else "", known[code].name) for code in codes)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


class CompanyWidget(forms.Widget):
    """A company: a list of countries, then its number. Its value is `{"pays": "BE", "identifiant": "0403170701"}`.

    :param in_a_line: whether it stands in a line of a list, which says once how each country's number is written
    """

    template_name = "components/widgets/company.html"
    use_fieldset = True

    def __init__(self, *, in_a_line: bool = False) -> None:
        super().__init__()
        self.in_a_line = in_a_line

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        known = value if isinstance(value, Mapping) else {}
        country, number = known.get("pays") or FRANCE, known.get("identifiant") or ""
        context["widget"] |= {
            "countries": _options(country if country in countries() else FRANCE),
            "number": shown_number(country, number),
            "longest": LONGEST_TYPED,
            "hints": () if self.in_a_line else hints(),
            "is_company": True,
            "is_refused": "aria-invalid" in context["widget"]["attrs"],
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str] | None:
        typed = {
            "pays": data.get(f"{name}-{COUNTRY}") or FRANCE,
            "identifiant": data.get(f"{name}-{NUMBER}", "").strip(),
        }
        return None if typed == {"pays": FRANCE, "identifiant": ""} else typed

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-{NUMBER}" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_1" if id_ else ""


class CompanyField(forms.Field):
    """A company of any country. Cleaned, it is a `Company`; `note` then says what was typed instead of its number."""

    widget = CompanyWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.note = ""

    def prepare_value(self, value: Any) -> Any:
        return {"pays": value.country, "identifiant": value.identifier} if isinstance(value, Company) else value

    def clean(self, value: Any) -> Company | None:
        typed = value or {"pays": FRANCE, "identifiant": ""}
        try:
            company, self.note = read_company(typed["pays"], typed["identifiant"][:LONGEST_TYPED])
        except NotANumber as reason:
            raise forms.ValidationError(str(reason)) from None
        return company


def known_as(name: str, **attrs: object) -> forms.TextInput:
    """Return a line that a browser fills with what it knows under that name (the `autocomplete` of HTML)."""
    return forms.TextInput(attrs={"autocomplete": name, **attrs})


class PostalCodeInput(LineInput):
    """A postal code of any country."""

    kind = staticmethod(postal_code)


class EditeurForm(forms.Form):
    """What the portal knows of a company; which one it is, it asks once, at the inscription."""

    raison_sociale = LineInput(label="Raison sociale", max_length=200, widget=known_as("organization"))
    adresse = LineInput(label="Adresse", max_length=200, widget=known_as("street-address"))
    code_postal = PostalCodeInput(label="Code postal", max_length=10, widget=known_as("postal-code", size=10))
    commune = LineInput(
        label="Commune",
        max_length=100,
        widget=known_as("address-level2"),
        help_text="Avec son CEDEX, s’il y en a un.",
    )
    pays = LineInput(label="Pays", max_length=60, widget=known_as("country-name"))


class CompanyForm(EditeurForm):
    """The same, of a company that is not known yet."""

    entreprise = CompanyField(label="Immatriculation de l’entreprise")
    pays = LineInput(
        label="Pays de cette adresse",
        max_length=60,
        required=False,
        widget=known_as("country-name"),
        help_text="S’il est autre que celui de l’immatriculation.",
    )
    field_order: Sequence[str] | None = ("entreprise", *EditeurForm.base_fields)

    @property
    def note(self) -> str:
        """What to say of what was typed as the number, once the form is valid; empty when it was the number."""
        field = self.fields["entreprise"]
        return field.note if isinstance(field, CompanyField) else ""

    @property
    def values(self) -> dict[str, str]:
        """The fields of the company, besides what designates it."""
        return {name: self.cleaned_data[name] for name in EditeurForm.base_fields if name in self.cleaned_data}

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        company: Company | None = typed.get("entreprise")
        if company and not typed.get("pays"):
            typed["pays"] = name_of(company.country)
        return typed


class RegistrationForm(CompanyForm):
    """A new éditeur and its first mandataire, who is invited by the same act."""

    mandataire = AdresseField(
        label="Adresse e-mail du premier mandataire",
        max_length=254,
        help_text="Cette personne reçoit une invitation\u00a0; elle invitera ensuite son équipe.",
    )
