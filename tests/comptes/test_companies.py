"""The one rule of what designates a company: a country, and the number that it has there."""

import re
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.be import vat as be_vat
from stdnum.ch import uid
from stdnum.fr import siren as stdnum_siren

from comptes.catalogue.countries import code_named, countries, country_of, first_countries, vat_countries
from comptes.rules.companies import (
    Company,
    company_of,
    country_that_numbers,
    name_of,
    number_among,
    numbers_in,
    parts_in,
    read_company,
    shown_number,
)
from comptes.rules.numbers import KINDS, kinds_of
from comptes.rules.readings import NotANumber, compact
from tests.factories.comptes import siren

SPACES = [" ", "\u00a0", "\u202f", "\u2009", "\t", ".", "-", "\u2011", "\u2013", "\u200b", "\u00ad", "\ufeff"]


@pytest.mark.parametrize(
    ("country", "typed", "kept", "known_as"),
    [
        ("FR", "732829320", "732829320", "SIREN 732 829 320"),
        ("FR", "732\u202f829\u00a0320", "732829320", "SIREN 732 829 320"),
        ("FR", "732.829.320", "732829320", "SIREN 732 829 320"),
        ("FR", "732\u2011829\u2011320", "732829320", "SIREN 732 829 320"),
        ("FR", "N° SIREN : 732 829 320", "732829320", "SIREN 732 829 320"),
        ("FR", "\uff17\uff13\uff12\uff18\uff12\uff19\uff13\uff12\uff10", "732829320", "SIREN 732 829 320"),
        ("FR", "356 000 000", "356000000", "SIREN 356 000 000"),
        ("FR", "SIREN n° 732 829 320", "732829320", "SIREN 732 829 320"),
        ("FR", "SIREN/SIRET : 732 829 320", "732829320", "SIREN 732 829 320"),
        ("FR", "RCS Nanterre B 732 829 320", "732829320", "SIREN 732 829 320"),
        ("FR", "732 829 320 R.C.S. Saint-Étienne", "732829320", "SIREN 732 829 320"),
        ("FR", "732829320 (SIREN)", "732829320", "SIREN 732 829 320"),
        ("FR", "«\u00a0732 829 320\u00a0»", "732829320", "SIREN 732 829 320"),
        ("FR", '="732829320"', "732829320", "SIREN 732 829 320"),
        ("FR", "732/829/320 ;", "732829320", "SIREN 732 829 320"),
        ("FR", "732\n829\r\n320", "732829320", "SIREN 732 829 320"),
        ("fr", "732829320", "732829320", "SIREN 732 829 320"),
        ("RE", "732829320", "732829320", "SIREN 732 829 320"),
        ("GP", "732829320", "732829320", "SIREN 732 829 320"),
        ("BE", "BE 0403.170.701", "0403170701", "n° d’entreprise 0403.170.701 (Belgique)"),
        ("BE", "0403170701", "0403170701", "n° d’entreprise 0403.170.701 (Belgique)"),
        ("BE", "(0)403.170.701", "0403170701", "n° d’entreprise 0403.170.701 (Belgique)"),
        ("BE", "403 170 701", "0403170701", "n° d’entreprise 0403.170.701 (Belgique)"),
        ("BE", "TVA BE0403\u2011170\u2011701", "0403170701", "n° d’entreprise 0403.170.701 (Belgique)"),
        ("CH", "CHE-100.155.212", "CHE100155212", "IDE CHE-100.155.212 (Suisse)"),
        ("CH", "CHE-100.155.212 TVA", "CHE100155212", "IDE CHE-100.155.212 (Suisse)"),
        ("CH", "100 155 212", "CHE100155212", "IDE CHE-100.155.212 (Suisse)"),
        ("LU", "B 123456", "B123456", "RCS B 123456 (Luxembourg)"),
        ("LU", "RCS Luxembourg B0123456", "B123456", "RCS B 123456 (Luxembourg)"),
        ("LU", "LU 150 274 42", "15027442", "TVA LU15027442 (Luxembourg)"),
        ("MC", "56 S 00012", "56S00012", "RCI 56 S 00012 (Monaco)"),
        ("MC", "RCI 02s04077", "02S04077", "RCI 02 S 04077 (Monaco)"),
        ("MC", "FR 53 0000 04605", "FR53000004605", "TVA FR 53 000004605 (Monaco)"),
        ("MC", "53000004605", "FR53000004605", "TVA FR 53 000004605 (Monaco)"),
        ("NC", "RIDET 0 132 720.001", "0132720", "RID 0 132 720 (Nouvelle-Calédonie)"),
        ("NC", "132720", "0132720", "RID 0 132 720 (Nouvelle-Calédonie)"),
        ("NC", "1 112 345", "1112345", "RID 1 112 345 (Nouvelle-Calédonie)"),
        ("PF", "N° TAHITI A12345", "A12345", "n° TAHITI A12345 (Polynésie française)"),
        ("PF", "757245-001", "757245", "n° TAHITI 757245 (Polynésie française)"),
        ("WF", "2009.1.1234", "200911234", "n° 200911234 (Wallis-et-Futuna)"),
        ("DE", "DE 136 695 976", "136695976", "TVA DE136695976 (Allemagne)"),
        ("DE", "N° de TVA intracommunautaire : DE136695976", "136695976", "TVA DE136695976 (Allemagne)"),
        ("DE", "hrb 86891, München", "HRB86891/MUNCHEN", "n° HRB 86891 (München) (Allemagne)"),
        ("DE", "Amtsgericht Muenchen HRB 86891", "HRB86891/MUNCHEN", "n° HRB 86891 (München) (Allemagne)"),
        ("DE", "HRB 86891 (AG München)", "HRB86891/MUNCHEN", "n° HRB 86891 (München) (Allemagne)"),
        ("DE", "Amtsgericht Charlottenburg, HRB 86891 B", "HRB86891B/BERLIN", "n° HRB 86891B (Berlin) (Allemagne)"),
        ("DE", "HRB 86891 B Berlin (Charlottenburg)", "HRB86891B/BERLIN", "n° HRB 86891B (Berlin) (Allemagne)"),
        ("DE", "HRB 86891 Köln", "HRB86891/KOLN", "n° HRB 86891 (Köln) (Allemagne)"),
        ("DE", "Gießen HRA 12", "HRA12/GIESSEN", "n° HRA 12 (Gießen) (Allemagne)"),
        ("DE", "GnR 12 Frankfurt am Main", "GNR12/FRANKFURTAMMAIN", "n° GnR 12 (Frankfurt am Main) (Allemagne)"),
        ("GR", "EL 094259216", "094259216", "TVA EL094259216 (Grèce)"),
        ("AT", "ATU13585627", "U13585627", "TVA ATU13585627 (Autriche)"),
        ("SE", "556036-0793", "5560360793", "n° 5560360793 (Suède)"),
        ("GB", "SC123456", "SC123456", "n° SC123456 (Royaume-Uni)"),
        ("GB", "GB 980 780 684", "980780684", "TVA GB980780684 (Royaume-Uni)"),
        ("US", "12-3456789", "123456789", "n° 123456789 (États-Unis)"),
        ("SN", "SN.DKR.2012-B-1234", "SNDKR2012B1234", "n° SNDKR2012B1234 (Sénégal)"),
        ("MA", "12345/67", "12345/67", "n° 12345/67 (Maroc)"),
        ("BE", "RPM Bruxelles 0403.170.701", "0403170701", "n° d’entreprise 0403.170.701 (Belgique)"),
        ("BE", "BTW BE 0403.170.701 RPR Brussel", "0403170701", "n° d’entreprise 0403.170.701 (Belgique)"),
        ("BE", "BCE n° 0403/170/701", "0403170701", "n° d’entreprise 0403.170.701 (Belgique)"),
        ("BE", "Ondernemingsnummer 0403.170.701", "0403170701", "n° d’entreprise 0403.170.701 (Belgique)"),
        ("BE", "n° 0403.170.701", "0403170701", "n° d’entreprise 0403.170.701 (Belgique)"),
        ("CH", "CHE-100.155.212 HR/MWST", "CHE100155212", "IDE CHE-100.155.212 (Suisse)"),
        ("LU", "Registre de commerce n° B 123456", "B123456", "RCS B 123456 (Luxembourg)"),
        ("NC", "RCS Nouméa 2005 B 784 512", "0784512", "RID 0 784 512 (Nouvelle-Calédonie)"),
        ("NC", "RIDET n° 0 132 720", "0132720", "RID 0 132 720 (Nouvelle-Calédonie)"),
        ("DE", "TVA n° DE136695976", "136695976", "TVA DE136695976 (Allemagne)"),
        ("DE", "USt-IdNr.: DE 136 695 976", "136695976", "TVA DE136695976 (Allemagne)"),
        ("AT", "UID: ATU13585627", "U13585627", "TVA ATU13585627 (Autriche)"),
        ("DK", "CVR-nr. 13585628", "13585628", "TVA DK13585628 (Danemark)"),
        ("IT", "P.IVA 00743110157", "00743110157", "TVA IT00743110157 (Italie)"),
        ("ES", "C.I.F. B58378431", "B58378431", "TVA ESB58378431 (Espagne)"),
        ("NL", "KvK 12345678", "12345678", "n° 12345678 (Pays-Bas)"),
        ("GB", "Company No. 01234567", "01234567", "n° 01234567 (Royaume-Uni)"),
        ("GB", "NI012345", "NI012345", "n° NI012345 (Royaume-Uni)"),
        ("US", "EIN 12-3456789", "123456789", "n° 123456789 (États-Unis)"),
        ("RO", "RO 18547290", "18547290", "TVA RO18547290 (Roumanie)"),
        ("RO", "Nr. Reg. Com. J40/1234/2006", "J40/1234/2006", "n° J40/1234/2006 (Roumanie)"),
        ("PT", "Contribuinte n.º 501 964 843", "501964843", "TVA PT501964843 (Portugal)"),
        ("IT", "C.F. e P.IVA 00743110157", "00743110157", "TVA IT00743110157 (Italie)"),
        ("CZ", "IČO: 25123891", "25123891", "TVA CZ25123891 (Tchéquie)"),
        ("SK", "IČ DPH: SK2022749619", "2022749619", "TVA SK2022749619 (Slovaquie)"),
        ("FI", "ALV-nro FI20774740", "20774740", "TVA FI20774740 (Finlande)"),
        ("GR", "AFM 094259216", "094259216", "TVA EL094259216 (Grèce)"),
        ("LT", "PVM mokėtojo kodas LT119511515", "119511515", "TVA LT119511515 (Lituanie)"),
        ("HU", "Adószám: 12892312-2-42", "12892312", "TVA HU12892312 (Hongrie)"),
        ("DK", "CVR-nummer 13585628", "13585628", "TVA DK13585628 (Danemark)"),
        ("NL", "KvK-nummer: 12345678", "12345678", "n° 12345678 (Pays-Bas)"),
        ("AT", "FN 123456a", "FN123456A", "n° FN 123456a (Autriche)"),
        ("AT", "123456 A", "FN123456A", "n° FN 123456a (Autriche)"),
        ("AT", "Firmenbuchnummer FN 123456 a, HG Wien", "FN123456A", "n° FN 123456a (Autriche)"),
        ("NO", "NO 123 456 785 MVA", "123456785", "n° 123 456 785 (Norvège)"),
        ("NO", "Org.nr. 123456785", "123456785", "n° 123 456 785 (Norvège)"),
        ("DE", "HRB Hamburg 12345", "HRB12345/HAMBURG", "n° HRB 12345 (Hamburg) (Allemagne)"),
        (
            "DE",
            "Handelsregister: Amtsgericht Hamburg, HRB 12345",
            "HRB12345/HAMBURG",
            "n° HRB 12345 (Hamburg) (Allemagne)",
        ),
        ("GB", "Registered in England and Wales No. SC123456", "SC123456", "n° SC123456 (Royaume-Uni)"),
        ("GB", "Registered in England and Wales under number 01234567", "01234567", "n° 01234567 (Royaume-Uni)"),
        ("CA", "NEQ : 1143 920 115", "1143920115", "n° 1143920115 (Canada)"),
        ("AU", "A.B.N. 51 824 753 556", "51824753556", "n° 51824753556 (Australie)"),
        ("BR", "CNPJ 13.339.532/0001-09", "13339532/000109", "n° 13339532/000109 (Brésil)"),
        ("NC", "RCS Nouméa B 784 512", "0784512", "RID 0 784 512 (Nouvelle-Calédonie)"),
    ],
)
def test_number_is_kept_normalised_and_shown_as_its_country_does(country, typed, kept, known_as):
    company, note = read_company(country, typed)

    assert company.identifier == kept
    assert company.known_as.replace("\u00a0", " ") == known_as
    assert bool(note) is bool(re.search(r"\.001|-001", typed))


