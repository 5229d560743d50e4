"""The workload short-lived as Python source, for `gcsweep doctor`: workloads/short_lived.c says what it does."""

import random

from timed_run import timed_run

INT, FLOAT, BYTES, TUPLE, LIST = range(5)
draw = random.Random(1).random


def number():
    return 1000 + int(draw() * 1000000)


def make_bytes(most):
    size = most
    while size > 2 and draw() < 0.5:
        size //= 2
    return bytes(2 + int(draw() * (size - 1)) if size > 2 else 2)


def make_list(cyclic):
    made = []
    for _ in range(1 + int(draw() * 8)):
        made.append(number())
    if cyclic:
        made.append(made)
    return made


def make_tuple(cyclic):
    if not cyclic:
        return (number(), float(number()))
    first = number()
    inner = make_list(False)
    made = (first, inner)
    inner.append(made)
    return made


def make(kind, cyclic_fraction, most_bytes):
    if kind == INT:
        return number()
    if kind == FLOAT:
        return 0.5 * number()
    if kind == BYTES:
        return make_bytes(most_bytes)
    cyclic = draw() < cyclic_fraction
    return make_tuple(cyclic) if kind == TUPLE else make_list(cyclic)


def read(kind, made):
    if kind == INT or kind == FLOAT:
        return int(made)
    if kind == BYTES:
        return made[1]
    return made[0] if kind == TUPLE else made[0] + len(made)


def run(ring, steps, batch, cyclic_fraction, survival, survivors, most_bytes):
    place = 0
    for _ in range(steps):
        total = 0
        for _ in range(batch):
            kind = int(draw() * 5)
            made = make(kind, cyclic_fraction, most_bytes)
            total += read(kind, made)
            if draw() < survival:
                total += read(*ring[place])
                ring[place] = (kind, made)
                place = (place + 1) % survivors


def make_ring(params):
    return [(INT, number()) for _ in range(params["survivors"])]


timed_run(
    {
        "steps": 3000,
        "batch": 1000,
        "cyclic_fraction": 0.1,
        "survival": 0.05,
        "survivors": 10000,
        "most_bytes": 1024,
    },
    run,
    make_ring,
)
