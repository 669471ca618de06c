"""What a field tells a browser, and a reader: what it may be filled with, and where it is."""

from collections import defaultdict

import pytest
from django import forms

from candidatures.catalogue.dispositifs import every_spec
from candidatures.forms.fields import ChampField
from comptes.forms import (
    AgentForm,
    CompteForm,
    ForgottenPasswordForm,
    InvitationForm,
    SignInForm,
)
from comptes.forms.arrivals import ArrivalForm
from comptes.forms.editeurs import EditeurForm
from segur_portal.forms import PortalRenderer

OWN = [
    (SignInForm, {"username": "username", "password": "current-password"}),
    (ForgottenPasswordForm, {"email": "email"}),
    (CompteForm, {"first_name": "given-name", "last_name": "family-name"}),
    (ArrivalForm, {"first_name": "given-name", "last_name": "family-name"}),
    (
        EditeurForm,
        {
            "raison_sociale": "organization",
            "adresse": "street-address",
            "code_postal": "postal-code",
            "commune": "address-level2",
            "pays": "country-name",
        },
    ),
]


def proposed(form: type[forms.Form], name: str) -> str | None:
    return form.base_fields[name].widget.attrs.get("autocomplete")


@pytest.mark.parametrize(("form", "expected"), OWN)
def test_a_browser_knows_what_is_asked_of_whoever_types(form: type[forms.Form], expected: dict[str, str]) -> None:
    assert {name: proposed(form, name) for name in expected} == expected


@pytest.mark.parametrize("form", [InvitationForm, AgentForm])
def test_a_browser_proposes_nothing_for_somebody_else(form: type[forms.Form]) -> None:
    assert {name: value for name in form.base_fields if (value := proposed(form, name))} == {"email": "off"}


def test_the_people_of_a_dossier_are_told_apart_by_a_browser() -> None:
    spec = next(spec for spec in every_spec() if spec.code == "ms-dui-va2")
    champs = spec.volets["administratif"].by_code
    widgets = {code: ChampField(champ, defaultdict(dict)).widget.attrs for code, champ in champs.items()}

    assert widgets["responsable_email"] == {"inputmode": "email", "autocomplete": "section-responsable email"}
    assert widgets["contact_email"]["autocomplete"] == "section-contact email"
    assert widgets["entreprise_code_postal"] == {"autocomplete": "section-entreprise postal-code"}
    assert "autocomplete" not in widgets["version_technique"]
    assert widgets["contact_telephone"] == {
        "inputmode": "tel",
        "autocomplete": "section-contact tel",
    }


class Named(forms.Form):
    default_renderer = PortalRenderer
    places = {"email": "Responsable légal", "siren": "Entreprise"}
    email = forms.EmailField(label="Adresse e-mail")
    siren = forms.CharField(label="SIREN")
    nom = forms.CharField(label="Nom")


def test_a_fault_says_in_which_section_its_field_is() -> None:
    form = Named({"email": "?", "siren": "", "nom": ""})

    assert [form[name].place for name in form.fields] == [
        "Responsable légal, adresse e-mail",
        "Entreprise, SIREN",
        "Nom",
    ]
    assert '<a href="#id_email">Responsable légal, adresse e-mail</a>' in str(form)
