"""How templates are read: without the indentation that makes them readable, a quarter of a long list."""

import re
from typing import Any

from django.template import Origin
from django.template.loaders import app_directories, filesystem

_INDENTATION = re.compile(r"\n[ \t]*(?:\n[ \t]*)*")
# A line of tags that draw nothing: the line before it has ended already.
_TAG = r"\{% *(?:if|elif|else|endif|for|empty|endfor|with|endwith|block|endblock|load)\b(?:(?!%\}).)*%\}"
_SILENT_LINE = re.compile(rf"(?<=\n)((?:{_TAG}|\{{#(?:(?!#\}}).)*#\}})+)\n")
# HTML reads no space between the parts of a table, nor at the end of a cell.
_BEFORE_A_CELL = re.compile(r"\n(?=</?(?:table|caption|thead|tbody|tr|th|td)\b)")


def without_indentation(source: str) -> str:
    """Leave one line break where HTML reads any number of spaces and line breaks as one space; none in a table."""
    lines = _INDENTATION.sub("\n", source)
    return _BEFORE_A_CELL.sub("", _SILENT_LINE.sub(r"\1", lines))


def _is_a_page(origin: Origin) -> bool:
    """Messages keep their lines; a printed document is read as it is, so that it prints the same bytes for ever."""
    name = str(origin.template_name)
    return name.endswith(".html") and "/documents/" not in name


class _Compact:
    """A loader that reads pages without their indentation."""

    def get_contents(self, origin: Origin) -> Any:
        source = super().get_contents(origin)  # type: ignore[misc]  # of the loader beside it
        return without_indentation(source) if _is_a_page(origin) else source


class OfTheProject(_Compact, filesystem.Loader):
    pass


class OfTheApps(_Compact, app_directories.Loader):
    pass
