#include "cli/diff/diff_text.h"

#include "base/buffer.h"
#include "cli/diff/diff_facts.h"

#include <string.h>

struct text {
    struct buffer out;
    const struct diff *diff;
};

static unsigned long long wide(uint64_t value)
{
    return value;
}

/* ---- head ---- */

static const char *slot_words(const char *slot, struct arena *arena)
{
    return slot[0] == '\0' ? "" : arena_format(arena, ", image slot %s", slot);
}

static const char *id_words(const char *id, struct arena *arena)
{
    return id[0] == '\0' ? "" : arena_format(arena, ", ID %s", id);
}

static void put_head(struct text *text)
{
    const struct diff *diff = text->diff;
    struct arena *arena = text->out.arena;
    buffer_format(&text->out, "old  %s %s on %s%s%s\n", diff->name.was, diff->version.was,
                  diff->board.was, slot_words(diff->slot.was, arena),
                  id_words(diff->id.was, arena));
    buffer_format(&text->out, "new  %s %s on %s%s%s\n", diff->name.is, diff->version.is,
                  diff->board.is, slot_words(diff->slot.is, arena), id_words(diff->id.is, arena));
    if (diff->is_other_board)
        buffer_append_text(&text->out, "note: these are images of different boards\n");
}

static void put_identity(struct text *text)
{
    const struct diff_facts facts = diff_facts_identity(text->diff, text->out.arena);
    bool is_first = true;
    for (size_t i = 0; i < facts.count; i++) {
        const struct diff_fact *fact = &facts.items[i];
        if (!fact->is_changed)
            continue;
        buffer_format(&text->out, "%s  %-10s  %s -> %s\n", is_first ? "\n" : "", fact->what,
                      fact->was, fact->is);
        is_first = false;
    }
}

/* ---- memories ---- */

static void put_memory(struct text *text, const struct diff_memory *memory)
{
    if (!memory->is_used)
        return;
    if (!memory->is_changed) {
        buffer_format(&text->out, "  %-12s %-9s %12llu %12llu %10s\n", memory->name, "used",
                      wide(memory->used.was), wide(memory->used.is), "=");
        return;
    }
    const struct diff_facts facts = diff_facts_memory(memory, text->out.arena);
    for (size_t i = 0; i < facts.count; i++) {
        const struct diff_fact *fact = &facts.items[i];
        buffer_format(&text->out, "  %-12s %-9s %12s %12s %10s\n", i == 0 ? memory->name : "",
                      fact->what, fact->was, fact->is, fact->is_changed ? fact->change : "=");
    }
}

static void put_memories(struct text *text)
{
    buffer_format(&text->out, "\n  %-12s %-9s %12s %12s %10s\n", "MEMORY", "", "OLD", "NEW",
                  "CHANGE");
    for (size_t i = 0; i < text->diff->memory_count; i++)
        put_memory(text, &text->diff->memories[i]);
}

/* ---- boundaries ---- */

static void put_boundaries(struct text *text)
{
    if (text->diff->boundary_count == 0)
        return;
    buffer_append_text(&text->out,
                       "\ntask unchanged, but its region boundaries moved (region sizes):\n");
    for (size_t i = 0; i < text->diff->program_count; i++) {
        const struct diff_program *program = &text->diff->programs[i];
        for (size_t b = 0; b < program->block_count; b++) {
            const struct diff_block *block = &program->blocks[b];
            if (diff_has_moved_boundaries(program, block))
                buffer_format(&text->out, "  %s %s: %s -> %s\n", program->name, block->memory,
                              diff_facts_cuts(block->was, text->out.arena),
                              diff_facts_cuts(block->is, text->out.arena));
        }
    }
}

/* ---- programs ---- */

