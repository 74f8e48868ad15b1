/* image.elf read back, and what is refused. */
#include "workshop.h"

#include "linker/image/image_format.h"
#include "linker/image/image_read.h"

#include <elf.h>

enum {
    ARM = 40,
    ARM_EABI5 = 0x05000000,
    BASE = 0x08000000,
    HEADER = BASE + 64,
    INFO = BASE + 1024
};

static void put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* A kernel of two parts, a task, an info block, a task in another memory. */
static struct image sample(struct workshop *shop)
{
    const struct {
        const char *owner;
        uint64_t addr;
        size_t bytes;
    } parts[] = {
        {"kernel", BASE, 256}, {"kernel", BASE + 256, 44}, {"net", BASE + 512, 100},
        {"info", INFO, 128},   {"far", 0x10000000, 32},
    };
    struct image image = {
        .parts = ARENA_ARRAY(shop->arena, struct image_part, COUNT(parts)),
        .part_count = COUNT(parts),
        .base = BASE,
        .end = INFO + 128,
        .entry = BASE | 1,
        .machine = ARM,
        .flags = ARM_EABI5,
        .header_addr = HEADER,
        .has_header = true,
    };
    for (size_t i = 0; i < COUNT(parts); i++) {
        uint8_t *data = ARENA_ARRAY(shop->arena, uint8_t, parts[i].bytes);
        memset(data, (int)(0x40 + i), parts[i].bytes);
        image.parts[i] = (struct image_part){parts[i].owner,
                                             parts[i].addr,
                                             data,
                                             parts[i].bytes,
                                             strcmp(parts[i].owner, "info") != 0,
                                             NULL};
    }
    memcpy(image.parts[0].data + 252, "prob", 4);
    memcpy(image.parts[1].data, "e-demo", 6);
    return image;
}

static struct span elf_of(struct workshop *shop, const struct image *image)
{
    return image_elf(shop->arena, image);
}

static bool read_elf(struct workshop *shop, struct span elf, struct image *ret)
{
    shop->diags = diag_list_in(shop->arena);
    return image_read(shop->arena, elf, "image.elf", ret, &shop->diags);
}

static void expect_refused(struct workshop *shop, struct span elf, const char *code)
{
    struct image image = {.base = 77};
    assert_false(read_elf(shop, elf, &image));
    assert_int_equal(image.base, 77);
    assert_int_equal(shop->diags.count, 1);
    assert_string_equal(shop->diags.items[0].code, code);
    assert_string_equal(shop->diags.items[0].pos.file, "image.elf");
}

static void test_reads_what_was_written(void **state)
{
    struct workshop *shop = *state;
    const struct image written = sample(shop);
    const struct span elf = elf_of(shop, &written);
    struct image image;
    assert_true(read_elf(shop, elf, &image));
    assert_int_equal(image.part_count, written.part_count);
    assert_string_equal(image.parts[0].owner, "kernel");
    assert_string_equal(image.parts[1].owner, "kernel.2");
    assert_true(image.parts[0].is_executable);
    assert_false(image.parts[3].is_executable);
    assert_int_equal(image.base, BASE);
    assert_int_equal(image.end, INFO + 128);
    assert_true(span_equal(elf_of(shop, &image), elf));
    assert_true(
        span_equal(image_format_hex(shop->arena, &image), image_format_hex(shop->arena, &written)));
}

static void test_copies_across_parts(void **state)
{
    struct workshop *shop = *state;
    const struct image image = sample(shop);
    uint8_t bytes[8];
    assert_true(image_copy(&image, BASE + 252, bytes, 8));
    assert_memory_equal(bytes, "probe-de", 8);
    assert_false(image_copy(&image, BASE + 296, bytes, 8)); /* the part ends at 300 */
    assert_false(image_copy(&image, 0, bytes, 1));
}

static void test_refuses_other_images(void **state)
{
    struct workshop *shop = *state;
    struct image image = sample(shop);
    image.parts[2].addr = BASE + 290;
    expect_refused(shop, elf_of(shop, &image), "image-overlap");
    image = sample(shop);
    image.base += 4;
    expect_refused(shop, elf_of(shop, &image), "image-outside");
    image = sample(shop);
    image.end = UINT32_MAX;
    expect_refused(shop, elf_of(shop, &image), "image-outside");
    image = sample(shop);
    image.parts[4].addr = 0x7f000000;
    image.end = 0x7f000000 + 32;
    expect_refused(shop, elf_of(shop, &image), "image-too-sparse");
    image = sample(shop);
    image.part_count = 0;
    expect_refused(shop, elf_of(shop, &image), "image-malformed");
}

