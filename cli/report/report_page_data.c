#include "cli/report/report_page_data.h"

#include "cli/format/json_writer.h"
#include "cli/report/report_json.h"
#include "cli/report/report_names.h"

/* Things that occur in large numbers are arrays:
 *   row      [kind, start, size, need, program or -1]
 *   region   [first, end, slots, attributes, mpu_base, mpu_size, srd]
 *   fixed    [kind, names] and the fields of a region
 *   section  [name, kind, address, size, objects]
 *   object   [name, kind, size, symbols]
 *   symbols  name, kind, address from the section's on, size; and again
 * A symbol's kind is its number, plus 8 if its size is a guess. */
enum { SYMBOL_GUESSED = 8 };

/* ---- programs ---- */

static void write_object(struct json_writer *writer, const struct report_section *section,
                         const struct report_object *object)
{
    json_writer_open_list(writer, NULL);
    json_writer_text(writer, NULL, object->name);
    json_writer_text(writer, NULL, report_names_object(object->kind));
    json_writer_number(writer, NULL, object->bytes);
    json_writer_open_list(writer, NULL);
    for (size_t i = 0; i < object->symbol_count; i++) {
        const struct report_symbol *symbol = &object->symbols[i];
        json_writer_text(writer, NULL, symbol->name);
        json_writer_number(writer, NULL,
                           (uint64_t)symbol->kind + (symbol->is_size_guessed ? SYMBOL_GUESSED : 0));
        json_writer_number(writer, NULL, symbol->addr - section->addr);
        json_writer_number(writer, NULL, symbol->bytes);
    }
    json_writer_close_list(writer);
    json_writer_close_list(writer);
}

static void write_section(struct json_writer *writer, const struct report_section *section)
{
    json_writer_open_list(writer, NULL);
    json_writer_text(writer, NULL, section->name);
    json_writer_text(writer, NULL, report_names_section(section->kind));
    json_writer_number(writer, NULL, section->addr);
    json_writer_number(writer, NULL, section->bytes);
    json_writer_open_list(writer, NULL);
    for (size_t i = 0; i < section->object_count; i++)
        write_object(writer, section, &section->objects[i]);
    json_writer_close_list(writer);
    json_writer_close_list(writer);
}

/* The fields of a region, in a list that is open. */
static void write_region(struct json_writer *writer, const struct report_region *region)
{
    json_writer_number(writer, NULL, region->start);
    json_writer_number(writer, NULL, region->end);
    json_writer_number(writer, NULL, region->slots);
    json_writer_text(writer, NULL, report_names_attributes(writer->text.arena, region->attributes));
    json_writer_number(writer, NULL, region->mpu_base);
    json_writer_number(writer, NULL, region->mpu_size);
    json_writer_number(writer, NULL, region->srd);
}

static void write_block(struct json_writer *writer, const struct report_block *block)
{
    json_writer_open_object(writer, NULL);
    json_writer_number(writer, "memory", block->memory);
    json_writer_number(writer, "base", block->base);
    json_writer_number(writer, "size", block->bytes);
    json_writer_number(writer, "need", block->need_bytes);
    json_writer_number(writer, "linked", block->linked_bytes);
    if (block->has_limit)
        json_writer_number(writer, "limit", block->limit_bytes);
    if (block->has_headroom)
        json_writer_number(writer, "headroom", block->headroom_bytes);
    json_writer_open_list(writer, "regions");
    for (size_t i = 0; i < block->region_count; i++) {
        json_writer_open_list(writer, NULL);
        write_region(writer, &block->regions[i]);
        json_writer_close_list(writer);
    }
    json_writer_close_list(writer);
    json_writer_open_list(writer, "sections");
    for (size_t i = 0; i < block->section_count; i++)
        write_section(writer, &block->sections[i]);
    json_writer_close_list(writer);
    json_writer_close_object(writer);
}

static void write_fixed(struct json_writer *writer, const struct report_fixed *fixed)
{
    json_writer_open_list(writer, NULL);
    json_writer_text(writer, NULL, fixed->kind);
    json_writer_texts(writer, NULL, fixed->names, fixed->name_count);
    write_region(writer, &fixed->region);
    json_writer_close_list(writer);
}

