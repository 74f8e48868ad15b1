/* Reading linked programs: what is refused, and that no damaged file does harm. */
#include "workshop.h"

#include "linker/elf/symbols.h"
#include "linker/image/image.h"

static const char source[] = "int v = 3; int w; __attribute__((section(\".eth_bulk\"))) char b[8];"
                             "void _start(void) { w = v++; b[0]++; }";

static struct program program_in(struct workshop *shop)
{
    const char **objects = ARENA_ARRAY(shop->arena, const char *, 1);
    objects[0] = compile(shop, "task", source);
    struct program program = task_of(objects, 1);
    program.memory_count = 3;
    program.sections = usual_sections;
    program.section_count = COUNT(usual_sections);
    return program;
}

static bool read_at(struct workshop *shop, struct span elf, const struct program *program,
                    const struct program_place *places)
{
    struct linked linked;
    return linked_read(shop->arena, elf, "linked.elf", program, places, &linked, &shop->diags);
}

static void expect(struct workshop *shop, const char *code)
{
    if (!has_code(shop, code))
        fail_msg("no %s", code);
    shop->diags = diag_list_in(shop->arena);
}

static void test_program_outside_of_its_places(void **state)
{
    struct workshop *shop = *state;
    const struct program program = program_in(shop);
    const struct span elf = link_well(shop, &gnu_ld, &program);
    const struct linked linked = read_well(shop, elf, &program);
    for (size_t k = 0; k < 3; k++) {
        struct program_place places[3];
        memcpy(places, usual_places, sizeof places);
        places[k].size = linked.memories[k].bytes;
        assert_true(read_at(shop, elf, &program, places));
        places[k].size = linked.memories[k].bytes - 1;
        assert_false(read_at(shop, elf, &program, places));
        /* what ends the code memory is the load image of .data */
        expect(shop, k == PROGRAM_CODE ? "link-overflow" : "linked-outside");
        memcpy(places, usual_places, sizeof places);
        places[k].size = 4;
        assert_false(read_at(shop, elf, &program, places));
        expect(shop, "linked-outside");
        memcpy(places, usual_places, sizeof places);
        places[k].base += 0x10000;
        assert_false(read_at(shop, elf, &program, places));
        expect(shop, "linked-outside");
    }
}

static void test_files_that_are_no_programs(void **state)
{
    struct workshop *shop = *state;
    const struct program program = program_in(shop);
    assert_false(read_at(shop, read_file(shop, program.objects[0]), &program, usual_places));
    expect(shop, "linked-wrong-format");
    assert_false(read_at(shop, span_of_text("not an ELF file"), &program, usual_places));
    expect(shop, "linked-malformed");
    run(shop, "cc -c task.c -o host.o");
    assert_false(read_at(shop, read_file(shop, in_folder(shop, "host.o")), &program, usual_places));
    expect(shop, "linked-malformed");
}

static void test_section_outside_of_the_file(void **state)
{
    struct workshop *shop = *state;
    const struct program program = program_in(shop);
    const struct span elf = link_well(shop, &gnu_ld, &program);
    uint8_t *damaged = ARENA_ARRAY(shop->arena, uint8_t, elf.bytes);
    const struct span whole = {damaged, elf.bytes};
    const size_t table_off = span_u32(elf, 32); /* e_shoff */
    const size_t count = span_u16(elf, 48);     /* e_shnum */
    memcpy(damaged, elf.data, elf.bytes);
    damaged[table_off + (count - 1) * 40 + 19] ^= 0x40; /* the last section's sh_offset */
    assert_false(read_at(shop, whole, &program, usual_places));
    expect(shop, "linked-malformed");
}

static const char script_without_stack[] =
    "INCLUDE memory.ld\nSECTIONS {\n  .text : ALIGN(4) { *(.text .text.*) } > CODE\n"
    "  .data : ALIGN(4) { *(.data .data.*) } > DATA AT> CODE\n"
    "  .bss : ALIGN(4) { *(.bss .bss.* .eth_bulk) } > DATA\n}\n";

static void test_stack_symbols(void **state)
{
    struct workshop *shop = *state;
    struct program program = program_in(shop);
    write_text(shop, "own.ld", script_without_stack);
    program.user_script = in_folder(shop, "own.ld");
    struct span elf = link_well(shop, &lld, &program);
    assert_false(read_at(shop, elf, &program, usual_places));
    expect(shop, "linked-stack");
    program.kind = PROGRAM_KERNEL; /* a kernel knows where its stack is */
    assert_true(read_at(shop, elf, &program, usual_places));

    program.kind = PROGRAM_TASK;
    write_text(shop, "own.ld",
               arena_format(shop->arena,
                            "%s__stack_base = ORIGIN(DATA);\n"
                            "__stack_top = __stack_base + 1028;\n",
                            script_without_stack));
    elf = link_well(shop, &lld, &program);
    assert_false(read_at(shop, elf, &program, usual_places)); /* not a multiple of 8 */
    expect(shop, "linked-stack");
}

