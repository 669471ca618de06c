"""The law of the house that no linter knows: floors in the database, time as an argument, rooms, pages, machines."""

import ast
import re
from collections.abc import Iterator
from html import unescape
from importlib import import_module
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey  # noqa: TID251 -- to find it where it is used
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.models import CharField, DateField, DurationField, Field, Model, TextField, TimeField

from comptes.models.texts import LineField, ParagraphField
from segur_portal.management.commands.draw_states import FLOORS, drawing

ROOT = Path(settings.BASE_DIR)
APPS = (*FLOORS, "segur_portal")
MODELS = [model for floor in FLOORS for model in apps.get_app_config(floor).get_models()]

FORBIDDEN_ROOMS = {"utils", "helpers", "common", "core", "services", "base", "misc", "tasks", "signals", "managers"}
# Django looks for a database's wrapper in a module of that name.
NAMED_BY_DJANGO = {ROOT / "segur_portal/postgresql/base.py"}
LONGEST_FILE = 300
LONGEST_SETTINGS = 420
DEEPEST_IF = 2


def python_files(*folders: str) -> list[Path]:
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in files if "migrations" not in path.parts)


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


# -- the database ---------------------------------------------------------------------------------------------------


def test_foreign_keys_point_downstairs() -> None:
    """To the same floor, to a floor below, or to Django; FLOORS goes from the ground up."""
    upstairs = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in MODELS
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and isinstance(field.related_model, type)
        if field.related_model._meta.app_label in FLOORS
        if FLOORS.index(field.related_model._meta.app_label) > FLOORS.index(model._meta.app_label)
    ]

    assert upstairs == []


def test_no_foreign_key_points_at_anything() -> None:
    keys = [f for model in MODELS for f in model._meta.private_fields if isinstance(f, GenericForeignKey)]

    assert keys == []


def test_no_instant_is_filled_in_by_itself() -> None:
    """Time is an argument: no `auto_now`, and no default that is computed when the row is made."""
    instants = [(m, f) for m in MODELS for f in m._meta.fields if isinstance(f, DateField | TimeField)]

    assert [f"{model.__name__}.{field.name}" for model, field in instants if fills_itself(field)] == []


def fills_itself(field: Field) -> bool:
    return (
        field.auto_now
        or field.auto_now_add
        or (field.has_default() and callable(field.default))
        or field.has_db_default()
    )


def test_no_default_computes_anything_but_an_empty_value() -> None:
    allowed = (list, dict)
    computed = [
        f"{model.__name__}.{field.name}"
        for model in MODELS
        for field in model._meta.fields
        if callable(getattr(field, "default", None)) and field.has_default()
        if field.default not in allowed and not isinstance(field, DurationField)
    ]

    assert computed == []


def test_no_sql_of_ours_reads_the_database_s_clock() -> None:
    clock = re.compile(r"\bnow\s*\(|current_(timestamp|date|time)|(clock|statement)_timestamp|localtime", re.IGNORECASE)
    loader = MigrationLoader(None)
    reading = [
        f"{app}.{name}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in APPS
        for operation in migration.operations
        if isinstance(operation, migrations.RunSQL) and clock.search(str(operation.sql))
    ]

    assert reading == []


def test_lists_are_ordered_by_something_unique_or_by_nothing() -> None:
    """A default order that ties is an order that changes from a page to the next."""
    assert [model.__name__ for model in MODELS if model._meta.ordering and not is_total(model)] == []


def is_total(model: type[Model]) -> bool:
    order = {str(name).lstrip("-") for name in model._meta.ordering}
    alone = {field.name for field in model._meta.fields if field.unique} | {"pk"}
    together = [set(law.fields) for law in model._meta.constraints if getattr(law, "fields", ()) and not law.condition]
    return bool(order & alone) or any(fields <= order for fields in together)


# -- the rooms ------------------------------------------------------------------------------------------------------


def test_no_room_means_nothing() -> None:
    rooms = [path for app in APPS for path in (ROOT / app).rglob("*") if path.stem in FORBIDDEN_ROOMS]

    ours = [path for path in rooms if path not in NAMED_BY_DJANGO]
    assert named([path for path in ours if path.is_dir() or path.suffix == ".py"]) == []


def test_no_file_outgrows_its_room() -> None:
    settings_file = ROOT / "segur_portal/settings.py"
    files = [path for path in python_files(*APPS) if path != settings_file]

    assert named([path for path in files if len(path.read_text().splitlines()) > LONGEST_FILE]) == []
    assert len(settings_file.read_text().splitlines()) <= LONGEST_SETTINGS


