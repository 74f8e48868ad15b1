/* diff: symbols matched across what compilers do to their names, sums, conditions. */
#include "cli/diff/diff_compare.h"
#include "cli/diff/diff_facts.h"
#include "cli/diff/diff_limits.h"
#include "cli/diff/diff_markdown.h"
#include "cli/diff/diff_symbols.h"
#include "cli/format/markdown_text.h"

#include "tests/unit/base/fixture.h"

/* ---- small images ---- */

struct given {
    const char *object, *name;
    uint64_t bytes;
    enum report_symbol_kind kind;
};

enum { BASE = 0x1000 };

/* One section with the symbols in this order; those of one object stand together. */
static struct report_section section_of(struct arena *arena, const struct given *given,
                                        size_t count)
{
    struct report_object *objects = ARENA_ARRAY(arena, struct report_object, count + 1);
    struct report_symbol *symbols = ARENA_ARRAY(arena, struct report_symbol, count + 1);
    struct report_section section = {.name = ".text", .addr = BASE, .objects = objects};
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(given[i - 1].object, given[i].object) != 0)
            objects[section.object_count++] =
                (struct report_object){.name = given[i].object, .symbols = &symbols[i]};
        struct report_object *object = &objects[section.object_count - 1];
        symbols[i] = (struct report_symbol){.name = given[i].name,
                                            .addr = section.addr + section.bytes,
                                            .bytes = given[i].bytes,
                                            .kind = given[i].kind};
        object->symbol_count++;
        object->bytes += given[i].bytes;
        section.bytes += given[i].bytes;
    }
    return section;
}

/* A kernel, and tasks "net" and "slots"; net has the symbols, in a block of `regions`. */
static struct report report_with(struct arena *arena, const struct given *given, size_t count,
                                 const uint64_t *regions, size_t region_count)
{
    struct report_section *section = ARENA_NEW(arena, struct report_section);
    struct report_block *block = ARENA_NEW(arena, struct report_block);
    struct report_region *cuts = ARENA_ARRAY(arena, struct report_region, region_count);
    struct report_program *programs = ARENA_ARRAY(arena, struct report_program, 3);
    struct report_memory *memories = ARENA_ARRAY(arena, struct report_memory, 2);
    struct report_row *row = ARENA_NEW(arena, struct report_row);
    *section = section_of(arena, given, count);
    *block = (struct report_block){.base = BASE,
                                   .need_bytes = section->bytes,
                                   .linked_bytes = section->bytes,
                                   .regions = cuts,
                                   .region_count = region_count,
                                   .sections = section,
                                   .section_count = 1};
    for (size_t i = 0; i < region_count; i++) {
        cuts[i] = (struct report_region){.start = BASE + block->bytes,
                                         .end = BASE + block->bytes + regions[i]};
        block->bytes += regions[i];
    }
    *row = (struct report_row){REPORT_ROW_TASK, BASE, block->bytes, block->need_bytes, 1, 0};
    programs[0] = (struct report_program){.name = "kernel"};
    programs[1] = (struct report_program){
        .name = "net", .blocks = block, .block_count = 1, .slots_used = (uint32_t)region_count};
    programs[2] = (struct report_program){.name = "slots", .slots_used = 1};
    memories[0] = (struct report_memory){.name = "flash",
                                         .size = 4096,
                                         .rows = row,
                                         .row_count = 1,
                                         .used_bytes = block->bytes,
                                         .free_bytes = 4096 - block->bytes,
                                         .padding_bytes = block->bytes - block->need_bytes,
                                         .has_owner = true};
    memories[1] = (struct report_memory){.name = "moved", .size = 64, .free_bytes = 64};
    return (struct report){.name = "demo",
                           .board = "kit",
                           .slot = "",
                           .version = "1.0.0",
                           .id = "",
                           .compat = "{}",
                           .mpu_model = "pmsav7",
                           .memories = memories,
                           .memory_count = 2,
                           .programs = programs,
                           .program_count = 3};
}

static uint64_t whole(const struct given *given, size_t count)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += given[i].bytes;
    return bytes;
}

