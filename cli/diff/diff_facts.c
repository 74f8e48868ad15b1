#include "cli/diff/diff_facts.h"

#include "base/buffer.h"
#include "base/shown_text.h"

#include <stdlib.h>
#include <string.h>

enum { FACTS_MOST = 24 };

struct facts {
    struct arena *arena;
    struct diff_fact *items;
    size_t count;
};

static unsigned long long wide(uint64_t value)
{
    return value;
}

static struct facts facts_in(struct arena *arena)
{
    return (struct facts){arena, ARENA_ARRAY(arena, struct diff_fact, FACTS_MOST), 0};
}

static struct diff_facts facts_end(const struct facts *facts)
{
    return (struct diff_facts){facts->items, facts->count};
}

const char *diff_facts_change(struct diff_number number, struct arena *arena)
{
    if (number.is == number.was)
        return "0";
    return number.is > number.was ? arena_format(arena, "+%llu", wide(number.is - number.was))
                                  : arena_format(arena, "-%llu", wide(number.was - number.is));
}

static void add_text(struct facts *facts, const char *what, const char *was, const char *is)
{
    facts->items[facts->count++] = (struct diff_fact){
        .what = what,
        .was = was[0] == '\0' ? "-" : was,
        .is = is[0] == '\0' ? "-" : is,
        .change = "",
        .is_changed = strcmp(was, is) != 0,
    };
}

static void add_number(struct facts *facts, const char *what, struct diff_number number)
{
    const bool is_changed = number.was != number.is;
    facts->items[facts->count++] = (struct diff_fact){
        .what = what,
        .was = arena_format(facts->arena, "%llu", wide(number.was)),
        .is = arena_format(facts->arena, "%llu", wide(number.is)),
        .change = is_changed ? diff_facts_change(number, facts->arena) : "",
        .is_changed = is_changed,
    };
}

/* ---- identity and memories ---- */

struct diff_facts diff_facts_identity(const struct diff *diff, struct arena *arena)
{
    struct facts facts = facts_in(arena);
    add_text(&facts, "name", diff->name.was, diff->name.is);
    add_text(&facts, "board", diff->board.was, diff->board.is);
    add_text(&facts, "image slot", diff->slot.was, diff->slot.is);
    add_text(&facts, "version", diff->version.was, diff->version.is);
    add_number(&facts, "epoch", diff->epoch);
    add_text(&facts, "ID", diff->id.was, diff->id.is);
    add_text(&facts, "compat", shown_text(arena, diff->compat.was),
             shown_text(arena, diff->compat.is));
    add_text(&facts, "MPU", diff->mpu.was, diff->mpu.is);
    return facts_end(&facts);
}

struct diff_facts diff_facts_memory(const struct diff_memory *memory, struct arena *arena)
{
    struct facts facts = facts_in(arena);
    if (memory->base.was != memory->base.is)
        add_text(&facts, "base", arena_format(arena, "0x%08llx", wide(memory->base.was)),
                 arena_format(arena, "0x%08llx", wide(memory->base.is)));
    add_number(&facts, "size", memory->size);
    add_number(&facts, "used", memory->used);
    add_number(&facts, "need", memory->need);
    add_number(&facts, "padding", memory->padding);
    add_number(&facts, "gaps", memory->gap);
    if (memory->reserved.was != 0 || memory->reserved.is != 0)
        add_number(&facts, "reserved", memory->reserved);
    add_number(&facts, "free", memory->free);
    add_number(&facts, "bound", memory->bound);
    return facts_end(&facts);
}

/* ---- programs ---- */

static const char *joined(const struct report_texts *texts, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < texts->count; i++)
        buffer_format(&out, "%s%s", i == 0 ? "" : ", ", texts->items[i]);
    return buffer_text(&out);
}

static void add_list(struct facts *facts, const char *what, const char *was, const char *is)
{
    add_text(facts, what, was, is);
    facts->items[facts->count - 1].is_list = true;
}

static void add_names(struct facts *facts, const char *what, const struct diff_names *names)
{
    if (names->lost.count != 0)
        add_list(facts, arena_format(facts->arena, "%s lost", what),
                 joined(&names->lost, facts->arena), "");
    if (names->gained.count != 0)
        add_list(facts, arena_format(facts->arena, "%s gained", what), "",
                 joined(&names->gained, facts->arena));
    if (names->is_reordered)
        add_list(facts, arena_format(facts->arena, "order of %s", what), "", "different bits");
}

static const char *yes_or_no(bool value)
{
    return value ? "yes" : "no";
}

/* A value that an image without the task lacks. */
static void add_value(struct facts *facts, const struct diff_program *task, const char *what,
                      const char *was, const char *is)
{
    add_text(facts, what, task->presence == DIFF_ADDED ? "" : was,
             task->presence == DIFF_REMOVED ? "" : is);
}

struct diff_facts diff_facts_program(const struct diff_program *program, struct arena *arena)
{
    struct facts facts = facts_in(arena);
    add_number(&facts, "linked", program->linked);
    add_number(&facts, "alignment fill", program->fill);
    if (program->is_kernel)
        return facts_end(&facts);
    add_number(&facts, "slots used", program->slots_used);
    add_number(&facts, "slots free", program->slots_free);
    add_value(&facts, program, "priority", arena_format(arena, "%llu", wide(program->priority.was)),
              arena_format(arena, "%llu", wide(program->priority.is)));
    add_value(&facts, program, "start", yes_or_no(program->start.was != 0),
              yes_or_no(program->start.is != 0));
    add_names(&facts, "peripherals", &program->uses);
    add_names(&facts, "maps", &program->maps);
    add_names(&facts, "grants", &program->grants);
    add_names(&facts, "interrupts", &program->interrupts);
    add_names(&facts, "notifications", &program->notifications);
    return facts_end(&facts);
}

