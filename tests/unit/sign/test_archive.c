/* Archives: that other programs open what is written, and that exactly what is written is read. */
#include "tests/unit/sign/fixture.h"

#include "sign/archive/archive_read.h"
#include "sign/archive/archive_write.h"
#include "sign/digest/crc.h"

#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TEST(name)   cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct source_pos zip_file = {.file = "demo.zip"};

static struct archive_member member(const char *name, const char *content)
{
    return (struct archive_member){name, span_of_text(content)};
}

/* Not in byte order: that is the writer's work. */
static struct span write_three(struct fixture *fixture)
{
    const struct archive_member members[] = {member("image/image.bin", "firmware"),
                                             member("README.txt", "What this is.\n"),
                                             member("empty", "")};
    struct span archive;
    assert_true(archive_write(members, COUNT(members), fixture->arena, &archive, &fixture->diags));
    return archive;
}

/* A copy of exactly that size, so that a sanitizer sees each read beyond its end. */
static uint8_t *copy(struct fixture *fixture, struct span bytes)
{
    uint8_t *copied = arena_alloc(fixture->arena, bytes.bytes, 1);
    if (bytes.bytes != 0)
        memcpy(copied, bytes.data, bytes.bytes);
    return copied;
}

static bool reads(struct fixture *fixture, struct span bytes)
{
    struct archive archive = {.member_count = 77};
    const size_t before = fixture->diags.count;
    const bool read = archive_read(bytes, zip_file, fixture->arena, &archive, &fixture->diags);
    assert_int_equal(fixture->diags.count, read ? before : before + 1);
    if (!read)
        assert_int_equal(archive.member_count, 77);
    return read;
}

static const char *last_code(const struct fixture *fixture)
{
    return fixture->diags.items[fixture->diags.count - 1].code;
}

static void check_refused(struct fixture *fixture, struct span bytes, const char *code)
{
    assert_false(reads(fixture, bytes));
    assert_string_equal(last_code(fixture), code);
    assert_string_equal(fixture->diags.items[fixture->diags.count - 1].pos.file, "demo.zip");
}

/* ---- what is written ---- */

static void members_come_back(void **state)
{
    struct fixture *fixture = *state;
    const struct span bytes = write_three(fixture);
    struct archive archive;
    assert_true(archive_read(bytes, zip_file, fixture->arena, &archive, &fixture->diags));
    assert_int_equal(archive.member_count, 3);
    assert_string_equal(archive.members[0].name, "README.txt");
    assert_string_equal(archive.members[1].name, "empty");
    assert_string_equal(archive.members[2].name, "image/image.bin");
    assert_true(span_equal(archive.members[0].content, span_of_text("What this is.\n")));
    assert_int_equal(archive.members[1].content.bytes, 0);
    assert_ptr_equal(archive_find(&archive, "image/image.bin"), &archive.members[2]);
    assert_ptr_equal(archive_find(&archive, "README.txt"), &archive.members[0]);
    assert_null(archive_find(&archive, "image"));
    assert_null(archive_find(&archive, "readme.txt"));
    assert_true(span_equal(archive.bytes, bytes));
}

static void the_order_of_the_members_does_not_matter(void **state)
{
    struct fixture *fixture = *state;
    const struct archive_member members[] = {member("empty", ""),
                                             member("image/image.bin", "firmware"),
                                             member("README.txt", "What this is.\n")};
    struct span archive;
    assert_true(archive_write(members, COUNT(members), fixture->arena, &archive, &fixture->diags));
    assert_true(span_equal(archive, write_three(fixture)));
}

static void an_archive_may_be_empty(void **state)
{
    struct fixture *fixture = *state;
    struct span bytes;
    struct archive archive;
    assert_true(archive_write(NULL, 0, fixture->arena, &bytes, &fixture->diags));
    assert_int_equal(bytes.bytes, 40);
    assert_true(archive_read(bytes, zip_file, fixture->arena, &archive, &fixture->diags));
    assert_int_equal(archive.member_count, 0);
    assert_null(archive_find(&archive, "a"));
}

