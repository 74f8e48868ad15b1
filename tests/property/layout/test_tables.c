/* Tables of thousands of random layouts: each task is granted exactly its blocks, its grants and
 * the info block, by its records and by its MPU words alike, and the size of the tables never tells
 * where they lie. */
#include "layout/mpu/mpu_words.h"
#include "layout/tables/tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/property/layout/generator.h"
#include "tests/unit/layout/mpu_decoder.h"

enum { RUNS_MOST = 256, ACCESS = IMGBUILD_READ | IMGBUILD_WRITE | IMGBUILD_EXECUTE };

static void no_memory(void)
{
    abort();
}

/* ---- what a task must be granted ---- */

static void add_run(struct decoded *runs, struct layout_range range, uint32_t attributes)
{
    assert_true(runs->count < RUNS_MOST);
    runs->runs[runs->count++] =
        (struct imgbuild_region){(uint32_t)range.start, (uint32_t)(range.end - 1), attributes};
}

static struct decoded wanted_runs(const struct layout_request *request, const struct layout *layout,
                                  size_t task)
{
    struct decoded wanted = {.count = 0};
    for (size_t i = 0; i < layout->tasks[task].block_count; i++) {
        const struct layout_block *block = &layout->tasks[task].blocks[i];
        add_run(&wanted, block->range, request->memories[block->memory].attributes);
    }
    for (size_t i = 0; i < request->tasks[task].grant_count; i++)
        add_run(&wanted, request->tasks[task].grants[i].range,
                request->tasks[task].grants[i].attributes);
    if (request->tasks[task].reads_info)
        add_run(&wanted, layout->info, IMGBUILD_READ);
    return wanted;
}

/* Sorted, and touching runs of equal attributes joined: two lists of runs that say the same are
 * equal then. */
static void normalise(struct decoded *runs, uint32_t mask)
{
    size_t count = 0;
    qsort(runs->runs, runs->count, sizeof *runs->runs, compare_runs);
    for (size_t i = 0; i < runs->count; i++) {
        struct imgbuild_region run = runs->runs[i];
        run.attributes &= mask;
        struct imgbuild_region *before = count > 0 ? &runs->runs[count - 1] : NULL;
        assert_true(run.first <= run.last);
        assert_true(before == NULL || run.first > before->last); /* disjoint */
        if (before != NULL && run.first == before->last + 1 && run.attributes == before->attributes)
            before->last = run.last;
        else
            runs->runs[count++] = run;
    }
    runs->count = count;
}

static void check_equal(struct decoded found, struct decoded wanted, uint32_t mask)
{
    normalise(&found, mask);
    normalise(&wanted, mask);
    assert_int_equal(found.count, wanted.count);
    for (size_t i = 0; i < found.count; i++) {
        assert_int_equal(found.runs[i].first, wanted.runs[i].first);
        assert_int_equal(found.runs[i].last, wanted.runs[i].last);
        assert_int_equal(found.runs[i].attributes, wanted.runs[i].attributes);
    }
}

/* ---- what the tables say ---- */

static struct decoded read_records(struct span data, uint32_t task_off)
{
    struct decoded records = {.count = data.data[task_off + 28]};
    const uint32_t at = span_u32(data, task_off + 16);
    for (uint32_t i = 0; i < records.count; i++) {
        records.runs[i] =
            (struct imgbuild_region){span_u32(data, at + 12 * i), span_u32(data, at + 12 * i + 4),
                                     span_u32(data, at + 12 * i + 8)};
        assert_true(i == 0 || records.runs[i].first > records.runs[i - 1].last);
    }
    return records;
}

static struct decoded read_words(const struct mpu *mpu, struct span data, uint32_t task_off)
{
    uint32_t words[RUNS_MOST];
    const uint32_t at = span_u32(data, task_off + 20);
    const size_t count = mpu_words_count(mpu);
    assert_true(count <= RUNS_MOST);
    for (uint32_t i = 0; i < count; i++)
        words[i] = span_u32(data, at + 4 * i);
    return decode(mpu, words);
}

