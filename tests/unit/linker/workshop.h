/* What the tests of linker/ share: a temporary folder, small objects compiled in it, and programs
 * linked from them with both linkers. Each test program includes it once.
 */
#ifndef TESTS_UNIT_LINKER_WORKSHOP_H
#define TESTS_UNIT_LINKER_WORKSHOP_H

#include "linker/link/link.h"
#include "linker/link/link_report.h"
#include "linker/link/linked.h"

#include "base/file.h"
#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TEST(name)   cmocka_unit_test_setup_teardown(name, workshop_open, workshop_close)
#define UNUSED       __attribute__((unused))

struct workshop {
    struct arena *arena;
    struct diag_list diags;
    const char *folder;
};

static const struct toolchain gnu_ld = {.linker = "arm-none-eabi-ld", .is_arm = true};
static const struct toolchain lld = {.linker = "ld.lld"};
static const struct toolchain *const both_linkers[] = {&gnu_ld, &lld};

static void out_of_memory(void)
{
    abort();
}

static int workshop_open(void **state)
{
    char folder[] = "/tmp/imgbuild-test-XXXXXX";
    struct workshop *shop = calloc(1, sizeof *shop);
    if (shop == NULL || mkdtemp(folder) == NULL)
        return -1;
    shop->arena = arena_create(out_of_memory);
    shop->diags = diag_list_in(shop->arena);
    shop->folder = arena_format(shop->arena, "%s", folder);
    *state = shop;
    return 0;
}

static int workshop_close(void **state)
{
    struct workshop *shop = *state;
    const char *command = arena_format(shop->arena, "rm -rf %s", shop->folder);
    const int status = system(command);
    arena_destroy(shop->arena);
    free(shop);
    return status;
}

/* ---- running tools ---- */

/* Runs a shell command in the workshop's folder, which must succeed; what it printed. */
UNUSED static const char *run(struct workshop *shop, const char *command)
{
    const char *output = path_join(shop->arena, shop->folder, "shell-output");
    const char *line =
        arena_format(shop->arena, "cd %s && { %s; } >%s 2>&1", shop->folder, command, output);
    const int status = system(line);
    struct span text;
    if (!file_read(shop->arena, output, 1 << 24, NOWHERE, &text, &shop->diags))
        fail_msg("%s printed nothing", command);
    if (status != 0)
        fail_msg("%s failed: %.*s", command, (int)text.bytes, (const char *)text.data);
    return arena_copy_text(shop->arena, (const char *)text.data, text.bytes);
}

UNUSED static const char *in_folder(struct workshop *shop, const char *name)
{
    return path_join(shop->arena, shop->folder, name);
}

UNUSED static void write_text(struct workshop *shop, const char *name, const char *text)
{
    assert_true(file_write(shop->arena, in_folder(shop, name), span_of_text(text), FILE_NOT_SYNCED,
                           &shop->diags));
}

/* Compiles C text for a Cortex-M4 to NAME.o; the object's path. */
UNUSED static const char *compile(struct workshop *shop, const char *name, const char *source)
{
    write_text(shop, arena_format(shop->arena, "%s.c", name), source);
    run(shop, arena_format(shop->arena,
                           "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -ffunction-sections "
                           "-fdata-sections -ffreestanding -c %s.c -o %s.o",
                           name, name));
    return in_folder(shop, arena_format(shop->arena, "%s.o", name));
}

UNUSED static struct span read_file(struct workshop *shop, const char *path)
{
    struct span bytes = {0};
    assert_true(file_read(shop->arena, path, 1 << 28, NOWHERE, &bytes, &shop->diags));
    return bytes;
}

/* ---- programs ---- */

static const char *const usual_memories[] = {"flash", "ram", "sram2"};
static const struct program_place usual_places[] = {
    {0x08004000, 0x10000}, {0x20001000, 0x8000}, {0x30020000, 0x8000}};
static const struct program_section usual_sections[] = {{"eth_bulk", 2, {0}}};

UNUSED static struct program task_of(const char *const *objects, size_t count)
{
    return (struct program){
        .kind = PROGRAM_TASK,
        .name = "net",
        .objects = objects,
        .object_count = count,
        .entry = "_start",
        .stack_bytes = 1024,
        .stack_align_bytes = 8,
        .memories = usual_memories,
        .memory_count = PROGRAM_FIXED_MEMORIES,
    };
}

UNUSED static struct program kernel_of(const char *const *objects, size_t count)
{
    struct program program = task_of(objects, count);
    program.kind = PROGRAM_KERNEL;
    program.name = "kernel";
    program.entry = "reset_handler";
    return program;
}

struct outcome {
    struct link_step step;
    struct span elf; /* empty when a step failed */
};

/* Links for `places`; a failed step is left to be looked at. */
UNUSED static struct outcome link_at(struct workshop *shop, const struct toolchain *toolchain,
                                     const struct program *program,
                                     const struct program_place *places)
{
    struct outcome outcome = {.elf = {0}};
    struct link_request request = {
        .toolchain = toolchain,
        .program = program,
        .folder = shop->folder,
        .output_path = in_folder(shop, "linked.elf"),
        .places = places,
    };
    outcome.step = link_prepare(shop->arena, &request);
    if (link_run(shop->arena, &outcome.step, 1, &(struct process_pool_options){.parallel = 1},
                 &shop->diags) &&
        !outcome.step.failed)
        outcome.elf = read_file(shop, request.output_path);
    return outcome;
}

/* Links a program, which must work in silence. */
UNUSED static struct span link_well(struct workshop *shop, const struct toolchain *toolchain,
                                    const struct program *program)
{
    const struct outcome outcome = link_at(shop, toolchain, program, usual_places);
    if (outcome.elf.bytes == 0 || outcome.step.output.bytes != 0)
        fail_msg("%s: %.*s", toolchain->linker, (int)outcome.step.output.bytes,
                 (const char *)outcome.step.output.data);
    return outcome.elf;
}

UNUSED static bool has_code(const struct workshop *shop, const char *code)
{
    bool found = false;
    for (size_t i = 0; i < shop->diags.count && !found; i++)
        found = strcmp(shop->diags.items[i].code, code) == 0;
    return found;
}

UNUSED static struct linked read_well(struct workshop *shop, struct span elf,
                                      const struct program *program)
{
    struct linked linked = {0};
    if (!linked_read(shop->arena, elf, "linked.elf", program, usual_places, &linked, &shop->diags))
        fail_msg("%s", shop->diags.items[0].message);
    return linked;
}

#endif
