#include "fixture.h"

#include "base/file.h"

#include <stdio.h>
#include <unistd.h>

static bool load(struct fixture *fixture, const char *text, struct manifest_sizes *ret)
{
    char path[] = "/tmp/imgbuild-sizes-XXXXXX";
    struct manifest manifest;
    assert_true(fixture_load(fixture,
                             BOARD_HEAD "tasks:\n"
                                        "  a: {priority: 0, stack: 1K, sections: {bulk: sram}}\n"
                                        "  b: {priority: 0, stack: 1K}\n",
                             &manifest));
    const int handle = mkstemp(path);
    assert_true(handle >= 0);
    assert_int_equal(write(handle, text, strlen(text)), strlen(text));
    close(handle);
    const bool loaded = manifest_sizes_load(fixture->arena, path, &manifest, ret, &fixture->diags);
    unlink(path);
    return loaded;
}

static void test_sizes(void **state)
{
    struct manifest_sizes sizes;
    assert_true(load(
        *state, "sizes:\n  a: {flash: 4K, ram: 0x10, sram: 0}\n  kernel: {flash: 100}\n", &sizes));
    fixture_no_diags(*state);
    assert_int_equal(sizes.count, 4);
    assert_int_equal(sizes.items[0].task, 0);
    assert_int_equal(sizes.items[0].bytes, 4096);
    assert_int_equal(sizes.items[1].memory, 1);
    assert_int_equal(sizes.items[2].memory, 2);
    assert_int_equal(sizes.items[3].task, MANIFEST_NONE);
    assert_int_equal(sizes.items[3].bytes, 100);
}

static void test_refused_sizes(void **state)
{
    static const struct {
        const char *text, *code;
    } cases[] = {
        {"sizes: {c: {flash: 1}}\n", "sizes-unknown-task"},
        {"sizes: {a: {rom: 1}}\n", "sizes-unknown-memory"},
        {"sizes: {b: {sram: 1}}\n", "sizes-memory-not-used"},
        {"sizes: {a: 4K}\n", "sizes-wrong-type"},
        {"sizes: {a: {flash: -1}}\n", "manifest-bad-number"},
        {"sizes: {a: {flash: 0x100000000}}\n", "manifest-out-of-range"},
        {"sizes: {a: {flash: 1, flash: 2}}\n", "yaml-duplicate-key"},
        {"sizes: {a: {flash: 1}, a: {ram: 2}}\n", "yaml-duplicate-key"},
        {"sizes: [1]\n", "manifest-wrong-type"},
        {"size: {}\n", "manifest-unknown-key"},
        {"[]\n", "manifest-wrong-type"},
        {"", "yaml-empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture *fixture = *state;
        struct manifest_sizes sizes = {.count = 77};
        fixture->diags = diag_list_in(fixture->arena);
        assert_false(load(fixture, cases[i].text, &sizes));
        assert_int_equal(sizes.count, 77);
        assert_string_equal(fixture->diags.items[0].code, cases[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_sizes),
        FIXTURE_TEST(test_refused_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
