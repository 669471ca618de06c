from typing import Any

from django.core.exceptions import ValidationError

from comptes.rules.passwords import TOO_COMMON, why_too_common


class OwnWordsValidator:
    """Refuse a password made only of common words, in French and on this portal."""

    def validate(self, password: str, user: Any = None) -> None:
        if reason := why_too_common(password):
            raise ValidationError(reason, code="password_too_common")

    def get_help_text(self) -> str:
        return TOO_COMMON
