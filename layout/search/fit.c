#include "layout/search/fit.h"

#include "layout/search/choose.h"

enum {
    ATTEMPTS = 6,
    ATTEMPTS_OF_FEW = 24, /* of no more blocks than */
    FEW_BLOCKS = 32,
    OVERFLOW_WEIGHT = 16
};

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

/* ---- what can never fit ---- */

/* What is free in a memory, in units. */
static uint64_t room_of(const struct problem_memory *memory)
{
    uint64_t room = 0;
    for (size_t i = 0; i < memory->space.part_count; i++) {
        const struct layout_range part = memory->space.parts[i];
        const uint64_t end = part.end < memory->end ? part.end : memory->end;
        room += end > part.start ? end - part.start : 0;
    }
    return room;
}

/* Whether a block that is not pinned can lie in no other memories than those. */
static bool must_lie_in(const struct problem_block *block, const bool *memories)
{
    for (size_t i = 0; i < block->memory_count; i++)
        if (!memories[block->memories[i]])
            return false;
    return !block->is_pinned;
}

/* Whether some memories together are too small for the blocks that must lie in them. */
static bool are_too_small(const struct problem *problem, const bool *memories)
{
    uint64_t room = 0;
    uint64_t least = 0;
    for (size_t i = 0; i < problem->request->memory_count; i++)
        room += memories[i] ? room_of(&problem->memories[i]) : 0;
    for (size_t i = 0; i < problem->block_count; i++)
        if (must_lie_in(&problem->blocks[i], memories))
            least += problem->blocks[i].least[problem->blocks[i].most_slots];
    return least > room;
}

/* Whether one memory, or all that any block may choose from, are too small even without gaps. */
static bool is_hopeless(const struct problem *problem, struct arena *arena)
{
    const size_t memory_count = problem->request->memory_count;
    bool *memories = ARENA_ARRAY(arena, bool, memory_count);
    for (size_t i = 0; i < memory_count; i++) {
        memories[i] = true;
        if (are_too_small(problem, memories))
            return true;
        memories[i] = false;
    }
    for (size_t i = 0; i < problem->block_count; i++)
        for (size_t j = 0;
             problem->blocks[i].memory_count > 1 && j < problem->blocks[i].memory_count; j++)
            memories[problem->blocks[i].memories[j]] = true;
    return are_too_small(problem, memories);
}

/* ---- attempts ---- */

static struct fit attempt(struct problem *problem, const uint32_t *weights, uint32_t number,
                          struct arena *arena)
{
    struct fit fit = {.packing = pack_blocks(problem, weights, number, arena)};
    measure(problem, &fit, arena);
    return fit;
}

/* Keeps more free in memories that overflow, or weighs them up. */
static void lean_on(const struct problem *problem, const struct fit *fit, uint64_t *kept_free,
                    uint32_t *weights)
{
    for (size_t memory = 0; memory < problem->request->memory_count; memory++) {
        if (fit->overflow_bytes[memory] == 0)
            continue;
        if (has_choices(problem, memory))
            kept_free[memory] += fit->overflow_bytes[memory] >> problem->cover.unit_log2;
        else if (weights[memory] < OVERFLOW_WEIGHT * OVERFLOW_WEIGHT)
            weights[memory] *= OVERFLOW_WEIGHT;
    }
}

struct fit fit_blocks(struct problem *problem, struct arena *arena)
{
    const size_t memory_count = problem->request->memory_count;
    uint64_t *kept_free = ARENA_ARRAY(arena, uint64_t, memory_count);
    uint32_t *weights = ARENA_ARRAY(arena, uint32_t, memory_count);
    const uint32_t effort = problem->effort;
    for (size_t i = 0; i < memory_count; i++)
        weights[i] = 1;
    choose_memories(problem, kept_free, arena);
    if (is_hopeless(problem, arena))
        problem->effort = 0;
    const struct fit first = attempt(problem, weights, 0, arena);
    struct fit fit = first;
    const uint32_t attempts = problem->block_count <= FEW_BLOCKS ? ATTEMPTS_OF_FEW : ATTEMPTS;
    for (uint32_t i = 1; i < attempts && !fit.is_fit && problem->effort > 0; i++) {
        lean_on(problem, &fit, kept_free, weights);
        choose_memories(problem, kept_free, arena);
        fit = attempt(problem, weights, i, arena);
    }
    problem->effort = effort;
    if (!fit.is_fit)
        fit = first;
    for (size_t i = 0; i < problem->block_count; i++)
        problem->blocks[i].memory = fit.packing.memories[i];
    return fit;
}