@pytest.mark.parametrize(
    ("country", "typed", "kept", "note"),
    [
        ("FR", "73282932000074", "732829320", "C’est un SIRET : le SIREN est 732 829 320."),
        ("FR", "SIRET 732 829 320 00074", "732829320", "C’est un SIRET : le SIREN est 732 829 320."),
        ("FR", "35600000049837", "356000000", "C’est un SIRET : le SIREN est 356 000 000."),
        ("FR", "FR 61 954 506 077", "954506077", "C’est un numéro de TVA : le SIREN est 954 506 077."),
        ("FR", "FR40 303265045", "303265045", "C’est un numéro de TVA : le SIREN est 303 265 045."),
        ("FR", "40 303 265 045", "303265045", "C’est un numéro de TVA : le SIREN est 303 265 045."),
        ("FR", "TVA intra. FR 40 303265045", "303265045", "C’est un numéro de TVA : le SIREN est 303 265 045."),
        ("FR", "FR 40 303265045 (TVA)", "303265045", "C’est un numéro de TVA : le SIREN est 303 265 045."),
        ("FR", "TVA n° FR-40-303265045", "303265045", "C’est un numéro de TVA : le SIREN est 303 265 045."),
        ("FR", "FR 303265045", "303265045", "« FR » n’en fait pas partie : le SIREN est 303 265 045."),
        ("NC", "0132720001", "0132720", "Le numéro de l’établissement n’est pas gardé : le RID est 0 132 720."),
        ("PF", "A12345001", "A12345", "Le numéro de l’établissement n’est pas gardé : le n° TAHITI est A12345."),
    ],
)
def test_number_of_an_establishment_gives_that_of_its_company_and_says_so(country, typed, kept, note):
    company, shown = read_company(country, typed)

    assert (company, shown.replace("\u00a0", " ")) == (Company(country, kept), note)


