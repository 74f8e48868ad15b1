/* Addresses and faults of an image that is written down here, held against tests/golden/faults.
 * UPDATE=1 rewrites those files; look at the difference before you commit it. */
#include "cli/address/fault_explain.h"

#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char layout_text[] =
    "{\"imgbuild_layout\":1,\"name\":\"demo\",\"slot\":\"\","
    "\"mpu\":{\"model\":\"pmsav7\",\"slots\":8,\"reserved\":1,\"subregions\":true},\"bound\":0,"
    "\"memories\":["
    "{\"name\":\"flash\",\"base\":134217728,\"size\":1048576,\"end\":134365184,\"need\":0,"
    "\"bound\":0,\"padding\":0,\"gap\":0,\"skip\":8192},"
    "{\"name\":\"ram\",\"base\":536870912,\"size\":65536,\"end\":536879104,\"need\":0,"
    "\"bound\":0,\"padding\":0,\"gap\":0,\"holes\":[{\"base\":536903680,\"size\":256}]}],"
    "\"kernel\":[{\"memory\":\"flash\",\"base\":134225920,\"size\":8192,\"need\":8000}],"
    "\"tasks\":[{\"name\":\"net\",\"index\":0,\"slots_used\":5,\"slots_free\":2,\"blocks\":["
    "{\"memory\":\"flash\",\"base\":134316032,\"size\":49152,\"need\":49100,\"regions\":["
    "{\"first\":134316032,\"last\":134332415,\"slots\":1,\"mpu_base\":0},"
    "{\"first\":134332416,\"last\":134365183,\"slots\":1,\"mpu_base\":0}]},"
    "{\"memory\":\"ram\",\"base\":536870912,\"size\":4096,\"need\":4096,\"regions\":["
    "{\"first\":536870912,\"last\":536875007,\"slots\":1,\"mpu_base\":0}]}],"
    "\"fixed\":[{\"kind\":\"peripheral\",\"names\":[\"eth0\"],\"first\":1073758208,"
    "\"last\":1073762303,\"slots\":1,\"mpu_base\":0}]},"
    "{\"name\":\"leds\",\"index\":1,\"slots_used\":1,\"slots_free\":6,\"blocks\":["
    "{\"memory\":\"ram\",\"base\":536876032,\"size\":3072,\"need\":3000,\"regions\":["
    "{\"first\":536876032,\"last\":536879103,\"slots\":1,\"mpu_base\":0}]}],\"fixed\":[]}],"
    "\"peripherals\":[{\"name\":\"eth0\",\"base\":1073758208,\"size\":4096},"
    "{\"name\":\"wdog\",\"base\":1073807360,\"size\":4096}]}";

static const struct tables_read_region net_regions[] = {
    {0x08018000, 0x0801c000, 5},
    {0x0801c000, 0x08024000, 5},
    {0x20000000, 0x20001000, 3},
    {0x40004000, 0x40005000, 11},
};
static const struct tables_read_region led_regions[] = {{0x20001400, 0x20002000, 3}};
static const struct tables_read_task tasks[] = {
    {.name = "net",
     .entry = 0x08018001,
     .stack_base = 0x20000000,
     .stack_top = 0x20000400,
     .regions = net_regions,
     .region_count = 4},
    {.name = "leds",
     .entry = 0x0801a001,
     .stack_base = 0x20001400,
     .stack_top = 0x20001500,
     .regions = led_regions,
     .region_count = 1},
};

static void out_of_memory(void)
{
    abort();
}

struct fixture {
    struct arena *arena;
    struct diag_list diags;
    struct address_program programs[2];
    struct address_book book;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->arena = arena_create(out_of_memory);
    fixture->diags = diag_list_in(fixture->arena);
    for (size_t i = 0; i < 2; i++)
        fixture->programs[i].is_opened = true;
    fixture->book = (struct address_book){
        .arena = fixture->arena,
        .diags = &fixture->diags,
        .tables = {.name = "demo",
                   .major = 1,
                   .image_base = 0x08002000,
                   .image_bytes = 0x22500,
                   .info_addr = 0x08024400,
                   .tasks = tasks,
                   .task_count = 2},
        .has_tables = true,
        .kernel = {.is_opened = true},
        .tasks = fixture->programs,
        .id = "qLIwJ2DS8s0",
    };
    if (!layout_read(span_of_text(layout_text), NOWHERE, fixture->arena, &fixture->book.layout,
                     &fixture->diags))
        fail_msg("%s", fixture->diags.items[0].message);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    arena_destroy(fixture->arena);
    free(fixture);
    return 0;
}

