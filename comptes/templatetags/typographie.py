"""`comptes.typography`, for templates."""

from django import template

from comptes.typography import size_in_words, typeset

register = template.Library()
register.filter("compose", typeset)
register.filter("octets", size_in_words)
