#!/usr/bin/env python3
"""Open a large video as the effect does: how long, beside reading its bytes once; how much memory its process takes."""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import av
from PIL import Image

from bench import surroundings
from bench.harness import Line, Report, judge, table

RESULTS = Path(__file__).with_name("resultats") / "sondes.md"
CHILD = Path(__file__).parents[1] / "preuves" / "connectors" / "probe_child.py"
MEGABYTE = 1024 * 1024
LONGEST, LARGEST = 10, 150
WIDTH, HEIGHT, RATE, SECONDS = 1280, 720, 25, 1

surroundings.DATABASE = "portail_bench_sondes"

KINDS = {
    "MP4, H.264, what a reader needs first": ("libx264", "mp4", {"movflags": "faststart"}),
    "MP4, H.264, what a reader needs last": ("libx264", "mp4", {}),
    "WebM, VP8, without its length nor its index": ("libvpx", "webm", {"live": "1"}),
}


def main(arguments: list[str]) -> int:
    return judge(measure, arguments, doc=__doc__, results=RESULTS, megabytes=499)


def measure(options: argparse.Namespace) -> Report:
    about = [
        f"A video of {options.megabytes} MB, 720p, opened in a process of its own, with its limits.",
        "The reference reads the same bytes once.",
    ]
    with surroundings.Surroundings() as around:
        lines = [line for kind in KINDS for line in _lines(kind, around.folder, options.megabytes * MEGABYTE)]
        return table("Opening a large video", about, lines, made_by="bench.sondes")


def _lines(kind: str, folder: Path, size: int) -> Iterator[Line]:
    file = folder / "video"
    codec, container, options = KINDS[kind]
    make_video(file, size, codec=codec, container=container, options=options)
    os.sync()
    reference = _read_once(file)
    seconds, memory, fault = _looked_at(file)
    yield Line(f"{kind}: seconds, ≤ {LONGEST}", f"{seconds:.2f}", seconds <= LONGEST)
    yield Line("× reading it once", f"{seconds / reference:.2f}")
    yield Line(f"memory of the process, MB, ≤ {LARGEST}", f"{memory:.0f}", memory <= LARGEST)
    yield Line("found", fault or "opens", not fault)
    file.unlink()


def make_video(file: Path, size: int, *, codec: str, container: str, options: dict[str, str]) -> None:
    """Write a video of about that size: one second of noise, encoded once and repeated."""
    chance, length = random.Random(1), 0
    with av.open(str(file), "w", format=container, options=options) as out:
        stream = out.add_stream(codec, rate=RATE)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = WIDTH, HEIGHT, "yuv420p", 32_000_000
        stream.options = {"preset": "ultrafast", "bf": "0"} if codec == "libx264" else {"deadline": "realtime"}
        packets = []
        for _ in range(RATE * SECONDS):
            drawn = Image.frombytes("RGB", (WIDTH // 4, HEIGHT // 4), chance.randbytes(WIDTH * HEIGHT * 3 // 16))
            picture = drawn.resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)
            packets += stream.encode(av.VideoFrame.from_image(picture))
        packets += stream.encode(None)
        contents = [(bytes(packet), packet.is_keyframe) for packet in packets]
        number = 0
        while length < size - len(contents[0][0]):
            content, is_keyframe = contents[number % len(contents)]
            packet = av.Packet(content)
            packet.stream, packet.is_keyframe = stream, is_keyframe
            packet.time_base = packets[0].time_base
            packet.pts = packet.dts = round(number / RATE / packet.time_base)
            packet.duration = round(1 / RATE / packet.time_base)
            out.mux(packet)
            length, number = length + len(content), number + 1


def _read_once(file: Path) -> float:
    began = time.perf_counter()
    with file.open("rb") as content:
        while content.read(MEGABYTE):
            pass
    return time.perf_counter() - began


def _looked_at(file: Path) -> tuple[float, float, str]:
    """Return how long it took, the most memory that the process held, in MB, and what was found."""
    began = time.perf_counter()
    argv = [sys.executable, "-I", str(CHILD), "look", "video", str(file), "60"]
    memory = 0.0
    with subprocess.Popen(argv, env={}, stdout=subprocess.PIPE) as process:
        while process.poll() is None:
            memory = max(memory, _peak_of(process.pid))
            time.sleep(0.005)
        taken = time.perf_counter() - began
        assert process.stdout is not None
        answer = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"the process ended with {process.returncode}")
    return taken, memory, json.loads(answer)["fault"]


def _peak_of(pid: int) -> float:
    """Return the most memory that a process held since it began its program, in MB; 0 once it is over."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
