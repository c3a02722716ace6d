#!/usr/bin/env python3
"""A DNS server for one name, les.test: its A records are the lines of a file, which is read for every question.

  dns_server.py LISTEN-ADDRESS FILE
"""

import socket
import struct
import sys

NAME = b"\x03les\x04test\x00"
A, SOA, IN = 1, 6, 1
ANSWER, NO_SUCH_NAME = 0x8580, 0x8583  # authoritative, recursion available


def main():
    listen, path = sys.argv[1:]
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((listen, 53))
    while True:
        question, sender = server.recvfrom(4096)
        server.sendto(answer(question, path), sender)


def answer(question, path):
    end = question.index(b"\0", 12) + 1
    name, (kind, _) = question[12:end].lower(), struct.unpack_from("!HH", question, end)
    with open(path, encoding="ascii") as file:
        addresses = file.read().split() if (name, kind) == (NAME, A) else []
    # 0xc00c: the name of the question.
    records = [struct.pack("!HHHIH", 0xC00C, A, IN, 60, 4) + socket.inet_aton(address) for address in addresses]
    numbers = struct.pack("!IIIII", 1, 60, 60, 60, 60)
    zone = b"\x04test\x00"
    authority = b"" if records else zone + struct.pack("!HHIH", SOA, IN, 60, 2 * len(zone) + len(numbers)) + zone * 2 + numbers
    flags = ANSWER if name == NAME else NO_SUCH_NAME
    header = question[:2] + struct.pack("!HHHHH", flags, 1, len(records), int(not records), 0)
    return header + question[12 : end + 4] + b"".join(records) + authority


if __name__ == "__main__":
    main()
