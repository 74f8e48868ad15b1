#include "cli/report/report_page_data.h"

#include "base/buffer.h"
#include "cli/report/report_names.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Things that occur in large numbers are arrays:
 *   row      [kind, start, size, need, program or -1]
 *   region   [first, end, slots, attributes, mpu_base, mpu_size, srd]
 *   fixed    [kind, names] and the fields of a region
 *   section  [name, kind, address, size, objects]
 *   object   [name, kind, size, symbols]
 *   symbols  name, kind, address from the section's on, size; and again
 * A symbol's kind is its number, plus 8 if its size is a guess. */
enum { SYMBOL_GUESSED = 8 };

static void add_number(json_t *list, uint64_t value)
{
    json_array_append_new(list, json_integer((json_int_t)value));
}

static void add_text(json_t *list, const char *text)
{
    json_array_append_new(list, json_string(text));
}

static void set_number(json_t *json, const char *key, uint64_t value)
{
    json_object_set_new(json, key, json_integer((json_int_t)value));
}

static void set_text(json_t *json, const char *key, const char *text)
{
    json_object_set_new(json, key, json_string(text));
}

static json_t *texts_json(const char *const *items, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        add_text(list, items[i]);
    return list;
}

/* ---- programs ---- */

static json_t *object_json(const struct report_section *section, const struct report_object *object)
{
    json_t *list = json_array();
    json_t *symbols = json_array();
    for (size_t i = 0; i < object->symbol_count; i++) {
        const struct report_symbol *symbol = &object->symbols[i];
        add_text(symbols, symbol->name);
        add_number(symbols,
                   (uint64_t)symbol->kind + (symbol->is_size_guessed ? SYMBOL_GUESSED : 0));
        add_number(symbols, symbol->addr - section->addr);
        add_number(symbols, symbol->bytes);
    }
    add_text(list, object->name);
    add_text(list, report_names_object(object->kind));
    add_number(list, object->bytes);
    json_array_append_new(list, symbols);
    return list;
}

static json_t *section_json(const struct report_section *section)
{
    json_t *list = json_array();
    json_t *objects = json_array();
    for (size_t i = 0; i < section->object_count; i++)
        json_array_append_new(objects, object_json(section, &section->objects[i]));
    add_text(list, section->name);
    add_text(list, report_names_section(section->kind));
    add_number(list, section->addr);
    add_number(list, section->bytes);
    json_array_append_new(list, objects);
    return list;
}

static void add_region(json_t *list, const struct report_region *region, struct arena *arena)
{
    add_number(list, region->start);
    add_number(list, region->end);
    add_number(list, region->slots);
    add_text(list, report_names_attributes(arena, region->attributes));
    add_number(list, region->mpu_base);
    add_number(list, region->mpu_size);
    add_number(list, region->srd);
}

static json_t *block_json(const struct report_block *block, struct arena *arena)
{
    json_t *json = json_object();
    json_t *regions = json_array();
    json_t *sections = json_array();
    for (size_t i = 0; i < block->region_count; i++) {
        json_t *region = json_array();
        add_region(region, &block->regions[i], arena);
        json_array_append_new(regions, region);
    }
    for (size_t i = 0; i < block->section_count; i++)
        json_array_append_new(sections, section_json(&block->sections[i]));
    set_number(json, "memory", block->memory);
    set_number(json, "base", block->base);
    set_number(json, "size", block->bytes);
    set_number(json, "need", block->need_bytes);
    set_number(json, "linked", block->linked_bytes);
    if (block->has_limit)
        set_number(json, "limit", block->limit_bytes);
    if (block->has_headroom)
        set_number(json, "headroom", block->headroom_bytes);
    json_object_set_new(json, "regions", regions);
    json_object_set_new(json, "sections", sections);
    return json;
}

static json_t *fixed_json(const struct report_fixed *fixed, struct arena *arena)
{
    json_t *list = json_array();
    add_text(list, fixed->kind);
    json_array_append_new(list, texts_json(fixed->names, fixed->name_count));
    add_region(list, &fixed->region, arena);
    return list;
}

static json_t *program_json(const struct report_program *program, struct arena *arena)
{
    json_t *json = json_object();
    json_t *blocks = json_array();
    json_t *fixed = json_array();
    for (size_t i = 0; i < program->block_count; i++)
        json_array_append_new(blocks, block_json(&program->blocks[i], arena));
    for (size_t i = 0; i < program->fixed_count; i++)
        json_array_append_new(fixed, fixed_json(&program->fixed[i], arena));
    set_text(json, "name", program->name);
    set_number(json, "slots_used", program->slots_used);
    set_number(json, "free", program->slots_free);
    json_object_set_new(json, "fixed", fixed);
    json_object_set_new(json, "blocks", blocks);
    return json;
}

