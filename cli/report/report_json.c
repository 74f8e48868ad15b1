#include "cli/report/report_json.h"

#include "cli/format/json_text.h"
#include "cli/report/report_names.h"

#include <jansson.h>

/* jansson's numbers are signed; addresses and sizes end at 2^32, far below its limit. */
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
        json_array_append_new(list, json_string(items[i]));
    return list;
}

/* ---- inside a program ---- */

static json_t *symbol_json(const struct report_symbol *symbol)
{
    json_t *json = json_object();
    set_text(json, "name", symbol->name);
    set_text(json, "kind", report_names_symbol(symbol->kind));
    set_number(json, "address", symbol->addr);
    set_number(json, "size", symbol->bytes);
    if (symbol->is_size_guessed)
        json_object_set_new(json, "guessed", json_true());
    return json;
}

static json_t *object_json(const struct report_object *object)
{
    json_t *json = json_object();
    json_t *symbols = json_array();
    for (size_t i = 0; i < object->symbol_count; i++)
        json_array_append_new(symbols, symbol_json(&object->symbols[i]));
    set_text(json, "name", object->name);
    set_text(json, "kind", report_names_object(object->kind));
    set_number(json, "size", object->bytes);
    json_object_set_new(json, "symbols", symbols);
    return json;
}

static json_t *section_json(const struct report_section *section)
{
    json_t *json = json_object();
    json_t *objects = json_array();
    for (size_t i = 0; i < section->object_count; i++)
        json_array_append_new(objects, object_json(&section->objects[i]));
    set_text(json, "name", section->name);
    set_text(json, "kind", report_names_section(section->kind));
    set_number(json, "address", section->addr);
    set_number(json, "size", section->bytes);
    json_object_set_new(json, "objects", objects);
    return json;
}

/* ---- programs ---- */

static json_t *region_json(const struct report_region *region)
{
    json_t *json = json_object();
    set_number(json, "first", region->start);
    set_number(json, "last", region->end - 1);
    set_number(json, "slots", region->slots);
    set_number(json, "attributes", region->attributes);
    set_number(json, "mpu_base", region->mpu_base);
    if (region->mpu_size == 0)
        return json;
    set_number(json, "mpu_size", region->mpu_size);
    set_number(json, "srd", region->srd);
    return json;
}

