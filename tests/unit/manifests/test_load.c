/* Boards made of several files, in a folder of their own. */
#include "fixture.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/path.h"
#include "manifests/yaml/limits.h"

#include <stdio.h>

static char folder[] = "/tmp/imgbuild-manifests-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const char *in_folder(struct fixture *fixture, const char *name)
{
    return path_join(fixture->arena, folder, name);
}

static const char *write_text(struct fixture *fixture, const char *name, const char *text)
{
    const char *path = in_folder(fixture, name);
    assert_true(folder_create(fixture->arena, path_folder(fixture->arena, path), &fixture->diags));
    assert_true(
        file_write(fixture->arena, path, span_of_text(text), FILE_NOT_SYNCED, &fixture->diags));
    return path;
}

static struct manifest load(struct fixture *fixture, const char *path)
{
    struct manifest manifest = {0};
    const bool loaded =
        manifest_load(fixture->arena, path, NULL, 0, MANIFEST_FOR_PLAN, &manifest, &fixture->diags);
    fixture_no_diags(fixture);
    assert_true(loaded);
    return manifest;
}

static void refuse(struct fixture *fixture, const char *path)
{
    struct manifest manifest = {.major = 77};
    assert_false(manifest_load(fixture->arena, path, NULL, 0, MANIFEST_FOR_PLAN, &manifest,
                               &fixture->diags));
    assert_int_equal(manifest.major, 77); /* untouched */
}

static void write_chip(struct fixture *fixture)
{
    write_text(fixture, "chips/chip.yaml",
               "schema: 1\n"
               "chip: small\n"
               "mpu: {model: pmsav7, regions: 8}\n"
               "memories:\n"
               "  flash: {base: 0x08000000, size: 256K, access: rx}\n"
               "  ram: {base: 0x20000000, size: 64K, access: rw}\n"
               "peripherals:\n"
               "  uart0: {base: 0x40004000, size: 4K, interrupts: {rx: 0}}\n"
               "  uart1: {base: 0x40005000, size: 4K}\n");
}

#define HEAD "schema: 1\nname: demo\ncode_memory: flash\ndata_memory: ram\n"

/* ---- inheritance ---- */

static void test_task_order_is_by_first_position(void **state)
{
    struct fixture *fixture = *state;
    write_chip(fixture);
    write_text(fixture, "one.yaml",
               HEAD "chip: chips/chip.yaml\nstack: 1K\n"
                    "tasks: {a: {priority: 0}, b: {priority: 1}}\n");
    write_text(fixture, "two.yaml", "tasks: {c: {priority: 2}, a: {stack: 2K}}\n");
    const char *path = write_text(fixture, "top.yaml",
                                  "inherit: [one.yaml, two.yaml]\nname: top\n"
                                  "tasks: {d: {priority: 3}, c: null, b: {stack: 512}}\n");
    const struct manifest manifest = load(fixture, path);
    assert_string_equal(manifest.name.text, "top");
    assert_int_equal(manifest.task_count, 3);
    assert_string_equal(manifest.tasks[0].name.text, "a");
    assert_string_equal(manifest.tasks[1].name.text, "b");
    assert_string_equal(manifest.tasks[2].name.text, "d");
    assert_int_equal(manifest.tasks[0].program.stack.value, 2048);
    assert_int_equal(manifest.tasks[1].program.stack.value, 512);
    assert_int_equal(manifest.tasks[2].program.stack.value, 1024);
    /* Each value knows its file: the stack of `a` comes from two.yaml, its priority from one.yaml.
     */
    assert_string_equal(manifest.tasks[0].program.stack.pos.file, in_folder(fixture, "two.yaml"));
    assert_string_equal(manifest.tasks[0].priority.pos.file, in_folder(fixture, "one.yaml"));
    assert_int_equal(manifest.tasks[0].priority.pos.line, 7);
    assert_int_equal(manifest.files.count, 4);
    assert_string_equal(manifest.files.items[0], path);
}

