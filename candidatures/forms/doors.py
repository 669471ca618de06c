"""The fields of files of a door: the page gets the formats accepted, and checks files before sending them."""

from typing import Any

from django import forms

from candidatures.catalogue.formats import Door
from candidatures.queries.uploads import content_type_of
from candidatures.rules.pieces import NotAPiece


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "components/widgets/files.html"


class SeveralFilesField(forms.FileField):
    """Cleans to the list of the files sent, empty when there was none. The operation checks the files themselves."""

    widget = SeveralFiles

    def __init__(self, *, door: Door, help_text: str = "", **kwargs: Any) -> None:
        text = f"{help_text} {help_on_files(door)}".strip()
        super().__init__(
            widget=SeveralFiles(attrs=attributes_of(door)), allow_empty_file=True, help_text=text, **kwargs
        )

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(SeveralFilesField, self).clean(file, initial) for file in sent]


class OneFileField(forms.FileField):
    """A file that a door accepts; None when none was sent."""

    def __init__(self, *, door: Door, **kwargs: Any) -> None:
        super().__init__(widget=forms.FileInput(attrs=attributes_of(door)), allow_empty_file=True, **kwargs)
        self.door = door

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = super().clean(data, initial)
        if sent:
            try:
                content_type_of(upload=sent, door=self.door)
            except NotAPiece as reason:
                raise forms.ValidationError(str(reason)) from None
        return sent


def attributes_of(door: Door) -> dict[str, str]:
    """Return the attributes of an input of files: the extensions, and for `fichiers.js` the formats accepted."""
    return {
        "accept": door.endings,
        "data-door": door.accepted,
        "data-formats": " ".join(known.code for known in door.formats),
        "data-at-most": str(door.at_most),
    }


def help_on_files(door: Door) -> str:
    """Say in French which files a door accepts, and up to what size."""
    return f"Déposez {door.accepted}. Taille maximale de chaque fichier\u00a0: {door.sizes}."
