/* busy_hooks.h - a workload whose finalizers and callbacks allocate, bring back and drop.
 *
 * No row of workloads.def: a workload that is measured must not do so
 * (mutator.h). It is there to be run out of memory inside of its hooks, while
 * a collection or a cascade of releases is under way.
 */
#ifndef GCSWEEP_BUSY_HOOKS_H
#define GCSWEEP_BUSY_HOOKS_H

#include "workloads/workload.h"

extern const struct workload busy_hooks;

#endif
