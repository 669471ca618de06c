"""The other desks: one file each in `catalogue/guichets/`. No code names a desk."""

from functools import cache
from pathlib import Path

from guichets.enums import Owner

from .reading import GuichetFileError, read_guichet
from .specs import GuichetSpec

FOLDER = Path(__file__).resolve().parents[2] / "catalogue" / "guichets"


def every_guichet() -> tuple[GuichetSpec, ...]:
    """Return every desk, in the order in which an éditeur goes to them."""
    return tuple(_guichets().values())


def spec_of_guichet(code: str) -> GuichetSpec:
    """Return the desk of that code.

    :raises GuichetFileError: when no file has that code
    """
    try:
        return _guichets()[code]
    except KeyError:
        raise GuichetFileError(f"No desk is called {code!r}.") from None


def is_guichet(code: str) -> bool:
    return code in _guichets()


def guichet_of_nature(nature: str) -> GuichetSpec | None:
    """Return the desk that decides on the preuves of that nature; None when no desk does."""
    return next((spec for spec in every_guichet() if nature and spec.nature == nature), None)


def owner_of_value(value: str) -> Owner:
    """Return the owner that a stored value names: a side of the portal, or a desk."""
    sides = {side.value: side for side in (Owner.EDITEUR, Owner.ANS)}
    return sides[value] if value in sides else spec_of_guichet(value).owner


def every_owner() -> tuple[Owner, ...]:
    return (Owner.EDITEUR, Owner.ANS, *(spec.owner for spec in every_guichet()))


def read_folder(folder: Path) -> dict[str, GuichetSpec]:
    """Read every desk of a folder.

    :raises GuichetFileError: naming the file that is wrong, or the desk that a file names and that has no file
    """
    specs = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            spec = read_guichet(path.read_text(encoding="utf-8"))
        except GuichetFileError as error:
            raise GuichetFileError(f"{path.name}: {error}") from None
        if spec.code != path.stem:
            raise GuichetFileError(f"{path.name}: the code must be {path.stem!r}, as the file is called.")
        specs[spec.code] = spec
    for spec in specs.values():
        if unknown := [code for code in spec.apres if code not in specs]:
            raise GuichetFileError(f"{spec.code}.toml: it waits for {unknown[0]!r}, which is no desk.")
    return dict(sorted(specs.items(), key=lambda item: (item[1].rank, item[0])))


@cache
def _guichets() -> dict[str, GuichetSpec]:
    return read_folder(FOLDER)
