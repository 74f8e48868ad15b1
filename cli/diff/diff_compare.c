#include "cli/diff/diff_compare.h"

#include "cli/diff/diff_symbols.h"

#include <stdlib.h>
#include <string.h>

struct comparing {
    const struct report *was, *is;
    struct arena *arena;
    struct diff *diff;
};

static bool differs(struct diff_number number)
{
    return number.was != number.is;
}

static bool texts_differ(struct diff_text text)
{
    return strcmp(text.was, text.is) != 0;
}

/* ---- names ---- */

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static struct report_texts sorted(const struct report_texts *texts, struct arena *arena)
{
    const char **items = arena_grow(arena, texts->items, texts->count, texts->count, sizeof *items);
    if (texts->count > 1)
        qsort(items, texts->count, sizeof *items, compare_texts);
    return (struct report_texts){items, texts->count};
}

static bool has_text(const struct report_texts *texts, const char *text)
{
    return texts->count != 0 &&
           bsearch(&text, texts->items, texts->count, sizeof *texts->items, compare_texts) != NULL;
}

/* Those of `all` that the other has, or has not. */
static struct report_texts select_texts(const struct report_texts *all,
                                        const struct report_texts *other, bool in_other,
                                        struct arena *arena)
{
    const struct report_texts known = sorted(other, arena);
    const char **items = ARENA_ARRAY(arena, const char *, all->count);
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (has_text(&known, all->items[i]) == in_other)
            items[count++] = all->items[i];
    }
    return (struct report_texts){items, count};
}

static struct diff_names names_of(struct report_texts was, struct report_texts is,
                                  struct arena *arena)
{
    struct diff_names names = {.gained = select_texts(&is, &was, false, arena),
                               .lost = select_texts(&was, &is, false, arena)};
    const struct report_texts kept = select_texts(&is, &was, true, arena);
    const struct report_texts before = select_texts(&was, &is, true, arena);
    for (size_t i = 0; i < kept.count && i < before.count; i++) {
        if (strcmp(kept.items[i], before.items[i]) != 0)
            names.is_reordered = true;
    }
    return names;
}

static bool names_differ(const struct diff_names *names)
{
    return names->gained.count + names->lost.count != 0 || names->is_reordered;
}

static struct report_texts interrupts_of(const struct report_program *task, struct arena *arena)
{
    const char **items = ARENA_ARRAY(arena, const char *, task->interrupt_count);
    for (size_t i = 0; i < task->interrupt_count; i++) {
        const struct report_interrupt *interrupt = &task->interrupts[i];
        items[i] = arena_format(arena, "%s (%llu) as %s", interrupt->name,
                                (unsigned long long)interrupt->number, interrupt->notification);
    }
    return (struct report_texts){items, task->interrupt_count};
}

/* The info block: what is granted, and neither a peripheral nor a map. */
static struct report_texts grants_of(const struct report_program *task, struct arena *arena)
{
    const char **items = ARENA_ARRAY(arena, const char *, task->fixed_count);
    size_t count = 0;
    for (size_t i = 0; i < task->fixed_count; i++) {
        if (strcmp(task->fixed[i].kind, "info") == 0)
            items[count++] = "info block";
    }
    return (struct report_texts){items, count};
}

/* ---- memories ---- */

static const struct report_memory *find_memory(const struct report *report, const char *name)
{
    for (size_t i = 0; i < report->memory_count; i++) {
        if (strcmp(report->memories[i].name, name) == 0)
            return &report->memories[i];
    }
    return NULL;
}

/* What kernel, tasks and the info block need. */
static uint64_t need_of(const struct report_memory *memory)
{
    uint64_t need = 0;
    for (size_t i = 0; i < memory->row_count; i++)
        need += memory->rows[i].need_bytes;
    return need;
}

static enum diff_presence presence_of(const void *was, const void *is)
{
    if (was == NULL)
        return DIFF_ADDED;
    return is == NULL ? DIFF_REMOVED : DIFF_IN_BOTH;
}

static bool memory_changed(const struct diff_memory *memory)
{
    const struct diff_number numbers[] = {memory->base,     memory->size,    memory->used,
                                          memory->need,     memory->padding, memory->gap,
                                          memory->reserved, memory->free,    memory->bound};
    bool is_changed = memory->presence != DIFF_IN_BOTH;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        is_changed = is_changed || differs(numbers[i]);
    return is_changed;
}

