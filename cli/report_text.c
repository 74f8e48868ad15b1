#include "cli/report_text.h"

#include "base/buffer.h"
#include "layout/headroom.h"
#include "layout/memory_map.h"

#include <imgbuild/tables.h>
#include <string.h>

enum { KIB = 1024, MIB = 1024 * 1024 };

struct report {
    struct buffer out;
    const struct plan *plan;
    struct headroom headroom;
    const struct plan_slot *slot;
    const struct layout_request *request;
    const struct layout *layout;
    size_t owner_width;
};

static unsigned long long wide(uint64_t value)
{
    return value;
}

const char *report_text_bytes(struct arena *arena, uint64_t bytes)
{
    if (bytes != 0 && bytes % MIB == 0)
        return arena_format(arena, "%lluM", wide(bytes / MIB));
    if (bytes != 0 && bytes % KIB == 0)
        return arena_format(arena, "%lluK", wide(bytes / KIB));
    return arena_format(arena, "%llu", wide(bytes));
}

/* Parts per hundred with two digits, from integers, rounded to the nearest. */
static const char *percent(struct arena *arena, uint64_t part, uint64_t whole)
{
    if (whole == 0)
        return "0.00%";
    const uint64_t hundredths = (part * 10000 + whole / 2) / whole;
    return arena_format(arena, "%llu.%02llu%%", wide(hundredths / 100), wide(hundredths % 100));
}

static const char *percent_above(struct arena *arena, uint64_t taken, uint64_t bound)
{
    return percent(arena, taken > bound ? taken - bound : 0, bound);
}

static const char *attributes_text(struct arena *arena, uint32_t attributes)
{
    return arena_format(arena, "%c%c%c%s", attributes & IMGBUILD_READ ? 'r' : '-',
                        attributes & IMGBUILD_WRITE ? 'w' : '-',
                        attributes & IMGBUILD_EXECUTE ? 'x' : '-',
                        attributes & IMGBUILD_DMA ? "d" : "");
}

static const char *owner_of(const struct report *report, const struct memory_map_row *row)
{
    switch (row->kind) {
    case MEMORY_MAP_SKIP:
        return "-skip-";
    case MEMORY_MAP_HOLE:
        return "-hole-";
    case MEMORY_MAP_KERNEL:
        return "kernel";
    case MEMORY_MAP_BLOCK:
        return report->request->tasks[row->task].name;
    case MEMORY_MAP_INFO:
        return "-info-";
    case MEMORY_MAP_GAP:
        return "-gap-";
    case MEMORY_MAP_FREE:
        return "-free-";
    }
    return "";
}

static uint64_t row_bytes(const struct memory_map_row *row)
{
    return row->range.end - row->range.start;
}

/* The kernel has what its tasks must not have: in the table every row shows the memory's own
 * access. */
static void put_row(struct report *report, const struct memory_map_row *row, const char *attributes)
{
    const char *shown = memory_map_has_owner(row) ? attributes : "-";
    const char *need = memory_map_has_owner(row)
                           ? arena_format(report->out.arena, "%llu", wide(row->need_bytes))
                           : "-";
    buffer_format(&report->out, "  0x%08llx %10llu  %-5s %-*s %10s\n", wide(row->range.start),
                  wide(row_bytes(row)), shown, (int)report->owner_width, owner_of(report, row),
                  need);
}

static void put_memory(struct report *report, size_t index)
{
    struct arena *arena = report->out.arena;
    const struct layout_memory *memory = &report->request->memories[index];
    const struct layout_memory_answer *answer = &report->layout->memories[index];
    const struct memory_map map = memory_map_of(report->request, report->layout, index, arena);
    const struct memory_map_totals totals = memory_map_total(&map);
    if (!totals.has_owner)
        return;

    const char *attributes = attributes_text(arena, memory->attributes);
    buffer_format(&report->out, "\n%s: %s at 0x%08llx, %s\n", memory->name,
                  report_text_bytes(arena, memory->size), wide(memory->base), attributes);
    buffer_format(&report->out, "  %-10s %10s  %-5s %-*s %10s\n", "ADDRESS", "SIZE", "ATTR",
                  (int)report->owner_width, "OWNER", "NEED");
    for (size_t i = 0; i < map.row_count; i++)
        put_row(report, &map.rows[i], attributes);

    buffer_format(&report->out, "  %-10s %10llu\n", "total", wide(totals.size));
    buffer_format(&report->out, "  used %llu (%s), free %llu; padding %llu, gaps %llu\n",
                  wide(totals.used), percent(arena, totals.used, totals.size), wide(totals.free),
                  wide(totals.padding), wide(totals.gap));
    const uint64_t taken = answer->need_bytes + answer->padding_bytes + answer->gap_bytes;
    if (answer->need_bytes != 0)
        buffer_format(
            &report->out,
            "  tasks need %llu and take %llu, %s more; %s above the least possible, %llu\n",
            wide(answer->need_bytes), wide(taken),
            percent(arena, taken - answer->need_bytes, answer->need_bytes),
            percent_above(arena, taken, answer->bound_bytes), wide(answer->bound_bytes));
}

