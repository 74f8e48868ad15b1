/* Programs linked with both linkers: what the scripts promise holds in the ELF file. */
#include "workshop.h"

#include "linker/elf/symbols.h"
#include "linker/link/link_inputs.h"
#include "linker/link/script.h"

static const char task_source[] =
    "extern char __task_peer[];\n"
    "int x = 5; char odd[3] = {1, 2, 3}; int y; static int z;\n"
    "int common __attribute__((common));\n"
    "__attribute__((aligned(16))) long long wide = 15;\n"
    "__attribute__((section(\".eth_bulk.a\"))) char bulk[100];\n"
    "__attribute__((section(\".noinit\"))) char kept[12];\n"
    "static const char text[] = \"seven\";\n"
    "__attribute__((constructor)) void construct(void) { y++; }\n"
    "void _start(void) { x++; z += odd[1]; bulk[2]++; kept[1]++; common++; wide++;\n"
    "    y += (int)(long)__task_peer; y += text[z]; for (;;) ; }\n"
    "void unused(void) { y += 1234; }\n";

static const char kernel_source[] =
    "extern char __stack_top[]; extern int y;\n"
    "__attribute__((section(\".rodata.early\"))) const int early[] = {1, 2, 3};\n"
    "int y = 4;\n"
    "void reset_handler(void) { y += early[y & 1]; for (;;) ; }\n"
    "__attribute__((section(\".isr_vector\"), used)) static const void *vectors[40] =\n"
    "    {__stack_top, reset_handler};\n";

static uint64_t symbol(struct span elf, const char *name)
{
    uint64_t value = 0;
    if (!symbols_find(elf, name, &value))
        fail_msg("there is no symbol %s", name);
    return value;
}

static struct program full_task(struct workshop *shop)
{
    const char **objects = ARENA_ARRAY(shop->arena, const char *, 1);
    objects[0] = compile(shop, "task", task_source);
    struct program program = task_of(objects, 1);
    program.memory_count = 3;
    program.sections = usual_sections;
    program.section_count = COUNT(usual_sections);
    program.heap_bytes = 100;
    return program;
}

/* A task with its symbols given, as link_at() gives none. */
static struct span link_full_task(struct workshop *shop, const struct toolchain *toolchain,
                                  const struct program *program, const char *folder)
{
    static const struct program_symbol symbols[] = {{"__task_peer", 3}, {"__task_other", 4}};
    const struct link_request request = {
        .toolchain = toolchain,
        .program = program,
        .folder = folder,
        .output_path = path_join(shop->arena, folder, "linked.elf"),
        .places = usual_places,
        .symbols = symbols,
        .symbol_count = COUNT(symbols),
    };
    struct link_step final = link_prepare(shop->arena, &request);
    const struct process_pool_options options = {.parallel = 1};
    assert_true(link_run(shop->arena, &final, 1, &options, &shop->diags));
    link_report(shop->arena, &final, &shop->diags);
    if (final.failed || final.output.bytes != 0)
        fail_msg("%s: %.*s", toolchain->linker, (int) final.output.bytes,
                 (const char *) final.output.data);
    return read_file(shop, request.output_path);
}

