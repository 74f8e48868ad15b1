/* Whose each byte is: rows tile every section, whatever the symbols are like. */
#include "workshop.h"

#include "linker/link/symbol_sizes.h"

/* Functions beside and inside of each other, second names, labels, bytes without a name. */
static const char source[] =
    "__asm__(\".syntax unified\\n.thumb\\n.section .text.rough, \\\"ax\\\", %progbits\\n\"\n"
    "        \"nop\\nlabel: nop\\nnop\\nother: nop\\nsame: nop\\n\"\n"
    "        \".type outer, %function\\nouter: nop\\nnop\\n\"\n"
    "        \".type inner, %function\\ninner: nop\\ninside: nop\\n.size inner, 4\\n\"\n"
    "        \"nop\\n.size outer, 10\\n.type again, %function\\n.set again, outer\\n.size again, "
    "10\\n\");\n"
    "int v = 3; int w; __attribute__((section(\".eth_bulk\"))) char b[8];\n"
    "extern char outer[];\n"
    "void _start(void) { w = v++ + outer[0]; b[0]++; }\n";

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

static void check_tiles(const struct linked_section *section, const struct section_sizes *sizes)
{
    uint64_t at = section->addr;
    for (size_t i = 0; i < sizes->count; i++) {
        const struct symbol_size *item = &sizes->items[i];
        if (item->bytes == 0) {
            assert_true(item->addr >= section->addr && item->addr <= at);
            continue;
        }
        assert_int_equal(item->addr, at);
        at += item->bytes;
    }
    assert_int_equal(at, section->addr + section->bytes);
}

static void check_all_tiles(const struct linked *linked, const struct section_sizes *sizes)
{
    for (size_t i = 0; i < linked->section_count; i++)
        check_tiles(&linked->sections[i], &sizes[i]);
}

static uint64_t bytes_of(const struct linked *linked, const struct section_sizes *sizes,
                         const char *name, size_t *ret_rows, bool *ret_is_guessed)
{
    uint64_t bytes = 0;
    *ret_rows = 0;
    for (size_t s = 0; s < linked->section_count; s++) {
        for (size_t i = 0; i < sizes[s].count; i++) {
            const struct symbol_size *item = &sizes[s].items[i];
            if (item->name == NULL || strcmp(item->name, name) != 0)
                continue;
            bytes += item->bytes;
            *ret_is_guessed = item->is_guessed;
            (*ret_rows)++;
        }
    }
    return bytes;
}

static void check_symbol(const struct linked *linked, const struct section_sizes *sizes,
                         const char *name, uint64_t bytes, size_t rows, bool is_guessed)
{
    size_t found;
    bool guessed = false;
    assert_int_equal(bytes_of(linked, sizes, name, &found, &guessed), bytes);
    assert_int_equal(found, rows);
    assert_int_equal(guessed, is_guessed);
}

static void bytes_are_of_the_innermost_symbol(void **state)
{
    struct workshop *shop = *state;
    const struct program program = program_in(shop);
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span elf = link_well(shop, both_linkers[i], &program);
        const struct linked linked = read_well(shop, elf, &program);
        const struct section_sizes *sizes = symbol_sizes_of(shop->arena, elf, &linked, NULL);
        check_all_tiles(&linked, sizes);
        check_symbol(&linked, sizes, "label", 4, 1, true);
        check_symbol(&linked, sizes, "other", 2, 1, true);
        check_symbol(&linked, sizes, "same", 2, 1, true);
        check_symbol(&linked, sizes, "inner", 4, 1, false);
        check_symbol(&linked, sizes, "inside", 0, 1, false);
        /* `again` and `outer` begin together: one has the bytes around `inner`, the other none */
        size_t rows[2];
        bool guessed;
        const uint64_t outer = bytes_of(&linked, sizes, "outer", &rows[0], &guessed);
        const uint64_t again = bytes_of(&linked, sizes, "again", &rows[1], &guessed);
        assert_int_equal(outer + again, 6);
        assert_int_equal(rows[0] + rows[1], 3);
        check_symbol(&linked, sizes, "v", 4, 1, false);
        check_symbol(&linked, sizes, "w", 4, 1, false);
        check_symbol(&linked, sizes, "b", 8, 1, false);
    }
}

static void a_stripped_program_has_rows_without_names(void **state)
{
    struct workshop *shop = *state;
    const struct program program = program_in(shop);
    const struct span elf = link_well(shop, &gnu_ld, &program);
    const struct linked linked = read_well(shop, elf, &program);
    const struct span no_elf = span_of_text("no ELF file");
    const struct section_sizes *sizes = symbol_sizes_of(shop->arena, no_elf, &linked, NULL);
    check_all_tiles(&linked, sizes);
    for (size_t i = 0; i < linked.section_count; i++) {
        assert_int_equal(sizes[i].count, 1);
        assert_null(sizes[i].items[0].name);
        assert_int_equal(sizes[i].items[0].kind, SYMBOL_SIZE_UNNAMED);
    }
}

/* Every byte of the symbol table is changed once: rows tile the sections all the same. */
static void damaged_symbols_do_no_harm(void **state)
{
    struct workshop *shop = *state;
    const struct program program = program_in(shop);
    const struct span elf = link_well(shop, &gnu_ld, &program);
    const struct linked linked = read_well(shop, elf, &program);
    uint8_t *damaged = ARENA_ARRAY(shop->arena, uint8_t, elf.bytes);
    memcpy(damaged, elf.data, elf.bytes);
    const size_t step = 1 + elf.bytes / 3000;
    for (size_t i = 0; i < elf.bytes; i += step) {
        damaged[i] ^= (uint8_t)(1u << (i % 8)) | 0x80u;
        const struct span whole = {damaged, elf.bytes};
        check_all_tiles(&linked, symbol_sizes_of(shop->arena, whole, &linked, NULL));
        damaged[i] = elf.data[i];
    }
}

/* Pieces that overlap, that reach beyond their section or lie elsewhere. */
static void odd_maps_do_no_harm(void **state)
{
    struct workshop *shop = *state;
    const struct program program = program_in(shop);
    const struct span elf = link_well(shop, &gnu_ld, &program);
    const struct linked linked = read_well(shop, elf, &program);
    const struct linked_section *text = &linked.sections[0];
    struct link_map_piece pieces[] = {
        {text->name, ".a", LINK_MAP_FILE, "a.o", text->addr, 8},
        {text->name, ".b", LINK_MAP_FILE, "b.o", text->addr + 4, 2},
        {text->name, ".c", LINK_MAP_FILE, "c.o", text->addr + 6, UINT64_MAX},
        {text->name, ".d", LINK_MAP_FILE, "d.o", UINT64_MAX, 1},
        {text->name, ".e", LINK_MAP_FILE, "e.o", 0, UINT64_MAX},
    };
    const struct link_map_output output = {text->name, text->addr, text->bytes, 0, COUNT(pieces)};
    const struct link_map map = {&output, 1, pieces, COUNT(pieces), NULL, 0};
    const struct section_sizes *sizes = symbol_sizes_of(shop->arena, elf, &linked, &map);
    check_all_tiles(&linked, sizes);
    assert_string_equal(sizes[0].items[0].piece->file, "a.o");
    assert_string_equal(sizes[0].items[sizes[0].count - 1].piece->file, "c.o");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_are_of_the_innermost_symbol),
        TEST(a_stripped_program_has_rows_without_names),
        TEST(damaged_symbols_do_no_harm),
        TEST(odd_maps_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
