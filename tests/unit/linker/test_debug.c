/* What debug information says of addresses and callers, of a program that is linked here. */
#include "workshop.h"

#include "linker/debug/debug_lines.h"
#include "linker/debug/unwind.h"

/* Two functions inlined into a third, one of them in a block of its own. `spot` is in the
 * innermost. */
static const char lines_source[] =
    "#line 10 \"lines.c\"\n"
    "static inline __attribute__((always_inline)) void innermost(void)\n"
    "{\n"
    "    __asm__ volatile(\".global spot\\nspot: nop\");\n"
    "}\n"
    "#line 20\n"
    "static inline __attribute__((always_inline)) void middle(int count)\n"
    "{\n"
    "    if (count > 3) {\n"
    "        volatile int kept = count;\n"
    "        innermost();\n"
    "        kept++;\n"
    "    }\n"
    "}\n"
    "#line 30\n"
    "__attribute__((noinline)) void outer(int count)\n"
    "{\n"
    "    middle(count);\n"
    "    __asm__ volatile(\"\");\n"
    "}\n";

/* Two functions whose frames are described: r4 or r7, and lr, in eight bytes. */
static const char frames_source[] = ".syntax unified\n"
                                    ".cpu cortex-m4\n"
                                    ".thumb\n"
                                    ".cfi_sections .debug_frame\n"
                                    ".text\n"
                                    ".global leaf, leaf_spot, after, _start\n"
                                    ".type leaf, %function\n"
                                    ".thumb_func\n"
                                    "leaf:\n"
                                    ".cfi_startproc\n"
                                    "push {r4, lr}\n"
                                    ".cfi_def_cfa_offset 8\n"
                                    ".cfi_offset r4, -8\n"
                                    ".cfi_offset lr, -4\n"
                                    "leaf_spot: nop\n"
                                    "pop {r4, pc}\n"
                                    ".cfi_endproc\n"
                                    ".size leaf, . - leaf\n"
                                    ".type _start, %function\n"
                                    ".thumb_func\n"
                                    "_start:\n"
                                    ".cfi_startproc\n"
                                    "push {r7, lr}\n"
                                    ".cfi_def_cfa_offset 8\n"
                                    ".cfi_offset r7, -8\n"
                                    ".cfi_offset lr, -4\n"
                                    "bl leaf\n"
                                    "after: bl outer\n"
                                    "pop {r7, pc}\n"
                                    ".cfi_endproc\n"
                                    ".size _start, . - _start\n";

static const char *link_program(struct workshop *shop)
{
    const char **objects = ARENA_ARRAY(shop->arena, const char *, 2);
    write_text(shop, "lines.c", lines_source);
    write_text(shop, "frames.s", frames_source);
    run(shop, "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -ffreestanding -c lines.c && "
              "arm-none-eabi-as -g frames.s -o frames.o");
    objects[0] = in_folder(shop, "lines.o");
    objects[1] = in_folder(shop, "frames.o");
    const struct program program = task_of(objects, 2);
    link_well(shop, &gnu_ld, &program);
    return in_folder(shop, "linked.elf");
}

static uint64_t addr_of(struct workshop *shop, const char *symbol)
{
    const char *found =
        run(shop, arena_format(shop->arena, "arm-none-eabi-nm linked.elf | grep ' %s$'", symbol));
    return strtoull(found, NULL, 16);
}

static struct debug_file *open_file(struct workshop *shop, const char *path)
{
    const struct source_pos pos = {path, 0, 0};
    struct debug_file *file = NULL;
    assert_true(debug_file_open(read_file(shop, path), pos, shop->arena, &file, &shop->diags));
    return file;
}

static void check_lines(struct workshop *shop, const char *path)
{
    static const struct {
        const char *function;
        uint32_t line;
        bool is_inlined;
    } expected[] = {{"innermost", 12, true}, {"middle", 24, true}, {"outer", 32, false}};
    struct debug_file *file = open_file(shop, path);
    const struct debug_position *positions;
    assert_int_equal(debug_file_lacks(file), 0);
    assert_int_equal(debug_file_machine(file), DEBUG_ARM);
    assert_int_equal(debug_lines_at(file, addr_of(shop, "spot"), shop->arena, &positions),
                     COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_string_equal(positions[i].function, expected[i].function);
        assert_int_equal(positions[i].line, expected[i].line);
        assert_int_equal(positions[i].is_inlined, expected[i].is_inlined);
        assert_non_null(strstr(positions[i].file, "lines.c"));
    }
    assert_int_equal(debug_lines_at(file, 0x20001000, shop->arena, &positions), 0);
    debug_file_close(file);
}

static void test_inlined(void **state)
{
    struct workshop *shop = *state;
    check_lines(shop, link_program(shop));
}