@pytest.mark.parametrize(
    ("country", "typed", "reason"),
    [
        ("FR", "", "Un SIREN compte neuf chiffres."),
        ("FR", "73282932", "Un SIREN compte neuf chiffres."),
        ("FR", "73282932O", "Un SIREN compte neuf chiffres."),
        ("FR", "٧٣٢٨٢٩٣٢٠", "Un SIREN compte neuf chiffres."),
        ("FR", "73282932", "Ce numéro a 8 chiffres."),
        ("FR", "0732829320", "Ce numéro a 10 chiffres."),
        ("FR", "73282932O", "Ce numéro contient une lettre à la place d’un chiffre."),
        ("FR", "W751234567", "Ce numéro est celui d’une association (RNA) : indiquez son SIREN."),
        ("FR", "FR32 303265045", "Ce numéro de TVA n’existe pas : sa clé de contrôle est fausse."),
        (
            "FR",
            "32 303265045",
            "Ce numéro a onze chiffres, comme un numéro de TVA, mais sa clé de contrôle est fausse.",
        ),
        ("FR", "FR 303265046", "Ce numéro SIREN n’existe pas : sa clé de contrôle est fausse."),
        ("FR", "53 0000 04605", "immatriculée ailleurs (Monaco) : choisissez ce pays."),
        ("FR", "SIREN 732829320 SIRET 73282932000074", "Écrivez un seul numéro. Un SIREN compte neuf chiffres."),
        ("FR", "SIREN 732 829 320 (Lorient)", "Écrivez ce numéro seul, sans les mots qui l’entourent."),
        ("FR", "USt-IdNr. DE136695976", "immatriculée ailleurs (Allemagne) : choisissez ce pays."),
        ("FR", "000000000", "000 000 000 n’est le SIREN de personne."),
        ("FR", "00000000000000", "Ce numéro a quatorze chiffres, comme un SIRET, mais sa clé de contrôle est fausse."),
        ("FR", "73282932000075", "Ce numéro a quatorze chiffres, comme un SIRET, mais sa clé de contrôle est fausse."),
        ("FR", "732829321", "Ce numéro SIREN n’existe pas : sa clé de contrôle est fausse."),
        ("FR", "FR 62 954 506 077", "Ce numéro de TVA n’existe pas : sa clé de contrôle est fausse."),
        ("FR", "FR53000004605", "immatriculée ailleurs (Monaco) : choisissez ce pays."),
        ("FR", "BE 0403.170.701", "immatriculée ailleurs (Belgique) : choisissez ce pays."),
        ("FR", "CHE-100.155.212", "immatriculée ailleurs (Suisse) : choisissez ce pays."),
        ("US", "DE136695976", "immatriculée ailleurs (Allemagne) : choisissez ce pays."),
        ("MC", "FR 61 954 506 077", "immatriculée ailleurs (France) : choisissez ce pays."),
        ("MC", "732829320", "Ce n’est pas un numéro de ce pays (Monaco)."),
        ("BE", "0403170702", "Ce numéro n’existe pas : sa clé de contrôle est fausse."),
        ("BE", "0000000000", "Ce numéro n’existe pas : sa clé de contrôle est fausse."),
        ("BE", "732 829 32", "Ce n’est pas un numéro de ce pays (Belgique)."),
        ("CH", "CHE-100.155.213", "Ce numéro n’existe pas : sa clé de contrôle est fausse."),
        ("LU", "15027443", "Ce numéro n’existe pas : sa clé de contrôle est fausse."),
        ("LU", "Z 123456", "Ce n’est pas un numéro de ce pays (Luxembourg)."),
        ("NC", "12345", "Ce n’est pas un numéro de ce pays (Nouvelle-Calédonie)."),
        ("NC", "0000000", "Un numéro fait de zéros n’est celui de personne."),
        ("PF", "AB2345", "Ce n’est pas un numéro de ce pays (Polynésie française)."),
        ("DE", "DE136695977", "Ce numéro n’existe pas : sa clé de contrôle est fausse."),
        ("DE", "HRB 86891", "Un numéro HRB n’est unique qu’avec son tribunal : ajoutez-le, comme HRB 86891 München,"),
        ("DE", "HRB 86891 B", "Un numéro HRB n’est unique qu’avec son tribunal"),
        ("DE", "HRB 86891 Paris", "Un numéro HRB n’est unique qu’avec son tribunal"),
        ("DE", "HRB 86891 Frankfurt", "Un numéro HRB n’est unique qu’avec son tribunal"),
        ("DE", "Köln HRB 86891 München", "Un numéro HRB n’est unique qu’avec son tribunal"),
        ("DE", "GnR 12", "Un numéro GnR n’est unique qu’avec son tribunal"),
        ("US", "000", "Un numéro fait de zéros n’est celui de personne."),
        ("US", "sans", "Un numéro de registre compte de trois à 30 lettres et chiffres, sans autre signe."),
        ("US", "12", "Un numéro de registre compte de trois à 30 lettres et chiffres, sans autre signe."),
        ("US", "1" * 31, "Un numéro de registre compte de trois à 30 lettres et chiffres, sans autre signe."),
        ("US", "<b>1234</b>", "Un numéro de registre compte de trois à 30 lettres et chiffres, sans autre signe."),
        ("JP", "東京1234", "Un numéro de registre compte de trois à 30 lettres et chiffres, sans autre signe."),
        ("NO", "123456786", "Ce numéro n’existe pas : sa clé de contrôle est fausse."),
        ("DE", "IBAN DE89 3704 0044 0532 0130 00", "Ce numéro est celui d’un compte bancaire (IBAN)"),
        ("FR", "FR76 3000 6000 0112 3456 7890 189", "Ce numéro est celui d’un compte bancaire (IBAN)"),
        ("BE", "BE68 5390 0754 7034", "Ce numéro est celui d’un compte bancaire (IBAN)"),
        ("ZZ", "732829320", "Choisissez un pays de la liste."),
        ("", "732829320", "Choisissez un pays de la liste."),
    ],
)
def test_what_is_no_number_of_that_country_is_refused_in_words(country, typed, reason):
    with pytest.raises(NotANumber) as refused:
        read_company(country, typed)

    assert reason in str(refused.value).replace("\u00a0", " ")


