#!/usr/bin/env python3
"""frames.py HOST PORT PATH COUNT: prints the first COUNT text messages of a WebSocket, one per line.

After them it waits for the server's Close and prints "close CODE" if COUNT is followed by "until-close".
Python's own library only, so that the compose test needs nothing installed.
"""

import base64
import os
import socket
import struct
import sys


def main(host, port, path, count, until_close=False):
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        stream = connection.makefile("rb")
        upgrade(connection, stream, f"{host}:{port}", path)
        left = int(count)
        while left > 0 or until_close:
            opcode, payload = read_message(stream)
            if opcode == 0x1 and left > 0:
                print(payload.decode(), flush=True)
                left -= 1
            elif opcode == 0x8:
                print("close", struct.unpack("!H", payload[:2])[0] if payload else "without a code")
                send(connection, 0x8, payload)
                sys.exit(0 if left <= 0 else "closed before the last message")
            elif opcode == 0x9:
                send(connection, 0xA, payload)
        send(connection, 0x8, struct.pack("!H", 1000))


def upgrade(connection, stream, host, path):
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    status = stream.readline().decode().strip()
    if " 101 " not in status:
        sys.exit(f"no upgrade: {status or 'the connection was closed'}")
    while stream.readline().strip():
        pass


def read_message(stream):
    first, second = exactly(stream, 2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", exactly(stream, 2))
    elif length == 127:
        (length,) = struct.unpack("!Q", exactly(stream, 8))
    if not first & 0x80:
        sys.exit("a fragmented message: the gateway never sends one")
    return first & 0x0F, exactly(stream, length)


def exactly(stream, count):
    data = stream.read(count)
    if len(data) < count:
        sys.exit("the connection was cut without a Close")
    return data


def send(connection, opcode, payload):
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    connection.sendall(bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + masked)


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:5], until_close=sys.argv[5:] == ["until-close"])
    except OSError as error:
        sys.exit(f"{sys.argv[1]}:{sys.argv[2]}: {error}")