static struct diff diff_between(struct fixture *fixture, const struct given *was, size_t was_count,
                                const struct given *is, size_t is_count)
{
    const uint64_t before[] = {whole(was, was_count)};
    const uint64_t after[] = {whole(is, is_count)};
    const struct report old = report_with(fixture->arena, was, was_count, before, 1);
    const struct report new = report_with(fixture->arena, is, is_count, after, 1);
    return diff_compare(&old, &new, fixture->arena);
}

/* ---- symbols ---- */

static void stems_are_what_the_author_wrote(void **state)
{
    struct fixture *fixture = *state;
    static const char *const cases[][2] = {
        {"foo", "foo"},
        {"foo.isra.0", "foo"},
        {"foo.constprop.12.isra.3", "foo"},
        {"foo.part.2", "foo"},
        {"foo.lto_priv.3", "foo"},
        {"foo.llvm.1234567890", "foo"},
        {"foo.isra.0.cold", "foo.cold"},
        {"foo.cold", "foo.cold"},
        {"buf.5", "buf"},
        {"__func__.1234", "__func__"},
        {".LC7", ".LC"},
        {".LANCHOR0", ".LANCHOR"},
        {"a.b", "a.b"},
        {"a.", "a."},
        {"", ""},
        {".", "."},
        {"5", "5"},
        {"_ZN3foo3bar17h0123456789abcdefE", "_ZN3foo3bar"},
        {"_ZN3foo3bar17h0123456789abcdexE", "_ZN3foo3bar17h0123456789abcdexE"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(diff_symbol_stem(cases[i][0], fixture->arena), cases[i][1]);
}

/* What is listed of a change, as lines. */
static const char *listed(struct fixture *fixture, const struct diff *diff)
{
    const struct diff_program *net = &diff->programs[1];
    const char *text = "";
    int64_t sum = (int64_t)net->fill.is - (int64_t)net->fill.was;
    for (size_t i = 0; i < net->symbol_count; i++) {
        const struct diff_symbol *symbol = &net->symbols[i];
        sum += (int64_t)symbol->bytes.is - (int64_t)symbol->bytes.was;
        text = arena_format(fixture->arena, "%s%s %s %s %s\n", text,
                            diff_facts_symbol_change(symbol->change),
                            diff_facts_symbol_name(symbol, fixture->arena),
                            diff_facts_symbol_object(symbol, fixture->arena),
                            diff_facts_change(symbol->bytes, fixture->arena));
    }
    assert_int_equal(sum, (int64_t)net->linked.is - (int64_t)net->linked.was);
    return text;
}

#define LISTED(fixture, was, is, lines)                                                            \
    do {                                                                                           \
        const struct diff found = diff_between(fixture, was, COUNT(was), is, COUNT(is));           \
        assert_string_equal(listed(fixture, &found), lines);                                       \
    } while (0)

static void a_renumbered_symbol_is_the_same(void **state)
{
    struct fixture *fixture = *state;
    static const struct given was[] = {{"a.o", "buf.5", 128, REPORT_SYMBOL_DATA},
                                       {"a.o", "buf.6", 64, REPORT_SYMBOL_DATA},
                                       {"a.o", ".LC3", 4, REPORT_SYMBOL_DATA},
                                       {"a.o", "go.isra.0", 40, REPORT_SYMBOL_FUNCTION}};
    static const struct given is[] = {{"a.o", "buf.6", 128, REPORT_SYMBOL_DATA},
                                      {"a.o", "buf.7", 64, REPORT_SYMBOL_DATA},
                                      {"a.o", ".LC9", 4, REPORT_SYMBOL_DATA},
                                      {"a.o", "go.constprop.1", 40, REPORT_SYMBOL_FUNCTION}};
    LISTED(fixture, was, is, "");
}

static void a_plain_name_is_surer_than_a_size(void **state)
{
    struct fixture *fixture = *state;
    static const struct given was[] = {{"a.o", "go", 100, REPORT_SYMBOL_FUNCTION},
                                       {"a.o", "go.part.0", 50, REPORT_SYMBOL_FUNCTION}};
    static const struct given is[] = {{"a.o", "go", 50, REPORT_SYMBOL_FUNCTION},
                                      {"a.o", "go.part.0", 60, REPORT_SYMBOL_FUNCTION}};
    LISTED(fixture, was, is, "shrank go a.o -50\ngrew go.part.0 a.o +10\n");
}

static void a_renamed_symbol_that_grew_is_one(void **state)
{
    struct fixture *fixture = *state;
    static const struct given was[] = {{"a.o", "go.isra.0", 100, REPORT_SYMBOL_FUNCTION}};
    static const struct given is[] = {{"a.o", "go.isra.1", 120, REPORT_SYMBOL_FUNCTION}};
    LISTED(fixture, was, is, "grew go.isra.1 (was go.isra.0) a.o +20\n");
}

static void a_symbol_of_another_object_moved(void **state)
{
    struct fixture *fixture = *state;
    static const struct given was[] = {{"a.o", "go", 100, REPORT_SYMBOL_FUNCTION},
                                       {"a.o", "stay", 8, REPORT_SYMBOL_FUNCTION}};
    static const struct given is[] = {{"a.o", "stay", 8, REPORT_SYMBOL_FUNCTION},
                                      {"b.o", "go", 100, REPORT_SYMBOL_FUNCTION}};
    LISTED(fixture, was, is, "moved go a.o -> b.o 0\n");
}

static void a_numbered_name_is_surer_than_an_order(void **state)
{
    struct fixture *fixture = *state;
    static const struct given was[] = {{"a.o", "x.1", 10, REPORT_SYMBOL_DATA},
                                       {"a.o", "x.2", 20, REPORT_SYMBOL_DATA}};
    static const struct given is[] = {{"a.o", "x.2", 29, REPORT_SYMBOL_DATA},
                                      {"a.o", "x.1", 15, REPORT_SYMBOL_DATA}};
    LISTED(fixture, was, is, "grew x.2 a.o +9\ngrew x.1 a.o +5\n");
}

static void the_same_name_and_size_is_surest(void **state)
{
    struct fixture *fixture = *state;
    static const struct given was[] = {{"a.o", "x.1", 10, REPORT_SYMBOL_DATA},
                                       {"a.o", "x.2", 10, REPORT_SYMBOL_DATA}};
    static const struct given is[] = {{"a.o", "x.2", 10, REPORT_SYMBOL_DATA},
                                      {"a.o", "x.3", 15, REPORT_SYMBOL_DATA}};
    LISTED(fixture, was, is, "grew x.3 (was x.1) a.o +5\n");
}

static void what_moved_may_grow_or_be_renamed(void **state)
{
    struct fixture *fixture = *state;
    static const struct given was[] = {{"a.o", "go", 100, REPORT_SYMBOL_FUNCTION},
                                       {"a.o", "run.isra.0", 50, REPORT_SYMBOL_FUNCTION},
                                       {"a.o", "stop.isra.0", 50, REPORT_SYMBOL_FUNCTION}};
    static const struct given is[] = {{"b.o", "go", 120, REPORT_SYMBOL_FUNCTION},
                                      {"b.o", "run.isra.1", 50, REPORT_SYMBOL_FUNCTION},
                                      {"b.o", "stop.isra.1", 51, REPORT_SYMBOL_FUNCTION}};
    LISTED(fixture, was, is,
           "new stop.isra.1 b.o +51\ngone stop.isra.0 a.o -50\ngrew go a.o -> b.o +20\n"
           "moved run.isra.1 (was run.isra.0) a.o -> b.o 0\n");
}

/* What has no name of its own says nothing by it about other objects. */
static void unnamed_bytes_do_not_move(void **state)
{
    struct fixture *fixture = *state;
    static const struct given was[] = {{"a.o", ".text", 100, REPORT_SYMBOL_UNNAMED},
                                       {"a.o", ".LC1", 4, REPORT_SYMBOL_DATA}};
    static const struct given is[] = {{"b.o", ".text", 100, REPORT_SYMBOL_UNNAMED},
                                      {"b.o", ".LC1", 4, REPORT_SYMBOL_DATA}};
    LISTED(fixture, was, is,
           "gone .text a.o -100\nnew .text b.o +100\ngone .LC1 a.o -4\nnew .LC1 b.o +4\n");
}

static void runs_of_a_symbol_are_joined(void **state)
{
    struct fixture *fixture = *state;
    static const struct given was[] = {{"a.o", "go", 10, REPORT_SYMBOL_FUNCTION},
                                       {"a.o", "inner", 4, REPORT_SYMBOL_LABEL},
                                       {"a.o", "go", 6, REPORT_SYMBOL_FUNCTION},
                                       {"", "", 2, REPORT_SYMBOL_FILL}};
    static const struct given is[] = {{"a.o", "go", 20, REPORT_SYMBOL_FUNCTION},
                                      {"a.o", "alias", 0, REPORT_SYMBOL_FUNCTION},
                                      {"", "", 1, REPORT_SYMBOL_FILL}};
    LISTED(fixture, was, is, "grew go a.o +4\ngone inner a.o -4\n");
}

static uint64_t random_state = 1;

static size_t random_below(size_t below)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)((random_state >> 33) % below);
}