static struct diff_memory memory_of(const struct report_memory *was, const struct report_memory *is)
{
    static const struct report_memory nothing = {0};
    const struct report_memory *old = was == NULL ? &nothing : was;
    const struct report_memory *new = is == NULL ? &nothing : is;
    struct diff_memory memory = {
        .name = is == NULL ? old->name : new->name,
        .presence = presence_of(was, is),
        .is_used = old->has_owner || new->has_owner,
        .base = {was == NULL ? new->base : old->base, is == NULL ? old->base : new->base},
        .size = {old->size, new->size},
        .used = {old->used_bytes, new->used_bytes},
        .free = {old->free_bytes, new->free_bytes},
        .need = {need_of(old), need_of(new)},
        .padding = {old->padding_bytes, new->padding_bytes},
        .gap = {old->gap_bytes, new->gap_bytes},
        .bound = {old->bound_bytes, new->bound_bytes},
    };
    memory.reserved = (struct diff_number){
        memory.used.was - memory.need.was - memory.padding.was - memory.gap.was,
        memory.used.is - memory.need.is - memory.padding.is - memory.gap.is,
    };
    memory.is_changed = memory_changed(&memory);
    return memory;
}

static void compare_memories(struct comparing *comparing)
{
    const struct report *was = comparing->was;
    const struct report *is = comparing->is;
    struct diff_memory *memories =
        ARENA_ARRAY(comparing->arena, struct diff_memory, was->memory_count + is->memory_count);
    size_t count = 0;
    for (size_t i = 0; i < is->memory_count; i++)
        memories[count++] = memory_of(find_memory(was, is->memories[i].name), &is->memories[i]);
    for (size_t i = 0; i < was->memory_count; i++) {
        if (find_memory(is, was->memories[i].name) == NULL)
            memories[count++] = memory_of(&was->memories[i], NULL);
    }
    comparing->diff->memories = memories;
    comparing->diff->memory_count = count;
}

/* ---- blocks ---- */

static const struct report_block *
find_block(const struct report *report, const struct report_program *program, const char *memory)
{
    for (size_t i = 0; program != NULL && i < program->block_count; i++) {
        if (strcmp(report->memories[program->blocks[i].memory].name, memory) == 0)
            return &program->blocks[i];
    }
    return NULL;
}

static bool cuts_differ(const struct report_block *was, const struct report_block *is)
{
    if (was->region_count != is->region_count)
        return true;
    for (size_t i = 0; i < is->region_count; i++) {
        if (was->regions[i].end - was->base != is->regions[i].end - is->base)
            return true;
    }
    return false;
}

static struct diff_option option_of(bool had, uint64_t was, bool has, uint64_t is)
{
    return (struct diff_option){had, has, {had ? was : 0, has ? is : 0}};
}

static bool option_differs(const struct diff_option *option)
{
    return option->had != option->has || differs(option->bytes);
}

static bool block_changed(const struct diff_block *block)
{
    return block->presence != DIFF_IN_BOTH || block->is_moved || block->has_other_cuts ||
           differs(block->bytes) || differs(block->need) || differs(block->linked) ||
           option_differs(&block->limit) || option_differs(&block->headroom);
}

static struct diff_block block_of(const char *memory, const struct report_block *was,
                                  const struct report_block *is)
{
    static const struct report_block nothing = {0};
    const struct report_block *old = was == NULL ? &nothing : was;
    const struct report_block *new = is == NULL ? &nothing : is;
    struct diff_block block = {
        .memory = memory,
        .presence = presence_of(was, is),
        .base = {old->base, new->base},
        .bytes = {old->bytes, new->bytes},
        .need = {old->need_bytes, new->need_bytes},
        .padding = {old->bytes - old->need_bytes, new->bytes - new->need_bytes},
        .linked = {old->linked_bytes, new->linked_bytes},
        .regions = {old->region_count, new->region_count},
        .limit = option_of(old->has_limit, old->limit_bytes, new->has_limit, new->limit_bytes),
        .headroom = option_of(old->has_headroom, old->headroom_bytes, new->has_headroom,
                              new->headroom_bytes),
        .was = was,
        .is = is,
    };
    if (block.presence == DIFF_IN_BOTH) {
        block.is_moved = differs(block.base);
        block.has_other_cuts = cuts_differ(was, is);
    }
    block.is_changed = block_changed(&block);
    return block;
}