static void headers_have_the_bytes_of_the_form(void **state)
{
    struct fixture *fixture = *state;
    const struct archive_member one = member("a", "123456789"); /* CRC-32 0xCBF43926 */
    struct span archive;
    assert_true(archive_write(&one, 1, fixture->arena, &archive, &fixture->diags));
    static const uint8_t expected[] = {
        'P',  'K',  3,   4,   10,  0,   0,    0,   0,    0,    0,    0,    0x21, 0,   0x26, 0x39,
        0xf4, 0xcb, 9,   0,   0,   0,   9,    0,   0,    0,    1,    0,    0,    0,   'a',  '1',
        '2',  '3',  '4', '5', '6', '7', '8',  '9', 'P',  'K',  1,    2,    0x3f, 3,   10,   0,
        0,    0,    0,   0,   0,   0,   0x21, 0,   0x26, 0x39, 0xf4, 0xcb, 9,    0,   0,    0,
        9,    0,    0,   0,   1,   0,   0,    0,   0,    0,    0,    0,    0,    0,   0,    0,
        0xa4, 0x81, 0,   0,   0,   0,   'a',  'P', 'K',  5,    6,    0,    0,    0,   0,    1,
        0,    1,    0,   47,  0,   0,   0,    40,  0,    0,    0,    18,   0,    'i', 'm',  'g',
        'b',  'u',  'i', 'l', 'd', ' ', 'a',  'r', 'c',  'h',  'i',  'v',  'e',  ' ', '1'};
    assert_int_equal(archive.bytes, sizeof expected);
    assert_memory_equal(archive.data, expected, sizeof expected);
}

static void many_members_come_back(void **state)
{
    struct fixture *fixture = *state;
    struct archive_member members[2000];
    for (size_t i = 0; i < COUNT(members); i++)
        members[i] = member(arena_format(fixture->arena, "f/%zu.x", i * 7919 % 2000),
                            arena_format(fixture->arena, "content %zu", i));
    struct span bytes;
    struct archive archive;
    assert_true(archive_write(members, COUNT(members), fixture->arena, &bytes, &fixture->diags));
    assert_true(archive_read(bytes, zip_file, fixture->arena, &archive, &fixture->diags));
    assert_int_equal(archive.member_count, COUNT(members));
    for (size_t i = 0; i < COUNT(members); i++)
        assert_true(
            span_equal(archive_find(&archive, members[i].name)->content, members[i].content));
}

static void names_that_may_not_be_are_not_written(void **state)
{
    struct fixture *fixture = *state;
    const char *longest = arena_format(fixture->arena, "%01024d", 0);
    const char *too_long = arena_format(fixture->arena, "%01025d", 0);
    const char *const bad[] = {"",         "/a", "a/",  "a//b",  "../a",  "a/../b", "a/..",
                               ".",        "..", "./a", "a b",   "a\\b",  "C:",     "a\n",
                               "\xc3\xa9", "a*", "~",   "a\x7f", "a/./b", too_long};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const struct archive_member one = member(bad[i], "");
        struct span archive = {NULL, 77};
        if (archive_write(&one, 1, fixture->arena, &archive, &fixture->diags))
            fail_msg("written: %s", bad[i]);
        assert_string_equal(last_code(fixture), "archive-name");
        assert_int_equal(archive.bytes, 77);
    }
    const char *const good[] = {"a", "...", "a..b", ".a", "-", "A/b-C_9.d", "..a/b", longest};
    for (size_t i = 0; i < COUNT(good); i++) {
        const struct archive_member one = member(good[i], "");
        struct span archive;
        assert_true(archive_write(&one, 1, fixture->arena, &archive, &fixture->diags));
        assert_true(reads(fixture, archive));
    }
}