static size_t random_symbols(struct given *symbols, size_t most)
{
    static const char *const names[] = {"go",    "go.isra.0",     "go.isra.1", "go.part.0", "buf.1",
                                        "buf.2", "__func__.1234", ".LC0",      ".LC1",      "stop"};
    static const char *const objects[] = {"a.o", "b.o", "c.o"};
    const size_t count = random_below(most + 1);
    for (size_t i = 0; i < count; i++)
        symbols[i] =
            (struct given){objects[i * COUNT(objects) / most], names[random_below(COUNT(names))],
                           random_below(40), (enum report_symbol_kind)random_below(6)};
    return count;
}

static void changes_add_up_to_the_linked_bytes(void **state)
{
    struct fixture *fixture = *state;
    struct given was[24], is[24];
    size_t seen = 0;
    for (size_t i = 0; i < 3000; i++) {
        const size_t was_count = random_symbols(was, COUNT(was));
        const size_t is_count = random_symbols(is, COUNT(is));
        const struct diff diff = diff_between(fixture, was, was_count, is, is_count);
        const struct diff back = diff_between(fixture, is, is_count, was, was_count);
        listed(fixture, &diff);
        listed(fixture, &back);
        assert_int_equal(diff.programs[1].symbol_count, back.programs[1].symbol_count);
        assert_int_equal(diff.programs[1].linked.is, whole(is, is_count));
        seen += diff.programs[1].symbol_count;
    }
    assert_true(seen > 3000);
}

