/* Reading link maps: both formats. */
#include "workshop.h"

#include "linker/link/link_map.h"

static const char gnu[] =
    "Discarded input sections\n"
    "\n"
    " .text.unused   0x00000000       0x3c main.o\n"
    "\n"
    "Linker script and memory map\n"
    "\n"
    "                0x00000200                        __stack_size = 0x200\n"
    "                [!provide]                        PROVIDE (__not = 1)\n"
    "                0x00000001                        PROVIDE (__mask = 0x1)\n"
    "\n"
    ".text           0x00001000       0x44\n"
    " *(.text .text.*)\n"
    " .text          0x00001000       0x20 a file.o\n"
    "                0x00001000                main\n"
    " .text.a_name_that_is_long\n"
    "                0x00001020       0x10 lib.a(member.o)\n"
    " .text.empty    0x00001030        0x0 main.o\n"
    " *fill*         0x00001030        0x4 \n"
    " .text.veneer   0x00001034       0x10 linker stubs\n"
    "\n"
    ".a_long_output_section\n"
    "                0x00002000       0x30 load address 0x00001044\n"
    " .rodata.str1.1\n"
    "                0x00002000       0x18 one.o\n"
    "                                 0x12 (size before relaxing)\n"
    " .rodata.other  0x00002018        0x8 two.o\n"
    "                                  0xc (size before relaxing)\n"
    " COMMON         0x00002020        0x8 /tmp/ccX.ltrans0.ltrans.o\n"
    "                0x00002028                        __end = .\n"
    "LOAD main.o\n"
    "OUTPUT(a.elf elf32-littlearm)\n";

static const char lld_text[] =
    "     VMA      LMA     Size Align Out     In      Symbol\n"
    "       0        0        0     1 __stack_size = 0x200\n"
    "    1000     1000       44     4 .text\n"
    "    1000     1000       20     4         a file.o:(.text)\n"
    "    1001     1001       20     1                 main\n"
    "    1020     1020       10     2         lib.a(member.o):(.text.name)\n"
    "    1030     1030       14     4         <internal>:(.text.thunk)\n"
    "    1044     1044        0     1         . = ALIGN ( 4 )\n"
    "20000000     1044      230     8 .data\n"
    "20000000     1044        0     1         __data_start = .\n"
    "20000000     1044      200     1         . += __stack_size\n"
    "20000200     1244       18     1         <internal>:(.rodata)\n"
    "20000218     125c       18     1         lto.tmp.lto.o:(.data)\n";

static struct link_map read_map(struct workshop *shop, const char *text)
{
    struct link_map map;
    assert_true(link_map_read(shop->arena, span_of_text(text), &map));
    return map;
}

static void check_piece(const struct link_map *map, size_t index, struct link_map_piece wanted)
{
    assert_true(index < map->piece_count);
    const struct link_map_piece *piece = &map->pieces[index];
    assert_string_equal(piece->output, wanted.output);
    assert_string_equal(piece->section, wanted.section);
    assert_string_equal(piece->file, wanted.file);
    assert_int_equal(piece->origin, wanted.origin);
    assert_int_equal(piece->addr, wanted.addr);
    assert_int_equal(piece->bytes, wanted.bytes);
}

static void map_of_gnu_ld(void **state)
{
    static const char data[] = ".a_long_output_section";
    const struct link_map_piece wanted[] = {
        {".text", ".text", LINK_MAP_FILE, "a file.o", 0x1000, 0x20},
        {".text", ".text.a_name_that_is_long", LINK_MAP_FILE, "lib.a(member.o)", 0x1020, 0x10},
        {".text", ".text.veneer", LINK_MAP_LINKER, "linker stubs", 0x1034, 0x10},
        {data, ".rodata.str1.1", LINK_MAP_JOINED, "", 0x2000, 0x18},
        {data, ".rodata.other", LINK_MAP_FILE, "two.o", 0x2018, 8},
        {data, "COMMON", LINK_MAP_LINKER, "link-time optimisation", 0x2020, 8},
    };
    const struct link_map map = read_map(*state, gnu);
    assert_int_equal(map.piece_count, COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++)
        check_piece(&map, i, wanted[i]);
    assert_true(link_map_is_assigned(&map, "__stack_size"));
    assert_true(link_map_is_assigned(&map, "__mask"));
    assert_true(link_map_is_assigned(&map, "__end"));
    assert_false(link_map_is_assigned(&map, "__not"));
    assert_false(link_map_is_assigned(&map, "main"));
}

