/* What archive.json says, and its gates. */
#include "cli/archive/archive_about.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A document with some keys replaced. */
#define HEAD "{\"format\": 1, \"name\": \"demo\", \"board\": \"x\", \"slot\": \"a\", \"epoch\": 4, "
#define TAIL                                                                                       \
    "\"id\": \"AAAAAAAAAAA\", \"header_address\": 64, \"tool\": \"imgbuild 1\", "                  \
    "\"image_sha256\": \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}"
#define ABOUT(compat) HEAD "\"version\": \"3.4.0\", \"compat\": " compat ", " TAIL

static struct arena *arena;
static struct diag_list diags;

static void exhausted(void)
{
    abort();
}

static int open_arena(void **state)
{
    (void)state;
    arena = arena_create(exhausted);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static bool read_about(const char *text, struct archive_about *ret)
{
    const struct source_pos pos = {"archive.json", 0, 0};
    diags = diag_list_in(arena);
    return archive_about_read(span_of_text(text), pos, arena, ret, &diags);
}

static void test_reads(void **state)
{
    (void)state;
    struct archive_about about;
    assert_true(read_about(ABOUT("{\"hardware\": [\"b\", \"c\"], \"upgrade_from\": \">=3.1.0\", "
                                 "\"host\": {\"halpid\": \">=5.1.0 <6.0.0\"}, \"later\": 1}"),
                           &about));
    assert_string_equal(about.name, "demo");
    assert_string_equal(about.version, "3.4.0");
    assert_int_equal(about.compat.version.parts[1], 4);
    assert_int_equal(about.compat.epoch, 4);
    assert_int_equal(about.header_addr, 64);
    assert_int_equal(about.image_digest.bytes[1], 0x23);
    assert_null(about.revision);
    assert_true(about.compat.has_hardware);
    assert_int_equal(about.compat.hardware_count, 2);
    assert_string_equal(about.compat.hardware[1], "c");
    assert_string_equal(about.compat.upgrade_from, ">=3.1.0");
    assert_string_equal(about.compat.hosts[0].name, "halpid");
    assert_int_equal(about.compat.unknown_count, 1);
    assert_string_equal(about.compat.unknown[0], "later");
}

static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *code;
    } bad[] = {
        {"", "about-json"},
        {"[]", "about-json"},
        {"{\"format\": 1} x", "about-json"},
        {"{\"format\": 1, \"format\": 1}", "about-json"},
        {"{}", "about-value"},
        {"{\"format\": 0}", "about-value"},
        {"{\"format\": \"1\"}", "about-value"},
        {"{\"format\": 2}", "about-format"},
        {"{\"format\": 1}", "about-value"},
        {ABOUT("[]"), "about-value"},
        {ABOUT("{\"hardware\": \"b\"}"), "about-value"},
        {ABOUT("{\"hardware\": [1]}"), "about-value"},
        {ABOUT("{\"upgrade_from\": \"3.1.0\"}"), "about-value"},
        {ABOUT("{\"upgrade_from\": null}"), "about-value"},
        {ABOUT("{\"host\": []}"), "about-value"},
        {ABOUT("{\"host\": {\"a\": \"~1.0.0\"}}"), "about-value"},
        {ABOUT("{\"host\": {\"a\\u001b\": \"=1.0.0\"}}"), "about-value"},
        {ABOUT("{\"\\u009b2J\": 1}"), "about-value"},
        {ABOUT("{\"hardware\": [\"a\\u202eb\"]}"), "about-value"},
        {ABOUT("{\"\\u2066later\": 1}"), "about-value"},
        {ABOUT("{\"\\u200b\": 1}"), "about-value"},
        {ABOUT("{\"host\": {\"Halpid\": \"=1.0.0\"}}"), "about-value"},
        {ABOUT("{\"host\": {\"hal pid\": \"=1.0.0\"}}"), "about-value"},
        {ABOUT("{\"host\": {\"\": \"=1.0.0\"}}"), "about-value"},
        {HEAD "\"version\": \"256.0.0\", \"compat\": {}, " TAIL, "about-value"},
        {HEAD "\"version\": \"1.2.3 \", \"compat\": {}, " TAIL, "about-value"},
        {HEAD "\"version\": \"1.2.3\", " TAIL, "about-value"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct archive_about about = {.name = "untouched"};
        if (read_about(bad[i].text, &about))
            fail_msg("was taken: %s", bad[i].text);
        assert_int_equal(diags.count, 1);
        if (strcmp(diags.items[0].code, bad[i].code) != 0)
            fail_msg("%s instead of %s: %s", diags.items[0].code, bad[i].code, bad[i].text);
        assert_string_equal(about.name, "untouched");
    }
}

