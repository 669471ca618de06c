"""A text counts alike in the browser and on the server, whatever is pasted into it."""

from random import Random

from playwright.sync_api import Page, expect

from comptes.rules.texts import paragraph

SIGNS = [
    *"ab \t\n\r\v\f1#*éà«»’…–",
    *"\u0301\u0300\u00a0\u202f\u2003\u3000\u2028\u2029\u200b\u200c\u200d\u00ad\ufeff\u200e\u200f\u202e\u2066\u2060",
    *"\u034f\u3164\u2800\ufffe\ufdd0\ufff9\ue000\uf0b7\x07\x1b\x1c\x1f\x85\x81\x92\x9f",
    *"😀👨👩👧🏽❤♀🏴☎\ufe0f\ufe0e\u20e3",
    *"\U000e0067\U000e0062\U000e007f\U000e0101\u0627\u06cc\u0915\u0600\u0958\u212b\U0001d15e",
    "👨\u200d👩\u200d👧",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "\r\n",
]


def pasted(count: int) -> list[str]:
    """So many texts, the same at each run, of signs that change what stands beside them."""
    dice = Random(50)
    return ["".join(dice.choices(SIGNS, k=dice.randint(0, 14))) for _ in range(count)]


def test_browser_and_server_count_alike(desktop: Page) -> None:
    desktop.goto("/connexion/")
    desktop.wait_for_function("typeof window.charactersIn === 'function'")
    given = ["a\r\n" * 1000, "😀" * 2000, "e\u0301" * 2000, *pasted(4000)]

    counts = desktop.evaluate("texts => texts.map(window.charactersIn)", given)

    expected = [len(paragraph(text)) for text in given]
    apart = [(text, here, there) for text, here, there in zip(given, expected, counts, strict=True) if here != there]
    assert apart[:5] == []


def test_what_is_too_long_is_said_and_never_cut(desktop: Page) -> None:
    desktop.add_init_script(  # once the page is read, and before its own scripts
        """document.addEventListener("readystatechange", () => {
          if (document.readyState !== "interactive") return;
          const area = document.createElement("textarea");
          area.dataset.longest = "2000";
          document.querySelector("form").append(area);
        });"""
    )
    desktop.goto("/connexion/")
    area, counter = desktop.locator("textarea"), desktop.locator(".ps-typed")
    for typed, count in (("😀" * 2000, "2\u202f000"), ("a\n" * 1000 + "b", "2\u202f001")):
        expect(counter).to_be_visible()
        area.fill(typed)
        expect(counter).to_have_text(f"{count} sur 2\u202f000 caractères")
        assert area.input_value() == typed
    assert "2\u202f001 caractères\u00a0: 2\u202f000 au plus" in area.evaluate("area => area.validationMessage")
