"""The faults of `defauts_guichets`: what the desk does, what the pages must show, the scenario of the simulators."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from guichets.enums import RoleEdcPsc

HOURS = 5
HERE = "edc_psc"  # the desk whose own address is at fault
GOOD = {"cnda": "Pré-examen", "edc_psc": "Déposée"}
NOBODY = {"url": "http://127.0.0.1:1/edc-psc", "hosts": "127.0.0.1:1"}
UNLISTED = {"hosts": "guichet.example"}


class Shown(Protocol):
    """What the pages show of a demande."""

    @property
    def editeur(self) -> str: ...
    @property
    def ans(self) -> str: ...
    @property
    def kept(self) -> str: ...


@dataclass(frozen=True)
class Fault:
    """One way in which a desk can fail.

    :param code: its name in the simulators; empty when the portal's own settings are wrong
    :param says: what the éditeur must read
    :param anomalie: what the board of the ANS must show; empty when it only counts the failure
    :param more: more lines of the scenario
    :param settings: the settings of the desk that the fault changes
    """

    title: str
    code: str
    says: str
    anomalie: str = ""
    desk: str = "cnda"
    role: str = ""
    more: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def numero(self) -> str:
        return f"DEFAUT-{(self.code or self.role).upper().replace('_', '-')}"

    @property
    def component(self) -> dict[str, Any]:
        """The composant additionnel that requires the demande of this fault."""
        line = {"nom": self.title, "editeur": "Essai Pannes", "appartenance": "groupement", "version": "1"}
        return line | {"nil": self.numero, "teleservices": ["INSI"]}

    @property
    def declaration(self) -> dict[str, Any]:
        if self.desk == "cnda":
            named = {"composant": self.title, "teleservice": "INSI", "nil": self.numero}
            return {"guichet": "cnda", "numero": self.numero, **named}
        return {"guichet": "edc_psc", "numero": self.numero, "role": RoleEdcPsc(self.role)}

    @property
    def label(self) -> str:
        """The title of its panel on the page."""
        if self.desk == "cnda":
            return f"Homologation CNDA INSi, {self.title}"
        return f"Habilitation EDC PSC, éditeur de {'proxy' if self.role == 'proxy' else 'logiciel utilisateur'}"

    def wrong(self, shown: Shown, *, gates: bool) -> Iterator[str]:
        if self.says not in shown.editeur:
            yield f"the éditeur does not read « {self.says} »"
        if (self.anomalie or "Échecs") not in shown.ans:
            yield f"the ANS does not read « {self.anomalie or 'Échecs'} »"
        if not gates:
            yield "a gate moved"
        if shown.kept != f"{GOOD[self.desk]}, relevé il y a {HOURS} heures":
            yield f"the last good status is not kept: {shown.kept}"


# In this order, the circuit breaker never sees ten failures in a row: it stays closed, and each fault is really met.
FAULTS = (
    Fault("answers after 30 s", "slow", "Le guichet n’a pas répondu à temps", more="secondes = 30"),
    Fault(
        "valid JSON of another schema", "other_schema", "La réponse n’a pas la forme convenue", "Réponse d’une autre"
    ),
    Fault("500", "error_500", "Le guichet est en erreur"),
    Fault("429, Retry-After", "throttled", "Le guichet demande de patienter", more="secondes = 600"),
    Fault("cut in the middle", "cut", "La réponse a été coupée"),
    Fault("not JSON", "not_json", "La réponse ne se lit pas"),
    Fault("one byte a second", "drip", "Le guichet n’a pas répondu à temps", more="secondes = 1"),
    Fault("about another id", "other_id", "La réponse parle d’une autre demande", "Réponse sur une autre demande"),
    Fault("backwards", "backwards", "alors que la demande en était à «\u00a0Pré-examen", "Retour en arrière"),
    Fault("unknown status", "unknown_status", "un statut que le portail ne connaît pas", "Statut inconnu"),
    Fault("date in the future", "future_date", "qui n’est pas encore venu", "Date dans le futur"),
    Fault("100 KB", "too_large", "La réponse est trop longue", "Réponse trop longue"),
    Fault("redirects", "redirect", "L’adresse du guichet n’est pas autorisée", "Adresse non autorisée"),
    Fault("unreachable host", "", "Le guichet est en erreur", "", "edc_psc", "utilisateur", settings=NOBODY),
    Fault(
        "host out of the allow-list",
        "",
        "L’adresse du guichet n’est pas autorisée",
        "Adresse non autorisée",
        "edc_psc",
        "proxy",
        settings=UNLISTED,
    ),
)
# The demandes that go well: without them the gates would be closed whatever happens.
PRINCIPAL: tuple[dict[str, Any], ...] = tuple(
    {"guichet": "cnda", "numero": f"BIEN-{code}", "teleservice": code, "nil": "NIL-1"} for code in ("INSI", "DMP")
)


def scenario() -> str:
    """Write the scenario of the simulators: good answers first; each fault an hour after the declaration."""
    lines = ["[cnda]", 'jeton = "jeton-cnda"', "[edc_psc]", 'jeton = "jeton-edc-psc"']
    for good in PRINCIPAL:
        lines += [f"[cnda.demandes.{good['numero']}]", 'nil = "NIL-1"', 'logiciel = "Essai Pannes"']
        lines += [f'teleservice = "{good["teleservice"]}"', "etapes = [{ depuis = 2026-11-02, etape = 'pre_examen' }]"]
    for fault in FAULTS:
        lines.append(f'[{fault.desk}.demandes."{fault.numero}"]')
        if fault.desk == "edc_psc":
            lines += [f'role = "{fault.role}"', 'logiciel = "Essai Pannes"']
            lines += ["etapes = [", "{ depuis = 2026-10-01, etape = 'declared' },"]
            lines += ["{ depuis = 2026-11-02, etape = 'submitted' }]"]
            continue
        lines += [f'nil = "{fault.numero}"', 'logiciel = "Essai Pannes"', 'teleservice = "INSI"']
        lines += ["etapes = [", "{ depuis = 2026-10-01, etape = 'initialisation' },"]
        lines += ["{ depuis = 2026-11-02, etape = 'pre_examen' }]"]
        panne = [f"panne = '{fault.code}'", "de = 2026-11-03T11:00:00", *([fault.more] if fault.more else [])]
        panne += ["vers = 'http://127.0.0.1:1/v1/demandes/AILLEURS'"] if fault.code == "redirect" else []
        lines.append(f"pannes = [{{ {', '.join(panne)} }}]")
    return "\n".join([*lines, ""])
