from guichets.enums import Panne

LONGEST_DETAIL = 300


class DeskUnreachable(Exception):
    """A desk gave no snapshot; the only error of a connector.

    :ivar kind: which failure
    :ivar detail: one French sentence for the ANS, without secrets or personal data, 300 characters at most
    :ivar retry_after: seconds that the desk asks to wait, when it throttles and says so
    :ivar passing: whether the same request may succeed a moment later
    :ivar ours: whether the fault is ours: the desk was not asked, or we had no connection left
    """

    def __init__(
        self, kind: Panne, detail: str, *, retry_after: float | None = None, passing: bool = False, ours: bool = False
    ) -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail[:LONGEST_DETAIL]
        self.retry_after = retry_after
        self.passing = passing
        self.ours = ours

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"
