/* What the tests of manifests/ share: an arena and diagnostics for each test, boards as text. */
#ifndef TESTS_MANIFESTS_FIXTURE_H
#define TESTS_MANIFESTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "manifests/board.h"
#include "manifests/model/manifest.h"

struct fixture {
    struct arena *arena;
    struct diag_list diags;
};

static inline void fixture_exhausted(void)
{
    abort();
}

static inline int fixture_make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->arena = arena_create(fixture_exhausted);
    fixture->diags = diag_list_in(fixture->arena);
    *state = fixture;
    return 0;
}

static inline int fixture_free(void **state)
{
    struct fixture *fixture = *state;
    arena_destroy(fixture->arena);
    free(fixture);
    return 0;
}

#define FIXTURE_TEST(function) cmocka_unit_test_setup_teardown(function, fixture_make, fixture_free)

/* A board that is right, up to its tasks. */
#define BOARD_HEAD                                                                                 \
    "schema: 1\n"                                                                                  \
    "name: demo\n"                                                                                 \
    "chip:\n"                                                                                      \
    "  chip: small\n"                                                                              \
    "  mpu: {model: pmsav7, regions: 8}\n"                                                         \
    "  memories:\n"                                                                                \
    "    flash: {base: 0x08000000, size: 256K, access: rx}\n"                                      \
    "    ram: {base: 0x20000000, size: 64K, access: rw}\n"                                         \
    "    sram: {base: 0x30000000, size: 32K, access: rw, dma: true}\n"                             \
    "  images:\n"                                                                                  \
    "    a: {flash: {size: 128K}}\n"                                                               \
    "    b: {flash: {base: 0x08020000, size: 128K}}\n"                                             \
    "  peripherals:\n"                                                                             \
    "    uart0: {base: 0x40004000, size: 4K, interrupts: {rx: 0, tx: 1}}\n"                        \
    "    spi0: {base: 0x40010000, size: 1K, interrupts: {irq: 4}}\n"                               \
    "code_memory: flash\n"                                                                         \
    "data_memory: ram\n"

#define BOARD_TASKS "tasks:\n  supervisor: {priority: 0, stack: 1K}\n"

static inline bool fixture_load_with(struct fixture *fixture, const char *text,
                                     const struct manifest_options *options, struct manifest *ret)
{
    return board_load_text(fixture->arena, "board.yaml", span_of_text(text), options, ret,
                           &fixture->diags);
}

static inline bool fixture_load(struct fixture *fixture, const char *text, struct manifest *ret)
{
    const struct manifest_options options = {.scope = MANIFEST_FOR_PLAN};
    return fixture_load_with(fixture, text, &options, ret);
}

static inline void fixture_print_diags(const struct fixture *fixture)
{
    for (size_t i = 0; i < fixture->diags.count; i++) {
        const struct diag *diag = &fixture->diags.items[i];
        print_message("%s:%u:%u: [%s] %s\n", diag->pos.file == NULL ? "" : diag->pos.file,
                      (unsigned)diag->pos.line, (unsigned)diag->pos.column, diag->code,
                      diag->message);
    }
}

/* Exactly one diagnostic, with that code. */
static inline const struct diag *fixture_only_diag(const struct fixture *fixture, const char *code)
{
    if (fixture->diags.count != 1 || strcmp(fixture->diags.items[0].code, code) != 0)
        fixture_print_diags(fixture);
    assert_int_equal(fixture->diags.count, 1);
    assert_string_equal(fixture->diags.items[0].code, code);
    return &fixture->diags.items[0];
}

static inline void fixture_no_diags(const struct fixture *fixture)
{
    fixture_print_diags(fixture);
    assert_int_equal(fixture->diags.count, 0);
}

#endif