static void compare_blocks(const struct comparing *comparing, const struct report_program *was,
                           const struct report_program *is, struct diff_program *program)
{
    const size_t most = (was == NULL ? 0 : was->block_count) + (is == NULL ? 0 : is->block_count);
    struct diff_block *blocks = ARENA_ARRAY(comparing->arena, struct diff_block, most);
    for (size_t i = 0; is != NULL && i < is->block_count; i++) {
        const char *memory = comparing->is->memories[is->blocks[i].memory].name;
        blocks[program->block_count++] =
            block_of(memory, find_block(comparing->was, was, memory), &is->blocks[i]);
    }
    for (size_t i = 0; was != NULL && i < was->block_count; i++) {
        const char *memory = comparing->was->memories[was->blocks[i].memory].name;
        if (find_block(comparing->is, is, memory) == NULL)
            blocks[program->block_count++] = block_of(memory, &was->blocks[i], NULL);
    }
    for (size_t i = 0; i < program->block_count; i++) {
        program->linked.was += blocks[i].linked.was;
        program->linked.is += blocks[i].linked.is;
        program->is_changed = program->is_changed || blocks[i].is_changed;
    }
    program->blocks = blocks;
}

/* ---- programs ---- */

static bool sections_differ(const struct diff_block *block)
{
    if (block->presence != DIFF_IN_BOTH || differs(block->need) || differs(block->linked) ||
        block->was->section_count != block->is->section_count)
        return true;
    for (size_t i = 0; i < block->is->section_count; i++) {
        const struct report_section *was = &block->was->sections[i];
        const struct report_section *is = &block->is->sections[i];
        if (strcmp(was->name, is->name) != 0 || was->kind != is->kind || was->bytes != is->bytes)
            return true;
    }
    return false;
}

static bool has_same_contents(const struct diff_program *program)
{
    bool is_same = program->presence == DIFF_IN_BOTH && program->symbol_count == 0;
    for (size_t i = 0; i < program->block_count; i++)
        is_same = is_same && !sections_differ(&program->blocks[i]);
    return is_same;
}

static void compare_tasks(const struct report_program *was, const struct report_program *is,
                          struct diff_program *program, struct arena *arena)
{
    static const struct report_program nothing = {0};
    const struct report_program *old = was == NULL ? &nothing : was;
    const struct report_program *new = is == NULL ? &nothing : is;
    program->slots_used = (struct diff_number){old->slots_used, new->slots_used};
    program->slots_free = (struct diff_number){old->slots_free, new->slots_free};
    program->priority = (struct diff_number){old->priority, new->priority};
    program->start = (struct diff_number){old->is_started ? 1 : 0, new->is_started ? 1 : 0};
    program->uses = names_of(old->uses, new->uses, arena);
    program->maps = names_of(old->maps, new->maps, arena);
    program->notifications = names_of(old->notifications, new->notifications, arena);
    program->interrupts = names_of(interrupts_of(old, arena), interrupts_of(new, arena), arena);
    program->grants = names_of(grants_of(old, arena), grants_of(new, arena), arena);
    /* only a notification's place means something: its bit */
    program->uses.is_reordered = false;
    program->maps.is_reordered = false;
    program->interrupts.is_reordered = false;
}

static bool task_changed(const struct diff_program *program)
{
    return program->presence != DIFF_IN_BOTH || !program->has_same_contents ||
           differs(program->slots_used) || differs(program->slots_free) ||
           differs(program->priority) || differs(program->start) || names_differ(&program->uses) ||
           names_differ(&program->maps) || names_differ(&program->notifications) ||
           names_differ(&program->interrupts) || names_differ(&program->grants);
}