static void test_symbols_bound_their_sections(void **state)
{
    struct workshop *shop = *state;
    const struct program program = full_task(shop);
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span elf = link_full_task(shop, both_linkers[i], &program, shop->folder);
        assert_int_equal(symbol(elf, "__stack_base"), usual_places[PROGRAM_DATA].base);
        assert_int_equal(symbol(elf, "__stack_top"), usual_places[PROGRAM_DATA].base + 1024);
        assert_in_range(symbol(elf, "x"), symbol(elf, "__data_start"), symbol(elf, "__data_end"));
        assert_in_range(symbol(elf, "y"), symbol(elf, "__bss_start"), symbol(elf, "__bss_end"));
        assert_in_range(symbol(elf, "common"), symbol(elf, "__bss_start"),
                        symbol(elf, "__bss_end"));
        assert_true(symbol(elf, "kept") >= symbol(elf, "__bss_end"));
        assert_int_equal(symbol(elf, "__heap_end") - symbol(elf, "__heap_start"), 100);
        assert_int_equal(symbol(elf, "__heap_start") % 8, 0);
        assert_int_equal(symbol(elf, "__eth_bulk_start"), usual_places[2].base);
        assert_int_equal(symbol(elf, "__eth_bulk_end"), usual_places[2].base + 100);
        assert_int_equal(symbol(elf, "__task_peer"), 3);
        uint64_t value;
        assert_false(symbols_find(elf, "__task_other", &value)); /* nobody refers to it */
        assert_true(symbols_refer_to(elf, "__task_peer"));
        assert_false(symbols_refer_to(elf, "__task_other"));
        static const char *const aligned[] = {"__data_load", "__data_start", "__data_end",
                                              "__bss_start", "__bss_end"};
        for (size_t k = 0; k < COUNT(aligned); k++)
            assert_int_equal(symbol(elf, aligned[k]) % 4, 0);
    }
}

static void test_load_image_of_data_is_code_memory(void **state)
{
    struct workshop *shop = *state;
    const struct program program = full_task(shop);
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span elf = link_full_task(shop, both_linkers[i], &program, shop->folder);
        const struct linked linked = read_well(shop, elf, &program);
        const uint64_t load = symbol(elf, "__data_load");
        const uint64_t bytes = symbol(elf, "__data_end") - symbol(elf, "__data_start");
        assert_int_equal(linked.memories[PROGRAM_CODE].bytes,
                         load + bytes - usual_places[PROGRAM_CODE].base);
        assert_int_equal(linked.memories[PROGRAM_DATA].bytes,
                         symbol(elf, "__heap_end") - usual_places[PROGRAM_DATA].base);
        assert_int_equal(linked.memories[2].bytes, 100);
        assert_true(linked.memories[PROGRAM_DATA].align_bytes >= 16);
        assert_int_equal(linked.entry & 1, 1);
        assert_int_equal(linked.entry, symbol(elf, "_start"));
        const struct linked_segment *last = &linked.segments[linked.segment_count - 1];
        assert_int_equal(last->load_addr + last->bytes.bytes, load + bytes);
        const uint64_t x_off = load + (symbol(elf, "x") - symbol(elf, "__data_start"));
        assert_int_equal(span_u32(last->bytes, (size_t)(x_off - last->load_addr)), 5);
    }
}

/* readelf is the judge of what a linked program occupies. */
static void test_sizes_are_those_of_readelf(void **state)
{
    struct workshop *shop = *state;
    const struct program program = full_task(shop);
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span elf = link_full_task(shop, both_linkers[i], &program, shop->folder);
        const struct linked linked = read_well(shop, elf, &program);
        const char *lines = run(shop, "readelf -lW linked.elf | awk '$1 == \"LOAD\" {print $3, $4, "
                                      "$5, $6}'");
        uint64_t ends[3] = {0};
        unsigned long virtual, physical, file, memory;
        while (sscanf(lines, "%lx %lx %lx %lx", &virtual, &physical, &file, &memory) == 4) {
            for (size_t k = 0; k < 3; k++) {
                const struct program_place *place = &usual_places[k];
                const uint64_t run_end = memory > 0 ? virtual + memory : 0;
                const uint64_t load_end = file > 0 ? physical + file : 0;
                if (virtual >= place->base && virtual < place->base + place->size &&
                    run_end > ends[k])
                    ends[k] = run_end;
                if (physical >= place->base && physical < place->base + place->size &&
                    load_end > ends[k])
                    ends[k] = load_end;
            }
            lines = strchr(lines, '\n') + 1;
        }
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(linked.memories[k].bytes, ends[k] - usual_places[k].base);
    }
}