static void put_fact(struct text *text, const char *part, const struct diff_fact *fact)
{
    buffer_format(&text->out, "  %-12s ", part);
    if (fact->is_list)
        buffer_format(&text->out, "%s: %s", fact->what,
                      strcmp(fact->is, "-") == 0 ? fact->was : fact->is);
    else
        buffer_format(&text->out, "%s %s -> %s", fact->what, fact->was, fact->is);
    if (fact->change[0] != '\0')
        buffer_format(&text->out, " (%s)", fact->change);
    buffer_append_byte(&text->out, '\n');
}

/* The changed values, after the name of the part of the program they belong to. */
static void put_facts(struct text *text, const char *part, const struct diff_facts *facts)
{
    for (size_t i = 0; i < facts->count; i++) {
        if (!facts->items[i].is_changed)
            continue;
        put_fact(text, part, &facts->items[i]);
        part = "";
    }
}

static void put_program(struct text *text, const struct diff_program *program)
{
    struct arena *arena = text->out.arena;
    const char *presence = diff_facts_presence(program->presence);
    buffer_format(&text->out, "\n%s:%s%s\n", program->name, presence[0] == '\0' ? "" : " ",
                  presence);
    const struct diff_facts own = diff_facts_program(program, arena);
    put_facts(text, "", &own);
    for (size_t b = 0; b < program->block_count; b++) {
        const struct diff_facts facts = diff_facts_block(&program->blocks[b], arena);
        put_facts(text, program->blocks[b].memory, &facts);
    }
}

static void put_programs(struct text *text)
{
    for (size_t i = 0; i < text->diff->program_count; i++) {
        if (text->diff->programs[i].is_changed)
            put_program(text, &text->diff->programs[i]);
    }
    const char *unchanged = diff_facts_unchanged(text->diff, text->out.arena);
    if (unchanged[0] != '\0')
        buffer_format(&text->out, "\nunchanged: %s\n", unchanged);
}

/* ---- symbols ---- */

static int widest_program(const struct diff *diff)
{
    size_t width = strlen("PROGRAM");
    for (size_t i = 0; i < diff->program_count; i++) {
        const size_t length = strlen(diff->programs[i].name);
        width = length > width ? length : width;
    }
    return (int)width;
}

static void put_symbols(struct text *text, size_t most)
{
    struct arena *arena = text->out.arena;
    size_t count;
    const struct diff_program_symbol *items = diff_facts_symbols(text->diff, arena, &count);
    const int width = widest_program(text->diff);
    if (count == 0 || most == 0)
        return;
    buffer_format(&text->out, "\n  %10s %10s %10s  %-6s  %-*s  %-10s %-12s %-28s %s\n", "CHANGE",
                  "OLD", "NEW", "", width, "PROGRAM", "MEMORY", "SECTION", "SYMBOL", "OBJECT");
    for (size_t i = 0; i < count && i < most; i++) {
        const struct diff_symbol *symbol = items[i].symbol;
        buffer_format(&text->out, "  %10s %10llu %10llu  %-6s  %-*s  %-10s %-12s %-28s %s\n",
                      diff_facts_change(symbol->bytes, arena), wide(symbol->bytes.was),
                      wide(symbol->bytes.is), diff_facts_symbol_change(symbol->change), width,
                      items[i].program->name, symbol->memory, symbol->section,
                      diff_facts_symbol_name(symbol, arena),
                      diff_facts_symbol_object(symbol, arena));
    }
    if (count > most)
        buffer_format(&text->out, "  and %zu more (show them with --symbols all)\n", count - most);
}

const char *diff_text(const struct diff *diff, size_t symbols_most, struct arena *arena)
{
    struct text text = {buffer_in(arena), diff};
    put_head(&text);
    if (diff->is_same) {
        buffer_append_text(&text.out, "the same image\n");
        return buffer_text(&text.out);
    }
    put_identity(&text);
    put_memories(&text);
    put_boundaries(&text);
    put_programs(&text);
    put_symbols(&text, symbols_most);
    return buffer_text(&text.out);
}
