#include "fixture.h"

#include "base/buffer.h"
#include "manifests/yaml/limits.h"

static void test_defaults(void **state)
{
    struct manifest manifest;
    assert_true(fixture_load(*state, BOARD_HEAD BOARD_TASKS, &manifest));
    fixture_no_diags(*state);
    assert_string_equal(manifest.board.text, "demo");
    assert_int_equal(manifest.epoch, 0);
    assert_true(manifest.mpu.subregions);
    assert_int_equal(manifest.mpu.reserved, 1);
    assert_string_equal(manifest.toolchain.linker.text, "arm-none-eabi-ld");
    assert_int_equal(manifest.toolchain.style, MANIFEST_STYLE_LD);
    assert_string_equal(manifest.kernel.program.entry.text, "reset_handler");
    assert_int_equal(manifest.kernel.program.stack.value, 1024);
    assert_string_equal(manifest.tasks[0].program.entry.text, "_start");
    assert_true(manifest.tasks[0].start.value);
    assert_true(manifest.tasks[0].split.value);
    assert_int_equal(manifest.tasks[0].heap.value, 0);
    assert_int_equal(manifest.formats,
                     MANIFEST_FORMAT_ELF | MANIFEST_FORMAT_BIN | MANIFEST_FORMAT_HEX);
    assert_false(manifest.info.is_given);
    assert_int_equal(manifest.without_effect.count, 0);
}

static void test_a_full_task(void **state)
{
    struct manifest manifest;
    assert_true(fixture_load(
        *state,
        BOARD_HEAD "version: 1.2.65535\nepoch: 0xffffffff\ninfo: {size: 256, tasks: [net]}\n"
                   "tasks:\n"
                   "  supervisor: {priority: 0, stack: 1K}\n"
                   "  net:\n"
                   "    priority: 255\n"
                   "    stack: 2K\n"
                   "    start: false\n"
                   "    notifications: [a, uart-irq]\n"
                   "    interrupts: {uart0.tx: uart-irq}\n"
                   "    calls: {boss: supervisor}\n"
                   "    sections: {bulk: sram}\n"
                   "    place: {sram: 0x30000000}\n"
                   "    limits: {flash: 32K, sram: 0x100}\n",
        &manifest));
    const struct manifest_task *net = &manifest.tasks[1];
    assert_int_equal(manifest.patch, 65535);
    assert_int_equal(manifest.epoch, UINT32_MAX);
    assert_int_equal(manifest.info.tasks.items[0].index, 1);
    assert_int_equal(net->priority.value, 255);
    assert_false(net->start.value);
    assert_int_equal(net->interrupts[0].number, 1);
    assert_int_equal(net->interrupts[0].notification, 1);
    assert_int_equal(net->calls[0].task.index, 0);
    assert_string_equal(net->calls[0].slot.text, "boss");
    assert_int_equal(net->sections[0].memory.index, 2);
    assert_int_equal(net->places[0].value, 0x30000000);
    assert_int_equal(net->limits[1].value, 256);
    assert_int_equal(net->limits[0].memory.pos.line, 32);
}

static void test_images_move_memories(void **state)
{
    struct fixture *fixture = *state;
    struct manifest manifest;
    assert_true(fixture_load(fixture,
                             BOARD_HEAD "images: [b]\nmemories:\n"
                                        "  flash: {holes: [{base: 0x08001000, size: 4K}, "
                                        "{base: 0x08021000, size: 4K}]}\n" BOARD_TASKS,
                             &manifest));
    assert_int_equal(manifest.image_count, 2);
    assert_true(manifest.images[0].is_built);
    assert_false(manifest.images[1].is_built);
    const struct manifest_memory *b =
        manifest_image_memories(&manifest, &manifest.images[0], fixture->arena);
    const struct manifest_memory *a =
        manifest_image_memories(&manifest, &manifest.images[1], fixture->arena);
    assert_int_equal(a[0].base.value, 0x08000000);
    assert_int_equal(a[0].size.value, 128 * 1024);
    assert_int_equal(a[0].hole_count, 1);
    assert_int_equal(a[0].holes[0].base, 0x08001000);
    assert_int_equal(b[0].base.value, 0x08020000);
    assert_int_equal(b[0].hole_count, 1);
    assert_int_equal(b[0].holes[0].base, 0x08021000);
    assert_int_equal(b[1].base.value, manifest.memories[1].base.value);
    assert_int_equal(manifest_image_memories(&manifest, NULL, fixture->arena)[0].hole_count, 2);
}

