from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from candidatures.catalogue.volets import Value, VoletSpec
from candidatures.rules.submission import Obstacle

from .fields import ChampField, Choices

ADD_LINE = "ligne"


@dataclass(frozen=True)
class SectionOfForm:
    title: str
    help: str
    anchor: str
    fields: list[BoundField]


class VoletForm(forms.Form):
    """A volet being filled. Any part of it may be saved; what is missing is said by `obstacles`, not by errors."""

    use_required_attribute = False
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, spec: VoletSpec, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        self.mandatory = {champ.code for champ in spec.by_code.values() if champ.required}
        self.obstacles: dict[str, list[str]] = {}
        for champ in spec.by_code.values():
            self.fields[champ.code] = ChampField(champ, choices)

    @property
    def answers(self) -> dict[str, Value]:
        """The answers that hold, by champ; call after `is_valid`. A champ that was not posted is left alone."""
        return {
            code: self.cleaned_data[code]
            for code in self.spec.by_code
            if code in self.cleaned_data and not self._was_left_out(code)
        }

    def _was_left_out(self, code: str) -> bool:
        widget = self.fields[code].widget
        return widget.value_omitted_from_data(self.data, self.files, self.add_prefix(code))

    def sections(self) -> Iterator[SectionOfForm]:
        for number, section in enumerate(self.spec.sections, start=1):
            fields = [self[champ.code] for champ in section.champs]
            yield SectionOfForm(section.title, section.help, f"section-{number}", fields)

    def show_obstacles(self, obstacles: tuple[Obstacle, ...]) -> None:
        """Write each obstacle beside its field."""
        for obstacle in obstacles:
            if obstacle.champ:
                self.obstacles.setdefault(obstacle.champ, []).append(obstacle.sentence)

    def show_conflicts(self, sentences: Mapping[str, str], *, version: int) -> None:
        """Say beside each field who changed it meanwhile; what was typed stays, and the next save has read it."""
        for code, sentence in sentences.items():
            self.add_error(code, sentence)
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen_version"] = str(version)
        self.data = data