static void test_link_keeps_and_drops(void **state)
{
    struct workshop *shop = *state;
    const struct program program = full_task(shop);
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span elf = link_full_task(shop, both_linkers[i], &program, shop->folder);
        uint64_t value;
        assert_true(symbols_find(elf, "construct", &value));
        assert_false(symbols_find(elf, "unused", &value));
        const struct linked linked = read_well(shop, elf, &program);
        bool has_array = false;
        for (size_t k = 0; k < linked.section_count; k++)
            has_array = has_array || (strcmp(linked.sections[k].name, ".init_array") == 0 &&
                                      linked.sections[k].bytes == 4);
        assert_true(has_array);
    }
}

static void test_same_bytes_in_another_folder(void **state)
{
    struct workshop *shop = *state;
    struct program program = full_task(shop);
    run(shop, "mkdir -p elsewhere/deeper && cp task.o elsewhere/deeper/other.o");
    const char *moved[] = {in_folder(shop, "elsewhere/deeper/other.o")};
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span here = link_full_task(shop, both_linkers[i], &program, shop->folder);
        struct program other = program;
        other.objects = moved;
        const struct span there =
            link_full_task(shop, both_linkers[i], &other, in_folder(shop, "elsewhere"));
        assert_true(span_equal(here, there));
    }
}

static void test_step_is_a_pure_function(void **state)
{
    struct workshop *shop = *state;
    const char *objects[] = {"a.o"};
    const struct program program = task_of(objects, 1);
    const struct link_request request = {.toolchain = &gnu_ld,
                                         .program = &program,
                                         .folder = "work",
                                         .output_path = "work/a.elf",
                                         .places = usual_places};
    const struct link_step one = link_prepare(shop->arena, &request);
    const struct link_step two = link_prepare(shop->arena, &request);
    assert_string_equal(one.script_text, two.script_text);
    assert_int_equal(one.argument_count, two.argument_count);
    for (size_t i = 0; i < one.argument_count; i++)
        assert_string_equal(one.argv[i], two.argv[i]);
    assert_null(one.argv[one.argument_count]);
}

/* ---- the kernel ---- */

static void test_kernel_vectors_come_first(void **state)
{
    struct workshop *shop = *state;
    const char *objects[] = {compile(shop, "kernel", kernel_source)};
    const struct program program = kernel_of(objects, 1);
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span elf = link_well(shop, both_linkers[i], &program);
        const struct linked linked = read_well(shop, elf, &program);
        assert_int_equal(linked.vectors_addr, usual_places[PROGRAM_CODE].base);
        assert_int_equal(linked.vectors_bytes, 160);
        assert_int_equal(linked.vectors_align_bytes, 256);
        assert_true(linked.memories[PROGRAM_CODE].align_bytes >= 256);
        assert_int_equal(span_u32(linked.segments[0].bytes, 0), symbol(elf, "__stack_top"));
        assert_true(linked_check_vectors(&linked, &program, &shop->diags));
    }
}

static void test_kernel_vectors_must_be_aligned(void **state)
{
    struct workshop *shop = *state;
    const char *objects[] = {compile(shop, "kernel", kernel_source)};
    const struct program program = kernel_of(objects, 1);
    const struct program_place places[] = {{0x08000080, 0x10000}, {0x20000000, 0x8000}};
    const struct outcome outcome = link_at(shop, &gnu_ld, &program, places);
    struct linked linked;
    assert_true(linked_read(shop->arena, outcome.elf, "kernel.elf", &program, places, &linked,
                            &shop->diags));
    assert_false(linked_check_vectors(&linked, &program, &shop->diags));
    assert_true(has_code(shop, "linked-vector-alignment"));
}

/* ---- what must not pass ---- */

static void expect_refusal(struct workshop *shop, const struct toolchain *toolchain,
                           const struct program *program, const char *code)
{
    const struct outcome outcome = link_at(shop, toolchain, program, usual_places);
    struct linked linked;
    if (outcome.elf.bytes != 0 && linked_read(shop->arena, outcome.elf, "linked.elf", program,
                                              usual_places, &linked, &shop->diags))
        fail_msg("%s: nobody complained of %s", toolchain->linker, code);
    link_report(shop->arena, &outcome.step, &shop->diags);
    if (!has_code(shop, code))
        fail_msg("%s: no %s, but %s", toolchain->linker, code,
                 shop->diags.count == 0 ? "silence" : shop->diags.items[0].message);
    shop->diags = diag_list_in(shop->arena);
}

