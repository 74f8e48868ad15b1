#include "cli/diff/diff_markdown.h"

#include "base/buffer.h"
#include "cli/diff/diff_facts.h"
#include "cli/format/markdown_text.h"

#include <string.h>

struct markdown {
    struct buffer out;
    const struct diff *diff;
};

static unsigned long long wide(uint64_t value)
{
    return value;
}

static const char *escaped(const struct markdown *markdown, const char *text)
{
    return markdown_text_escaped(text, markdown->out.arena);
}

/* ---- summary ---- */

static void put_title(struct markdown *markdown)
{
    const struct diff *diff = markdown->diff;
    buffer_format(&markdown->out, "### %s %s → ", escaped(markdown, diff->name.was),
                  escaped(markdown, diff->version.was));
    if (strcmp(diff->name.was, diff->name.is) != 0)
        buffer_format(&markdown->out, "%s ", escaped(markdown, diff->name.is));
    buffer_format(&markdown->out, "%s\n\n", escaped(markdown, diff->version.is));
}

static size_t changed_tasks(const struct diff *diff)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->program_count; i++)
        count += diff->programs[i].is_changed && !diff->programs[i].is_kernel ? 1 : 0;
    return count;
}

static void put_count(struct markdown *markdown, size_t count, const char *one, const char *many)
{
    if (count != 0)
        buffer_format(&markdown->out, " · %zu %s", count, count == 1 ? one : many);
}

static void put_summary(struct markdown *markdown)
{
    const struct diff *diff = markdown->diff;
    bool is_first = true;
    for (size_t i = 0; i < diff->memory_count; i++) {
        const struct diff_memory *memory = &diff->memories[i];
        if (!memory->is_used)
            continue;
        buffer_format(&markdown->out, "%s**%s** %llu (%s)", is_first ? "" : " · ",
                      escaped(markdown, memory->name), wide(memory->used.is),
                      diff_facts_change(memory->used, markdown->out.arena));
        is_first = false;
    }
    put_count(markdown, changed_tasks(diff), "task changed", "tasks changed");
    put_count(markdown, diff->moved_count, "block moved", "blocks moved");
    put_count(markdown, diff->boundary_count, "block with moved boundaries",
              "blocks with moved boundaries");
    buffer_append_text(&markdown->out, "\n");
    if (diff->is_other_board)
        buffer_append_text(&markdown->out, "\nThese are images of different boards.\n");
}

/* ---- tables ---- */

static void put_identity(struct markdown *markdown)
{
    const struct diff_facts facts = diff_facts_identity(markdown->diff, markdown->out.arena);
    bool is_first = true;
    for (size_t i = 0; i < facts.count; i++) {
        const struct diff_fact *fact = &facts.items[i];
        if (!fact->is_changed)
            continue;
        if (is_first)
            buffer_append_text(&markdown->out, "\n| Image | Old | New |\n|---|---|---|\n");
        is_first = false;
        buffer_format(&markdown->out, "| %s | %s | %s |\n", fact->what,
                      escaped(markdown, fact->was), escaped(markdown, fact->is));
    }
}

static void put_memory(struct markdown *markdown, const struct diff_memory *memory)
{
    const struct diff_facts facts = diff_facts_memory(memory, markdown->out.arena);
    const char *presence = diff_facts_presence(memory->presence);
    buffer_format(&markdown->out, "\n| %s%s%s | Old | New | Change |\n|---|--:|--:|--:|\n",
                  escaped(markdown, memory->name), presence[0] == '\0' ? "" : ", ", presence);
    for (size_t i = 0; i < facts.count; i++)
        buffer_format(&markdown->out, "| %s | %s | %s | %s |\n", facts.items[i].what,
                      facts.items[i].was, facts.items[i].is, facts.items[i].change);
}

static void put_boundaries(struct markdown *markdown)
{
    struct arena *arena = markdown->out.arena;
    if (markdown->diff->boundary_count == 0)
        return;
    buffer_append_text(&markdown->out,
                       "\n**Task unchanged, but its region boundaries moved** (region sizes):\n\n| "
                       "Task | Memory | Old | New |\n|---|---|---|---|\n");
    for (size_t i = 0; i < markdown->diff->program_count; i++) {
        const struct diff_program *program = &markdown->diff->programs[i];
        for (size_t b = 0; b < program->block_count; b++) {
            const struct diff_block *block = &program->blocks[b];
            if (diff_has_moved_boundaries(program, block))
                buffer_format(&markdown->out, "| %s | %s | %s | %s |\n",
                              escaped(markdown, program->name), escaped(markdown, block->memory),
                              diff_facts_cuts(block->was, arena),
                              diff_facts_cuts(block->is, arena));
        }
    }
}

