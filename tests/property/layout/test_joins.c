/* Joined peripherals: what the slots of a task grant, byte by byte, is the union of its peripherals
 * and nothing else. */
#include "layout/model/layout.h"

#include <imgbuild/tables.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    ROUNDS = 1000,
    GRANTS_MOST = 6,
    CELL_BYTES = 64,
    CELLS = 128,
    WINDOW_BYTES = CELLS * CELL_BYTES
};
static const uint64_t window = 0x40000000;

static void no_memory(void)
{
    fprintf(stderr, "out of memory\n");
    abort();
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

/* Disjoint grants, each of which a region of its own covers: powers of two at multiples of
 * themselves. */
static size_t make_grants(uint64_t *seed, struct layout_grant *grants)
{
    static const char *const names[GRANTS_MOST] = {"a", "b", "c", "d", "e", "f"};
    bool taken[CELLS] = {false};
    size_t count = 0;
    for (int attempt = 0; attempt < 12 && count < GRANTS_MOST; attempt++) {
        const uint32_t cells = 1u << next_random(seed) % 4;
        const uint32_t first = next_random(seed) % 4 == 0
                                   ? next_random(seed) % (CELLS / cells) * cells
                                   : next_random(seed) % (24 / cells) * cells;
        bool is_free = true;
        for (uint32_t i = first; i < first + cells; i++)
            is_free = is_free && !taken[i];
        if (!is_free)
            continue;
        for (uint32_t i = first; i < first + cells; i++)
            taken[i] = true;
        const uint64_t start = window + first * CELL_BYTES;
        grants[count] = (struct layout_grant){
            .kind = LAYOUT_PERIPHERAL,
            .name = names[count],
            .range = {start, start + cells * CELL_BYTES},
            .attributes = IMGBUILD_READ | IMGBUILD_WRITE | IMGBUILD_DEVICE,
        };
        count++;
    }
    return count;
}

/* Whether the registers of a region grant an address: Armv7-M ARM (DDI 0403E) B3.5.3. */
static bool registers_grant(const struct mpu_region *region, uint64_t addr)
{
    if (addr < region->mpu_base || addr >= region->mpu_base + region->mpu_size)
        return false;
    return (region->srd >> ((addr - region->mpu_base) / (region->mpu_size / 8)) & 1) == 0;
}

static size_t count_granting(const struct layout_task_answer *task, uint64_t addr)
{
    size_t count = 0;
    for (size_t i = 0; i < task->fixed_count; i++)
        count += registers_grant(&task->fixed[i].region, addr);
    return count;
}

static bool is_asked_for(const struct layout_grant *grants, size_t count, uint64_t addr)
{
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found |= addr >= grants[i].range.start && addr < grants[i].range.end;
    return found;
}

/* Returns how many slots joining has saved. */
static size_t check_round(struct arena *arena, uint64_t *seed, bool subregions)
{
    static const size_t ram = 0;
    const struct layout_memory memory = {
        .name = "ram", .base = 0x20000000, .size = 0x10000, .attributes = 3};
    const struct layout_need need = {
        .memories = &ram, .memory_count = 1, .bytes = 64, .align_bytes = 4};
    struct layout_grant grants[GRANTS_MOST];
    const struct layout_task task = {.name = "task",
                                     .needs = &need,
                                     .need_count = 1,
                                     .grants = grants,
                                     .grant_count = make_grants(seed, grants)};
    const struct layout_request request = {.mpu = {MPU_PMSAV7, 16, 0, subregions, 0},
                                           .memories = &memory,
                                           .memory_count = 1,
                                           .tasks = &task,
                                           .task_count = 1};
    struct diag_list diags = diag_list_in(arena);
    struct layout layout;
    assert_true(layout_solve(&request, arena, &layout, &diags));
    assert_true(layout_verify(&request, &layout, &diags));
    const struct layout_task_answer *answer = &layout.tasks[0];
    assert_true(answer->fixed_count <= task.grant_count);
    size_t names = 0;
    for (size_t i = 0; i < answer->fixed_count; i++)
        names += answer->fixed[i].name_count;
    assert_int_equal(names, task.grant_count);
    for (uint64_t addr = window; addr < window + WINDOW_BYTES; addr++) {
        const bool asked = is_asked_for(grants, task.grant_count, addr);
        assert_int_equal(count_granting(answer, addr), asked ? 1 : 0);
    }
    return task.grant_count - answer->fixed_count;
}

static void joined_regions_grant_the_union(void **state)
{
    (void)state;
    uint64_t seed = 20;
    size_t saved[2] = {0, 0};
    for (int round = 0; round < ROUNDS; round++) {
        struct arena *arena = arena_create(no_memory);
        saved[0] += check_round(arena, &seed, false);
        saved[1] += check_round(arena, &seed, true);
        arena_destroy(arena);
    }
    assert_true(saved[0] > 0);
    assert_true(saved[1] > saved[0]); /* eighths join what plain regions cannot */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(joined_regions_grant_the_union)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