/* The names of two members that no folder can hold both, when a file system ignores case. */
static void names_that_do_not_go_together_are_not_written(void **state)
{
    struct fixture *fixture = *state;
    static const char *const pairs[][2] = {
        {"a", "a"},   {"elf/A", "elf/a"}, {"README", "readme"}, {"a", "a/b"},        {"a/b", "a"},
        {"A", "a/b"}, {"a/b", "a/B/c"},   {"a", "a/-"},         {"x/y.z", "X/Y.Z/a"}};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        const struct archive_member members[] = {member(pairs[i][0], ""), member("b", ""),
                                                 member(pairs[i][1], "")};
        struct span archive;
        assert_false(archive_write(members, 3, fixture->arena, &archive, &fixture->diags));
        assert_string_equal(last_code(fixture), "archive-duplicate");
    }
}

/* Whatever stands between a folder's name and what lies in the folder. */
static void a_folder_is_no_file_among_many_names(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"a-b", "a.b/c", "a", "aa", "a0/b", "a-", "A/z", "a--"};
    struct archive_member members[COUNT(names)];
    struct span archive;
    for (size_t i = 0; i < COUNT(names); i++)
        members[i] = member(names[i], "");
    assert_false(archive_write(members, COUNT(names), fixture->arena, &archive, &fixture->diags));
    assert_string_equal(last_code(fixture), "archive-duplicate");
    assert_string_equal(fixture->diags.items[0].message,
                        "the member a has the name of a folder, that of the member A/z: no file "
                        "system can hold both");
    members[2] = member("b", "");
    assert_true(archive_write(members, COUNT(names), fixture->arena, &archive, &fixture->diags));
    assert_true(reads(fixture, archive));
}

static void what_zip_cannot_hold_is_not_written(void **state)
{
    struct fixture *fixture = *state;
    struct archive_member *members =
        ARENA_ARRAY(fixture->arena, struct archive_member, ARCHIVE_MEMBERS_MOST + 1);
    struct span archive;
    for (size_t i = 0; i <= ARCHIVE_MEMBERS_MOST; i++)
        members[i] = member(arena_format(fixture->arena, "%zu", i), "");
    assert_true(
        archive_write(members, ARCHIVE_MEMBERS_MOST, fixture->arena, &archive, &fixture->diags));
    assert_true(reads(fixture, archive));
    assert_false(archive_write(members, ARCHIVE_MEMBERS_MOST + 1, fixture->arena, &archive,
                               &fixture->diags));
    assert_string_equal(last_code(fixture), "archive-too-large");
    /* Contents of 2 GiB, of which the writer must not touch a byte. */
    members[0].content.bytes = members[1].content.bytes = (size_t)INT32_MAX;
    assert_false(archive_write(members, 2, fixture->arena, &archive, &fixture->diags));
    assert_string_equal(last_code(fixture), "archive-too-large");
    members[0].content.bytes = SIZE_MAX;
    assert_false(archive_write(members, 2, fixture->arena, &archive, &fixture->diags));
    assert_string_equal(last_code(fixture), "archive-too-large");
}

/* ---- damage ---- */

