/* layout.json: its fields, their order, and that the numbers are the layout's. */
#include "cli/plan/layout_json.h"

#include "tests/unit/cli/board.h"

#include <jansson.h>

/* The keys of an object in their order, joined by spaces. */
static const char *keys_of(struct fixture *fixture, json_t *object)
{
    const char *joined = "";
    const char *key;
    json_t *value;
    assert_true(json_is_object(object));
    json_object_foreach(object, key, value) joined =
        arena_format(fixture->arena, "%s%s%s", joined, *joined == '\0' ? "" : " ", key);
    return joined;
}

static uint64_t number_in(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    assert_true(json_is_integer(value));
    return (uint64_t)json_integer_value(value);
}

static const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    assert_non_null(text);
    return text;
}

static json_t *read_json(struct fixture *fixture, const struct plan_slot *slot,
                         const struct plan *plan)
{
    const char *text = layout_json(slot, plan, fixture->arena);
    assert_int_equal(text[strlen(text) - 1], '\n');
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    return json;
}

static const struct board *example(struct fixture *fixture)
{
    return load_board(fixture,
                      BOARD "kernel: {size: {flash: 1000}}\n"
                            "images: [b]\n"
                            "info: {size: 256, tasks: [net]}\n"
                            "tasks:\n"
                            "  super: {priority: 0, stack: 1K}\n"
                            "  net: {priority: 1, stack: 1K, uses: [uart0], maps: [sram-2]}\n");
}

static struct plan example_plan(struct fixture *fixture, const struct board *board)
{
    const struct plan_sizes sizes =
        SIZES(fixture, board, {"super", "flash", 5000}, {"super", "ram", 1100},
              {"net", "flash", 7000}, {"net", "ram", 3000});
    return plan_of(fixture, board->slots, &sizes);
}

static void fields_and_their_order(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board = example(fixture);
    const struct plan plan = example_plan(fixture, board);
    json_t *json = read_json(fixture, board->slots, &plan);
    assert_string_equal(keys_of(fixture, json),
                        "imgbuild_layout name slot mpu bound memories kernel tasks peripherals");
    assert_string_equal(keys_of(fixture, json_object_get(json, "mpu")),
                        "model slots reserved subregions");
    assert_string_equal(keys_of(fixture, json_array_get(json_object_get(json, "memories"), 0)),
                        "name base size end need bound padding gap");
    assert_string_equal(keys_of(fixture, json_array_get(json_object_get(json, "kernel"), 0)),
                        "memory base size need");
    json_t *task = json_array_get(json_object_get(json, "tasks"), 1);
    assert_string_equal(keys_of(fixture, task), "name index slots_used slots_free blocks fixed");
    json_t *block = json_array_get(json_object_get(task, "blocks"), 0);
    assert_string_equal(keys_of(fixture, block), "memory base size need regions");
    assert_string_equal(keys_of(fixture, json_array_get(json_object_get(block, "regions"), 0)),
                        "first last slots mpu_base mpu_size srd");
    assert_string_equal(keys_of(fixture, json_array_get(json_object_get(task, "fixed"), 0)),
                        "kind names first last slots mpu_base mpu_size srd");
    json_decref(json);
}

static void the_head_is_the_boards(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board = example(fixture);
    const struct plan plan = example_plan(fixture, board);
    json_t *json = read_json(fixture, board->slots, &plan);
    assert_int_equal(number_in(json, "imgbuild_layout"), 1);
    assert_string_equal(text_in(json, "name"), "demo");
    assert_string_equal(text_in(json, "slot"), "b");
    assert_true(number_in(json, "bound") == plan.layout.bound_bytes);
    const json_t *mpu = json_object_get(json, "mpu");
    assert_string_equal(text_in(mpu, "model"), "pmsav7");
    assert_int_equal(number_in(mpu, "slots"), 8);
    assert_int_equal(number_in(mpu, "reserved"), 1);
    assert_true(json_is_true(json_object_get(mpu, "subregions")));
    const json_t *flash = json_array_get(json_object_get(json, "memories"), 0);
    assert_string_equal(text_in(flash, "name"), "flash");
    assert_int_equal(number_in(flash, "base"), 0x08020000);
    assert_int_equal(number_in(flash, "size"), 128 * 1024);
    const json_t *kernel = json_array_get(json_object_get(json, "kernel"), 0);
    assert_string_equal(text_in(kernel, "memory"), "flash");
    assert_int_equal(number_in(kernel, "base"), 0x08020000);
    assert_int_equal(number_in(kernel, "size"), 1024);
    assert_int_equal(number_in(kernel, "need"), 1000);
    json_decref(json);
}

/* need + padding + gap is what lies between the kernel's end and `end`; need is what the blocks
 * need. */
