from typing import Any

from django.db import migrations

COLUMN = "immatriculation"


def french(siren: str) -> dict[str, str]:
    return {"pays": "FR", "identifiant": siren}


def carried(champ: str, value: Any) -> tuple[str, Any] | None:
    """What an answer says of companies, as the next formulaire asks it; None when it says nothing."""
    if champ == "entreprise_siren" and value:
        return "entreprise_immatriculation", french(value)
    lines = (value or {}).get("lignes") if isinstance(value, dict) else None
    if champ in ("groupement", "distributeurs") and lines and any(line.get("siren") for line in lines):
        return champ, {
            "lignes": [{**line, COLUMN: french(line["siren"])} if line.get("siren") else line for line in lines]
        }
    return None


def carry(apps: Any, schema_editor: Any) -> None:
    """Bring the drafts to the formulaire that asks for a country: an answer is never rewritten, a new one is added."""
    Volet, Reponse = apps.get_model("candidatures", "Volet"), apps.get_model("candidatures", "Reponse")
    for volet in Volet.objects.filter(formulaire="").order_by("pk"):
        latest = Reponse.objects.filter(volet=volet).order_by("champ", "-version").distinct("champ")
        answers = [(row, carried(row.champ, row.value)) for row in latest]
        if not any(answer for _, answer in answers):
            continue
        volet.version += 1
        volet.save(update_fields=["version"])
        Reponse.objects.bulk_create(
            Reponse(
                volet=volet,
                champ=answer[0],
                version=volet.version,
                value=answer[1],
                answered_at=row.answered_at,
                answered_by_id=row.answered_by_id,
            )
            for row, answer in answers
            if answer
        )


class Migration(migrations.Migration):
    """A SIREN that a draft holds becomes a country and a number."""

    dependencies = [("candidatures", "0024_names_in_one_place")]

    operations = [migrations.RunPython(carry, migrations.RunPython.noop)]