/* The joint bound: a memory's own supposes that every slot is spent there. */
static void put_sum(struct report *report)
{
    uint64_t need = 0;
    uint64_t taken = 0;
    for (size_t i = 0; i < report->layout->memory_count; i++) {
        const struct layout_memory_answer *answer = &report->layout->memories[i];
        need += answer->need_bytes;
        taken += answer->need_bytes + answer->padding_bytes + answer->gap_bytes;
    }
    const uint64_t bound = report->layout->bound_bytes;
    struct arena *arena = report->out.arena;
    buffer_format(&report->out,
                  "\nall memories: tasks need %llu and take %llu, %s more; %s above the least "
                  "possible, %llu\n",
                  wide(need), wide(taken), percent(arena, taken - need, need),
                  percent_above(arena, taken, bound), wide(bound));
}

/* ---- tasks ---- */

static const char *limit_of(const struct report *report, size_t task, size_t memory)
{
    const struct manifest_task *from = &report->slot->manifest->tasks[task];
    for (size_t i = 0; i < from->limit_count; i++) {
        if (from->limits[i].memory.index == memory)
            return arena_format(report->out.arena, "%llu", wide(from->limits[i].value));
    }
    return "-";
}

/* By how much a task's need can grow before another block moves. */
static const char *headroom_of(const struct report *report, size_t task, size_t need)
{
    for (size_t i = 0; i < report->headroom.block_count; i++) {
        const struct headroom_block *block = &report->headroom.blocks[i];
        if (block->task == task && block->need == need)
            return arena_format(report->out.arena, "%llu", wide(block->bytes));
    }
    return "-";
}

static const char *regions_text(struct arena *arena, const struct layout_block *block)
{
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < block->region_count; i++)
        buffer_format(&out, "%s%llu", i == 0 ? "" : "+",
                      wide(block->regions[i].end - block->regions[i].start));
    return buffer_text(&out);
}

static void put_block(struct report *report, size_t task, size_t index, const char *name,
                      const char *slots)
{
    const struct layout_block *block = &report->layout->tasks[task].blocks[index];
    buffer_format(&report->out, "  %-*s %-10s %10llu %10llu %10s %10s %6s  %s\n",
                  (int)report->owner_width, name, report->request->memories[block->memory].name,
                  wide(block->need_bytes), wide(block->range.end - block->range.start),
                  limit_of(report, task, block->memory), headroom_of(report, task, index), slots,
                  regions_text(report->out.arena, block));
}

static void put_fixed(struct report *report, const struct layout_fixed *fixed)
{
    struct buffer names = buffer_in(report->out.arena);
    for (size_t i = 0; i < fixed->name_count; i++)
        buffer_format(&names, "%s%s", i == 0 ? "" : "+", fixed->names[i]);
    buffer_format(&report->out, "  %-*s %s\n", (int)report->owner_width, "", buffer_text(&names));
}

static void put_task(struct report *report, size_t index)
{
    const struct layout_task_answer *task = &report->layout->tasks[index];
    const uint32_t slots = report->layout->mpu.slots - report->layout->mpu.reserved;
    const char *name = report->request->tasks[index].name;
    const char *used = arena_format(report->out.arena, "%u/%u", task->slots_used, slots);
    if (task->block_count == 0)
        buffer_format(&report->out, "  %-*s %-10s %10s %10s %10s %10s %6s\n",
                      (int)report->owner_width, name, "-", "-", "-", "-", "-", used);
    for (size_t i = 0; i < task->block_count; i++)
        put_block(report, index, i, i == 0 ? name : "", i == 0 ? used : "");
    for (size_t i = 0; i < task->fixed_count; i++)
        put_fixed(report, &task->fixed[i]);
}

