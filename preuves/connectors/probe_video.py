"""Whether a video opens, and whether a browser plays it. Run by `probe_child`, in its process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from preuves.connectors.faults import Fault

# What the browsers of today play, whatever the system.
PLAYED = {
    "mp4": {"video": {"h264", "av1", "vp9"}, "audio": {"aac", "mp3", "opus", "flac"}},
    "webm": {"video": {"vp8", "vp9", "av1"}, "audio": {"opus", "vorbis"}},
}
PLAYED_PIXELS = {"h264": {"yuv420p", "yuvj420p"}}
LARGEST_SIDE = 8192
TOLERANCE = 3.0
"""In seconds: how much earlier than it says a video may end. A sound often lasts longer than the image."""


def look(file: str) -> dict[str, Any]:
    """Open a video, decode its first image and its last whole one, and say what it is.

    :raises Fault: when it is broken, cut, has no image, or is of a codec that browsers do not play
    """
    try:
        with av.open(file, options={"probesize": "10000000"}) as container:
            facts = _looked_at(container)
    except (av.FFmpegError, ValueError, EOFError, OverflowError, ZeroDivisionError):
        raise Fault("video_broken") from None
    if is_cut(Path(file)) or is_cut_webm(Path(file)):
        raise Fault("video_cut_short", **facts)
    return facts


def is_cut(file: Path) -> bool:
    """Say whether an MP4 ends before one of its boxes: each announces its length."""
    size, at = file.stat().st_size, 0
    with file.open("rb") as content:
        if content.read(8)[4:] != b"ftyp":
            return False
        while at + 8 <= size:
            content.seek(at)
            head = content.read(16)
            length = int.from_bytes(head[:4], "big")
            length = int.from_bytes(head[8:16], "big") if length == 1 else length
            if length < 8 or not head[4:8].isalnum():  # to the end of the file, or bytes that are no box
                return False
            at += length
    return at > size


def is_cut_webm(file: Path) -> bool:
    """Say whether a WebM ends before its segment, which announces its length unless it was recorded live (RFC 8794)."""
    with file.open("rb") as content:
        head = content.read(4096)
    if not head.startswith(b"\x1aE\xdf\xa3"):
        return False
    start = head.find(b"\x18S\x80g", 4)
    if start < 0 or start + 12 > len(head):
        return False
    first = head[start + 4]
    width = 9 - first.bit_length() if first else 9
    if width > 8:
        return False
    bits = 7 * width
    length = int.from_bytes(head[start + 4 : start + 4 + width], "big") & ((1 << bits) - 1)
    return length != (1 << bits) - 1 and start + 4 + width + length > file.stat().st_size


def _looked_at(container: InputContainer) -> dict[str, Any]:
    filmed = [stream for stream in container.streams.video if not is_a_cover(stream)]
    if not filmed:
        raise Fault("video_sound_only" if container.streams.audio else "video_broken")
    stream = filmed[0]
    stream.thread_count = 1
    facts = facts_of(container, stream)
    if max(stream.width, stream.height) > LARGEST_SIDE or not stream.width:
        raise Fault("video_huge" if stream.width else "video_broken", **facts)
    first, frame = _first_image(container, stream)
    if frame.rotation % 180:
        facts["width"], facts["height"] = facts["height"], facts["width"]
    ends = _last_instant(container, stream, first)
    if facts["seconds"] and ends < facts["seconds"] - max(TOLERANCE, facts["seconds"] * 0.02):
        raise Fault("video_cut", **facts, ends=round(ends))
    facts["seconds"] = facts["seconds"] or round(ends, 1)
    played = PLAYED["webm" if "webm" in container.format.name else "mp4"]
    codec, pixels = facts["codec"], stream.codec_context.pix_fmt
    if codec not in played["video"] or pixels not in PLAYED_PIXELS.get(codec, {pixels}):
        raise Fault("video_to_copy", **facts)
    if sound := next((name for name in map(name_of, container.streams.audio) if name not in played["audio"]), ""):
        raise Fault("sound_to_copy", **{**facts, "codec": sound})
    return facts


def facts_of(container: InputContainer, stream: VideoStream) -> dict[str, Any]:
    length = stream.duration * stream.time_base if stream.duration and stream.time_base else None
    seconds = float(length) if length else (container.duration or 0) / av.time_base
    return {
        "codec": name_of(stream),
        "seconds": round(seconds, 1),
        "width": stream.width,
        "height": stream.height,
    }


def is_a_cover(stream: VideoStream) -> bool:
    """Whether a stream is only the picture of a sound, as that of an album."""
    return bool(stream.disposition & Disposition.attached_pic)


def name_of(stream: VideoStream | AudioStream) -> str:
    """Name a codec, and not which of its decoders is used."""
    return str(stream.codec_context.codec.canonical_name)


def _first_image(container: InputContainer, stream: VideoStream) -> tuple[Packet[VideoStream], VideoFrame]:
    """Return the first part that holds a whole image, and that image.

    :raises Fault: when no image can be decoded
    """
    first: Packet[VideoStream] | None = None
    for packet in container.demux(stream):
        if first is None and packet.is_keyframe:
            first = packet
        for frame in packet.decode():
            return first or packet, frame
    raise Fault("video_broken")


def _last_instant(container: InputContainer, stream: VideoStream, first: Packet[VideoStream]) -> float:
    """Go near the end, decode the last whole image, and return the instant of the last part, in seconds.

    A recording that does not say how long it is has no index either: it is read through, without being decoded.

    :param first: the part of the first whole image, which may be the only one of a short recording
    """
    began = float((stream.start_time or 0) * stream.time_base) if stream.time_base else 0.0
    if container.duration:
        container.seek(max(0, container.duration - 2 * av.time_base), backward=True)
    last, whole = 0.0, None if container.duration else first
    for packet in container.demux(stream):
        if packet.is_corrupt or packet.pts is None or packet.time_base is None:
            continue
        last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        if packet.is_keyframe or whole is None:
            whole = packet
    stream.codec_context.flush_buffers()
    if whole is None or not [*whole.decode(), *stream.codec_context.decode(None)]:
        raise Fault("video_broken")
    return last - began
