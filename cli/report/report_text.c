#include "cli/report/report_text.h"

#include "base/buffer.h"
#include "cli/report/report_names.h"
#include "cli/report/report_plan.h"

#include <imgbuild/tables.h>
#include <string.h>

enum { KIB = 1024, MIB = 1024 * 1024, LARGEST_SHOWN = 16 };

struct text {
    struct buffer out;
    const struct report *report;
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

/* Percent with two decimals, from integers, rounded to nearest. */
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

/* ---- memories ---- */

static bool has_owner(const struct report_row *row)
{
    return row->program != REPORT_NONE || row->kind == REPORT_ROW_INFO;
}

static const char *owner_of(const struct text *text, const struct report_row *row)
{
    if (row->program != REPORT_NONE)
        return text->report->programs[row->program].name;
    return arena_format(text->out.arena, "-%s-", report_names_row(row->kind));
}

/* The kernel may access what its tasks must not: every row of the table shows the memory's own
 * access. Only the info block has its own: read-only for everyone. */
static void put_row(struct text *text, const struct report_row *row, const char *attributes)
{
    const char *shown = has_owner(row) ? attributes : "-";
    if (row->kind == REPORT_ROW_INFO)
        shown = report_names_attributes(text->out.arena, IMGBUILD_READ);
    const char *need =
        has_owner(row) ? arena_format(text->out.arena, "%llu", wide(row->need_bytes)) : "-";
    buffer_format(&text->out, "  0x%08llx %10llu  %-5s %-*s %10s\n", wide(row->start),
                  wide(row->bytes), shown, (int)text->owner_width, owner_of(text, row), need);
}

static uint64_t taken_of(const struct report_memory *memory)
{
    return memory->task_need_bytes + memory->task_padding_bytes + memory->task_gap_bytes;
}

/* Bytes of a memory's last rows beyond its end. */
static uint64_t overflow_of(const struct report_memory *memory)
{
    const uint64_t end = memory->base + memory->size;
    uint64_t reach = end;
    for (size_t i = 0; i < memory->row_count; i++) {
        const uint64_t row_end = memory->rows[i].start + memory->rows[i].bytes;
        reach = row_end > reach ? row_end : reach;
    }
    return reach - end;
}

static void put_memory(struct text *text, const struct report_memory *memory)
{
    struct arena *arena = text->out.arena;
    if (!memory->has_owner)
        return;
    const char *attributes = report_names_attributes(arena, memory->attributes);
    buffer_format(&text->out, "\n%s: %s at 0x%08llx, %s\n", memory->name,
                  report_text_bytes(arena, memory->size), wide(memory->base), attributes);
    buffer_format(&text->out, "  %-10s %10s  %-5s %-*s %10s\n", "ADDRESS", "SIZE", "ATTR",
                  (int)text->owner_width, "OWNER", "NEED");
    for (size_t i = 0; i < memory->row_count; i++)
        put_row(text, &memory->rows[i], attributes);
    buffer_format(&text->out, "  %-10s %10llu\n", "total", wide(memory->size));
    buffer_format(&text->out, "  used %llu (%s), free %llu; padding %llu, gaps %llu\n",
                  wide(memory->used_bytes), percent(arena, memory->used_bytes, memory->size),
                  wide(memory->free_bytes), wide(memory->padding_bytes), wide(memory->gap_bytes));
    if (overflow_of(memory) > 0)
        buffer_format(&text->out, "  DOES NOT FIT: %llu bytes beyond its end\n",
                      wide(overflow_of(memory)));
    const uint64_t need = memory->task_need_bytes;
    const uint64_t taken = taken_of(memory);
    if (need != 0)
        buffer_format(&text->out,
                      "  tasks need %llu and use %llu, %s more; %s above the minimum of %llu\n",
                      wide(need), wide(taken), percent(arena, taken - need, need),
                      percent_above(arena, taken, memory->bound_bytes), wide(memory->bound_bytes));
}

/* The joint bound: a memory's own bound assumes that every slot is spent there. */
static void put_sum(struct text *text)
{
    const struct report *report = text->report;
    uint64_t need = 0;
    uint64_t taken = 0;
    for (size_t i = 0; i < report->memory_count; i++) {
        need += report->memories[i].task_need_bytes;
        taken += taken_of(&report->memories[i]);
    }
    struct arena *arena = text->out.arena;
    buffer_format(&text->out, "\nall memories: tasks need %llu and use %llu, %s more; ", wide(need),
                  wide(taken), percent(arena, taken - need, need));
    if (taken == report->bound_bytes)
        buffer_append_text(&text->out, "optimal: no layout uses less\n");
    else
        buffer_format(&text->out, "%s above the minimum of %llu\n",
                      percent_above(arena, taken, report->bound_bytes), wide(report->bound_bytes));
}

/* ---- tasks ---- */

static const char *number_or_dash(struct arena *arena, bool is_given, uint64_t value)
{
    return is_given ? arena_format(arena, "%llu", wide(value)) : "-";
}

static const char *regions_text(struct arena *arena, const struct report_block *block)
{
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < block->region_count; i++)
        buffer_format(&out, "%s%llu", i == 0 ? "" : "+",
                      wide(block->regions[i].end - block->regions[i].start));
    return buffer_text(&out);
}

