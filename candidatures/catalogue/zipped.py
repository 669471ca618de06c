"""What the names of the entries of a ZIP tell, whoever wrote them."""

_WITH_MACROS = (".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".xlsb", ".pptm", ".potm", ".ppsm")


def inside(entry: str) -> str:
    """Return the name of an entry as they are compared: some tools write it the Windows way, or from a root."""
    return entry.casefold().replace("\\", "/").lstrip("/")


def is_a_macro(entry: str) -> bool:
    """Whether an entry of an Office or OpenDocument file holds a macro.

    OpenDocument lists its libraries (`script-lc.xml`, `script-lb.xml`) even when there is nothing in them.
    """
    name = inside(entry)
    folder, _, file = name.rpartition("/")
    if folder.startswith(("basic/", "scripts/")) and file and not file.endswith(("-lb.xml", "-lc.xml")):
        return True
    is_embedded = "/embeddings/" in name and name.endswith(_WITH_MACROS)
    return is_embedded or "vbaproject" in name or name.startswith("xl/macrosheets/")


def tells_of_macros(types: bytes) -> bool:
    """Whether the declared types of an Office or OpenDocument file tell that it holds macros, under any name."""
    lowered = types.lower()
    return any(told in lowered for told in (b"macroenabled", b"vbaproject", b"macrosheet"))
