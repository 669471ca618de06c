"""What the lines of a list may not repeat: the same company twice, or the éditeur who files among the others."""

from collections.abc import Iterator

from candidatures.catalogue.champs import Champ, Value


def faults_of_lines(champ: Champ, value: Value, *, editeur_siren: str) -> Iterator[str]:
    """List, one sentence each, the lines that name a company already named.

    :param value: the answer to a list whose lines must differ in `distinct`; any other answer has no fault
    :param editeur_siren: of the éditeur who files, the chef de file of a groupement
    """
    if not champ.distinct or not value:
        return
    column = next(column for column in champ.columns if column.code == champ.distinct)
    seen: dict[str, int] = {}
    for number, line in enumerate(value.get("lignes", []), start=1):
        numero = line.get(champ.distinct)
        if not numero:
            continue
        if champ.without_editeur and numero == editeur_siren:
            yield (
                f"Ligne {number}, « {column.label} » : {numero} est celui de l’éditeur qui dépose, le chef de file. "
                "N’inscrivez que les autres membres."
            )
        if (first := seen.setdefault(numero, number)) != number:
            yield f"Ligne {number}, « {column.label} » : {numero} est déjà celui de la ligne {first}."