static void write_program(struct json_writer *writer, const struct report_program *program)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", program->name);
    json_writer_number(writer, "slots_used", program->slots_used);
    json_writer_number(writer, "free", program->slots_free);
    json_writer_open_list(writer, "fixed");
    for (size_t i = 0; i < program->fixed_count; i++)
        write_fixed(writer, &program->fixed[i]);
    json_writer_close_list(writer);
    json_writer_open_list(writer, "blocks");
    for (size_t i = 0; i < program->block_count; i++)
        write_block(writer, &program->blocks[i]);
    json_writer_close_list(writer);
    json_writer_close_object(writer);
}

/* ---- memories ---- */

static void write_row(struct json_writer *writer, const struct report_row *row)
{
    json_writer_open_list(writer, NULL);
    json_writer_text(writer, NULL, report_names_row(row->kind));
    json_writer_number(writer, NULL, row->start);
    json_writer_number(writer, NULL, row->bytes);
    json_writer_number(writer, NULL, row->need_bytes);
    if (row->program == REPORT_NONE)
        json_writer_change(writer, NULL, 1, 0); /* -1 */
    else
        json_writer_number(writer, NULL, row->program);
    json_writer_close_list(writer);
}

static void write_memory(struct json_writer *writer, const struct report_memory *memory)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", memory->name);
    json_writer_number(writer, "base", memory->base);
    json_writer_number(writer, "size", memory->size);
    json_writer_text(writer, "attributes",
                     report_names_attributes(writer->text.arena, memory->attributes));
    json_writer_number(writer, "used", memory->has_owner ? memory->used_bytes : 0);
    json_writer_number(writer, "free", memory->free_bytes);
    json_writer_number(writer, "padding", memory->padding_bytes);
    json_writer_number(writer, "gap", memory->gap_bytes);
    json_writer_number(writer, "need", memory->task_need_bytes);
    json_writer_number(writer, "task_padding", memory->task_padding_bytes);
    json_writer_number(writer, "task_gap", memory->task_gap_bytes);
    json_writer_number(writer, "bound", memory->bound_bytes);
    json_writer_open_list(writer, "rows");
    for (size_t i = 0; i < memory->row_count; i++)
        write_row(writer, &memory->rows[i]);
    json_writer_close_list(writer);
    json_writer_close_object(writer);
}

/* ---- the whole report ---- */

static void write_move(struct json_writer *writer, const struct report_move *move)
{
    json_writer_open_object(writer, NULL);
    json_writer_number(writer, "program", move->program);
    json_writer_number(writer, "block", move->block);
    json_writer_text(writer, "kind", move->kind);
    json_writer_text(writer, "reason", move->reason);
    json_writer_close_object(writer);
}

static void write_lock(struct json_writer *writer, const struct report *report)
{
    if (report->hurt_program != REPORT_NONE) {
        json_writer_open_list(writer, "hurt");
        json_writer_number(writer, NULL, report->hurt_program);
        json_writer_number(writer, NULL, report->hurt_block);
        json_writer_close_list(writer);
    }
    if (!report->is_locked)
        return;
    json_writer_open_list(writer, "moves");
    for (size_t i = 0; i < report->move_count; i++)
        write_move(writer, &report->moves[i]);
    json_writer_close_list(writer);
}

const char *report_page_data(const struct report *report, struct arena *arena)
{
    struct json_writer writer = json_writer_in(arena, JSON_SCRIPT);
    json_writer_open_object(&writer, NULL);
    json_writer_text(&writer, "board", report->board);
    json_writer_text(&writer, "slot", report->slot);
    json_writer_number(&writer, "epoch", report->epoch);
    json_writer_text(&writer, "id", report->id);
    json_writer_json(&writer, "compat", report->compat);
    report_json_write_mpu(&writer, report);
    json_writer_open_list(&writer, "memories");
    for (size_t i = 0; i < report->memory_count; i++)
        write_memory(&writer, &report->memories[i]);
    json_writer_close_list(&writer);
    write_lock(&writer, report);
    json_writer_open_list(&writer, "programs");
    for (size_t i = 0; i < report->program_count; i++)
        write_program(&writer, &report->programs[i]);
    json_writer_close_list(&writer);
    json_writer_close_object(&writer);
    return json_writer_end_inline(&writer);
}
