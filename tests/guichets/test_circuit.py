"""The circuit breaker of a desk, in a real Redis, shared by workers that never met."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings as portal
from redis import Redis

from guichets.connectors.circuit import Circuit
from guichets.connectors.client import Retries
from guichets.connectors.errors import DeskUnreachable
from guichets.enums import Contrat, Panne
from tests.guichets.desks import AT, HURRIED, Socket, client, http

BRIEFLY = timedelta(milliseconds=80)
LONG = timedelta(minutes=5)
Make = Callable[..., Circuit]


@pytest.fixture
def make() -> Iterator[Make]:
    """Build circuits of one desk, each with its own connection, as workers do."""
    name = f"essai-{uuid4()}"
    opened: list[Redis] = []

    def build(**more: object) -> Circuit:
        opened.append(Redis.from_url(portal.REDIS_URL))
        given: dict[str, object] = {"threshold": 3, "rest": LONG, "probe": LONG, "window": LONG, "name": name}
        return Circuit(opened[-1], **given | more)  # type: ignore[arg-type]  # what a test changes

    yield build
    build().reset()
    for redis in opened:
        redis.close()


def fail(circuit: Circuit, times: int) -> None:
    for _ in range(times):
        assert circuit.admit()
        circuit.failed()


def test_circuit_opens_for_every_worker_at_the_threshold(make: Make) -> None:
    here, there = make(), make()
    fail(here, 1)
    fail(there, 1)
    assert (here.state().name, here.state().failures) == ("closed", 2)
    fail(here, 1)

    assert (here.admit(), there.admit()) == (False, False)
    assert (here.is_closed(), there.is_closed()) == (False, False)
    assert there.state().name == "open"
    assert timedelta(minutes=4) < there.state().rest <= LONG


def test_one_success_between_failures_keeps_it_closed(make: Make) -> None:
    circuit = make()
    for _ in range(5):
        fail(circuit, 2)
        circuit.succeeded()

    assert circuit.state().name == "closed"
    assert circuit.state().failures == 0


def test_failures_far_apart_are_not_in_a_row(make: Make, wait_until: Callable[..., None]) -> None:
    circuit = make(window=BRIEFLY)
    for _ in range(3):
        fail(circuit, 2)
        wait_until(lambda: circuit.state().failures == 0)

    assert circuit.state().name == "closed"


def test_desks_have_each_their_own(make: Make) -> None:
    other = make(name=f"autre-{uuid4()}")
    fail(make(), 3)

    assert other.admit()


def test_after_the_rest_one_alone_tries(make: Make, wait_until: Callable[..., None]) -> None:
    workers = [make(rest=BRIEFLY) for _ in range(12)]
    fail(workers[0], 3)
    wait_until(lambda: workers[0].state().name == "half_open")
    together = threading.Barrier(len(workers))
    admitted: list[bool] = []

    def knock(circuit: Circuit) -> None:
        together.wait()
        admitted.extend(circuit.admit() for _ in range(20))

    threads = [threading.Thread(target=knock, args=[circuit]) for circuit in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(admitted) == 240
    assert admitted.count(True) == 1


def test_probe_that_succeeds_closes_for_all(make: Make, wait_until: Callable[..., None]) -> None:
    here, there = make(rest=BRIEFLY), make()
    fail(here, 3)
    wait_until(here.admit)
    assert not there.admit()
    here.succeeded()

    assert [there.admit() for _ in range(5)] == [True] * 5
    assert there.state() == here.state()
    assert there.state().name == "closed"


def test_probe_that_fails_opens_at_once(make: Make, wait_until: Callable[..., None]) -> None:
    circuit = make(rest=BRIEFLY)
    fail(circuit, 3)
    wait_until(circuit.admit)
    make(rest=LONG).failed()

    assert circuit.state().name == "open"
    assert not circuit.admit()


def test_probe_that_never_comes_back_leaves_its_place(make: Make, wait_until: Callable[..., None]) -> None:
    circuit = make(rest=BRIEFLY, probe=timedelta(milliseconds=120))
    fail(circuit, 3)
    wait_until(circuit.admit)
    assert not circuit.admit()

    wait_until(circuit.admit)


def test_late_answers_of_before_change_nothing(make: Make) -> None:
    """They were under way when the circuit opened."""
    circuit = make()
    fail(circuit, 3)
    rest = circuit.state().rest
    circuit.succeeded()
    circuit.failed()

    assert circuit.state().name == "open"
    assert circuit.state().rest <= rest


def test_reset_closes_it(make: Make) -> None:
    circuit = make()
    fail(circuit, 3)
    circuit.reset()

    assert circuit.admit()
    assert circuit.state().failures == 0


def test_nothing_is_kept_for_ever(make: Make, wait_until: Callable[..., None]) -> None:
    name = f"trace-{uuid4()}"
    circuit = make(name=name, rest=BRIEFLY)
    with closing(Redis.from_url(portal.REDIS_URL, decode_responses=True)) as redis:
        fail(circuit, 1)
        lives = {key: redis.ttl(key) for key in redis.scan_iter(f"*{name}*")}
        fail(circuit, 2)
        lives |= {key: redis.ttl(key) for key in redis.scan_iter(f"*{name}*")}
        wait_until(circuit.admit)
        lives |= {key: redis.ttl(key) for key in redis.scan_iter(f"*{name}*")}
        circuit.reset()

    assert len(lives) == 4
    assert [key for key, life in lives.items() if life < 0] == []


def test_without_redis_the_circuit_is_closed() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    circuit = Circuit.at(f"redis://127.0.0.1:{port}/0", "absent")
    for _ in range(20):
        circuit.failed()
    circuit.succeeded()

    assert circuit.admit()
    assert circuit.is_closed()


def test_another_process_sees_the_same_circuit(make: Make) -> None:
    name = f"partage-{uuid4()}"
    program = (
        "import sys; from redis import Redis; from guichets.connectors.circuit import Circuit\n"
        "circuit = Circuit(Redis.from_url(sys.argv[1]), sys.argv[2], threshold=3)\n"
        "circuit.failed(); circuit.failed(); circuit.failed(); print(circuit.admit())"
    )
    argv = [sys.executable, "-c", program, portal.REDIS_URL, name]
    done = subprocess.run(
        argv, cwd=portal.BASE_DIR, env=os.environ, capture_output=True, text=True, timeout=60, check=True
    )
    circuit = make(name=name)

    assert done.stdout.strip() == "False"
    assert not circuit.admit()
    circuit.reset()


# -- with a client --------------------------------------------------------------------------------------------------


def kinds_of(desk: str, circuit: Circuit, times: int, **more: object) -> list[Panne]:
    kinds = []
    with client(Contrat.CNDA, desk, breaker=circuit, **more) as reader:
        for _ in range(times):
            with pytest.raises(DeskUnreachable) as caught:
                reader.read("N", at=AT)
            kinds.append(caught.value.kind)
    return kinds


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(http("503 X"), Panne.SERVER_ERROR), (http("401 X"), Panne.SERVER_ERROR), (b"", Panne.CUT)],
)
def test_desk_that_is_ill_is_asked_no_more(answer: bytes, kind: Panne, make: Make) -> None:
    with Socket(answer) as desk:
        kinds = kinds_of(desk.address, make(), 6)

    assert kinds == [kind] * 3 + [Panne.CIRCUIT_OPEN] * 3
    assert desk.connections == 3


def test_desk_that_is_slow_is_asked_no_more(make: Make) -> None:
    with Socket(lambda connection: desk.over.wait(5) and None) as desk:
        kinds = kinds_of(desk.address, make(), 4, timeouts=HURRIED)

    assert kinds == [Panne.SLOW] * 3 + [Panne.CIRCUIT_OPEN]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http("404 X", b'{"title": "Not Found", "status": 404}', media_type="application/problem+json"), Panne.UNKNOWN),
        (http("429 X"), Panne.THROTTLED),
        (http("200 OK", b"<html>", media_type="text/html"), Panne.NOT_JSON),
        (http("200 OK", b"{}"), Panne.OTHER_SCHEMA),
        (http("302 X", b"", "Location: /"), Panne.FORBIDDEN_HOST),
    ],
)
def test_desk_that_answers_is_not_ill(answer: bytes, kind: Panne, make: Make) -> None:
    circuit = make()
    with Socket(answer) as desk:
        fail(circuit, 2)
        kinds = kinds_of(desk.address, circuit, 1)
        fail(circuit, 2)
        kinds += kinds_of(desk.address, circuit, 1)

    assert kinds == [kind] * 2
    assert circuit.state().failures == 0


def test_what_was_never_sent_says_nothing_of_the_desk(make: Make) -> None:
    circuit = make()
    fail(circuit, 2)

    kinds = kinds_of("http://127.0.0.1:1", circuit, 5, allowed_hosts=())
    kinds += kinds_of("http://localhost:1", circuit, 5, resolve=lambda host, port: ["10.0.0.1"])

    assert kinds == [Panne.FORBIDDEN_HOST] * 10
    assert circuit.state().failures == 2


def test_retries_stop_when_the_circuit_opens_and_say_why_it_did(make: Make) -> None:
    waits: list[float] = []
    with Socket(http("503 X")) as desk:
        kinds = kinds_of(desk.address, make(), 2, retries=Retries(attempts=10), sleep=waits.append)

    assert kinds == [Panne.SERVER_ERROR, Panne.CIRCUIT_OPEN]
    assert desk.connections == 3
    assert len(waits) == 2


def test_one_desk_that_is_dead_does_not_stop_the_other(make: Make) -> None:
    cnda, edc = make(), make(name=f"edc-{uuid4()}")
    with Socket(http("503 X")) as ill, Socket(http("404 X")) as well:
        assert kinds_of(ill.address, cnda, 4)[-1] is Panne.CIRCUIT_OPEN
        kinds_of(well.address, edc, 4)

    assert well.connections == 4
