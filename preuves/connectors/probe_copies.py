"""Copies that a browser shows: a video as WebM (VP9, Opus), a photo as JPEG. Run by `probe_child`, in its process."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import av

from preuves.connectors.faults import Fault
from preuves.connectors.probe_video import is_a_cover

WIDEST, RATE = 1280, 15
"""A copy is for reading: 720p at most, and fifteen images a second show what a person does on a screen."""

# By how much a file says to turn its images, counter-clockwise: the filters that do it.
_STEPS = {270: (("transpose", "clock"),), 90: (("transpose", "cclock"),), 180: (("hflip",), ("vflip",))}


def video(file: str, to: str) -> dict[str, Any]:
    """Write a video as WebM.

    :raises Fault: when it cannot be decoded to its end
    """
    try:
        with av.open(file) as source:
            degrees = next((frame.rotation for frame in source.decode(_film(source))), 0)
        with av.open(file) as source, av.open(to, "w", format="webm") as copy:
            return _converted(source, copy, degrees)
    except (av.FFmpegError, ValueError, EOFError, OverflowError, ZeroDivisionError):
        raise Fault("video_broken") from None


class _Turn:
    """Turns images as a reader would: a telephone held upright films lying images, and says how to turn them."""

    def __init__(self, degrees: int, width: int, height: int) -> None:
        """:param degrees: counter-clockwise, as the file says"""
        steps = _STEPS.get(degrees % 360, ())
        self.graph = av.filter.Graph() if steps else None
        if self.graph:
            pixels = av.VideoFormat("yuv420p", width, height)
            buffer = self.graph.add_buffer(width=width, height=height, format=pixels, time_base=Fraction(1, 1000))
            nodes = [buffer, *(self.graph.add(*step) for step in steps), self.graph.add("buffersink")]
            self.graph.link_nodes(*nodes).configure()

    def upright(self, frame: Any) -> Any:
        if not self.graph:
            return frame
        self.graph.push(frame)
        return self.graph.pull()


def _film(source: Any) -> Any:
    """Return the stream of what was filmed, wherever its cover stands.

    :raises Fault: when there is none
    """
    for stream in source.streams.video:
        if not is_a_cover(stream):
            return stream
    raise Fault("video_broken")


def _converted(source: Any, copy: Any, degrees: int) -> dict[str, Any]:
    image = _film(source)
    image.thread_count = 1
    scale = min(1.0, WIDEST / image.width)
    width, height = (max(2, int(side * scale) // 2 * 2) for side in (image.width, image.height))
    turn = _Turn(degrees, width, height)
    out = copy.add_stream("libvpx-vp9", rate=RATE)
    out.width, out.height = (height, width) if degrees % 180 else (width, height)
    out.pix_fmt = "yuv420p"
    out.time_base = Fraction(1, 1000)
    out.options = {"deadline": "realtime", "cpu-used": "8", "crf": "34", "b:v": "0", "threads": "1"}
    sound = source.streams.audio[0] if source.streams.audio else None
    sound_out: Any = copy.add_stream("libopus", rate=48000) if sound else None
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=48000)
    shown, last = 0, -1
    for packet in source.demux([stream for stream in (image, sound) if stream]):
        for frame in packet.decode():
            if packet.stream is sound:
                for part in resampler.resample(frame):
                    copy.mux(sound_out.encode(part))
                continue
            at = int((frame.time or 0) * 1000)
            if at * RATE // 1000 <= last:
                continue
            last, shown = at * RATE // 1000, shown + 1
            drawn = turn.upright(frame.reformat(width=width, height=height, format="yuv420p"))
            drawn.pts, drawn.time_base = at, Fraction(1, 1000)
            copy.mux(out.encode(drawn))
    copy.mux(out.encode(None))
    if sound_out:
        copy.mux(sound_out.encode(None))
    if not shown:
        raise Fault("video_broken")
    return {"width": out.width, "height": out.height, "frames": shown}


def image(file: str, to: str) -> dict[str, Any]:
    """Write a photo as JPEG, upright.

    :raises Fault: when it cannot be decoded
    """
    from PIL import Image, ImageOps, UnidentifiedImageError
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)
    try:
        with Image.open(file) as opened:
            drawn = ImageOps.exif_transpose(opened).convert("RGB")
            drawn.save(to, "JPEG", quality=88)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, RuntimeError):
        raise Fault("image_broken") from None
    return {"width": drawn.width, "height": drawn.height}


COPIES: Mapping[str, Callable[[str, str], dict[str, Any]]] = {"video": video, "image": image}
