"""A crowd of sessions that post, each at its instant; a process of its own, to this machine only, bounded in time.

Reads on its standard input `{"port": …, "posts": [{"at", "who", "path", "cookie", "body"}]}`, instants in seconds since
1970; writes one line a post: who, status, seconds.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

THREADS = 400
PATIENCE = 120


def post(port: int, one: dict[str, object]) -> tuple[str, int, float]:
    time.sleep(max(0.0, float(str(one["at"])) - time.time()))  # noqa: TID251 -- a crowd has a watch of its own
    began = time.monotonic()
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Cookie": one["cookie"], "Content-Type": "application/x-www-form-urlencoded", "X-Bench": one["who"]}
    try:
        connection.request("POST", str(one["path"]), body=str(one["body"]), headers=headers)  # type: ignore[arg-type]
        status = connection.getresponse().status
    except OSError:
        status = 0
    finally:
        connection.close()
    return str(one["who"]), status, time.monotonic() - began


def main() -> None:
    asked = json.load(sys.stdin)
    posts = sorted(asked["posts"], key=lambda one: one["at"])
    with ThreadPoolExecutor(THREADS) as threads:
        for found in threads.map(lambda one: post(asked["port"], one), posts):
            print(*found)


if __name__ == "__main__":
    main()
