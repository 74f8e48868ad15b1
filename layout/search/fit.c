#include "layout/search/fit.h"

#include "layout/search/choose.h"

enum { ATTEMPTS = 6, OVERFLOW_WEIGHT = 16 };

static bool has_choices(const struct problem *problem, size_t memory)
{
    for (size_t i = 0; i < problem->block_count; i++) {
        const struct problem_block *block = &problem->blocks[i];
        if (block->memory == memory && !block->is_pinned && block->memory_count > 1)
            return true;
    }
    return false;
}

static void measure(const struct problem *problem, struct fit *fit, struct arena *arena)
{
    const struct layout_request *request = problem->request;
    uint64_t *overflow = ARENA_ARRAY(arena, uint64_t, request->memory_count);
    fit->is_fit = true;
    for (size_t i = 0; i < request->memory_count; i++) {
        const struct problem_memory *memory = &problem->memories[i];
        const uint64_t end = answer_memory_end(problem, &fit->packing, i);
        if (end > memory->end && end != memory->start)
            overflow[i] = (end - memory->end) << problem->cover.unit_log2;
        fit->is_fit &= overflow[i] == 0;
    }
    if (fit->is_fit && !answer_place_info(problem, &fit->packing, &fit->info)) {
        overflow[request->info_memory] = request->info_bytes;
        fit->is_fit = false;
    }
    fit->overflow_bytes = overflow;
}

static struct fit attempt(struct problem *problem, const uint32_t *weights, struct arena *arena)
{
    struct fit fit = {.packing = pack_blocks(problem, weights, arena)};
    measure(problem, &fit, arena);
    return fit;
}

struct fit fit_blocks(struct problem *problem, struct arena *arena)
{
    const size_t memory_count = problem->request->memory_count;
    uint64_t *kept_free = ARENA_ARRAY(arena, uint64_t, memory_count);
    uint32_t *weights = ARENA_ARRAY(arena, uint32_t, memory_count);
    for (size_t i = 0; i < memory_count; i++)
        weights[i] = 1;
    choose_memories(problem, kept_free, arena);
    const struct fit first = attempt(problem, weights, arena);
    struct fit fit = first;
    for (unsigned i = 1; i < ATTEMPTS && !fit.is_fit; i++) {
        bool changed = false;
        for (size_t memory = 0; memory < memory_count; memory++) {
            if (fit.overflow_bytes[memory] == 0)
                continue;
            if (has_choices(problem, memory))
                kept_free[memory] += fit.overflow_bytes[memory] >> problem->cover.unit_log2;
            else if (weights[memory] < OVERFLOW_WEIGHT * OVERFLOW_WEIGHT)
                weights[memory] *= OVERFLOW_WEIGHT;
            else
                continue;
            changed = true;
        }
        if (!changed)
            break;
        choose_memories(problem, kept_free, arena);
        fit = attempt(problem, weights, arena);
    }
    if (!fit.is_fit)
        fit = first;
    for (size_t i = 0; i < problem->block_count; i++)
        problem->blocks[i].memory = fit.packing.memories[i];
    return fit;
}
