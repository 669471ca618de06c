"""Fields of text, one for each kind of `rules.texts`: a form, a command and an import give the same text.

For the database and the migrations they are Django's own.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Col
from django.utils.functional import cached_property

from comptes.rules import texts

Kind = Callable[[str], str]

__all__ = [
    "LineField",
    "NameField",
    "ParagraphField",
    "SaidField",
    "SaidTextField",
    "VersionField",
    "WordsField",
    "of_kind",
]


def of_kind(kind: Kind, value: str) -> str:
    """Return a text made of its kind.

    :raises ValidationError: with the French reason, when it cannot be one
    """
    try:
        return kind(value)
    except texts.NotAText as reason:
        raise ValidationError(str(reason), code="text") from None


if TYPE_CHECKING:
    # For mypy, their values have the types of Django's own fields.
    from django.db.models import CharField as LineField
    from django.db.models import CharField as NameField
    from django.db.models import CharField as SaidField
    from django.db.models import CharField as VersionField
    from django.db.models import CharField as WordsField
    from django.db.models import TextField as ParagraphField
    from django.db.models import TextField as SaidTextField
else:

    class _OfAKind(models.Field):
        """Make a text of its kind when a form cleans it and when it is saved, whoever writes; the row in memory too.

        In an expression it is Django's own field, so that two kinds of text can be joined or compared.
        """

        kind: Kind
        _in_expressions: type[models.Field]

        def to_python(self, value: Any) -> Any:
            value = super().to_python(value)
            return of_kind(self.kind, value) if isinstance(value, str) else value

        def pre_save(self, model_instance: models.Model, add: bool) -> Any:
            value = super().pre_save(model_instance, add)
            if isinstance(value, str) and (made := of_kind(self.kind, value)) != value:
                setattr(model_instance, self.attname, made)
                return made
            return value

        def get_db_prep_save(self, value: Any, connection: Any) -> Any:
            return super().get_db_prep_save(of_kind(self.kind, value) if isinstance(value, str) else value, connection)

        def get_col(self, alias: str, output_field: models.Field | None = None) -> Col:
            return Col(alias, self, output_field or self._plain)

        @cached_property
        def cached_col(self) -> Col:
            return Col(self.model._meta.db_table, self, self._plain)

        @cached_property
        def _plain(self) -> models.Field:
            return self._in_expressions(max_length=self.max_length)

    class LineField(_OfAKind, models.CharField):
        """One line, without anything that nobody sees."""

        kind = staticmethod(texts.line)
        _in_expressions = models.CharField

        def deconstruct(self) -> Any:
            name, _, args, kwargs = super().deconstruct()
            return name, "django.db.models.CharField", args, kwargs

    class NameField(LineField):
        """The name of a person: a line without address or link."""

        kind = staticmethod(texts.name)

    class VersionField(LineField):
        """The number of a version."""

        kind = staticmethod(texts.version)

    class SaidField(LineField):
        """One line that the portal or a machine made."""

        kind = staticmethod(texts.as_line)

    class WordsField(LineField):
        """A few sentences, of a bounded length, that may hold line ends."""

        kind = staticmethod(texts.paragraph)

    class ParagraphField(_OfAKind, models.TextField):
        """Several lines, without anything that nobody sees."""

        kind = staticmethod(texts.paragraph)
        _in_expressions = models.TextField

        def deconstruct(self) -> Any:
            name, _, args, kwargs = super().deconstruct()
            return name, "django.db.models.TextField", args, kwargs

    class SaidTextField(ParagraphField):
        """Several lines made by the portal."""
