"""A permanent link as people paste it: in brackets, cut over lines, or wrapped by the protection of their mail."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import SplitResult, parse_qs, urlsplit

from comptes.rules import texts

LONGEST = 1000
# How deep one protection may wrap another.
DEEPEST = 3
# By the end of its host, where a protection of mail keeps the link that it wraps: the name in its query.
_WRAPPERS = {
    "safelinks.protection.outlook.com": "url",
    "www.google.com": "q",
    "linkprotect.cudasvc.com": "a",
}
# Where a mail cuts a long link.
_CUT = re.compile(r"\s*\n\s*")
_PROOFPOINT = "urldefense.com"
_AROUND = "\\ \u00a0\u202f<>\"'«»“”‘’()[]{}*_.,;|`"


def link_from(typed: str, hosts: Collection[str]) -> str:
    """Return the link that somebody means, out of what surrounds and wraps it.

    What wraps it is left when what it leads to is not one of `hosts`: that link is refused, by its name.
    """
    link = _alone(texts.line(_CUT.sub("", texts.paragraph(typed))))
    for target in _wrapped(link):
        if _host(target) in hosts:
            return target
    return link


def why_not_a_link(link: str, hosts: Collection[str]) -> str:
    """Say why this is not a permanent link of an accepted host; empty when it is one.

    :param link: as `link_from` returns it
    """
    if not link.isprintable() or " " in link or len(link) > LONGEST or link.count("://") > 1 + _is_wrapped(link):
        return "Ce lien n’est pas une adresse. Collez l’adresse seule, du «\u00a0https://\u00a0» à la fin."
    parts = _parts(link)
    if parts is None:
        return "Ce lien n’est pas une adresse."
    if parts.scheme != "https":
        return "Le lien permanent commence par https://."
    if parts.hostname not in hosts or parts.port not in (None, 443) or "@" in parts.netloc:
        return _elsewhere(link, hosts)
    if not parts.path.strip("/") and not parts.query:
        return "Ce lien mène à l’accueil du site, et non à un résultat."
    return ""


def _elsewhere(link: str, hosts: Collection[str]) -> str:
    accepted = f"Le lien permanent doit mener à l’un de ces sites : {', '.join(sorted(hosts))}."
    if not _is_wrapped(link):
        return accepted
    return f"Ce lien passe par la protection d’une messagerie ({_host(link)}), et ne mène pas à Gazelle. {accepted}"


def _alone(text: str) -> str:
    """Return the link of a text that holds one: what stands between angle brackets first."""
    opened, _, after = text.partition("<")
    inside = after.partition(">")[0]
    if inside and "://" in inside and "://" not in opened:
        text = inside
    start = max(text.lower().find("https://"), 0)
    link = text[start:] if text.count("://") == 1 else text
    return link.strip(_AROUND)


def _wrapped(link: str) -> Iterator[str]:
    """Yield what a link wraps, then what that wraps."""
    for _ in range(DEEPEST):
        if not (target := _unwrapped(link)):
            return
        yield target
        link = target


def _unwrapped(link: str) -> str:
    """Return what the protection of a mail server wraps; empty when it is not one."""
    parts = _parts(link)
    if parts is None:
        return ""
    host = parts.hostname or ""
    if host == _PROOFPOINT and parts.path.startswith("/v3/__"):
        return link.partition("/v3/__")[2].partition("__;")[0]
    named = (name for end, name in _WRAPPERS.items() if host == end or host.endswith(f".{end}"))
    return parse_qs(parts.query).get(next(named, ""), [""])[0]


def _is_wrapped(link: str) -> bool:
    return bool(_unwrapped(link))


def _host(link: str) -> str:
    parts = _parts(link)
    return (parts.hostname or "") if parts else ""


def _parts(link: str) -> SplitResult | None:
    try:
        parts = urlsplit(link)
        _ = parts.port
    except ValueError:
        return None
    return parts
