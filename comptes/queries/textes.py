"""The texts that an administrateur changes on screen: their families, what is in force, and what they would say."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.template import Context, Template
from django.template.base import Node, TextNode, VariableNode
from django.template.defaulttags import LoadNode
from django.template.loader import get_template

from comptes import notices
from comptes.canonical import fingerprint
from comptes.catalogue.variables import name_of_variable
from comptes.models import Notice, VersionDeTexte
from comptes.rules.texts import as_paragraph, in_subject
from comptes.rules.variables import Variable, filled

LETTRE = "lettre"
# The frame of every letter, and the letter that gathers others: their words are not changed on screen.
_FRAMES = ("comptes/mails/letter.txt", "comptes/mails/recueil.txt")
_KINDS = {"referencement/mails/referencement_moved.txt": "referencement.moved"}
_MOST_TRIED = 5
# The filters that put a small word before a name.
_ELIDED = ("de", "que")
# What a letter is for: whoever changes its words may not take these away.
_KEPT = ("lien", "lien_du_document", "code")


@dataclass(frozen=True)
class Texte:
    """A text that can be changed on screen, and what its file says.

    :param has_subject: a letter has a subject, which may be changed too
    """

    cle: str
    label: str
    corps: str
    variables: tuple[Variable, ...] = ()
    has_subject: bool = False

    @property
    def fichier(self) -> str:
        return fingerprint({"corps": self.corps})


@dataclass(frozen=True)
class Preview:
    """What a text would say.

    :param about: the dossier that it was filled with; empty when there was none, so that names stand for values
    """

    objet: str
    corps: str
    about: str = ""


def no_more_faults(corps: str) -> tuple[str, ...]:
    """Say nothing: the variables are all that can be wrong in the texts of most families."""
    return ()


@dataclass(frozen=True)
class Famille:
    """Texts of one kind.

    :param binding: whether they bind others, so that a second person puts them in force
    :param effect: what putting one in force does, in a sentence
    :param preview: fills a text, of which it is given the subject and the words, with the dossier of that NRU, or one
    :param faults: what is wrong in its words, besides variables
    """

    code: str
    label: str
    binding: bool
    effect: str
    textes: Callable[[], list[Texte]]
    preview: Callable[[Texte, str, str, str], Preview]
    faults: Callable[[str], tuple[str, ...]] = no_more_faults


_familles: dict[str, Famille] = {}


def register_familles(*familles: Famille) -> None:
    """Let an app have its texts changed on screen."""
    _familles.update({famille.code: famille for famille in familles})


def familles() -> list[Famille]:
    return list(_familles.values())


def famille_of(cle: str) -> Famille | None:
    return _familles.get(cle.partition(".")[0])


def texte_of(cle: str) -> Texte | None:
    """Return a text by its key; None when no file has it."""
    famille = famille_of(cle)
    return next((texte for texte in famille.textes() if texte.cle == cle), None) if famille else None


def in_force(cle: str) -> VersionDeTexte | None:
    """Return the version of a text that wins over its file, if somebody changed it."""
    return VersionDeTexte.objects.in_force().filter(cle=cle).first()


def latest_numero(cle: str) -> int:
    return VersionDeTexte.objects.filter(cle=cle).order_by("-numero").values_list("numero", flat=True).first() or 0


def versions_of(cle: str) -> list[VersionDeTexte]:
    """Return the versions of a text, the latest first."""
    people = ("written_by", "published_by", "ended_by")
    return list(VersionDeTexte.objects.filter(cle=cle).select_related(*people).order_by("-numero"))


def changed_on_screen() -> Mapping[str, VersionDeTexte]:
    """Return what is in force or in draft, by key; a draft wins."""
    rows = VersionDeTexte.objects.filter(ended_at=None).select_related("written_by").order_by("numero", "pk")
    return {version.cle: version for version in rows}


def kept_from_the_files(dispositif: str) -> list[str]:
    """Say which texts of a dispositif were changed on screen, so that its file does not give them any more."""
    lines = []
    for famille in familles():
        cle = f"{famille.code}.{dispositif}"
        texte, version = texte_of(cle), in_force(cle)
        if texte and version:
            since = " Le fichier a changé depuis." if version.fichier != texte.fichier else ""
            lines.append(
                f"{texte.label}\u00a0: la version {version.numero}, changée à l’écran, l’emporte sur le fichier.{since}"
            )
    return lines


# -- the letters ------------------------------------------------------------------------------------------------------


@cache
def lettres() -> list[Texte]:
    """Return the letters: one for each template of a notification."""
    root = Path(settings.BASE_DIR) / "templates"
    paths = (path.relative_to(root).as_posix() for path in root.glob("*/mails/*.txt"))
    made = [_lettre(template) for template in sorted(paths) if template not in _FRAMES]
    return sorted(made, key=lambda lettre: (lettre.label, lettre.cle))


def _lettre(template: str) -> Texte:
    parts = _parts_of(template)
    variables: dict[str, Variable] = {}
    for name, node in parts:
        if name:
            variables.setdefault(name, Variable(name, _meaning(node), required=name in _KEPT or _is_a_block(node)))
    corps = as_paragraph("".join(f"{{{name}}}" if name else node.s for name, node in parts))
    kind = notices.kind(_kind_of(template))
    return Texte(f"{LETTRE}.{kind.code}", kind.label, corps, tuple(variables.values()), has_subject=True)


def _kind_of(template: str) -> str:
    return _KINDS.get(template) or template.removesuffix(".txt").replace("/mails/", ".")


@cache
def _parts_of(template: str) -> list[tuple[str, Any]]:
    """Return the parts of a template, in order: the name of its variable, empty for words, and its node.

    A condition or a loop is one part, which the portal writes: « partie_1 ».
    """
    nodes: list[Any] = []
    for node in get_template(template).template.nodelist:  # type: ignore[attr-defined]  # of Django's own engine
        nodes += getattr(node, "nodelist", [node])
    parts: list[tuple[str, Any]] = []
    blocks = 0
    for node in nodes:
        if isinstance(node, TextNode):
            parts.append(("", node))
        elif isinstance(node, VariableNode):
            parts += _parts_of_a_value(node)
        elif not isinstance(node, LoadNode):
            blocks += 1
            parts.append((f"partie_{blocks}", node))
    return parts


def _parts_of_a_value(node: VariableNode) -> list[tuple[str, Any]]:
    """Return the name of a value; after a small word that is elided, that word too: `filled` elides it again."""
    value, _, word = str(node.filter_expression.token).rpartition("|")
    if word not in _ELIDED:
        return [(name_of_variable(str(node.filter_expression.token)), node)]
    [alone] = Template(f"{{{{ {value} }}}}").nodelist
    return [("", TextNode(f"{word} ")), (name_of_variable(value), alone)]


def _is_a_block(node: Node) -> bool:
    return not isinstance(node, (TextNode, VariableNode))


def _meaning(node: Node) -> str:
    return f"Écrite par le portail selon le cas\u00a0: «\u00a0{_words_of(node)}\u00a0»" if _is_a_block(node) else ""


def _words_of(node: Node) -> str:
    """Return the words of a block, with its variables between brackets."""
    if isinstance(node, TextNode):
        return node.s
    if isinstance(node, VariableNode):
        return "[…]"
    inside = [child for name in node.child_nodelists for child in getattr(node, name, None) or ()]
    inside += [child for _, nodes in getattr(node, "conditions_nodelists", ()) for child in nodes]
    return " ".join("".join(_words_of(child) for child in inside).split())[:200]


@dataclass(frozen=True)
class Trial:
    """Words to be tried in the place of those of a letter."""

    objet: str
    corps: str


_TRIED: ContextVar[Mapping[str, Trial]] = ContextVar("the letters being tried", default={})  # noqa: B039 -- never changed


@contextmanager
def trying(cle: str, trial: Trial) -> Iterator[None]:
    """Write the letters of that key with these words, until the end of the block."""
    token = _TRIED.set({cle: trial})
    try:
        yield
    finally:
        _TRIED.reset(token)


def reworded(template: str, subject: str, data: Mapping[str, object]) -> tuple[str, str] | None:
    """Return the subject and the words of a letter that was changed on screen; None when it was not."""
    cle = f"{LETTRE}.{_kind_of(template)}"
    version = _TRIED.get().get(cle) or in_force(cle)
    if template in _FRAMES or version is None:
        return None
    context = Context(dict(data), autoescape=False)
    with context.bind_template(get_template(template).template):  # type: ignore[attr-defined]  # of Django's own engine
        values = {name: str(node.render_annotated(context)) for name, node in _parts_of(template) if name}
    short = {name: in_subject(" ".join(value.split())) for name, value in values.items()}
    return filled(version.objet, short) or subject, filled(version.corps, values)


def preview_of_lettre(texte: Texte, objet: str, corps: str, nru: str) -> Preview:
    """Fill a letter with the last notification of its kind, about that NRU when one is given.

    A letter that holds a link or a code for one use is shown with the names of its variables.
    """
    kind = notices.kind(texte.cle.removeprefix(f"{LETTRE}."))
    if not kind.secret:
        about = Notice.objects.filter(kind=kind.code, address__contains=nru).select_related("compte")
        for notice in about.order_by("-posted_at", "-pk")[:_MOST_TRIED]:
            if written := _written(kind, notice, texte, Trial(objet, corps)):
                return Preview(written.subject, written.body, notice.address.partition(":")[2])
    names = {variable.name: f"[{variable.name}]" for variable in texte.variables}
    return Preview(filled(objet, names), filled(corps, names))


def _written(kind: notices.NoticeKind, notice: Notice, texte: Texte, trial: Trial) -> notices.NoticeMail | None:
    """Write a notification with other words; None when what it was about is no more."""
    try:
        with transaction.atomic(), trying(texte.cle, trial):
            return kind.render(notice)
    except (ObjectDoesNotExist, IndexError):
        return None
