/* Random requests of every model: the verifier accepts every answer, and the order of the tasks
 * changes nothing. */
#include "tests/property/layout/generator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void no_memory(void)
{
    fprintf(stderr, "out of memory\n");
    abort();
}

static void print_diags(const struct diag_list *diags, uint64_t seed)
{
    for (size_t i = 0; i < diags->count; i++)
        fprintf(stderr, "seed %llu: [%s] %s\n", (unsigned long long)seed, diags->items[i].code,
                diags->items[i].message);
}

static bool is_input_error(const struct diag_list *diags)
{
    for (size_t i = 0; i < diags->count; i++)
        if (strcmp(diags->items[i].code, "layout-too-many-slots") != 0 &&
            strcmp(diags->items[i].code, "layout-grant-not-coverable") != 0 &&
            strcmp(diags->items[i].code, "layout-grant-overlap") != 0 &&
            strcmp(diags->items[i].code, "layout-pin") != 0)
            return false;
    return true;
}

/* Memories that end where the blocks ended are large enough. */
static void check_tight(const struct layout_request *request, const struct layout *layout,
                        struct arena *arena)
{
    struct layout_memory *memories =
        ARENA_ARRAY(arena, struct layout_memory, request->memory_count);
    struct diag_list diags = diag_list_in(arena);
    for (size_t i = 0; i < request->memory_count; i++) {
        memories[i] = request->memories[i];
        memories[i].size = layout->memories[i].end - memories[i].base;
        /* A hole must lie inside. */
        while (memories[i].hole_count > 0 &&
               memories[i].holes[memories[i].hole_count - 1].end > layout->memories[i].end)
            memories[i].hole_count--;
        if (layout->info.end > memories[i].base && request->info_memory == i)
            memories[i].size = layout->info.end - memories[i].base;
    }
    struct layout_request tight = *request;
    tight.memories = memories;
    struct layout other;
    assert_true(layout_solve(&tight, arena, &other, &diags));
    assert_true(layout_verify(&tight, &other, &diags));
}

static void check_same_blocks(const struct layout_task_answer *a,
                              const struct layout_task_answer *b)
{
    assert_int_equal(a->block_count, b->block_count);
    for (size_t i = 0; i < a->block_count; i++) {
        assert_true(a->blocks[i].range.start == b->blocks[i].range.start);
        assert_true(a->blocks[i].range.end == b->blocks[i].range.end);
    }
}

/* Returns whether the request had an answer. */
static bool check_request(const struct generator_shape *shape, uint64_t seed)
{
    struct arena *arena = arena_create(no_memory);
    struct generator generator = {seed, arena};
    struct diag_list diags = diag_list_in(arena);
    const struct layout_request request = generator_request(&generator, shape);
    struct layout layout;
    const bool solved = layout_solve(&request, arena, &layout, &diags);
    if (solved) {
        if (!layout_verify(&request, &layout, &diags))
            print_diags(&diags, seed);
        assert_int_equal(diags.count, 0);
        size_t *place = ARENA_ARRAY(arena, size_t, request.task_count);
        const struct layout_request shuffled = generator_shuffled(&generator, &request, place);
        struct layout other;
        assert_true(layout_solve(&shuffled, arena, &other, &diags));
        for (size_t i = 0; i < request.task_count; i++)
            check_same_blocks(&layout.tasks[i], &other.tasks[place[i]]);
        assert_true(layout.bound_bytes == other.bound_bytes);
        if ((shape->odds & WITH_CHOICES) == 0)
            check_tight(&request, &layout, arena);
    } else {
        if (!is_input_error(&diags))
            print_diags(&diags, seed);
        assert_true(is_input_error(&diags));
    }
    arena_destroy(arena);
    return solved;
}

static void check_model(struct generator_shape shape, uint64_t seed)
{
    size_t solved = 0;
    for (uint64_t i = 0; i < 96; i++) {
        shape.task_count = 1 + (size_t)(i % 16);
        shape.memory_count = 1 + (size_t)(i % 4);
        shape.largest_bytes = 16384;
        shape.odds = i % 3 == 0 ? 0 : WITH_ALL;
        solved += check_request(&shape, seed + i);
    }
    assert_true(solved > 48);
}

static void test_pmsav7_subregions(void **state)
{
    (void)state;
    check_model((struct generator_shape){.model = MPU_PMSAV7, .subregions = true, .slots = 8},
                1000);
}

static void test_pmsav7_plain(void **state)
{
    (void)state;
    check_model((struct generator_shape){.model = MPU_PMSAV7, .slots = 8}, 2000);
}

static void test_pmsav7_sixteen(void **state)
{
    (void)state;
    check_model((struct generator_shape){.model = MPU_PMSAV7, .subregions = true, .slots = 16},
                3000);
}

static void test_pmsav6_subregions(void **state)
{
    (void)state;
    check_model((struct generator_shape){.model = MPU_PMSAV6, .subregions = true, .slots = 8},
                4000);
}

static void test_pmsav6_plain(void **state)
{
    (void)state;
    check_model((struct generator_shape){.model = MPU_PMSAV6, .slots = 8}, 5000);
}

static void test_pmsav8(void **state)
{
    (void)state;
    check_model((struct generator_shape){.model = MPU_PMSAV8, .slots = 8}, 6000);
}

static void test_pmp(void **state)
{
    (void)state;
    check_model((struct generator_shape){.model = MPU_PMP, .slots = 16}, 7000);
}

/* A granularity coarser than 8 bytes is what blocks are then multiples of. */
static void test_pmp_coarse(void **state)
{
    (void)state;
    check_model((struct generator_shape){.model = MPU_PMP, .slots = 16, .granularity_bytes = 64},
                8000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pmsav7_subregions),
        cmocka_unit_test(test_pmsav7_plain),
        cmocka_unit_test(test_pmsav7_sixteen),
        cmocka_unit_test(test_pmsav6_subregions),
        cmocka_unit_test(test_pmsav6_plain),
        cmocka_unit_test(test_pmsav8),
        cmocka_unit_test(test_pmp),
        cmocka_unit_test(test_pmp_coarse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