static void hold_against(struct fixture *fixture, const char *name, const char *text)
{
    const char *path = arena_format(fixture->arena, "tests/golden/faults/%s.txt", name);
    struct span expected;
    if (getenv("UPDATE") != NULL)
        assert_true(
            file_write(fixture->arena, path, span_of_text(text), FILE_NOT_SYNCED, &fixture->diags));
    assert_true(file_read(fixture->arena, path, 1 << 20, NOWHERE, &expected, &fixture->diags));
    assert_string_equal(
        text, arena_copy_text(fixture->arena, (const char *)expected.data, expected.bytes));
}

static void test_addresses(void **state)
{
    static const uint32_t addresses[] = {
        0x08018000, 0x0801bffd, 0x08023ff0, 0x08000010, 0x08003f80, 0x08010000, 0x08030000,
        0x20000fff, 0x080243ff, 0x08024400, 0x080244ff, 0x20001000, 0x20001200, 0x20001fb8,
        0x20008010, 0x40004010, 0x40010ffc, 0x40011010, 0x50000000, 0xffffffff,
    };
    struct fixture *fixture = *state;
    struct buffer out = buffer_in(fixture->arena);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        const struct address_answer answer =
            address_answer(&fixture->book, addresses[i], ADDRESS_READABLE_NAMES, fixture->arena);
        buffer_append_text(&out, address_answer_text(&fixture->book, &answer, fixture->arena));
    }
    hold_against(fixture, "addresses", buffer_text(&out));
}

static void test_faults(void **state)
{
    static const char *const records[] = {
        "{\"archive_id\":\"qLIwJ2DS8s0\",\"task\":\"net\",\"gen\":2,\"kind\":\"bad-loan\","
        "\"address\":\"0x0801bffd\",\"length\":4,\"by\":\"kernel\",\"message\":\"refused\"}",
        "{\"task\":\"net\",\"kind\":\"bad-loan\",\"address\":\"0x20000ffe\",\"length\":4,"
        "\"by\":\"kernel\"}",
        "{\"task\":\"net\",\"kind\":\"data-access\",\"address\":\"0x20001500\",\"by\":\"mpu\"}",
        "{\"task\":\"net\",\"kind\":\"data-access\",\"address\":\"0x20001200\",\"by\":\"mpu\"}",
        "{\"task\":\"leds\",\"kind\":\"data-access\",\"address\":\"0x40004004\",\"by\":\"mpu\"}",
        "{\"task\":\"net\",\"kind\":\"instruction-access\",\"address\":\"0x20000010\","
        "\"pc\":\"0x20000010\",\"lr\":\"0x08018101\",\"sp\":\"0x20000200\",\"by\":\"mpu\"}",
        "{\"task\":\"leds\",\"kind\":\"stack-overflow\",\"address\":\"0x200013f0\","
        "\"sp\":\"0x200013e8\",\"pc\":\"0x0\",\"by\":\"mpu\"}",
        "{\"task\":\"leds\",\"kind\":\"data-access\",\"address\":\"0x20001500\","
        "\"pc\":\"0x08018010\",\"by\":\"mpu\"}",
        "{\"task\":\"kernel\",\"kind\":\"data-access\",\"address\":4}",
        "{\"task\":\"no\\u202eone\",\"kind\":\"data-access\",\"address\":4}",
        "{\"task\":\"nobody\",\"kind\":\"data-access\",\"pc\":\"0x08018010\"}",
        "{\"task\":\"net\",\"kind\":\"instruction-access\",\"pc\":\"0x20000011\"}",
        "{\"task\":\"net\",\"kind\":\"data-access\",\"address\":\"0x08024401\","
        "\"sp\":\"0x200003fc\",\"stack\":\"0011223344556677\"}",
        "{\"sp\":\"0x20001480\",\"kind\":\"data-access\",\"address\":4}",
    };
    struct fixture *fixture = *state;
    struct buffer out = buffer_in(fixture->arena);
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        struct fault_record record;
        assert_int_equal(fault_record_read(span_of_text(records[i]), NOWHERE, fixture->arena,
                                           &record, &fixture->diags),
                         FAULT_RECORD);
        const struct fault_report report =
            fault_explain(&fixture->book, &record, ADDRESS_READABLE_NAMES, fixture->arena);
        buffer_append_text(&out, fault_report_text(&fixture->book, &report, fixture->arena));
    }
    hold_against(fixture, "faults", buffer_text(&out));
}

