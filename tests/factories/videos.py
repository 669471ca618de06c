"""Videos and photos of every kind, encoded here: those that browsers play, and the others."""

import random
import struct
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

import av
from PIL import Image
from pillow_heif import register_heif_opener

WIDTH, HEIGHT, RATE = 160, 120, 10


@cache
def a_video_of(
    codec: str = "libx264", *, container: str = "mp4", pixels: str = "yuv420p", seconds: int = 2, sound: str = ""
) -> bytes:
    """Noise that shrinks little. What a reader needs stands before the images, as when a video is made for the web."""
    chance, options = random.Random(seconds), {"movflags": "faststart"} if container == "mp4" else {}
    with NamedTemporaryFile() as file, av.open(file.name, "w", format=container, options=options) as out:
        image = out.add_stream(codec, rate=RATE)
        image.width, image.height, image.pix_fmt, image.gop_size = WIDTH, HEIGHT, pixels, RATE
        noise = out.add_stream(sound, rate=48000) if sound else None
        for _ in range(seconds * RATE):
            drawn = Image.frombytes("RGB", (WIDTH, HEIGHT), chance.randbytes(WIDTH * HEIGHT * 3))
            out.mux(image.encode(av.VideoFrame.from_image(drawn).reformat(format=pixels)))
        out.mux(image.encode(None))
        if noise:
            _hum(out, noise, seconds)
        out.close()
        return Path(file.name).read_bytes()


@cache
def a_half_white_video() -> bytes:
    """White on its left, black on its right, in H.265 as telephones film."""
    drawn = Image.new("RGB", (WIDTH, HEIGHT))
    drawn.paste("white", (0, 0, WIDTH // 2, HEIGHT))
    content = BytesIO()
    with av.open(content, "w", format="mp4") as out:
        image = out.add_stream("libx265", rate=RATE, options={"x265-params": "log-level=none"})
        image.width, image.height, image.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for _ in range(RATE):
            out.mux(image.encode(av.VideoFrame.from_image(drawn).reformat(format="yuv420p")))
        out.mux(image.encode(None))
    return content.getvalue()


def with_a_cover(content: bytes) -> bytes:
    """The same MP4, with a picture of an album that readers number before the images."""
    out = BytesIO()
    with av.open(BytesIO(content)) as source, av.open(out, "w", format="mp4") as to:
        film, cover = to.add_stream_from_template(source.streams.video[0]), to.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        drawn = av.VideoFrame.from_image(Image.new("RGB", (WIDTH, HEIGHT), "red"))
        to.mux([*cover.encode(drawn.reformat(format="yuvj420p")), *cover.encode(None)])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = film
                to.mux(packet)
    return _with_the_cover_first(out.getvalue())


def _with_the_cover_first(content: bytes) -> bytes:
    """Put what an MP4 tells of itself (`udta`), where the cover is, before its tracks: nothing else moves."""
    moov, track = content.index(b"moov") - 4, content.index(b"trak") - 4
    end = moov + int.from_bytes(content[moov : moov + 4], "big")
    facts = content.index(b"udta", track) - 4
    assert facts + int.from_bytes(content[facts : facts + 4], "big") == end
    return content[:track] + content[facts:end] + content[track:facts] + content[end:]


def turned(content: bytes, degrees: int) -> bytes:
    """The same MP4, to be turned clockwise when it is shown: a telephone says so of what it filmed upright."""
    unit, lies = 1 << 16, struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    cos, sin = {0: (unit, 0), 90: (0, unit), 180: (-unit, 0), 270: (0, -unit)}[degrees]
    start = content.index(lies, content.index(b"tkhd"))
    stands = struct.pack(">9i", cos, sin, 0, -sin, cos, 0, 0, 0, 1 << 30)
    return content[:start] + stands + content[start + len(lies) :]


def a_sound(*, seconds: int = 2, cover: bool = False) -> bytes:
    """A sound alone, in an MP4 like another; `cover`: with the picture of an album."""
    content = BytesIO()
    with av.open(content, "w", format="mp4") as out:
        sound = out.add_stream("aac", rate=48000)
        if cover:
            picture = out.add_stream("mjpeg", rate=1)
            picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
            drawn = av.VideoFrame.from_image(Image.new("RGB", (WIDTH, HEIGHT), "red"))
            out.mux(picture.encode(drawn.reformat(format="yuvj420p")))
            out.mux(picture.encode(None))
        _hum(out, sound, seconds)
    return content.getvalue()


def _hum(out: av.container.OutputContainer, stream: av.AudioStream, seconds: int) -> None:
    resampler = av.AudioResampler(format=stream.format, layout=stream.layout, rate=48000, frame_size=960)
    for number in range(seconds * 48000 // 1024):
        frame = av.AudioFrame(format="s16", layout="mono", samples=1024)
        frame.planes[0].update(bytes(2048))
        frame.sample_rate, frame.pts = 48000, number * 1024
        for part in resampler.resample(frame):
            out.mux(stream.encode(part))
    out.mux(stream.encode(None))


@cache
def a_photo(width: int = 64, height: int = 48) -> bytes:
    """A photo as a telephone takes it."""
    register_heif_opener(thumbnails=False)
    content = BytesIO()
    Image.new("RGB", (width, height), "#12305c").save(content, "HEIF")
    return content.getvalue()


def write_a_video(file: Path, size: int) -> None:
    """Write a video that plays, then noise in a box that every reader passes over, up to that size in bytes."""
    chance, head = random.Random(size), a_video_of()
    with file.open("wb") as content:
        content.write(head)
        left = size - len(head)
        content.write(left.to_bytes(4, "big") + b"free")
        left -= 8
        while left:
            left -= content.write(chance.randbytes(min(left, 1024 * 1024)))