/* HEADROOM: how far a need can grow with no other block moving. */
static void put_next_to_hurt(struct report *report)
{
    const struct headroom *headroom = &report->headroom;
    if (headroom->next_to_hurt == headroom->block_count)
        return;
    const struct headroom_block *block = &headroom->blocks[headroom->next_to_hurt];
    const size_t memory = report->layout->tasks[block->task].blocks[block->need].memory;
    buffer_format(&report->out,
                  "\nnext to hurt: %s in %s; when it grows by more than %llu bytes, other blocks "
                  "move\n",
                  report->request->tasks[block->task].name, report->request->memories[memory].name,
                  wide(block->bytes));
}

/* ---- what became of the lock's blocks ---- */

static const char *reason_text(const struct report *report, const struct layout_move *move)
{
    struct arena *arena = report->out.arena;
    switch (move->reason) {
    case LAYOUT_STAYED:
        return "";
    case LAYOUT_OUTGROWN:
        return arena_format(arena, ": it needs %llu bytes more than its block had",
                            wide(move->bytes));
    case LAYOUT_MISALIGNED:
        return ": its block does not begin where it must";
    case LAYOUT_PIN_CHANGED:
        return ": the manifest pins it elsewhere";
    case LAYOUT_OUTSIDE:
        return ": the memory no longer has those bytes";
    case LAYOUT_UNDER_KERNEL:
        return arena_format(arena, ": the kernel grew %llu bytes into it", wide(move->bytes));
    case LAYOUT_OVERLAPPED:
        return arena_format(arena, ": %s is there", report->request->tasks[move->other].name);
    case LAYOUT_TOO_MANY_SLOTS:
        return ": its task has too few slots for its regions";
    case LAYOUT_MADE_ROOM:
        return ": it made room";
    }
    return "";
}

static const char *kind_text(enum layout_move_kind kind)
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

static void put_moves(struct report *report, const struct layout_moves *moves)
{
    buffer_format(&report->out, "\nagainst imgbuild.lock: %zu of %zu blocks kept\n",
                  moves->kept_count, moves->count);
    for (size_t i = 0; i < moves->count; i++) {
        const struct layout_move *move = &moves->items[i];
        const struct layout_block *block = &report->layout->tasks[move->task].blocks[move->need];
        const char *memory = report->request->memories[block->memory].name;
        const char *task = report->request->tasks[move->task].name;
        if (move->kind != LAYOUT_KEPT)
            buffer_format(&report->out, "  %s %s %s%s\n", task, memory, kind_text(move->kind),
                          reason_text(report, move));
        if (move->boundaries_changed)
            buffer_format(&report->out,
                          "  %s %s: other region boundaries, though it did not outgrow them\n",
                          task, memory);
    }
}

static void put_head(struct report *report)
{
    const struct manifest *manifest = report->slot->manifest;
    const struct mpu *mpu = &report->layout->mpu;
    buffer_format(&report->out, "%s %llu.%llu.%llu on %s", manifest->name.text,
                  wide(manifest->major), wide(manifest->minor), wide(manifest->patch),
                  manifest->board.text);
    if (report->slot->name[0] != '\0')
        buffer_format(&report->out, ", image slot %s", report->slot->name);
    buffer_format(&report->out, "\n%s, %u region slots, %u of them the kernel's%s\n",
                  mpu_model_name(mpu->model), mpu->slots, mpu->reserved,
                  mpu->subregions ? ", with subregions" : "");
}

static size_t widest_owner(const struct layout_request *request)
{
    size_t width = strlen("kernel");
    for (size_t i = 0; i < request->task_count; i++) {
        const size_t length = strlen(request->tasks[i].name);
        width = length > width ? length : width;
    }
    return width;
}

const char *report_text_of_layout(const struct plan_slot *slot, const struct plan *plan,
                                  struct arena *arena)
{
    struct report report = {.out = buffer_in(arena),
                            .plan = plan,
                            .headroom = headroom_find(&plan->request, &plan->layout, arena),
                            .slot = slot,
                            .request = &plan->request,
                            .layout = &plan->layout,
                            .owner_width = widest_owner(&plan->request)};
    put_head(&report);
    for (size_t i = 0; i < plan->layout.memory_count; i++)
        put_memory(&report, i);
    put_sum(&report);
    buffer_format(&report.out, "\n  %-*s %-10s %10s %10s %10s %10s %6s  %s\n",
                  (int)report.owner_width, "TASK", "MEMORY", "NEED", "SIZE", "LIMIT", "HEADROOM",
                  "SLOTS", "REGIONS");
    for (size_t i = 0; i < plan->layout.task_count; i++)
        put_task(&report, i);
    put_next_to_hurt(&report);
    if (plan->is_locked)
        put_moves(&report, &plan->moves);
    return buffer_text(&report.out);
}
