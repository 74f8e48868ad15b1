#include "cli/archive/check_programs.h"

#include "linker/elf/elf_loads.h"
#include "linker/elf/symbols.h"

#include <stdlib.h>
#include <string.h>

#define KERNEL_NAME  "elf/kernel.elf"
#define TASKS_FOLDER "elf/tasks/"
#define ELF_SUFFIX   ".elf"

/* The ranges that programs load, in the order found. */
struct loads {
    struct checking *checking;
    struct layout_range *items;
    size_t count, capacity;
};

static void add_range(struct loads *loads, struct layout_range range)
{
    if (loads->count == loads->capacity) {
        const size_t capacity = loads->capacity == 0 ? 64 : loads->capacity * 2;
        loads->items = arena_grow(loads->checking->arena, loads->items, loads->count, capacity,
                                  sizeof *loads->items);
        loads->capacity = capacity;
    }
    loads->items[loads->count++] = range;
}

/* ---- bytes ---- */

/* Compares with the image's bytes, which may be in several parts. */
static bool compare_load(struct loads *loads, const char *name, const struct elf_load *load)
{
    const struct checking *checking = loads->checking;
    for (size_t done = 0; done < load->bytes.bytes;) {
        const uint64_t addr = load->addr + done;
        const struct span found = image_bytes_from(&checking->image, addr);
        const size_t rest = load->bytes.bytes - done;
        const size_t count = found.bytes < rest ? found.bytes : rest;
        if (count == 0)
            return diag_error(checking->diags, "program-bytes", checking_pos(checking, name),
                              "it loads bytes at 0x%08llx, where the image has none",
                              (unsigned long long)addr);
        if (memcmp(found.data, load->bytes.data + done, count) != 0)
            return diag_error(checking->diags, "program-bytes", checking_pos(checking, name),
                              "the bytes it loads from 0x%08llx on differ from the image's",
                              (unsigned long long)addr);
        done += count;
    }
    add_range(loads, (struct layout_range){load->addr, load->addr + load->bytes.bytes});
    return true;
}

static bool check_machine(const struct checking *checking, const char *name,
                          const struct elf_loads *of)
{
    return of->machine == checking->image.machine ||
           diag_error(checking->diags, "program-machine", checking_pos(checking, name),
                      "it is for machine %u, but the image is for machine %u", of->machine,
                      checking->image.machine);
}

/* What image.elf takes from the kernel besides its bytes. */
static bool check_start(const struct checking *checking, const struct elf_loads *kernel)
{
    const struct image *image = &checking->image;
    if (kernel->entry == image->entry && kernel->flags == image->flags)
        return true;
    return diag_error(
        checking->diags, "program-entry", checking_pos(checking, KERNEL_NAME),
        "its entry is 0x%08llx with flags 0x%08lx, but the image's is 0x%08llx with flags 0x%08lx",
        (unsigned long long)kernel->entry, (unsigned long)kernel->flags,
        (unsigned long long)image->entry, (unsigned long)image->flags);
}

static bool check_program(struct loads *loads, const char *name, struct span elf)
{
    const struct checking *checking = loads->checking;
    struct elf_loads of;
    const char *problem;
    if (!elf_loads_read(checking->arena, elf, &of, &problem))
        return diag_error(checking->diags, "program-malformed", checking_pos(checking, name),
                          "malformed: %s", problem);
    if (!check_machine(checking, name, &of) ||
        (strcmp(name, KERNEL_NAME) == 0 && !check_start(checking, &of)))
        return false;
    for (size_t i = 0; i < of.count; i++) {
        if (!compare_load(loads, name, &of.items[i]))
            return false;
    }
    return true;
}

