/* The image and its forms, compared with what objcopy makes of image.elf. */
#include "workshop.h"

#include "linker/elf/symbols.h"
#include "linker/image/image.h"
#include "linker/image/image_format.h"

enum { ARM = 40, ARM_EABI5 = 0x05000000 };

static uint8_t *bytes_of(struct workshop *shop, size_t count)
{
    uint8_t *bytes = ARENA_ARRAY(shop->arena, uint8_t, count);
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)(i * 37 + 11);
    return bytes;
}

static struct linked *program_at(struct workshop *shop, uint64_t addr, size_t first, size_t second)
{
    struct linked *linked = ARENA_NEW(shop->arena, struct linked);
    struct linked_segment *segments = ARENA_ARRAY(shop->arena, struct linked_segment, 2);
    segments[0] = (struct linked_segment){addr, {bytes_of(shop, first), first}, true};
    segments[1] = (struct linked_segment){addr + first, {bytes_of(shop, second), second}, false};
    *linked = (struct linked){.entry = addr | 1,
                              .machine = ARM,
                              .flags = ARM_EABI5,
                              .segments = segments,
                              .segment_count = second == 0 ? 1 : 2};
    return linked;
}

static bool collect(struct workshop *shop, const struct image_source *sources, size_t count,
                    uint64_t header_addr, struct image *ret)
{
    static const struct layout_range code[] = {{0, 0x200000}, {0x08000000, 0x0a000000}};
    const struct image_request request = {
        .sources = sources,
        .source_count = count,
        .code = code,
        .code_count = COUNT(code),
        .header_addr = header_addr,
        .has_header = true,
    };
    return image_collect(shop->arena, &request, ret, &shop->diags);
}

static struct image sample(struct workshop *shop, uint64_t base)
{
    const struct image_source sources[] = {
        {.owner = "kernel", .linked = program_at(shop, base, 300, 20)},
        {.owner = "net", .linked = program_at(shop, base + 0x8000, 0x9000, 33)},
        {.owner = "idle", .linked = program_at(shop, base + 0x401, 5, 0)},
        {.owner = "info", .addr = base + 0x12000, .bytes = {bytes_of(shop, 256), 256}},
    };
    struct image image;
    assert_true(collect(shop, sources, COUNT(sources), base + 64, &image));
    return image;
}

static void put(struct workshop *shop, const char *name, struct span bytes)
{
    assert_true(
        file_write(shop->arena, in_folder(shop, name), bytes, FILE_NOT_SYNCED, &shop->diags));
}

static void compare_with_objcopy(struct workshop *shop, const struct image *image)
{
    put(shop, "image.elf", image_elf(shop->arena, image));
    put(shop, "ours.bin", image_format_bin(shop->arena, image));
    put(shop, "ours.hex", image_format_hex(shop->arena, image));
    put(shop, "ours.srec", image_format_srec(shop->arena, image, "theirs.srec"));
    run(shop, "arm-none-eabi-objcopy -O binary --gap-fill 0xff image.elf theirs.bin");
    run(shop, "arm-none-eabi-objcopy -O ihex --gap-fill 0xff image.elf theirs.hex");
    run(shop, "arm-none-eabi-objcopy -O srec --srec-forceS3 --gap-fill 0xff image.elf theirs.srec");
    run(shop, "cmp ours.bin theirs.bin && cmp ours.hex theirs.hex && cmp ours.srec theirs.srec");
}

static void test_formats_are_those_of_objcopy(void **state)
{
    struct workshop *shop = *state;
    static const uint64_t bases[] = {0,       0x10,     0xfff0,     0xf0000,
                                     0xfe000, 0x100000, 0x08004000, 0x0800fff8};
    for (size_t i = 0; i < COUNT(bases); i++) {
        const struct image image = sample(shop, bases[i]);
        compare_with_objcopy(shop, &image);
    }
}

/* srec_cat begins no new line where a part begins, so there is one part. */
static void test_srec_is_that_of_srec_cat(void **state)
{
    struct workshop *shop = *state;
    const struct image_source kernel = {.owner = "kernel",
                                        .linked = program_at(shop, 0x08004000, 1000, 0)};
    struct image image;
    assert_true(collect(shop, &kernel, 1, 0x08004040, &image));
    put(shop, "ours.bin", image_format_bin(shop->arena, &image));
    put(shop, "ours.srec", image_format_srec(shop->arena, &image, "image.srec"));
    run(shop, "srec_cat ours.bin -binary -offset 0x08004000 -o theirs.srec -motorola "
              "-address-length=4 -obs=16 -header image.srec -execution-start-address 0x08004001 "
              "-disable=data-count -line-termination=crlf && cmp ours.srec theirs.srec");
}

/* A task in another memory is loaded, but lies outside of the image's bounds and of the binary. */
static void test_several_code_memories(void **state)
{
    struct workshop *shop = *state;
    const struct image_source sources[] = {
        {.owner = "kernel", .linked = program_at(shop, 0x08000000, 300, 20)},
        {.owner = "low", .linked = program_at(shop, 0x1000, 40, 0)},
        {.owner = "high", .linked = program_at(shop, 0x09fff000, 50, 0)},
    };
    const struct image_source own = {.owner = "net", .linked = program_at(shop, 0x90000000, 60, 0)};
    static const struct layout_range code[] = {
        {0x90000000, 0x90001000}, {0x08000000, 0x08001000}, {0, 0x2000}, {0x09000000, 0x0a000000}};
    const struct image_source all[] = {sources[0], sources[1], sources[2], own};
    const struct image_request request = {all, 4, code, COUNT(code), 0x08000040, true};
    struct image image;
    assert_true(image_collect(shop->arena, &request, &image, &shop->diags));
    assert_int_equal(image.base, 0x08000000);
    assert_int_equal(image.end, 0x08000000 + 320);
    assert_int_equal(image_format_bin(shop->arena, &image).bytes, 320);
    assert_true(image_format_hex(shop->arena, &image).bytes < 3000);
    put(shop, "image.elf", image_elf(shop->arena, &image));
    put(shop, "ours.hex", image_format_hex(shop->arena, &image));
    run(shop, "arm-none-eabi-objcopy -O ihex image.elf theirs.hex && cmp ours.hex theirs.hex");
}