A_RIGHT_VAT_NUMBER = {
    "AT": "U13585627",
    "BG": "175074752",
    "CY": "10259033P",
    "CZ": "25123891",
    "DE": "136695976",
    "DK": "13585628",
    "EE": "100931558",
    "ES": "B58378431",
    "FI": "20774740",
    "GB": "980780684",
    "GR": "094259216",
    "HR": "33392005961",
    "HU": "12892312",
    "IE": "6433435F",
    "IT": "00743110157",
    "LT": "119511515",
    "LV": "40003521600",
    "MT": "11679112",
    "NL": "004495445B01",
    "PL": "8567346215",
    "PT": "501964843",
    "RO": "18547290",
    "SE": "556188840401",
    "SI": "50223054",
    "SK": "2022749619",
}


@pytest.mark.parametrize("country", sorted(vat_countries()))
def test_company_has_one_number_however_its_vat_number_is_written(country):
    number, prefix = A_RIGHT_VAT_NUMBER[country], "EL" if country == "GR" else country
    ways = [
        number,
        f"{prefix}{number}",
        f"{prefix} {number}".lower(),
        f"VAT {prefix}{number}",
        f"TVA n° {prefix}{number}",
    ]

    assert {read_company(country, way)[0].known_as.partition(" (")[0] for way in ways} == {f"TVA\u00a0{prefix}{number}"}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Belgique", "BE"),
        ("BELGIQUE (BE)", "BE"),
        ("Belgium", "BE"),
        ("be", "BE"),
        ("l’Irlande", "IE"),
        ("Royaume Uni", "GB"),
        ("U.K.", "GB"),
        ("Île de la Réunion", "RE"),
        ("Guadeloupe", "GP"),
        ("Wallis et Futuna", "WF"),
        ("Cote d'Ivoire", "CI"),
        ("République tchèque", "CZ"),
        ("Atlantide", ""),
        ("Le Mans", ""),
        ("", ""),
    ],
)
def test_country_is_known_by_the_names_that_people_write(written, code):
    assert code_named(written) == code


