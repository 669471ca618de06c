"""A real mail server for tests, on a free port of this machine, that can be told to refuse."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from threading import Thread


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.refuses = False
        self.refusal = 0
        self.refuses_subject = ""
        self.unknown: set[str] = set()
        self.received: list[Message] = []

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Conversation(socketserver.StreamRequestHandler):
    """The part of RFC 5321 that Python's client uses."""

    server: Server

    def handle(self) -> None:
        self._say(220)
        for line in self.rfile:
            verb = line.strip().upper()[:4]
            if verb == b"QUIT":
                return self._say(221)
            if verb == b"RCPT" and any(address.encode() in line for address in self.server.unknown):
                self._say(550, "5.1.1 No such user here")
            elif verb == b"DATA" and self.server.refuses:
                self._say(451)
            elif verb == b"DATA":
                self._say(354)
                self._judge(message_from_bytes(self._message()))
            else:
                self._say(250)
        return None

    def _judge(self, message: Message) -> None:
        subject = str(make_header(decode_header(message["Subject"])))
        if self.server.refusal or (self.server.refuses_subject and self.server.refuses_subject in subject):
            return self._say(self.server.refusal or 451)
        self.server.received.append(message)
        return self._say(250)

    def _message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _say(self, code: int, text: str = "portail.example") -> None:
        self.wfile.write(f"{code} {text}\r\n".encode())


@contextmanager
def serve() -> Iterator[Server]:
    with Server() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
