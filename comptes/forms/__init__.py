from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.contrib.auth import password_validation

from comptes.enums import NotificationMode, PorteeDAvis, Role, RoleANS, SecurityEvent
from comptes.models import Compte, PreferenceDAvis
from comptes.notices import NoticeKind
from comptes.rules.passwords import normalised
from comptes.rules.rattachements import Seat, roles_to_offer

from .texts import EMAIL, EMAIL_OF_ANOTHER, AdresseField, LineInput, Name, PhoneInput


class SignInForm(forms.Form):
    """E-mail and password. A refusal does not say which of the two is wrong."""

    # Any text that looks like an address: a malformed one gets the same answer as a wrong password.
    username = forms.CharField(
        label="Adresse e-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={**EMAIL, "autocomplete": "username"}),
    )
    password = forms.CharField(
        label="Mot de passe",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def refuse(self) -> None:
        self.add_error(None, "Adresse e-mail ou mot de passe incorrect.")


class NewPasswordForm(forms.Form):
    """A password, chosen for an account (which need not exist yet)."""

    new_password = forms.CharField(
        label="Mot de passe",
        max_length=200,
        strip=False,
        help_text="Douze caractères au moins. Une phrase personnelle convient très bien.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, compte: Compte, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.compte = compte

    def clean_new_password(self) -> str:
        password = normalised(self.cleaned_data["new_password"])
        password_validation.validate_password(password, self.compte)
        return password


class ChangePasswordForm(NewPasswordForm):
    old_password = forms.CharField(
        label="Mot de passe actuel",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old_password", "new_password")


class ConfirmForm(forms.Form):
    """The password of a person already signed in, asked again before an act whose own fields stand on the same page."""

    prefix = "identite"

    password = forms.CharField(
        label="Mot de passe",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    @classmethod
    def was_posted(cls, data: Mapping[str, Any]) -> bool:
        """Say whether the confirmation page was posted: its button is named by the prefix."""
        return cls.prefix in data


class FactorForm(forms.Form):
    """A code of the application, or a recovery code, however it is spaced."""

    code = LineInput(
        label="Code de l’application, ou code de secours",
        max_length=40,
        help_text="Six chiffres, que l’application renouvelle toutes les trente secondes.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "size": 16, "spellcheck": "false"}),
    )

    def refuse(self) -> None:
        self.add_error("code", "Code incorrect ou déjà utilisé. Attendez le suivant, puis recommencez.")


class EnrolForm(forms.Form):
    """The first code of an application that was just given its secret."""

    code = LineInput(
        label="Code affiché par l’application",
        max_length=12,
        help_text="Six chiffres.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "size": 10, "spellcheck": "false"}
        ),
    )


class CodeConfirmForm(FactorForm):
    """The same, asked in the midst of an act."""

    prefix = ConfirmForm.prefix


class ForgottenPasswordForm(forms.Form):
    email = AdresseField(label="Adresse e-mail", max_length=254, widget=forms.EmailInput(attrs=EMAIL))


class CompteForm(forms.ModelForm):
    """What a person says of themselves; the e-mail address is the account's and does not change here."""

    first_name = Name(label="Prénom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"}))
    last_name = Name(label="Nom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    phone = PhoneInput(
        label="Téléphone",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "size": 20}),
    )

    class Meta:
        model = Compte
        fields = ("first_name", "last_name", "phone")
        widgets: ClassVar = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].known = self.instance.phone  # type: ignore[attr-defined]  # the field above