static void test_unknown_sections_are_refused(void **state)
{
    struct workshop *shop = *state;
    static const char *const sources[] = {
        "__attribute__((section(\".fast\"))) int v = 3; void _start(void) { v++; }",
        "__attribute__((section(\".later\"))) int v; void _start(void) { v++; }",
        ("__attribute__((section(\"ram_code\"), noinline)) void f(void) { __asm__ volatile(\"\"); }"
         "void _start(void) { f(); }"),
    };
    for (size_t k = 0; k < COUNT(sources); k++) {
        const char *objects[] = {compile(shop, "orphan", sources[k])};
        const struct program program = task_of(objects, 1);
        for (size_t i = 0; i < COUNT(both_linkers); i++)
            expect_refusal(shop, both_linkers[i], &program, "linked-orphan-section");
    }
}

static void test_contents_that_are_not_loaded_are_refused(void **state)
{
    struct workshop *shop = *state;
    static const char *const sources[] = {
        "__attribute__((section(\".eth_bulk\"))) int v = 3; void _start(void) { v++; }",
        "__attribute__((section(\".eth_bulk.x\"))) int *v = (int *)&v; void _start(void) { v++; }",
        "__attribute__((section(\"eth_bulk\"))) int v = 3; void _start(void) { v++; }",
        "__attribute__((section(\"eth_bulk.x\"))) int v = 3; void _start(void) { v++; }",
        "__asm__(\".section .noinit,\\\"aw\\\",%progbits\\nv: .word 3\\n.previous\");"
        "extern int v; void _start(void) { v++; }",
        "__asm__(\".section .bss.v,\\\"aw\\\",%progbits\\nv: .word 3\\n.previous\");"
        "extern int v; void _start(void) { v++; }",
    };
    for (size_t k = 0; k < COUNT(sources); k++) {
        const char *objects[] = {compile(shop, "noload", sources[k])};
        struct program program = task_of(objects, 1);
        program.memory_count = 3;
        program.sections = usual_sections;
        program.section_count = 1;
        for (size_t i = 0; i < COUNT(both_linkers); i++)
            expect_refusal(shop, both_linkers[i], &program, "linked-noload-contents");
    }
}

/* section("eth_bulk") in C, which the manifest calls eth_bulk too: the dot is a convention. */
static void test_extra_sections_with_and_without_a_dot(void **state)
{
    struct workshop *shop = *state;
    const char *objects[] = {
        compile(shop, "dots",
                "__attribute__((section(\"eth_bulk\"))) char a[20];"
                "__attribute__((section(\"eth_bulk.x\"))) char b[30];"
                "__attribute__((section(\".eth_bulk\"))) char c[40];"
                "__attribute__((section(\".eth_bulk.y\"))) char d[50];"
                "void _start(void) { a[1]++; b[1]++; c[1]++; d[1]++; for (;;) ; }"),
    };
    struct program program = task_of(objects, 1);
    program.memory_count = 3;
    program.sections = usual_sections;
    program.section_count = COUNT(usual_sections);
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span elf = link_well(shop, both_linkers[i], &program);
        const struct linked linked = read_well(shop, elf, &program);
        assert_int_equal(symbol(elf, "__eth_bulk_start"), usual_places[2].base);
        assert_in_range(symbol(elf, "__eth_bulk_end"), usual_places[2].base + 140,
                        usual_places[2].base + 152);
        assert_in_range(symbol(elf, "a"), usual_places[2].base, usual_places[2].base + 120);
        assert_in_range(symbol(elf, "b"), usual_places[2].base, usual_places[2].base + 120);
        for (size_t k = 0; k < linked.section_count; k++)
            assert_true(!linked.sections[k].is_loaded || linked.sections[k].memory != 2);
    }
}

