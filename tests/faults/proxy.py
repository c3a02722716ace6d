#!/usr/bin/env python3
"""A TCP proxy that mistreats what it forwards, since the kernel of the test machines has no netem.

    proxy.py LISTEN=TARGET ...     # host:port each

Each line on stdin is a JSON object that says what it does from then on: `delay` and `jitter` (seconds, every chunk that it forwards, in order),
`lifetime` ([least, most] seconds after which a connection is closed), `reset` (closes with RST instead of FIN). {} forwards faithfully.
What TARGET refuses is reset: a proxy has accepted already.
"""

import asyncio
import json
import random
import socket
import struct
import sys

CHUNK = 65536
IN_FLIGHT = 256  # chunks that wait for their time in one direction; more hold up the sender, as a full pipe would


class Treatment:
    """What is done to connections now."""

    def __init__(self):
        self.delay = self.jitter = 0
        self.lifetime, self.reset = None, False

    def change(self, line):
        wanted = json.loads(line)
        self.__init__()
        vars(self).update(wanted)

    def latency(self):
        return max(0, self.delay + random.uniform(-self.jitter, self.jitter))


class Pipe:
    """One direction of a connection."""

    def __init__(self, treatment, reader, writer):
        self.treatment, self.reader, self.writer = treatment, reader, writer
        self.waiting = asyncio.Queue(IN_FLIGHT)

    async def run(self):
        await asyncio.gather(self._read(), self._write())

    async def _read(self):
        """An empty chunk is the end of the stream."""
        due, chunk = 0, None
        while chunk != b"":
            chunk = await self.reader.read(CHUNK)
            due = max(due, asyncio.get_running_loop().time() + self.treatment.latency())
            await self.waiting.put((due, chunk))

    async def _write(self):
        while True:
            due, chunk = await self.waiting.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            if not chunk:
                return self.writer.write_eof()
            self.writer.write(chunk)
            await self.writer.drain()


class Connections:
    """All that are open, so that they can be closed at any time."""

    def __init__(self, treatment):
        self.treatment = treatment
        self.open = {}  # writers of both ends -> when it was opened

    def acceptor(self, target):
        host, _, port = target.rpartition(":")

        async def accept(reader, writer):
            try:
                far_reader, far_writer = await asyncio.open_connection(host, int(port))
            except OSError:
                return end(writer, reset=True)
            ends = writer, far_writer
            self.open[ends] = asyncio.get_running_loop().time()
            try:
                await asyncio.gather(Pipe(self.treatment, reader, far_writer).run(), Pipe(self.treatment, far_reader, writer).run())
                self._close(ends, reset=False)
            except (OSError, RuntimeError):
                self._close(ends, reset=True)

        return accept

    def _close(self, ends, reset):
        if self.open.pop(ends, None) is not None:
            for writer in ends:
                end(writer, reset)

    async def close_the_old(self):
        """Connections of exchanges are younger than the least lifetime and end by themselves; streams do not."""
        while True:
            await asyncio.sleep(0.02)
            if self.treatment.lifetime:
                now = asyncio.get_running_loop().time()
                for ends, opened in list(self.open.items()):
                    if now - opened > random.uniform(*self.treatment.lifetime):
                        self._close(ends, self.treatment.reset)


def end(writer, reset):
    if reset:
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()
    else:
        writer.close()


async def main(forwards):
    treatment = Treatment()
    connections = Connections(treatment)
    for forward in forwards:
        listen, _, target = forward.partition("=")
        host, _, port = listen.rpartition(":")
        await asyncio.start_server(connections.acceptor(target), host, int(port))
    closing = asyncio.create_task(connections.close_the_old())
    commands = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    print("listening", flush=True)
    while line := await commands.readline():
        treatment.change(line)
        print(f"from now on: {line.decode().strip()}", flush=True)
    closing.cancel()  # whoever started it is gone


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