static void an_image_is_the_same_as_itself(void **state)
{
    struct fixture *fixture = *state;
    struct given symbols[24];
    for (size_t i = 0; i < 200; i++) {
        const size_t count = random_symbols(symbols, COUNT(symbols));
        const struct diff diff = diff_between(fixture, symbols, count, symbols, count);
        assert_true(diff.is_same);
        assert_true(diff.programs[1].has_same_contents);
        assert_int_equal(diff.programs[1].symbol_count, 0);
    }
}

/* A memory that lies elsewhere says so, and one that stayed does not. */
static void a_memory_with_another_base_changed(void **state)
{
    struct fixture *fixture = *state;
    const struct given symbols[] = {{.name = "f", .object = "a.o", .bytes = 8}};
    const uint64_t regions[] = {8};
    const struct report old = report_with(fixture->arena, symbols, 1, regions, 1);
    const struct report_memory elsewhere[] = {
        {.name = "flash", .base = 0x800, .size = old.memories[0].size}, old.memories[1]};
    struct report new = old;
    new.memories = elsewhere;
    const struct diff diff = diff_compare(&old, &new, fixture->arena);
    const struct diff_facts moved = diff_facts_memory(&diff.memories[0], fixture->arena);
    const struct diff_facts stayed = diff_facts_memory(&diff.memories[1], fixture->arena);
    assert_string_equal(moved.items[0].what, "base");
    assert_string_equal(moved.items[0].was, "0x00000000");
    assert_string_equal(moved.items[0].is, "0x00000800");
    assert_string_equal(stayed.items[0].what, "size");
}

/* ---- boundaries ---- */

