"""The workload chain as Python source, for `gcsweep doctor`: workloads/chain.c says what it does."""

from timed_run import timed_run

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


timed_run({"cycle_size": 100, "live_objects": 10000, "total_objects": 1000000}, run)
