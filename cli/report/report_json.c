#include "cli/report/report_json.h"

#include "cli/format/json_writer.h"
#include "cli/report/report_names.h"

static void write_texts(struct json_writer *writer, const char *key,
                        const struct report_texts *texts)
{
    json_writer_texts(writer, key, texts->items, texts->count);
}

/* ---- inside a program ---- */

static void write_symbol(struct json_writer *writer, const struct report_symbol *symbol)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", symbol->name);
    json_writer_text(writer, "kind", report_names_symbol(symbol->kind));
    json_writer_number(writer, "address", symbol->addr);
    json_writer_number(writer, "size", symbol->bytes);
    if (symbol->is_size_guessed)
        json_writer_flag(writer, "guessed", true);
    json_writer_close_object(writer);
}

static void write_object(struct json_writer *writer, const struct report_object *object)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", object->name);
    json_writer_text(writer, "kind", report_names_object(object->kind));
    json_writer_number(writer, "size", object->bytes);
    json_writer_open_list(writer, "symbols");
    for (size_t i = 0; i < object->symbol_count; i++)
        write_symbol(writer, &object->symbols[i]);
    json_writer_close_list(writer);
    json_writer_close_object(writer);
}

static void write_section(struct json_writer *writer, const struct report_section *section)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", section->name);
    json_writer_text(writer, "kind", report_names_section(section->kind));
    json_writer_number(writer, "address", section->addr);
    json_writer_number(writer, "size", section->bytes);
    json_writer_open_list(writer, "objects");
    for (size_t i = 0; i < section->object_count; i++)
        write_object(writer, &section->objects[i]);
    json_writer_close_list(writer);
    json_writer_close_object(writer);
}

/* ---- programs ---- */

/* The fields of a region, in an object that is open. */
static void write_region(struct json_writer *writer, const struct report_region *region)
{
    json_writer_number(writer, "first", region->start);
    json_writer_number(writer, "last", region->end - 1);
    json_writer_number(writer, "slots", region->slots);
    json_writer_number(writer, "attributes", region->attributes);
    json_writer_number(writer, "mpu_base", region->mpu_base);
    if (region->mpu_size == 0)
        return;
    json_writer_number(writer, "mpu_size", region->mpu_size);
    json_writer_number(writer, "srd", region->srd);
}

static void write_block(struct json_writer *writer, const struct report *report,
                        const struct report_block *block)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "memory", report->memories[block->memory].name);
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
        json_writer_open_object(writer, NULL);
        write_region(writer, &block->regions[i]);
        json_writer_close_object(writer);
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
    json_writer_open_object(writer, NULL);
    write_region(writer, &fixed->region);
    json_writer_text(writer, "kind", fixed->kind);
    json_writer_texts(writer, "names", fixed->names, fixed->name_count);
    json_writer_close_object(writer);
}

static void write_interrupt(struct json_writer *writer, const struct report_interrupt *interrupt)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", interrupt->name);
    json_writer_number(writer, "number", interrupt->number);
    json_writer_text(writer, "notification", interrupt->notification);
    json_writer_close_object(writer);
}

/* What a task has and the kernel has not, in an object that is open. */
static void write_task(struct json_writer *writer, const struct report_program *task)
{
    json_writer_number(writer, "priority", task->priority);
    json_writer_flag(writer, "start", task->is_started);
    json_writer_number(writer, "slots_used", task->slots_used);
    json_writer_number(writer, "slots_free", task->slots_free);
    write_texts(writer, "uses", &task->uses);
    write_texts(writer, "notifications", &task->notifications);
    json_writer_open_list(writer, "interrupts");
    for (size_t i = 0; i < task->interrupt_count; i++)
        write_interrupt(writer, &task->interrupts[i]);
    json_writer_close_list(writer);
    json_writer_open_list(writer, "fixed");
    for (size_t i = 0; i < task->fixed_count; i++)
        write_fixed(writer, &task->fixed[i]);
    json_writer_close_list(writer);
}

static void write_program(struct json_writer *writer, const struct report *report, size_t index)
{
    const struct report_program *program = &report->programs[index];
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", program->name);
    if (index != REPORT_KERNEL)
        write_task(writer, program);
    write_texts(writer, "maps", &program->maps);
    json_writer_open_list(writer, "blocks");
    for (size_t i = 0; i < program->block_count; i++)
        write_block(writer, report, &program->blocks[i]);
    json_writer_close_list(writer);
    json_writer_close_object(writer);
}

/* ---- memories ---- */

