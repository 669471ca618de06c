"""Mutation testing of the rules, by mutmut. Called by script/audit.

The files that are changed, and the tests that must notice, are in pyproject.toml, `[tool.mutmut]`. No service runs: the
addresses below lead nowhere, so that a test that asks for the database fails instead of slowing a thousand runs.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import environment

ANSWERS = environment.ROOT / "tests" / "mutants.toml"
SETTINGS = "pyproject.toml"
# The exit codes that mutmut notes for a change that no test saw, and for one that no test ran.
SURVIVED, UNTESTED = 0, 33
NOWHERE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing", "REDIS_URL": "redis://127.0.0.1:1/0"}
# A program that prints the diff of each change whose name it is given.
SHOW = """
import json, sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
print(json.dumps({key: get_diff_for_mutant(key) for key in sys.argv[1:]}))
"""


@dataclass(frozen=True)
class Outcome:
    """The result for one file.

    :param made: how many changes were made
    :param killed: how many a test saw
    :param answered: how many no test saw, and tests/mutants.toml explains
    :param open: the others, described
    """

    file: str
    made: int
    killed: int
    answered: int
    open: tuple[str, ...]


def mutation(folder: Path) -> tuple[int, list[Outcome]]:
    """Change every rule that pyproject.toml names, in a copy of the tree.

    :return: the exit code, 0 when each change is seen by a test or answered, and the outcome of each file
    """
    tree = folder / "tree"
    copy_of_the_tree(tree)
    chosen = tomllib.loads((tree / SETTINGS).read_text())["tool"]["mutmut"]["only_mutate"]
    for name in chosen:
        (tree / name).write_text(with_plain_properties((tree / name).read_text()))
    argv = [environment.VENV / "bin" / "mutmut", "run", "--max-children", str(os.cpu_count())]
    env = {**os.environ, **NOWHERE, "PATH": f"{environment.VENV / 'bin'}:{os.environ['PATH']}"}
    if subprocess.run(argv, cwd=tree, env=env, check=False).returncode:
        return 1, []
    answers = Answers()
    outcomes = [outcome(tree, name, answers) for name in chosen]
    for unread in answers.unread():
        print(f"tests/mutants.toml answers a change that a test sees, or that is not made any more: {unread}")
    for seen in outcomes:
        print("\n".join(seen.open))
        print(f"{seen.file}: {seen.made} changes, {seen.killed} seen, {seen.answered} answered")
    return int(any(seen.open for seen in outcomes) or bool(answers.unread())), outcomes


def copy_of_the_tree(tree: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=environment.ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (environment.ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(environment.ROOT / name, tree / name)


def with_plain_properties(source: str) -> str:
    """Rewrite each `@property` as a function and `name = property(name)`: mutmut changes no decorated function."""
    lines = source.splitlines()
    properties = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
        if [ast.unparse(decorator) for decorator in node.decorator_list] == ["property"]
    ]
    for node in sorted(properties, key=lambda node: node.lineno, reverse=True):
        lines.insert(node.end_lineno, f"{' ' * node.col_offset}{node.name} = property({node.name})")
        del lines[node.decorator_list[0].lineno - 1]
    return "\n".join(lines) + "\n"


class Answers:
    """The answers of tests/mutants.toml: the changes that no test sees because they change no result."""

    def __init__(self) -> None:
        held = tomllib.loads(ANSWERS.read_text()) if ANSWERS.exists() else {}
        self.left = Counter(
            (function, change["was"], change["is"])
            for function, changes in held.items()
            for change in changes
            for _ in range(change.get("times", 1))
        )

    def take(self, function: str, was: str, now: str) -> bool:
        if self.left[function, was, now] < 1:
            return False
        self.left[function, was, now] -= 1
        return True

    def unread(self) -> list[str]:
        return [f"{function}: {was} → {now}" for (function, was, now), count in self.left.items() if count]


def outcome(tree: Path, name: str, answers: Answers) -> Outcome:
    codes = json.loads((tree / "mutants" / f"{name}.meta").read_text())["exit_code_by_key"]
    unseen = [key for key, code in codes.items() if code in (SURVIVED, UNTESTED)]
    left, answered = [], 0
    for key, (was, now) in changes(tree, unseen).items():
        function = function_of(key)
        if answers.take(function, was, now):
            answered += 1
        else:
            title = "untested" if codes[key] == UNTESTED else "unseen"
            left.append(f"{title}  {function}\n    was: {was}\n    is:  {now}")
    return Outcome(name, len(codes), len(codes) - len(unseen), answered, tuple(left))


def changes(tree: Path, keys: list[str]) -> dict[str, tuple[str, str]]:
    """Return, for each change, the lines that it replaces and the lines that it writes."""
    argv = [environment.PYTHON, "-c", SHOW, *keys]
    shown = subprocess.run(argv, cwd=tree, check=True, capture_output=True, text=True).stdout
    return {key: (lines_with("-", diff), lines_with("+", diff)) for key, diff in json.loads(shown).items()}


def lines_with(sign: str, diff: str) -> str:
    lines = [line for line in diff.splitlines() if line.startswith(sign) and not line.startswith(sign * 3)]
    return " ".join(line[1:].strip() for line in lines)


def function_of(key: str) -> str:
    """Return the function of a change, from mutmut's name: `x_late__mutmut_3`, `xǁDeadlineǁis_met__mutmut_1`."""
    module, _, mangled = key.rpartition(".")
    return f"{module}.{mangled.rpartition('__mutmut_')[0].removeprefix('xǁ').removeprefix('x_').replace('ǁ', '.')}"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    sys.exit(mutation(target)[0])
