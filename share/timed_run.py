"""What the workloads beside it share: arguments, the collector's settings, and times as `gcsweep doctor` reads them."""

import gc
import sys
import time


def timed_run(params, run, setup=None):
    """Runs it with `params` and what the arguments (NAME=VALUE) say else, before that `setup`, which is not timed.

    What `setup` returns is the first argument of `run`. Prints the time of the mutator and of its collections, ns.
    """
    for argument in sys.argv[1:]:
        name, text = argument.split("=")
        params[name] = type(params[name])(text)
    collecting_ns = began_ns = 0

    def note_collection(phase, info):
        nonlocal collecting_ns, began_ns
        if phase == "start":
            began_ns = time.perf_counter_ns()
        else:
            collecting_ns += time.perf_counter_ns() - began_ns

    gc.callbacks.append(note_collection)
    gc.set_threshold(700, 10, 10)
    gc.collect()
    gc.freeze()
    made = [setup(params)] if setup else []
    collecting_ns = 0
    start_ns = time.perf_counter_ns()
    run(*made, **params)
    wall_ns = time.perf_counter_ns() - start_ns
    print(f"mutator_ns={wall_ns - collecting_ns} gc_ns={collecting_ns}")
