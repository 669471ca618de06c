"""Fields of text, one for each kind of `rules.texts`: a form, a command and an import meet the same rule.

For the database and the migrations they are Django's own.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Col
from django.utils.functional import cached_property

from comptes.rules import texts


def _validator(rule: Callable[[str], str]) -> Callable[[Any], None]:
    def validate(value: Any) -> None:
        try:
            rule(str(value))
        except texts.NotAText as reason:
            raise ValidationError(str(reason), code="text") from None

    return validate


is_line, is_paragraph, is_name = _validator(texts.line), _validator(texts.paragraph), _validator(texts.name)


__all__ = ["LineField", "NameField", "ParagraphField", "SaidField", "SaidTextField", "WordsField"]

if TYPE_CHECKING:
    # For mypy, their values have the types of Django's own fields.
    from django.db.models import CharField as LineField
    from django.db.models import CharField as NameField
    from django.db.models import CharField as SaidField
    from django.db.models import CharField as WordsField
    from django.db.models import TextField as ParagraphField
    from django.db.models import TextField as SaidTextField
else:

    class _Checked(models.Field):
        """Refuse, when saving, what a form would have refused.

        In an expression it is Django's own field, so that two kinds of text can be joined or compared.
        """

        _in_expressions: type[models.Field]

        def get_db_prep_save(self, value: Any, connection: Any) -> Any:
            if isinstance(value, str):
                value = self.at_the_door(value)
            return super().get_db_prep_save(value, connection)

        def at_the_door(self, value: str) -> str:
            for validate in self.default_validators:
                validate(value)
            return value

        def get_col(self, alias: str, output_field: models.Field | None = None) -> Col:
            return Col(alias, self, output_field or self._plain)

        @cached_property
        def cached_col(self) -> Col:
            return Col(self.model._meta.db_table, self, self._plain)

        @cached_property
        def _plain(self) -> models.Field:
            return self._in_expressions(max_length=self.max_length)

    class LineField(_Checked, models.CharField):
        """One line: no line end, no invisible character."""

        default_validators = [is_line]
        _in_expressions = models.CharField

        def deconstruct(self) -> Any:
            name, _, args, kwargs = super().deconstruct()
            return name, "django.db.models.CharField", args, kwargs

    class NameField(LineField):
        """The name of a person: a line without address or link."""

        default_validators = [is_name]

    class SaidField(LineField):
        """A text from a machine: turned into one line, never refused."""

        default_validators: ClassVar[list[Any]] = []

        def at_the_door(self, value: str) -> str:
            return texts.as_line(value)

    class WordsField(LineField):
        """A few sentences, of a bounded length, that may hold line ends."""

        default_validators = [is_paragraph]

    class ParagraphField(_Checked, models.TextField):
        """Several lines, without control characters."""

        default_validators = [is_paragraph]
        _in_expressions = models.TextField

        def deconstruct(self) -> Any:
            name, _, args, kwargs = super().deconstruct()
            return name, "django.db.models.TextField", args, kwargs

    class SaidTextField(ParagraphField):
        """Several lines made by the portal: what a paragraph refuses is removed, never refused."""

        default_validators: ClassVar[list[Any]] = []

        def at_the_door(self, value: str) -> str:
            return texts.as_paragraph(value)