static bool check_kernel(struct loads *loads)
{
    const struct checking *checking = loads->checking;
    struct span elf;
    uint64_t header_addr;
    if (!checking_member(checking, KERNEL_NAME, &elf) || !check_program(loads, KERNEL_NAME, elf))
        return false;
    if (symbols_find(elf, "imgbuild_image", &header_addr) &&
        header_addr == checking->image.header_addr)
        return true;
    return diag_error(
        checking->diags, "header-place", checking_pos(checking, KERNEL_NAME),
        "its symbol imgbuild_image is not at 0x%08llx, the address of the image's header",
        (unsigned long long)checking->image.header_addr);
}

/* ---- one for each task ---- */

static bool check_tasks(struct loads *loads)
{
    const struct checking *checking = loads->checking;
    const struct tables_read *tables = &checking->tables;
    bool ok = true;
    for (size_t i = 0; i < tables->task_count; i++) {
        const char *name =
            arena_format(checking->arena, TASKS_FOLDER "%s" ELF_SUFFIX, tables->tasks[i].name);
        const struct archive_member *member = archive_find(checking->archive, name);
        if (member == NULL)
            ok = diag_error(checking->diags, "program-missing",
                            (struct source_pos){checking->path, 0, 0},
                            "%s is missing, but the kernel's tables have that task", name);
        else
            ok = check_program(loads, name, member->content) && ok;
    }
    return ok;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static const char **task_members(const struct checking *checking)
{
    const struct tables_read *tables = &checking->tables;
    const char **names = ARENA_ARRAY(checking->arena, const char *, tables->task_count);
    for (size_t i = 0; i < tables->task_count; i++)
        names[i] =
            arena_format(checking->arena, TASKS_FOLDER "%s" ELF_SUFFIX, tables->tasks[i].name);
    if (tables->task_count > 1)
        qsort(names, tables->task_count, sizeof *names, compare_names);
    return names;
}

/* There is no other file among the programs. */
static bool check_no_others(const struct loads *loads)
{
    static const char folder[] = "elf/";
    const struct checking *checking = loads->checking;
    const struct archive *archive = checking->archive;
    const char **known = task_members(checking);
    bool ok = true;
    for (size_t i = 0; i < archive->member_count; i++) {
        const char *name = archive->members[i].name;
        if (strncmp(name, folder, sizeof folder - 1) != 0 || strcmp(name, KERNEL_NAME) == 0)
            continue;
        if (checking->tables.task_count == 0 || bsearch(&name, known, checking->tables.task_count,
                                                        sizeof *known, compare_names) == NULL)
            ok = diag_error(checking->diags, "program-unknown", checking_pos(checking, name),
                            "it does not belong to any task in the kernel's tables");
    }
    return ok;
}

/* ---- nothing else ---- */

static int compare_ranges(const void *left, const void *right)
{
    const struct layout_range *a = left;
    const struct layout_range *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

/* Both are in ascending order. */
static bool check_nothing_besides(struct loads *loads)
{
    const struct image *image = &loads->checking->image;
    size_t next = 0;
    uint64_t covered = 0; /* everything loaded below it belongs to a program */
    if (loads->checking->info.end > loads->checking->info.start)
        add_range(loads, loads->checking->info);
    if (loads->count > 1)
        qsort(loads->items, loads->count, sizeof *loads->items, compare_ranges);
    for (size_t i = 0; i < image->part_count; i++) {
        const uint64_t end = image->parts[i].addr + image->parts[i].bytes;
        if (covered < image->parts[i].addr)
            covered = image->parts[i].addr;
        while (next < loads->count && loads->items[next].start <= covered) {
            if (loads->items[next].end > covered)
                covered = loads->items[next].end;
            next++;
        }
        if (covered < end)
            return diag_error(loads->checking->diags, "image-no-program",
                              checking_pos(loads->checking, IMAGE_ELF_MEMBER),
                              "the bytes at 0x%08llx do not belong to any program in the archive",
                              (unsigned long long)covered);
    }
    return true;
}

bool check_programs(struct checking *checking)
{
    struct loads loads = {.checking = checking};
    bool ok = check_kernel(&loads);
    ok = check_tasks(&loads) && ok;
    ok = check_no_others(&loads) && ok;
    return ok && check_nothing_besides(&loads);
}
