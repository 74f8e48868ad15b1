/* What a generated script speaks of by name: linker sets, thread-local variables, usual names. */
#include "workshop.h"

#include "linker/elf/symbols.h"
#include "linker/link/found_sections.h"

static uint64_t symbol(struct span elf, const char *name)
{
    uint64_t value = 0;
    if (!symbols_find(elf, name, &value))
        fail_msg("there is no symbol %s", name);
    return value;
}

/* Linker sets, thread-local variables and the names that start code expects. */
static const char set_source[] =
    "struct entry { int a, b; };\n"
    "#define CONSTANT __attribute__((section(\"tests\"), used)) static const struct entry\n"
    "#define VARIABLE __attribute__((section(\"hooks\"), used)) static struct entry\n"
    "CONSTANT one = {1, 2}, two = {3, 4}; VARIABLE three = {5, 6};\n"
    "__asm__(\".section scratch, \\\"aw\\\", %nobits\\n.balign 16\\nroom: .space 48\\n.text\");\n"
    "extern const struct entry __start_tests[], __stop_tests[];\n"
    "extern struct entry __start_hooks[], __stop_hooks[]; extern char __start_scratch[];\n"
    "extern char end[], _estack[], __bss_end__[], _sidata[], __StackLimit[], __HeapLimit[];\n"
    "extern char __tls_base[], __tls_end[], __arm32_tls_tcb_offset[];\n"
    "char odd[3] = {1}; int zero; __thread char t = 3; __thread long long u; __thread int v;\n"
    "void *__aeabi_read_tp(void); void *__aeabi_read_tp(void) {\n"
    "    return __tls_base - (long)__arm32_tls_tcb_offset; }\n"
    "void _start(void) { zero = __stop_tests - __start_tests + (__stop_hooks - __start_hooks);\n"
    "    zero += end[0] + _estack[0] + __bss_end__[0] + _sidata[0] + __start_scratch[0];\n"
    "    zero += odd[zero] + t + u + v + (int)__tls_end + __StackLimit[0] + __HeapLimit[0]; }\n";

static void test_sets_and_names(void **state)
{
    struct workshop *shop = *state;
    const char *objects[] = {compile(shop, "sets", set_source)};
    struct program program = task_of(objects, 1);
    program.heap_bytes = 64;
    found_sections_of(shop->arena, &program, &program.sets, &program.set_count, &program.has_tls);
    assert_int_equal(program.set_count, 3);
    assert_true(program.has_tls);
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span elf = link_well(shop, both_linkers[i], &program);
        const struct linked linked = read_well(shop, elf, &program);
        const struct program_place *code = &usual_places[PROGRAM_CODE];
        assert_in_range(symbol(elf, "__start_tests"), code->base, code->base + code->size);
        assert_int_equal(symbol(elf, "__stop_tests") - symbol(elf, "__start_tests"), 16);
        assert_int_equal(symbol(elf, "__stop_hooks") - symbol(elf, "__start_hooks"), 8);
        assert_in_range(symbol(elf, "__start_hooks"), symbol(elf, "__data_start"),
                        symbol(elf, "__data_end") - 8);
        assert_int_equal(symbol(elf, "__start_scratch") % 16, 0);
        assert_in_range(symbol(elf, "__start_scratch"), symbol(elf, "__bss_start"),
                        symbol(elf, "__bss_end") - 48);
        assert_int_equal(symbol(elf, "end"), symbol(elf, "__heap_start"));
        assert_int_equal(symbol(elf, "__HeapLimit"), symbol(elf, "__heap_end"));
        assert_int_equal(symbol(elf, "_estack"), symbol(elf, "__stack_top"));
        assert_int_equal(symbol(elf, "__StackLimit"), symbol(elf, "__stack_base"));
        assert_int_equal(symbol(elf, "_sidata"), symbol(elf, "__data_load"));
        assert_int_equal(symbol(elf, "__bss_end__"), symbol(elf, "__bss_end"));
        /* the block's first part is copied, the rest zeroed, and nothing else lies in it */
        assert_in_range(symbol(elf, "__tls_base"), symbol(elf, "__data_start"),
                        symbol(elf, "__data_end") - 1);
        assert_in_range(symbol(elf, "__tls_end"), symbol(elf, "__bss_start") + 12,
                        symbol(elf, "zero"));
        assert_int_equal(symbol(elf, "__arm32_tls_tcb_offset"), 8);
        const struct linked_segment *last = &linked.segments[linked.segment_count - 1];
        const uint64_t t_off = symbol(elf, "__data_load") + symbol(elf, "__tls_base") -
                               symbol(elf, "__data_start") - last->load_addr;
        assert_int_equal(last->bytes.data[t_off], 3);
        uint64_t value;
        assert_false(symbols_find(elf, "_end", &value)); /* nobody refers to it */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sets_and_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