static void the_numbers_of_a_memory_add_up(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board = example(fixture);
    const struct plan plan = example_plan(fixture, board);
    json_t *json = read_json(fixture, board->slots, &plan);
    static const uint64_t firsts[] = {0x08020400, 0x20000000};
    static const uint64_t needs[] = {5024 + 7008, 1120 + 3008};
    for (size_t i = 0; i < COUNT(firsts); i++) {
        const json_t *memory = json_array_get(json_object_get(json, "memories"), i);
        assert_int_equal(number_in(memory, "need"), needs[i]);
        assert_int_equal(number_in(memory, "need") + number_in(memory, "padding") +
                             number_in(memory, "gap"),
                         number_in(memory, "end") - firsts[i]);
        assert_true(number_in(memory, "bound") >= number_in(memory, "need"));
    }
    json_decref(json);
}

static void check_block(const json_t *block)
{
    const json_t *regions = json_object_get(block, "regions");
    uint64_t at = number_in(block, "base");
    for (size_t i = 0; i < json_array_size(regions); i++) {
        const json_t *region = json_array_get(regions, i);
        assert_true(number_in(region, "first") == at);
        at = number_in(region, "last") + 1;
        const uint64_t base = number_in(region, "mpu_base");
        const uint64_t size = number_in(region, "mpu_size");
        assert_true(number_in(region, "first") >= base && at <= base + size);
        assert_int_equal(base % size, 0);
        assert_int_equal(number_in(region, "slots"), 1);
        assert_true(number_in(region, "srd") < 0xff);
    }
    assert_true(at == number_in(block, "base") + number_in(block, "size"));
    assert_true(number_in(block, "need") <= number_in(block, "size"));
}

static void blocks_are_cut_exactly_into_regions(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board = example(fixture);
    const struct plan plan = example_plan(fixture, board);
    json_t *json = read_json(fixture, board->slots, &plan);
    const json_t *tasks = json_object_get(json, "tasks");
    assert_int_equal(json_array_size(tasks), 2);
    for (size_t t = 0; t < 2; t++) {
        const json_t *task = json_array_get(tasks, t);
        assert_int_equal(number_in(task, "index"), t);
        assert_string_equal(text_in(task, "name"), t == 0 ? "super" : "net");
        assert_int_equal(number_in(task, "slots_used") + number_in(task, "slots_free"), 7);
        const json_t *blocks = json_object_get(task, "blocks");
        assert_int_equal(json_array_size(blocks), 2);
        for (size_t b = 0; b < 2; b++)
            check_block(json_array_get(blocks, b));
    }
    json_decref(json);
}

static void what_is_fixed_is_named(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board = example(fixture);
    const struct plan plan = example_plan(fixture, board);
    json_t *json = read_json(fixture, board->slots, &plan);
    const json_t *fixed =
        json_object_get(json_array_get(json_object_get(json, "tasks"), 1), "fixed");
    static const char *const kinds[] = {"info", "map", "peripheral"};
    assert_int_equal(json_array_size(fixed), 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(text_in(json_array_get(fixed, i), "kind"), kinds[i]);
    const json_t *uart = json_array_get(fixed, 2);
    const json_t *names = json_object_get(uart, "names");
    assert_int_equal(json_array_size(names), 1);
    assert_string_equal(json_string_value(json_array_get(names, 0)), "uart0");
    assert_int_equal(number_in(uart, "first"), 0x40004000);
    assert_int_equal(number_in(uart, "last"), 0x40004fff);
    json_decref(json);
}

/* A model whose regions have bounds has no size and no eighths to tell. */
static void bounds_have_no_size(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board =
        load_board(fixture, "schema: 1\nname: eight\nchip:\n  chip: small\n"
                            "  mpu: {model: pmsav8, regions: 8}\n"
                            "  memories:\n"
                            "    flash: {base: 0, size: 64K, access: rx}\n"
                            "    ram: {base: 0x20000000, size: 64K, access: rw}\n"
                            "code_memory: flash\ndata_memory: ram\n"
                            "tasks:\n  super: {priority: 0, stack: 1K}\n");
    const struct plan_sizes sizes = SIZES(fixture, board, {"super", "flash", 100});
    const struct plan plan = plan_of(fixture, board->slots, &sizes);
    json_t *json = read_json(fixture, board->slots, &plan);
    const json_t *task = json_array_get(json_object_get(json, "tasks"), 0);
    const json_t *block = json_array_get(json_object_get(task, "blocks"), 0);
    json_t *region = json_array_get(json_object_get(block, "regions"), 0);
    assert_string_equal(keys_of(fixture, region), "first last slots mpu_base");
    assert_string_equal(text_in(json, "slot"), "");
    assert_string_equal(text_in(json_object_get(json, "mpu"), "model"), "pmsav8");
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fields_and_their_order),         TEST(the_head_is_the_boards),
        TEST(the_numbers_of_a_memory_add_up), TEST(blocks_are_cut_exactly_into_regions),
        TEST(what_is_fixed_is_named),         TEST(bounds_have_no_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
