"""The name that a file bears when a form sends it."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http.multipartparser import MultiPartParser


def keep_the_spaces_of_file_names() -> None:
    """Let Django read a tab, or a space that does not break, as a space: it drops them, and glues the words."""
    kept = _with_spaces(MultiPartParser.sanitize_file_name)
    MultiPartParser.sanitize_file_name = kept  # type: ignore[method-assign, assignment]  # Django has no setting for it


def _with_spaces(sanitize: Callable[[Any, str], str | None]) -> Callable[[Any, str], str | None]:
    @wraps(sanitize)
    def sanitized(parser: Any, file_name: str) -> str | None:
        return sanitize(parser, re.sub(r"\s", " ", file_name))

    return sanitized