/* ---- blocks ---- */

static const char *base_text(const struct report_block *block, struct arena *arena)
{
    return block == NULL ? "" : arena_format(arena, "0x%08llx", wide(block->base));
}

static const char *option_text(bool is_given, uint64_t bytes, struct arena *arena)
{
    return is_given ? arena_format(arena, "%llu", wide(bytes)) : "";
}

static void add_option(struct facts *facts, const char *what, const struct diff_option *option)
{
    if (option->had && option->has)
        add_number(facts, what, option->bytes);
    else
        add_text(facts, what, option_text(option->had, option->bytes.was, facts->arena),
                 option_text(option->has, option->bytes.is, facts->arena));
}

struct diff_facts diff_facts_block(const struct diff_block *block, struct arena *arena)
{
    struct facts facts = facts_in(arena);
    add_text(&facts, "base", base_text(block->was, arena), base_text(block->is, arena));
    add_number(&facts, "need", block->need);
    add_number(&facts, "size", block->bytes);
    add_number(&facts, "padding", block->padding);
    if (block->regions.was != 0 || block->regions.is != 0)
        add_text(&facts, "regions", diff_facts_cuts(block->was, arena),
                 diff_facts_cuts(block->is, arena));
    add_option(&facts, "limit", &block->limit);
    add_option(&facts, "headroom", &block->headroom);
    return facts_end(&facts);
}

const char *diff_facts_presence(enum diff_presence presence)
{
    switch (presence) {
    case DIFF_IN_BOTH:
        return "";
    case DIFF_ADDED:
        return "new";
    case DIFF_REMOVED:
        return "gone";
    }
    return "";
}

const char *diff_facts_cuts(const struct report_block *block, struct arena *arena)
{
    if (block == NULL || block->region_count == 0)
        return "-";
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < block->region_count; i++)
        buffer_format(&out, "%s%llu", i == 0 ? "" : "+",
                      wide(block->regions[i].end - block->regions[i].start));
    return buffer_text(&out);
}

/* ---- symbols ---- */

const char *diff_facts_symbol_change(enum diff_symbol_change change)
{
    switch (change) {
    case DIFF_SYMBOL_GREW:
        return "grew";
    case DIFF_SYMBOL_SHRANK:
        return "shrank";
    case DIFF_SYMBOL_APPEARED:
        return "new";
    case DIFF_SYMBOL_WENT:
        return "gone";
    case DIFF_SYMBOL_MOVED:
        return "moved";
    }
    return "";
}

const char *diff_facts_symbol_name(const struct diff_symbol *symbol, struct arena *arena)
{
    const char *name = symbol->name.is[0] == '\0' ? "-" : symbol->name.is;
    if (strcmp(symbol->name.was, symbol->name.is) == 0)
        return name;
    return arena_format(arena, "%s (was %s)", name, symbol->name.was);
}

const char *diff_facts_symbol_object(const struct diff_symbol *symbol, struct arena *arena)
{
    if (strcmp(symbol->object.was, symbol->object.is) != 0)
        return arena_format(arena, "%s -> %s", symbol->object.was, symbol->object.is);
    return symbol->object.is[0] == '\0' ? "-" : symbol->object.is;
}

static uint64_t size_of_change(const struct diff_program_symbol *item)
{
    const struct diff_number *bytes = &item->symbol->bytes;
    return bytes->is > bytes->was ? bytes->is - bytes->was : bytes->was - bytes->is;
}

/* Both lists are sorted, and equal changes keep their order: an item's address decides within its
 * program, its program's address between programs. */
static int by_change(const void *left, const void *right)
{
    const struct diff_program_symbol *a = left;
    const struct diff_program_symbol *b = right;
    const uint64_t more = size_of_change(a);
    const uint64_t less = size_of_change(b);
    if (more != less)
        return more > less ? -1 : 1;
    if (a->program != b->program)
        return a->program < b->program ? -1 : 1;
    return (a->symbol > b->symbol) - (a->symbol < b->symbol);
}

const struct diff_program_symbol *diff_facts_symbols(const struct diff *diff, struct arena *arena,
                                                     size_t *ret_count)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->program_count; i++)
        count += diff->programs[i].symbol_count;
    struct diff_program_symbol *items = ARENA_ARRAY(arena, struct diff_program_symbol, count);
    size_t at = 0;
    for (size_t i = 0; i < diff->program_count; i++) {
        const struct diff_program *program = &diff->programs[i];
        for (size_t k = 0; k < program->symbol_count; k++)
            items[at++] = (struct diff_program_symbol){program, &program->symbols[k]};
    }
    if (count > 1)
        qsort(items, count, sizeof *items, by_change);
    *ret_count = count;
    return items;
}

/* ---- the whole ---- */

const char *diff_facts_unchanged(const struct diff *diff, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < diff->program_count; i++) {
        if (!diff->programs[i].is_changed)
            buffer_format(&out, "%s%s", out.bytes == 0 ? "" : ", ", diff->programs[i].name);
    }
    return buffer_text(&out);
}
