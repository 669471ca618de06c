"""How templates name a company that frozen data cite."""

from collections.abc import Mapping
from typing import Any

from django import template

from candidatures.rules.entreprises import designation as designation_of

register = template.Library()


@register.filter
def designation(data: Mapping[str, Any]) -> str:
    """`SIREN 732 829 320`, or the number of another country with its name."""
    return designation_of(data)
