"""A large body is taken from the server by large parts, and comes out the same."""

from io import BytesIO

import pytest

from segur_portal.bodies import LARGE, LargeReads, read_large_bodies_by_large_parts

CONTENT = bytes(range(256)) * 40_000


@pytest.mark.parametrize("size", [1000, 65_536, LARGE, LARGE + 1, 2 * LARGE, len(CONTENT) + 1])
def test_body_is_the_same_whatever_is_asked_at_once(size: int) -> None:
    body = LargeReads(BytesIO(CONTENT))
    parts = list(iter(lambda: body.read(size), b""))

    assert b"".join(parts) == CONTENT
    assert {len(part) for part in parts[:-1]} <= {size}


def test_body_is_read_by_lines_too() -> None:
    body = LargeReads(BytesIO(b"un\ndeux\ntrois"))

    assert [body.readline(), body.readline(2), body.readline(), body.readline(), body.readline()] == [
        b"un\n",
        b"de",
        b"ux\n",
        b"trois",
        b"",
    ]


@pytest.mark.parametrize(("length", "large"), [("", False), ("10", False), (str(LARGE), False), (str(LARGE + 1), True)])
def test_only_a_large_body_is_held(length: str, large: bool) -> None:
    seen = []
    application = read_large_bodies_by_large_parts(lambda environ, start: seen.append(environ["wsgi.input"]) or [])
    application({"CONTENT_LENGTH": length, "wsgi.input": BytesIO()}, None)

    assert isinstance(seen[0], LargeReads) is large