static void test_paths_belong_to_their_file(void **state)
{
    struct fixture *fixture = *state;
    write_chip(fixture);
    write_text(fixture, "lib/base.yaml",
               HEAD "chip: ../chips/chip.yaml\n"
                    "kernel: {objects: [k/*.o], script: k.ld}\n");
    const char *path =
        write_text(fixture, "boards/top.yaml",
                   "inherit: ../lib/base.yaml\nkernel: {objects: !append [\"${x}.o\", /abs.o]}\n"
                   "tasks: {a: {priority: 0, stack: 1K}}\n");
    const struct manifest_variable variables[] = {{"x", "old"}, {"x", "new"}};
    struct manifest manifest;
    assert_true(manifest_load(fixture->arena, path, variables, 2, MANIFEST_FOR_PLAN, &manifest,
                              &fixture->diags));
    const struct manifest_program *kernel = &manifest.kernel.program;
    assert_int_equal(kernel->objects.count, 3);
    assert_string_equal(kernel->objects.items[0].text, in_folder(fixture, "boards/../lib/k/*.o"));
    assert_string_equal(kernel->objects.items[1].text, in_folder(fixture, "boards/new.o"));
    assert_string_equal(kernel->objects.items[2].text, "/abs.o");
    assert_string_equal(kernel->script.text, in_folder(fixture, "boards/../lib/k.ld"));

    /* Shown beside the board, the paths mean the same. */
    const char *shown = manifest_show(&manifest, MANIFEST_PLAIN, fixture->arena);
    path = write_text(fixture, "boards/flat.yaml", shown);
    struct manifest again;
    assert_true(manifest_load(fixture->arena, path, variables, 2, MANIFEST_FOR_PLAN, &again,
                              &fixture->diags));
    assert_int_equal(again.files.count, 1);
    for (size_t i = 0; i < kernel->objects.count; i++)
        assert_string_equal(again.kernel.program.objects.items[i].text,
                            kernel->objects.items[i].text);
    assert_string_equal(again.kernel.program.script.text, kernel->script.text);
    assert_string_equal(manifest_show(&again, MANIFEST_PLAIN, fixture->arena), shown);
}

/* Only what the manifest says is a pattern, not the folder that it happens to lie in. */
static void test_odd_folder(void **state)
{
    struct fixture *fixture = *state;
    const char *path = write_text(fixture, "a[1]*/top.yaml",
                                  HEAD "chip: ../chips/chip.yaml\nkernel: {objects: [\"k*.o\"], "
                                       "libraries: [l.a]}\n" BOARD_TASKS);
    write_chip(fixture);
    write_text(fixture, "a[1]*/k1.o", "");
    const struct manifest manifest = load(fixture, path);
    struct path_list found = {0};
    assert_true(file_glob(fixture->arena, manifest.kernel.program.objects.items[0].text, NOWHERE,
                          &found, &fixture->diags));
    assert_int_equal(found.count, 1);
    assert_string_equal(found.items[0], in_folder(fixture, "a[1]*/k1.o"));
    assert_string_equal(manifest.kernel.program.libraries[0].path, in_folder(fixture, "a[1]*/l.a"));
}

static void test_file_reached_twice(void **state)
{
    struct fixture *fixture = *state;
    write_text(fixture, "common.yaml", "stack: 1K\n");
    write_text(fixture, "left.yaml", "inherit: common.yaml\n");
    const char *path = write_text(fixture, "top.yaml", "inherit: [left.yaml, ././common.yaml]\n");
    refuse(fixture, path);
    const struct diag *diag = fixture_only_diag(fixture, "manifest-inherited-twice");
    assert_int_equal(diag->pos.line, 1);
    assert_int_equal(diag->pos.column, 22);
}

static void test_cycle(void **state)
{
    struct fixture *fixture = *state;
    write_text(fixture, "a.yaml", "inherit: b.yaml\n");
    const char *path = write_text(fixture, "b.yaml", "inherit: a.yaml\n");
    refuse(fixture, path);
    fixture_only_diag(fixture, "manifest-inherited-twice");
}

static void test_missing_file(void **state)
{
    struct fixture *fixture = *state;
    const char *path = write_text(fixture, "top.yaml", "schema: 1\ninherit: nowhere.yaml\n");
    refuse(fixture, path);
    assert_int_equal(fixture_only_diag(fixture, "file-missing")->pos.line, 2);
}

