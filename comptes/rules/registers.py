"""The registers of other countries whose numbers have a shape of their own, and what each country calls its numbers."""

import re
from collections.abc import Mapping

from stdnum.hu import anum
from stdnum.no import orgnr

from comptes.rules.handelsregister import HANDELSREGISTER
from comptes.rules.readings import Kind, Reading, grouped, like

# One register for the whole country: the court that is pasted after a number adds nothing.
_COURT = r"(?:(?:HG|LG|HANDELSGERICHT|LANDESGERICHT)[A-Z]{2,40})?"
FIRMENBUCH = Kind(
    "n°",
    rf"(?:FIRMENBUCH(?:NUMMER|NR)?)?(?:FN(?:NR)?)?0*([1-9][0-9]{{0,5}}[A-Z]){_COURT}",
    lambda match: Reading(f"FN{match[1]}"),
    like(r"FN[1-9][0-9]{0,5}[A-Z]"),
    lambda number: f"FN\u00a0{number[2:-1]}{number[-1].lower()}",
)


def _norwegian(match: re.Match[str]) -> Reading:
    return Reading(str(orgnr.validate(match[1])))


# With « NO » before it and « MVA » after it, the same number is that for VAT.
FORETAKSREGISTERET = Kind(
    "n°",
    r"(?:FORETAKSREGISTERET|ORGANISASJONSN(?:UMME)?R|ORGNR|NO)*([0-9]{9})(?:MVA)?",
    _norwegian,
    like(r"[0-9]{9}"),
    lambda number: grouped(number, 3, 3, 3),
)


def _hungarian(match: re.Match[str]) -> Reading:
    return Reading(str(anum.validate(match[1])))


# A tax number has eight digits, which are that for VAT, then one for its regime and two for the county.
ADOSZAM = Kind("n°", r"(?:ADOSZAM)?(?:HU)?([0-9]{8})[1-5][0-9]{2}", _hungarian, lambda number: False, str)

REGISTERS: Mapping[str, tuple[Kind, ...]] = {
    "AT": (FIRMENBUCH,),
    "DE": (HANDELSREGISTER,),
    "HU": (ADOSZAM,),
    "NO": (FORETAKSREGISTERET,),
}

NAMES_OF: Mapping[str, str] = {
    "AD": "NRT",
    "AU": "ABN|ACN",
    "BR": "CNPJ",
    "CA": "NEQ|BN",
    "CI": "RCCM",
    "DE": "STNR|STEUERNR",
    "DZ": "NIS|RC",
    "EE": "REGISTRIKOOD",
    "HR": "MBS",
    "HU": "CEGJEGYZEKSZAM",
    "IE": "CRO",
    "IN": "CIN|GSTIN|LLPIN",
    "IT": "REA",
    "LT": "IMONESKODAS",
    "MU": "BRN",
    "RO": "NRREGCOM",
    "SE": "ORGANISATIONSN(?:UMME)?R",
    "SG": "UEN",
    "SI": "MATICNASTEVILKA",
    "SM": "COE",
    "SN": "NINEA|RCCM",
    "TN": "MATRICULEFISCAL|MF",
    "TR": "VERGINO|MERSISNO",
    "US": "DUNS",
}
"""What a country calls its numbers, when the same letters may be a part of a number elsewhere."""
