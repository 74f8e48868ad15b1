/* The image's ID: which bytes it covers, and that it is the digest that the format says. */
#include "tests/unit/sign/fixture.h"

#include "sign/digest/digest.h"
#include "sign/image/image_id.h"

#include "base/buffer.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* 256 bytes at 0x1000 with the header at 0x1040, and 64 bytes at 0x2000. */
enum { FIRST_ADDR = 0x1000, FIRST_BYTES = 256, SECOND_ADDR = 0x2000, SECOND_BYTES = 64 };
enum { HEADER_ADDR = 0x1040, ID_AT = 0x48 };

struct image {
    uint8_t first[FIRST_BYTES];
    uint8_t second[SECOND_BYTES];
};

static struct image make_image(void)
{
    struct image image;
    for (size_t i = 0; i < FIRST_BYTES; i++)
        image.first[i] = (uint8_t)(i + 1);
    memset(image.second, 0xa5, SECOND_BYTES);
    return image;
}

struct id {
    uint8_t bytes[IMAGE_ID_BYTES];
};

static struct id compute(struct fixture *fixture, const struct image_id_input *input)
{
    struct id id;
    assert_true(image_id_compute(input, fixture->arena, id.bytes, &fixture->diags));
    assert_int_equal(fixture->diags.count, 0);
    return id;
}

static struct id id_of(struct fixture *fixture, const struct image *image)
{
    const struct image_run runs[] = {{FIRST_ADDR, {image->first, FIRST_BYTES}},
                                     {SECOND_ADDR, {image->second, SECOND_BYTES}}};
    const struct image_id_input input = {.runs = runs, .run_count = 2, .header_addr = HEADER_ADDR};
    return compute(fixture, &input);
}

static bool same(struct id a, struct id b)
{
    return memcmp(a.bytes, b.bytes, IMAGE_ID_BYTES) == 0;
}

static void append_run(struct buffer *to, uint32_t addr, const void *data, uint32_t bytes)
{
    buffer_append_u32(to, addr);
    buffer_append_u32(to, bytes);
    buffer_append(to, data, bytes);
}

static struct id first_bytes(const struct buffer *hashed)
{
    const struct digest digest = digest_of(buffer_span(hashed));
    struct id id;
    memcpy(id.bytes, digest.bytes, IMAGE_ID_BYTES);
    return id;
}

static void it_is_the_digest_of_the_format(void **state)
{
    struct fixture *fixture = *state;
    struct image image = make_image();
    const struct id id = id_of(fixture, &image);
    memset(image.first + ID_AT, 0, IMAGE_ID_BYTES);
    struct buffer hashed = buffer_in(fixture->arena);
    buffer_append(&hashed, "imgbuild-id-1", 14); /* with the NUL */
    append_run(&hashed, FIRST_ADDR, image.first, FIRST_BYTES);
    append_run(&hashed, SECOND_ADDR, image.second, SECOND_BYTES);
    assert_true(same(id, first_bytes(&hashed)));
}

static void every_bit_counts_but_those_of_the_id(void **state)
{
    const struct image image = make_image();
    const struct id id = id_of(*state, &image);
    for (size_t bit = 0; bit < (size_t)8 * (FIRST_BYTES + SECOND_BYTES); bit++) {
        struct image flipped = image;
        const size_t at = bit / 8;
        uint8_t *byte = at < FIRST_BYTES ? &flipped.first[at] : &flipped.second[at - FIRST_BYTES];
        *byte ^= (uint8_t)(1u << bit % 8);
        const bool in_id = at >= ID_AT && at < ID_AT + IMAGE_ID_BYTES;
        assert_int_equal(same(id, id_of(*state, &flipped)), in_id);
    }
}

static void it_does_not_matter_how_touching_bytes_are_cut(void **state)
{
    const struct image image = make_image();
    const struct id id = id_of(*state, &image);
    for (size_t cut = 0; cut <= FIRST_BYTES; cut++) { /* through the header and its ID too */
        const struct image_run runs[] = {{FIRST_ADDR, {image.first, cut}},
                                         {FIRST_ADDR + cut, {image.first + cut, FIRST_BYTES - cut}},
                                         {SECOND_ADDR, {image.second, SECOND_BYTES}}};
        const struct image_id_input input = {
            .runs = runs, .run_count = 3, .header_addr = HEADER_ADDR};
        assert_true(same(id, compute(*state, &input)));
    }
}

static void addresses_count(void **state)
{
    const struct image image = make_image();
    const struct id id = id_of(*state, &image);
    const struct image_run moved[] = {{FIRST_ADDR, {image.first, FIRST_BYTES}},
                                      {SECOND_ADDR + 4, {image.second, SECOND_BYTES}}};
    const struct image_id_input input = {.runs = moved, .run_count = 2, .header_addr = HEADER_ADDR};
    assert_false(same(id, compute(*state, &input)));
}

