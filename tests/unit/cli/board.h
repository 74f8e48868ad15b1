/* What the tests of cli/ share: boards as text, and sizes for their programs. */
#ifndef TESTS_UNIT_CLI_BOARD_H
#define TESTS_UNIT_CLI_BOARD_H

#include "cli/plan/board_plan.h"
#include "manifests/board.h"

#include "tests/unit/base/fixture.h"

/* A board that is right, up to its data memory and tasks. */
#define BOARD_HEAD                                                                                 \
    "schema: 1\n"                                                                                  \
    "name: demo\n"                                                                                 \
    "version: 1.2.3\n"                                                                             \
    "chip:\n"                                                                                      \
    "  chip: small\n"                                                                              \
    "  mpu: {model: pmsav7, regions: 8}\n"                                                         \
    "  memories:\n"                                                                                \
    "    flash: {base: 0x08000000, size: 256K, access: rx}\n"                                      \
    "    ram: {base: 0x20000000, size: 64K, access: rw}\n"                                         \
    "    sram-2: {base: 0x30000000, size: 32K, access: rw, dma: true}\n"                           \
    "  images:\n"                                                                                  \
    "    a: {flash: {size: 128K}}\n"                                                               \
    "    b: {flash: {base: 0x08020000, size: 128K}}\n"                                             \
    "  peripherals:\n"                                                                             \
    "    uart0: {base: 0x40004000, size: 4K, interrupts: {rx: 0, tx: 1}}\n"                        \
    "    spi-0: {base: 0x40010000, size: 1K, interrupts: {irq: 4}}\n"                              \
    "code_memory: flash\n"

#define BOARD BOARD_HEAD "data_memory: ram\n"

struct board {
    struct manifest manifest;
    struct plan_slot *slots;
    size_t slot_count;
};

UNUSED static struct board *load_board(struct fixture *fixture, const char *text)
{
    struct board *board = ARENA_NEW(fixture->arena, struct board);
    const struct manifest_options options = {.scope = MANIFEST_FOR_PLAN};
    const bool ok = board_load_text(fixture->arena, "board.yaml", span_of_text(text), &options,
                                    &board->manifest, &fixture->diags);
    no_diags(fixture);
    assert_true(ok);
    plan_slots(&board->manifest, fixture->arena, &board->slots, &board->slot_count);
    return board;
}

/* What a task needs of a memory; task NULL: the kernel. */
struct given_size {
    const char *task, *memory;
    uint64_t bytes;
};

UNUSED static size_t memory_called(const struct manifest *manifest, const char *name)
{
    size_t index = 0;
    while (strcmp(manifest->memories[index].name.text, name) != 0)
        assert_true(++index < manifest->memory_count);
    return index;
}

UNUSED static size_t task_called(const struct manifest *manifest, const char *name)
{
    size_t index = 0;
    while (strcmp(manifest->tasks[index].name.text, name) != 0)
        assert_true(++index < manifest->task_count);
    return index;
}

UNUSED static struct plan_sizes sizes_from(struct fixture *fixture, const struct board *board,
                                           const struct given_size *given, size_t count)
{
    const struct manifest *manifest = &board->manifest;
    struct manifest_size *items = ARENA_ARRAY(fixture->arena, struct manifest_size, count);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct manifest_size){
            given[i].task == NULL ? MANIFEST_NONE : (int)task_called(manifest, given[i].task),
            memory_called(manifest, given[i].memory), given[i].bytes, NOWHERE};
    const struct manifest_sizes sizes = {items, count};
    return plan_sizes_from(manifest, &sizes, fixture->arena);
}

#define SIZES(fixture, board, ...)                                                                 \
    sizes_from((fixture), (board), (const struct given_size[]){__VA_ARGS__},                       \
               sizeof((const struct given_size[]){__VA_ARGS__}) / sizeof(struct given_size))

UNUSED static struct plan plan_of(struct fixture *fixture, const struct plan_slot *slot,
                                  const struct plan_sizes *sizes)
{
    struct plan plan;
    const bool ok = plan_layout(slot, sizes, NULL, fixture->arena, &plan, &fixture->diags);
    no_diags(fixture);
    assert_true(ok);
    return plan;
}

#endif
