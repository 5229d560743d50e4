/* verdict.h - how a run ended, decided from what was seen of its process.
 *
 * A pure function of facts: no clock, no process, so that every ending can be
 * tested by a table.
 *
 * ok             exit status 0 and a whole record that says so
 * out-of-memory  the record says so; or the resident limit was passed; or
 *                SIGKILL came from elsewhere while the kernel's
 *                out-of-memory killer was at work
 * timeout        it did not end within its time
 * crashed        a signal that we did not send
 * failed         the record says so; or any other exit status, or no whole record
 */
#ifndef GCSWEEP_VERDICT_H
#define GCSWEEP_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/record/record.h"

struct run_facts {
    bool timed_out, over_memory;   /* then we killed it */
    bool kernel_killed_for_memory; /* the machine's count of such kills rose during the run */
    uint64_t timeout_ns, memory_bytes, peak_bytes;
    int exit_code;      /* -1 when it died of a signal */
    int exit_signal;    /* 0 when it exited */
    const char *record; /* what it wrote, not terminated */
    size_t record_length;
    bool record_cut;  /* it wrote more than a record may have: then we killed it, too */
    const char *text; /* the end of its standard error */
    size_t text_length;
};

/* Reads the record where there is one, else clears `out`; then sets status,
 * message, exit_code and exit_signal. record_free releases `out`. */
void run_verdict(const struct run_facts *facts, struct run_record *out);

#endif
