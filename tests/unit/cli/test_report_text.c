/* The report: its rows add up, for the example and for random boards. */
#include "cli/report/report_text.h"

#include "tests/unit/cli/board.h"

#include <stdio.h>

static void bytes_have_an_exact_unit(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {{0, "0"},
                 {1, "1"},
                 {1023, "1023"},
                 {1024, "1K"},
                 {1536, "1536"},
                 {12288, "12K"},
                 {1 << 20, "1M"},
                 {(1 << 20) + 1024, "1025K"},
                 {UINT64_C(1) << 32, "4096M"},
                 {UINT32_MAX, "4294967295"}};
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(report_text_bytes(fixture->arena, cases[i].bytes), cases[i].text);
}

static const char *report_of(struct fixture *fixture, const struct board *board,
                             const struct plan_sizes *sizes)
{
    const struct plan plan = plan_of(fixture, board->slots, sizes);
    return report_text_of_layout(board->slots, &plan, fixture->arena);
}

static void check_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no '%s' in:\n%s", part, text);
}

static void a_report_says_what_lies_where(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board =
        load_board(fixture, BOARD "board: kit\n"
                                  "images: [b]\n"
                                  "kernel: {size: {flash: 1000}}\n"
                                  "tasks:\n"
                                  "  super: {priority: 0, stack: 1K, limits: {flash: 4K}}\n"
                                  "  net: {priority: 1, stack: 1K, uses: [uart0]}\n");
    const struct plan_sizes sizes =
        SIZES(fixture, board, {"super", "flash", 1024}, {"net", "ram", 1000});
    const char *text = report_of(fixture, board, &sizes);
    check_has(text, "demo 1.2.3 on kit, image slot b\n");
    check_has(text, "pmsav7, 8 region slots, 1 of them reserved for the kernel, with subregions\n");
    check_has(text, "\nflash: 128K at 0x08020000, r-x\n");
    check_has(text, "  0x08020000       1024  r-x   kernel       1000\n");
    check_has(text, "  0x08020400       1024  r-x   super        1024\n");
    check_has(text, "  0x08020800     129024  -     -free-          -\n");
    check_has(text, "  total          131072\n");
    check_has(text, "  used 2048 (1.56%), free 129024; padding 24, gaps 0\n");
    check_has(text, "  tasks need 1024 and use 1024, 0.00% more; "
                    "0.00% above the minimum of 1024\n");
    check_has(text, "\nall memories: tasks need 2048 and use 2048, 0.00% more; "
                    "optimal: no layout uses less\n");
    check_has(text, "\n  super  flash            1024       1024       4096 ");
    check_has(text, " 1/7  1024\n");
    check_has(text, " 2/7  1024\n");
    check_has(text, "         uart0\n");
    assert_null(strstr(text, "\nsram-2:")); /* in use by nobody */
}

/* ---- random boards ---- */

static uint64_t random_state;

static uint64_t random_below(uint64_t below)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (random_state >> 33) % below;
}

static const char *random_board(struct arena *arena)
{
    const char *text = arena_format(
        arena,
        "schema: 1\nname: random\nchip:\n  chip: random\n"
        "  mpu: {model: %s, regions: 16}\n  memories:\n"
        "    flash: {base: 0x%x, size: 512K, access: rx, skip: %u, holes: [{base: 0x%x, size: "
        "%u}]}\n"
        "    ram: {base: 0x20000000, size: 256K, access: rw}\n"
        "    far: {base: 0xfff00000, size: 1M, access: rw}\n"
        "code_memory: flash\ndata_memory: %s\n%stasks:\n",
        (const char *const[]){"pmsav6", "pmsav7", "pmsav8"}[random_below(3)], 0x08000000,
        (unsigned)random_below(100) * 32, 0x08008000 + (unsigned)random_below(64) * 64,
        64 + (unsigned)random_below(5000), random_below(2) == 0 ? "ram" : "[ram, far]",
        random_below(2) == 0 ? "info: {size: 256}\n" : "");
    const uint64_t count = 1 + random_below(6);
    for (unsigned i = 0; i < count; i++)
        text = arena_format(arena, "%s  task-%u: {priority: %u, stack: 64}\n", text, i, i);
    return text;
}

static struct plan_sizes random_sizes(struct fixture *fixture, const struct board *board)
{
    struct given_size given[32];
    size_t count = 0;
    given[count++] = (struct given_size){NULL, "flash", 1 + random_below(9000)};
    for (size_t i = 0; i < board->manifest.task_count; i++) {
        const char *name = board->manifest.tasks[i].name.text;
        given[count++] = (struct given_size){name, "flash", 1 + random_below(20000)};
        given[count++] = (struct given_size){name, "ram", 64 + random_below(10000)};
    }
    return sizes_from(fixture, board, given, count);
}

struct sums {
    uint64_t total, free, gaps;
    size_t memories;
};

static uint64_t size_of(const struct plan *plan, const char *name)
{
    size_t index = 0;
    while (strcmp(plan->request.memories[index].name, name) != 0)
        index++;
    return plan->request.memories[index].size;
}

/* Follows the rows of the tables, line by line. */
static void check_sums(const char *text, const struct plan *plan)
{
    struct sums sums = {0};
    char memory[16] = "";
    unsigned long long at = 0, size, total, used, free_bytes, padding, gaps;
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        unsigned long long address;
        char owner[32];
        if (sscanf(line, "%15[a-z]: %*s at 0x%llx,", memory, &address) == 2) {
            sums = (struct sums){.memories = sums.memories + 1};
            at = address;
        } else if (sscanf(line, "  0x%llx %llu %*s %31s", &address, &size, owner) == 3) {
            assert_int_equal(address, at);
            assert_true(size > 0);
            at += size;
            sums.total += size;
            sums.free += strcmp(owner, "-free-") == 0 ? size : 0;
            sums.gaps += strcmp(owner, "-gap-") == 0 ? size : 0;
        } else if (sscanf(line, "  total %llu", &total) == 1) {
            assert_int_equal(total, sums.total);
            assert_int_equal(total, size_of(plan, memory));
        } else if (sscanf(line, "  used %llu (%*[^)]), free %llu; padding %llu, gaps %llu", &used,
                          &free_bytes, &padding, &gaps) == 4) {
            assert_int_equal(free_bytes, sums.free);
            assert_int_equal(gaps, sums.gaps);
            assert_int_equal(used + free_bytes, sums.total);
        }
    }
    assert_true(sums.memories >= 2);
}

static void rows_add_up_to_the_memory(void **state)
{
    struct fixture *fixture = *state;
    for (random_state = 0; random_state != 150; random_state++) {
        const uint64_t seed = random_state;
        const struct board *board = load_board(fixture, random_board(fixture->arena));
        const struct plan_sizes sizes = random_sizes(fixture, board);
        const struct plan plan = plan_of(fixture, board->slots, &sizes);
        check_sums(report_text_of_layout(board->slots, &plan, fixture->arena), &plan);
        random_state = seed;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_have_an_exact_unit),
        TEST(a_report_says_what_lies_where),
        TEST(rows_add_up_to_the_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
