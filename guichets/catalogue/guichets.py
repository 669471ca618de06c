"""The other desks: one file each in `catalogue/guichets/`. No code knows one by its name."""

from functools import cache
from pathlib import Path

from guichets.enums import Owner

from .reading import GuichetFileError, read_guichet
from .specs import GuichetSpec

FOLDER = Path(__file__).resolve().parents[2] / "catalogue" / "guichets"


def every_guichet() -> tuple[GuichetSpec, ...]:
    """Return every desk, in the order in which they are gone through."""
    return tuple(_guichets().values())


def spec_of_guichet(code: str) -> GuichetSpec:
    """Return the desk of that code.

    :raises GuichetFileError: when no file says anything of it
    """
    try:
        return _guichets()[code]
    except KeyError:
        raise GuichetFileError(f"No desk is called {code!r}.") from None


def is_guichet(code: str) -> bool:
    return code in _guichets()


def guichet_of_nature(nature: str) -> GuichetSpec | None:
    """Return the desk that decides of what is deposited as a preuve of that nature, if there is one."""
    return next((one for one in every_guichet() if nature and one.nature == nature), None)


def owner_of_value(value: str) -> Owner:
    """Return who a stored value names: a side of the portal, or a desk."""
    sides = {one.value: one for one in (Owner.EDITEUR, Owner.ANS)}
    return sides[value] if value in sides else spec_of_guichet(value).owner


def every_owner() -> tuple[Owner, ...]:
    return (Owner.EDITEUR, Owner.ANS, *(one.owner for one in every_guichet()))


def read_folder(folder: Path) -> dict[str, GuichetSpec]:
    """Read every desk of a folder.

    :raises GuichetFileError: naming the file that is wrong, or what two of them contradict each other about
    """
    found = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            spec = read_guichet(path.read_text(encoding="utf-8"))
        except GuichetFileError as error:
            raise GuichetFileError(f"{path.name}: {error}") from None
        if spec.code != path.stem:
            raise GuichetFileError(f"{path.name}: the code must be {path.stem!r}, as the file is called.")
        found[spec.code] = spec
    for spec in found.values():
        if unknown := [code for code in spec.apres if code not in found]:
            raise GuichetFileError(f"{spec.code}.toml: it waits for {unknown[0]!r}, which is no desk.")
    return dict(sorted(found.items(), key=lambda item: (item[1].rank, item[0])))


@cache
def _guichets() -> dict[str, GuichetSpec]:
    return read_folder(FOLDER)
