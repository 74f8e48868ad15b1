#include "cli/diff/diff_json.h"

#include "cli/diff/diff_facts.h"
#include "cli/format/json_text.h"
#include "cli/report/report_names.h"

#include <jansson.h>
#include <string.h>

/* Nothing here comes near the limit of jansson's signed numbers. */
static json_t *number_json(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static void set_number(json_t *json, const char *key, struct diff_number number)
{
    json_t *pair = json_object();
    json_object_set_new(pair, "old", number_json(number.was));
    json_object_set_new(pair, "new", number_json(number.is));
    json_object_set_new(pair, "change",
                        json_integer((json_int_t)number.is - (json_int_t)number.was));
    json_object_set_new(json, key, pair);
}

static void set_text(json_t *json, const char *key, const char *text)
{
    json_object_set_new(json, key, json_string(text));
}

static void set_pair(json_t *json, const char *key, json_t *was, json_t *is)
{
    json_t *pair = json_object();
    json_object_set_new(pair, "old", was);
    json_object_set_new(pair, "new", is);
    json_object_set_new(json, key, pair);
}

static void set_texts(json_t *json, const char *key, struct diff_text text)
{
    set_pair(json, key, json_string(text.was), json_string(text.is));
}

static void set_option(json_t *json, const char *key, const struct diff_option *option)
{
    set_pair(json, key, option->had ? number_json(option->bytes.was) : json_null(),
             option->has ? number_json(option->bytes.is) : json_null());
}

static void set_presence(json_t *json, enum diff_presence presence)
{
    const char *word = diff_facts_presence(presence);
    set_text(json, "presence", word[0] == '\0' ? "both" : word);
}

static json_t *texts_json(const struct report_texts *texts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < texts->count; i++)
        json_array_append_new(list, json_string(texts->items[i]));
    return list;
}

static void set_names(json_t *json, const char *key, const struct diff_names *names)
{
    json_t *changes = json_object();
    json_object_set_new(changes, "gained", texts_json(&names->gained));
    json_object_set_new(changes, "lost", texts_json(&names->lost));
    json_object_set_new(changes, "reordered", json_boolean(names->is_reordered));
    json_object_set_new(json, key, changes);
}

/* ---- memories ---- */

static json_t *memory_json(const struct diff_memory *memory)
{
    json_t *json = json_object();
    set_text(json, "name", memory->name);
    set_presence(json, memory->presence);
    json_object_set_new(json, "changed", json_boolean(memory->is_changed));
    set_pair(json, "base",
             memory->presence == DIFF_ADDED ? json_null() : number_json(memory->base.was),
             memory->presence == DIFF_REMOVED ? json_null() : number_json(memory->base.is));
    set_number(json, "size", memory->size);
    set_number(json, "used", memory->used);
    set_number(json, "need", memory->need);
    set_number(json, "padding", memory->padding);
    set_number(json, "gap", memory->gap);
    set_number(json, "reserved", memory->reserved);
    set_number(json, "free", memory->free);
    set_number(json, "bound", memory->bound);
    return json;
}

/* ---- programs ---- */

/* The regions of a block: where each starts, followed by the block's end. */
static json_t *cuts_json(const struct report_block *block)
{
    json_t *list = json_array();
    for (size_t i = 0; block != NULL && i < block->region_count; i++)
        json_array_append_new(list, number_json(block->regions[i].start));
    if (block != NULL && block->region_count != 0)
        json_array_append_new(list, number_json(block->base + block->bytes));
    return list;
}

static json_t *base_json(const struct report_block *block)
{
    return block == NULL ? json_null() : number_json(block->base);
}

static json_t *block_json(const struct diff_program *program, const struct diff_block *block)
{
    json_t *json = json_object();
    set_text(json, "memory", block->memory);
    set_presence(json, block->presence);
    json_object_set_new(json, "changed", json_boolean(block->is_changed));
    json_object_set_new(json, "moved", json_boolean(block->is_moved));
    json_object_set_new(json, "boundaries_moved",
                        json_boolean(diff_has_moved_boundaries(program, block)));
    set_pair(json, "base", base_json(block->was), base_json(block->is));
    set_number(json, "size", block->bytes);
    set_number(json, "need", block->need);
    set_number(json, "padding", block->padding);
    set_number(json, "linked", block->linked);
    set_number(json, "regions", block->regions);
    set_pair(json, "boundaries", cuts_json(block->was), cuts_json(block->is));
    set_option(json, "limit", &block->limit);
    set_option(json, "headroom", &block->headroom);
    return json;
}

