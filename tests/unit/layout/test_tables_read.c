/* The kernel's tables, read back: from bytes that are right, and from every damaged copy of them.
 */
#include "layout/tables/tables_read.h"

#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BASE = 0x1000 };

static void out_of_memory(void)
{
    abort();
}

static struct span bytes_from(const void *image, uint64_t addr)
{
    const struct span *span = image;
    struct span rest = {0};
    if (addr >= BASE && span_part(*span, addr - BASE, span->bytes - (addr - BASE), &rest))
        return rest;
    return (struct span){0};
}

static void append_words(struct buffer *out, const uint32_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_append_u32(out, words[i]);
}

/* Header at 0x1000, a task at 0x1040, its two regions at 0x1060, an interrupt at 0x1078, and the
 * texts "net", "demo", "" behind it. */
static struct span tables_bytes(struct arena *arena)
{
    static const uint32_t words[] = {
        0x42474d49, 0x00400001, 0x04030201, 0x08070605, 0x1000,     0x100,  0x00030201, 7,
        0x00010807, 0x10010001, 0x1040,     0x1078,     0x1084,     0x1084, 0x1089,     0,
        0x1101,     0x20000000, 0x20000100, 0x03020000, 0x1060,     0x1000, 0x1080,     2,
        0x1000,     0x10ff,     5,          0x20000000, 0x200000ff, 3,      0x00000009, 4,
    };
    struct buffer out = buffer_in(arena);
    append_words(&out, words, sizeof words / sizeof *words);
    buffer_append(&out, "net\0demo\0", 10);
    return buffer_span(&out);
}

static bool read(struct arena *arena, struct span bytes, struct tables_read *ret)
{
    struct diag_list diags = diag_list_in(arena);
    const bool ok =
        tables_read(bytes_from, &bytes, BASE, (struct source_pos){0}, arena, ret, &diags);
    assert_int_equal(ok, diags.error_count == 0);
    return ok;
}

static void test_all_fields(void **state)
{
    struct arena *arena = arena_create(out_of_memory);
    struct tables_read tables;
    assert_true(read(arena, tables_bytes(arena), &tables));
    assert_memory_equal(tables.id, "\1\2\3\4\5\6\7\10", 8);
    assert_int_equal(tables.image_base, 0x1000);
    assert_int_equal(tables.image_bytes, 0x100);
    assert_int_equal(tables.major, 1);
    assert_int_equal(tables.minor, 2);
    assert_int_equal(tables.patch, 3);
    assert_int_equal(tables.epoch, 7);
    assert_int_equal(tables.mpu_model, 7);
    assert_int_equal(tables.mpu_slots, 8);
    assert_int_equal(tables.mpu_reserved, 1);
    assert_string_equal(tables.name, "demo");
    assert_string_equal(tables.slot, "");
    assert_int_equal(tables.task_count, 1);
    const struct tables_read_task *task = &tables.tasks[0];
    assert_string_equal(task->name, "net");
    assert_int_equal(task->entry, 0x1101);
    assert_int_equal(task->stack_base, 0x20000000);
    assert_int_equal(task->stack_top, 0x20000100);
    assert_int_equal(task->priority, 2);
    assert_int_equal(task->flags, 3);
    assert_int_equal(task->region_count, 2);
    assert_int_equal(task->regions[1].start, 0x20000000);
    assert_int_equal(task->regions[1].end, 0x20000100);
    assert_int_equal(task->regions[1].attributes, 3);
    assert_int_equal(tables.mpu_words, 16);
    assert_int_equal(task->mpu[0], 0x42474d49); /* they are the header's own */
    assert_int_equal(task->mpu[15], 0);
    assert_int_equal(tables.irq_count, 1);
    assert_int_equal(tables.irqs[0].number, 9);
    assert_int_equal(tables.irqs[0].notification, 4);
    arena_destroy(arena);
    (void)state;
}

/* Reads a copy with one word changed. */
static bool read_with(struct arena *arena, size_t word, uint32_t value)
{
    struct span right = tables_bytes(arena);
    uint8_t *copy = arena_alloc(arena, right.bytes, 1);
    memcpy(copy, right.data, right.bytes);
    for (size_t i = 0; i < 4; i++)
        copy[4 * word + i] = (uint8_t)(value >> (8 * i));
    struct tables_read tables;
    return read(arena, (struct span){copy, right.bytes}, &tables);
}

static void test_damage(void **state)
{
    struct arena *arena = arena_create(out_of_memory);
    assert_true(read_with(arena, 4, 0x1000));
    assert_false(read_with(arena, 0, 0x42474d48));  /* magic */
    assert_false(read_with(arena, 1, 0x00400002));  /* ABI */
    assert_false(read_with(arena, 8, 0xffff0807));  /* tasks */
    assert_false(read_with(arena, 9, 0x1001ffff));  /* interrupts */
    assert_false(read_with(arena, 10, 0xfffffff0)); /* where the tasks are */
    assert_false(read_with(arena, 12, 0x2000));     /* a text that is nowhere */
    assert_false(read_with(arena, 19, 0x03020001)); /* the index of another task */
    assert_false(read_with(arena, 21, 0x1084));     /* words beyond the end */
    assert_false(read_with(arena, 20, 0x1084));     /* regions beyond the end */
    assert_false(read_with(arena, 23, 200));        /* more regions than there are bytes */
    assert_false(read_with(arena, 25, 0x0fff));     /* a region that ends before it begins */
    assert_false(read_with(arena, 27, 0x10ff));     /* regions that overlap */
    assert_false(read_with(arena, 30, 0x00010009)); /* an interrupt for nobody */
    const struct span right = tables_bytes(arena);
    struct tables_read tables;
    for (size_t bytes = 0; bytes < right.bytes; bytes++)
        assert_false(read(arena, (struct span){right.data, bytes}, &tables));
    arena_destroy(arena);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_fields),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
