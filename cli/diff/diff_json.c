#include "cli/diff/diff_json.h"

#include "cli/diff/diff_facts.h"
#include "cli/format/json_writer.h"
#include "cli/report/report_names.h"

#include <string.h>

static void write_number(struct json_writer *writer, const char *key, struct diff_number number)
{
    json_writer_open_object(writer, key);
    json_writer_number(writer, "old", number.was);
    json_writer_number(writer, "new", number.is);
    json_writer_change(writer, "change", number.was, number.is);
    json_writer_close_object(writer);
}

static void write_texts(struct json_writer *writer, const char *key, struct diff_text text)
{
    json_writer_open_object(writer, key);
    json_writer_text(writer, "old", text.was);
    json_writer_text(writer, "new", text.is);
    json_writer_close_object(writer);
}

static void write_value(struct json_writer *writer, const char *key, bool is_given, uint64_t value)
{
    if (is_given)
        json_writer_number(writer, key, value);
    else
        json_writer_null(writer, key);
}

static void write_option(struct json_writer *writer, const char *key, struct diff_option option)
{
    json_writer_open_object(writer, key);
    write_value(writer, "old", option.had, option.bytes.was);
    write_value(writer, "new", option.has, option.bytes.is);
    json_writer_close_object(writer);
}

static bool was_there(enum diff_presence presence)
{
    return presence != DIFF_ADDED;
}

static bool is_there(enum diff_presence presence)
{
    return presence != DIFF_REMOVED;
}

/* A number that an image without the thing it is of has not. */
static struct diff_option when_there(enum diff_presence presence, struct diff_number number)
{
    return (struct diff_option){was_there(presence), is_there(presence), number};
}

static void write_presence(struct json_writer *writer, enum diff_presence presence)
{
    const char *word = diff_facts_presence(presence);
    json_writer_text(writer, "presence", word[0] == '\0' ? "both" : word);
}

static void write_names(struct json_writer *writer, const char *key, const struct diff_names *names)
{
    json_writer_open_object(writer, key);
    json_writer_texts(writer, "gained", names->gained.items, names->gained.count);
    json_writer_texts(writer, "lost", names->lost.items, names->lost.count);
    json_writer_flag(writer, "reordered", names->is_reordered);
    json_writer_close_object(writer);
}

/* ---- memories ---- */

static void write_memory(struct json_writer *writer, const struct diff_memory *memory)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", memory->name);
    write_presence(writer, memory->presence);
    json_writer_flag(writer, "changed", memory->is_changed);
    write_option(writer, "base", when_there(memory->presence, memory->base));
    write_number(writer, "size", memory->size);
    write_number(writer, "used", memory->used);
    write_number(writer, "need", memory->need);
    write_number(writer, "padding", memory->padding);
    write_number(writer, "gap", memory->gap);
    write_number(writer, "reserved", memory->reserved);
    write_number(writer, "free", memory->free);
    write_number(writer, "bound", memory->bound);
    json_writer_close_object(writer);
}

/* ---- programs ---- */

/* The regions of a block: where each starts, followed by the block's end. */
static void write_cuts(struct json_writer *writer, const char *key,
                       const struct report_block *block)
{
    json_writer_open_list(writer, key);
    for (size_t i = 0; block != NULL && i < block->region_count; i++)
        json_writer_number(writer, NULL, block->regions[i].start);
    if (block != NULL && block->region_count != 0)
        json_writer_number(writer, NULL, block->base + block->bytes);
    json_writer_close_list(writer);
}

static void write_block(struct json_writer *writer, const struct diff_program *program,
                        const struct diff_block *block)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "memory", block->memory);
    write_presence(writer, block->presence);
    json_writer_flag(writer, "changed", block->is_changed);
    json_writer_flag(writer, "moved", block->is_moved);
    json_writer_flag(writer, "boundaries_moved", diff_has_moved_boundaries(program, block));
    write_option(writer, "base", when_there(block->presence, block->base));
    write_number(writer, "size", block->bytes);
    write_number(writer, "need", block->need);
    write_number(writer, "padding", block->padding);
    write_number(writer, "linked", block->linked);
    write_number(writer, "regions", block->regions);
    json_writer_open_object(writer, "boundaries");
    write_cuts(writer, "old", block->was);
    write_cuts(writer, "new", block->is);
    json_writer_close_object(writer);
    write_option(writer, "limit", block->limit);
    write_option(writer, "headroom", block->headroom);
    json_writer_close_object(writer);
}

