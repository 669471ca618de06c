"""The browser without JavaScript of `checks`: what it sends with a form."""

from lxml import html

from checks.person import Form

PAGE = """
<body>
  <input type="checkbox" name="lu" value="proxy" form="soumission" checked>
  <input type="checkbox" name="lu" value="noms" form="soumission">
  <form id="soumission" method="post">
    <input type="hidden" name="jeton" value="1">
    <input name="elsewhere" value="x" form="autre">
    <button>Soumettre</button>
  </form>
  <form id="autre"><input name="own" value="y"></form>
</body>
"""


def test_a_form_counts_the_controls_that_name_it_and_those_it_holds_alone() -> None:
    first, other = (Form(element) for element in html.document_fromstring(PAGE).forms)

    assert first.as_shown() == {"jeton": ["1"], "lu": ["proxy"]}
    assert [control.value for control in first.controls if control.name == "lu"] == ["proxy", "noms"]
    assert other.as_shown() == {"own": ["y"], "elsewhere": ["x"]}
