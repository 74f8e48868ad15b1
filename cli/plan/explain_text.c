#include "cli/plan/explain_text.h"

#include "base/buffer.h"
#include "layout/solve/explain.h"
#include "layout/solve/headroom.h"

struct explaining {
    struct buffer out;
    const struct plan *plan;
    size_t task;
    struct explain_task facts;
};

static unsigned long long wide(uint64_t value)
{
    return value;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- slots ---- */

static void put_fixed_names(struct explaining *explaining, const struct layout_fixed *fixed)
{
    for (size_t i = 0; i < fixed->name_count; i++)
        buffer_format(&explaining->out, "%s%s", i == 0 ? "" : " and ", fixed->names[i]);
    if (fixed->name_count > 1)
        buffer_append_text(&explaining->out, ", joined");
}

static void put_slot_user(struct explaining *explaining, const struct explain_slots *slots)
{
    const struct layout_task_answer *task = &explaining->plan->layout.tasks[explaining->task];
    const struct layout_memory *memories = explaining->plan->request.memories;
    if (slots->slots == 0)
        return;
    buffer_format(&explaining->out, "  %2u  ", slots->slots);
    switch (slots->user) {
    case EXPLAIN_RESERVED:
        buffer_append_text(&explaining->out, "reserved for the kernel");
        break;
    case EXPLAIN_FIXED:
        put_fixed_names(explaining, &task->fixed[slots->index]);
        break;
    case EXPLAIN_BLOCK:
        buffer_format(&explaining->out, "its block in %s",
                      memories[task->blocks[slots->index].memory].name);
        break;
    case EXPLAIN_FREE:
        buffer_append_text(&explaining->out, "free");
        break;
    }
    buffer_append_byte(&explaining->out, '\n');
}

/* ---- blocks ---- */

static const char *neighbour_name(const struct explaining *explaining,
                                  const struct explain_neighbour *neighbour)
{
    switch (neighbour->kind) {
    case EXPLAIN_EDGE:
        return "the memory's edge";
    case EXPLAIN_HOLE:
        return "a hole";
    case EXPLAIN_KERNEL:
        return "the kernel";
    case EXPLAIN_TASK:
        return arena_format(explaining->out.arena, "task %s",
                            explaining->plan->request.tasks[neighbour->task].name);
    case EXPLAIN_INFO:
        return "the info block";
    }
    return "";
}

static void put_neighbour(struct explaining *explaining, const char *side,
                          const struct explain_neighbour *neighbour)
{
    buffer_format(&explaining->out, "  %s it %s", side, neighbour_name(explaining, neighbour));
    if (neighbour->gap_bytes != 0)
        buffer_format(&explaining->out, ", after %llu unused byte%s", wide(neighbour->gap_bytes),
                      plural(neighbour->gap_bytes));
    buffer_append_byte(&explaining->out, '\n');
}

static uint64_t headroom_of(const struct headroom *headroom, size_t task, size_t need)
{
    for (size_t i = 0; i < headroom->block_count; i++) {
        if (headroom->blocks[i].task == task && headroom->blocks[i].need == need)
            return headroom->blocks[i].bytes;
    }
    return 0;
}

static void put_block(struct explaining *explaining, const struct headroom *headroom, size_t index)
{
    const struct layout_block *block =
        &explaining->plan->layout.tasks[explaining->task].blocks[index];
    const struct explain_block *facts = &explaining->facts.blocks[index];
    const uint64_t bytes = block->range.end - block->range.start;
    buffer_format(&explaining->out,
                  "\n%s: %llu bytes at 0x%08llx for a need of %llu, in %zu region%s:",
                  explaining->plan->request.memories[block->memory].name, wide(bytes),
                  wide(block->range.start), wide(block->need_bytes), block->region_count,
                  plural(block->region_count));
    for (size_t i = 0; i < block->region_count; i++)
        buffer_format(&explaining->out, "%s %llu", i == 0 ? "" : " +",
                      wide(block->regions[i].end - block->regions[i].start));
    buffer_append_byte(&explaining->out, '\n');
    put_neighbour(explaining, "below", &facts->below);
    put_neighbour(explaining, "above", &facts->above);
    if (facts->padding_bytes == 0)
        buffer_append_text(&explaining->out, "  no padding\n");
    else
        buffer_format(&explaining->out,
                      "  %llu bytes of padding; no address allows a block shorter than %llu bytes "
                      "in as many slots\n",
                      wide(facts->padding_bytes), wide(facts->least_bytes));
    const uint64_t growth = headroom_of(headroom, explaining->task, index);
    buffer_format(&explaining->out,
                  "  can grow by %llu byte%s, with --locked, before other blocks must move\n",
                  wide(growth), plural(growth));
}

/* ---- what if ---- */

static void put_change(struct explaining *explaining, const char *what,
                       const struct explain_change *change)
{
    if (!change->is_asked)
        return;
    buffer_format(&explaining->out, "%s ", what);
    if (!change->fits)
        buffer_append_text(&explaining->out, "the layout would not fit\n");
    else if (change->bytes == 0)
        buffer_append_text(&explaining->out, "the layout would use the same number of bytes\n");
    else if (change->bytes < 0)
        buffer_format(&explaining->out, "the layout would use %llu bytes less\n",
                      wide((uint64_t)-change->bytes));
    else
        buffer_format(&explaining->out, "the layout would use %llu bytes more\n",
                      wide((uint64_t)change->bytes));
}

const char *explain_text_of_task(const struct plan *plan, size_t task, struct arena *arena)
{
    struct explaining explaining = {
        .out = buffer_in(arena),
        .plan = plan,
        .task = task,
        .facts = explain_task_of(&plan->request, &plan->layout, task, arena),
    };
    const struct headroom headroom = headroom_find(&plan->request, &plan->layout, arena);
    buffer_format(&explaining.out, "task %s has %u region slots:\n", plan->request.tasks[task].name,
                  plan->layout.mpu.slots);
    for (size_t i = 0; i < explaining.facts.slot_count; i++)
        put_slot_user(&explaining, &explaining.facts.slots[i]);
    for (size_t i = 0; i < explaining.facts.block_count; i++)
        put_block(&explaining, &headroom, i);
    buffer_append_byte(&explaining.out, '\n');
    put_change(&explaining, "with one more slot", &explaining.facts.slot_more);
    put_change(&explaining, "with one fewer slot", &explaining.facts.slot_less);
    put_change(&explaining, "if its blocks could be split", &explaining.facts.split);
    buffer_format(&explaining.out,
                  "its blocks use %llu bytes; at least %llu are needed at any address\n"
                  "the layout uses %llu bytes; every layout uses at least %llu\n",
                  wide(explaining.facts.task_bytes), wide(explaining.facts.task_bound_bytes),
                  wide(explaining.facts.used_bytes), wide(explaining.facts.bound_bytes));
    return buffer_text(&explaining.out);
}
