from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from candidatures.catalogue.champs import ChampKind, Value, VoletSpec
from candidatures.rules.members import faults_of_lines
from candidatures.rules.submission import Obstacle
from comptes.rules.companies import Company

from .fields import ChampField, Choices

ADD_LINE = "ligne"
# What is kept in another form than it was typed in, which the page then says.
KEPT_IN_ONE_FORM = {ChampKind.PHONE, ChampKind.EMAIL, ChampKind.IDENTIFIER}
MOST_WRITES = 2**31 - 1


@dataclass(frozen=True)
class SectionOfForm:
    title: str
    help: str
    anchor: str
    fields: list[BoundField]
    locked: list[Any]


class VoletForm(forms.Form):
    """A volet being filled. Any part of it may be saved; what is missing is in `obstacles`, and is not an error.

    After a demande of the ANS, only the `unlocked` champs are fields; None means all of them.
    """

    use_required_attribute = False
    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_WRITES)

    def __init__(
        self,
        *args: Any,
        spec: VoletSpec,
        choices: Choices,
        unlocked: frozenset[str] | None,
        editeur: Company,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.spec, self.editeur = spec, editeur
        self.unlocked = frozenset(spec.by_code) if unlocked is None else unlocked
        self.mandatory = {champ.code for champ in spec.by_code.values() if champ.required}
        self.places = {champ.code: section.title for section in spec.sections for champ in section.champs}
        self.obstacles: dict[str, list[str]] = {}
        for champ in spec.by_code.values():
            if champ.code in self.unlocked:
                self.fields[champ.code] = ChampField(champ, choices)

    def clean(self) -> dict[str, Any]:
        for champ in self.spec.by_code.values():
            if champ.code not in self.unlocked and _is_posted(champ.code, self.data):
                refusal = (
                    f"L’ANS n’a pas rouvert «\u00a0{champ.label}\u00a0»\u00a0: votre modification n’est pas "
                    "enregistrée."
                )
                self.add_error(None, refusal)
            for fault in faults_of_lines(champ, self.cleaned_data.get(champ.code), editeur=self.editeur):
                self.add_error(champ.code, fault)
        return self.cleaned_data

    @property
    def answers(self) -> dict[str, Value]:
        """The valid answers, by champ; read it after `is_valid`. A champ that was not posted is left out."""
        return {
            code: self.cleaned_data[code]
            for code in self.spec.by_code
            if code in self.cleaned_data and not self._was_left_out(code)
        }

    @property
    def notes(self) -> list[str]:
        """What to say of what was typed and kept as something else: a SIRET, a telephone, an address."""
        fields = (field for field in self.fields.values() if isinstance(field, ChampField))
        notes = [f"«\u00a0{field.champ.label}\u00a0»\u00a0: {field.note}" for field in fields if field.note]
        return [*notes, *self._kept_otherwise()]

    def _kept_otherwise(self) -> Iterator[str]:
        for code, champ in self.spec.by_code.items():
            kept, typed = self.cleaned_data.get(code), self.data.get(self.add_prefix(code), "")
            if champ.kind in KEPT_IN_ONE_FORM and kept and kept != typed.strip():
                yield f"«\u00a0{champ.label}\u00a0»\u00a0: gardé comme {kept}."

    def _was_left_out(self, code: str) -> bool:
        widget = self.fields[code].widget
        return widget.value_omitted_from_data(self.data, self.files, self.add_prefix(code))

    def sections(self, locked_rows: Mapping[str, Any]) -> Iterator[SectionOfForm]:
        """Return the fields by section; champs that are not open are rows to read."""
        for number, section in enumerate(self.spec.sections, start=1):
            fields = [self[champ.code] for champ in section.champs if champ.code in self.fields]
            locked = [locked_rows[champ.code] for champ in section.champs if champ.code in locked_rows]
            locked = [row for row in locked if row.code not in self.fields]
            yield SectionOfForm(section.title, section.help, f"section-{number}", fields, locked)

    def show_obstacles(self, obstacles: tuple[Obstacle, ...]) -> None:
        """Show each obstacle beside its field."""
        for obstacle in obstacles:
            if obstacle.champ:
                self.obstacles.setdefault(obstacle.champ, []).append(obstacle.sentence)

    def show_conflicts(self, sentences: Mapping[str, str], *, version: int) -> None:
        """Show beside each field who changed it meanwhile; what was typed stays, and the next save replaces theirs."""
        for code, sentence in sentences.items():
            self.add_error(code, sentence)
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen_version"] = str(version)
        self.data = data


def _is_posted(code: str, data: Mapping[str, Any]) -> bool:
    return any(name == code or name.startswith(f"{code}-") for name in data)
