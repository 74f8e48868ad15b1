/* Random layout requests from a seed: the same seed gives the same request on every machine. */
#ifndef TESTS_LAYOUT_GENERATOR_H
#define TESTS_LAYOUT_GENERATOR_H

#include "layout/model/layout.h"

#include <stdlib.h>

struct generator {
    uint64_t state;
    struct arena *arena;
};

/* What a request may hold besides plain blocks. */
enum generator_odds {
    WITH_GRANTS = 1,
    WITH_HOLES = 2,
    WITH_PINS = 4,
    WITH_ALIGNMENT = 8,
    WITH_WHOLE_BLOCKS = 16,
    WITH_UNCUT = 32,
    WITH_CHOICES = 64,
    WITH_INFO = 128,
    WITH_ALL = 255
};

struct generator_shape {
    enum mpu_model model;
    bool subregions;
    uint32_t slots;
    uint32_t granularity_bytes; /* 0: 4 */
    size_t task_count;
    size_t memory_count;    /* 1: every task has one block; else code in the first and data in one
                               other */
    uint64_t largest_bytes; /* of a block */
    unsigned odds;          /* of enum generator_odds */
};

/* splitmix64 */
static inline uint64_t generator_next(struct generator *generator)
{
    uint64_t z = generator->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* From 0 up to, not including, `below`. */
static inline uint64_t generator_below(struct generator *generator, uint64_t below)
{
    return generator_next(generator) % below;
}

static inline bool generator_one_in(struct generator *generator, uint64_t count)
{
    return generator_below(generator, count) == 0;
}

/* Small ones are as frequent as large ones: like the tasks of real firmware. */
static inline uint64_t generator_size(struct generator *generator, uint64_t largest)
{
    const uint64_t shift = generator_below(generator, 8);
    const uint64_t range = largest >> shift > 0 ? largest >> shift : 1;
    return 1 + generator_below(generator, range);
}

static inline const size_t *generator_indices(struct generator *generator, size_t first,
                                              size_t count)
{
    size_t *indices = ARENA_ARRAY(generator->arena, size_t, count);
    for (size_t i = 0; i < count; i++)
        indices[i] = first + i;
    return indices;
}

static inline void generator_memories(struct generator *generator,
                                      const struct generator_shape *shape,
                                      struct layout_request *request)
{
    struct layout_memory *memories =
        ARENA_ARRAY(generator->arena, struct layout_memory, shape->memory_count);
    uint64_t size = 4096;
    while (size < 4 * shape->largest_bytes * (shape->task_count + 1))
        size *= 2;
    for (size_t i = 0; i < shape->memory_count; i++) {
        memories[i] =
            (struct layout_memory){.name = arena_format(generator->arena, "memory%zu", i),
                                   .base = i == 0 ? 0 : UINT64_C(0x20000000) + 2 * i * size,
                                   .size = size,
                                   .attributes = i == 0 ? 5 : 3};
        if (generator_one_in(generator, 4))
            memories[i].skip_bytes = generator_below(generator, 40) * 4;
        if ((shape->odds & WITH_HOLES) != 0 && generator_one_in(generator, 3)) {
            struct layout_range *hole = ARENA_NEW(generator->arena, struct layout_range);
            hole->start = memories[i].base + size / 16 + generator_below(generator, size / 8);
            hole->end = hole->start + 1 + generator_below(generator, 4096);
            memories[i].holes = hole;
            memories[i].hole_count = 1;
        }
    }
    request->memories = memories;
    request->memory_count = shape->memory_count;
}

static inline void generator_kernel(struct generator *generator, struct layout_request *request)
{
    struct layout_need *kernel =
        ARENA_ARRAY(generator->arena, struct layout_need, request->memory_count);
    for (size_t i = 0; i < request->memory_count; i++) {
        if (generator_one_in(generator, 4))
            continue;
        kernel[request->kernel_count++] = (struct layout_need){
            .memories = generator_indices(generator, i, 1),
            .memory_count = 1,
            .bytes = 1 + generator_below(generator, request->memories[i].size / 32),
            .align_bytes = UINT64_C(1) << generator_below(generator, 9)};
    }
    request->kernel = kernel;
}

static inline void generator_need(struct generator *generator, const struct generator_shape *shape,
                                  const struct layout_request *request, size_t memory,
                                  struct layout_need *need)
{
    const struct layout_memory *asked = &request->memories[memory];
    *need = (struct layout_need){.memories = generator_indices(generator, memory, 1),
                                 .memory_count = 1,
                                 .bytes = generator_size(generator, shape->largest_bytes),
                                 .align_bytes = 4};
    if ((shape->odds & WITH_ALIGNMENT) != 0 && generator_one_in(generator, 4))
        need->align_bytes = UINT64_C(1) << generator_below(generator, 11);
    if ((shape->odds & WITH_WHOLE_BLOCKS) != 0 && generator_one_in(generator, 8))
        need->one_region = true;
    if ((shape->odds & WITH_UNCUT) != 0 && generator_one_in(generator, 6)) {
        struct layout_range *uncut = ARENA_NEW(generator->arena, struct layout_range);
        uncut->start = generator_below(generator, need->bytes);
        uncut->end = uncut->start + 1 + generator_below(generator, need->bytes - uncut->start);
        need->uncut = uncut;
        need->uncut_count = 1;
    }
    if ((shape->odds & WITH_CHOICES) != 0 && memory > 0 && generator_one_in(generator, 3)) {
        need->memories = generator_indices(generator, 1, request->memory_count - 1);
        need->memory_count = request->memory_count - 1;
    } else if ((shape->odds & WITH_PINS) != 0 && generator_one_in(generator, 12)) {
        const uint64_t step = UINT64_C(1) << (8 + generator_below(generator, 5));
        need->is_pinned = true;
        need->pinned_addr =
            asked->base + asked->size / 16 + generator_below(generator, asked->size / 2);
        need->pinned_addr -=
            need->pinned_addr % (step > need->align_bytes ? step : need->align_bytes);
    }
}

/* Peripherals of 1 to 4 KiB in a small area, so that many are neighbours. */
static inline void generator_grants(struct generator *generator, struct layout_task *task)
{
    struct layout_grant *grants = ARENA_ARRAY(generator->arena, struct layout_grant, 3);
    uint64_t at = UINT64_C(0xc0000000) + generator_below(generator, 8) * 1024;
    task->grants = grants;
    task->grant_count = generator_below(generator, 4);
    for (size_t i = 0; i < task->grant_count; i++) {
        const uint64_t size = UINT64_C(1024) << generator_below(generator, 3);
        at = (at + size - 1) / size * size;
        grants[i] = (struct layout_grant){
            .kind = generator_one_in(generator, 6) ? LAYOUT_MAP : LAYOUT_PERIPHERAL,
            .name = arena_format(generator->arena, "grant%zu", i),
            .range = {at, at + size},
            .attributes = generator_one_in(generator, 6) ? 3 : 11};
        at += size + (generator_one_in(generator, 2) ? 0 : 1024 * generator_below(generator, 6));
    }
}

static inline void generator_task(struct generator *generator, const struct generator_shape *shape,
                                  const struct layout_request *request, size_t index,
                                  struct layout_task *task)
{
    struct layout_need *needs = ARENA_ARRAY(generator->arena, struct layout_need, 2);
    *task = (struct layout_task){.name = arena_format(generator->arena, "task%zu", index),
                                 .needs = needs};
    if (shape->memory_count == 1 || !generator_one_in(generator, 12))
        generator_need(generator, shape, request, 0, &needs[task->need_count++]);
    if (shape->memory_count > 1 && (task->need_count == 0 || !generator_one_in(generator, 12)))
        generator_need(generator, shape, request,
                       1 + generator_below(generator, shape->memory_count - 1),
                       &needs[task->need_count++]);
    if ((shape->odds & WITH_GRANTS) != 0)
        generator_grants(generator, task);
    task->reads_info = request->info_bytes > 0 && generator_one_in(generator, 3);
}

static inline struct layout_request generator_request(struct generator *generator,
                                                      const struct generator_shape *shape)
{
    struct layout_request request = {.mpu = {.model = shape->model,
                                             .slots = shape->slots,
                                             .reserved = 1,
                                             .subregions = shape->subregions,
                                             .granularity_bytes = shape->granularity_bytes}};
    generator_memories(generator, shape, &request);
    generator_kernel(generator, &request);
    if ((shape->odds & WITH_INFO) != 0 && generator_one_in(generator, 2))
        request.info_bytes = 256;
    struct layout_task *tasks =
        ARENA_ARRAY(generator->arena, struct layout_task, shape->task_count);
    for (size_t i = 0; i < shape->task_count; i++)
        generator_task(generator, shape, &request, i, &tasks[i]);
    request.tasks = tasks;
    request.task_count = shape->task_count;
    return request;
}

/* The same request with its tasks in another order; place[i] says where task i of `request` went.
 */
static inline struct layout_request
generator_shuffled(struct generator *generator, const struct layout_request *request, size_t *place)
{
    struct layout_task *tasks =
        ARENA_ARRAY(generator->arena, struct layout_task, request->task_count);
    for (size_t i = 0; i < request->task_count; i++)
        place[i] = i;
    for (size_t i = request->task_count; i > 1; i--) {
        const size_t other = generator_below(generator, i);
        const size_t swap = place[i - 1];
        place[i - 1] = place[other];
        place[other] = swap;
    }
    for (size_t i = 0; i < request->task_count; i++)
        tasks[place[i]] = request->tasks[i];
    struct layout_request shuffled = *request;
    shuffled.tasks = tasks;
    return shuffled;
}

#endif