def lines_with(sign: re.Pattern[str], *folders: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in python_files(*folders)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if sign.search(line) and path != Path(__file__)
    ]


def test_each_exception_to_a_rule_carries_its_sentence() -> None:
    """`# noqa: X -- why`; and for mypy, which takes nothing after the bracket, `# type: ignore[x]  # why`."""
    assert lines_with(re.compile(r"#\s*noqa(?!: [A-Z0-9, ]+ -- \S)"), *APPS, "tests", "script") == []
    assert lines_with(re.compile(r"#\s*type:\s*ignore(?!\[[\w, -]+\]\s+# \S)"), *APPS) == []


def test_operations_take_words_not_places() -> None:
    """Every operation is keyword-only, `submit_volet(volet_id=…, by=…, at=…)`; a `why_…` is a question, not an act."""
    rooms = [
        path for app in FLOORS for path in (ROOT / app).rglob("*.py") if "operations" in str(path.relative_to(ROOT))
    ]
    positional = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in rooms
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith(("_", "why_"))
        if node.args.args or node.args.posonlyargs
    ]

    assert positional == []


# -- the names ------------------------------------------------------------------------------------------------------

# They name whatever was at hand: a name tells what it holds (`notice`, `row`, `sentence`, `outcomes`).
VAGUE = {"found", "one", "said", "words"}
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def names_given(tree: ast.Module) -> Iterator[str]:
    """Yield every name that code gives: to a variable, an argument, an attribute, a function or a class."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name


def test_each_name_tells_what_it_holds() -> None:
    scripts = [path for path in (ROOT / "script").iterdir() if path.is_file() and "python" in path.read_text()[:40]]
    files = {*python_files(*APPS, "fournisseur", "tests", "bench", "drills", "checks", "script"), *scripts}
    vague = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted(files)
        for name in names_given(ast.parse(path.read_text()))
        if name in VAGUE
    ]

    assert vague == []


def names_in_page(text: str) -> set[str]:
    """Return every name that a template gives or reads: what stands in its tags, but quoted text and attributes."""
    tags = re.findall(r"{%.*?%}|{{.*?}}", text, re.DOTALL)
    return {name for tag in tags for name in re.findall(r"(?<![\w.-])[a-z]\w*", QUOTED.sub('""', tag))}


def names_in_script(text: str) -> set[str]:
    code = QUOTED.sub('""', re.sub(r"(^|\s)//.*", "", text))
    return set(re.findall(r"(?<![\w.-])[a-z]\w*", code))


def test_each_name_of_pages_and_scripts_tells_what_it_holds() -> None:
    """A planted name is seen; the words of a page or of a comment are not names."""
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    scripts = [*(ROOT / "static").glob("*.js"), *(ROOT / "checks").glob("*.js")]
    named = {path: names_in_page(path.read_text()) for path in pages}
    named |= {path: names_in_script(path.read_text()) for path in scripts}

    assert {f"{path.relative_to(ROOT)}: {name}" for path, names in named.items() for name in names & VAGUE} == set()
    assert VAGUE & names_in_page('{% for one in rows %}said {{ row.words }}{% include "one.html" %}') == {"one"}
    assert VAGUE & names_in_script('const said = one("found"); // words') == {"said", "one"}


# -- the pages ------------------------------------------------------------------------------------------------------

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SHEETS = sorted((ROOT / "static" / "styles").glob("*.css"))
PAGES = [path for path in TEMPLATES if "components" not in path.parts and path.name != "base.html"]


def without_comments(path: Path) -> str:
    return re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}|<!--.*?-->", "", path.read_text(), flags=re.DOTALL)


def tags(path: Path) -> Iterator[str]:
    """Yield every HTML tag, with what the template language puts in it."""
    tag = re.compile(r"<[a-zA-Z](?:{%.*?%}|{{.*?}}|\"[^\"]*\"|'[^']*'|[^>])*>", re.DOTALL)
    yield from tag.findall(without_comments(path))


def classes_written() -> set[str]:
    """Every class that a page, a script or the code writes, whole, or up to what is filled in."""
    sources = [*TEMPLATES, *(ROOT / "static").glob("*.js"), *(ROOT / "segur_portal").rglob("*.py")]
    return {name for path in sources for name in re.findall(r"\bps-[\w-]*", path.read_text())}


def classes_styled() -> set[str]:
    sheets = [re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in SHEETS]
    return {name for sheet in sheets for name in re.findall(r"\.(ps-[\w-]+)", sheet)}


def test_each_style_sheet_closes_what_it_opens() -> None:
    """A block left open takes in every rule after it, up to the end of the sheet, and nothing complains."""
    paths = sorted((ROOT / "static" / "styles").glob("*.css"))
    sheets = {path.name: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in paths}

    assert [name for name, sheet in sheets.items() if sheet.count("{") != sheet.count("}")] == []


def test_each_class_is_written_and_styled() -> None:
    written, styled = classes_written(), classes_styled()
    begun = tuple(name for name in written if name.endswith("-"))

    assert {"ps-card", "ps-button-"} <= written
    assert "ps-button-danger" in styled
    assert sorted(name for name in styled - written if not name.startswith(begun)) == []


def test_pages_name_no_other_class_than_ours() -> None:
    foreign = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in TEMPLATES
        if "documents" not in path.parts  # printed with sheets of their own
        for tag in tags(path)
        for names in re.findall(r"\bclass=\"([^\"]*)\"", re.sub(r"{%.*?%}|{{.*?}}", " ", tag))
        for name in names.split()
        if not name.startswith("ps-")
    ]

    assert foreign == []


INLINE = {
    "style": r"\sstyle\s*=",
    "style element": r"^<style",
    "script": r"^<script(?![^>]*\ssrc=)",
    "event": r"\son[a-z]+\s*=",
    "hx-on": r"\shx-on",
    "javascript address": r"=\s*[\"']?\s*javascript:",
}


@pytest.mark.parametrize("kind", INLINE)
def test_nothing_is_inline(kind: str) -> None:
    """The content security policy would refuse it."""
    inline = [path for path in TEMPLATES if any(re.search(INLINE[kind], tag, re.IGNORECASE) for tag in tags(path))]

    assert named(inline) == []


def test_htmx_only_hastens_what_works_without_it() -> None:
    """`hx-get` has its `href` beside it (or is on the form that has its `action`), `hx-post` its `action`."""
    bare = [
        f"{path.relative_to(ROOT)}: {tag}"
        for path in TEMPLATES
        for tag in tags(path)
        if re.search(r"\s(data-)?hx-(get|post|put|patch|delete)\b", tag)
        if not re.search(r"\s(href|action|formaction)=", tag)
    ]

    assert bare == []


def deepest_if(path: Path) -> int:
    depth = deepest = 0
    for word in re.findall(r"{%\s*(if|endif)\b", without_comments(path)):
        depth += 1 if word == "if" else -1
        deepest = max(depth, deepest)
    return deepest


def test_pages_decide_little() -> None:
    assert [f"{path.relative_to(ROOT)}: {deepest_if(path)}" for path in PAGES if deepest_if(path) > DEEPEST_IF] == []


# -- the French -----------------------------------------------------------------------------------------------------

NBSP = "\u00a0\u202f"
BAD_FRENCH = {
    "no non-breaking space before : ; ! ? »": re.compile(rf"(?<![{NBSP}])(?:[:;!?](?=[\s<]|$)|»)"),
    "no non-breaking space after «": re.compile(rf"«(?![{NBSP}])"),
    "an apostrophe of typewriters, ' for ’": re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])"),
}
FRENCH = re.compile("[àâäçéèêëîïôöùûüœæÀÂÇÉÈÊËÎÏÔŒÙÛÜ«»’]")


def faults(text: str) -> list[str]:
    return [
        f"{fault}, at “{text[max(0, match.start() - 20) : match.end() + 10]}”"
        for fault, sign in BAD_FRENCH.items()
        for match in sign.finditer(text)
    ]


def literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each literal but docstrings; what an f-string interpolates reads “x”."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            inside.add(id(body[0].value))
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            yield (
                node.lineno,
                "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.lineno, node.value


def test_french_in_code_is_typeset() -> None:
    """A literal is French when it holds an accent, a guillemet or ’; English ones word it without, or with NBSP."""
    mistakes = [
        f"{path.relative_to(ROOT)}:{line}: {fault}"
        for path in python_files(*APPS)
        for line, text in literals(ast.parse(path.read_text()))
        if FRENCH.search(text) and "\\" not in text  # a pattern is no sentence
        for fault in faults(text)
    ]

    assert mistakes == []


def test_french_in_templates_is_typeset() -> None:
    """Texts, attributes and arguments alike; `&nbsp;` is as good as the character."""
    mistakes = [
        f"{path.relative_to(ROOT)}: {fault}"
        for path in [*TEMPLATES, *sorted((ROOT / "templates").rglob("*.txt"))]
        for line in without_comments(path).splitlines()
        for fault in faults(unescape(line))
    ]

    assert mistakes == []


@pytest.mark.parametrize(
    "text", ["Vraiment ?", "Vraiment?", "à : b", "« oui\u00a0»", "«\u00a0oui »", "l'accès", "d’ici ; là", "là:"]
)
def test_bad_french_is_seen(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    ["Vraiment\u00a0?", "«\u202foui\u202f»", "l’accès\u00a0: 14:30", "https://a.example/?b=é", "{date:%H h}", "é"],
)
def test_good_french_passes(text: str) -> None:
    assert faults(text) == []


# -- the machines ---------------------------------------------------------------------------------------------------


def test_etats_is_drawn_from_the_code() -> None:
    assert (ROOT / "docs" / "etats.md").read_text() == drawing(), "Run `script/manage draw_states`."


def test_states_are_protected_and_moves_have_a_narrow_source() -> None:
    from django_fsm import FSMFieldMixin

    machines = [(m, f) for m in MODELS for f in m._meta.fields if isinstance(f, FSMFieldMixin)]

    assert [f"{model.__name__}.{field.name}" for model, field in machines if not field.protected] == []
    moves = [(model, move) for model, field in machines for move in field.get_all_transitions(model)]
    wide = [f"{model.__name__}.{move.name}" for model, move in moves if move.source in ("*", "+")]
    by_rows = {"DemandeAuGuichet.go_back", "DemandeAuGuichet.move"}  # desk by desk; they refuse what is no row
    assert sorted(wide) == sorted(by_rows)


# -- texts ----------------------------------------------------------------------------------------------------------


def test_each_text_in_the_database_is_of_a_kind_that_refuses() -> None:
    """What is written by hand or by a machine passes the door of its kind; a closed list has its own."""
    doors = (LineField, ParagraphField)
    unkept = [
        f"{model.__name__}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if type(field) in (CharField, TextField) and not field.choices and not isinstance(field, doors)
    ]

    assert unkept == ["Compte.password"]  # a hash, which Django writes


def test_each_text_of_a_form_is_of_a_kind() -> None:
    """A password is kept as it was typed; what is hidden, or signs in, is compared with what is known."""
    kept_as_typed = (forms.PasswordInput, forms.HiddenInput)
    bare = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in every_form()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField) and not isinstance(field.widget, kept_as_typed)
        if type(field).__module__.startswith("django.")
    ]

    assert bare == ["comptes.forms.SignInForm.username"]
    made_while_running = {"LineInput", "IdentifierInput", "Paragraph", "VersionInput"}
    called = {
        ast.unparse(call.func)
        for path in python_files(*FLOORS)
        if "forms" in str(path.relative_to(ROOT)) and path.name != "texts.py"
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
    }
    assert made_while_running & called
    assert not {"forms.EmailField", "forms.SlugField", "forms.URLField", "forms.RegexField"} & called


def every_form() -> list[type[forms.BaseForm]]:
    """Every form of the floors, once their modules are read."""
    for path in python_files(*FLOORS):
        if "forms" in path.relative_to(ROOT).parts:
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    every, left = [], [forms.BaseForm]
    while left:
        for form in left.pop().__subclasses__():
            left.append(form)
            if form.__module__.partition(".")[0] in FLOORS:
                every.append(form)
    return sorted(set(every), key=lambda form: f"{form.__module__}.{form.__name__}")


# -- the two tiers of tests -----------------------------------------------------------------------------------------


LONG = re.compile(r"pytest\.mark\.long(?:\((?P<tests>[^)]*)\))?")


def test_each_long_test_names_what_covers_it_in_the_tier_of_each_commit() -> None:
    """`@pytest.mark.long("tests/…/test_it.py::test_it")`: a test that exists, and that is not long itself."""
    marks = [
        (path, re.findall(r'"([^"]+)"', mark["tests"] or ""))
        for path in python_files("tests")
        if path != Path(__file__)
        for mark in LONG.finditer(path.read_text())
    ]

    assert named([path for path, covering in marks if not covering]) == []
    assert {test for _, covering in marks for test in covering if not is_quick(*test.split("::"))} == set()


def is_quick(file: str, name: str) -> bool:
    text = (ROOT / file).read_text()
    long = rf"^(pytestmark = {LONG.pattern}|@{LONG.pattern.replace('tests', 'of')}\n(@.*\n|    .*\n|\)\n)*def {name}\()"
    return re.search(rf"^def {name}\(", text, re.MULTILINE) is not None and re.search(long, text, re.MULTILINE) is None
