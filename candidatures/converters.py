from candidatures.enums import VoletKind


class VoletConverter:
    """The name of a volet in an address; any other word is a 404."""

    regex = "|".join(VoletKind.values)

    def to_python(self, value: str) -> VoletKind:
        return VoletKind(value)

    def to_url(self, value: str) -> str:
        return VoletKind(value).value