static void test_stripped_program(void **state)
{
    struct workshop *shop = *state;
    static const char *const flags[] = {"-s"};
    const struct toolchain toolchain = {
        .linker = "arm-none-eabi-ld", .flags = flags, .flag_count = 1};
    const struct program program = program_in(shop);
    const struct outcome outcome = link_at(shop, &toolchain, &program, usual_places);
    assert_false(read_at(shop, outcome.elf, &program, usual_places));
    expect(shop, "linked-stack");
}

static void test_entry_is_that_of_the_manifest(void **state)
{
    struct workshop *shop = *state;
    static const char *const flags[] = {"--entry=other", "-u", "_start"};
    const struct toolchain toolchain = {
        .linker = "arm-none-eabi-ld", .flags = flags, .flag_count = COUNT(flags)};
    const char *objects[] = {
        compile(shop, "two", "void _start(void) { for (;;) ; } void other(void) { for (;;) ; }")};
    const struct program program = task_of(objects, 1);
    const struct outcome outcome = link_at(shop, &toolchain, &program, usual_places);
    assert_false(read_at(shop, outcome.elf, &program, usual_places));
    expect(shop, "linked-entry");
}

/* ---- damage ---- */

/* All that reads ELF files reads this one, from memory exactly as large as it is. */
static void read_everything(struct workshop *shop, struct arena *arena, struct span elf,
                            const struct program *program)
{
    static const uint8_t id[8];
    const struct span patch = {id, sizeof id};
    struct diag_list diags = diag_list_in(arena);
    struct linked linked;
    struct span patched;
    uint64_t value;
    uint8_t *copy = malloc(elf.bytes == 0 ? 1 : elf.bytes);
    assert_non_null(copy);
    memcpy(copy, elf.data, elf.bytes);
    const struct span exact = {copy, elf.bytes};
    (void)shop;
    if (linked_read(arena, exact, "x", program, usual_places, &linked, &diags)) {
        for (size_t i = 0; i < linked.segment_count; i++) {
            const struct span bytes = linked.segments[i].bytes;
            assert_true(bytes.data >= copy && bytes.data + bytes.bytes <= copy + elf.bytes);
            assert_true(linked.segments[i].load_addr + bytes.bytes <= UINT64_C(1) << 32);
        }
    } else {
        assert_true(diags.error_count > 0);
    }
    symbols_find(exact, "__stack_base", &value);
    symbols_refer_to(exact, "__image_end");
    if (image_patch_elf(arena, exact, "x", usual_places[0].base, patch, &patched, &diags))
        assert_int_equal(patched.bytes, elf.bytes);
    free(copy);
}

static void test_cut_files(void **state)
{
    struct workshop *shop = *state;
    const struct program program = program_in(shop);
    struct arena *scratch = arena_create(out_of_memory);
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span elf = link_well(shop, both_linkers[i], &program);
        for (size_t bytes = 0; bytes < elf.bytes; bytes++) {
            const struct span cut = {elf.data, bytes};
            read_everything(shop, scratch, cut, &program);
            arena_reset(scratch);
        }
    }
    arena_destroy(scratch);
}

static void test_flipped_bits(void **state)
{
    struct workshop *shop = *state;
    const struct program program = program_in(shop);
    struct arena *scratch = arena_create(out_of_memory);
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span elf = link_well(shop, both_linkers[i], &program);
        uint8_t *damaged = ARENA_ARRAY(shop->arena, uint8_t, elf.bytes);
        memcpy(damaged, elf.data, elf.bytes);
        const struct span whole = {damaged, elf.bytes};
        for (size_t bit = 0; bit < elf.bytes * 8; bit++) {
            damaged[bit / 8] ^= (uint8_t)(1u << bit % 8);
            read_everything(shop, scratch, whole, &program);
            damaged[bit / 8] ^= (uint8_t)(1u << bit % 8);
            arena_reset(scratch);
        }
    }
    arena_destroy(scratch);
}

/* Numbers at the edges of their range in each word of the file. */
static void test_extreme_words(void **state)
{
    struct workshop *shop = *state;
    static const uint32_t extremes[] = {0, 1, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff};
    const struct program program = program_in(shop);
    struct arena *scratch = arena_create(out_of_memory);
    const struct span elf = link_well(shop, &gnu_ld, &program);
    uint8_t *damaged = ARENA_ARRAY(shop->arena, uint8_t, elf.bytes);
    const struct span whole = {damaged, elf.bytes};
    for (size_t at = 16; at + 4 <= elf.bytes; at += 4) {
        for (size_t k = 0; k < COUNT(extremes); k++) {
            memcpy(damaged, elf.data, elf.bytes);
            memcpy(damaged + at, &extremes[k], 4);
            read_everything(shop, scratch, whole, &program);
            arena_reset(scratch);
        }
    }
    arena_destroy(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_program_outside_of_its_places),
        TEST(test_files_that_are_no_programs),
        TEST(test_section_outside_of_the_file),
        TEST(test_stack_symbols),
        TEST(test_stripped_program),
        TEST(test_entry_is_that_of_the_manifest),
        TEST(test_cut_files),
        TEST(test_flipped_bits),
        TEST(test_extreme_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
