#include "cli/diff/diff_html.h"

#include "base/buffer.h"
#include "cli/diff/diff_facts.h"
#include "cli/format/html_text.h"
#include "cli/report/report_page.h"

#include <string.h>

struct page {
    struct buffer out;
    const struct diff *diff;
};

static unsigned long long wide(uint64_t value)
{
    return value;
}

static void put(struct page *page, const char *html)
{
    buffer_append_text(&page->out, html);
}

static void put_text(struct page *page, const char *text)
{
    buffer_append_text(&page->out, html_text_escaped(text, page->out.arena));
}

/* ---- tables ---- */

enum cell { CELL_TEXT, CELL_NUMBER, CELL_HEAD };

static void put_cell(struct page *page, enum cell cell, const char *text)
{
    switch (cell) {
    case CELL_TEXT:
        put(page, "<td class=\"name\">");
        put_text(page, text);
        put(page, "</td>");
        break;
    case CELL_NUMBER:
        put(page, "<td class=\"number\">");
        put_text(page, text);
        put(page, "</td>");
        break;
    case CELL_HEAD:
        put(page, "<th scope=\"row\">");
        put_text(page, text);
        put(page, "</th>");
        break;
    }
}

/* Opens a section with a table; a column whose name starts with + holds numbers. */
static void open_table(struct page *page, const char *id, const char *heading,
                       const char *const *columns, size_t count)
{
    buffer_format(&page->out, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", id, id);
    put_text(page, heading);
    buffer_format(&page->out,
                  "</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                  "aria-labelledby=\"%s\"><table>\n<thead><tr>",
                  id);
    for (size_t i = 0; i < count; i++) {
        const bool is_number = columns[i][0] == '+';
        buffer_format(&page->out, "<th scope=\"col\"%s>%s</th>",
                      is_number ? " class=\"number\"" : "", columns[i] + (is_number ? 1 : 0));
    }
    put(page, "</tr></thead>\n<tbody>\n");
}

static void close_table(struct page *page)
{
    put(page, "</tbody>\n</table></div>\n</section>\n");
}

#define OPEN_TABLE(page, id, heading, ...)                                                         \
    open_table((page), (id), (heading), (const char *const[]){__VA_ARGS__},                        \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* ---- what it shows ---- */

static void put_identity(struct page *page)
{
    const struct diff_facts facts = diff_facts_identity(page->diff, page->out.arena);
    OPEN_TABLE(page, "identity", "Image", "What", "Old", "New");
    for (size_t i = 0; i < facts.count; i++) {
        const struct diff_fact *fact = &facts.items[i];
        put(page, "<tr>");
        put_cell(page, CELL_HEAD, fact->what);
        put_cell(page, CELL_TEXT, fact->was);
        put_cell(page, CELL_TEXT, fact->is_changed ? fact->is : "the same");
        put(page, "</tr>\n");
    }
    close_table(page);
}

static void put_memories(struct page *page)
{
    OPEN_TABLE(page, "memories", "Memories", "Memory", "What", "+Old", "+New", "+Change");
    for (size_t i = 0; i < page->diff->memory_count; i++) {
        const struct diff_memory *memory = &page->diff->memories[i];
        const struct diff_facts facts = diff_facts_memory(memory, page->out.arena);
        for (size_t k = 0; memory->is_used && k < facts.count; k++) {
            put(page, "<tr>");
            put_cell(page, CELL_HEAD, memory->name);
            put_cell(page, CELL_TEXT, facts.items[k].what);
            put_cell(page, CELL_NUMBER, facts.items[k].was);
            put_cell(page, CELL_NUMBER, facts.items[k].is);
            put_cell(page, CELL_NUMBER, facts.items[k].change);
            put(page, "</tr>\n");
        }
    }
    close_table(page);
}

static void put_boundaries(struct page *page)
{
    if (page->diff->boundary_count == 0)
        return;
    OPEN_TABLE(page, "boundaries", "Task unchanged, but its region boundaries moved", "Task",
               "Memory", "+Regions before", "+Regions now");
    for (size_t i = 0; i < page->diff->program_count; i++) {
        const struct diff_program *program = &page->diff->programs[i];
        for (size_t b = 0; b < program->block_count; b++) {
            const struct diff_block *block = &program->blocks[b];
            if (!diff_has_moved_boundaries(program, block))
                continue;
            put(page, "<tr>");
            put_cell(page, CELL_HEAD, program->name);
            put_cell(page, CELL_TEXT, block->memory);
            put_cell(page, CELL_NUMBER, diff_facts_cuts(block->was, page->out.arena));
            put_cell(page, CELL_NUMBER, diff_facts_cuts(block->is, page->out.arena));
            put(page, "</tr>\n");
        }
    }
    close_table(page);
}

static void put_facts(struct page *page, const char *program, const char *memory,
                      const struct diff_facts *facts)
{
    for (size_t i = 0; i < facts->count; i++) {
        const struct diff_fact *fact = &facts->items[i];
        if (!fact->is_changed)
            continue;
        put(page, "<tr>");
        put_cell(page, CELL_HEAD, program);
        put_cell(page, CELL_TEXT, memory);
        put_cell(page, CELL_TEXT, fact->what);
        put_cell(page, CELL_NUMBER, fact->was);
        put_cell(page, CELL_NUMBER, fact->is);
        put_cell(page, CELL_NUMBER, fact->change);
        put(page, "</tr>\n");
    }
}

static const char *program_words(const struct page *page, const struct diff_program *program)
{
    if (program->presence == DIFF_IN_BOTH)
        return program->name;
    return arena_format(page->out.arena, "%s (%s)", program->name,
                        diff_facts_presence(program->presence));
}

static void put_programs(struct page *page)
{
    const char *unchanged = diff_facts_unchanged(page->diff, page->out.arena);
    OPEN_TABLE(page, "programs", "Kernel and tasks", "Task", "Memory", "What", "+Old", "+New",
               "+Change");
    for (size_t i = 0; i < page->diff->program_count; i++) {
        const struct diff_program *program = &page->diff->programs[i];
        const char *name = program_words(page, program);
        if (!program->is_changed)
            continue;
        const struct diff_facts own = diff_facts_program(program, page->out.arena);
        put_facts(page, name, "", &own);
        for (size_t b = 0; b < program->block_count; b++) {
            const struct diff_facts facts = diff_facts_block(&program->blocks[b], page->out.arena);
            put_facts(page, name, program->blocks[b].memory, &facts);
        }
    }
    if (unchanged[0] != '\0') {
        put(page, "<tr><th scope=\"row\">unchanged</th><td class=\"name\" colspan=\"5\">");
        put_text(page, unchanged);
        put(page, "</td></tr>\n");
    }
    close_table(page);
}

static void put_symbol(struct page *page, const struct diff_program_symbol *item)
{
    struct arena *arena = page->out.arena;
    const struct diff_symbol *symbol = item->symbol;
    put(page, "<tr>");
    put_cell(page, CELL_HEAD, diff_facts_symbol_name(symbol, arena));
    put_cell(page, CELL_NUMBER, arena_format(arena, "%llu", wide(symbol->bytes.was)));
    put_cell(page, CELL_NUMBER, arena_format(arena, "%llu", wide(symbol->bytes.is)));
    put_cell(page, CELL_NUMBER, diff_facts_change(symbol->bytes, arena));
    put_cell(page, CELL_TEXT, diff_facts_symbol_change(symbol->change));
    put_cell(page, CELL_TEXT, item->program->name);
    put_cell(page, CELL_TEXT, symbol->memory);
    put_cell(page, CELL_TEXT, symbol->section);
    put_cell(page, CELL_TEXT, diff_facts_symbol_object(symbol, arena));
    put(page, "</tr>\n");
}

static void put_symbols(struct page *page, size_t most)
{
    size_t count;
    const struct diff_program_symbol *items =
        diff_facts_symbols(page->diff, page->out.arena, &count);
    if (count == 0 || most == 0)
        return;
    buffer_format(&page->out, "<details open>\n<summary>%zu %s</summary>\n", count,
                  count == 1 ? "symbol changed" : "symbols changed");
    OPEN_TABLE(page, "symbols", "Symbols", "Symbol", "+Old", "+New", "+Change", "How", "Task",
               "Memory", "Section", "Object");
    for (size_t i = 0; i < count && i < most; i++)
        put_symbol(page, &items[i]);
    close_table(page);
    if (count > most)
        buffer_format(&page->out,
                      "<p class=\"hint\">and %zu more: <code>--symbols all</code></p>\n",
                      count - most);
    put(page, "</details>\n");
}

/* ---- the page ---- */

static void put_head(struct page *page)
{
    const struct diff *diff = page->diff;
    struct arena *arena = page->out.arena;
    const char *title = arena_format(arena, "%s %s → %s %s", diff->name.was, diff->version.was,
                                     diff->name.is, diff->version.is);
    put(page, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
              "<meta name=\"color-scheme\" content=\"light dark\">\n");
    buffer_format(&page->out,
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src %s; base-uri 'none'; form-action 'none'\">\n<title>",
                  html_text_source(report_page_style, arena));
    put_text(page, title);
    put(page, "</title>\n<style>");
    put(page, report_page_style);
    put(page, "</style>\n</head>\n<body>\n<header><div class=\"identity\"><h1>");
    put_text(page, title);
    put(page, "</h1></div></header>\n<main>\n");
    if (diff->is_other_board)
        put(page, "<p class=\"note\">These are images of different boards.</p>\n");
}

const char *diff_html(const struct diff *diff, size_t symbols_most, struct arena *arena)
{
    struct page page = {buffer_in(arena), diff};
    put_head(&page);
    if (diff->is_same)
        put(&page, "<p class=\"note\">The same image.</p>\n");
    put_boundaries(&page);
    put_identity(&page);
    if (!diff->is_same) {
        put_memories(&page);
        put_programs(&page);
        put_symbols(&page, symbols_most);
    }
    put(&page, "</main>\n</body>\n</html>\n");
    return buffer_text(&page.out);
}