static void test_elf_is_plain(void **state)
{
    struct workshop *shop = *state;
    const struct image image = sample(shop, 0x08000000);
    const struct span elf = image_elf(shop->arena, &image);
    uint64_t value;
    assert_true(symbols_find(elf, "imgbuild_image", &value));
    assert_int_equal(value, 0x08000040);
    assert_true(symbols_find(elf, "__image_base", &value));
    assert_int_equal(value, 0x08000000);
    assert_true(symbols_find(elf, "__image_end", &value));
    assert_int_equal(value, 0x08012100);
    put(shop, "image.elf", elf);
    const char *text = run(shop, "arm-none-eabi-readelf -aW image.elf");
    assert_null(strstr(text, "Warning"));
    assert_null(strstr(text, "NOBITS"));
    assert_non_null(strstr(text, "Entry point address:               0x8000001"));
    assert_non_null(strstr(text, "0x5000000, Version5 EABI"));
    assert_non_null(strstr(text, ".net.2"));
    run(shop, "arm-none-eabi-objcopy image.elf copy.elf && arm-none-eabi-objdump -d image.elf");
    run(shop, "arm-none-eabi-objcopy -O binary --gap-fill 0xff copy.elf copy.bin");
    put(shop, "ours.bin", image_format_bin(shop->arena, &image));
    run(shop, "cmp copy.bin ours.bin");
}

static void test_overlap_names_both(void **state)
{
    struct workshop *shop = *state;
    const struct image_source sources[] = {
        {.owner = "kernel", .linked = program_at(shop, 0x08000000, 300, 0)},
        {.owner = "net", .linked = program_at(shop, 0x0800012b, 10, 0)},
    };
    struct image image;
    assert_false(collect(shop, sources, 2, 0, &image));
    assert_string_equal(shop->diags.items[0].code, "image-overlap");
    assert_string_equal(shop->diags.items[0].message,
                        "kernel and net are both loaded to 0x0800012b");
}

static void test_bytes_outside_of_code_memory(void **state)
{
    struct workshop *shop = *state;
    const struct image_source outside[] = {
        {.owner = "kernel", .linked = program_at(shop, 0x20000000, 300, 0)}};
    const struct image_source beyond[] = {
        {.owner = "kernel", .linked = program_at(shop, 0x0a000000 - 8, 9, 0)}};
    const struct image_source none[] = {
        {.owner = "kernel", .linked = ARENA_NEW(shop->arena, struct linked)}};
    struct image image;
    assert_false(collect(shop, outside, 1, 0, &image));
    assert_false(collect(shop, beyond, 1, 0, &image));
    assert_false(collect(shop, none, 1, 0, &image));
    assert_int_equal(shop->diags.count, 3);
    assert_string_equal(shop->diags.items[0].code, "image-outside-code-memory");
    assert_string_equal(shop->diags.items[1].code, "image-outside-code-memory");
    assert_string_equal(shop->diags.items[2].code, "image-empty");
}

static void test_patch(void **state)
{
    struct workshop *shop = *state;
    struct image image = sample(shop, 0x08000000);
    const struct span id = span_of_text("ABCDEFGH");
    /* across the end of the kernel's first part */
    assert_true(image_patch(&image, 0x08000000 + 300 - 4, id));
    const struct span bin = image_format_bin(shop->arena, &image);
    assert_memory_equal(bin.data + 296, "ABCDEFGH", 8);
    assert_false(image_patch(&image, 0x08000000 + 320 - 4, id)); /* reaches into a hole */
    assert_memory_equal(image_format_bin(shop->arena, &image).data, bin.data, bin.bytes);
    assert_false(image_patch(&image, 0x07fffffc, id));
}

static void test_patch_elf(void **state)
{
    struct workshop *shop = *state;
    const struct image image = sample(shop, 0x08000000);
    const struct span elf = image_elf(shop->arena, &image);
    const struct span id = span_of_text("ABCDEFGH");
    struct span patched;
    assert_true(
        image_patch_elf(shop->arena, elf, "image.elf", 0x08000048, id, &patched, &shop->diags));
    put(shop, "image.elf", patched);
    run(shop, "arm-none-eabi-objcopy -O binary --gap-fill 0xff image.elf out.bin");
    const struct span bin = read_file(shop, in_folder(shop, "out.bin"));
    assert_memory_equal(bin.data + 0x48, "ABCDEFGH", 8);
    size_t changed = 0;
    for (size_t i = 0; i < elf.bytes; i++)
        changed += elf.data[i] != patched.data[i];
    assert_in_range(changed, 1, 8);
    assert_false(
        image_patch_elf(shop->arena, elf, "image.elf", 0x08001000, id, &patched, &shop->diags));
    assert_true(has_code(shop, "linked-not-loaded"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_formats_are_those_of_objcopy),
        TEST(test_srec_is_that_of_srec_cat),
        TEST(test_several_code_memories),
        TEST(test_elf_is_plain),
        TEST(test_overlap_names_both),
        TEST(test_bytes_outside_of_code_memory),
        TEST(test_patch),
        TEST(test_patch_elf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