static void test_names_of_sections(void **state)
{
    struct workshop *shop = *state;
    static const struct program_section bad[][2] = {
        {{"bss", 2, {0}}, {"a", 2, {0}}},
        {{"data.big", 2, {0}}, {"a", 2, {0}}},
        {{".dotted", 2, {0}}, {"a", 2, {0}}},
        {{"} x", 2, {0}}, {"a", 2, {0}}},
        {{"eth.bulk", 2, {0}}, {"eth-bulk", 2, {0}}},
        {{"", 2, {0}}, {"a", 2, {0}}},
        {{"COMMON", 2, {0}}, {"a", 2, {0}}},
    };
    const char *objects[] = {"a.o"};
    struct program program = task_of(objects, 1);
    program.section_count = 2;
    for (size_t i = 0; i < COUNT(bad); i++) {
        program.sections = bad[i];
        assert_false(script_check_sections(shop->arena, &program, &shop->diags));
        assert_int_equal(shop->diags.count, 1);
        assert_string_equal(shop->diags.items[0].code, "link-section-name");
        shop->diags = diag_list_in(shop->arena);
    }
    static const struct program_section in_code = {"a", PROGRAM_CODE, {0}};
    program.sections = &in_code;
    program.section_count = 1;
    assert_false(script_check_sections(shop->arena, &program, &shop->diags));
    assert_string_equal(shop->diags.items[0].code, "link-section-memory");
}

static void test_entry_must_exist(void **state)
{
    struct workshop *shop = *state;
    const char *objects[] = {compile(shop, "entry", "int v; void start(void) { v++; }")};
    const struct program program = task_of(objects, 1);
    for (size_t i = 0; i < COUNT(both_linkers); i++)
        expect_refusal(shop, both_linkers[i], &program, "linked-entry");
}

/* ---- failures of the linker ---- */

static void test_overflow_is_told_in_bytes(void **state)
{
    struct workshop *shop = *state;
    const struct program program = full_task(shop);
    const struct program_place roomy = usual_places[PROGRAM_CODE];
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span elf = link_full_task(shop, both_linkers[i], &program, shop->folder);
        const struct linked linked = read_well(shop, elf, &program);
        /* lld does not count the load image of .data, whose address it is told */
        const uint64_t uncounted =
            both_linkers[i] != &lld ? 0 : symbol(elf, "__data_end") - symbol(elf, "__data_start");
        struct program_place places[3];
        memcpy(places, usual_places, sizeof places);
        places[PROGRAM_CODE].size = linked.memories[PROGRAM_CODE].bytes - uncounted - 20;
        places[PROGRAM_DATA].size = linked.memories[PROGRAM_DATA].bytes - 40;
        const struct outcome outcome = link_at(shop, both_linkers[i], &program, places);
        assert_true(outcome.step.failed);
        assert_int_equal(outcome.step.overflow_count, 2);
        assert_int_equal(outcome.step.overflows[0].memory, PROGRAM_CODE);
        assert_int_equal(outcome.step.overflows[1].memory, PROGRAM_DATA);
        assert_int_equal(outcome.step.overflows[0].bytes_over, 20);
        assert_int_equal(outcome.step.overflows[1].bytes_over, 40);
        shop->diags = diag_list_in(shop->arena);
        link_report(shop->arena, &outcome.step, &shop->diags);
        const struct diag *first = &shop->diags.items[0];
        assert_string_equal(first->code, "link-overflow");
        assert_string_equal(first->message, "task net does not fit into flash: 20 bytes over");
        const char *quote = shop->diags.items[shop->diags.count - 1].quote;
        assert_non_null(strstr(quote, "overflowed by 20 bytes"));
        assert_non_null(strstr(quote, "overflowed by 40 bytes"));
        assert_int_equal(places[PROGRAM_CODE].base, roomy.base);
        shop->diags = diag_list_in(shop->arena);
    }
}