static void every_flipped_bit_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span archive = write_three(fixture);
    uint8_t *flipped = copy(fixture, archive);
    size_t in_contents = 0;
    for (size_t bit = 0; bit < 8 * archive.bytes; bit++) {
        flipped[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(reads(fixture, (struct span){flipped, archive.bytes}));
        in_contents += strcmp(last_code(fixture), "archive-crc") == 0;
        flipped[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(in_contents, 8 * strlen("What this is.\nfirmware"));
}

static void every_truncation_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct span archive = write_three(fixture);
    for (size_t bytes = 0; bytes < archive.bytes; bytes++) {
        const struct span front = {archive.data, bytes};
        check_refused(fixture, (struct span){copy(fixture, front), bytes}, "archive-end");
        const struct span back = {archive.data + archive.bytes - bytes, bytes};
        assert_false(reads(fixture, (struct span){copy(fixture, back), bytes}));
    }
}

static void what_stands_before_or_after_is_refused(void **state)
{
    struct fixture *fixture = *state;
    static const char *const extras[] = {"\n", "MZ", "#!/bin/sh\n", "imgbuild archive 1"};
    const struct span archive = write_three(fixture);
    for (size_t i = 0; i < COUNT(extras); i++) {
        struct buffer before = buffer_in(fixture->arena), after = buffer_in(fixture->arena);
        buffer_append_text(&before, extras[i]);
        buffer_append_span(&before, archive);
        buffer_append_span(&after, archive);
        buffer_append_text(&after, extras[i]);
        check_refused(fixture, buffer_span(&before), "archive-form");
        check_refused(fixture, buffer_span(&after), "archive-end");
    }
    struct buffer twice = buffer_in(fixture->arena);
    buffer_append_span(&twice, archive);
    buffer_append_span(&twice, archive);
    check_refused(fixture, buffer_span(&twice), "archive-form");
}

/* ---- zips that other programs would open ---- */

/* A zip with members a and b; zero and NULL mean what an archive has. */
struct zip_recipe {
    const char *names[2], *contents[2];
    const char *prefix; /* before everything, offsets counted from the start of the file */
    const char *local_extra, *central_extra;
    const char *member_comment, *end_comment;
    const char *after_members;   /* between the last content and the central directory */
    const char *in_directory;    /* after its last entry, counted in its size */
    const char *after_directory; /* between it and the end record, not counted in its size */
    const char *between_members;
    uint32_t attributes;
    uint32_t size_lie; /* written as both sizes in both headers */
    uint16_t needed, made_by, flags, method, time, date;
    uint16_t count_lie;
    uint16_t directory_cut; /* bytes that its end lacks */
    bool has_descriptors;
    bool swaps_directory;   /* the central directory names b before a */
    bool counts_one;        /* the central directory leaves b out */
    bool repeats_directory; /* and the first of the two does not count */
};

static const char *text_or(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

static uint16_t u16_or(uint16_t value, uint16_t otherwise)
{
    return value != 0 ? value : otherwise;
}

static const char *recipe_name(const struct zip_recipe *recipe, size_t index)
{
    return text_or(recipe->names[index], index == 0 ? "a" : "b");
}

static struct span recipe_content(const struct zip_recipe *recipe, size_t index)
{
    return span_of_text(text_or(recipe->contents[index], index == 0 ? "first" : "second"));
}

static void append_numbers(struct buffer *zip, const struct zip_recipe *recipe, size_t index,
                           const char *extra)
{
    const struct span content = recipe_content(recipe, index);
    const uint32_t bytes = recipe->size_lie != 0 ? recipe->size_lie : (uint32_t)content.bytes;
    buffer_append_u16(zip, u16_or(recipe->needed, 10));
    buffer_append_u16(zip, recipe->flags);
    buffer_append_u16(zip, recipe->method);
    buffer_append_u16(zip, recipe->time);
    buffer_append_u16(zip, u16_or(recipe->date, 0x21));
    buffer_append_u32(zip, crc32_of(content));
    buffer_append_u32(zip, bytes);
    buffer_append_u32(zip, bytes);
    buffer_append_u16(zip, (uint16_t)strlen(recipe_name(recipe, index)));
    buffer_append_u16(zip, (uint16_t)strlen(text_or(extra, "")));
}

static void append_member(struct buffer *zip, const struct zip_recipe *recipe, size_t index)
{
    const struct span content = recipe_content(recipe, index);
    buffer_append_u32(zip, 0x04034b50);
    append_numbers(zip, recipe, index, recipe->local_extra);
    buffer_append_text(zip, recipe_name(recipe, index));
    buffer_append_text(zip, text_or(recipe->local_extra, ""));
    buffer_append_span(zip, content);
    if (recipe->has_descriptors) {
        buffer_append_u32(zip, 0x08074b50);
        buffer_append_u32(zip, crc32_of(content));
        buffer_append_u32(zip, (uint32_t)content.bytes);
        buffer_append_u32(zip, (uint32_t)content.bytes);
    }
}

static void append_entry(struct buffer *zip, const struct zip_recipe *recipe, size_t index,
                         size_t local_off)
{
    buffer_append_u32(zip, 0x02014b50);
    buffer_append_u16(zip, u16_or(recipe->made_by, 0x033f));
    append_numbers(zip, recipe, index, recipe->central_extra);
    buffer_append_u16(zip, (uint16_t)strlen(text_or(recipe->member_comment, "")));
    buffer_append_u32(zip, 0);
    buffer_append_u32(zip, recipe->attributes != 0 ? recipe->attributes : 0x81a40000);
    buffer_append_u32(zip, (uint32_t)local_off);
    buffer_append_text(zip, recipe_name(recipe, index));
    buffer_append_text(zip, text_or(recipe->central_extra, ""));
    buffer_append_text(zip, text_or(recipe->member_comment, ""));
}

static void append_directory(struct buffer *zip, const struct zip_recipe *recipe,
                             const size_t *local_offs)
{
    const size_t first = recipe->swaps_directory ? 1 : 0;
    append_entry(zip, recipe, first, local_offs[first]);
    if (!recipe->counts_one)
        append_entry(zip, recipe, 1 - first, local_offs[1 - first]);
}

static struct span make_zip(struct fixture *fixture, const struct zip_recipe *recipe)
{
    struct buffer zip = buffer_in(fixture->arena);
    size_t local_offs[2];
    buffer_append_text(&zip, text_or(recipe->prefix, ""));
    local_offs[0] = zip.bytes;
    append_member(&zip, recipe, 0);
    buffer_append_text(&zip, text_or(recipe->between_members, ""));
    local_offs[1] = zip.bytes;
    append_member(&zip, recipe, 1);
    buffer_append_text(&zip, text_or(recipe->after_members, ""));
    if (recipe->repeats_directory)
        append_directory(&zip, recipe, local_offs);
    const size_t directory_off = zip.bytes;
    append_directory(&zip, recipe, local_offs);
    zip.bytes -= recipe->directory_cut;
    buffer_append_text(&zip, text_or(recipe->in_directory, ""));
    const size_t directory_end = zip.bytes;
    buffer_append_text(&zip, text_or(recipe->after_directory, ""));
    const uint16_t count = u16_or(recipe->count_lie, recipe->counts_one ? 1 : 2);
    const char *comment = text_or(recipe->end_comment, "imgbuild archive 1");
    buffer_append_u32(&zip, 0x06054b50);
    buffer_append_u32(&zip, 0);
    buffer_append_u16(&zip, count);
    buffer_append_u16(&zip, count);
    buffer_append_u32(&zip, (uint32_t)(directory_end - directory_off));
    buffer_append_u32(&zip, (uint32_t)directory_off);
    buffer_append_u16(&zip, (uint16_t)strlen(comment));
    buffer_append_text(&zip, comment);
    return (struct span){copy(fixture, buffer_span(&zip)), zip.bytes};
}

static void the_plain_recipe_makes_an_archive(void **state)
{
    struct fixture *fixture = *state;
    const struct zip_recipe plain = {.time = 0};
    const struct archive_member members[] = {member("a", "first"), member("b", "second")};
    struct span archive;
    assert_true(archive_write(members, 2, fixture->arena, &archive, &fixture->diags));
    assert_true(span_equal(make_zip(fixture, &plain), archive));
}

static void other_zips_are_refused(void **state)
{
    static const struct zip_recipe recipes[] = {
        {.needed = 20},
        {.made_by = 0x0314},
        {.flags = 0x0008, .has_descriptors = true},
        {.has_descriptors = true},
        {.flags = 0x0001}, /* encrypted */
        {.flags = 0x0800}, /* names in UTF-8 */
        {.method = 8},
        {.time = 1},
        {.date = 0x5a00},
        {.attributes = 0x81ed0000}, /* executable */
        {.attributes = 0xa1ff0000}, /* a symbolic link */
        {.local_extra = "UT\x01\x01z"},
        {.central_extra = "UT\x01\x01z"},
        {.local_extra = "UT\x01\x01z", .central_extra = "UT\x01\x01z"},
        {.member_comment = "hello"},
        {.prefix = "#!/bin/sh\n"},
        {.between_members = "\n"},
        {.after_members = "hidden"},
        {.after_directory = "hidden"},
        {.in_directory = "hidden"},
        {.directory_cut = 1},
        {.directory_cut = 47}, /* an entry and no more */
        {.repeats_directory = true},
        {.swaps_directory = true},
        {.counts_one = true},
        {.count_lie = 1},
        {.count_lie = 3},
        {.count_lie = 60000},
        {.size_lie = 0xffffffff}, /* see the zip64 extra field */
        {.size_lie = 0xfffffffe},
    };
    for (size_t i = 0; i < COUNT(recipes); i++) {
        struct fixture *fixture = *state;
        if (reads(fixture, make_zip(fixture, &recipes[i])))
            fail_msg("recipe %zu was read", i);
        assert_string_equal(last_code(fixture), "archive-form");
    }
}

/* The entry that the local header makes the reader expect is longer than the rest of the file. */
static void a_directory_that_ends_in_a_name_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct zip_recipe recipe = {.names = {"a", arena_format(fixture->arena, "b%01000d", 0)},
                                      .directory_cut = 600};
    check_refused(fixture, make_zip(fixture, &recipe), "archive-form");
}

/* Then what the headers call the content is not what the checksum is of. */
static void sizes_that_are_not_the_contents_are_refused(void **state)
{
    const struct zip_recipe less = {.size_lie = 4}, more = {.size_lie = 6};
    check_refused(*state, make_zip(*state, &less), "archive-crc");
    check_refused(*state, make_zip(*state, &more), "archive-crc");
}

static void zip64_counts_are_refused(void **state)
{
    const struct zip_recipe recipe = {.count_lie = 0xffff};
    check_refused(*state, make_zip(*state, &recipe), "archive-too-large");
}

static void other_comments_are_refused(void **state)
{
    static const char *const comments[] = {"", "imgbuild archive 2", "imgbuild archive 1 ",
                                           "imgbuild archive 10", " imgbuild archive 1"};
    for (size_t i = 0; i < COUNT(comments); i++) {
        const struct zip_recipe recipe = {.end_comment = comments[i]};
        check_refused(*state, make_zip(*state, &recipe), "archive-end");
    }
}

static void names_that_leave_the_folder_are_refused(void **state)
{
    static const char *const names[] = {"../x", "/x",   "x/../../y", "..", ".",   "",
                                        "x/",   "x//y", "x\\y",      "c:", "x y", "\xff"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct zip_recipe recipe = {.names = {names[i], NULL}};
        check_refused(*state, make_zip(*state, &recipe), "archive-name");
    }
}

static void a_name_that_hides_behind_a_zero_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct zip_recipe recipe = {.names = {"a@b", NULL}};
    const struct span zip = make_zip(fixture, &recipe);
    uint8_t *bytes = copy(fixture, zip);
    for (size_t i = 0; i < zip.bytes; i++)
        if (bytes[i] == '@')
            bytes[i] = 0;
    check_refused(fixture, (struct span){bytes, zip.bytes}, "archive-name");
}