static void boundaries_are_told_of_tasks_that_did_not_change(void **state)
{
    struct fixture *fixture = *state;
    static const struct given symbols[] = {{"a.o", "go", 96, REPORT_SYMBOL_FUNCTION}};
    static const struct given others[] = {{"a.o", "go", 95, REPORT_SYMBOL_FUNCTION},
                                          {"a.o", "stop", 1, REPORT_SYMBOL_FUNCTION}};
    const uint64_t one[] = {64, 32};
    const uint64_t two[] = {32, 64};
    const struct report was = report_with(fixture->arena, symbols, 1, one, 2);
    const struct report is = report_with(fixture->arena, symbols, 1, two, 2);
    const struct report changed = report_with(fixture->arena, others, 2, two, 2);
    assert_int_equal(diff_compare(&was, &is, fixture->arena).boundary_count, 1);
    assert_int_equal(diff_compare(&was, &was, fixture->arena).boundary_count, 0);
    assert_int_equal(diff_compare(&was, &changed, fixture->arena).boundary_count, 0);
    assert_int_equal(diff_compare(&was, &is, fixture->arena).moved_count, 0);
}

/* ---- conditions ---- */

/* From 1000 bytes in one region to 1500 in two, with padding from 0 to 36. */
static struct diff growth(struct fixture *fixture)
{
    static const struct given was[] = {{"a.o", "go", 1000, REPORT_SYMBOL_FUNCTION}};
    static const struct given is[] = {{"a.o", "go", 1500, REPORT_SYMBOL_FUNCTION}};
    const uint64_t one[] = {1000};
    const uint64_t two[] = {1024, 512};
    const struct report old = report_with(fixture->arena, was, 1, one, 1);
    const struct report new = report_with(fixture->arena, is, 1, two, 2);
    return diff_compare(&old, &new, fixture->arena);
}

static const struct {
    const char *text;
    size_t errors; /* reasons */
} conditions[] = {
    {"flash>1535", 1},
    {"flash>1536", 0},
    {"flash>=1536", 1},
    {"flash<1537", 1},
    {"flash<1536", 0},
    {"flash<=1536", 1},
    {"flash=1536", 1},
    {"flash=1535", 0},
    {"flash>1K", 1},
    {"flash>2K", 0},
    {"flash>1M", 0},
    {"flash>0x5ff", 1},
    {"flash>+535", 1},
    {"flash>+536", 0},
    {"flash<+1K", 1},
    {"flash>-1", 1},
    {"flash<-1", 0},
    {"flash>37%", 1},
    {"flash>38%", 0},
    {"flash>+53%", 1},
    {"flash>+54%", 0},
    {" flash > +1 ", 1},
    {"flash.used>+535", 1},
    {"flash.free<-535", 1},
    {"flash.free<-536", 0},
    {"flash.free<2561", 1},
    {"flash.need>1499", 1},
    {"flash.need>1500", 0},
    {"flash.padding>+35", 1},
    {"flash.gap>0", 0},
    {"net.flash>1499", 1},
    {"net.flash>1500", 0},
    {"net.flash>+0", 1},
    {"net.flash>36%", 1},
    {"net.flash>37%", 0},
    {"net.flash.size>1535", 1},
    {"net.flash.padding>=36", 1},
    {"kernel.flash>0", 0},
    {"slots.flash>=0", 1},
    {"net.slots>1", 1},
    {"net.slots>+0", 1},
    {"net.slots>2", 0},
    {"net.regions=2", 1},
    {"slots>0", 2},
    {"slots>1", 1},
    {"slots>+0", 1},
    {"slots>+1", 0},
    {"regions>1", 1},
    {"padding>+35", 1},
    {"padding>+36", 0},
    {"gap>0", 0},
    {"boundaries>0", 0},
    {"moved.used>0", 0},
};