static void expect_report(struct workshop *shop, const struct toolchain *toolchain,
                          const struct program *program, const char *code, const char *message)
{
    const struct outcome outcome = link_at(shop, toolchain, program, usual_places);
    assert_true(outcome.step.failed);
    link_report(shop->arena, &outcome.step, &shop->diags);
    assert_int_equal(shop->diags.count, 1);
    assert_string_equal(shop->diags.items[0].code, code);
    assert_string_equal(shop->diags.items[0].message, message);
    assert_non_null(shop->diags.items[0].quote);
    shop->diags = diag_list_in(shop->arena);
}

static void test_failures_are_translated(void **state)
{
    struct workshop *shop = *state;
    const char *undefined[] = {compile(shop, "undefined",
                                       "int foo(void);"
                                       "int v; void _start(void) { v = foo(); v += foo(); }")};
    const char *twice[] = {compile(shop, "one", "int v = 1; void _start(void) { v++; }"),
                           compile(shop, "two", "int v = 2;")};
    const char *missing[] = {in_folder(shop, "missing.o")};
    write_text(shop, "own.ld", "INCLUDE memory.ld\nSECTIONS { . = ; }\n");
    const struct program no_symbol = task_of(undefined, 1);
    const struct program duplicate = task_of(twice, 2);
    const struct program no_object = task_of(missing, 1);
    struct program bad_script = task_of(twice, 1);
    bad_script.user_script = in_folder(shop, "own.ld");
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct toolchain *toolchain = both_linkers[i];
        const bool is_lld = toolchain == &lld;
        expect_report(shop, toolchain, &no_symbol, "link-undefined-symbol",
                      "task net refers to `foo`, which nothing defines");
        expect_report(shop, toolchain, &duplicate, "link-duplicate-symbol",
                      "task net defines `v` more than once");
        expect_report(shop, toolchain, &no_object, "link-object-missing",
                      is_lld ? "task net has a file that cannot be opened"
                             : "task net has an object file that is not there");
        expect_report(shop, toolchain, &bad_script, "link-script",
                      "task net has a linker script with a mistake");
    }
}

static void test_hints_name_the_manifest_key(void **state)
{
    struct workshop *shop = *state;
    const char *objects[] = {compile(shop, "peer",
                                     "extern char __periph_uart0_base[];"
                                     "char *p; void _start(void) { p = __periph_uart0_base; }")};
    const struct program program = task_of(objects, 1);
    const struct outcome outcome = link_at(shop, &gnu_ld, &program, usual_places);
    link_report(shop->arena, &outcome.step, &shop->diags);
    assert_string_equal(shop->diags.items[0].hint, "list the peripheral under `uses:`");
}

static void test_linker_that_is_not_there(void **state)
{
    struct workshop *shop = *state;
    const struct toolchain toolchain = {.linker = "no-such-linker"};
    const char *objects[] = {compile(shop, "entry", "void _start(void) { for (;;) ; }")};
    const struct program program = task_of(objects, 1);
    const struct outcome outcome = link_at(shop, &toolchain, &program, usual_places);
    assert_true(outcome.step.failed);
    link_report(shop->arena, &outcome.step, &shop->diags);
    assert_int_equal(shop->diags.count, 1);
    assert_string_equal(shop->diags.items[0].code, "process-not-started");
}

/* ---- inputs, own scripts, drivers ---- */

static bool lists(const struct path_list *paths, const char *path)
{
    bool found = false;
    for (size_t i = 0; i < paths->count && !found; i++)
        found = strcmp(paths->items[i], path) == 0;
    return found;
}

static const char own_script[] =
    "INCLUDE memory.ld\n"
    "INCLUDE part.ld\n"
    "SECTIONS {\n"
    "  .text : ALIGN(4) { *(.text .text.* .rodata .rodata.*) . = ALIGN(4); } > CODE\n"
    "  .stack (NOLOAD) : ALIGN(8) { __stack_base = .; . += __stack_size; __stack_top = .; } > "
    "DATA\n"
    "  .data : ALIGN(4) { *(.data .data.*) . = ALIGN(4); } > DATA AT> CODE\n"
    "  .special : ALIGN(4) { *(.special) . = ALIGN(4); } > DATA AT> CODE\n"
    "  .bss (NOLOAD) : ALIGN(4) { *(.bss .bss.* COMMON) . = ALIGN(4); } > DATA\n"
    "}\n";

