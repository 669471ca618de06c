"""Send many POST requests to this machine, each at its instant, from a process apart.

Reads `{"port": …, "posts": [{"at", "who", "path", "cookie", "body"}]}` on the standard input, `at` in seconds since
1970; writes one line for each: who, status, seconds.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

THREADS = 400
PATIENCE = 120


def post(port: int, asked: dict[str, object]) -> tuple[str, int, float]:
    time.sleep(max(0.0, float(str(asked["at"])) - time.time()))  # noqa: TID251 -- a crowd has a watch of its own
    began = time.monotonic()
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Cookie": asked["cookie"], "Content-Type": "application/x-www-form-urlencoded", "X-Bench": asked["who"]}
    try:
        connection.request("POST", str(asked["path"]), body=str(asked["body"]), headers=headers)  # type: ignore[arg-type]
        status = connection.getresponse().status
    except OSError:
        status = 0
    finally:
        connection.close()
    return str(asked["who"]), status, time.monotonic() - began


def main() -> None:
    asked = json.load(sys.stdin)
    posts = sorted(asked["posts"], key=lambda wanted: wanted["at"])
    with ThreadPoolExecutor(THREADS) as threads:
        for answer in threads.map(lambda wanted: post(asked["port"], wanted), posts):
            print(*answer)


if __name__ == "__main__":
    main()
