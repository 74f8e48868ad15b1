#include "cli/plan/plan_diff.h"

#include "base/buffer.h"

#include <string.h>

struct diff {
    struct buffer out;
    const struct plan *before;
    const struct plan *after;
};

static unsigned long long wide(uint64_t value)
{
    return value;
}

static const char *signed_change(struct arena *arena, uint64_t before, uint64_t after)
{
    return after >= before ? arena_format(arena, "+%llu", wide(after - before))
                           : arena_format(arena, "-%llu", wide(before - after));
}

/* ---- memories ---- */

static uint64_t used_bytes(const struct plan *plan, size_t memory)
{
    return plan->layout.memories[memory].end - plan->request.memories[memory].base;
}

static bool find_memory(const struct plan *plan, const char *name, size_t *ret)
{
    for (size_t i = 0; i < plan->request.memory_count; i++) {
        if (strcmp(plan->request.memories[i].name, name) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static void put_memory(struct diff *diff, size_t index)
{
    const char *name = diff->after->request.memories[index].name;
    const uint64_t after = used_bytes(diff->after, index);
    size_t old;
    const bool existed = find_memory(diff->before, name, &old);
    const uint64_t before = existed ? used_bytes(diff->before, old) : 0;
    if (existed && before == after)
        return;
    buffer_format(&diff->out, "  %-12s used %llu -> %llu bytes (%s)", name, wide(before),
                  wide(after), signed_change(diff->out.arena, before, after));
    if (existed) {
        const struct layout_memory_answer *was = &diff->before->layout.memories[old];
        const struct layout_memory_answer *is = &diff->after->layout.memories[index];
        buffer_format(&diff->out, ", padding %s, gaps %s",
                      signed_change(diff->out.arena, was->padding_bytes, is->padding_bytes),
                      signed_change(diff->out.arena, was->gap_bytes, is->gap_bytes));
    }
    buffer_append_byte(&diff->out, '\n');
}

/* ---- tasks ---- */

static const struct layout_block *find_block(const struct plan *plan, size_t task,
                                             const char *memory)
{
    const struct layout_task_answer *answer = &plan->layout.tasks[task];
    for (size_t i = 0; i < answer->block_count; i++) {
        const struct layout_block *block = &answer->blocks[i];
        if (strcmp(plan->request.memories[block->memory].name, memory) == 0)
            return block;
    }
    return NULL;
}

/* Whether two blocks are cut alike, wherever they begin. */
static bool are_cut_alike(const struct layout_block *a, const struct layout_block *b)
{
    if (a->region_count != b->region_count)
        return false;
    for (size_t i = 0; i < a->region_count; i++)
        if (a->regions[i].end - a->range.start != b->regions[i].end - b->range.start)
            return false;
    return true;
}

static void put_regions(struct diff *diff, const struct layout_block *block)
{
    for (size_t i = 0; i < block->region_count; i++)
        buffer_format(&diff->out, "%s%llu", i == 0 ? "" : "+",
                      wide(block->regions[i].end - block->regions[i].start));
}

/* All that changed about a block, in one line: size, place and regions. */
static void put_change(struct diff *diff, const struct layout_block *was,
                       const struct layout_block *is)
{
    const uint64_t before = was->range.end - was->range.start;
    const uint64_t after = is->range.end - is->range.start;
    const char *separator = "";
    if (before != after) {
        buffer_format(&diff->out, "%llu -> %llu bytes (%s), %zu -> %zu regions", wide(before),
                      wide(after), signed_change(diff->out.arena, before, after), was->region_count,
                      is->region_count);
        separator = ", ";
    }
    if (was->range.start != is->range.start)
        buffer_format(&diff->out, "%smoved 0x%08llx -> 0x%08llx", separator, wide(was->range.start),
                      wide(is->range.start));
    if (before == after && !are_cut_alike(was, is)) {
        buffer_append_text(&diff->out,
                           was->range.start != is->range.start ? ", regions " : "regions ");
        put_regions(diff, was);
        buffer_append_text(&diff->out, " -> ");
        put_regions(diff, is);
    }
    buffer_append_byte(&diff->out, '\n');
}

static void put_block(struct diff *diff, const char *task, const char *memory,
                      const struct layout_block *was, const struct layout_block *is)
{
    if (was == NULL) {
        buffer_format(&diff->out, "  %s %s: new, %llu bytes at 0x%08llx\n", task, memory,
                      wide(is->range.end - is->range.start), wide(is->range.start));
        return;
    }
    if (was->range.start == is->range.start && was->range.end == is->range.end &&
        are_cut_alike(was, is))
        return;
    buffer_format(&diff->out, "  %s %s: ", task, memory);
    put_change(diff, was, is);
}

static bool find_task(const struct plan *plan, const char *name, size_t *ret)
{
    for (size_t i = 0; i < plan->request.task_count; i++) {
        if (strcmp(plan->request.tasks[i].name, name) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static void put_task(struct diff *diff, size_t index)
{
    const char *name = diff->after->request.tasks[index].name;
    const struct layout_task_answer *is = &diff->after->layout.tasks[index];
    size_t old;
    if (!find_task(diff->before, name, &old)) {
        buffer_format(&diff->out, "  %s: new\n", name);
        return;
    }
    const struct layout_task_answer *was = &diff->before->layout.tasks[old];
    if (was->slots_used != is->slots_used || was->slots_free != is->slots_free)
        buffer_format(&diff->out, "  %s: %u of %u slots -> %u of %u\n", name, was->slots_used,
                      was->slots_used + was->slots_free, is->slots_used,
                      is->slots_used + is->slots_free);
    for (size_t i = 0; i < is->block_count; i++) {
        const struct layout_block *block = &is->blocks[i];
        const char *memory = diff->after->request.memories[block->memory].name;
        put_block(diff, name, memory, find_block(diff->before, old, memory), block);
    }
}

const char *plan_diff_text(const struct plan *before, const struct plan *after, struct arena *arena)
{
    struct diff diff = {buffer_in(arena), before, after};
    for (size_t i = 0; i < after->request.memory_count; i++)
        put_memory(&diff, i);
    for (size_t i = 0; i < after->request.task_count; i++)
        put_task(&diff, i);
    for (size_t i = 0; i < before->request.task_count; i++) {
        size_t ignored;
        if (!find_task(after, before->request.tasks[i].name, &ignored))
            buffer_format(&diff.out, "  %s: removed\n", before->request.tasks[i].name);
    }
    if (diff.out.bytes == 0)
        return "  nothing\n";
    return buffer_text(&diff.out);
}
