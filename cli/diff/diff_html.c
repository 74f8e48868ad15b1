#include "cli/diff/diff_html.h"

#include "base/buffer.h"
#include "cli/diff/diff_facts.h"
#include "cli/diff/diff_page.h"
#include "cli/format/html_text.h"
#include "cli/report/report_page.h"

struct page {
    struct buffer body;
    struct buffer rows; /* of the table that is open */
    struct html_part id, heading, columns;
    const struct diff *diff;
    struct arena *arena;
};

static unsigned long long wide(uint64_t value)
{
    return value;
}

/* ---- tables ---- */

enum cell { CELL_TEXT, CELL_NUMBER, CELL_HEAD };

static void put_cell(struct page *page, enum cell cell, const char *text)
{
    static const struct {
        const char *open, *close;
    } tags[] = {
        [CELL_TEXT] = {"<td class=\"name\">", "</td>"},
        [CELL_NUMBER] = {"<td class=\"number\">", "</td>"},
        [CELL_HEAD] = {"<th scope=\"row\">", "</th>"},
    };
    buffer_append_text(&page->rows, tags[cell].open);
    buffer_append_text(&page->rows, html_text_escaped(text, page->arena));
    buffer_append_text(&page->rows, tags[cell].close);
}

static void open_row(struct page *page)
{
    buffer_append_text(&page->rows, "<tr>");
}

static void close_row(struct page *page)
{
    buffer_append_text(&page->rows, "</tr>\n");
}

/* Begins a section with a table in it; a column whose name begins with + holds numbers. */
static void open_table(struct page *page, const char *id, const char *heading,
                       const char *const *columns, size_t count)
{
    struct buffer out = buffer_in(page->arena);
    for (size_t i = 0; i < count; i++) {
        const bool is_number = columns[i][0] == '+';
        buffer_format(&out, "<th scope=\"col\"%s>%s</th>", is_number ? " class=\"number\"" : "",
                      columns[i] + (is_number ? 1 : 0));
    }
    page->id = (struct html_part){"id", id};
    page->heading = (struct html_part){"heading", html_text_escaped(heading, page->arena)};
    page->columns = (struct html_part){"columns", buffer_text(&out)};
    page->rows = buffer_in(page->arena);
}

static void close_table(struct page *page)
{
    const struct html_part parts[] = {
        page->id, page->heading, page->columns, {"rows", buffer_text(&page->rows)}};
    buffer_append_text(&page->body, html_text_fill(diff_page_table, parts,
                                                   sizeof parts / sizeof *parts, page->arena));
}