static struct diff_program program_of(const struct comparing *comparing,
                                      const struct report_program *was,
                                      const struct report_program *is)
{
    struct diff_program program = {
        .name = is == NULL ? was->name : is->name,
        .presence = presence_of(was, is),
    };
    compare_blocks(comparing, was, is, &program);
    const struct diff_symbols symbols =
        diff_symbols_of(comparing->was, was, comparing->is, is, comparing->arena);
    program.symbols = symbols.items;
    program.symbol_count = symbols.count;
    program.fill = symbols.fill;
    program.has_same_contents = has_same_contents(&program);
    compare_tasks(was, is, &program, comparing->arena);
    program.is_changed = program.is_changed || task_changed(&program);
    return program;
}

static const struct report_program *find_task(const struct report *report, const char *name)
{
    for (size_t i = REPORT_KERNEL + 1; i < report->program_count; i++) {
        if (strcmp(report->programs[i].name, name) == 0)
            return &report->programs[i];
    }
    return NULL;
}

static void compare_programs(struct comparing *comparing)
{
    const struct report *was = comparing->was;
    const struct report *is = comparing->is;
    struct diff_program *programs =
        ARENA_ARRAY(comparing->arena, struct diff_program, was->program_count + is->program_count);
    size_t count = 0;
    programs[count++] =
        program_of(comparing, &was->programs[REPORT_KERNEL], &is->programs[REPORT_KERNEL]);
    programs[0].is_kernel = true;
    for (size_t i = REPORT_KERNEL + 1; i < is->program_count; i++)
        programs[count++] =
            program_of(comparing, find_task(was, is->programs[i].name), &is->programs[i]);
    for (size_t i = REPORT_KERNEL + 1; i < was->program_count; i++) {
        if (find_task(is, was->programs[i].name) == NULL)
            programs[count++] = program_of(comparing, &was->programs[i], NULL);
    }
    comparing->diff->programs = programs;
    comparing->diff->program_count = count;
}

/* ---- the whole ---- */

static const char *mpu_of(const struct report *report, struct arena *arena)
{
    return arena_format(arena, "%s, %u slots, %u reserved%s", report->mpu_model, report->mpu_slots,
                        report->mpu_reserved, report->has_subregions ? ", subregions" : "");
}

static void compare_identity(struct comparing *comparing)
{
    const struct report *was = comparing->was;
    const struct report *is = comparing->is;
    struct diff *diff = comparing->diff;
    diff->name = (struct diff_text){was->name, is->name};
    diff->board = (struct diff_text){was->board, is->board};
    diff->slot = (struct diff_text){was->slot, is->slot};
    diff->version = (struct diff_text){was->version, is->version};
    diff->id = (struct diff_text){was->id, is->id};
    diff->compat = (struct diff_text){was->compat, is->compat};
    diff->mpu = (struct diff_text){mpu_of(was, comparing->arena), mpu_of(is, comparing->arena)};
    diff->epoch = (struct diff_number){was->epoch, is->epoch};
    diff->bound = (struct diff_number){was->bound_bytes, is->bound_bytes};
    diff->is_other_board = texts_differ(diff->board);
    diff->is_same = !texts_differ(diff->name) && !diff->is_other_board &&
                    !texts_differ(diff->slot) && !texts_differ(diff->version) &&
                    !texts_differ(diff->id) && !texts_differ(diff->compat) &&
                    !texts_differ(diff->mpu) && !differs(diff->epoch) && !differs(diff->bound);
}

static void count_changes(struct diff *diff)
{
    for (size_t i = 0; i < diff->memory_count; i++)
        diff->is_same = diff->is_same && !diff->memories[i].is_changed;
    for (size_t i = 0; i < diff->program_count; i++) {
        const struct diff_program *program = &diff->programs[i];
        diff->is_same = diff->is_same && !program->is_changed;
        for (size_t b = 0; b < program->block_count; b++) {
            diff->moved_count += program->blocks[b].is_moved ? 1 : 0;
            diff->boundary_count += diff_has_moved_boundaries(program, &program->blocks[b]) ? 1 : 0;
        }
    }
}

struct diff diff_compare(const struct report *was, const struct report *is, struct arena *arena)
{
    struct diff diff = {0};
    struct comparing comparing = {was, is, arena, &diff};
    compare_identity(&comparing);
    compare_memories(&comparing);
    compare_programs(&comparing);
    count_changes(&diff);
    return diff;
}