static enum gate_state state_of(const struct gates *gates, const char *name)
{
    for (size_t i = 0; i < gates->count; i++) {
        if (strcmp(gates->items[i].name, name) == 0)
            return gates->items[i].state;
    }
    fail_msg("no gate %s", name);
    return GATE_REFUSES;
}

static void test_order_and_strictness(void **state)
{
    (void)state;
    static const char *const names[] = {"hardware", "board", "slot",      "upgrade_from",
                                        "host.a",   "epoch", "downgrade", "later"};
    struct archive_about about;
    assert_true(read_about(ABOUT("{\"later\": {}, \"host\": {\"a\": \"=1.0.0\"}, "
                                 "\"upgrade_from\": \">=1.0.0\", \"hardware\": []}"),
                           &about));
    const struct compat_facts facts = {.hardware = "b",
                                       .no_downgrade = true,
                                       .running = RUNNING_VERSION,
                                       .running_version = {{3, 4, 0}}};
    const struct gates gates = compat_check(&about.compat, &facts, arena);
    assert_int_equal(gates.count, COUNT(names));
    for (size_t i = 0; i < COUNT(names); i++)
        assert_string_equal(gates.items[i].name, names[i]);
    assert_int_equal(state_of(&gates, "hardware"), GATE_REFUSES); /* it is for none */
    assert_int_equal(state_of(&gates, "downgrade"), GATE_HOLDS);
    assert_int_equal(state_of(&gates, "later"), GATE_REFUSES);
    assert_true(gates.refuse);
}

static void test_nothing_known(void **state)
{
    (void)state;
    struct archive_about about;
    struct compat_facts facts = {.hardware = NULL};
    assert_true(read_about(ABOUT("{}"), &about));
    struct gates gates = compat_check(&about.compat, &facts, arena);
    assert_int_equal(gates.count, 3);
    assert_int_equal(state_of(&gates, "slot"), GATE_UNCHECKED);
    assert_false(gates.refuse);
    facts.refuse_unknown = true;
    gates = compat_check(&about.compat, &facts, arena);
    assert_true(gates.refuse);
    facts = (struct compat_facts){
        .board = "x", .slot = "a", .has_epoch = true, .epoch = 4, .refuse_unknown = true};
    gates = compat_check(&about.compat, &facts, arena);
    assert_false(gates.refuse);
}

/* They refuse although nothing is known of the device. */
static void test_what_never_holds(void **state)
{
    (void)state;
    struct archive_about about;
    const struct compat_facts facts = {.hardware = NULL};
    assert_true(read_about(ABOUT("{\"hardware\": [], \"upgrade_from\": \">2.0.0 <1.0.0\", "
                                 "\"host\": {\"a\": \"=1.2.3 =1.2.4\", \"b\": \"=1.2.3\"}}"),
                           &about));
    const struct gates gates = compat_check(&about.compat, &facts, arena);
    assert_int_equal(state_of(&gates, "hardware"), GATE_REFUSES);
    assert_int_equal(state_of(&gates, "upgrade_from"), GATE_REFUSES);
    assert_int_equal(state_of(&gates, "host.a"), GATE_REFUSES);
    assert_int_equal(state_of(&gates, "host.b"), GATE_UNCHECKED);
    assert_true(gates.refuse);
}

/* Whoever names a slot has others, which such an image would overwrite. */
static void test_no_slot(void **state)
{
    (void)state;
    struct archive_about about;
    struct compat_facts facts = {.slot = "a"};
    assert_true(read_about(ABOUT("{}"), &about));
    about.compat.slot = "";
    struct gates gates = compat_check(&about.compat, &facts, arena);
    assert_int_equal(state_of(&gates, "slot"), GATE_REFUSES);
    assert_true(gates.refuse);
    facts.slot = NULL;
    gates = compat_check(&about.compat, &facts, arena);
    assert_false(gates.refuse);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reads, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_refuses, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_order_and_strictness, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_nothing_known, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_what_never_holds, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_no_slot, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
