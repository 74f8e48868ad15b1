/* UF2: which pages there are, and what they hold. The end-to-end tests read whole files. */
#include "workshop.h"

#include "linker/image/image_format_uf2.h"

enum { BLOCK_BYTES = 512, FAMILY = 0x12345678 };

static struct image_part part(struct workshop *shop, uint64_t addr, size_t bytes, uint8_t fill)
{
    struct image_part made = {.owner = "net",
                              .addr = addr,
                              .data = ARENA_ARRAY(shop->arena, uint8_t, bytes),
                              .bytes = bytes};
    memset(made.data, fill, bytes);
    return made;
}

static const uint8_t *block(struct span file, size_t index, uint32_t addr, size_t count)
{
    const struct span bytes = {file.data + index * BLOCK_BYTES, BLOCK_BYTES};
    const uint32_t wanted[] = {0x0a324655, 0x9e5d5157,      0x2000,          addr,
                               256,        (uint32_t)index, (uint32_t)count, FAMILY};
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_int_equal(span_u32(bytes, i * 4), wanted[i]);
    for (size_t i = 32 + 256; i < BLOCK_BYTES - 4; i++)
        assert_int_equal(bytes.data[i], 0);
    assert_int_equal(span_u32(bytes, BLOCK_BYTES - 4), 0x0ab16f30);
    return bytes.data + 32;
}

static void fills(const uint8_t *page, size_t from, size_t to, uint8_t fill)
{
    for (size_t i = from; i < to; i++)
        assert_int_equal(page[i], fill);
}

/* A task far below and one far above, the latter across pages up to the last address; between base
 * and end a hole of more than a page. */
static void test_pages_of_all_memories(void **state)
{
    struct workshop *shop = *state;
    struct image_part parts[] = {
        part(shop, 0x10f0, 0x20, 1),     part(shop, 0x08000040, 0x10, 2),
        part(shop, 0x08000050, 0x10, 3), part(shop, 0x08000230, 1, 4),
        part(shop, 0x080002ff, 1, 5),    part(shop, 0xfffffe80, 0x180, 6),
    };
    const struct image image = {
        .parts = parts, .part_count = COUNT(parts), .base = 0x08000040, .end = 0x08000300};
    const struct span file = image_format_uf2(shop->arena, &image, FAMILY);
    assert_int_equal(file.bytes, 7 * BLOCK_BYTES);
    assert_int_equal(image_format_uf2_family(file), FAMILY);
    const uint8_t *page = block(file, 0, 0x1000, 7);
    fills(page, 0, 0xf0, 0xff);
    fills(page, 0xf0, 0x100, 1);
    page = block(file, 1, 0x1100, 7);
    fills(page, 0, 0x10, 1);
    fills(page, 0x10, 0x100, 0xff);
    page = block(file, 2, 0x08000000, 7);
    fills(page, 0, 0x40, 0xff);
    fills(page, 0x40, 0x50, 2);
    fills(page, 0x50, 0x60, 3);
    fills(page, 0x60, 0x100, 0xff);
    fills(block(file, 3, 0x08000100, 7), 0, 0x100, 0xff); /* the hole */
    page = block(file, 4, 0x08000200, 7);
    assert_int_equal(page[0x30], 4);
    assert_int_equal(page[0xff], 5);
    page = block(file, 5, 0xfffffe00, 7);
    fills(page, 0, 0x80, 0xff);
    fills(page, 0x80, 0x100, 6);
    fills(block(file, 6, 0xffffff00, 7), 0, 0x100, 6);
}

/* Parts of other memories that share a page are one block. */
static void test_a_page_is_written_once(void **state)
{
    struct workshop *shop = *state;
    struct image_part parts[] = {part(shop, 0x1010, 4, 1), part(shop, 0x1080, 4, 2),
                                 part(shop, 0x2000, 4, 3)};
    const struct image image = {
        .parts = parts, .part_count = COUNT(parts), .base = 0x2000, .end = 0x2004};
    const struct span file = image_format_uf2(shop->arena, &image, FAMILY);
    assert_int_equal(file.bytes, 2 * BLOCK_BYTES);
    const uint8_t *page = block(file, 0, 0x1000, 2);
    assert_int_equal(page[0x10], 1);
    assert_int_equal(page[0x80], 2);
    assert_int_equal(block(file, 1, 0x2000, 2)[0], 3);
    assert_int_equal(image_format_uf2_family((struct span){file.data, BLOCK_BYTES - 1}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pages_of_all_memories),
        TEST(test_a_page_is_written_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
