/* The rows of a memory: they tile it exactly, whatever lies in it. */
#include "layout/model/memory_map.h"

#include "tests/property/layout/generator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void out_of_memory(void)
{
    abort();
}

static int set_up(void **state)
{
    *state = arena_create(out_of_memory);
    return 0;
}

static int tear_down(void **state)
{
    arena_destroy(*state);
    return 0;
}

struct expected_row {
    enum memory_map_kind kind;
    uint64_t start, end, need_bytes;
};

static void check_rows(const struct memory_map *map, const struct expected_row *expected,
                       size_t count)
{
    for (size_t i = 0; i < count && i < map->row_count; i++) {
        assert_int_equal(map->rows[i].kind, expected[i].kind);
        assert_int_equal(map->rows[i].range.start, expected[i].start);
        assert_int_equal(map->rows[i].range.end, expected[i].end);
        assert_int_equal(map->rows[i].need_bytes, expected[i].need_bytes);
    }
    assert_int_equal(map->row_count, count);
}

static void an_unused_memory_is_free(void **state)
{
    const struct layout_memory memory = {.name = "ram", .base = 0x1000, .size = 0x1000};
    const struct layout_request request = {.memories = &memory, .memory_count = 1};
    const struct layout layout = {.memory_count = 1};
    const struct memory_map map = memory_map_of(&request, &layout, 0, *state);
    static const struct expected_row rows[] = {{MEMORY_MAP_FREE, 0x1000, 0x2000, 0}};
    check_rows(&map, rows, COUNT(rows));
}

/* skip, kernel, gap, block, block, hole between, info, free, hole in the free part. */
static void everything_has_its_row(void **state)
{
    const struct layout_range holes[] = {{0x1800, 0x1900}, {0x1e00, 0x1e80}};
    const struct layout_memory memories[] = {{.name = "flash",
                                              .base = 0x1000,
                                              .size = 0x1000,
                                              .skip_bytes = 0x100,
                                              .holes = holes,
                                              .hole_count = 2},
                                             {.name = "ram", .base = 0x8000, .size = 0x1000}};
    const struct layout_request request = {
        .memories = memories, .memory_count = 2, .info_memory = 0, .info_bytes = 0x40};
    const struct layout_kernel_answer kernel[] = {{0, {0x1100, 0x1240}, 0x123},
                                                  {1, {0x8000, 0x8020}, 1}};
    const struct layout_block first[] = {
        {.memory = 1, .range = {0x8400, 0x8800}, .need_bytes = 0x3e0},
        {.memory = 0, .range = {0x1900, 0x1a00}, .need_bytes = 0x100}};
    const struct layout_block second[] = {
        {.memory = 0, .range = {0x1400, 0x1800}, .need_bytes = 0x3c0}};
    const struct layout_task_answer tasks[] = {{.blocks = first, .block_count = 2},
                                               {.blocks = second, .block_count = 1}};
    const struct layout layout = {.kernel = kernel,
                                  .kernel_count = 2,
                                  .tasks = tasks,
                                  .task_count = 2,
                                  .memory_count = 2,
                                  .info = {0x1a20, 0x1a60}};
    const struct memory_map flash = memory_map_of(&request, &layout, 0, *state);
    static const struct expected_row flash_rows[] = {
        {MEMORY_MAP_SKIP, 0x1000, 0x1100, 0}, {MEMORY_MAP_KERNEL, 0x1100, 0x1240, 0x123},
        {MEMORY_MAP_GAP, 0x1240, 0x1400, 0},  {MEMORY_MAP_BLOCK, 0x1400, 0x1800, 0x3c0},
        {MEMORY_MAP_HOLE, 0x1800, 0x1900, 0}, {MEMORY_MAP_BLOCK, 0x1900, 0x1a00, 0x100},
        {MEMORY_MAP_GAP, 0x1a00, 0x1a20, 0},  {MEMORY_MAP_INFO, 0x1a20, 0x1a60, 0x40},
        {MEMORY_MAP_FREE, 0x1a60, 0x1e00, 0}, {MEMORY_MAP_HOLE, 0x1e00, 0x1e80, 0},
        {MEMORY_MAP_FREE, 0x1e80, 0x2000, 0},
    };
    check_rows(&flash, flash_rows, COUNT(flash_rows));
    assert_int_equal(flash.rows[3].task, 1);
    assert_int_equal(flash.rows[5].task, 0);
    const struct memory_map ram = memory_map_of(&request, &layout, 1, *state);
    static const struct expected_row ram_rows[] = {
        {MEMORY_MAP_KERNEL, 0x8000, 0x8020, 1},
        {MEMORY_MAP_GAP, 0x8020, 0x8400, 0},
        {MEMORY_MAP_BLOCK, 0x8400, 0x8800, 0x3e0},
        {MEMORY_MAP_FREE, 0x8800, 0x9000, 0},
    };
    check_rows(&ram, ram_rows, COUNT(ram_rows));
}