static void test_an_image_that_moves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct manifest manifest;
    assert_true(fixture_load(fixture, BOARD_HEAD "images: [whole, b]\n" BOARD_TASKS, &manifest));
    assert_int_equal(manifest.image_count, 3);
    assert_string_equal(manifest.images[0].name.text, "whole");
    assert_string_equal(manifest.images[1].name.text, "b");
    assert_string_equal(manifest.images[2].name.text, "a");
    assert_true(manifest.images[0].is_built && manifest.images[1].is_built);
    assert_false(manifest.images[2].is_built);
    assert_int_equal(manifest.images[0].memory_count, 0);
    const struct manifest_memory *whole =
        manifest_image_memories(&manifest, &manifest.images[0], fixture->arena);
    assert_int_equal(whole[0].base.value, 0x08000000);
    assert_int_equal(whole[0].size.value, 256 * 1024);
    const char *shown = manifest_show(&manifest, MANIFEST_PLAIN, fixture->arena);
    assert_true(fixture_load(fixture, shown, &manifest));
    assert_string_equal(manifest.images[0].name.text, "whole");
    assert_true(manifest.images[0].is_built);
}

/* ---- variables ---- */

static bool load_variables(struct fixture *fixture, enum manifest_scope scope, const char *object,
                           struct manifest *ret)
{
    const struct manifest_variable variables[] = {{"build", "out/x"}, {"n", "1"}};
    const struct manifest_options options = {
        .variables = variables, .variable_count = 2, .scope = scope};
    const char *text = arena_format(fixture->arena,
                                    BOARD_HEAD "kernel: {objects: [k.o]}\ntasks:\n"
                                               "  a: {priority: 0, stack: 1K, objects: [\"%s\"]}\n",
                                    object);
    return fixture_load_with(fixture, text, &options, ret);
}

static void test_variables(void **state)
{
    struct manifest manifest;
    assert_true(load_variables(*state, MANIFEST_FOR_BUILD, "${build}/$$/${n}${n}.o", &manifest));
    assert_string_equal(manifest.tasks[0].program.objects.items[0].text, "out/x/$/11.o");
    assert_true(load_variables(*state, MANIFEST_FOR_PLAN, "${nope}/${n}.o", &manifest));
    assert_string_equal(manifest.tasks[0].program.objects.items[0].text, "${nope}/1.o");
    fixture_no_diags(*state);
}

static void test_undefined_variable(void **state)
{
    struct manifest manifest;
    assert_false(load_variables(*state, MANIFEST_FOR_BUILD, "${buidl}/a.o", &manifest));
    const struct diag *diag = fixture_only_diag(*state, "manifest-undefined-variable");
    assert_string_equal(diag->hint, "did you mean '${build}'?");
}

static void test_objects_are_needed_for_a_build_only(void **state)
{
    struct fixture *fixture = *state;
    struct manifest manifest;
    const struct manifest_options build = {.scope = MANIFEST_FOR_BUILD};
    const char *text = BOARD_HEAD "kernel: {objects: [k.o]}\n" BOARD_TASKS;
    assert_true(fixture_load(fixture, text, &manifest));
    assert_false(fixture_load_with(fixture, text, &build, &manifest));
    assert_int_equal(fixture_only_diag(fixture, "manifest-no-objects")->pos.line, 20);
}

/* ---- settings ---- */

static bool load_setting(struct fixture *fixture, const char *key, const char *value,
                         struct manifest *ret)
{
    const struct manifest_setting setting = {key, value};
    const struct manifest_options options = {
        .settings = &setting, .setting_count = 1, .scope = MANIFEST_FOR_PLAN};
    return fixture_load_with(fixture,
                             BOARD_HEAD "tasks:\n  a.b: {priority: 0, stack: 1K, uses: [uart0]}\n",
                             &options, ret);
}

static void test_settings(void **state)
{
    struct manifest manifest;
    assert_true(load_setting(*state, "mpu.subregions", "false", &manifest));
    assert_false(manifest.mpu.subregions);
    assert_true(load_setting(*state, "tasks.a.b.stack", "4K", &manifest));
    assert_int_equal(manifest.tasks[0].program.stack.value, 4096);
    assert_true(load_setting(*state, "tasks.a.b.uses", "!append [spi0]", &manifest));
    assert_int_equal(manifest.tasks[0].uses.count, 2);
    assert_true(load_setting(*state, "tasks.new", "{priority: 1, stack: 64}", &manifest));
    assert_int_equal(manifest.task_count, 2);
    assert_true(load_setting(*state, "tasks.a.b.uses", "null", &manifest));
    assert_int_equal(manifest.tasks[0].uses.count, 0);
    fixture_no_diags(*state);
}