static void map_of_lld(void **state)
{
    const struct link_map_piece wanted[] = {
        {".text", ".text", LINK_MAP_FILE, "a file.o", 0x1000, 0x20},
        {".text", ".text.name", LINK_MAP_FILE, "lib.a(member.o)", 0x1020, 0x10},
        {".text", ".text.thunk", LINK_MAP_LINKER, "linker stubs", 0x1030, 0x14},
        {".data", ".rodata", LINK_MAP_JOINED, "", 0x20000200, 0x18},
        {".data", ".data", LINK_MAP_LINKER, "link-time optimisation", 0x20000218, 0x18},
    };
    const struct link_map map = read_map(*state, lld_text);
    assert_int_equal(map.piece_count, COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++)
        check_piece(&map, i, wanted[i]);
    assert_true(link_map_is_assigned(&map, "__stack_size"));
    assert_true(link_map_is_assigned(&map, "__data_start"));
    assert_false(link_map_is_assigned(&map, "."));
}

/* As GNU ld 2.40 wrote it: all of console_hex's string is in another's, and lies nowhere. */
static void sizes_that_a_merge_left_behind_are_not_believed(void **state)
{
    static const char text[] = "Linker script and memory map\n"
                               ".rodata         0x00001868       0x49\n"
                               " .rodata.digits 0x00001868       0x11 console.o\n"
                               " .rodata.console_hex.str1.1\n"
                               "                0x00001879       0x11 console.o\n"
                               "                                  0x3 (size before relaxing)\n"
                               " *fill*         0x00001879        0x3 \n"
                               " .rodata.idle   0x0000187c        0x4 context.o\n"
                               " .rodata.a      0x00001880       0x31 fault.o\n"
                               "                                 0x10 (size before relaxing)\n"
                               " .rodata.empty  0x00001884        0x0 fault.o\n"
                               " .rodata.b      0x00001890        0x8 other.o\n";
    const struct link_map_piece wanted[] = {
        {".rodata", ".rodata.digits", LINK_MAP_FILE, "console.o", 0x1868, 0x11},
        {".rodata", ".rodata.idle", LINK_MAP_FILE, "context.o", 0x187c, 4},
        {".rodata", ".rodata.a", LINK_MAP_JOINED, "", 0x1880, 0x10},
        {".rodata", ".rodata.b", LINK_MAP_FILE, "other.o", 0x1890, 8},
    };
    const struct link_map map = read_map(*state, text);
    assert_int_equal(map.piece_count, COUNT(wanted));
    assert_int_equal(map.outputs[0].piece_count, COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++)
        check_piece(&map, i, wanted[i]);
}

static void other_texts_are_no_maps(void **state)
{
    struct workshop *shop = *state;
    struct link_map map;
    assert_false(link_map_read(shop->arena, span_of_text(""), &map));
    assert_false(link_map_read(shop->arena, span_of_text("a: b\n"), &map));
}

/* However a map is cut or damaged, pieces have names. */
static void damaged_maps_do_no_harm(void **state)
{
    struct workshop *shop = *state;
    static const char *const texts[] = {gnu, lld_text};
    for (size_t t = 0; t < COUNT(texts); t++) {
        const size_t length = strlen(texts[t]);
        for (size_t i = 0; i < 2 * length; i++) {
            char *copy = arena_copy_text(shop->arena, texts[t], length);
            struct span text = {(const uint8_t *)copy, i < length ? i : length};
            if (i >= length)
                copy[i - length] = "\n 0("[i % 4];
            struct link_map map;
            if (!link_map_read(shop->arena, text, &map))
                continue;
            for (size_t k = 0; k < map.piece_count; k++) {
                assert_non_null(map.pieces[k].section);
                assert_non_null(map.pieces[k].file);
                assert_true(map.pieces[k].bytes > 0);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(map_of_gnu_ld),
        TEST(map_of_lld),
        TEST(sizes_that_a_merge_left_behind_are_not_believed),
        TEST(other_texts_are_no_maps),
        TEST(damaged_maps_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
