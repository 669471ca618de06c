"""What leaves the portal as a file: a calendar of échéances, the PDF of an accusé; and how every PDF is printed."""

from .accuse import VERSION, render_accuse
from .calendar import calendar
from .printing import DocumentNotPrintable, print_html, print_template, refuse, spoken

__all__ = [
    "VERSION",
    "DocumentNotPrintable",
    "calendar",
    "print_html",
    "print_template",
    "refuse",
    "render_accuse",
    "spoken",
]