static void check_grants(const struct layout_request *request, const struct layout *layout,
                         const struct tables *tables)
{
    for (size_t task = 0; task < request->task_count; task++) {
        const uint32_t at = span_u32(tables->image, 40) + 32 * (uint32_t)task;
        const struct decoded wanted = wanted_runs(request, layout, task);
        check_equal(read_records(tables->data, at), wanted, UINT32_MAX);
        check_equal(read_words(&request->mpu, tables->data, at), wanted, ACCESS);
    }
}

static void check_same_shape(const struct tables *a, const struct tables *b)
{
    assert_int_equal(a->image.bytes, b->image.bytes);
    assert_int_equal(a->data.bytes, b->data.bytes);
    assert_int_equal(a->relocation_count, b->relocation_count);
    for (size_t i = 0; i < a->relocation_count; i++) {
        assert_int_equal(a->relocations[i].in_image, b->relocations[i].in_image);
        assert_int_equal(a->relocations[i].offset, b->relocations[i].offset);
        assert_int_equal(a->relocations[i].target_offset, b->relocations[i].target_offset);
    }
}

static struct tables encode(const struct layout_request *request, const struct layout *layout,
                            struct arena *arena, struct diag_list *diags)
{
    struct tables_task *tasks = ARENA_ARRAY(arena, struct tables_task, request->task_count);
    for (size_t i = 0; i < request->task_count; i++)
        tasks[i].name = request->tasks[i].name;
    const struct tables_input input = {.name = "demo",
                                       .board = "board",
                                       .slot = "",
                                       .tasks = tasks,
                                       .task_count = request->task_count,
                                       .request = request,
                                       .layout = layout};
    struct tables tables;
    assert_true(tables_encode(&input, arena, &tables, diags));
    return tables;
}

/* Returns whether the request had a layout. */
static bool check_request(const struct generator_shape *shape, uint64_t seed)
{
    struct arena *arena = arena_create(no_memory);
    struct generator generator = {seed, arena};
    struct diag_list diags = diag_list_in(arena);
    const struct layout_request request = generator_request(&generator, shape);
    struct layout layout;
    const bool solved = layout_solve(&request, arena, &layout, &diags);
    if (solved) {
        const struct tables first = encode(&request, NULL, arena, &diags);
        const struct tables final = encode(&request, &layout, arena, &diags);
        check_same_shape(&first, &final);
        check_grants(&request, &layout, &final);
    }
    arena_destroy(arena);
    return solved;
}

static void check_model(enum mpu_model model, bool subregions, uint32_t slots)
{
    size_t solved = 0;
    for (uint64_t i = 0; i < 300; i++) {
        const struct generator_shape shape = {.model = model,
                                              .subregions = subregions,
                                              .slots = slots,
                                              .task_count = 1 + (size_t)(i % 8),
                                              .memory_count = 1 + (size_t)(i % 4),
                                              .largest_bytes = 16384,
                                              .odds = WITH_ALL};
        solved += check_request(&shape, 70000 + i);
    }
    assert_true(solved > 100);
}

static void pmsav7_tables_grant_the_layout(void **state)
{
    (void)state;
    check_model(MPU_PMSAV7, true, 8);
    check_model(MPU_PMSAV7, false, 16);
}

static void pmsav6_tables_grant_the_layout(void **state)
{
    (void)state;
    check_model(MPU_PMSAV6, true, 8);
    check_model(MPU_PMSAV6, false, 8);
}

static void pmsav8_tables_grant_the_layout(void **state)
{
    (void)state;
    check_model(MPU_PMSAV8, false, 8);
}

static void pmp_tables_grant_the_layout(void **state)
{
    (void)state;
    check_model(MPU_PMP, false, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pmsav7_tables_grant_the_layout),
        cmocka_unit_test(pmsav6_tables_grant_the_layout),
        cmocka_unit_test(pmsav8_tables_grant_the_layout),
        cmocka_unit_test(pmp_tables_grant_the_layout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