def test_every_country_is_known_by_its_own_name_and_code():
    assert {code: code_named(country.name) for code, country in countries().items()} == {
        code: code for code in countries()
    }
    assert [code for code in countries() if code_named(code) != code] == []


def test_factories_give_sirens():
    assert read_company("FR", siren(1))[0].identifier == "000000018"


# -- properties ------------------------------------------------------------------------------------------------------


def pasted(number: str, between: list[str]) -> str:
    return "".join(sign + mark for sign, mark in zip(number, between, strict=True))


betweens = st.lists(st.sampled_from(["", "", *SPACES]), min_size=14, max_size=14)


@given(st.integers(min_value=1, max_value=99_999_999), betweens)
def test_siren_is_the_same_however_it_is_spaced(number, between):
    known = siren(number)

    assert read_company("FR", pasted(known, between[:9]))[0] == Company("FR", known)
    assert known in numbers_in(pasted(known, between[:9]))


@given(st.integers(min_value=1, max_value=19_999_999), betweens)
def test_belgian_number_is_the_same_however_it_is_spaced(number, between):
    known = f"{number:08d}{97 - number % 97:02d}"
    assume(be_vat.is_valid(known))

    assert read_company("BE", pasted(known, between[:10]))[0] == Company("BE", known)
    assert read_company("BE", "be" + pasted(known, between[:10]))[0] == Company("BE", known)
    assert known in numbers_in("BE " + pasted(known, between[:10]))