static void write_row(struct json_writer *writer, const struct report *report,
                      const struct report_row *row)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "kind", report_names_row(row->kind));
    json_writer_number(writer, "start", row->start);
    json_writer_number(writer, "size", row->bytes);
    if (row->program != REPORT_NONE)
        json_writer_text(writer, "owner", report->programs[row->program].name);
    if (row->need_bytes != 0)
        json_writer_number(writer, "need", row->need_bytes);
    json_writer_close_object(writer);
}

static void write_memory(struct json_writer *writer, const struct report *report,
                         const struct report_memory *memory)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "name", memory->name);
    json_writer_number(writer, "base", memory->base);
    json_writer_number(writer, "size", memory->size);
    json_writer_number(writer, "attributes", memory->attributes);
    json_writer_number(writer, "used", memory->used_bytes);
    json_writer_number(writer, "free", memory->free_bytes);
    json_writer_number(writer, "padding", memory->padding_bytes);
    json_writer_number(writer, "gap", memory->gap_bytes);
    json_writer_number(writer, "task_need", memory->task_need_bytes);
    json_writer_number(writer, "task_padding", memory->task_padding_bytes);
    json_writer_number(writer, "task_gap", memory->task_gap_bytes);
    json_writer_number(writer, "bound", memory->bound_bytes);
    json_writer_open_list(writer, "rows");
    for (size_t i = 0; i < memory->row_count; i++)
        write_row(writer, report, &memory->rows[i]);
    json_writer_close_list(writer);
    json_writer_close_object(writer);
}

/* ---- the whole report ---- */

static const char *memory_of_block(const struct report *report, size_t program, size_t block)
{
    return report->memories[report->programs[program].blocks[block].memory].name;
}

static void write_move(struct json_writer *writer, const struct report *report,
                       const struct report_move *move)
{
    json_writer_open_object(writer, NULL);
    json_writer_text(writer, "task", report->programs[move->program].name);
    json_writer_text(writer, "memory", memory_of_block(report, move->program, move->block));
    json_writer_text(writer, "kind", move->kind);
    json_writer_text(writer, "reason", move->reason);
    json_writer_flag(writer, "boundaries_changed", move->boundaries_changed);
    json_writer_close_object(writer);
}

static void write_lock(struct json_writer *writer, const struct report *report)
{
    if (report->hurt_program != REPORT_NONE) {
        json_writer_open_object(writer, "next_to_hurt");
        json_writer_text(writer, "task", report->programs[report->hurt_program].name);
        json_writer_text(writer, "memory",
                         memory_of_block(report, report->hurt_program, report->hurt_block));
        json_writer_close_object(writer);
    }
    if (!report->is_locked)
        return;
    json_writer_open_list(writer, "moves");
    for (size_t i = 0; i < report->move_count; i++)
        write_move(writer, report, &report->moves[i]);
    json_writer_close_list(writer);
}

static void write_identity(struct json_writer *writer, const struct report *report)
{
    json_writer_number(writer, "imgbuild_report", REPORT_JSON_VERSION);
    json_writer_text(writer, "name", report->name);
    json_writer_text(writer, "board", report->board);
    json_writer_text(writer, "slot", report->slot);
    json_writer_text(writer, "version", report->version);
    json_writer_number(writer, "epoch", report->epoch);
    json_writer_text(writer, "id", report->id);
    json_writer_json(writer, "compat", report->compat);
    report_json_write_mpu(writer, report);
    json_writer_number(writer, "bound", report->bound_bytes);
}

void report_json_write_mpu(struct json_writer *writer, const struct report *report)
{
    json_writer_open_object(writer, "mpu");
    json_writer_text(writer, "model", report->mpu_model);
    json_writer_number(writer, "slots", report->mpu_slots);
    json_writer_number(writer, "reserved", report->mpu_reserved);
    json_writer_flag(writer, "subregions", report->has_subregions);
    json_writer_close_object(writer);
}

const char *report_json_text(const struct report *report, struct arena *arena)
{
    struct json_writer writer = json_writer_in(arena, JSON_LINE);
    json_writer_open_object(&writer, NULL);
    write_identity(&writer, report);
    json_writer_open_list(&writer, "memories");
    for (size_t i = 0; i < report->memory_count; i++)
        write_memory(&writer, report, &report->memories[i]);
    json_writer_close_list(&writer);
    write_lock(&writer, report);
    json_writer_open_list(&writer, "programs");
    for (size_t i = 0; i < report->program_count; i++)
        write_program(&writer, report, i);
    json_writer_close_list(&writer);
    json_writer_close_object(&writer);
    return json_writer_end(&writer);
}