static void names_out_of_order_are_refused(void **state)
{
    static const struct {
        const char *names[2];
        const char *code;
    } cases[] = {{{"b", "a"}, "archive-order"},
                 {{"a", "B"}, "archive-order"},
                 {{"a/b", "a.b"}, "archive-order"},
                 {{"ab", "a"}, "archive-order"},
                 {{"a", "a"}, "archive-duplicate"},
                 {{"A", "a"}, "archive-duplicate"},
                 {{"x/README", "x/readme"}, "archive-duplicate"},
                 {{"a", "a/b"}, "archive-duplicate"},
                 {{"A", "a/b"}, "archive-duplicate"},
                 {{"X/y", "x/Y/z"}, "archive-duplicate"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct zip_recipe recipe = {.names = {cases[i].names[0], cases[i].names[1]}};
        check_refused(*state, make_zip(*state, &recipe), cases[i].code);
    }
}

static void messages_say_what_and_where(void **state)
{
    struct fixture *fixture = *state;
    const struct zip_recipe deflated = {.method = 8};
    check_refused(fixture, make_zip(fixture, &deflated), "archive-form");
    assert_string_equal(
        fixture->diags.items[0].message,
        "method in the local header of member 1: the byte at offset 8 is 0x08 and must be 0x00");
    const struct zip_recipe executable = {.attributes = 0x81ed0000};
    check_refused(fixture, make_zip(fixture, &executable), "archive-form");
    assert_string_equal(fixture->diags.items[1].message,
                        "attributes in the central directory of member 1: the byte at offset 113 "
                        "is 0xed and must be 0xa4");
    const struct zip_recipe hidden = {.after_members = "hidden"};
    check_refused(fixture, make_zip(fixture, &hidden), "archive-form");
    assert_string_equal(fixture->diags.items[2].message,
                        "bytes that belong to no member lie from offset 73 to offset 79");
}

/* ---- other programs ---- */

/* Runs a shell command in which ZIP stands for the archive. */
static void run(const char *command, const char *path)
{
    char line[1024];
    const char *place = strstr(command, "ZIP");
    assert_non_null(place);
    const int length = snprintf(line, sizeof line, "%.*s%s%s", (int)(place - command), command,
                                path, place + strlen("ZIP"));
    assert_in_range(length, 1, sizeof line - 1);
    if (system(line) != 0) /* NOLINT(cert-env33-c): fixed commands of this file */
        fail_msg("failed: %s", line);
}

static void other_programs_open_an_archive(void **state)
{
    struct fixture *fixture = *state;
    char folder[] = "/tmp/imgbuild-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    const char *path = arena_format(fixture->arena, "%s/demo.zip", folder);
    const struct span archive = write_three(fixture);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(archive.data, 1, archive.bytes, file), archive.bytes);
    assert_int_equal(fclose(file), 0);

    run("unzip -tq ZIP >/dev/null", path);
    run("test \"$(unzip -p ZIP image/image.bin)\" = firmware", path);
    run("test \"$(unzip -qz ZIP)\" = 'imgbuild archive 1'", path);
    run("test \"$(bsdtar -tf ZIP | tr '\\n' ' ')\" = 'README.txt empty image/image.bin '", path);
    run("test \"$(bsdtar -xOf ZIP image/image.bin)\" = firmware", path);
    run("python3 -c 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); "
        "assert z.testzip() is None; assert z.read(\"image/image.bin\") == b\"firmware\"; "
        "assert z.namelist() == [\"README.txt\", \"empty\", \"image/image.bin\"]' ZIP",
        path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(members_come_back),
        TEST(the_order_of_the_members_does_not_matter),
        TEST(an_archive_may_be_empty),
        TEST(headers_have_the_bytes_of_the_form),
        TEST(many_members_come_back),
        TEST(names_that_may_not_be_are_not_written),
        TEST(names_that_do_not_go_together_are_not_written),
        TEST(a_folder_is_no_file_among_many_names),
        TEST(what_zip_cannot_hold_is_not_written),
        TEST(every_flipped_bit_is_refused),
        TEST(every_truncation_is_refused),
        TEST(what_stands_before_or_after_is_refused),
        TEST(the_plain_recipe_makes_an_archive),
        TEST(other_zips_are_refused),
        TEST(a_directory_that_ends_in_a_name_is_refused),
        TEST(sizes_that_are_not_the_contents_are_refused),
        TEST(zip64_counts_are_refused),
        TEST(other_comments_are_refused),
        TEST(names_that_leave_the_folder_are_refused),
        TEST(a_name_that_hides_behind_a_zero_is_refused),
        TEST(names_out_of_order_are_refused),
        TEST(messages_say_what_and_where),
        TEST(other_programs_open_an_archive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