@given(st.integers(min_value=0, max_value=99_999_999))
def test_swiss_number_is_right_or_refused_as_stdnum_says(number):
    text = f"CHE{number:08d}{uid.calc_check_digit(f'{number:08d}')}"

    assert company_of("CH", text) == (Company("CH", text) if uid.is_valid(text) else None)


@given(st.sampled_from(sorted(countries())), st.text(max_size=45))
def test_any_text_is_a_company_or_refused(country, typed):
    try:
        company, _ = read_company(country, typed)
    except NotANumber:
        return
    assert re.fullmatch(r"[A-Z0-9][A-Z0-9/]*", company.identifier)
    assert len(company.identifier) <= 40
    assert company.known_as


@given(
    st.sampled_from(sorted(countries())),
    st.text(string.ascii_uppercase + string.digits + " .-/", min_size=5, max_size=25),
)
def test_what_is_shown_is_read_again_as_the_same(country, typed):
    company = company_of(country, typed)
    assume(company is not None)

    assert company_of(company.country, shown_number(company.country, company.identifier)) == company
    assert company_of(company.country, company.identifier) == company


# -- two companies ---------------------------------------------------------------------------------------------------


def test_one_number_in_two_countries_is_two_companies():
    digits = next(
        text
        for text in map(siren, range(1, 100_000))
        if stdnum_siren.is_valid(text) and be_vat.is_valid(text) and uid.is_valid(text)
    )

    companies = {read_company(country, digits)[0] for country in ("FR", "BE", "CH")}
    assert {company.key for company in companies} == {f"FR {digits}", f"BE 0{digits}", f"CH CHE{digits}"}
    assert {company.identifier for company in companies} <= set(numbers_in(digits))


