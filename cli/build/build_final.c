/* The layout, and the link of every program at its final addresses. */
#include "cli/build/build_stage.h"

#include "base/path.h"
#include "cli/build/build_link.h"
#include "cli/build/build_outputs.h"
#include "cli/report/report_html.h"
#include "cli/report/report_plan.h"
#include "cli/report/report_text.h"

enum { LAYOUT_ROUNDS_MOST = 4 };

/* ---- from the layout to places ---- */

/* Where a program lies in a memory; false when it has no block there. */
static bool find_range(const struct slot_build *slot, size_t program, size_t memory,
                       struct layout_range *ret)
{
    const struct layout *layout = &slot->plan.layout;
    if (program == KERNEL_PROGRAM) {
        for (size_t i = 0; i < layout->kernel_count; i++) {
            if (layout->kernel[i].memory == memory) {
                *ret = layout->kernel[i].range;
                return true;
            }
        }
        return false;
    }
    const struct layout_task_answer *task = &layout->tasks[program - 1];
    for (size_t i = 0; i < task->block_count; i++) {
        if (task->blocks[i].memory == memory) {
            *ret = task->blocks[i].range;
            return true;
        }
    }
    return false;
}

/* Where the solver could choose a data memory, the program uses the one chosen. */
static void follow_choice(struct slot_build *slot, size_t program)
{
    struct build_program *item = &slot->programs.items[program];
    const struct manifest_refs *choice =
        &slot->slot->manifest->tasks[item->task].program.data_memories;
    struct layout_range range;
    for (size_t i = 0; i < choice->count; i++) {
        const size_t memory = choice->items[i].index;
        if (find_range(slot, program, memory, &range))
            build_programs_set_data_memory(item, slot->slot->manifest, memory, slot->build->arena);
    }
}

/* A place extends to the end of its memory, as in the trial link: so a program that did not move
 * needs no new script. */
static void set_places(struct slot_build *slot, size_t program)
{
    struct build_program *item = &slot->programs.items[program];
    if (item->task != MANIFEST_NONE)
        follow_choice(slot, program);
    for (size_t i = 0; i < item->program.memory_count; i++) {
        const struct manifest_memory *memory = &slot->slot->memories[item->memories[i]];
        const uint64_t end = memory->base.value + memory->size.value;
        struct layout_range range;
        slot->places[program][i] = slot->trial_places[program][i];
        if (find_range(slot, program, item->memories[i], &range))
            slot->places[program][i] = (struct program_place){range.start, end - range.start};
    }
}

/* The loaded bytes of all programs at their final addresses with the sizes of the last link, and
 * the info block. */
static struct layout_range image_range_of(const struct slot_build *slot)
{
    const size_t code_memory = slot->programs.items[KERNEL_PROGRAM].memories[PROGRAM_CODE];
    struct layout_range range = {UINT64_MAX, 0};
    for (size_t i = 0; i < slot->programs.count; i++) {
        if (slot->programs.items[i].memories[PROGRAM_CODE] != code_memory)
            continue;
        const struct built_program *last =
            slot->built[i].places == NULL ? &slot->trial[i] : &slot->built[i];
        const uint64_t old_base = last->places[PROGRAM_CODE].base;
        const uint64_t new_base = slot->places[i][PROGRAM_CODE].base;
        for (size_t k = 0; k < last->linked.segment_count; k++) {
            const struct linked_segment *segment = &last->linked.segments[k];
            const uint64_t start = segment->load_addr - old_base + new_base;
            const uint64_t end = start + segment->bytes.bytes;
            range.start = start < range.start ? start : range.start;
            range.end = end > range.end ? end : range.end;
        }
    }
    const struct layout_range *info = &slot->plan.layout.info;
    if (info->end > info->start && info->end > range.end)
        range.end = info->end;
    return range;
}

/* ---- linking ---- */

static bool link_tasks(struct slot_build *slot)
{
    struct arena *arena = slot->build->arena;
    struct link_step *steps = ARENA_ARRAY(arena, struct link_step, slot->programs.count);
    size_t count = 0;
    for (size_t i = KERNEL_PROGRAM + 1; i < slot->programs.count; i++)
        steps[count++] =
            stage_link_step(slot, i, slot->places[i], &slot->image_range, STAGE_TO_KEEP,
                            path_join(arena, slot->folders[i], "final/linked.elf"), NULL);
    if (!build_link_steps(slot->build, steps, count, "linking"))
        return false;
    bool ok = true;
    for (size_t i = KERNEL_PROGRAM + 1; i < slot->programs.count; i++)
        ok = stage_read(slot, i, path_join(arena, slot->folders[i], "final/linked.elf"),
                        slot->places[i], &slot->built[i]) &&
             ok;
    for (size_t i = 0; i < count; i++)
        slot->built[KERNEL_PROGRAM + 1 + i].map_path = steps[i].map_path;
    return ok;
}

