"""python-websockets' sans-I/O protocol as an implementation of the fixtures: JSON on stdin, JSON on stdout.

Each job is a fixture; each answer is what the protocol did, in the form that the TypeScript side judges. Fragments are
joined and text is decoded here, incrementally and frame by frame, as the package's own connections do.
"""

import codecs
import json
import logging
import sys

from websockets.client import ClientConnection
from websockets.connection import Connection, Side, State
from websockets.exceptions import SecurityError
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.frames import OP_CLOSE, OP_CONT, OP_PING, OP_PONG, OP_TEXT, Close
from websockets.headers import parse_extension
from websockets.server import ServerConnection
from websockets.uri import parse_uri

logging.disable(logging.CRITICAL)
FINE_BYTES = 512
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def bytes_of(text):
    """Bytes of a fixture's hex: blanks join parts, 69*65535 repeats one."""
    out = bytearray()
    for part in text.split(" ") if text else []:
        digits, _, count = part.partition("*")
        out += bytes.fromhex(digits) * int(count or "1")
    return bytes(out)


def pieces(data):
    """One byte at a time; what lies beyond the first bytes in one piece."""
    for at in range(min(len(data), FINE_BYTES)):
        yield at, data[at : at + 1]
    if len(data) > FINE_BYTES:
        yield FINE_BYTES, data[FINE_BYTES:]


class Messages:
    """Joins fragments and decodes text."""

    def __init__(self):
        self.kind = None

    def event(self, frame):
        if frame.opcode is OP_CLOSE:
            close = Close.parse(frame.data)
            return {"type": "close", "code": close.code, "reason": close.reason}
        if frame.opcode in (OP_PING, OP_PONG):
            kind = "ping" if frame.opcode is OP_PING else "pong"
            return {"type": kind, "hex": frame.data.hex()}
        if frame.opcode is not OP_CONT:
            self.kind = "text" if frame.opcode is OP_TEXT else "binary"
            self.data = bytearray()
            self.decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self.data += frame.data
        if self.kind == "text":
            self.decoder.decode(frame.data, frame.fin)
        return {"type": self.kind, "hex": self.data.hex()} if frame.fin else None


def deflate(agreed, role):
    """The extension in force, from what the server's header confirmed."""
    (_, parameters), = parse_extension(agreed)
    values = dict(parameters)
    ours, theirs = (role, "client" if role == "server" else "server")
    bits = lambda side: int(values.get(side + "_max_window_bits") or 15)
    return PerMessageDeflate(
        remote_no_context_takeover=theirs + "_no_context_takeover" in values,
        local_no_context_takeover=ours + "_no_context_takeover" in values,
        remote_max_window_bits=bits(theirs),
        local_max_window_bits=bits(ours),
    )


def frames(fixture):
    role = fixture["role"]
    max_size = fixture["limits"].get("maxMessageBytes", 2**24)
    side = Side.SERVER if role == "server" else Side.CLIENT
    connection = Connection(side, state=State.OPEN, max_size=max_size)
    connection.extensions = [deflate(agreed, role) for agreed in fixture["extensions"]]
    messages, events = Messages(), []
    for at, piece in pieces(bytes_of(fixture["hex"])):
        connection.receive_data(piece)
        for frame in connection.events_received():
            try:
                event = messages.event(frame)
            except UnicodeDecodeError:
                return {"events": events, "closeCode": 1007, "failedFrom": at}
            if event is not None:
                events.append(event)
        failure = getattr(connection, "parser_exc", None)
        if failure is not None:
            sent = getattr(connection, "close_sent", None)
            code = 1006 if sent is None else int(sent.code)
            return {"events": events, "closeCode": code, "failedFrom": at}
    return {"events": events, "closeCode": None, "failedFrom": None}


def negotiation(fixture):
    lines = "".join(f"Sec-WebSocket-Extensions: {line}\r\n" for line in (fixture["answer"] or fixture["offer"]))
    if fixture["role"] == "server":
        factory = ServerPerMessageDeflateFactory()
        connection = ServerConnection(extensions=[factory])
        request = (
            "GET / HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n{lines}\r\n"
        )
        try:
            connection.receive_data(request.encode("latin-1"))
        except ValueError:
            return {"status": 400, "extensions": None}
        events = connection.events_received()
        if not events:
            return {"status": 400, "extensions": None}
        response = connection.accept(events[0])
        return {"status": response.status_code, "extensions": response.headers.get("Sec-WebSocket-Extensions")}
    offered = dict(parse_extension(fixture["offer"][0])[0][1])
    server_bits = offered.get("server_max_window_bits")
    factory = ClientPerMessageDeflateFactory(
        server_no_context_takeover="server_no_context_takeover" in offered,
        server_max_window_bits=None if server_bits is None else int(server_bits),
        client_max_window_bits="client_max_window_bits" in offered or None,
    )
    return {"opened": opened([factory], [], lines, ACCEPT_HEAD, KEY)}


ACCEPT_HEAD = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Accept: {ACCEPT}\r\n"
)


def opened(extensions, subprotocols, lines, head, key):
    connection = client(extensions, subprotocols, key)
    connection.receive_data((head + lines + "\r\n").encode("latin-1"))
    return connection.state is State.OPEN


def client(extensions, subprotocols, key):
    connection = ClientConnection(
        parse_uri("ws://example.com/chat"), extensions=extensions or None, subprotocols=subprotocols or None
    )
    connection.send_request(connection.connect())
    connection.key = key
    return connection


def response(fixture):
    connection = client([], fixture["subprotocols"], fixture["key"])
    try:
        connection.receive_data(fixture["response"].encode("latin-1") + bytes_of(fixture["after"]))
        if fixture["ends"]:
            connection.receive_eof()
    except (EOFError, NotImplementedError, ValueError, SecurityError):
        return {"opened": False}
    return {"opened": connection.state is State.OPEN}


KINDS = {"frames": frames, "negotiation": negotiation, "client": response}


def answer(job):
    try:
        return KINDS[job["kind"]](job["fixture"])
    except Exception as error:
        return {"crash": f"{type(error).__name__}: {error}"}


if len(sys.argv) > 1 and sys.argv[1] == "--version":
    from websockets.version import version

    print(version)
else:
    json.dump([answer(job) for job in json.load(sys.stdin)], sys.stdout)