def test_company_whose_number_for_vat_is_its_national_one_is_one_company():
    for country, plain, vat in [
        ("BE", "0403170701", "BE 0403.170.701"),
        ("DK", "13585628", "DK 13 58 56 28"),
        ("IT", "00743110157", "IT00743110157"),
        ("PT", "501964843", "PT 501 964 843"),
    ]:
        assert read_company(country, plain) == read_company(country, vat)


def test_number_of_monaco_looks_french_and_is_not():
    company = read_company("MC", "FR 53 000004605")[0]

    assert (company.country, company_of("FR", company.identifier)) == ("MC", None)
    assert country_that_numbers("FR53000004605", besides="FR") == "MC"
    assert country_that_numbers("FR53000004605", besides="MC") == ""


def test_old_row_that_no_rule_knows_is_still_shown():
    assert Company("BE", "732829320").known_as.replace("\u00a0", " ") == "n° 732829320 (Belgique)"
    assert Company("ZZ", "A.1").known_as.replace("\u00a0", " ") == "n° A.1 (ZZ)"
    assert Company("SN", "").known_as == "sans numéro (Sénégal)"
    assert shown_number("SN", "") == ""


# -- claims and searches ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [None, 1, ["FR"], "", "FRA", "F", "ZZ", "«»"])
def test_machine_that_names_no_country_names_no_company(wrong):
    assert company_of(wrong, "732829320") is None
    assert company_of("FR", None if wrong == "FRA" else wrong) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("SIREN 732\u00a0829\u00a0320", "732829320"),
        ("732 829 320 00074", "732829320"),
        ("FR 61 954 506 077", "954506077"),
        ("BE 0403.170.701", "0403170701"),
        ("403.170.701", "0403170701"),
        ("100.155.212", "CHE100155212"),
        ("RCS Luxembourg B 123456", "B123456"),
        ("LU15027442", "15027442"),
        ("FR53 000004605", "FR53000004605"),
        ("RIDET 0 132 720.001", "0132720"),
        ("A12345-001", "A12345"),
        ("de 136.695.976", "136695976"),
    ],
)
def test_number_is_searched_however_it_was_pasted(text, kept):
    assert kept in numbers_in(text)


