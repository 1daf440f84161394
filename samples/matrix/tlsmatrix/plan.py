# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""What is sent: the same requests for every row, and the bytes that all bodies are cut from."""

import pathlib
import random
from typing import Iterator, NamedTuple

SIZES = (0, 1, 100, 16383, 16384, 16385, 100_000, 1_000_000, 8_000_000)
METHODS = ("GET", "POST", "PUT")

# Seeds are offsets into the pool, and differ for each request of a plan.
SEEDS = 65536
POOL_BYTES = max(SIZES) + SEEDS

# Bodies of these connections are all of one size: order and length do not tell them apart.
EQUAL_BYTES = 1000
EQUAL_REQUESTS = 5
ANSWER_BYTES = 100


class Shape(NamedTuple):
    """How much is sent at the same time."""

    body_connections: int  # each sends every method with every size
    equal_connections: int  # each sends EQUAL_REQUESTS of equal size


FULL = Shape(3, 64)
SHORT = Shape(1, 8)
MEMORY_BIO_SHORT = Shape(1, 64)


class Request(NamedTuple):
    """One line of the plan; the answer's size and seed are in the target."""

    connection: int
    method: str
    target: str
    body_bytes: int
    seed: int


def write_pool(path: pathlib.Path) -> None:
    """Makes the file of bytes, always the same: half the entropy, so that it can be compressed."""
    if not path.exists() or path.stat().st_size != POOL_BYTES:
        path.write_bytes(random.Random("pool").randbytes(POOL_BYTES // 2).hex().encode())


def requests(shape: Shape) -> Iterator[Request]:
    number = 0
    for connection in range(shape.body_connections):
        cells = [(method, size) for method in METHODS for size in SIZES]
        # Another order on each connection, so that large bodies meet small ones.
        random.Random(connection).shuffle(cells)
        for method, size in cells:
            number += 1
            yield request(connection, method, size, number)
    for connection in range(shape.body_connections, sum(shape)):
        for turn in range(EQUAL_REQUESTS):
            number += 1
            yield request(connection, METHODS[turn % 2], EQUAL_BYTES, number)


def request(connection: int, method: str, size: int, number: int) -> Request:
    seed = number * 97 % SEEDS
    answer = size if method == "GET" else ANSWER_BYTES
    sent = 0 if method == "GET" else size
    return Request(connection, method, f"/b/{answer}/{seed}/{number:04d}", sent, seed)


def write_plan(path: pathlib.Path, shape: Shape) -> None:
    path.write_text("".join("\t".join(map(str, planned)) + "\n" for planned in requests(shape)), encoding="ascii")