static void put_facts(struct markdown *markdown, const char *program, const char *memory,
                      const struct diff_facts *facts)
{
    for (size_t i = 0; i < facts->count; i++) {
        const struct diff_fact *fact = &facts->items[i];
        if (fact->is_changed)
            buffer_format(&markdown->out, "| %s | %s | %s | %s | %s | %s |\n",
                          escaped(markdown, program), escaped(markdown, memory), fact->what,
                          escaped(markdown, fact->was), escaped(markdown, fact->is), fact->change);
    }
}

static void put_program(struct markdown *markdown, const struct diff_program *program)
{
    struct arena *arena = markdown->out.arena;
    const struct diff_facts own = diff_facts_program(program, arena);
    if (program->presence != DIFF_IN_BOTH)
        buffer_format(&markdown->out, "| %s | | %s | | | |\n", escaped(markdown, program->name),
                      diff_facts_presence(program->presence));
    put_facts(markdown, program->name, "", &own);
    for (size_t b = 0; b < program->block_count; b++) {
        const struct diff_facts facts = diff_facts_block(&program->blocks[b], arena);
        put_facts(markdown, program->name, program->blocks[b].memory, &facts);
    }
}

static void put_programs(struct markdown *markdown)
{
    bool is_first = true;
    for (size_t i = 0; i < markdown->diff->program_count; i++) {
        if (!markdown->diff->programs[i].is_changed)
            continue;
        if (is_first)
            buffer_append_text(&markdown->out, "\n| Task | Memory | What | Old | New | Change |\n"
                                               "|---|---|---|--:|--:|--:|\n");
        is_first = false;
        put_program(markdown, &markdown->diff->programs[i]);
    }
}

static void put_symbols(struct markdown *markdown, size_t most)
{
    struct arena *arena = markdown->out.arena;
    size_t count;
    const struct diff_program_symbol *items = diff_facts_symbols(markdown->diff, arena, &count);
    if (count == 0 || most == 0)
        return;
    buffer_format(&markdown->out,
                  "\n<details>\n<summary>%zu %s</summary>\n\n"
                  "| Change | Old | New | How | Task | Memory | Section | Symbol | Object |\n"
                  "|--:|--:|--:|---|---|---|---|---|---|\n",
                  count, count == 1 ? "symbol changed" : "symbols changed");
    for (size_t i = 0; i < count && i < most; i++) {
        const struct diff_symbol *symbol = items[i].symbol;
        buffer_format(&markdown->out, "| %s | %llu | %llu | %s | %s | %s | %s | %s | %s |\n",
                      diff_facts_change(symbol->bytes, arena), wide(symbol->bytes.was),
                      wide(symbol->bytes.is), diff_facts_symbol_change(symbol->change),
                      escaped(markdown, items[i].program->name), escaped(markdown, symbol->memory),
                      escaped(markdown, symbol->section),
                      escaped(markdown, diff_facts_symbol_name(symbol, arena)),
                      escaped(markdown, diff_facts_symbol_object(symbol, arena)));
    }
    if (count > most)
        buffer_format(&markdown->out, "\nand %zu more\n", count - most);
    buffer_append_text(&markdown->out, "\n</details>\n");
}

const char *diff_markdown(const struct diff *diff, size_t symbols_most, struct arena *arena)
{
    struct markdown markdown = {buffer_in(arena), diff};
    put_title(&markdown);
    if (diff->is_same) {
        buffer_append_text(&markdown.out, "The same image.\n");
        return buffer_text(&markdown.out);
    }
    put_summary(&markdown);
    put_boundaries(&markdown);
    put_identity(&markdown);
    for (size_t i = 0; i < diff->memory_count; i++) {
        if (diff->memories[i].is_used && diff->memories[i].is_changed)
            put_memory(&markdown, &diff->memories[i]);
    }
    put_programs(&markdown);
    put_symbols(&markdown, symbols_most);
    return buffer_text(&markdown.out);
}
