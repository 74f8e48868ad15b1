#include "cli/report/report_plan.h"

#include "base/shown_text.h"
#include "cli/plan/node_json.h"
#include "layout/model/memory_map.h"
#include "layout/solve/headroom.h"
#include "layout/tables/task_regions.h"

#include <string.h>

/* What a report is made from. */
struct source {
    struct arena *arena;
    const struct plan_slot *slot;
    const struct plan *plan;
    struct headroom headroom;
};

/* ---- programs ---- */

static struct report_region region_of(const struct mpu_region *region, uint32_t attributes)
{
    return (struct report_region){
        .start = region->start,
        .end = region->end,
        .slots = region->slots,
        .mpu_base = region->mpu_base,
        .mpu_size = region->mpu_size,
        .srd = region->srd,
        .attributes = attributes,
    };
}

static const char *fixed_kind(enum layout_fixed_kind kind)
{
    switch (kind) {
    case LAYOUT_PERIPHERAL:
        return "peripheral";
    case LAYOUT_MAP:
        return "map";
    case LAYOUT_INFO:
        return "info";
    }
    return "";
}

static void set_limit(const struct source *source, size_t task, struct report_block *block)
{
    const struct manifest_task *from = &source->slot->manifest->tasks[task];
    for (size_t i = 0; i < from->limit_count; i++) {
        if (from->limits[i].memory.index != block->memory)
            continue;
        block->has_limit = true;
        block->limit_bytes = from->limits[i].value;
    }
}

static void set_headroom(const struct source *source, size_t task, size_t need,
                         struct report_block *block)
{
    for (size_t i = 0; i < source->headroom.block_count; i++) {
        const struct headroom_block *found = &source->headroom.blocks[i];
        if (found->task != task || found->need != need)
            continue;
        block->has_headroom = true;
        block->headroom_bytes = found->bytes;
    }
}

static struct report_block block_of(const struct source *source, size_t task, size_t index)
{
    const struct layout_block *from = &source->plan->layout.tasks[task].blocks[index];
    const uint32_t attributes = source->plan->request.memories[from->memory].attributes;
    struct report_region *regions =
        ARENA_ARRAY(source->arena, struct report_region, from->region_count);
    for (size_t i = 0; i < from->region_count; i++)
        regions[i] = region_of(&from->regions[i], attributes);
    struct report_block block = {
        .memory = from->memory,
        .base = from->range.start,
        .bytes = from->range.end - from->range.start,
        .need_bytes = from->need_bytes,
        .regions = regions,
        .region_count = from->region_count,
    };
    set_limit(source, task, &block);
    set_headroom(source, task, index, &block);
    return block;
}

static void set_fixed(const struct source *source, const struct layout_task_answer *from,
                      struct report_program *program)
{
    struct report_fixed *fixed = ARENA_ARRAY(source->arena, struct report_fixed, from->fixed_count);
    for (size_t i = 0; i < from->fixed_count; i++)
        fixed[i] = (struct report_fixed){
            .kind = fixed_kind(from->fixed[i].kind),
            .names = from->fixed[i].names,
            .name_count = from->fixed[i].name_count,
            .region =
                region_of(&from->fixed[i].region, task_regions_fixed_attributes(&from->fixed[i])),
        };
    program->fixed = fixed;
    program->fixed_count = from->fixed_count;
}

/* ---- what the manifest says about a task ---- */

static struct report_texts names_of_peripherals(const struct source *source,
                                                const struct manifest_refs *refs)
{
    const char **items = ARENA_ARRAY(source->arena, const char *, refs->count);
    for (size_t i = 0; i < refs->count; i++)
        items[i] = source->slot->manifest->peripherals[refs->items[i].index].name.text;
    return (struct report_texts){items, refs->count};
}

static struct report_texts names_of_memories(const struct source *source,
                                             const struct manifest_refs *refs)
{
    const char **items = ARENA_ARRAY(source->arena, const char *, refs->count);
    for (size_t i = 0; i < refs->count; i++)
        items[i] = source->slot->manifest->memories[refs->items[i].index].name.text;
    return (struct report_texts){items, refs->count};
}

static struct report_texts texts_of(const struct source *source, const struct manifest_texts *texts)
{
    const char **items = ARENA_ARRAY(source->arena, const char *, texts->count);
    for (size_t i = 0; i < texts->count; i++)
        items[i] = texts->items[i].text;
    return (struct report_texts){items, texts->count};
}

static void set_interrupts(const struct source *source, const struct manifest_task *task,
                           struct report_program *program)
{
    struct report_interrupt *interrupts =
        ARENA_ARRAY(source->arena, struct report_interrupt, task->interrupt_count);
    for (size_t i = 0; i < task->interrupt_count; i++) {
        const struct manifest_interrupt *from = &task->interrupts[i];
        interrupts[i] = (struct report_interrupt){
            from->name.text, from->number, task->notifications.items[from->notification].text};
    }
    program->interrupts = interrupts;
    program->interrupt_count = task->interrupt_count;
}

