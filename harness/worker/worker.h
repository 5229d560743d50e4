/* worker.h - how the harness speaks to a worker process.
 *
 * The harness execs gcsweep-worker (model) or gcsweep-worker-cpython (the real
 * one) with KEY=VALUE arguments, the allocator's library in LD_PRELOAD, pinned
 * to a CPU. The worker runs one workload once, writes one run record as a JSON
 * line to the file descriptor of `record_fd`, and exits: 0 when it wrote a
 * record whose status is "ok", "out-of-memory" or "failed", 2 when its arguments or its
 * allocator are not what they should be, 1 when it could not map its own memory
 * or write the record (one line on standard error each).
 *
 * Keys, all optional but workload:
 *     workload=NAME           as in workloads.def, or script:FILE for a heap script, which has scale 1
 *     params=NAME=VALUE       any number of times
 *     scale=1  seed=1
 *     allocator=TEXT          the dimension's value as typed, for the record
 *     library=PATH            the file that must serve malloc, "" for the C library
 *     allocator_name=NAME     its row in allocators.def, "" for PATH.so
 *     pools=pymalloc          the pool allocator that serves up to 512 bytes, a row of allocators/pools.c;
 *                             "" for none
 *     collector=cpython-3.11  tuning=700,10,10  refcount=plain
 *     record_fd=3             default 1 (standard output)
 *     timeline_fd=4           a file that gets every pause and request (harness/record/timeline.h)
 *     configuration=TEXT round=N twin=0|1   copied into the record
 *     requests=0|1            time requests (default 1); 0 shows what that costs
 *     debug=1                 model: collect at each allocation, poison freed blocks
 *     free_lists=N            model: keep at most N dead lists for reuse, 0: as many as CPython; a wrong
 *                             number shows that a comparison with the real one finds it
 *     fail_nth=N              model: the Nth request for a block gets nothing (harness/worker/faults/point.h
 *                             has the other kinds); what that leaves is checked
 *
 * With pool-stream=NAME as the first argument the worker runs no workload but
 * a stream of requests to its pool allocator: harness/worker/pool/mode.h.
 *
 * With script=FILE it runs a heap script and prints its lines:
 * harness/worker/script_mode.h.
 *
 * Memory  the worker's own buffers come from mmap, touched before the baseline
 *         is read; it calls malloc for nothing between start-up and record.
 */
#ifndef GCSWEEP_WORKER_H
#define GCSWEEP_WORKER_H

enum { WORKER_RECORD_BYTES = 8 << 20 }; /* an upper bound of a record's JSON line */

#endif
