/* A simulated annealer for layout requests: what the solver is measured against. Slow and simple;
 * of the solver it shares place.h and nothing else.
 *
 * A state is an order of each memory's blocks and each block's slots; blocks are placed one behind
 * the other. From three starts in turn a random change is made and kept when it costs little enough
 * for the temperature, which falls exponentially.
 */
#ifndef TESTS_BENCH_ANNEAL_H
#define TESTS_BENCH_ANNEAL_H

#include "layout/model/layout.h"

struct annealed {
    bool fits;
    uint64_t used_bytes; /* from the kernel's end to the last block's, over all memories */
};

/* Changes: how many are tried in all. Pinned blocks take one slot each: the request must allow
 * that. There is no info block. */
struct annealed anneal(const struct layout_request *request, uint64_t changes, uint64_t seed,
                       struct arena *arena);

#endif