static struct report_program task_of(const struct source *source, size_t index)
{
    const struct manifest_task *task = &source->slot->manifest->tasks[index];
    const struct layout_task_answer *answer = &source->plan->layout.tasks[index];
    struct report_block *blocks =
        ARENA_ARRAY(source->arena, struct report_block, answer->block_count);
    for (size_t i = 0; i < answer->block_count; i++)
        blocks[i] = block_of(source, index, i);
    struct report_program program = {
        .name = task->name.text,
        .blocks = blocks,
        .block_count = answer->block_count,
        .priority = task->priority.value,
        .is_started = task->start.value,
        .slots_used = answer->slots_used,
        .slots_free = answer->slots_free,
        .uses = names_of_peripherals(source, &task->uses),
        .maps = names_of_memories(source, &task->maps),
        .notifications = texts_of(source, &task->notifications),
    };
    set_fixed(source, answer, &program);
    set_interrupts(source, task, &program);
    return program;
}

static struct report_program kernel_of(const struct source *source)
{
    const struct layout *layout = &source->plan->layout;
    struct report_block *blocks =
        ARENA_ARRAY(source->arena, struct report_block, layout->kernel_count);
    for (size_t i = 0; i < layout->kernel_count; i++)
        blocks[i] = (struct report_block){
            .memory = layout->kernel[i].memory,
            .base = layout->kernel[i].range.start,
            .bytes = layout->kernel[i].range.end - layout->kernel[i].range.start,
            .need_bytes = layout->kernel[i].need_bytes,
        };
    return (struct report_program){
        .name = "kernel",
        .blocks = blocks,
        .block_count = layout->kernel_count,
        .maps = names_of_memories(source, &source->slot->manifest->kernel.maps),
    };
}

static void set_programs(const struct source *source, struct report *report)
{
    const size_t task_count = source->plan->layout.task_count;
    struct report_program *programs =
        ARENA_ARRAY(source->arena, struct report_program, task_count + 1);
    programs[REPORT_KERNEL] = kernel_of(source);
    for (size_t i = 0; i < task_count; i++)
        programs[1 + i] = task_of(source, i);
    report->programs = programs;
    report->program_count = task_count + 1;
}

/* ---- memories ---- */

static enum report_row_kind row_kind(enum memory_map_kind kind)
{
    switch (kind) {
    case MEMORY_MAP_SKIP:
        return REPORT_ROW_SKIP;
    case MEMORY_MAP_HOLE:
        return REPORT_ROW_HOLE;
    case MEMORY_MAP_KERNEL:
        return REPORT_ROW_KERNEL;
    case MEMORY_MAP_BLOCK:
        return REPORT_ROW_TASK;
    case MEMORY_MAP_INFO:
        return REPORT_ROW_INFO;
    case MEMORY_MAP_GAP:
        return REPORT_ROW_GAP;
    case MEMORY_MAP_FREE:
        return REPORT_ROW_FREE;
    }
    return REPORT_ROW_FREE;
}

static size_t block_at(const struct report_program *program, size_t memory)
{
    for (size_t i = 0; i < program->block_count; i++) {
        if (program->blocks[i].memory == memory)
            return i;
    }
    return REPORT_NONE;
}

static struct report_row row_of(const struct report *report, size_t memory,
                                const struct memory_map_row *from)
{
    struct report_row row = {
        .kind = row_kind(from->kind),
        .start = from->range.start,
        .bytes = from->range.end - from->range.start,
        .need_bytes = from->need_bytes,
        .program = REPORT_NONE,
        .block = REPORT_NONE,
    };
    if (from->kind == MEMORY_MAP_KERNEL)
        row.program = REPORT_KERNEL;
    if (from->kind == MEMORY_MAP_BLOCK)
        row.program = 1 + from->task;
    if (row.program != REPORT_NONE)
        row.block = block_at(&report->programs[row.program], memory);
    return row;
}

static struct report_memory memory_of(const struct source *source, const struct report *report,
                                      size_t index)
{
    const struct layout_memory *memory = &source->plan->request.memories[index];
    const struct layout_memory_answer *answer = &source->plan->layout.memories[index];
    const struct memory_map map =
        memory_map_of(&source->plan->request, &source->plan->layout, index, source->arena);
    const struct memory_map_totals totals = memory_map_total(&map);
    struct report_row *rows = ARENA_ARRAY(source->arena, struct report_row, map.row_count);
    for (size_t i = 0; i < map.row_count; i++)
        rows[i] = row_of(report, index, &map.rows[i]);
    return (struct report_memory){
        .name = memory->name,
        .base = memory->base,
        .size = memory->size,
        .attributes = memory->attributes,
        .rows = rows,
        .row_count = map.row_count,
        .used_bytes = totals.used,
        .free_bytes = totals.free,
        .padding_bytes = totals.padding,
        .gap_bytes = totals.gap,
        .has_owner = totals.has_owner,
        .task_need_bytes = answer->need_bytes,
        .task_padding_bytes = answer->padding_bytes,
        .task_gap_bytes = answer->gap_bytes,
        .bound_bytes = answer->bound_bytes,
    };
}

