/* The numbers that programs learn: names, values, collisions. */
#include "cli/plan/task_symbols.h"

#include "tests/unit/cli/board.h"

static const char tasks[] = "tasks:\n"
                            "  super-visor: {priority: 0, stack: 1K}\n"
                            "  led.s: {priority: 1, stack: 1K}\n"
                            "  net:\n"
                            "    priority: 2\n"
                            "    stack: 1K\n"
                            "    calls: {user-leds: led.s, boss: super-visor}\n"
                            "    notifications: [uart-irq, timer]\n"
                            "    uses: [spi-0, uart0]\n"
                            "    maps: [sram-2]\n";

static void check_symbol(const struct task_symbol *symbol, const char *linker_name,
                         const char *macro_name, uint64_t value)
{
    assert_string_equal(symbol->linker_name, linker_name);
    assert_string_equal(symbol->macro_name, macro_name);
    assert_true(symbol->value == value);
    assert_string_equal(symbol->pos.file, "board.yaml");
    assert_true(symbol->pos.line > 0);
}

static void names_become_symbols_and_macros(void **state)
{
    struct fixture *fixture = *state;
    assert_string_equal(task_symbols_name(fixture->arena, "a-b.C_9"), "a_b_C_9");
    assert_string_equal(task_symbols_macro(fixture->arena, "a-b.C_9 \xc3\xa4"), "A_B_C_9___");
    assert_string_equal(task_symbols_name(fixture->arena, ""), "");
}

static void a_task_has_the_numbers_of_what_it_uses(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board =
        load_board(fixture, arena_format(fixture->arena, "%s%s", BOARD, tasks));
    struct task_symbols symbols;
    assert_true(task_symbols_of(&board->slots[0], 2, fixture->arena, &symbols, &fixture->diags));
    assert_int_equal(symbols.count, 8);
    const struct task_symbol *at = symbols.items;
    check_symbol(at++, "__task_user_leds", "TASK_USER_LEDS", 1);
    check_symbol(at++, "__task_boss", "TASK_BOSS", 0);
    check_symbol(at++, "__notify_uart_irq", "NOTIFY_UART_IRQ", 1);
    check_symbol(at++, "__notify_timer", "NOTIFY_TIMER", 2);
    check_symbol(at++, "__periph_spi_0_base", "PERIPH_SPI_0_BASE", 0x40010000);
    check_symbol(at++, "__periph_uart0_base", "PERIPH_UART0_BASE", 0x40004000);
    check_symbol(at++, "__map_sram_2_base", "MAP_SRAM_2_BASE", 0x30000000);
    check_symbol(at++, "__map_sram_2_end", "MAP_SRAM_2_END", 0x30008000);
    assert_true(task_symbols_of(&board->slots[0], 0, fixture->arena, &symbols, &fixture->diags));
    assert_int_equal(symbols.count, 0);
}

static void the_kernel_has_every_task(void **state)
{
    struct fixture *fixture = *state;
    const struct board *board = load_board(
        fixture, arena_format(fixture->arena, "%skernel: {maps: [sram-2]}\n%s", BOARD, tasks));
    struct task_symbols symbols;
    assert_true(
        task_symbols_of_kernel(&board->slots[0], fixture->arena, &symbols, &fixture->diags));
    assert_int_equal(symbols.count, 5);
    check_symbol(&symbols.items[0], "__task_super_visor", "TASK_SUPER_VISOR", 0);
    check_symbol(&symbols.items[1], "__task_led_s", "TASK_LED_S", 1);
    check_symbol(&symbols.items[2], "__task_net", "TASK_NET", 2);
    check_symbol(&symbols.items[4], "__map_sram_2_end", "MAP_SRAM_2_END", 0x30008000);
}

static void a_mask_has_32_bits(void **state)
{
    struct fixture *fixture = *state;
    const char *text = BOARD "tasks:\n  super: {priority: 0, stack: 1K, notifications: [n0";
    for (unsigned i = 1; i < 32; i++)
        text = arena_format(fixture->arena, "%s, n%u", text, i);
    const struct board *board = load_board(fixture, arena_format(fixture->arena, "%s]}\n", text));
    struct task_symbols symbols;
    assert_true(task_symbols_of(&board->slots[0], 0, fixture->arena, &symbols, &fixture->diags));
    for (unsigned i = 0; i < 32; i++)
        assert_true(symbols.items[i].value == UINT64_C(1) << i);
}

/* The manifest's own check finds names that collide, so the task is changed after it was read. */
static void two_names_of_one_symbol_collide(void **state)
{
    struct fixture *fixture = *state;
    struct board *board = load_board(fixture, arena_format(fixture->arena, "%s%s", BOARD, tasks));
    const struct source_pos first = {"board.yaml", 30, 5};
    const struct source_pos second = {"board.yaml", 31, 6};
    const struct manifest_text names[] = {{"a-b", first}, {"a.b", second}, {"a_c", first}};
    struct manifest_task task = board->manifest.tasks[0];
    task.notifications = (struct manifest_texts){names, 3, first};
    board->manifest.tasks = &task;
    struct task_symbols symbols = {NULL, 77};
    assert_false(task_symbols_of(&board->slots[0], 0, fixture->arena, &symbols, &fixture->diags));
    assert_int_equal(symbols.count, 77);
    const struct diag *diag = take_only_diag(fixture, "symbol-collision");
    assert_int_equal(diag->pos.line, 31);
    assert_non_null(strstr(diag->message, "__notify_a_b"));
    assert_non_null(strstr(diag->message, "line 30"));
}

int main(void)
{
    const struct CMUnitTest tests_run[] = {
        TEST(names_become_symbols_and_macros), TEST(a_task_has_the_numbers_of_what_it_uses),
        TEST(the_kernel_has_every_task),       TEST(a_mask_has_32_bits),
        TEST(two_names_of_one_symbol_collide),
    };
    return cmocka_run_group_tests(tests_run, NULL, NULL);
}