static void write_symbol(struct json_writer *writer, const struct diff_symbol *symbol)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "change", diff_facts_symbol_change(symbol->change));
    json_writer_text(writer, "name", symbol->name.is);
    if (strcmp(symbol->name.was, symbol->name.is) != 0)
        json_writer_text(writer, "old_name", symbol->name.was);
    json_writer_text(writer, "kind", report_names_symbol(symbol->kind));
    json_writer_text(writer, "memory", symbol->memory);
    json_writer_text(writer, "section", symbol->section);
    json_writer_text(writer, "section_kind", report_names_section(symbol->section_kind));
    json_writer_text(writer, "object", symbol->object.is);
    if (strcmp(symbol->object.was, symbol->object.is) != 0)
        json_writer_text(writer, "old_object", symbol->object.was);
    write_number(writer, "size", symbol->bytes);
    json_writer_close_object(writer);
}

static void write_start(struct json_writer *writer, const char *key, bool is_given, uint64_t value)
{
    if (is_given)
        json_writer_flag(writer, key, value != 0);
    else
        json_writer_null(writer, key);
}

static void write_task(struct json_writer *writer, const struct diff_program *task)
{
    write_number(writer, "slots_used", task->slots_used);
    write_number(writer, "slots_free", task->slots_free);
    write_option(writer, "priority", when_there(task->presence, task->priority));
    json_writer_open_object(writer, "start");
    write_start(writer, "old", was_there(task->presence), task->start.was);
    write_start(writer, "new", is_there(task->presence), task->start.is);
    json_writer_close_object(writer);
    write_names(writer, "uses", &task->uses);
    write_names(writer, "maps", &task->maps);
    write_names(writer, "grants", &task->grants);
    write_names(writer, "interrupts", &task->interrupts);
    write_names(writer, "notifications", &task->notifications);
}

static void write_program(struct json_writer *writer, const struct diff_program *program)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", program->name);
    json_writer_text(writer, "kind", program->is_kernel ? "kernel" : "task");
    write_presence(writer, program->presence);
    json_writer_flag(writer, "changed", program->is_changed);
    json_writer_flag(writer, "same_contents", program->has_same_contents);
    if (!program->is_kernel)
        write_task(writer, program);
    write_number(writer, "linked", program->linked);
    write_number(writer, "fill", program->fill);
    json_writer_open_list(writer, "blocks");
    for (size_t i = 0; i < program->block_count; i++)
        write_block(writer, program, &program->blocks[i]);
    json_writer_close_list(writer);
    json_writer_open_list(writer, "symbols");
    for (size_t i = 0; i < program->symbol_count; i++)
        write_symbol(writer, &program->symbols[i]);
    json_writer_close_list(writer);
    json_writer_close_object(writer);
}

/* ---- the whole ---- */

static void write_identity(struct json_writer *writer, const struct diff *diff)
{
    json_writer_open_object(writer, "identity");
    write_texts(writer, "name", diff->name);
    write_texts(writer, "board", diff->board);
    write_texts(writer, "slot", diff->slot);
    write_texts(writer, "version", diff->version);
    write_number(writer, "epoch", diff->epoch);
    write_texts(writer, "id", diff->id);
    json_writer_open_object(writer, "compat");
    json_writer_json(writer, "old", diff->compat.was);
    json_writer_json(writer, "new", diff->compat.is);
    json_writer_close_object(writer);
    write_texts(writer, "mpu", diff->mpu);
    json_writer_close_object(writer);
}

const char *diff_json(const struct diff *diff, struct arena *arena)
{
    struct json_writer writer = json_writer_in(arena, JSON_LINES);
    json_writer_open_object(&writer, NULL);
    json_writer_number(&writer, "imgbuild_diff", DIFF_JSON_VERSION);
    json_writer_flag(&writer, "same", diff->is_same);
    write_identity(&writer, diff);
    json_writer_number(&writer, "moved", diff->moved_count);
    json_writer_number(&writer, "boundaries_moved", diff->boundary_count);
    write_number(&writer, "bound", diff->bound);
    json_writer_open_list(&writer, "memories");
    for (size_t i = 0; i < diff->memory_count; i++)
        write_memory(&writer, &diff->memories[i]);
    json_writer_close_list(&writer);
    json_writer_open_list(&writer, "programs");
    for (size_t i = 0; i < diff->program_count; i++)
        write_program(&writer, &diff->programs[i]);
    json_writer_close_list(&writer);
    json_writer_close_object(&writer);
    return json_writer_end(&writer);
}