/* A board loaded again is the one that a fresh load would give, and leaves the first as it was. */
static void test_settings_on_a_loaded_board(void **state)
{
    struct fixture *fixture = *state;
    static const struct manifest_setting settings[] = {{"mpu.subregions", "false"},
                                                       {"tasks.supervisor.stack", "4K"}};
    const struct manifest_options options = {
        .settings = settings, .setting_count = 2, .scope = MANIFEST_FOR_PLAN};
    const char *text = BOARD_HEAD BOARD_TASKS;
    struct manifest before;
    struct manifest again;
    struct manifest fresh;
    assert_true(fixture_load(fixture, text, &before));
    assert_true(manifest_load_again(&before, &options, &again, &fixture->diags));
    assert_true(fixture_load_with(fixture, text, &options, &fresh));
    assert_string_equal(manifest_show(&again, MANIFEST_WITH_ORIGINS, fixture->arena),
                        manifest_show(&fresh, MANIFEST_WITH_ORIGINS, fixture->arena));
    assert_int_equal(again.tasks[0].program.stack.value, 4096);
    assert_int_equal(before.tasks[0].program.stack.value, 1024);
    assert_true(before.mpu.subregions && !again.mpu.subregions);
    assert_int_equal(again.files.count, fresh.files.count);
    fixture_no_diags(fixture);
}

static void test_wrong_setting_names_itself(void **state)
{
    struct manifest manifest;
    assert_false(load_setting(*state, "tasks.a.b.stack", "4k", &manifest));
    const struct diag *diag = fixture_only_diag(*state, "manifest-bad-number");
    assert_string_equal(diag->pos.file, "--set tasks.a.b.stack=4k");
    assert_int_equal(diag->pos.line, 0);
}

static void test_bad_settings(void **state)
{
    struct fixture *fixture = *state;
    struct manifest manifest;
    static const char *const keys[] = {"", ".", "tasks..stack", "tasks.", ".tasks"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        fixture->diags = diag_list_in(fixture->arena);
        assert_false(load_setting(fixture, keys[i], "1", &manifest));
        fixture_only_diag(fixture, "manifest-bad-setting");
    }
}

/* ---- severity ---- */

#define INVERSION                                                                                  \
    "tasks:\n  a: {priority: 1, stack: 1K, calls: [b]}\n  b: {priority: 2, stack: 1K}\n"

static void test_severity(void **state)
{
    struct fixture *fixture = *state;
    struct manifest manifest;
    enum diag_level level;
    assert_false(fixture_load(fixture, BOARD_HEAD INVERSION, &manifest));
    fixture_only_diag(fixture, "manifest-call-inversion");

    fixture->diags = diag_list_in(fixture->arena);
    assert_true(fixture_load(
        fixture, BOARD_HEAD "checks: {call-inversion: {level: warn, why: x}}\n" INVERSION,
        &manifest));
    assert_int_equal(fixture_only_diag(fixture, "manifest-call-inversion")->level, DIAG_WARNING);
    assert_true(manifest_check_is_on(&manifest, "call-inversion", DIAG_ERROR, &level));
    assert_int_equal(level, DIAG_WARNING);

    fixture->diags = diag_list_in(fixture->arena);
    assert_true(fixture_load(
        fixture, BOARD_HEAD "checks: {call-inversion: {level: off, why: x}}\n" INVERSION,
        &manifest));
    fixture_no_diags(fixture);
    assert_false(manifest_check_is_on(&manifest, "call-inversion", DIAG_ERROR, &level));
    assert_true(manifest_check_is_on(&manifest, "stack-depth", DIAG_WARNING, &level));
    assert_int_equal(level, DIAG_WARNING);
}

static void test_without_effect(void **state)
{
    struct manifest manifest;
    assert_true(fixture_load(*state,
                             BOARD_HEAD "compat: {hardware: [rev-a]}\n"
                                        "formats: [bin, srec]\n"
                                        "kernel: {stackless: [idle]}\n" BOARD_TASKS,
                             &manifest));
    assert_int_equal(manifest.without_effect.count, 1);
    assert_string_equal(manifest.without_effect.items[0].text, "kernel.stackless");
    assert_int_equal(manifest.without_effect.items[0].pos.line, 20);
}

/* ---- MCUboot ---- */

static void check_trailer(struct fixture *fixture, const char *mcuboot, uint64_t bytes)
{
    struct manifest manifest;
    const char *text =
        arena_format(fixture->arena, BOARD_HEAD "mcuboot: {%s}\n" BOARD_TASKS, mcuboot);
    assert_true(fixture_load(fixture, text, &manifest));
    assert_true(manifest.mcuboot.is_given);
    assert_int_equal(manifest_mcuboot_trailer_bytes(&manifest.mcuboot), bytes);
    assert_int_equal(manifest_mcuboot_tail_bytes(&manifest.mcuboot), bytes + 476);
}