/* A hole may lie in the skipped front, or reach out of it, and a memory may end at 2^32. */
static void holes_in_the_skipped_front(void **state)
{
    const struct layout_range holes[] = {{0xffffe010, 0xffffe020}, {0xffffe0f0, 0xffffe110}};
    const struct layout_memory memory = {.name = "flash",
                                         .base = 0xffffe000,
                                         .size = 0x2000,
                                         .skip_bytes = 0x100,
                                         .holes = holes,
                                         .hole_count = 2};
    const struct layout_request request = {.memories = &memory, .memory_count = 1};
    const struct layout_kernel_answer kernel = {0, {0xffffff00, UINT64_C(0x100000000)}, 0x100};
    const struct layout layout = {.kernel = &kernel, .kernel_count = 1, .memory_count = 1};
    const struct memory_map map = memory_map_of(&request, &layout, 0, *state);
    static const struct expected_row rows[] = {
        {MEMORY_MAP_SKIP, 0xffffe000, 0xffffe100, 0},
        {MEMORY_MAP_HOLE, 0xffffe100, 0xffffe110, 0},
        {MEMORY_MAP_GAP, 0xffffe110, 0xffffff00, 0},
        {MEMORY_MAP_KERNEL, 0xffffff00, UINT64_C(0x100000000), 0x100},
    };
    check_rows(&map, rows, COUNT(rows));
}

static void check_tiles(const struct layout_memory *memory, const struct memory_map *map)
{
    uint64_t at = memory->base;
    bool is_behind = false;
    for (size_t i = 0; i < map->row_count; i++) {
        const struct memory_map_row *row = &map->rows[i];
        assert_int_equal(row->range.start, at);
        assert_true(row->range.end > at);
        assert_true(row->need_bytes <= row->range.end - row->range.start);
        at = row->range.end;
        is_behind |= row->kind == MEMORY_MAP_FREE;
        assert_true(!is_behind || row->kind == MEMORY_MAP_FREE || row->kind == MEMORY_MAP_HOLE);
    }
    assert_int_equal(at, memory->base + memory->size);
}

static size_t blocks_in(const struct layout *layout, size_t memory)
{
    size_t count = 0;
    for (size_t t = 0; t < layout->task_count; t++) {
        for (size_t b = 0; b < layout->tasks[t].block_count; b++)
            count += layout->tasks[t].blocks[b].memory == memory;
    }
    return count;
}

static void random_layouts_are_tiled(void **state)
{
    (void)state;
    size_t solved = 0;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct generator generator = {seed, arena_create(out_of_memory)};
        const struct generator_shape shape = {.model = (enum mpu_model)(seed % 4),
                                              .subregions = seed % 8 < 4,
                                              .slots = 16,
                                              .task_count = 1 + seed % 6,
                                              .memory_count = 1 + seed % 3,
                                              .largest_bytes = 20000,
                                              .odds = WITH_ALL & ~(unsigned)WITH_GRANTS};
        const struct layout_request request = generator_request(&generator, &shape);
        struct diag_list diags = diag_list_in(generator.arena);
        struct layout layout;
        if (layout_solve(&request, generator.arena, &layout, &diags)) {
            solved++;
            for (size_t m = 0; m < request.memory_count; m++) {
                const struct memory_map map = memory_map_of(&request, &layout, m, generator.arena);
                check_tiles(&request.memories[m], &map);
                size_t blocks = 0;
                for (size_t i = 0; i < map.row_count; i++)
                    blocks += map.rows[i].kind == MEMORY_MAP_BLOCK;
                assert_int_equal(blocks, blocks_in(&layout, m));
            }
        }
        arena_destroy(generator.arena);
    }
    assert_true(solved > 200);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_unused_memory_is_free),
        TEST(everything_has_its_row),
        TEST(holes_in_the_skipped_front),
        TEST(random_layouts_are_tiled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