static void set_memories(const struct source *source, struct report *report)
{
    const size_t count = source->plan->layout.memory_count;
    struct report_memory *memories = ARENA_ARRAY(source->arena, struct report_memory, count);
    for (size_t i = 0; i < count; i++)
        memories[i] = memory_of(source, report, i);
    report->memories = memories;
    report->memory_count = count;
}

/* ---- what happened to the lock's blocks ---- */

static const char *reason_text(const struct source *source, const struct layout_move *move)
{
    const unsigned long long bytes = move->bytes;
    switch (move->reason) {
    case LAYOUT_STAYED:
        return "";
    case LAYOUT_OUTGROWN:
        return arena_format(source->arena, "it needs %llu bytes more than its block had", bytes);
    case LAYOUT_MISALIGNED:
        return "its block is not where it must start";
    case LAYOUT_PIN_CHANGED:
        return "the manifest pins it to another address";
    case LAYOUT_OUTSIDE:
        return "the memory no longer contains its old block";
    case LAYOUT_UNDER_KERNEL:
        return arena_format(source->arena, "the kernel grew %llu bytes into it", bytes);
    case LAYOUT_OVERLAPPED:
        return arena_format(source->arena, "%s is now there",
                            source->plan->request.tasks[move->other].name);
    case LAYOUT_TOO_MANY_SLOTS:
        return "its task has too few slots for its old regions";
    case LAYOUT_MADE_ROOM:
        return "to make room for other blocks";
    }
    return "";
}

static const char *move_kind(enum layout_move_kind kind)
{
    switch (kind) {
    case LAYOUT_KEPT:
        return "kept";
    case LAYOUT_RESIZED:
        return "resized";
    case LAYOUT_MOVED:
        return "moved";
    case LAYOUT_NEW:
        return "new";
    }
    return "";
}

static void set_moves(const struct source *source, struct report *report)
{
    const struct layout_moves *from = &source->plan->moves;
    report->is_locked = source->plan->is_locked;
    if (!report->is_locked)
        return;
    struct report_move *moves = ARENA_ARRAY(source->arena, struct report_move, from->count);
    for (size_t i = 0; i < from->count; i++)
        moves[i] = (struct report_move){
            .program = 1 + from->items[i].task,
            .block = from->items[i].need,
            .kind = move_kind(from->items[i].kind),
            .reason = reason_text(source, &from->items[i]),
            .boundaries_changed = from->items[i].boundaries_changed,
        };
    report->moves = moves;
    report->move_count = from->count;
}

/* ---- the whole report ---- */

static void set_identity(const struct source *source, struct report *report)
{
    struct arena *arena = source->arena;
    const struct manifest *manifest = source->slot->manifest;
    report->name = shown_text(arena, manifest->name.text);
    report->board = shown_text(arena, manifest->board.text);
    report->slot = source->slot->name;
    report->version =
        arena_format(arena, "%llu.%llu.%llu", (unsigned long long)manifest->major,
                     (unsigned long long)manifest->minor, (unsigned long long)manifest->patch);
    report->epoch = manifest->epoch;
    report->id = "";
    struct json_writer writer = json_writer_in(arena, JSON_LINE);
    if (manifest->compat != NULL)
        node_json_write(&writer, NULL, manifest->compat, NODE_JSON_TEXT);
    report->compat = manifest->compat == NULL ? "{}" : json_writer_end_inline(&writer);
}

static void set_next_to_hurt(const struct source *source, struct report *report)
{
    const struct headroom *headroom = &source->headroom;
    report->hurt_program = REPORT_NONE;
    report->hurt_block = REPORT_NONE;
    if (headroom->next_to_hurt == headroom->block_count)
        return;
    report->hurt_program = 1 + headroom->blocks[headroom->next_to_hurt].task;
    report->hurt_block = headroom->blocks[headroom->next_to_hurt].need;
}

struct report report_of_plan(const struct plan_slot *slot, const struct plan *plan,
                             struct arena *arena)
{
    const struct mpu *mpu = &plan->layout.mpu;
    struct source source = {.arena = arena, .slot = slot, .plan = plan};
    if (!plan->is_overflowing)
        source.headroom = headroom_find(&plan->request, &plan->layout, arena);
    struct report report = {
        .is_overflowing = plan->is_overflowing,
        .mpu_model = mpu_model_name(mpu->model),
        .mpu_slots = mpu->slots,
        .mpu_reserved = mpu->reserved,
        .has_subregions = mpu->subregions,
        .bound_bytes = plan->layout.bound_bytes,
    };
    set_identity(&source, &report);
    set_programs(&source, &report);
    set_memories(&source, &report);
    set_next_to_hurt(&source, &report);
    set_moves(&source, &report);
    return report;
}