static void put_block(struct text *text, const struct report_block *block, const char *name,
                      const char *slots)
{
    struct arena *arena = text->out.arena;
    buffer_format(&text->out, "  %-*s %-10s %10llu %10llu %10s %10s %6s  %s\n",
                  (int)text->owner_width, name, text->report->memories[block->memory].name,
                  wide(block->need_bytes), wide(block->bytes),
                  number_or_dash(arena, block->has_limit, block->limit_bytes),
                  number_or_dash(arena, block->has_headroom, block->headroom_bytes), slots,
                  regions_text(arena, block));
}

static void put_fixed(struct text *text, const struct report_fixed *fixed)
{
    struct buffer names = buffer_in(text->out.arena);
    for (size_t i = 0; i < fixed->name_count; i++)
        buffer_format(&names, "%s%s", i == 0 ? "" : "+", fixed->names[i]);
    buffer_format(&text->out, "  %-*s %s\n", (int)text->owner_width, "", buffer_text(&names));
}

static void put_task(struct text *text, const struct report_program *task)
{
    const uint32_t slots = text->report->mpu_slots - text->report->mpu_reserved;
    const char *used = arena_format(text->out.arena, "%u/%u", task->slots_used, slots);
    if (task->block_count == 0)
        buffer_format(&text->out, "  %-*s %-10s %10s %10s %10s %10s %6s\n", (int)text->owner_width,
                      task->name, "-", "-", "-", "-", "-", used);
    for (size_t i = 0; i < task->block_count; i++)
        put_block(text, &task->blocks[i], i == 0 ? task->name : "", i == 0 ? used : "");
    for (size_t i = 0; i < task->fixed_count; i++)
        put_fixed(text, &task->fixed[i]);
}

static void put_tasks(struct text *text)
{
    buffer_format(&text->out, "\n  %-*s %-10s %10s %10s %10s %10s %6s  %s\n",
                  (int)text->owner_width, "TASK", "MEMORY", "NEED", "SIZE", "LIMIT", "HEADROOM",
                  "SLOTS", "REGIONS");
    for (size_t i = REPORT_KERNEL + 1; i < text->report->program_count; i++)
        put_task(text, &text->report->programs[i]);
}

/* HEADROOM: how much a need can grow before other blocks move. */
static void put_next_to_hurt(struct text *text)
{
    const struct report *report = text->report;
    if (report->hurt_program == REPORT_NONE)
        return;
    const struct report_program *task = &report->programs[report->hurt_program];
    const struct report_block *block = &task->blocks[report->hurt_block];
    buffer_format(&text->out,
                  "\ntightest: %s in %s (can grow by %llu bytes, with --locked, before other "
                  "blocks must move)\n",
                  task->name, report->memories[block->memory].name, wide(block->headroom_bytes));
}

/* ---- what happened to the lock's blocks ---- */

static void put_move(struct text *text, const struct report_move *move)
{
    const struct report_program *task = &text->report->programs[move->program];
    const char *memory = text->report->memories[task->blocks[move->block].memory].name;
    if (strcmp(move->kind, "kept") != 0)
        buffer_format(&text->out, "  %s %s %s%s%s\n", task->name, memory, move->kind,
                      move->reason[0] == '\0' ? "" : ": ", move->reason);
    if (move->boundaries_changed)
        buffer_format(&text->out,
                      "  %s %s: region boundaries moved, though it did not outgrow them\n",
                      task->name, memory);
}

static void put_moves(struct text *text)
{
    const struct report *report = text->report;
    size_t kept = 0;
    for (size_t i = 0; i < report->move_count; i++)
        kept += strcmp(report->moves[i].kind, "kept") == 0 ? 1 : 0;
    buffer_format(&text->out, "\ncompared with imgbuild.lock: %zu of %zu blocks kept\n", kept,
                  report->move_count);
    for (size_t i = 0; i < report->move_count; i++)
        put_move(text, &report->moves[i]);
}

/* ---- sections and symbols ---- */

static const char *section_name(const struct report_section *section)
{
    return section->kind == REPORT_SECTION_FILL ? "-fill-" : section->name;
}

static void put_sections(struct text *text, const struct report_program *program)
{
    bool is_first = true;
    for (size_t b = 0; b < program->block_count; b++) {
        const struct report_block *block = &program->blocks[b];
        for (size_t i = 0; i < block->section_count; i++) {
            const struct report_section *section = &block->sections[i];
            buffer_format(&text->out, "  %-*s %-10s 0x%08llx %10llu  %-10s  %s\n",
                          (int)text->owner_width, is_first ? program->name : "",
                          text->report->memories[block->memory].name, wide(section->addr),
                          wide(section->bytes), report_names_section(section->kind),
                          section_name(section));
            is_first = false;
        }
    }
}

/* One symbol and what contains it. */
struct largest {
    const struct report_symbol *symbol;
    const struct report_object *object;
    const struct report_program *program;
    size_t memory;
};