static json_t *block_json(const struct report *report, const struct report_block *block)
{
    json_t *json = json_object();
    json_t *regions = json_array();
    json_t *sections = json_array();
    for (size_t i = 0; i < block->region_count; i++)
        json_array_append_new(regions, region_json(&block->regions[i]));
    for (size_t i = 0; i < block->section_count; i++)
        json_array_append_new(sections, section_json(&block->sections[i]));
    set_text(json, "memory", report->memories[block->memory].name);
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

static json_t *fixed_json(const struct report_fixed *fixed)
{
    json_t *json = region_json(&fixed->region);
    set_text(json, "kind", fixed->kind);
    json_object_set_new(json, "names", texts_json(fixed->names, fixed->name_count));
    return json;
}

static json_t *interrupt_json(const struct report_interrupt *interrupt)
{
    json_t *json = json_object();
    set_text(json, "name", interrupt->name);
    set_number(json, "number", interrupt->number);
    set_text(json, "notification", interrupt->notification);
    return json;
}

static void set_task(json_t *json, const struct report_program *task)
{
    set_number(json, "priority", task->priority);
    json_object_set_new(json, "start", json_boolean(task->is_started));
    set_number(json, "slots_used", task->slots_used);
    set_number(json, "slots_free", task->slots_free);
    json_object_set_new(json, "uses", texts_json(task->uses.items, task->uses.count));
    json_object_set_new(json, "notifications",
                        texts_json(task->notifications.items, task->notifications.count));
    json_t *interrupts = json_array();
    for (size_t i = 0; i < task->interrupt_count; i++)
        json_array_append_new(interrupts, interrupt_json(&task->interrupts[i]));
    json_object_set_new(json, "interrupts", interrupts);
    json_t *fixed = json_array();
    for (size_t i = 0; i < task->fixed_count; i++)
        json_array_append_new(fixed, fixed_json(&task->fixed[i]));
    json_object_set_new(json, "fixed", fixed);
}

static json_t *program_json(const struct report *report, size_t index)
{
    const struct report_program *program = &report->programs[index];
    json_t *json = json_object();
    json_t *blocks = json_array();
    for (size_t i = 0; i < program->block_count; i++)
        json_array_append_new(blocks, block_json(report, &program->blocks[i]));
    set_text(json, "name", program->name);
    if (index != REPORT_KERNEL)
        set_task(json, program);
    json_object_set_new(json, "maps", texts_json(program->maps.items, program->maps.count));
    json_object_set_new(json, "blocks", blocks);
    return json;
}

/* ---- memories ---- */

static json_t *row_json(const struct report *report, const struct report_row *row)
{
    json_t *json = json_object();
    set_text(json, "kind", report_names_row(row->kind));
    set_number(json, "start", row->start);
    set_number(json, "size", row->bytes);
    if (row->program != REPORT_NONE)
        set_text(json, "owner", report->programs[row->program].name);
    if (row->need_bytes != 0)
        set_number(json, "need", row->need_bytes);
    return json;
}

static json_t *memory_json(const struct report *report, const struct report_memory *memory)
{
    json_t *json = json_object();
    json_t *rows = json_array();
    for (size_t i = 0; i < memory->row_count; i++)
        json_array_append_new(rows, row_json(report, &memory->rows[i]));
    set_text(json, "name", memory->name);
    set_number(json, "base", memory->base);
    set_number(json, "size", memory->size);
    set_number(json, "attributes", memory->attributes);
    set_number(json, "used", memory->used_bytes);
    set_number(json, "free", memory->free_bytes);
    set_number(json, "padding", memory->padding_bytes);
    set_number(json, "gap", memory->gap_bytes);
    set_number(json, "task_need", memory->task_need_bytes);
    set_number(json, "task_padding", memory->task_padding_bytes);
    set_number(json, "task_gap", memory->task_gap_bytes);
    set_number(json, "bound", memory->bound_bytes);
    json_object_set_new(json, "rows", rows);
    return json;
}

/* ---- the whole report ---- */

static json_t *move_json(const struct report *report, const struct report_move *move)
{
    const struct report_program *task = &report->programs[move->program];
    json_t *json = json_object();
    set_text(json, "task", task->name);
    set_text(json, "memory", report->memories[task->blocks[move->block].memory].name);
    set_text(json, "kind", move->kind);
    set_text(json, "reason", move->reason);
    json_object_set_new(json, "boundaries_changed", json_boolean(move->boundaries_changed));
    return json;
}

static void set_lock(json_t *json, const struct report *report)
{
    if (report->hurt_program != REPORT_NONE) {
        const struct report_program *task = &report->programs[report->hurt_program];
        json_t *hurt = json_object();
        set_text(hurt, "task", task->name);
        set_text(hurt, "memory", report->memories[task->blocks[report->hurt_block].memory].name);
        json_object_set_new(json, "next_to_hurt", hurt);
    }
    if (!report->is_locked)
        return;
    json_t *moves = json_array();
    for (size_t i = 0; i < report->move_count; i++)
        json_array_append_new(moves, move_json(report, &report->moves[i]));
    json_object_set_new(json, "moves", moves);
}

static void set_identity(json_t *json, const struct report *report)
{
    json_object_set_new(json, "imgbuild_report", json_integer(REPORT_JSON_VERSION));
    set_text(json, "name", report->name);
    set_text(json, "board", report->board);
    set_text(json, "slot", report->slot);
    set_text(json, "version", report->version);
    set_number(json, "epoch", report->epoch);
    set_text(json, "id", report->id);
    json_object_set_new(json, "compat", json_loads(report->compat, 0, NULL));
    json_t *mpu = json_object();
    set_text(mpu, "model", report->mpu_model);
    set_number(mpu, "slots", report->mpu_slots);
    set_number(mpu, "reserved", report->mpu_reserved);
    json_object_set_new(mpu, "subregions", json_boolean(report->has_subregions));
    json_object_set_new(json, "mpu", mpu);
    set_number(json, "bound", report->bound_bytes);
}

const char *report_json_text(const struct report *report, struct arena *arena)
{
    json_t *json = json_object();
    json_t *memories = json_array();
    json_t *programs = json_array();
    set_identity(json, report);
    for (size_t i = 0; i < report->memory_count; i++)
        json_array_append_new(memories, memory_json(report, &report->memories[i]));
    for (size_t i = 0; i < report->program_count; i++)
        json_array_append_new(programs, program_json(report, i));
    json_object_set_new(json, "memories", memories);
    set_lock(json, report);
    json_object_set_new(json, "programs", programs);
    const char *text = json_text_take(json_dumps(json, JSON_COMPACT), arena);
    json_decref(json);
    return text;
}