static void test_each_file_has_a_schema_of_its_own(void **state)
{
    struct fixture *fixture = *state;
    write_text(fixture, "base.yaml", "schema: 2\n");
    const char *path = write_text(fixture, "top.yaml", "inherit: base.yaml\nschema: 1\n");
    refuse(fixture, path);
    fixture_only_diag(fixture, "manifest-schema");
}

static void test_huge_file(void **state)
{
    struct fixture *fixture = *state;
    struct buffer text = buffer_in(fixture->arena);
    buffer_fill(&text, '#', LIMIT_FILE_BYTES + 1);
    refuse(fixture, write_text(fixture, "huge.yaml", buffer_text(&text)));
    fixture_only_diag(fixture, "file-too-large");
}

/* ---- chips ---- */

static void test_board_lies_over_its_chip(void **state)
{
    struct fixture *fixture = *state;
    write_chip(fixture);
    const char *path = write_text(fixture, "top.yaml",
                                  HEAD "chip: chips/chip.yaml\n"
                                       "mpu: {reserved: 2, subregions: false}\n"
                                       "memories: {ram: {size: 32K, dma: true}}\n"
                                       "peripherals: {uart1: null, spi: {base: 0x40006000, "
                                       "size: 1K}}\n"
                                       "tasks: {a: {priority: 0, stack: 1K, uses: [spi]}}\n");
    const struct manifest manifest = load(fixture, path);
    assert_string_equal(manifest.chip.text, "small");
    assert_int_equal(manifest.mpu.slots, 8);
    assert_int_equal(manifest.mpu.reserved, 2);
    assert_false(manifest.mpu.subregions);
    assert_int_equal(manifest.memory_count, 2);
    assert_int_equal(manifest.memories[1].size.value, 32 * 1024);
    assert_int_equal(manifest.memories[1].base.value, 0x20000000);
    assert_true(manifest.memories[1].dma && manifest.memories[1].writable);
    assert_int_equal(manifest.peripheral_count, 2);
    assert_string_equal(manifest.peripherals[1].name.text, "spi");
    assert_string_equal(manifest.peripherals[0].base.pos.file,
                        in_folder(fixture, "chips/chip.yaml"));

    /* What the board removed stays removed in the flattened form. */
    path =
        write_text(fixture, "flat.yaml", manifest_show(&manifest, MANIFEST_PLAIN, fixture->arena));
    const struct manifest again = load(fixture, path);
    assert_int_equal(again.peripheral_count, 2);
    assert_int_equal(again.mpu.reserved, 2);
}

static void test_origins(void **state)
{
    struct fixture *fixture = *state;
    write_chip(fixture);
    const char *path = write_text(fixture, "top.yaml", HEAD "chip: chips/chip.yaml\n" BOARD_TASKS);
    const struct manifest manifest = load(fixture, path);
    const char *shown = manifest_show(&manifest, MANIFEST_WITH_ORIGINS, fixture->arena);
    assert_non_null(strstr(shown, arena_format(fixture->arena, "name: demo  # %s:2\n", path)));
    assert_non_null(strstr(shown, arena_format(fixture->arena, "model: pmsav7  # %s:3\n",
                                               in_folder(fixture, "chips/chip.yaml"))));
    /* Comments change nothing. */
    path = write_text(fixture, "flat.yaml", shown);
    const struct manifest again = load(fixture, path);
    assert_string_equal(manifest_show(&again, MANIFEST_PLAIN, fixture->arena),
                        manifest_show(&manifest, MANIFEST_PLAIN, fixture->arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_task_order_is_by_first_position),
        FIXTURE_TEST(test_paths_belong_to_their_file),
        FIXTURE_TEST(test_odd_folder),
        FIXTURE_TEST(test_file_reached_twice),
        FIXTURE_TEST(test_cycle),
        FIXTURE_TEST(test_missing_file),
        FIXTURE_TEST(test_each_file_has_a_schema_of_its_own),
        FIXTURE_TEST(test_huge_file),
        FIXTURE_TEST(test_board_lies_over_its_chip),
        FIXTURE_TEST(test_origins),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