/* ---- memories ---- */

static json_t *row_json(const struct report_row *row)
{
    json_t *list = json_array();
    add_text(list, report_names_row(row->kind));
    add_number(list, row->start);
    add_number(list, row->bytes);
    add_number(list, row->need_bytes);
    json_array_append_new(
        list, json_integer(row->program == REPORT_NONE ? -1 : (json_int_t)row->program));
    return list;
}

static json_t *memory_json(const struct report_memory *memory, struct arena *arena)
{
    json_t *json = json_object();
    json_t *rows = json_array();
    for (size_t i = 0; i < memory->row_count; i++)
        json_array_append_new(rows, row_json(&memory->rows[i]));
    set_text(json, "name", memory->name);
    set_number(json, "base", memory->base);
    set_number(json, "size", memory->size);
    set_text(json, "attributes", report_names_attributes(arena, memory->attributes));
    set_number(json, "used", memory->has_owner ? memory->used_bytes : 0);
    set_number(json, "free", memory->free_bytes);
    set_number(json, "padding", memory->padding_bytes);
    set_number(json, "gap", memory->gap_bytes);
    set_number(json, "need", memory->task_need_bytes);
    set_number(json, "task_padding", memory->task_padding_bytes);
    set_number(json, "task_gap", memory->task_gap_bytes);
    set_number(json, "bound", memory->bound_bytes);
    json_object_set_new(json, "rows", rows);
    return json;
}

/* ---- the whole report ---- */

static json_t *move_json(const struct report_move *move)
{
    json_t *json = json_object();
    set_number(json, "program", move->program);
    set_number(json, "block", move->block);
    set_text(json, "kind", move->kind);
    set_text(json, "reason", move->reason);
    return json;
}

static void set_lock(json_t *json, const struct report *report)
{
    if (report->hurt_program != REPORT_NONE) {
        json_t *hurt = json_array();
        add_number(hurt, report->hurt_program);
        add_number(hurt, report->hurt_block);
        json_object_set_new(json, "hurt", hurt);
    }
    if (!report->is_locked)
        return;
    json_t *moves = json_array();
    for (size_t i = 0; i < report->move_count; i++)
        json_array_append_new(moves, move_json(&report->moves[i]));
    json_object_set_new(json, "moves", moves);
}

static json_t *mpu_json(const struct report *report)
{
    json_t *json = json_object();
    set_text(json, "model", report->mpu_model);
    set_number(json, "slots", report->mpu_slots);
    set_number(json, "reserved", report->mpu_reserved);
    json_object_set_new(json, "subregions", json_boolean(report->has_subregions));
    return json;
}

static json_t *document(const struct report *report, struct arena *arena)
{
    json_t *json = json_object();
    json_t *memories = json_array();
    json_t *programs = json_array();
    for (size_t i = 0; i < report->memory_count; i++)
        json_array_append_new(memories, memory_json(&report->memories[i], arena));
    for (size_t i = 0; i < report->program_count; i++)
        json_array_append_new(programs, program_json(&report->programs[i], arena));
    set_text(json, "board", report->board);
    set_text(json, "slot", report->slot);
    set_number(json, "epoch", report->epoch);
    set_text(json, "id", report->id);
    json_object_set_new(json, "compat", json_loads(report->compat, 0, NULL));
    json_object_set_new(json, "mpu", mpu_json(report));
    json_object_set_new(json, "memories", memories);
    set_lock(json, report);
    json_object_set_new(json, "programs", programs);
    return json;
}

/* In JSON these three occur only inside strings, where an escape means the same. */
static const char *without_markup(const char *text, struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    for (size_t plain = strcspn(text, "<>&"); *text != '\0'; plain = strcspn(text, "<>&")) {
        buffer_append(&out, text, plain);
        text += plain;
        if (*text != '\0')
            buffer_format(&out, "\\u%04x", (unsigned)*text++);
    }
    return buffer_text(&out);
}

const char *report_page_data(const struct report *report, struct arena *arena)
{
    json_t *json = document(report, arena);
    char *dumped = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(json);
    const char *text = without_markup(dumped == NULL ? "{}" : dumped, arena);
    free(dumped);
    return text;
}