/* Numbers by hand from imgtool's --pad: 3 * sectors * align, then 4 flags and the magic. */
static void test_mcuboot_trailer(void **state)
{
    check_trailer(*state, "header: 0x200", 3 * 128 * 8 + 32 + 16);
    check_trailer(*state, "mode: swap, align: 1, sectors: 100", 3 * 100 + 32 + 16);
    check_trailer(*state, "mode: swap, align: 16, sectors: 10", 3 * 10 * 16 + 64 + 16);
    check_trailer(*state, "mode: swap, align: 32, sectors: 10", 3 * 10 * 32 + 128 + 32);
    check_trailer(*state, "mode: xip, align: 4, sectors: 10", 3 * 10 * 4 + 32 + 16);
    check_trailer(*state, "mode: overwrite, align: 8", 32);
    check_trailer(*state, "mode: overwrite, align: 4", 32);
    check_trailer(*state, "mode: overwrite, align: 32", 64 + 32);
}

static void test_mcuboot_defaults(void **state)
{
    struct manifest manifest;
    assert_true(fixture_load(*state, BOARD_HEAD "mcuboot: {align: 4}\n" BOARD_TASKS, &manifest));
    assert_int_equal(manifest.mcuboot.header.value, 32);
    assert_int_equal(manifest.mcuboot.align_bytes, 4);
    assert_int_equal(manifest.mcuboot.sectors, 128);
    assert_int_equal(manifest.mcuboot.mode, MANIFEST_MCUBOOT_SWAP);
    assert_int_equal(manifest.mcuboot.erased, 0xff);
}

/* ---- edges of the checks between parts ---- */

static void test_memory_in_a_hole(void **state)
{
    static const char *const right[] = {
        "  ram: {holes: [{base: 0x20001000, size: 4K}, {base: 0x20002000, size: 4K}]}\n"
        "  in: {base: 0x20001000, size: 8K, access: rw}\n",
        /* The one that has the hole comes second. */
        "  flash: {base: 0x20001000, size: 4K}\n"
        "  ram: {holes: [{base: 0x20001000, size: 4K}]}\n",
        "  after: {base: 0x20010000, size: 4K, access: rw}\n",
    };
    static const char *const wrong[] = {
        "  ram: {holes: [{base: 0x20001000, size: 4K}]}\n"
        "  in: {base: 0x20001000, size: 8K, access: rw}\n",
        "  ram: {holes: [{base: 0x20001020, size: 4K}]}\n"
        "  in: {base: 0x20001000, size: 4K, access: rw}\n",
        "  before: {base: 0x1fffffe0, size: 64, access: rw}\n",
    };
    struct fixture *fixture = *state;
    struct manifest manifest;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_true(fixture_load(
            fixture, arena_format(fixture->arena, BOARD_HEAD "memories:\n%s" BOARD_TASKS, right[i]),
            &manifest));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fixture->diags = diag_list_in(fixture->arena);
        assert_false(fixture_load(
            fixture, arena_format(fixture->arena, BOARD_HEAD "memories:\n%s" BOARD_TASKS, wrong[i]),
            &manifest));
        fixture_only_diag(fixture, "manifest-overlap");
    }
}

static bool load_uses(struct fixture *fixture, const char *peripherals, const char *uses)
{
    struct manifest manifest;
    fixture->diags = diag_list_in(fixture->arena);
    return fixture_load(fixture,
                        arena_format(fixture->arena,
                                     BOARD_HEAD "peripherals:\n%s"
                                                "tasks: {a: {priority: 0, stack: 1K, uses: %s}}\n",
                                     peripherals, uses),
                        &manifest);
}

static void test_neighbours_do_not_overlap(void **state)
{
    assert_true(load_uses(*state, "  next: {base: 0x40005000, size: 4K}\n", "[uart0, next]"));
    assert_true(load_uses(*state, "  next: {base: 0x40005000, size: 4K}\n", "[next, uart0]"));
    assert_false(load_uses(*state, "  next: {base: 0x40004800, size: 2K}\n", "[uart0, next]"));
    fixture_only_diag(*state, "manifest-overlap");
}

