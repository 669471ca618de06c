"""Prints HTML as a tagged PDF/A-3 with its data attached; each app has its own templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from comptes.canonical import canonical, fingerprint
from comptes.dates import instant_in_figures, instant_in_words
from comptes.documents import qr_of

# The alternative text of the code.
QR_TITLE = "Code à lire avec un téléphone\u00a0: il mène à {}"

# PDF/UA-1, which a tagged file says that it follows; PDF/A asks for the words of any identifier that is not its own.
PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of the PDF/UA standard that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>"""


class DocumentNotPrintable(Exception):
    """The machine lacks a library, or the version of the template is unknown."""


def print_template(
    template: str, data: Mapping[str, Any], *, titre: str, style: str, at: datetime, in_words: bool = True
) -> bytes:
    """Print frozen data with a template; the data are attached, and their sha256 is printed.

    :param data: its instants are texts in ISO 8601, under keys that end in `_le`; `adresse` is drawn as a QR code
    :param style: the text of the style sheet
    :param in_words: whether instants are said in words, as everywhere on the portal; the first versions used figures
    :param at: when it was issued, which is the date of the file and of its attachment
    :raises DocumentNotPrintable: when this machine cannot print
    """
    address = str(data.get("adresse", ""))
    context = {
        "data": spoken(data, instant_in_words if in_words else instant_in_figures),
        "sha256": fingerprint(data),
        "issued_at": at,
        "titre": titre,
        "qr": qr_of(address) if address else "",
        "qr_named": qr_of(address, title=QR_TITLE.format(address)) if address else "",
    }
    return print_html(render_to_string(template, context), style=style, attached=canonical(data), at=at)


def print_html(html: str, *, style: str, at: datetime, attached: bytes | None = None) -> bytes:
    """Print HTML that refers to nothing outside itself; `attached` becomes `donnees.json`, in a tagged file."""
    try:
        from weasyprint import CSS, HTML, Attachment
    except OSError as missing:
        raise DocumentNotPrintable(f"WeasyPrint needs the system's libpango: {missing}") from missing
    sheet = CSS(string=style, url_fetcher=refuse)
    attachments = []
    if attached is not None:
        attachments.append(
            Attachment(
                string=attached.decode(),
                url_fetcher=refuse,
                name="donnees.json",
                description="Les données figées de ce document",
                created=at,
                modified=at,
                relationship="Data",
            )
        )
    variant = "pdf/a-3b" if attached is None else "pdf/a-3a"
    page = HTML(string=html, url_fetcher=refuse)
    options: dict[str, Any] = {"stylesheets": [sheet], "attachments": attachments, "pdf_variant": variant}
    document = page.render(**options)
    if attached is not None:
        _say_pdf_ua(document.metadata)
    printed: bytes = document.write_pdf(**options)
    return printed


def _say_pdf_ua(metadata: Any) -> None:
    """Add the identifier to the description of the file, which WeasyPrint writes for one standard at a time."""
    written = metadata.generate_rdf_metadata

    def with_pdf_ua(*standard: Any) -> bytes:
        end = b"</rdf:RDF>"
        described: bytes = written(*standard)
        return described.replace(end, PDF_UA + end)

    metadata.generate_rdf_metadata = with_pdf_ua


def refuse(url: str, *_args: object, **_kwargs: object) -> dict[str, Any]:
    """Refuse to fetch any URL: a document holds all that it shows."""
    raise ValueError(f"A document refers to nothing outside itself: {url[:80]}")


def spoken(value: Any, say: Callable[[datetime], str] = instant_in_words) -> Any:
    """Return the data with their instants written in French, in Paris time."""
    if isinstance(value, Mapping):
        return {key: _instant_in_french(key, item, say) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [spoken(item, say) for item in value]
    return value


def _instant_in_french(key: str, value: Any, say: Callable[[datetime], str]) -> Any:
    if key.endswith("_le") and isinstance(value, str) and value:
        return say(datetime.fromisoformat(value))
    return spoken(value, say)