#define OPEN_TABLE(page, id, heading, ...)                                                         \
    open_table((page), (id), (heading), (const char *const[]){__VA_ARGS__},                        \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* ---- what it shows ---- */

static void put_identity(struct page *page)
{
    const struct diff_facts facts = diff_facts_identity(page->diff, page->arena);
    OPEN_TABLE(page, "identity", "Image", "What", "Old", "New");
    for (size_t i = 0; i < facts.count; i++) {
        const struct diff_fact *fact = &facts.items[i];
        open_row(page);
        put_cell(page, CELL_HEAD, fact->what);
        put_cell(page, CELL_TEXT, fact->was);
        put_cell(page, CELL_TEXT, fact->is_changed ? fact->is : "the same");
        close_row(page);
    }
    close_table(page);
}

static void put_memories(struct page *page)
{
    OPEN_TABLE(page, "memories", "Memories", "Memory", "What", "+Old", "+New", "+Change");
    for (size_t i = 0; i < page->diff->memory_count; i++) {
        const struct diff_memory *memory = &page->diff->memories[i];
        const struct diff_facts facts = diff_facts_memory(memory, page->arena);
        for (size_t k = 0; memory->is_used && k < facts.count; k++) {
            open_row(page);
            put_cell(page, CELL_HEAD, memory->name);
            put_cell(page, CELL_TEXT, facts.items[k].what);
            put_cell(page, CELL_NUMBER, facts.items[k].was);
            put_cell(page, CELL_NUMBER, facts.items[k].is);
            put_cell(page, CELL_NUMBER, facts.items[k].change);
            close_row(page);
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
            open_row(page);
            put_cell(page, CELL_HEAD, program->name);
            put_cell(page, CELL_TEXT, block->memory);
            put_cell(page, CELL_NUMBER, diff_facts_cuts(block->was, page->arena));
            put_cell(page, CELL_NUMBER, diff_facts_cuts(block->is, page->arena));
            close_row(page);
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
        open_row(page);
        put_cell(page, CELL_HEAD, program);
        put_cell(page, CELL_TEXT, memory);
        put_cell(page, CELL_TEXT, fact->what);
        put_cell(page, CELL_NUMBER, fact->was);
        put_cell(page, CELL_NUMBER, fact->is);
        put_cell(page, CELL_NUMBER, fact->change);
        close_row(page);
    }
}

static const char *program_words(const struct page *page, const struct diff_program *program)
{
    if (program->presence == DIFF_IN_BOTH)
        return program->name;
    return arena_format(page->arena, "%s (%s)", program->name,
                        diff_facts_presence(program->presence));
}

static void put_programs(struct page *page)
{
    const char *unchanged = diff_facts_unchanged(page->diff, page->arena);
    OPEN_TABLE(page, "programs", "Kernel and tasks", "Task", "Memory", "What", "+Old", "+New",
               "+Change");
    for (size_t i = 0; i < page->diff->program_count; i++) {
        const struct diff_program *program = &page->diff->programs[i];
        const char *name = program_words(page, program);
        if (!program->is_changed)
            continue;
        const struct diff_facts own = diff_facts_program(program, page->arena);
        put_facts(page, name, "", &own);
        for (size_t b = 0; b < program->block_count; b++) {
            const struct diff_facts facts = diff_facts_block(&program->blocks[b], page->arena);
            put_facts(page, name, program->blocks[b].memory, &facts);
        }
    }
    if (unchanged[0] != '\0') {
        buffer_format(&page->rows,
                      "<tr><th scope=\"row\">unchanged</th><td class=\"name\" colspan=\"5\">%s"
                      "</td></tr>\n",
                      html_text_escaped(unchanged, page->arena));
    }
    close_table(page);
}

static void put_symbol(struct page *page, const struct diff_program_symbol *item)
{
    struct arena *arena = page->arena;
    const struct diff_symbol *symbol = item->symbol;
    open_row(page);
    put_cell(page, CELL_HEAD, diff_facts_symbol_name(symbol, arena));
    put_cell(page, CELL_NUMBER, arena_format(arena, "%llu", wide(symbol->bytes.was)));
    put_cell(page, CELL_NUMBER, arena_format(arena, "%llu", wide(symbol->bytes.is)));
    put_cell(page, CELL_NUMBER, diff_facts_change(symbol->bytes, arena));
    put_cell(page, CELL_TEXT, diff_facts_symbol_change(symbol->change));
    put_cell(page, CELL_TEXT, item->program->name);
    put_cell(page, CELL_TEXT, symbol->memory);
    put_cell(page, CELL_TEXT, symbol->section);
    put_cell(page, CELL_TEXT, diff_facts_symbol_object(symbol, arena));
    close_row(page);
}

static void put_symbols(struct page *page, size_t most)
{
    size_t count;
    const struct diff_program_symbol *items = diff_facts_symbols(page->diff, page->arena, &count);
    if (count == 0 || most == 0)
        return;
    buffer_format(&page->body, "<details open>\n<summary>%zu %s</summary>\n", count,
                  count == 1 ? "symbol changed" : "symbols changed");
    OPEN_TABLE(page, "symbols", "Symbols", "Symbol", "+Old", "+New", "+Change", "How", "Task",
               "Memory", "Section", "Object");
    for (size_t i = 0; i < count && i < most; i++)
        put_symbol(page, &items[i]);
    close_table(page);
    if (count > most)
        buffer_format(&page->body,
                      "<p class=\"hint\">and %zu more: <code>--symbols all</code></p>\n",
                      count - most);
    buffer_append_text(&page->body, "</details>\n");
}

/* ---- the page ---- */

static void put_note(struct page *page, const char *text)
{
    buffer_format(&page->body, "<p class=\"note\">%s</p>\n", text);
}

static void put_body(struct page *page, size_t symbols_most)
{
    if (page->diff->is_other_board)
        put_note(page, "These are images of different boards.");
    if (page->diff->is_same)
        put_note(page, "The same image.");
    put_boundaries(page);
    put_identity(page);
    if (page->diff->is_same)
        return;
    put_memories(page);
    put_programs(page);
    put_symbols(page, symbols_most);
}

const char *diff_html(const struct diff *diff, size_t symbols_most, struct arena *arena)
{
    struct page page = {.body = buffer_in(arena), .diff = diff, .arena = arena};
    put_body(&page, symbols_most);
    const char *title = arena_format(arena, "%s %s → %s %s", diff->name.was, diff->version.was,
                                     diff->name.is, diff->version.is);
    const struct html_part parts[] = {
        {"title", html_text_escaped(title, arena)},
        {"style-source", html_text_source(report_page_style, arena)},
        {"style", report_page_style},
        {"body", buffer_text(&page.body)},
    };
    return html_text_fill(diff_page_html, parts, sizeof parts / sizeof *parts, arena);
}
