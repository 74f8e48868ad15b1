/* The tables' object: both linkers take it, and its words become addresses. */
#include "workshop.h"

#include "linker/elf/symbols.h"
#include "linker/link/table_object.h"

enum { ARM = 40, RISCV = 243, ARM_EABI5 = 0x05000000 };

static const char source[] = "extern const unsigned imgbuild_image[16]; volatile unsigned out;\n"
                             "void reset_handler(void) { out = imgbuild_image[0]; for (;;) ; }\n";

/* image[10] points to byte 4 of the data, data word 2 to byte 0, data word 3 to byte 8. */
static struct tables make_tables(struct workshop *shop)
{
    static const struct tables_relocation relocations[] = {
        {true, 40, 4}, {false, 8, 0}, {false, 12, 8}};
    uint8_t *image = ARENA_ARRAY(shop->arena, uint8_t, 64);
    uint8_t *data = ARENA_ARRAY(shop->arena, uint8_t, 21);
    memcpy(image, "IMGB", 4);
    image[40] = 4;
    memcpy(data, "abcdefgh", 8);
    data[12] = 8;
    data[20] = 'z';
    return (struct tables){{image, 64}, {data, 21}, relocations, COUNT(relocations)};
}

static void write_object(struct workshop *shop, const struct tables *tables,
                         const struct objects_target *target)
{
    struct span object;
    assert_true(table_object_build(shop->arena, tables, target, &object, &shop->diags));
    assert_true(file_write(shop->arena, in_folder(shop, "tables.o"), object, FILE_NOT_SYNCED,
                           &shop->diags));
}

static struct span link_kernel(struct workshop *shop, const struct toolchain *toolchain,
                               const struct program *program)
{
    const struct link_request request = {
        .toolchain = toolchain,
        .program = program,
        .folder = shop->folder,
        .output_path = in_folder(shop, "kernel.elf"),
        .tables_path = in_folder(shop, "tables.o"),
        .places = usual_places,
    };
    struct link_step step = link_prepare(shop->arena, &request);
    const struct process_pool_options options = {.parallel = 1};
    assert_true(link_run(shop->arena, &step, 1, &options, &shop->diags));
    if (step.failed || step.output.bytes != 0)
        fail_msg("%s: %.*s", toolchain->linker, (int)step.output.bytes,
                 (const char *)step.output.data);
    return read_file(shop, request.output_path);
}

/* The word that a linked program loads to an address. */
static uint32_t word_at(const struct linked *linked, uint64_t addr)
{
    for (size_t i = 0; i < linked->segment_count; i++) {
        const struct linked_segment *segment = &linked->segments[i];
        if (addr >= segment->load_addr && addr + 4 <= segment->load_addr + segment->bytes.bytes)
            return span_u32(segment->bytes, (size_t)(addr - segment->load_addr));
    }
    fail_msg("nothing is loaded to %llx", (unsigned long long)addr);
    return 0;
}

static void check_words(struct workshop *shop, struct span elf, const struct program *program)
{
    const struct linked linked = read_well(shop, elf, program);
    uint64_t image;
    assert_true(symbols_find(elf, "imgbuild_image", &image));
    assert_int_equal(image, usual_places[PROGRAM_CODE].base); /* no vectors stand before it */
    assert_int_equal(word_at(&linked, image), 0x42474d49);
    for (uint64_t at = 4; at < 64; at += at == 36 ? 8 : 4)
        assert_int_equal(word_at(&linked, image + at), 0); /* nothing else was relocated */
    const uint64_t data = word_at(&linked, image + 40) - 4;
    assert_int_equal(word_at(&linked, data), 0x64636261);
    assert_int_equal(word_at(&linked, data + 8), data);
    assert_int_equal(word_at(&linked, data + 12), data + 8);
    assert_int_equal(word_at(&linked, data + 20) & 0xff, 'z');
}

static void test_arm_linkers_resolve_the_words(void **state)
{
    struct workshop *shop = *state;
    const struct tables tables = make_tables(shop);
    const struct objects_target target = {ARM, ARM_EABI5};
    const char *objects[] = {compile(shop, "kernel", source)};
    const struct program program = kernel_of(objects, 1);
    write_object(shop, &tables, &target);
    for (size_t i = 0; i < COUNT(both_linkers); i++)
        check_words(shop, link_kernel(shop, both_linkers[i], &program), &program);
}

static void test_tables_stay_in_a_kernel_that_does_not_name_them(void **state)
{
    struct workshop *shop = *state;
    const struct tables tables = make_tables(shop);
    const struct objects_target target = {ARM, ARM_EABI5};
    const char *objects[] = {compile(shop, "kernel", "void reset_handler(void) { for (;;) ; }")};
    const struct program program = kernel_of(objects, 1);
    write_object(shop, &tables, &target);
    for (size_t i = 0; i < COUNT(both_linkers); i++)
        check_words(shop, link_kernel(shop, both_linkers[i], &program), &program);
}

static void test_riscv_hard_float(void **state)
{
    struct workshop *shop = *state;
    const struct tables tables = make_tables(shop);
    struct objects_target target;
    write_text(shop, "kernel.c", source);
    run(shop, "clang --target=riscv32 -march=rv32imafdc -mabi=ilp32d -Os -ffreestanding "
              "-c kernel.c -o kernel.o");
    const char *objects[] = {in_folder(shop, "kernel.o")};
    const struct program program = kernel_of(objects, 1);
    assert_true(objects_target_of(shop->arena, objects[0], NOWHERE, &target, &shop->diags));
    assert_int_equal(target.machine, RISCV);
    assert_int_not_equal(target.flags, 0);
    write_object(shop, &tables, &target);
    check_words(shop, link_kernel(shop, &lld, &program), &program);
    const char *text = run(shop, "arm-none-eabi-readelf -SW tables.o");
    assert_non_null(strstr(text, " RELA  ")); /* the psABI has no REL */
}

static void test_readelf_finds_no_fault(void **state)
{
    struct workshop *shop = *state;
    const struct tables tables = make_tables(shop);
    const struct objects_target target = {ARM, ARM_EABI5};
    write_object(shop, &tables, &target);
    const char *text = run(shop, "arm-none-eabi-readelf -aW tables.o");
    assert_null(strstr(text, "Warning"));
    assert_null(strstr(text, "Error"));
    assert_non_null(strstr(text, "64 OBJECT  GLOBAL DEFAULT    1 imgbuild_image"));
    assert_non_null(strstr(text, "R_ARM_ABS32"));
}

static void test_other_machines_are_refused(void **state)
{
    struct workshop *shop = *state;
    const struct tables tables = make_tables(shop);
    const struct objects_target target = {62, 0};
    struct span object;
    assert_false(table_object_build(shop->arena, &tables, &target, &object, &shop->diags));
    assert_true(has_code(shop, "tables-machine"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_arm_linkers_resolve_the_words),
        TEST(test_tables_stay_in_a_kernel_that_does_not_name_them),
        TEST(test_riscv_hard_float),
        TEST(test_readelf_finds_no_fault),
        TEST(test_other_machines_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
