/* C headers: what config becomes, and that a compiler agrees. */
#include "cli/plan/header_text.h"

#include "base/process/process_pool.h"
#include "tests/unit/cli/board.h"

static const char *board_with(struct fixture *fixture, const char *config)
{
    return arena_format(fixture->arena,
                        BOARD "tasks:\n"
                              "  super: {priority: 0, stack: 1K}\n"
                              "  net-1:\n"
                              "    priority: 1\n"
                              "    stack: 1K\n"
                              "    calls: {boss: super}\n"
                              "    notifications: [uart-irq]\n"
                              "    uses: [uart0]\n"
                              "    config: %s\n",
                        config);
}

static const char *header_with(struct fixture *fixture, const char *config)
{
    const struct board *board = load_board(fixture, board_with(fixture, config));
    const char *text = NULL;
    const bool ok =
        header_text_of_task(&board->slots[0], 1, fixture->arena, &text, &fixture->diags);
    no_diags(fixture);
    assert_true(ok);
    return text;
}

static void check_line(const char *text, const char *line)
{
    const char *found = strstr(text, line);
    if (found == NULL || found == text || found[-1] != '\n' || found[strlen(line)] != '\n')
        fail_msg("no line '%s' in:\n%s", line, text);
}

static void numbers_of_the_build_are_macros(void **state)
{
    const char *text = header_with(*state, "{}");
    assert_string_equal(text, "/* Made by `imgbuild header` for task net-1. Do not edit. */\n"
                              "#ifndef IMGBUILD_TASK_NET_1_H\n"
                              "#define IMGBUILD_TASK_NET_1_H\n"
                              "\n"
                              "#define IMGBUILD_TASK_INDEX 1u\n"
                              "#define TASK_BOSS 0u\n"
                              "#define NOTIFY_UART_IRQ 1u\n"
                              "#define PERIPH_UART0_BASE 0x40004000u\n"
                              "\n"
                              "#endif\n");
}

static void the_kernel_has_its_own_header(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board = load_board(fixture, board_with(fixture, "{}"));
    const char *text = NULL;
    assert_true(header_text_of_kernel(&board->slots[0], fixture->arena, &text, &fixture->diags));
    check_line(text, "#define IMGBUILD_TASK_COUNT 2u");
    check_line(text, "#define TASK_SUPER 0u");
    check_line(text, "#define TASK_NET_1 1u");
}

static void scalars_keep_their_kind(void **state)
{
    const char *text = header_with(
        *state,
        "{baud: 115200, size: 4K, hex: 0xff, most: 0xffffffff, wide: 0x100000000,"
        " below: -40, on: true, off: false, zero: 0,"
        " quoted: \"115200\", flag-text: 'true', word: hello, real: 1.5, dash: -, empty: ''}");
    check_line(text, "#define CONFIG_BAUD 115200");
    check_line(text, "#define CONFIG_SIZE 4096");
    check_line(text, "#define CONFIG_HEX 255");
    check_line(text, "#define CONFIG_MOST 4294967295");
    check_line(text, "#define CONFIG_WIDE 4294967296ull");
    check_line(text, "#define CONFIG_BELOW (-40)");
    check_line(text, "#define CONFIG_ON 1");
    check_line(text, "#define CONFIG_OFF 0");
    check_line(text, "#define CONFIG_ZERO 0");
    check_line(text, "#define CONFIG_QUOTED \"115200\"");
    check_line(text, "#define CONFIG_FLAG_TEXT \"true\"");
    check_line(text, "#define CONFIG_WORD \"hello\"");
    check_line(text, "#define CONFIG_REAL \"1.5\"");
    check_line(text, "#define CONFIG_DASH \"-\"");
    check_line(text, "#define CONFIG_EMPTY \"\"");
}

