"""What a browser would send of a page's form: every control, with what it holds."""

from html.parser import HTMLParser

Typed = list[tuple[str, str]]


def typed_in(content: bytes) -> Typed:
    """Return the controls of the form that saves itself (`hx-post`), in their order; files are left out."""
    reader = _Reader()
    reader.feed(content.decode())
    return reader.typed


def typing(typed: Typed, **values: str) -> Typed:
    """Return the same controls with other values; a control that was not sent is added."""
    return [*((name, value) for name, value in typed if name not in values), *values.items()]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.typed: Typed = []
        self.reads = False
        self.select = self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.reads = "hx-post" in given
        elif self.reads and "disabled" not in given:
            if tag == "input" and name and _is_sent(given):
                self.typed.append((name, given.get("value", "")))
            elif tag == "select":
                self.select = name
            elif tag == "option" and self.select:
                self._choose(given)
            elif tag == "textarea":
                self.typed.append((name, ""))
                self.text = name

    def _choose(self, option: dict[str, str]) -> None:
        """Send the option that is selected; the first when none is."""
        chosen = (self.select, option.get("value", ""))
        if self.select not in dict(self.typed):
            self.typed.append(chosen)
        elif "selected" in option:
            self.typed = typing(self.typed, **dict([chosen]))

    def handle_data(self, data: str) -> None:
        if self.text:
            name, before = self.typed.pop()
            self.typed.append((name, before + data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.reads = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.text:
            name, value = self.typed.pop()
            self.typed.append((name, value.removeprefix("\n")))
            self.text = ""


def _is_sent(given: dict[str, str]) -> bool:
    kind = given.get("type", "text")
    return "checked" in given if kind in ("radio", "checkbox") else kind not in ("file", "submit", "button", "image")