static void conditions_are_met_or_not(void **state)
{
    struct fixture *fixture = *state;
    const struct diff diff = growth(fixture);
    for (size_t i = 0; i < COUNT(conditions); i++) {
        struct diag_list diags = diag_list_in(fixture->arena);
        struct diff_limit limit;
        if (!diff_limit_read(conditions[i].text, &diff, fixture->arena, &limit, &diags))
            fail_msg("%s: %s", conditions[i].text, diags.items[0].message);
        const bool ok = diff_limits_check(&diff, &limit, 1, fixture->arena, &diags);
        if (diags.error_count != conditions[i].errors)
            fail_msg("%s: %zu reasons", conditions[i].text, diags.error_count);
        assert_int_equal(ok, conditions[i].errors == 0);
        for (size_t k = 0; k < diags.count; k++)
            assert_string_equal(diags.items[k].code, "diff-limit");
    }
}

static void bad_conditions_are_refused(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "expected one of"},
        {"flash", "expected one of"},
        {"flash>", "invalid value"},
        {">1", "unknown subject"},
        {"flsh>1", "unknown subject"},
        {"net>1", "unknown subject"},
        {"net.>1", "unknown subject"},
        {"flash.>1", "unknown subject"},
        {"flash.x>1", "unknown subject"},
        {"kernel.slots>1", "unknown subject"},
        {"net.ram>1", "unknown subject"},
        {"moved>0", "ambiguous"}, /* a memory is called so */
        {"flash>1 K", "invalid value"},
        {"flash>1k", "invalid value"},
        {"flash>1G", "invalid value"},
        {"flash>+-1", "invalid value"},
        {"flash>==1", "invalid value"},
        {"flash==1", "invalid value"},
        {"flash>0x", "invalid value"},
        {"flash>1.5%", "invalid value"},
        {"flash>4097M", "invalid value"},
        {"flash>99999999999999999999", "invalid value"},
        {"flash>1000001%", "invalid value"},
        {"padding>10%", "a subject in a memory"},
        {"slots>10%", "a subject in a memory"},
        {"boundaries>+1", "already a change"},
        {"boundaries>1%", "a subject in a memory"},
    };
    const struct diff diff = growth(fixture);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct diag_list diags = diag_list_in(fixture->arena);
        struct diff_limit limit = {.text = "untouched"};
        if (diff_limit_read(cases[i].text, &diff, fixture->arena, &limit, &diags))
            fail_msg("%s is taken", cases[i].text);
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.items[0].code, "usage");
        if (strstr(diags.items[0].message, cases[i].why) == NULL)
            fail_msg("%s: %s", cases[i].text, diags.items[0].message);
        assert_non_null(strstr(diags.items[0].hint, "memories: flash, moved"));
        assert_non_null(strstr(diags.items[0].hint, "programs: kernel, net, slots"));
        assert_string_equal(limit.text, "untouched");
    }
}

/* ---- Markdown ---- */

static void markdown_shows_names_as_they_are(void **state)
{
    struct fixture *fixture = *state;
    static const char *const cases[][2] = {
        {"main", "main"},
        {"__init__", "\\_\\_init\\_\\_"},
        {"a|b", "a\\|b"},
        {"<b>&lt;", "&#60;b&#62;&#38;lt;"},
        {"`x`", "\\`x\\`"},
        {"@user #12", "&#64;user &#35;12"},
        {"https://x www.y", "https&#58;//x &#119;ww.y"},
        {"std::move", "std::move"},
        {"a\\", "a\\\\"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(markdown_text_escaped(cases[i][0], fixture->arena), cases[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stems_are_what_the_author_wrote),
        TEST(a_renumbered_symbol_is_the_same),
        TEST(a_plain_name_is_surer_than_a_size),
        TEST(a_renamed_symbol_that_grew_is_one),
        TEST(a_symbol_of_another_object_moved),
        TEST(a_numbered_name_is_surer_than_an_order),
        TEST(the_same_name_and_size_is_surest),
        TEST(what_moved_may_grow_or_be_renamed),
        TEST(unnamed_bytes_do_not_move),
        TEST(runs_of_a_symbol_are_joined),
        TEST(changes_add_up_to_the_linked_bytes),
        TEST(an_image_is_the_same_as_itself),
        TEST(a_memory_with_another_base_changed),
        TEST(boundaries_are_told_of_tasks_that_did_not_change),
        TEST(conditions_are_met_or_not),
        TEST(bad_conditions_are_refused),
        TEST(markdown_shows_names_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
