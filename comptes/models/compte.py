from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower

from comptes.enums import RoleANS
from comptes.rules.emails import address, canonical, why_refused
from comptes.rules.passwords import normalised, other_forms

from .texts import LineField, NameField, SaidField


class CompteManager(BaseUserManager["Compte"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Compte:
        compte = self.model(email=address(email), **fields)
        compte.set_password(password)
        compte.save(using=self._db)
        return compte

    def get_by_natural_key(self, username: str | None) -> Compte:
        return self.of_address(username or "").get()

    def of_address(self, typed: str) -> models.QuerySet[Compte]:
        """The account of exactly this address, in its canonical form; a look-alike address finds none."""
        return self.none() if why_refused(typed) else self.filter(email=canonical(typed))


class Compte(AbstractBaseUser):
    """A person. What they may do comes from their rattachements, or from their roles at the ANS.

    `unreachable_at`: since when a mail server says that nothing reaches their address. `visit_at`: when they last
    signed in; `last_visit_at`: the time before.
    """

    email = models.EmailField(
        "adresse e-mail", unique=True, error_messages={"unique": "Cette adresse e-mail a déjà un compte."}
    )
    first_name = NameField("prénom", max_length=80)
    last_name = NameField("nom", max_length=80)
    phone = LineField("téléphone", max_length=20, blank=True)
    roles_ans = ArrayField(
        models.CharField(max_length=30, choices=RoleANS), verbose_name="rôles à l’ANS", default=list, blank=True
    )
    is_active = models.BooleanField("actif", default=True)
    suspended_at = models.DateTimeField("suspendu depuis le", null=True, blank=True)
    closed_at = models.DateTimeField("fermé le", null=True, blank=True)
    unreachable_at = models.DateTimeField("messages non remis depuis le", null=True, blank=True)
    unreachable_reason = SaidField("pourquoi", max_length=300, blank=True)
    visit_at = models.DateTimeField("dernière connexion", null=True, blank=True)
    last_visit_at = models.DateTimeField("connexion précédente", null=True, blank=True)

    objects = CompteManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        verbose_name = "compte"
        indexes = [
            GinIndex(fields=["roles_ans"], name="compte_by_role"),
            models.Index(fields=["id"], condition=models.Q(is_active=False), name="compte_not_active"),
            models.Index(fields=["id"], condition=models.Q(unreachable_at__isnull=False), name="compte_unreachable"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="compte_email_once_whatever_the_case",
                violation_error_message="Cette adresse e-mail a déjà un compte.",
            ),
            models.CheckConstraint(
                condition=models.Q(suspended_at=None, closed_at=None)
                | models.Q(is_active=False, suspended_at=None)
                | models.Q(is_active=False, closed_at=None),
                name="compte_shut_is_not_active",
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email"), email__regex=r"^[!-~]+$"), name="compte_email_is_canonical"
            ),
            models.CheckConstraint(
                condition=models.Q(unreachable_at=None, unreachable_reason="")
                | (models.Q(unreachable_at__isnull=False) & ~models.Q(unreachable_reason="")),
                name="compte_unreachable_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(None if raw_password is None else normalised(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Compare the normalised password; an older hash, of another form of it, is accepted too, and replaced."""
        typed = raw_password or ""
        if super().check_password(normalised(typed)):
            return True
        if not any(super(Compte, self).check_password(form) for form in other_forms(typed)):
            return False
        self.set_password(raw_password)
        self.save(update_fields=["password"])
        return True

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def is_ans(self) -> bool:
        return bool(self.roles_ans)

    def has_role_ans(self, *roles: RoleANS) -> bool:
        return any(role in self.roles_ans for role in roles)

    @property
    def roles_ans_labels(self) -> list[str]:
        return [str(RoleANS(role).label) for role in self.roles_ans]

    @property
    def name_and_roles(self) -> str:
        """Its name, and in brackets its roles at the ANS."""
        return f"{self.full_name} ({', '.join(self.roles_ans_labels)})"