static bool link_kernel(struct slot_build *slot)
{
    struct arena *arena = slot->build->arena;
    const char *folder = slot->folders[KERNEL_PROGRAM];
    const char *tables_path = path_join(arena, folder, "final/tables.o");
    const char *output_path = path_join(arena, folder, "final/linked.elf");
    struct span tables;
    if (!stage_tables(slot, TABLES_FINAL, &tables) ||
        !file_write(arena, tables_path, tables, FILE_NOT_SYNCED, slot->build->diags))
        return false;
    struct link_step step =
        stage_link_step(slot, KERNEL_PROGRAM, slot->places[KERNEL_PROGRAM], &slot->image_range,
                        STAGE_TO_KEEP, output_path, tables_path);
    struct built_program *built = &slot->built[KERNEL_PROGRAM];
    if (!build_link_steps(slot->build, &step, 1, "linking the kernel") ||
        !stage_read(slot, KERNEL_PROGRAM, output_path, slot->places[KERNEL_PROGRAM], built))
        return false;
    built->map_path = step.map_path;
    return linked_check_vectors(&built->linked, &slot->programs.items[KERNEL_PROGRAM].program,
                                slot->build->diags);
}

/* ---- did any program outgrow its measured size? ---- */

/* Adds what a program needs beyond what it was given; true when no program needs more.
 */
static bool keep_growth(struct slot_build *slot, size_t program)
{
    struct plan_program_sizes *sizes =
        program == KERNEL_PROGRAM ? &slot->sizes.kernel : &slot->sizes.tasks[program - 1];
    const struct plan_program_sizes linked = stage_sizes(slot, program, &slot->built[program]);
    struct plan_size *items =
        ARENA_ARRAY(slot->build->arena, struct plan_size, sizes->count + linked.count);
    size_t count = 0;
    for (; count < sizes->count; count++)
        items[count] = sizes->items[count];
    bool fits = true;
    for (size_t i = 0; i < linked.count; i++) {
        const struct plan_size *now = &linked.items[i];
        struct layout_range range = {0, 0};
        (void)find_range(slot, program, now->memory, &range);
        if (now->bytes <= range.end - range.start && range.start % now->align_bytes == 0)
            continue;
        fits = false;
        size_t at = 0;
        while (at < count && items[at].memory != now->memory)
            at++;
        if (at == count)
            items[count++] = *now;
        items[at].bytes = now->bytes > items[at].bytes ? now->bytes : items[at].bytes;
        if (now->align_bytes > items[at].align_bytes)
            items[at].align_bytes = now->align_bytes;
    }
    *sizes = (struct plan_program_sizes){items, count};
    return fits;
}

static bool all_fit(struct slot_build *slot)
{
    bool fits = true;
    for (size_t i = 0; i < slot->programs.count; i++)
        fits = keep_growth(slot, i) && fits;
    const struct layout_range range = image_range_of(slot);
    return fits && range.start == slot->image_range.start && range.end == slot->image_range.end;
}

/* Writes the reports of a layout that does not fit, so that people see where the bytes are; what
 * else lies in the folder is left as it is. */
static void report_overflow(struct slot_build *slot)
{
    struct arena *arena = slot->build->arena;
    const char *folder = build_outputs_folder(slot->build, slot->slot);
    struct plan plan;
    if (!plan_overflowing(slot->slot, &slot->sizes, arena, &plan) ||
        !folder_create(arena, folder, slot->build->diags))
        return;
    const struct report report = report_of_plan(slot->slot, &plan, arena);
    if (file_write(arena, path_join(arena, folder, "report.txt"),
                   span_of_text(report_text(&report, arena)), FILE_NOT_SYNCED,
                   slot->build->diags) &&
        file_write(arena, path_join(arena, folder, "report.html"),
                   span_of_text(report_html(&report, arena)), FILE_NOT_SYNCED, slot->build->diags))
        diag_add(slot->build->diags, DIAG_NOTE, "layout-report", slot->slot->manifest->name.pos,
                 "%s/report.html shows where the bytes are", folder);
}

static bool lay_out(struct slot_build *slot)
{
    const struct plan_lock lock =
        lock_file_of_slot(&slot->build->lock, slot->slot, slot->build->arena);
    if (!plan_layout(slot->slot, &slot->sizes, &lock, slot->build->arena, &slot->plan,
                     slot->build->diags)) {
        report_overflow(slot);
        return false;
    }
    for (size_t i = 0; i < slot->programs.count; i++)
        set_places(slot, i);
    slot->image_range = image_range_of(slot);
    return true;
}

bool stage_final(struct slot_build *slot)
{
    for (unsigned round = 0; round < LAYOUT_ROUNDS_MOST; round++) {
        if (!lay_out(slot) || !link_tasks(slot) || !link_kernel(slot))
            return false;
        if (all_fit(slot))
            return true;
    }
    diag_error(slot->build->diags, "build-unsettled", slot->slot->manifest->name.pos,
               "after %d rounds a program is still larger at its final address than measured",
               LAYOUT_ROUNDS_MOST);
    diag_hint(slot->build->diags, "run again with `-v` to see the sizes, and report this as a bug");
    return false;
}