static void test_own_script_and_inputs(void **state)
{
    struct workshop *shop = *state;
    const char *objects[] = {compile(
        shop, "own",
        "__attribute__((section(\".special\"))) int v = 3; int w; void _start(void) { w = v++; }")};
    struct program program = task_of(objects, 1);
    write_text(shop, "own.ld", own_script);
    write_text(shop, "part.ld", "part_of_script = 1;\n");
    program.user_script = in_folder(shop, "own.ld");
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct outcome outcome = link_at(shop, both_linkers[i], &program, usual_places);
        link_report(shop->arena, &outcome.step, &shop->diags);
        if (shop->diags.count != 0)
            fail_msg("%s", shop->diags.items[0].quote);
        const struct linked linked = read_well(shop, outcome.elf, &program);
        assert_int_equal(linked.memories[PROGRAM_DATA].bytes, 1024 + 8);
        struct path_list inputs = {0};
        assert_true(link_inputs(shop->arena, &outcome.step, &inputs, &shop->diags));
        assert_true(lists(&inputs, objects[0]));
        assert_true(lists(&inputs, program.user_script));
        assert_true(lists(&inputs, in_folder(shop, "part.ld")));
        assert_int_equal(inputs.count, 3);
    }
}

static void test_libraries_may_need_each_other(void **state)
{
    struct workshop *shop = *state;
    compile(shop, "ping", "int pong(int); int ping(int n); int ping(int n) { return pong(n); }");
    compile(shop, "pong", "int last(int); int pong(int n); int pong(int n) { return last(n); }");
    compile(shop, "last", "int last(int n); int last(int n) { return n; }");
    run(shop,
        "arm-none-eabi-ar rcs libone.a ping.o last.o && arm-none-eabi-ar rcs libtwo.a pong.o");
    const char *objects[] = {
        compile(shop, "user", "int ping(int); int v; void _start(void) { v = ping(v); }")};
    const char *libraries[] = {in_folder(shop, "libone.a"), in_folder(shop, "libtwo.a")};
    struct program program = task_of(objects, 1);
    program.libraries = libraries;
    program.library_count = 2;
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct span elf = link_well(shop, both_linkers[i], &program);
        assert_true(symbol(elf, "last") > 0);
    }
}

static void test_driver(void **state)
{
    struct workshop *shop = *state;
    const char *const flags[] = {"-mcpu=cortex-m4", "-mthumb", "--specs=nano.specs"};
    struct toolchain toolchain = {.linker = "arm-none-eabi-gcc",
                                  .style = TOOLCHAIN_DRIVER,
                                  .flags = flags,
                                  .flag_count = COUNT(flags)};
    const char *objects[] = {compile(shop, "driven",
                                     "void *memset(void *, int, unsigned); char room[999]; int v;"
                                     "void _start(void) { memset(room, v, sizeof room); }"
                                     "void unused(void) { v++; }")};
    const struct program program = task_of(objects, 1);
    const struct span elf = link_well(shop, &toolchain, &program);
    const struct linked linked = read_well(shop, elf, &program);
    uint64_t value;
    assert_true(symbol(elf, "memset") > 0);
    assert_false(symbols_find(elf, "unused", &value));
    assert_true(linked.memories[PROGRAM_CODE].bytes < 500);
}

