"""The workload chain (workloads/chain.c) as a Python program.

Usage: chain.py [NAME=VALUE...]

NAME is a parameter of the workload, with its default, or thresholds=A,B,C.
Prints what gcsweep counts, one NAME VALUE a line: collections and objects
collected in each generation, and the peak of floating garbage in objects that
the collector tracks (nodes and witnesses).
"""
import gc
import random
import sys


class Floating:
    """Objects that were dropped and are not freed yet."""
    __slots__ = ("now", "peak")

    def __init__(self):
        self.now = self.peak = 0

    def drop(self, objects):
        self.now += objects
        if self.now > self.peak:
            self.peak = self.now


floating = Floating()


class Node:
    __slots__ = ("next", "payload", "witness")


class Witness:
    __slots__ = ("objects",)

    def __del__(self):
        floating.now -= self.objects


def make_chain(size, extra_bytes, closed):
    first = last = Node()
    for _ in range(size - 1):
        last.next = Node()
        last = last.next
    if extra_bytes:
        first.payload = bytes(max(extra_bytes, 2))
    first.witness = Witness()
    first.witness.objects = size + 1
    if closed:
        last.next = first
    return first


def run(p):
    fraction = p["cyclic_fraction"]
    draw = random.Random(1).random
    kept = []
    made = 0
    while made < p["total_objects"]:
        closed = fraction >= 1 or draw() < fraction
        kept.append(make_chain(p["cycle_size"], p["extra_bytes"], closed))
        made += p["cycle_size"]
        if len(kept) * p["cycle_size"] >= p["live_objects"]:
            chains = len(kept)
            kept.clear()
            floating.drop(chains * (p["cycle_size"] + 1))


def read_arguments(words):
    p = {"cycle_size": 100, "extra_bytes": 0, "live_objects": 10000, "total_objects": 1000000,
         "cyclic_fraction": 1.0, "thresholds": (700, 10, 10)}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or name not in p:
            sys.exit(f"chain.py: '{word}' is not NAME=VALUE with a name of: {', '.join(p)}")
        if name == "thresholds":
            p[name] = tuple(int(part) for part in text.split(","))
        else:
            p[name] = type(p[name])(text)
    return p


def main():
    p = read_arguments(sys.argv[1:])
    # What the interpreter itself keeps neither counts nor costs.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*p["thresholds"])
    gc.collect()
    before = gc.get_stats()
    run(p)
    for name in ("collections", "collected"):
        print(name, *(now[name] - old[name] for now, old in zip(gc.get_stats(), before)))
    print("floating_garbage_objects_peak", floating.peak)


main()
