#include "cli/report_html.h"

#include "base/buffer.h"
#include "layout/memory_map.h"

enum { BAR_WIDTH_PER_MILLE = 1000 };

static const char style[] =
    ":root{color-scheme:light dark;--line:#8886;--kernel:#5b7fb4;--block:#4f9a6b;--info:#b08a3e;"
    "--gap:#c0504d;--free:transparent}"
    "body{font:15px/1.45 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:.5rem 0 2rem}"
    "th,td{padding:.15rem .8rem;text-align:left;border-bottom:1px solid var(--line)}"
    ".n{text-align:right;font-variant-numeric:tabular-nums}"
    ".bar{display:flex;height:1.6rem;border:1px solid var(--line);overflow:hidden}"
    ".bar div{min-width:0}.kernel{background:var(--kernel)}.block{background:var(--block)}"
    ".block:nth-child(even){filter:brightness(1.18)}.info{background:var(--info)}"
    ".gap{background:var(--gap)}.skip,.hole{background:var(--line)}.free{background:var(--free)}";

struct page {
    struct buffer out;
    const struct plan_slot *slot;
    const struct layout_request *request;
    const struct layout *layout;
};

static unsigned long long wide(uint64_t value)
{
    return value;
}

static void put_escaped(struct buffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            buffer_append_text(out, "&amp;");
            break;
        case '<':
            buffer_append_text(out, "&lt;");
            break;
        case '"':
            buffer_append_text(out, "&quot;");
            break;
        default:
            buffer_append_byte(out, (uint8_t)*text);
        }
    }
}

static const char *kind_class(enum memory_map_kind kind)
{
    switch (kind) {
    case MEMORY_MAP_SKIP:
        return "skip";
    case MEMORY_MAP_HOLE:
        return "hole";
    case MEMORY_MAP_KERNEL:
        return "kernel";
    case MEMORY_MAP_BLOCK:
        return "block";
    case MEMORY_MAP_INFO:
        return "info";
    case MEMORY_MAP_GAP:
        return "gap";
    case MEMORY_MAP_FREE:
        return "free";
    }
    return "";
}

static const char *owner_of(const struct page *page, const struct memory_map_row *row)
{
    return row->kind == MEMORY_MAP_BLOCK ? page->request->tasks[row->task].name
                                         : kind_class(row->kind);
}

static void put_bar(struct page *page, const struct memory_map *map, uint64_t memory_bytes)
{
    buffer_append_text(&page->out, "<div class=bar aria-hidden=true>");
    for (size_t i = 0; i < map->row_count; i++) {
        const struct memory_map_row *row = &map->rows[i];
        const uint64_t bytes = row->range.end - row->range.start;
        buffer_format(&page->out, "<div class=%s style=\"flex:%llu 0 0\" title=\"",
                      kind_class(row->kind),
                      wide(bytes * BAR_WIDTH_PER_MILLE / (memory_bytes == 0 ? 1 : memory_bytes)));
        put_escaped(&page->out, owner_of(page, row));
        buffer_format(&page->out, " %llu bytes\"></div>", wide(bytes));
    }
    buffer_append_text(&page->out, "</div>\n");
}

static void put_rows(struct page *page, const struct memory_map *map)
{
    uint64_t total = 0;
    for (size_t i = 0; i < map->row_count; i++) {
        const struct memory_map_row *row = &map->rows[i];
        const uint64_t bytes = row->range.end - row->range.start;
        total += bytes;
        buffer_format(&page->out, "<tr><td>0x%08llx<td class=n>%llu<td>", wide(row->range.start),
                      wide(bytes));
        put_escaped(&page->out, owner_of(page, row));
        if (memory_map_has_owner(row))
            buffer_format(&page->out, "<td class=n>%llu", wide(row->need_bytes));
        else
            buffer_append_text(&page->out, "<td>");
        buffer_append_byte(&page->out, '\n');
    }
    buffer_format(&page->out, "<tr><th>total<th class=n>%llu<th><th>\n", wide(total));
}

static void put_memory(struct page *page, size_t index)
{
    const struct layout_memory *memory = &page->request->memories[index];
    const struct memory_map map =
        memory_map_of(page->request, page->layout, index, page->out.arena);
    if (!memory_map_total(&map).has_owner)
        return;
    buffer_append_text(&page->out, "<h2>");
    put_escaped(&page->out, memory->name);
    buffer_append_text(&page->out, "</h2>\n");
    put_bar(page, &map, memory->size);
    buffer_append_text(&page->out, "<table><tr><th>address<th class=n>bytes<th>owner"
                                   "<th class=n>need\n");
    put_rows(page, &map);
    buffer_append_text(&page->out, "</table>\n");
}

static void put_task(struct page *page, size_t index)
{
    const struct layout_task_answer *task = &page->layout->tasks[index];
    for (size_t b = 0; b < task->block_count; b++) {
        const struct layout_block *block = &task->blocks[b];
        buffer_append_text(&page->out, "<tr><td>");
        put_escaped(&page->out, page->request->tasks[index].name);
        buffer_append_text(&page->out, "<td>");
        put_escaped(&page->out, page->request->memories[block->memory].name);
        buffer_format(&page->out, "<td class=n>%llu<td class=n>%llu<td>", wide(block->need_bytes),
                      wide(block->range.end - block->range.start));
        for (size_t i = 0; i < block->region_count; i++)
            buffer_format(&page->out, "%s0x%08llx+%llu", i == 0 ? "" : ", ",
                          wide(block->regions[i].start),
                          wide(block->regions[i].end - block->regions[i].start));
        buffer_format(&page->out, "<td class=n>%u of %u\n", task->slots_used,
                      page->layout->mpu.slots - page->layout->mpu.reserved);
    }
}

const char *report_html_of(const struct plan_slot *slot, const struct plan *plan, const char *id,
                           struct arena *arena)
{
    struct page page = {buffer_in(arena), slot, &plan->request, &plan->layout};
    buffer_format(&page.out, "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n"
                             "<meta name=viewport content=\"width=device-width\">\n<title>");
    put_escaped(&page.out, slot->manifest->name.text);
    buffer_format(&page.out, "</title>\n<style>%s</style>\n<h1>", style);
    put_escaped(&page.out, slot->manifest->name.text);
    buffer_format(&page.out, " %llu.%llu.%llu</h1>\n<p>ID <code>%s</code></p>\n",
                  wide(slot->manifest->major), wide(slot->manifest->minor),
                  wide(slot->manifest->patch), id);
    for (size_t i = 0; i < plan->layout.memory_count; i++)
        put_memory(&page, i);
    buffer_append_text(&page.out, "<h2>Tasks</h2>\n<table><tr><th>task<th>memory<th class=n>need"
                                  "<th class=n>bytes<th>regions<th class=n>slots\n");
    for (size_t i = 0; i < plan->layout.task_count; i++)
        put_task(&page, i);
    buffer_append_text(&page.out, "</table>\n</html>\n");
    return buffer_text(&page.out);
}