static void lists_and_maps_are_spread(void **state)
{
    const char *text =
        header_with(*state, "{list: [1, two, [3, 4]], empty: [], map: {a.b: {c: 5}, 9: 6}}");
    check_line(text, "#define CONFIG_LIST_COUNT 3");
    check_line(text, "#define CONFIG_LIST_0 1");
    check_line(text, "#define CONFIG_LIST_1 \"two\"");
    check_line(text, "#define CONFIG_LIST_2_COUNT 2");
    check_line(text, "#define CONFIG_LIST_2_1 4");
    check_line(text, "#define CONFIG_EMPTY_COUNT 0");
    check_line(text, "#define CONFIG_MAP_A_B_C 5");
    check_line(text, "#define CONFIG_MAP_9 6");
}

static void one_macro_for_two_values_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    static const char *const configs[] = {"{a-b: 1, a.b: 2}", "{a: {b: 1}, a_b: 2}", "{a: 1, A: 2}",
                                          "{list: [1], list_count: 2}"};
    for (size_t i = 0; i < COUNT(configs); i++) {
        const struct board *board = load_board(fixture, board_with(fixture, configs[i]));
        const char *text = "untouched";
        assert_false(
            header_text_of_task(&board->slots[0], 1, fixture->arena, &text, &fixture->diags));
        assert_string_equal(text, "untouched");
        assert_string_equal(take_only_diag(fixture, "symbol-collision")->pos.file, "board.yaml");
    }
}

/* Assertions about the header, checked by the compiler that will read it. */
static void a_compiler_reads_the_same(void **state)
{
    struct fixture *fixture = *state;
    const char *text = header_with(
        fixture, "{size: 4K, wide: 0xffffffffffffffff, most: 0xffffffff, below: -40,"
                 " text: \"tab\\t \\\"q\\\" \\\\ ?\?/ \\x011 \\u00e4 nl\\n*/\", on: true,"
                 " list: ['a', b]}");
    make_file(fixture, "config.h", text);
    const char *source = make_file(
        fixture, "check.c",
        "#include \"config.h\"\n"
        "#include \"config.h\"\n"
        "_Static_assert(CONFIG_SIZE == 4096 && 1 - CONFIG_BELOW == 41 && CONFIG_ON, \"\");\n"
        "_Static_assert(CONFIG_WIDE == 0xffffffffffffffffull, \"\");\n"
        "_Static_assert(CONFIG_MOST == 0xffffffffu && CONFIG_MOST > 0, \"\");\n"
        "_Static_assert(IMGBUILD_TASK_INDEX == 1 && PERIPH_UART0_BASE == 0x40004000, \"\");\n"
        "#if CONFIG_SIZE != 4096 || CONFIG_BELOW >= 0 || !NOTIFY_UART_IRQ\n"
        "#error\n"
        "#endif\n"
        "const char *const list[CONFIG_LIST_COUNT] = {CONFIG_LIST_0, CONFIG_LIST_1};\n"
        "#define EXPECTED \"tab\\011 \\042q\\042 \\134 \\077\\077\\057 \\0011 \\303\\244 "
        "nl\\012*/\"\n"
        "_Static_assert(sizeof(CONFIG_TEXT) == sizeof(EXPECTED), \"\");\n"
        "_Static_assert(__builtin_strcmp(CONFIG_TEXT, EXPECTED) == 0, \"\");\n");
    const char *const argv[] = {"arm-none-eabi-gcc", "-std=c11",    "-Wall",
                                "-Wextra",           "-Wtrigraphs", "-Werror",
                                "-fsyntax-only",     source,        NULL};
    struct process_job job = {.argv = argv};
    const struct process_pool_options options = {.parallel = 1};
    assert_true(process_run_all(fixture->arena, &job, 1, &options, &fixture->diags));
    if (job.exit_status != 0)
        fail_msg("%.*s\n%s", (int)job.output.bytes, (const char *)job.output.data, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_of_the_build_are_macros),
        TEST(the_kernel_has_its_own_header),
        TEST(scalars_keep_their_kind),
        TEST(lists_and_maps_are_spread),
        TEST(one_macro_for_two_values_is_an_error),
        TEST(a_compiler_reads_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
