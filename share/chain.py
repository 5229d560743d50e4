"""The workload chain as Python source, for `gcsweep doctor`: workloads/chain.c says what it does.

Arguments are parameters, NAME=VALUE. Prints the time of its mutator and of its collections, ns.
"""

import gc
import sys
import time

params = {"cycle_size": 100, "live_objects": 10000, "total_objects": 1000000}
params.update((name, int(text)) for name, text in (argument.split("=") for argument in sys.argv[1:]))
freed = 0


class Node:
    __slots__ = ("next", "payload", "witness")


class Witness:
    __slots__ = ("count",)

    def __del__(self):
        global freed
        freed += self.count


def make_chain(size):
    first = last = Node()
    for _ in range(size - 1):
        last.next = Node()
        last = last.next
    first.witness = Witness()
    first.witness.count = size
    last.next = first
    return first


def count_nodes(first):
    count = 1
    node = first.next
    while node is not first:
        count += 1
        node = node.next
    return count


def run(cycle_size, live_objects, total_objects):
    kept = []
    for _ in range(0, total_objects, cycle_size):
        kept.append(make_chain(cycle_size))
        if len(kept) * cycle_size >= live_objects:
            count_nodes(kept[0])
            kept.clear()


collecting_ns = began_ns = 0


def note_collection(phase, info):
    global collecting_ns, began_ns
    if phase == "start":
        began_ns = time.perf_counter_ns()
    else:
        collecting_ns += time.perf_counter_ns() - began_ns


gc.callbacks.append(note_collection)
gc.set_threshold(700, 10, 10)
gc.collect()
gc.freeze()
collecting_ns = 0
start_ns = time.perf_counter_ns()
run(**params)
wall_ns = time.perf_counter_ns() - start_ns
print(f"mutator_ns={wall_ns - collecting_ns} gc_ns={collecting_ns}")