class JoinForm(NewPasswordForm):
    """The account that an invitation opens."""

    first_name = Name(label="Prénom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"}))
    last_name = Name(label="Nom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    field_order = ("first_name", "last_name", "new_password")


class SeatForm(forms.Form):
    """A role in the éditeur. A mandataire engages it by nature; a représentant only when it is delegated."""

    role = forms.ChoiceField(label="Rôle", widget=forms.RadioSelect)
    may_engage = forms.BooleanField(
        label="Peut engager l’éditeur",
        required=False,
        help_text=(
            "Pour le rôle Représentant seulement : cette personne pourra accepter la charte et signer la convention."
        ),
    )

    def __init__(self, *args: Any, acting: Seat | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = roles_to_offer(acting) if acting else ()
        roles = cast("forms.ChoiceField", self.fields["role"])
        roles.choices = [(role, Role(role).label.capitalize()) for role in offered]
        if len(offered) == 1:
            self.fields["role"].initial = offered[0]
        if Role.REPRESENTANT not in offered:
            del self.fields["may_engage"]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("role") == Role.SALARIE and typed.get("may_engage"):
            self.add_error("may_engage", "Un salarié ne peut pas engager l’éditeur.")
        return {"may_engage": False, **typed}


class InvitationForm(SeatForm):
    email = AdresseField(label="Adresse e-mail", max_length=254, widget=forms.EmailInput(attrs=EMAIL_OF_ANOTHER))
    field_order = ("email", "role", "may_engage")


class NotificationModesForm(forms.Form):
    """How somebody wants to be notified: one field for each kind, named by the place of that kind in the list.

    :param scoped: whether the reader is of the ANS, and chooses about which candidatures too
    """

    def __init__(
        self,
        *args: Any,
        kinds: Sequence[NoticeKind],
        chosen: Mapping[str, PreferenceDAvis],
        scoped: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {f"kind_{place}": kind for place, kind in enumerate(kinds)}
        self.scopes = {f"portee_{name[5:]}": kind for name, kind in self.kinds.items() if scoped and kind.subscribed}
        for name, kind in self.kinds.items():
            known = chosen.get(kind.code)
            self.fields[name] = forms.ChoiceField(
                label=kind.label,
                choices=NotificationMode.choices,
                initial=known.mode if known else kind.usual,
                error_messages={"required": "Choisissez comment recevoir cette notification."},
            )
        for name, kind in self.scopes.items():
            known = chosen.get(kind.code)
            self.fields[name] = forms.ChoiceField(
                label=f"{kind.label}\u00a0: candidatures",
                choices=PorteeDAvis.choices,
                initial=known.portee if known else PorteeDAvis.FOLLOWED,
                error_messages={"required": "Choisissez les candidatures."},
            )

    @property
    def subscriptions(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The two fields of each kind that people of the ANS subscribe to: how, then about which candidatures."""
        return [(self[f"kind_{name[7:]}"], self[name]) for name in self.scopes]

    @property
    def others(self) -> list[forms.BoundField]:
        subscribed = set(self.scopes.values())
        return [self[name] for name, kind in self.kinds.items() if kind not in subscribed]

    @property
    def modes(self) -> dict[str, NotificationMode]:
        """What was chosen, by the code of the kind."""
        return {kind.code: NotificationMode(self.cleaned_data[name]) for name, kind in self.kinds.items()}

    @property
    def portees(self) -> dict[str, PorteeDAvis]:
        return {kind.code: PorteeDAvis(self.cleaned_data[name]) for name, kind in self.scopes.items()}


class RolesForm(forms.Form):
    """The roles of somebody at the agency."""

    roles = forms.MultipleChoiceField(
        label="Rôles",
        choices=[(role.value, str(role.label).capitalize()) for role in RoleANS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un rôle."},
    )

    @property
    def wanted(self) -> list[RoleANS]:
        return [RoleANS(role) for role in self.cleaned_data["roles"]]


class AgentForm(RolesForm):
    """Somebody of the agency who has no account yet."""

    email = AdresseField(label="Adresse e-mail", max_length=254, widget=forms.EmailInput(attrs=EMAIL_OF_ANOTHER))
    first_name = Name(label="Prénom", max_length=80)
    last_name = Name(label="Nom", max_length=80)
    field_order = ("email", "first_name", "last_name", "roles")

    @property
    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {name: typed[name] for name in ("email", "first_name", "last_name")} | {"roles": self.wanted}


class SecurityFilterForm(forms.Form):
    """What an auditor looks for in the security log. Days are civil, in Paris, the last one included."""

    du = forms.DateField(label="Du", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    au = forms.DateField(label="Au", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    personne = LineInput(label="Nom ou e-mail", required=False, max_length=100)
    nature = forms.ChoiceField(label="Nature", required=False, choices=[("", "Toutes"), *SecurityEvent.choices])

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("du") and typed.get("au") and typed["du"] > typed["au"]:
            self.add_error("au", "La date de fin précède la date de début.")
        return typed