static void test_launcher_and_names_with_commas(void **state)
{
    struct workshop *shop = *state;
    const char *const launcher[] = {"env", "IMGBUILD_TEST=1"};
    const struct toolchain toolchain = {.linker = "arm-none-eabi-gcc",
                                        .style = TOOLCHAIN_DRIVER,
                                        .launcher = launcher,
                                        .launcher_count = COUNT(launcher)};
    struct workshop inner = *shop;
    run(shop, "mkdir 'with,comma and space'");
    inner.folder = in_folder(shop, "with,comma and space");
    const char *objects[] = {compile(shop, "entry", "void _start(void) { for (;;) ; }")};
    const struct program program = task_of(objects, 1);
    const struct outcome outcome = link_at(&inner, &toolchain, &program, usual_places);
    assert_false(outcome.step.failed);
    struct path_list inputs = {0};
    assert_true(link_inputs(shop->arena, &outcome.step, &inputs, &shop->diags));
    assert_true(lists(&inputs, objects[0]));
}

/* Compiles for RISC-V, with unwind tables and without small data, and links with lld. */
static void test_riscv(void **state)
{
    struct workshop *shop = *state;
    write_text(shop, "riscv.c",
               "int v = 3; char room[300]; void unused(void) { v = 9; }\n"
               "void _start(void) { room[v]++; v++;\n"
               "    __asm__ volatile(\".option push\\n.option norelax\\nla gp, __global_pointer$\\n"
               ".option pop\"); for (;;) ; }\n");
    run(shop, "clang --target=riscv32 -march=rv32imac -mabi=ilp32 -Os -ffreestanding "
              "-ffunction-sections -fdata-sections -fasynchronous-unwind-tables "
              "-msmall-data-limit=0 -c riscv.c -o riscv.o");
    const char *objects[] = {in_folder(shop, "riscv.o")};
    struct program program = task_of(objects, 1);
    program.stack_align_bytes = 16;
    const struct span elf = link_well(shop, &lld, &program);
    const struct linked linked = read_well(shop, elf, &program);
    uint64_t value;
    assert_int_equal(symbol(elf, "__global_pointer$"), symbol(elf, "__data_end") + 0x800);
    assert_false(symbols_find(elf, "unused", &value));
    assert_true(linked.memories[PROGRAM_DATA].align_bytes >= 16);
    assert_int_equal(linked.vectors_bytes, 0);
}

static void test_inputs_with_odd_names(void **state)
{
    struct workshop *shop = *state;
    compile(shop, "entry", "void _start(void) { for (;;) ; }");
    run(shop, "mkdir 'a b' && cp entry.o 'a b/c#d$e.o'");
    const char *objects[] = {in_folder(shop, "a b/c#d$e.o")};
    const struct program program = task_of(objects, 1);
    for (size_t i = 0; i < COUNT(both_linkers); i++) {
        const struct outcome outcome = link_at(shop, both_linkers[i], &program, usual_places);
        struct path_list inputs = {0};
        assert_true(link_inputs(shop->arena, &outcome.step, &inputs, &shop->diags));
        assert_int_equal(inputs.count, 1);
        assert_string_equal(inputs.items[0], objects[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_symbols_bound_their_sections),
        TEST(test_load_image_of_data_is_code_memory),
        TEST(test_sizes_are_those_of_readelf),
        TEST(test_link_keeps_and_drops),
        TEST(test_same_bytes_in_another_folder),
        TEST(test_step_is_a_pure_function),
        TEST(test_kernel_vectors_come_first),
        TEST(test_kernel_vectors_must_be_aligned),
        TEST(test_unknown_sections_are_refused),
        TEST(test_contents_that_are_not_loaded_are_refused),
        TEST(test_extra_sections_with_and_without_a_dot),
        TEST(test_names_of_sections),
        TEST(test_entry_must_exist),
        TEST(test_overflow_is_told_in_bytes),
        TEST(test_failures_are_translated),
        TEST(test_hints_name_the_manifest_key),
        TEST(test_linker_that_is_not_there),
        TEST(test_own_script_and_inputs),
        TEST(test_inputs_with_odd_names),
        TEST(test_libraries_may_need_each_other),
        TEST(test_riscv),
        TEST(test_driver),
        TEST(test_launcher_and_names_with_commas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