/* Eight slots, one of them the kernel's, two for blocks: five are left. */
static void test_last_slot(void **state)
{
    static const char far_apart[] = "  p1: {base: 0x51000000, size: 1K}\n"
                                    "  p2: {base: 0x52000000, size: 2K}\n"
                                    "  p3: {base: 0x53000000, size: 4K}\n"
                                    "  p4: {base: 0x54000000, size: 8K}\n"
                                    "  p5: {base: 0x55000000, size: 16K}\n"
                                    "  p6: {base: 0x54002000, size: 8K}\n";
    assert_true(load_uses(*state, far_apart, "[p1, p2, p3, p4, p5]"));
    assert_true(load_uses(*state, far_apart, "[p1, p2, p3, p4, p5, p6]")); /* p4 and p6 join */
    assert_false(load_uses(*state, far_apart, "[p1, p2, p3, p4, p5, spi0]"));
    fixture_only_diag(*state, "manifest-too-many-slots");
}

/* ---- several errors, and very many ---- */

static void test_one_pass_reports_all(void **state)
{
    struct fixture *fixture = *state;
    struct manifest manifest = {0};
    assert_false(fixture_load(fixture,
                              BOARD_HEAD
                              "tasks:\n"
                              "  a: {priority: 1, stack: 3K, uses: [uart9], calls: [a]}\n"
                              "  b: {priority: 0, stack: 1k, calls: [a], pluck: 1}\n",
                              &manifest));
    assert_null(manifest.tasks);
    assert_int_equal(fixture->diags.count, 5);
}

static void test_wrong_default_stack_is_reported_once(void **state)
{
    struct manifest manifest;
    assert_false(fixture_load(*state,
                              BOARD_HEAD "stack: lots\n"
                                         "tasks: {a: {priority: 0}, b: {priority: 1}}\n",
                              &manifest));
    fixture_only_diag(*state, "manifest-bad-number");
}

static const char *many_tasks(struct fixture *fixture, size_t count, const char *body)
{
    struct buffer text = buffer_in(fixture->arena);
    buffer_append_text(&text, BOARD_HEAD "tasks:\n");
    for (size_t i = 0; i < count; i++)
        buffer_format(&text, "  t%zu: %s\n", i, body);
    return buffer_text(&text);
}

static void test_task_limit(void **state)
{
    struct fixture *fixture = *state;
    struct manifest manifest;
    const char *body = "{priority: 1, stack: 64, uses: [uart0]}";
    assert_true(fixture_load(fixture, many_tasks(fixture, LIMIT_TASKS, body), &manifest));
    assert_int_equal(manifest.task_count, LIMIT_TASKS);
    assert_false(fixture_load(fixture, many_tasks(fixture, LIMIT_TASKS + 1, body), &manifest));
    fixture_only_diag(fixture, "manifest-too-many");
}

static void test_very_many_errors_end_early(void **state)
{
    struct fixture *fixture = *state;
    struct manifest manifest;
    assert_false(
        fixture_load(fixture, many_tasks(fixture, 4000, "{prioritee: x, staak: y}"), &manifest));
    assert_true(fixture->diags.count >= LIMIT_ERRORS);
    assert_true(fixture->diags.count < 2 * LIMIT_ERRORS);
}

static void test_files_are_out_of_reach(void **state)
{
    struct manifest manifest;
    assert_false(fixture_load(*state, "schema: 1\ninherit: /etc/passwd\n", &manifest));
    fixture_only_diag(*state, "file-missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_defaults),
        FIXTURE_TEST(test_a_full_task),
        FIXTURE_TEST(test_images_move_memories),
        FIXTURE_TEST(test_an_image_that_moves_nothing),
        FIXTURE_TEST(test_variables),
        FIXTURE_TEST(test_undefined_variable),
        FIXTURE_TEST(test_objects_are_needed_for_a_build_only),
        FIXTURE_TEST(test_settings),
        FIXTURE_TEST(test_settings_on_a_loaded_board),
        FIXTURE_TEST(test_wrong_setting_names_itself),
        FIXTURE_TEST(test_bad_settings),
        FIXTURE_TEST(test_severity),
        FIXTURE_TEST(test_without_effect),
        FIXTURE_TEST(test_mcuboot_trailer),
        FIXTURE_TEST(test_mcuboot_defaults),
        FIXTURE_TEST(test_memory_in_a_hole),
        FIXTURE_TEST(test_neighbours_do_not_overlap),
        FIXTURE_TEST(test_last_slot),
        FIXTURE_TEST(test_one_pass_reports_all),
        FIXTURE_TEST(test_wrong_default_stack_is_reported_once),
        FIXTURE_TEST(test_task_limit),
        FIXTURE_TEST(test_very_many_errors_end_early),
        FIXTURE_TEST(test_files_are_out_of_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
