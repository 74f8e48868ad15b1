/* The kernel's tables, from the manifest, the layout and the linked tasks. */
#include "cli/build/build_tables.h"

#include "layout/tables/tables.h"
#include "linker/link/table_object.h"

static struct tables_task table_task(const struct slot_build *slot, size_t index)
{
    const struct manifest_task *task = &slot->slot->manifest->tasks[index];
    const struct linked *linked = &slot->built[index + 1].linked; /* all zero before the link */
    return (struct tables_task){
        .name = task->name.text,
        .entry = linked->entry,
        .stack_base = linked->stack_base,
        .stack_top = linked->stack_top,
        .priority = (uint8_t)task->priority.value,
        .start = task->start.value,
    };
}

static const struct tables_irq *table_irqs(const struct slot_build *slot, size_t *ret_count)
{
    const struct manifest *manifest = slot->slot->manifest;
    size_t count = 0;
    for (size_t i = 0; i < manifest->task_count; i++)
        count += manifest->tasks[i].interrupt_count;
    struct tables_irq *irqs = ARENA_ARRAY(slot->build->arena, struct tables_irq, count);
    *ret_count = 0;
    for (size_t i = 0; i < manifest->task_count; i++) {
        const struct manifest_task *task = &manifest->tasks[i];
        for (size_t k = 0; k < task->interrupt_count; k++)
            irqs[(*ret_count)++] =
                (struct tables_irq){(uint32_t)task->interrupts[k].number, (uint32_t)i,
                                    UINT32_C(1) << task->interrupts[k].notification};
    }
    return irqs;
}

bool build_tables(struct slot_build *slot, enum tables_state state, struct span *ret)
{
    struct build *build = slot->build;
    const struct manifest *manifest = slot->slot->manifest;
    struct tables_task *tasks = ARENA_ARRAY(build->arena, struct tables_task, manifest->task_count);
    for (size_t i = 0; i < manifest->task_count; i++)
        tasks[i] = table_task(slot, i);
    size_t irq_count;
    const struct tables_irq *irqs = table_irqs(slot, &irq_count);
    const struct layout_request unsized = plan_request(slot->slot, &slot->sizes, build->arena);
    const struct tables_input input = {
        .name = manifest->name.text,
        .board = manifest->board.text,
        .slot = slot->slot->name,
        .image_base = slot->image_range.start,
        .image_bytes = slot->image_range.end - slot->image_range.start,
        .major = (uint32_t)manifest->major,
        .minor = (uint32_t)manifest->minor,
        .patch = (uint32_t)manifest->patch,
        .epoch = (uint32_t)manifest->epoch,
        .tasks = tasks,
        .task_count = manifest->task_count,
        .irqs = irqs,
        .irq_count = irq_count,
        .request = state == TABLES_FINAL ? &slot->plan.request : &unsized,
        .layout = state == TABLES_FINAL ? &slot->plan.layout : NULL,
    };
    struct tables tables;
    return tables_encode(&input, build->arena, &tables, build->diags) &&
           table_object_build(build->arena, &tables, &build->target, ret, build->diags);
}
