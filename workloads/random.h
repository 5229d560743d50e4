/* random.h - the numbers a workload draws: the same on every machine for one seed.
 *
 * xoshiro256**, seeded through splitmix64.
 * Source  Blackman and Vigna, "Scrambled linear pseudorandom number
 *         generators", ACM TOMS 2021; the bounded draw is Lemire, "Fast random
 *         integer generation in an interval", ACM TOMACS 2019, with the slight
 *         bias of its multiplication kept (below 2^-32 for bounds below 2^32).
 * Threads a struct random belongs to one thread.
 */
#ifndef GCSWEEP_RANDOM_H
#define GCSWEEP_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state[4];
};

static inline uint64_t random_splitmix(uint64_t *x)
{
    uint64_t z = (*x += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline void random_seed(struct random *r, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        r->state[i] = random_splitmix(&seed);
}

static inline uint64_t random_rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static inline uint64_t random_next(struct random *r)
{
    uint64_t *s = r->state;
    uint64_t result = random_rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = random_rotate(s[3], 45);
    return result;
}

/* A number from 0 to n - 1; n is 1 to 2^32. */
static inline uint64_t random_next_below(struct random *r, uint64_t n)
{
    return ((random_next(r) >> 32) * n) >> 32;
}

/* A number from 0 (included) to 1 (excluded). */
static inline double random_next_unit(struct random *r)
{
    return (double)(random_next(r) >> 11) * 0x1.0p-53;
}

#endif
