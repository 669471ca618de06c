"""What the lines of a list may not repeat: the same company twice, or the éditeur who files among the others."""

from collections.abc import Iterator, Mapping

from candidatures.catalogue.champs import Champ, Value
from candidatures.rules.entreprises import company_in
from comptes.rules.companies import Company


def faults_of_lines(champ: Champ, value: Value, *, editeur: Company | None) -> Iterator[str]:
    """List, one sentence each, the lines that name a company already named.

    :param value: the answer to a list whose lines must differ in `distinct`; any other answer has no fault
    :param editeur: the company that files, the chef de file of a groupement
    """
    if not champ.distinct or not value:
        return
    seen: dict[Company, int] = {}
    for number, line in enumerate(value.get("lignes", []), start=1):
        yield from faults_of_line(champ, line, number=number, seen=seen, editeur=editeur)


def faults_of_line(
    champ: Champ, line: Mapping[str, Value], *, number: int, seen: dict[Company, int], editeur: Company | None
) -> Iterator[str]:
    """List what is wrong with one line beside those before it.

    :param seen: the lines before, by the company that each names; that of this line is added
    """
    if not champ.distinct:
        return
    company = company_in(line.get(champ.distinct))
    if not company or not company.identifier:
        return
    label = next(column.label for column in champ.columns if column.code == champ.distinct)
    if champ.without_editeur and company == editeur:
        yield (
            f"Ligne {number}, «\u00a0{label}\u00a0»\u00a0: {company} est l’éditeur qui dépose, "
            "le chef de file. N’inscrivez que les autres membres."
        )
    if (first := seen.setdefault(company, number)) != number:
        yield f"Ligne {number}, «\u00a0{label}\u00a0»\u00a0: {company} est déjà à la ligne {first}."