static int compare_largest(const struct largest *a, const struct largest *b)
{
    const int order = (a->symbol->bytes < b->symbol->bytes) - (a->symbol->bytes > b->symbol->bytes);
    return order != 0 ? order
                      : (a->symbol->addr > b->symbol->addr) - (a->symbol->addr < b->symbol->addr);
}

/* Keeps the largest in order, up to the number shown. */
static void keep_largest(struct largest *items, size_t *count, const struct largest *item)
{
    size_t at = *count;
    while (at > 0 && compare_largest(item, &items[at - 1]) < 0)
        at--;
    if (at == LARGEST_SHOWN)
        return;
    if (*count < LARGEST_SHOWN)
        (*count)++;
    for (size_t i = *count - 1; i > at; i--)
        items[i] = items[i - 1];
    items[at] = *item;
}

static void collect_largest(const struct report_program *program, const struct report_block *block,
                            struct largest *items, size_t *count)
{
    for (size_t s = 0; s < block->section_count; s++) {
        const struct report_section *section = &block->sections[s];
        for (size_t o = 0; o < section->object_count; o++) {
            const struct report_object *object = &section->objects[o];
            for (size_t i = 0; i < object->symbol_count; i++) {
                const struct largest item = {&object->symbols[i], object, program, block->memory};
                if (item.symbol->kind != REPORT_SYMBOL_FILL && item.symbol->bytes != 0)
                    keep_largest(items, count, &item);
            }
        }
    }
}

static const char *object_name(const struct report_object *object)
{
    return object->name[0] == '\0' ? "-" : object->name;
}

static void put_largest(struct text *text)
{
    const struct report *report = text->report;
    struct largest items[LARGEST_SHOWN];
    size_t count = 0;
    for (size_t i = 0; i < report->program_count; i++) {
        for (size_t b = 0; b < report->programs[i].block_count; b++)
            collect_largest(&report->programs[i], &report->programs[i].blocks[b], items, &count);
    }
    buffer_format(&text->out, "\nlargest:\n  %10s  %-*s %-10s %-10s %-24s %s\n", "SIZE",
                  (int)text->owner_width, "OWNER", "MEMORY", "ADDRESS", "SYMBOL", "OBJECT");
    for (size_t i = 0; i < count; i++)
        buffer_format(&text->out, "  %10llu  %-*s %-10s 0x%08llx %-24s %s\n",
                      wide(items[i].symbol->bytes), (int)text->owner_width, items[i].program->name,
                      report->memories[items[i].memory].name, wide(items[i].symbol->addr),
                      items[i].symbol->name, object_name(items[i].object));
}

static bool has_sections(const struct report *report)
{
    bool found = false;
    for (size_t i = 0; i < report->program_count && !found; i++) {
        for (size_t b = 0; b < report->programs[i].block_count && !found; b++)
            found = report->programs[i].blocks[b].section_count != 0;
    }
    return found;
}

static void put_contents(struct text *text)
{
    buffer_format(&text->out, "\n  %-*s %-10s %-10s %10s  %-10s  %s\n", (int)text->owner_width,
                  "OWNER", "MEMORY", "ADDRESS", "SIZE", "KIND", "SECTION");
    for (size_t i = 0; i < text->report->program_count; i++)
        put_sections(text, &text->report->programs[i]);
    put_largest(text);
}

/* ---- the whole report ---- */

static void put_head(struct text *text)
{
    const struct report *report = text->report;
    if (report->id[0] != '\0')
        buffer_format(&text->out, "ID %s\n", report->id);
    buffer_format(&text->out, "%s %s on %s", report->name, report->version, report->board);
    if (report->slot[0] != '\0')
        buffer_format(&text->out, ", image slot %s", report->slot);
    buffer_format(&text->out, "\n%s, %u region slots, %u of them reserved for the kernel%s\n",
                  report->mpu_model, report->mpu_slots, report->mpu_reserved,
                  report->has_subregions ? ", with subregions" : "");
    if (report->is_overflowing)
        buffer_append_text(&text->out, "DOES NOT FIT: this is where the bytes are, not an image\n");
}

static size_t widest_owner(const struct report *report)
{
    size_t width = 0;
    for (size_t i = 0; i < report->program_count; i++) {
        const size_t length = strlen(report->programs[i].name);
        width = length > width ? length : width;
    }
    return width;
}

const char *report_text(const struct report *report, struct arena *arena)
{
    struct text text = {buffer_in(arena), report, widest_owner(report)};
    put_head(&text);
    for (size_t i = 0; i < report->memory_count; i++)
        put_memory(&text, &report->memories[i]);
    put_sum(&text);
    put_tasks(&text);
    put_next_to_hurt(&text);
    if (report->is_locked)
        put_moves(&text);
    if (has_sections(report))
        put_contents(&text);
    return buffer_text(&text.out);
}

const char *report_text_of_layout(const struct plan_slot *slot, const struct plan *plan,
                                  struct arena *arena)
{
    const struct report report = report_of_plan(slot, plan, arena);
    return report_text(&report, arena);
}
