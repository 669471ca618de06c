"""Numbers and fingerprints as people copy and paste them into a search or a verification."""

from hashlib import sha256

import pytest

from candidatures.rules.accuse import make_numero
from candidatures.rules.nru import make_nru, searched
from preuves.rules.tri import Choix, keeps, traits
from referencement.rules.verification import numero_from, sha256_from

NRU = make_nru("DUI", year=2026, number=42)
ACCUSE = make_numero("7K3M9QXZ4H2WB6T")
HASH = sha256(b"x").hexdigest()
WRITTEN = [
    "{}",
    " {}\t",
    "« {} »",
    '"{}"',
    "“{}”",
    "'{}'",
    "`{}`",
    "**{}**",
    "({})",
    "[{}]",
    "#{}",
    "{}.",
    "{},",
    "{} ;",
    "\ufeff{}\u200b",
    "\u202e{}\u202c",
]


def in_groups(text: str, size: int, by: str) -> str:
    return by.join(text[start : start + size] for start in range(0, len(text), size))


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


@pytest.mark.parametrize(
    "pasted",
    [
        *(form.format(NRU) for form in WRITTEN),
        *(
            NRU.replace("-", by)
            for by in ("", " ", "\u00a0", "\u202f", "—", "\u2212", "\u2011", "\u00ad", ".", "/", "_", "--")
        ),
        "\u200b".join(NRU),
        f"{NRU[:9]}\r\n{NRU[9:]}",
        wide(NRU),
        NRU.lower(),
        f"NRU-{NRU}",
        f"NRU{NRU}",
        f"NRU n° {NRU}",
        f"NRU no. {NRU}",
        f"N° NRU : {NRU}",
        f"NRU – {NRU}",
        f"Numéro de candidature (NRU) : {NRU}",
        f"https://portail.example/candidatures/{NRU}/volet/eligibilite/",
        f"Objet : {NRU}, volet retourné",
        f"Alizé Foyer ({NRU})",
        f"{NRU} {NRU.lower()}",
        f"{'mot ' * 100}{NRU}",
    ],
)
def test_nru_is_found_whatever_was_copied_with_it(pasted: str) -> None:
    assert searched(pasted) == NRU


@pytest.mark.parametrize(
    "typed",
    ["Alizé 2026", "DUI-2026-00042-C", f"X{NRU}", f"{NRU}9", "DUI", f"{NRU} {make_nru('DUI', year=2026, number=43)}"],
)
def test_what_is_not_one_nru_stays_words(typed: str) -> None:
    assert searched(typed) == typed


@pytest.mark.parametrize(
    "pasted",
    [
        *(form.format(ACCUSE) for form in WRITTEN),
        *(ACCUSE.replace("-", by) for by in ("", " ", "\u00a0", "—", "\u2212", "\u00ad", ".", "_", "\r\n")),
        ACCUSE.replace("1", "l").replace("0", "O"),
        "\u200b".join(ACCUSE),
        wide(ACCUSE),
        f"« N° {ACCUSE} »",
        f"№ {ACCUSE}",
        f"AR n° {ACCUSE}",
        f"Réf. : {ACCUSE}",
        f"Accusé de réception n° {ACCUSE}",
        f"Numéro de l’accusé de dépôt : {ACCUSE}",
        f"https://portail.example/verifier/?numero={ACCUSE}",
    ],
)
def test_number_of_an_accuse_is_found_whatever_was_copied_with_it(pasted: str) -> None:
    assert numero_from(pasted) == ACCUSE


@pytest.mark.parametrize("numero", [f"ATT-{NRU}", f"CONV-{NRU}-1", f"AUT-{NRU}-12", "PV-7-20271214"])
@pytest.mark.parametrize("form", [*WRITTEN, "Attestation n° {}", "https://portail.example/verifier/?numero={}&x=1"])
def test_number_of_another_document_is_found_too(form: str, numero: str) -> None:
    assert numero_from(form.format(numero)) == numero
    assert numero_from(form.format(numero.lower().replace("-", " "))) == numero


@pytest.mark.parametrize(
    ("typed", "kept"), [("AR-7K3M", "AR-7K3M"), ("n° 12", "12"), (f"ATT-{NRU[:-1]}Z", f"ATT-{NRU[:-1]}Z"), ("«»", "")]
)
def test_what_is_no_number_is_shown_as_it_could_have_been(typed: str, kept: str) -> None:
    assert numero_from(typed) == kept


@pytest.mark.parametrize(
    "pasted",
    [
        *(form.format(HASH) for form in WRITTEN),
        *(in_groups(HASH, size, by) for size in (2, 4, 8) for by in (" ", "\u00a0", ":", "-", "–", "\u00ad", "\r\n  ")),
        "\u200b".join(HASH),
        wide(HASH),
        HASH.upper(),
        f"0x{HASH}",
        f"sha256:{HASH}",
        f"urn:sha256:{HASH}",
        f"accuse@sha256:{HASH}",
        f'"sha256": "{HASH}"',
        f"Empreinte (SHA-256) : {HASH}",
        f"Empreinte SHA-256 du fichier : {HASH}",
        f"SHA256(C:\\Mes documents\\a (1).pdf)= {HASH}",
        f"SHA256 (a.pdf) = {HASH}",
        f"\\{HASH} *a.pdf",
        f"SHA256          {HASH.upper()}       C:\\Users\\a\\accuse.pdf",
        f"Algorithm  Hash  Path\n---------  ----  ----\nSHA256  {HASH.upper()}  C:\\accuse.pdf",
        f"SHA256 hachage de accuse.pdf :\n{HASH}\nCertUtil: -hashfile La commande s’est terminée correctement.",
        f"SHA256 hachage du fichier accuse.pdf :\n{in_groups(HASH, 2, ' ')}\nCertUtil: -hashfile OK",
        f"empreinte de {in_groups(HASH, 4, ' ')}",
    ],
)
def test_fingerprint_is_found_whatever_was_copied_with_it(pasted: str) -> None:
    assert sha256_from(pasted) == HASH


@pytest.mark.parametrize("typed", [HASH[:-1], f"{HASH}0", "bonjour", in_groups(HASH[:-1], 4, " ")])
def test_what_is_no_fingerprint_is_not_taken_for_one(typed: str) -> None:
    assert len(sha256_from(typed)) != 64


@pytest.mark.parametrize(
    "asked", ["ins.01\u201101", "INS.01–01", "numérique\u00a0identité", "\u200bidentite", "’identité"]
)
def test_search_of_preuves_reads_what_was_pasted(asked: str) -> None:
    line = traits(
        is_due=True,
        is_dispensed=False,
        state="",
        is_mine=False,
        nature="",
        guichet="",
        searched="INS.01-01 l'identité numérique",
    )

    assert keeps(Choix(text=asked), line)