/* Both forms in which sections are compressed. */
static void test_compressed(void **state)
{
    struct workshop *shop = *state;
    link_program(shop);
    run(shop, "arm-none-eabi-objcopy --compress-debug-sections=zlib-gabi linked.elf gabi.elf");
    check_lines(shop, in_folder(shop, "gabi.elf"));
    run(shop, "arm-none-eabi-objcopy --compress-debug-sections=zlib-gnu linked.elf gnu.elf");
    check_lines(shop, in_folder(shop, "gnu.elf"));
}

static void test_symbols(void **state)
{
    struct workshop *shop = *state;
    struct debug_file *file = open_file(shop, link_program(shop));
    const uint64_t leaf = addr_of(shop, "leaf");
    struct debug_symbol symbol;
    assert_true(debug_file_symbol(file, leaf + 2, &symbol));
    assert_string_equal(symbol.name, "leaf");
    assert_int_equal(symbol.addr, leaf);
    assert_int_equal(symbol.bytes, 6);
    assert_true(debug_file_is_code(file, leaf));
    assert_false(debug_file_is_code(file, 0x20001000));
    assert_true(debug_file_is_loaded(file, leaf));
    assert_false(debug_file_is_loaded(file, 0x10));
    assert_int_equal(debug_file_bytes(file, leaf).data[0], 0x10); /* push {r4, lr} */
    assert_int_equal(debug_file_bytes(file, leaf).data[1], 0xb5);
    assert_int_equal(debug_file_bytes(file, 0x10).bytes, 0);
    debug_file_close(file);
}

static void test_lacks(void **state)
{
    struct workshop *shop = *state;
    link_program(shop);
    run(shop, "arm-none-eabi-strip linked.elf -o bare.elf && head -c 60 linked.elf >cut.elf");
    struct debug_file *file = open_file(shop, in_folder(shop, "bare.elf"));
    const struct debug_position *positions;
    assert_int_equal(debug_file_lacks(file), DEBUG_NO_SYMBOLS | DEBUG_NO_DWARF);
    assert_int_equal(debug_lines_at(file, addr_of(shop, "spot"), shop->arena, &positions), 0);
    debug_file_close(file);

    const char *cut = in_folder(shop, "cut.elf");
    assert_false(debug_file_open(read_file(shop, cut), (struct source_pos){cut, 0, 0}, shop->arena,
                                 &file, &shop->diags));
    assert_true(has_code(shop, "debug-malformed"));
    debug_file_close(NULL);
}

enum { STACK_ADDR = 0x20001100, WORDS = 4, SP = 13, LR = 14 };

static struct unwind_start start_in_leaf(struct workshop *shop, const uint8_t *stack)
{
    struct unwind_start start = {
        .pc = addr_of(shop, "leaf_spot"),
        .has_pc = true,
        .known = 1U << SP | 1U << LR,
        .stack_addr = STACK_ADDR,
        .stack = {stack, WORDS * 4},
    };
    start.registers[SP] = STACK_ADDR;
    start.registers[LR] = (uint32_t)addr_of(shop, "after") | 1;
    return start;
}

static void put_word(uint8_t *stack, size_t index, uint64_t word)
{
    for (size_t i = 0; i < 4; i++)
        stack[4 * index + i] = (uint8_t)(word >> 8 * i);
}

static void test_callers(void **state)
{
    struct workshop *shop = *state;
    struct debug_file *file = open_file(shop, link_program(shop));
    const uint64_t after = addr_of(shop, "after");
    uint8_t stack[WORDS * 4] = {0};
    put_word(stack, 1, after | 1);
    struct unwind_start start = start_in_leaf(shop, stack);
    assert_int_equal(unwind_sp(DEBUG_ARM), SP);
    assert_int_equal(unwind_lr(DEBUG_ARM), LR);

    struct unwind_trace trace = unwind_frames(file, &start, shop->arena);
    assert_int_equal(trace.frame_count, 2);
    assert_int_equal(trace.frames[0].pc, start.pc);
    assert_int_equal(trace.frames[0].trust, UNWIND_GIVEN);
    assert_int_equal(trace.frames[1].pc, after);
    assert_int_equal(trace.frames[1].trust, UNWIND_BY_CFI);
    assert_in_range(trace.frames[1].call_addr, after - 4, after - 1);
    assert_non_null(trace.end);

    debug_file_close(file);

    /* Nothing describes the frames: only the link register tells the caller. */
    run(shop, "arm-none-eabi-objcopy --remove-section .debug_frame linked.elf bare.elf");
    file = open_file(shop, in_folder(shop, "bare.elf"));
    start.stack.bytes = 0;
    trace = unwind_frames(file, &start, shop->arena);
    assert_int_equal(trace.frame_count, 2);
    assert_int_equal(trace.frames[1].pc, after);
    assert_int_equal(trace.frames[1].trust, UNWIND_BY_LINK);
    debug_file_close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_inlined), TEST(test_compressed),
                                       TEST(test_symbols), TEST(test_lacks), TEST(test_callers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