static json_t *symbol_json(const struct diff_symbol *symbol)
{
    json_t *json = json_object();
    set_text(json, "change", diff_facts_symbol_change(symbol->change));
    set_text(json, "name", symbol->name.is);
    if (strcmp(symbol->name.was, symbol->name.is) != 0)
        set_text(json, "old_name", symbol->name.was);
    set_text(json, "kind", report_names_symbol(symbol->kind));
    set_text(json, "memory", symbol->memory);
    set_text(json, "section", symbol->section);
    set_text(json, "section_kind", report_names_section(symbol->section_kind));
    set_text(json, "object", symbol->object.is);
    if (strcmp(symbol->object.was, symbol->object.is) != 0)
        set_text(json, "old_object", symbol->object.was);
    set_number(json, "size", symbol->bytes);
    return json;
}

static void set_task(json_t *json, const struct diff_program *task)
{
    set_number(json, "slots_used", task->slots_used);
    set_number(json, "slots_free", task->slots_free);
    const bool was = task->presence != DIFF_ADDED;
    const bool is = task->presence != DIFF_REMOVED;
    set_pair(json, "priority", was ? number_json(task->priority.was) : json_null(),
             is ? number_json(task->priority.is) : json_null());
    set_pair(json, "start", was ? json_boolean(task->start.was != 0) : json_null(),
             is ? json_boolean(task->start.is != 0) : json_null());
    set_names(json, "uses", &task->uses);
    set_names(json, "maps", &task->maps);
    set_names(json, "grants", &task->grants);
    set_names(json, "interrupts", &task->interrupts);
    set_names(json, "notifications", &task->notifications);
}

static json_t *program_json(const struct diff_program *program)
{
    json_t *json = json_object();
    json_t *blocks = json_array();
    json_t *symbols = json_array();
    for (size_t i = 0; i < program->block_count; i++)
        json_array_append_new(blocks, block_json(program, &program->blocks[i]));
    for (size_t i = 0; i < program->symbol_count; i++)
        json_array_append_new(symbols, symbol_json(&program->symbols[i]));
    set_text(json, "name", program->name);
    set_text(json, "kind", program->is_kernel ? "kernel" : "task");
    set_presence(json, program->presence);
    json_object_set_new(json, "changed", json_boolean(program->is_changed));
    json_object_set_new(json, "same_contents", json_boolean(program->has_same_contents));
    if (!program->is_kernel)
        set_task(json, program);
    set_number(json, "linked", program->linked);
    set_number(json, "fill", program->fill);
    json_object_set_new(json, "blocks", blocks);
    json_object_set_new(json, "symbols", symbols);
    return json;
}

/* ---- the whole ---- */

static json_t *identity_json(const struct diff *diff)
{
    json_t *json = json_object();
    set_texts(json, "name", diff->name);
    set_texts(json, "board", diff->board);
    set_texts(json, "slot", diff->slot);
    set_texts(json, "version", diff->version);
    set_number(json, "epoch", diff->epoch);
    set_texts(json, "id", diff->id);
    set_pair(json, "compat", json_loads(diff->compat.was, 0, NULL),
             json_loads(diff->compat.is, 0, NULL));
    set_texts(json, "mpu", diff->mpu);
    return json;
}

const char *diff_json(const struct diff *diff, struct arena *arena)
{
    json_t *json = json_object();
    json_t *memories = json_array();
    json_t *programs = json_array();
    for (size_t i = 0; i < diff->memory_count; i++)
        json_array_append_new(memories, memory_json(&diff->memories[i]));
    for (size_t i = 0; i < diff->program_count; i++)
        json_array_append_new(programs, program_json(&diff->programs[i]));
    json_object_set_new(json, "imgbuild_diff", json_integer(DIFF_JSON_VERSION));
    json_object_set_new(json, "same", json_boolean(diff->is_same));
    json_object_set_new(json, "identity", identity_json(diff));
    json_object_set_new(json, "moved", number_json(diff->moved_count));
    json_object_set_new(json, "boundaries_moved", number_json(diff->boundary_count));
    set_number(json, "bound", diff->bound);
    json_object_set_new(json, "memories", memories);
    json_object_set_new(json, "programs", programs);
    const char *text = json_text_take(json_dumps(json, JSON_INDENT(1)), arena);
    json_decref(json);
    return text;
}
