from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from candidatures.catalogue.champs import Champ, ChampKind, Value, VoletSpec, is_asked
from candidatures.rules.members import faults_of_lines
from candidatures.rules.submission import Obstacle, VoletFacts, missing_champs
from comptes.rules.companies import Company

from .fields import YES_NO_TYPED, ChampField, Choices, ListWidget

ADD_LINE = "ligne"
REMOVE_LINE = "retirer"
NOTHING_ANSWERED = ("Non renseigné",)
# What is kept in another form than it was typed in, which the page then says.
KEPT_IN_ONE_FORM = {ChampKind.PHONE, ChampKind.EMAIL, ChampKind.IDENTIFIER}
MOST_WRITES = 2**31 - 1


@dataclass(frozen=True)
class FieldOfSection:
    """One field in its section.

    :param is_asked: whether the other answers make it useful; else it is hidden
    :param condition: what makes it useful, for the page to follow while somebody types: attributes `data-`, by name
    :param unsaved: why what was typed is not saved; empty when it is
    :param is_faulty: whether something is to correct in it
    :param former: what was answered at the last submission, when a demande opened this champ again
    """

    bound: BoundField
    is_asked: bool
    condition: Mapping[str, str]
    unsaved: str
    former: tuple[str, ...] | None
    is_faulty: bool


@dataclass(frozen=True)
class SectionOfForm:
    """One section.

    :param done: how many of its mandatory answers are there, and `asked` how many are asked
    :param is_open: whether it is unfolded: something is left to do in it
    """

    title: str
    help: str
    anchor: str
    fields: list[FieldOfSection]
    locked: list[Any]
    done: int
    asked: int
    is_open: bool


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
        adding: str = "",
        **kwargs: Any,
    ) -> None:
        """:param adding: the list whose blank line is open"""
        super().__init__(*args, **kwargs)
        self.spec, self.editeur = spec, editeur
        self.unlocked = frozenset(spec.by_code) if unlocked is None else unlocked
        self.mandatory = {champ.code for champ in spec.by_code.values() if champ.required}
        self.places = {champ.code: section.title for section in spec.sections for champ in section.champs}
        self.obstacles: dict[str, list[str]] = {}
        self.unsaved: dict[str, str] = {}
        for champ in spec.by_code.values():
            if champ.code in self.unlocked:
                self.fields[champ.code] = field = ChampField(champ, choices)
                if isinstance(field.widget, ListWidget):
                    field.widget.is_adding = champ.code == adding

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
            if code in self.cleaned_data and not self.was_left_out(code)
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

    def was_left_out(self, code: str) -> bool:
        """Whether a champ was not posted at all."""
        if code not in self.fields:
            return True
        widget = self.fields[code].widget
        return widget.value_omitted_from_data(self.data, self.files, self.add_prefix(code))

    def sections(
        self,
        facts: VoletFacts,
        rows: Mapping[str, Any],
        *,
        unfolded: bool = False,
    ) -> Iterator[SectionOfForm]:
        """Return the fields by section; champs that are not open are rows to read.

        :param facts: the answers that are saved, from which follows what is asked and what is missing
        :param rows: what was answered before a demande, by champ; empty without one
        :param unfolded: whether every section is open
        """
        missing, is_short = frozenset(missing_champs(facts)), len(self.unlocked) < len(self.spec.by_code)
        for number, section in enumerate(self.spec.sections, start=1):
            fields = [self._field(champ, facts, rows) for champ in section.champs if champ.code in self.fields]
            locked = [rows[champ.code] for champ in section.champs if champ.code in rows]
            locked = [row for row in locked if row.code not in self.fields]
            asked = [champ for champ in section.champs if is_asked(champ, facts.answers)]
            needed = [champ.code for champ in asked if champ.required]
            lacking = [code for code in needed if code in missing]
            is_blank = bool(asked) and not any(champ.code in facts.answers for champ in section.champs)
            is_unfinished = any(field.unsaved or field.is_faulty for field in fields)
            is_open = unfolded or is_short or is_unfinished or bool(lacking) or is_blank
            yield SectionOfForm(
                section.title,
                section.help,
                f"section-{number}",
                fields,
                locked,
                len(needed) - len(lacking),
                len(needed),
                is_open,
            )

    def _field(self, champ: Champ, facts: VoletFacts, rows: Mapping[str, Any]) -> FieldOfSection:
        bound: Any = self[champ.code]
        if isinstance(bound.field.widget, ListWidget):
            reopened = len(self.unlocked) < len(self.spec.by_code)
            bound.field.widget.is_unfolded = reopened or bound.is_faulty or champ.code in self.unsaved
        asked = is_asked(champ, facts.answers) or bool(bound.errors)
        row = rows.get(champ.code)
        return FieldOfSection(
            bound,
            asked,
            _condition(champ),
            self.unsaved.get(champ.code, ""),
            (row.lines or NOTHING_ANSWERED) if row else None,
            bound.is_faulty,
        )

    def show_unsaved(self, reasons: Mapping[str, str]) -> None:
        """Say beside each field why what was typed in it is not saved."""
        self.unsaved = {code: reason for code, reason in reasons.items() if code in self.fields}

    def typed(self, code: str) -> Any:
        """Return what was typed in a field, as its widget reads it."""
        widget = self.fields[code].widget
        return widget.value_from_datadict(self.data, self.files, self.add_prefix(code))

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


def _condition(champ: Champ) -> dict[str, str]:
    """Return what a page needs to hide a champ that another answer makes useless."""
    if champ.only_if:
        code, value = champ.only_if
        return {"only-if": code, "only-is": str(YES_NO_TYPED.get(value, value))}
    if champ.unless_all:
        code, values = champ.unless_all
        return {"unless": code, "unless-all": " ".join(sorted(values))}
    return {}


def _is_posted(code: str, data: Mapping[str, Any]) -> bool:
    return any(name == code or name.startswith(f"{code}-") for name in data)