static void what_is_left_out_does_not_count(void **state)
{
    struct fixture *fixture = *state;
    struct image image = make_image();
    const struct image_run runs[] = {{FIRST_ADDR, {image.first, FIRST_BYTES}},
                                     {SECOND_ADDR, {image.second, SECOND_BYTES}}};
    const struct image_range left_out[] = {{SECOND_ADDR + 32, SECOND_ADDR + 64},
                                           {FIRST_ADDR, FIRST_ADDR + 16},
                                           {FIRST_ADDR + 0xf0, SECOND_ADDR + 4},
                                           {0, 4},
                                           {FIRST_ADDR + 0x20, FIRST_ADDR + 0x20},
                                           {FIRST_ADDR + 0x38, FIRST_ADDR + 0x30}}; /* nothing */
    const struct image_id_input input = {.runs = runs,
                                         .run_count = 2,
                                         .header_addr = HEADER_ADDR,
                                         .left_out = left_out,
                                         .left_out_count = COUNT(left_out)};
    const struct id id = compute(fixture, &input);
    image.first[0] ^= 1;
    image.first[15] ^= 1;
    image.first[0xf0] ^= 1;
    image.second[3] ^= 1;
    image.second[32] ^= 1;
    image.second[63] ^= 1;
    assert_true(same(id, compute(fixture, &input)));
    struct buffer hashed = buffer_in(fixture->arena);
    buffer_append(&hashed, "imgbuild-id-1", 14);
    memset(image.first + ID_AT, 0, IMAGE_ID_BYTES);
    append_run(&hashed, FIRST_ADDR + 16, image.first + 16, 0xf0 - 16);
    append_run(&hashed, SECOND_ADDR + 4, image.second + 4, 28);
    assert_true(same(id, first_bytes(&hashed)));
    image.second[31] ^= 1;
    assert_false(same(id, compute(fixture, &input)));
}

static void a_run_may_end_at_the_top_of_memory(void **state)
{
    struct fixture *fixture = *state;
    const struct image image = make_image();
    const struct image_run runs[] = {{0xffffff00, {image.first, FIRST_BYTES}}};
    const struct image_id_input input = {.runs = runs, .run_count = 1, .header_addr = 0xffffffc0};
    (void)compute(fixture, &input);
}

static void check_refused(struct fixture *fixture, const struct image_id_input *input,
                          const char *code)
{
    struct id id = {{1, 2, 3, 4, 5, 6, 7, 8}};
    const struct id before = id;
    const size_t count = fixture->diags.count;
    assert_false(image_id_compute(input, fixture->arena, id.bytes, &fixture->diags));
    assert_true(same(id, before));
    assert_int_equal(fixture->diags.count, count + 1);
    assert_string_equal(fixture->diags.items[count].code, code);
}

static void bad_images_are_refused(void **state)
{
    const struct image image = make_image();
    const struct span first = {image.first, FIRST_BYTES};
    const struct image_run overlapping[] = {{FIRST_ADDR, first}, {FIRST_ADDR + 0xff, first}};
    const struct image_run descending[] = {{SECOND_ADDR, first}, {FIRST_ADDR, first}};
    const struct image_run beyond[] = {{0xffffff01, first}};
    const struct image_run far_beyond[] = {{UINT64_MAX, first}};
    const struct image_id_input overlaps[] = {
        {.runs = overlapping, .run_count = 2, .header_addr = HEADER_ADDR},
        {.runs = descending, .run_count = 2, .header_addr = HEADER_ADDR},
        {.runs = beyond, .run_count = 1, .header_addr = 0xffffff10},
        {.runs = far_beyond, .run_count = 1, .header_addr = HEADER_ADDR}};
    for (size_t i = 0; i < COUNT(overlaps); i++)
        check_refused(*state, &overlaps[i], "image-overlap");
}

static void a_header_that_does_not_count_is_refused(void **state)
{
    const struct image image = make_image();
    const struct image_run runs[] = {{FIRST_ADDR, {image.first, FIRST_BYTES}}};
    static const uint64_t addresses[] = {0, FIRST_ADDR - 1, FIRST_ADDR + FIRST_BYTES - 63,
                                         SECOND_ADDR, UINT64_MAX - 8};
    struct image_id_input input = {.runs = runs, .run_count = 1};
    for (size_t i = 0; i < COUNT(addresses); i++) {
        input.header_addr = addresses[i];
        check_refused(*state, &input, "image-no-header");
    }
    const struct image_range over_header[] = {{HEADER_ADDR + 63, FIRST_ADDR + FIRST_BYTES}};
    input.header_addr = HEADER_ADDR;
    input.left_out = over_header;
    input.left_out_count = 1;
    check_refused(*state, &input, "image-no-header");
}

static void its_text_has_eleven_characters(void **state)
{
    struct fixture *fixture = *state;
    const uint8_t id[IMAGE_ID_BYTES] = {0xff, 0xef, 0xbe, 0xfb, 0xff, 0, 1, 2};
    uint8_t back[IMAGE_ID_BYTES];
    const char *text = image_id_text(id, fixture->arena);
    assert_string_equal(text, "_----_8AAQI");
    assert_true(image_id_parse(span_of_text(text), back));
    assert_memory_equal(id, back, IMAGE_ID_BYTES);
    assert_false(image_id_parse(span_of_text("_----_8AAQ"), back));
    assert_false(image_id_parse(span_of_text("_----_8AAQJ"), back));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(it_is_the_digest_of_the_format),
        TEST(every_bit_counts_but_those_of_the_id),
        TEST(it_does_not_matter_how_touching_bytes_are_cut),
        TEST(addresses_count),
        TEST(what_is_left_out_does_not_count),
        TEST(a_run_may_end_at_the_top_of_memory),
        TEST(bad_images_are_refused),
        TEST(a_header_that_does_not_count_is_refused),
        TEST(its_text_has_eleven_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