@pytest.mark.parametrize("text", ["", "Sirocco", "Sirocco 2", "Éditeur n° 2", "DUI-2026-00042", "٧٣٢٨٢٩٣٢٠", "123"])
def test_words_are_no_number(text):
    assert numbers_in(text) == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("hrb 86", ("HRB86",)),
        ("BE 0403.1", ("BE04031", "04031")),
        ("732", ("732",)),
        ("73", ()),
        ("Sirocco", ()),
        ("732 829", ("732829",)),
        ("", ()),
    ],
)
def test_part_of_a_number_is_searched(text, parts):
    assert parts_in(text) == parts


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Sirocco (SIREN 732 829 320), Brest", "732 829 320"),
        ("Éditeur : Sirocco, SIRET 732.829.320.00074", "732.829.320.00074"),
        ("n° TVA FR 44 732829320 de Sirocco", "FR 44 732829320"),
        ("Zéphyr SA BE 0403.170.701", "BE 0403.170.701"),
        ("dossier de 732829320 reçu", "732829320"),
        ("732829320", "732829320"),
        ("Sirocco 1111 2222 ici", ""),
        ("de 732829320 ou de 552100554", ""),
        ("Sirocco 2026", ""),
        ("", ""),
        ("a " * 50_000, ""),
        ("1 " * 50_000, ""),
    ],
)
def test_number_copied_among_words_is_read(text, number):
    assert number_among(text) == number


# -- the file of the countries ---------------------------------------------------------------------------------------


def test_countries_are_proposed_in_order_and_each_asks_for_a_number():
    assert tuple(countries())[: len(first_countries())] == first_countries()
    assert first_countries() == ("FR", "BE", "CH", "LU", "MC", "NC", "PF", "WF")
    names = [country.name for country in countries().values()]
    assert len(set(names)) == len(names) > 220
    assert names.index("Émirats arabes unis") < names.index("Équateur") < names.index("Espagne")
    for country in countries().values():
        assert country.number_label
        assert country.number_help.endswith(".")
        assert len(country.name) <= 60
        assert kinds_of(country.code)
    assert vat_countries() <= countries().keys()
    assert KINDS.keys() <= countries().keys()


def test_territories_that_have_a_siren_are_france():
    for code in ("GP", "MQ", "GF", "RE", "PM", "YT", "BL", "MF"):
        assert country_of(code) == "FR"
    assert [country_of(code) for code in ("NC", "PF", "WF", "MC", "FX")] == ["NC", "PF", "WF", "MC", ""]
    assert name_of("MC") == "Monaco"


def test_compact_drops_every_kind_of_space_and_dash():
    assert compact("".join(f"{sign}1" for sign in SPACES)) == "1" * len(SPACES)


def test_number_of_a_german_court_is_read_again_as_it_is_shown() -> None:
    company, _ = read_company("DE", "Amtsgericht Ludwigshafen am Rhein HRB 65432")

    assert read_company("DE", shown_number("DE", company.identifier))[0] == company
    assert read_company("DE", company.identifier)[0] == company
    assert company.identifier in numbers_in("HRB 65432, Ludwigshafen")
