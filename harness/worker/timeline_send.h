/* timeline_send.h - hands every pause and request of the region to the harness,
 * as harness/record/timeline.h has them.
 */
#ifndef GCSWEEP_TIMELINE_SEND_H
#define GCSWEEP_TIMELINE_SEND_H

#include "harness/worker/requests.h"

/* `pauses`: a flushed log of struct meter_entry; `requests`: NULL where none
 * were timed; `pace` in the time of the logs. `fd` can be written at any place.
 * 0, or an errno value. */
int timeline_send(int fd, const struct log *pauses, const struct requests *requests, const struct pace *pace);

#endif