static void test_refuses_other_segments(void **state)
{
    struct workshop *shop = *state;
    enum { FIRST_SEGMENT = sizeof(Elf32_Ehdr) };
    static const struct {
        size_t field;
        uint32_t value;
        const char *code;
    } changes[] = {
        {offsetof(Elf32_Phdr, p_type), PT_NOTE, "image-malformed"},
        {offsetof(Elf32_Phdr, p_filesz), 0, "image-malformed"},
        {offsetof(Elf32_Phdr, p_memsz), 0x10000, "image-malformed"},
        {offsetof(Elf32_Phdr, p_vaddr), BASE + 0x20000, "image-moved"},
        {offsetof(Elf32_Phdr, p_offset), 0, "image-no-owner"},
        {offsetof(Elf32_Phdr, p_offset), 0x7fffffff, "image-malformed"},
    };
    const struct image image = sample(shop);
    const struct span elf = elf_of(shop, &image);
    for (size_t i = 0; i < COUNT(changes); i++) {
        uint8_t *copy = arena_grow(shop->arena, elf.data, elf.bytes, elf.bytes, 1);
        put_u32(copy + FIRST_SEGMENT + changes[i].field, changes[i].value);
        expect_refused(shop, (struct span){copy, elf.bytes}, changes[i].code);
    }
    uint8_t *relocatable = arena_grow(shop->arena, elf.data, elf.bytes, elf.bytes, 1);
    relocatable[offsetof(Elf32_Ehdr, e_type)] = ET_REL;
    expect_refused(shop, (struct span){relocatable, elf.bytes}, "image-malformed");
}

/* Debuggers load sections, and know nothing of segments. */
static void test_refuses_other_sections(void **state)
{
    struct workshop *shop = *state;
    const struct image image = sample(shop);
    const struct span elf = elf_of(shop, &image);
    Elf32_Ehdr header;
    memcpy(&header, elf.data, sizeof header);
    assert_int_equal(header.e_shnum, 1 + image.part_count + 3);
    static const struct {
        size_t section, field;
        uint32_t value;
        const char *code;
    } changes[] = {
        /* of no part: .symtab is loaded, be it as it is or as a section of the image's */
        {6, offsetof(Elf32_Shdr, sh_flags), SHF_ALLOC, "image-sections"},
        /* of a part: it is not loaded, or is not what it was, or lies elsewhere */
        {1, offsetof(Elf32_Shdr, sh_flags), SHF_EXECINSTR, "image-no-owner"},
        {3, offsetof(Elf32_Shdr, sh_type), SHT_NOTE, "image-no-owner"},
        {3, offsetof(Elf32_Shdr, sh_addr), BASE, "image-no-owner"},
        {3, offsetof(Elf32_Shdr, sh_size), 4, "image-no-owner"},
    };
    for (size_t i = 0; i < COUNT(changes); i++) {
        uint8_t *copy = arena_grow(shop->arena, elf.data, elf.bytes, elf.bytes, 1);
        put_u32(copy + header.e_shoff + changes[i].section * sizeof(Elf32_Shdr) + changes[i].field,
                changes[i].value);
        expect_refused(shop, (struct span){copy, elf.bytes}, changes[i].code);
    }
}

/* The second part of "net" and the first one of "net.2" would have the same name. */
static void test_ambiguous_owners_are_written_as_read(void **state)
{
    struct workshop *shop = *state;
    struct image image = sample(shop);
    static const char *const owners[] = {"kernel", "net", "net", "net.2", "net.2"};
    for (size_t i = 0; i < COUNT(owners); i++)
        image.parts[i].owner = owners[i];
    const struct span elf = elf_of(shop, &image);
    struct image read;
    assert_true(read_elf(shop, elf, &read));
    assert_true(span_equal(elf_of(shop, &read), elf));
}

/* A flipped bit is refused, or gives an image that can be used in all ways. */
static void test_any_flip_is_safe(void **state)
{
    struct workshop *shop = *state;
    const struct image image = sample(shop);
    const struct span elf = elf_of(shop, &image);
    size_t refused = 0;
    for (size_t bit = 0; bit < elf.bytes * 8; bit++) {
        uint8_t *copy = arena_grow(shop->arena, elf.data, elf.bytes, elf.bytes, 1);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct image read;
        if (!read_elf(shop, (struct span){copy, elf.bytes}, &read)) {
            refused++;
            continue;
        }
        assert_true(image_format_bin(shop->arena, &read).bytes <= IMAGE_SPAN_LIMIT);
    }
    assert_true(refused > 1000);
    for (size_t bytes = 0; bytes < elf.bytes; bytes++) {
        uint8_t *copy = arena_grow(shop->arena, elf.data, bytes, bytes, 1);
        struct image read;
        assert_false(read_elf(shop, (struct span){copy, bytes}, &read));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reads_what_was_written), TEST(test_copies_across_parts),

        TEST(test_refuses_other_images),   TEST(test_refuses_other_segments),
        TEST(test_refuses_other_sections), TEST(test_ambiguous_owners_are_written_as_read),
        TEST(test_any_flip_is_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