static enum fault_line read_line(struct fixture *fixture, const char *line,
                                 struct fault_record *ret)
{
    return fault_record_read(span_of_text(line), NOWHERE, fixture->arena, ret, &fixture->diags);
}

/* What is only digits of hexadecimal is that, though four of them might be base64. */
static void test_stacks(void **state)
{
    static const struct {
        const char *digits;
        size_t bytes, unusable_count;
        uint8_t last;
    } cases[] = {
        {"0011223344", 5, 0, 0x44}, {"001122334", 4, 1, 0x33}, {"AAA", 1, 1, 0xaa},
        {"AAAG", 3, 0, 6},          {"%%", 0, 1, 0},           {"a", 0, 1, 0},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fault_record record;
        const char *line = arena_format(
            fixture->arena, "{\"kind\":\"x\",\"pc\":0,\"stack\":\"%s\"}", cases[i].digits);
        assert_int_equal(read_line(fixture, line, &record), FAULT_RECORD);
        assert_int_equal(record.stack.bytes, cases[i].bytes);
        assert_int_equal(record.unusable_count, cases[i].unusable_count);
        if (cases[i].bytes > 0)
            assert_int_equal(record.stack.data[cases[i].bytes - 1], cases[i].last);
    }
}

static void test_records_with_odd_fields(void **state)
{
    struct fixture *fixture = *state;
    struct fault_record record;
    assert_int_equal(
        read_line(fixture,
                  "{\"kind\":\"x\",\"pc\":\"0x10\",\"gen\":-1,\"lr\":99999999999999999999,"
                  "\"registers\":{\"r0\":\"zz\",\"r1\":4294967295},\"sp\":1.5,"
                  "\"message\":\"\xff\\\"\x1b[0m \\u0000 \xc3\xa9\"} and {",
                  &record),
        FAULT_RECORD);
    assert_int_equal(record.unusable_count, 4);
    assert_false(record.registers[0].is_given || record.gen.is_given || record.lr.is_given ||
                 record.sp.is_given);
    assert_int_equal(record.registers[1].value, UINT32_MAX);
    assert_string_equal(record.message, "\\xff\"\\x1b[0m \\x00 \xc3\xa9");
}

static void test_records_that_are_damaged(void **state)
{
    static const struct {
        const char *line, *words;
    } cases[] = {
        {"{\"archive_id\":\"x\",\"task\"", "incomplete JSON object"},
        {"{\"archive_id\":\"x\",}", "not valid JSON: "},
        {"{\"archive_id\":\"x\",\"pc\":1e999}", "a number is too large"},
        {"{\"archive_id\":\"x\",\"pc\":1e99}", "'pc' is not a 32-bit number"},
        {"{\"archive_id\":\"x\",\"kind\":3}", "'kind' is not text"},
        {"{\"archive_id\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
         "nested too deeply"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fault_record record;
        assert_int_equal(read_line(fixture, cases[i].line, &record), FAULT_DAMAGED);
        if (strstr(fixture->diags.items[i].message, cases[i].words) == NULL)
            fail_msg("%s", fixture->diags.items[i].message);
    }
}

static void test_layouts_that_are_wrong(void **state)
{
    struct fixture *fixture = *state;
    struct layout_read layout;
    const size_t length = strlen(layout_text);
    for (size_t bytes = 0; bytes < length; bytes++) {
        struct diag_list diags = diag_list_in(fixture->arena);
        assert_false(layout_read((struct span){(const uint8_t *)layout_text, bytes}, NOWHERE,
                                 fixture->arena, &layout, &diags));
        assert_string_equal(diags.items[0].code, "layout-malformed");
    }
    /* Tasks' names become names of files. */
    struct diag_list name_diags = diag_list_in(fixture->arena);
    char *outside = arena_copy_text(fixture->arena, layout_text, length);
    memcpy(strstr(outside, "leds"), "../x", 4);
    assert_false(layout_read(span_of_text(outside), NOWHERE, fixture->arena, &layout, &name_diags));
    /* Every digit made another one gives a layout that is right in itself, or none. */
    for (size_t at = 0; at < length; at++) {
        struct diag_list diags = diag_list_in(fixture->arena);
        char *copy = arena_copy_text(fixture->arena, layout_text, length);
        if (copy[at] < '0' || copy[at] > '9')
            continue;
        copy[at] = copy[at] == '9' ? '1' : '9';
        const bool ok = layout_read(span_of_text(copy), NOWHERE, fixture->arena, &layout, &diags);
        assert_int_equal(ok, diags.error_count == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_addresses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_faults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stacks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_records_with_odd_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_records_that_are_damaged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_layouts_that_are_wrong, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
