/* Reading report.json, which is not trusted: an archive may come from anyone.
 *
 * A value that is missing, of the wrong type or out of range ends the reading with one error, which
 * says where it is. Functions that read a part return what they can and leave the error to be found
 * at the end. */
#include "cli/report/report_json.h"

#include "base/shown_text.h"
#include "cli/format/json_reader.h"
#include "cli/report/report_names.h"

#include <stdlib.h>
#include <string.h>

/* Far more than any board has; they keep searches by name fast. */
enum { MEMORIES_MOST = 256, PROGRAMS_MOST = 4096, SLOTS_MOST = 255, ATTRIBUTES_MOST = 31 };

static const uint64_t ADDRESS_MOST = UINT64_C(1) << 32;

/* Names are shown as they are read. */
static const char *get_text(struct json_reader *reader, const struct json_value *json,
                            const char *key)
{
    return shown_text(reader->arena, json_reader_text(reader, json, key));
}

static uint64_t get_bytes(struct json_reader *reader, const struct json_value *json,
                          const char *key)
{
    return json_reader_number(reader, json, key, ADDRESS_MOST);
}

static struct json_list get_list(struct json_reader *reader, const struct json_value *json,
                                 const char *key, size_t *ret_count)
{
    const struct json_list list = json_reader_list(reader, json, key);
    *ret_count = list.count;
    return list;
}

static struct report_texts get_texts(struct json_reader *reader, const struct json_value *json,
                                     const char *key)
{
    size_t count;
    const char *const *texts = json_reader_texts(reader, json, key, &count);
    const char **items = ARENA_ARRAY(reader->arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        items[i] = shown_text(reader->arena, texts[i]);
    return (struct report_texts){items, count};
}

/* ---- inside a program ---- */

static struct report_symbol read_symbol(struct json_reader *reader, const struct json_value *json)
{
    struct report_symbol symbol = {
        .name = get_text(reader, json, "name"),
        .addr = get_bytes(reader, json, "address"),
        .bytes = get_bytes(reader, json, "size"),
    };
    json_reader_expect(reader,
                       report_names_find_symbol(get_text(reader, json, "kind"), &symbol.kind),
                       "unknown kind of symbol");
    if (json_reader_has(json, "guessed"))
        symbol.is_size_guessed = json_reader_flag(reader, json, "guessed");
    return symbol;
}

/* Symbols lie inside their section and add up to their object. */
static void check_symbols(struct json_reader *reader, const struct report_section *section,
                          const struct report_object *object)
{
    uint64_t sum = 0;
    uint64_t last = section->addr;
    for (size_t i = 0; i < object->symbol_count && !reader->is_broken; i++) {
        const struct report_symbol *symbol = &object->symbols[i];
        const uint64_t offset = symbol->addr - section->addr;
        json_reader_expect(reader, symbol->addr >= last, "symbols are not in address order");
        json_reader_expect(reader,
                           offset <= section->bytes && symbol->bytes <= section->bytes - offset,
                           "a symbol lies outside its section");
        last = symbol->addr;
        sum += symbol->bytes;
    }
    json_reader_expect(reader, sum == object->bytes,
                       "the symbols of an object do not add up to its size");
}

static struct report_object read_object(struct json_reader *reader, const struct json_value *json,
                                        const struct report_section *section)
{
    size_t count;
    const struct json_list list = get_list(reader, json, "symbols", &count);
    struct report_symbol *symbols = ARENA_ARRAY(reader->arena, struct report_symbol, count);
    for (size_t i = 0; i < count && !reader->is_broken; i++)
        symbols[i] = read_symbol(reader, json_reader_item(&list, i));
    struct report_object object = {
        .name = get_text(reader, json, "name"),
        .bytes = get_bytes(reader, json, "size"),
        .symbols = symbols,
        .symbol_count = count,
    };
    json_reader_expect(reader,
                       report_names_find_object(get_text(reader, json, "kind"), &object.kind),
                       "unknown kind of object");
    check_symbols(reader, section, &object);
    return object;
}

static int compare_addresses(const void *left, const void *right)
{
    const struct report_symbol *a = left;
    const struct report_symbol *b = right;
    return (a->addr > b->addr) - (a->addr < b->addr);
}

/* The symbols of all objects tile the section: every byte belongs to exactly one. */
static void check_tiles(struct json_reader *reader, const struct report_section *section)
{
    size_t most = 0;
    size_t count = 0;
    for (size_t i = 0; i < section->object_count; i++)
        most += section->objects[i].symbol_count;
    struct report_symbol *tiles = ARENA_ARRAY(reader->arena, struct report_symbol, most);
    for (size_t i = 0; i < section->object_count; i++) {
        const struct report_object *object = &section->objects[i];
        for (size_t k = 0; k < object->symbol_count; k++) {
            if (object->symbols[k].bytes != 0)
                tiles[count++] = object->symbols[k];
        }
    }
    if (count > 1)
        qsort(tiles, count, sizeof *tiles, compare_addresses);
    uint64_t at = section->addr;
    for (size_t i = 0; i < count; i++) {
        json_reader_expect(reader, tiles[i].addr == at, "symbols do not tile their section");
        at += tiles[i].bytes;
    }
    json_reader_expect(reader, at == section->addr + section->bytes,
                       "symbols do not fill their section");
}

static struct report_section read_section(struct json_reader *reader, const struct json_value *json)
{
    struct report_section section = {
        .name = get_text(reader, json, "name"),
        .addr = get_bytes(reader, json, "address"),
        .bytes = get_bytes(reader, json, "size"),
    };
    json_reader_expect(reader,
                       report_names_find_section(get_text(reader, json, "kind"), &section.kind),
                       "unknown kind of section");
    const struct json_list list = get_list(reader, json, "objects", &section.object_count);
    struct report_object *objects =
        ARENA_ARRAY(reader->arena, struct report_object, section.object_count);
    uint64_t sum = 0;
    for (size_t i = 0; i < section.object_count && !reader->is_broken; i++) {
        objects[i] = read_object(reader, json_reader_item(&list, i), &section);
        sum += objects[i].bytes;
    }
    section.objects = objects;
    json_reader_expect(reader, sum == section.bytes,
                       "the objects of a section do not add up to its size");
    if (!reader->is_broken)
        check_tiles(reader, &section);
    return section;
}

static void read_sections(struct json_reader *reader, const struct json_value *json,
                          struct report_block *block)
{
    const struct json_list list = get_list(reader, json, "sections", &block->section_count);
    struct report_section *sections =
        ARENA_ARRAY(reader->arena, struct report_section, block->section_count);
    uint64_t at = block->base;
    for (size_t i = 0; i < block->section_count && !reader->is_broken; i++) {
        sections[i] = read_section(reader, json_reader_item(&list, i));
        json_reader_expect(reader, sections[i].addr == at,
                           "a section does not start where the previous one ends");
        at += sections[i].bytes;
    }
    block->sections = sections;
    json_reader_expect(reader, at == block->base + block->linked_bytes,
                       "the sections of a block do not add up to its linked bytes");
}

/* ---- programs ---- */

static struct report_region read_region(struct json_reader *reader, const struct json_value *json)
{
    struct report_region region = {
        .start = get_bytes(reader, json, "first"),
        .end = json_reader_number(reader, json, "last", ADDRESS_MOST - 1) + 1,
        .slots = (uint32_t)json_reader_number(reader, json, "slots", SLOTS_MOST),
        .attributes = (uint32_t)json_reader_number(reader, json, "attributes", ATTRIBUTES_MOST),
        .mpu_base = get_bytes(reader, json, "mpu_base"),
    };
    json_reader_expect(reader, region.start < region.end, "a region ends before it starts");
    if (!json_reader_has(json, "mpu_size"))
        return region;
    region.mpu_size = get_bytes(reader, json, "mpu_size");
    region.srd = (uint32_t)json_reader_number(reader, json, "srd", 255);
    json_reader_expect(reader, region.mpu_size != 0, "a region's size is 0");
    return region;
}

static void read_regions(struct json_reader *reader, const struct json_value *json,
                         struct report_block *block)
{
    const struct json_list list = get_list(reader, json, "regions", &block->region_count);
    struct report_region *regions =
        ARENA_ARRAY(reader->arena, struct report_region, block->region_count);
    uint64_t at = block->base;
    for (size_t i = 0; i < block->region_count && !reader->is_broken; i++) {
        regions[i] = read_region(reader, json_reader_item(&list, i));
        json_reader_expect(reader, regions[i].start == at,
                           "a region does not start where the previous one ends");
        at = regions[i].end;
    }
    block->regions = regions;
    json_reader_expect(reader, block->region_count == 0 || at == block->base + block->bytes,
                       "the regions of a block do not fill it");
}

static size_t find_memory(struct json_reader *reader, const struct report *report, const char *name)
{
    for (size_t i = 0; i < report->memory_count; i++) {
        if (strcmp(report->memories[i].name, name) == 0)
            return i;
    }
    json_reader_break(reader, arena_format(reader->arena, "unknown memory '%s'", name));
    return 0;
}

static size_t find_block(const struct report_program *program, size_t memory)
{
    for (size_t i = 0; i < program->block_count; i++) {
        if (program->blocks[i].memory == memory)
            return i;
    }
    return REPORT_NONE;
}

static struct report_block read_block(struct json_reader *reader, const struct report *report,
                                      const struct json_value *json)
{
    struct report_block block = {
        .memory = find_memory(reader, report, get_text(reader, json, "memory")),
        .base = get_bytes(reader, json, "base"),
        .bytes = get_bytes(reader, json, "size"),
        .need_bytes = get_bytes(reader, json, "need"),
        .linked_bytes = get_bytes(reader, json, "linked"),
        .has_limit = json_reader_has(json, "limit"),
        .has_headroom = json_reader_has(json, "headroom"),
    };
    json_reader_expect(reader,
                       block.linked_bytes <= block.need_bytes && block.need_bytes <= block.bytes,
                       "a block is smaller than its contents");
    if (block.has_limit)
        block.limit_bytes = json_reader_number(reader, json, "limit", INT64_MAX);
    if (block.has_headroom)
        block.headroom_bytes = get_bytes(reader, json, "headroom");
    read_regions(reader, json, &block);
    read_sections(reader, json, &block);
    return block;
}

static void read_blocks(struct json_reader *reader, const struct report *report,
                        const struct json_value *json, struct report_program *program)
{
    size_t count;
    const struct json_list list = get_list(reader, json, "blocks", &count);
    json_reader_expect(reader, count <= report->memory_count,
                       "a program has more blocks than memories");
    struct report_block *blocks = ARENA_ARRAY(reader->arena, struct report_block, count);
    program->blocks = blocks;
    for (size_t i = 0; i < count && !reader->is_broken; i++) {
        blocks[i] = read_block(reader, report, json_reader_item(&list, i));
        json_reader_expect(reader, find_block(program, blocks[i].memory) == REPORT_NONE,
                           "a program has two blocks in one memory");
        program->block_count = i + 1;
    }
}

static void read_interrupts(struct json_reader *reader, const struct json_value *json,
                            struct report_program *task)
{
    const struct json_list list = get_list(reader, json, "interrupts", &task->interrupt_count);
    struct report_interrupt *interrupts =
        ARENA_ARRAY(reader->arena, struct report_interrupt, task->interrupt_count);
    for (size_t i = 0; i < task->interrupt_count; i++) {
        const struct json_value *item = json_reader_item(&list, i);
        interrupts[i] = (struct report_interrupt){
            get_text(reader, item, "name"), json_reader_number(reader, item, "number", UINT32_MAX),
            get_text(reader, item, "notification")};
    }
    task->interrupts = interrupts;
}

static void read_fixed(struct json_reader *reader, const struct json_value *json,
                       struct report_program *task)
{
    const struct json_list list = get_list(reader, json, "fixed", &task->fixed_count);
    struct report_fixed *fixed = ARENA_ARRAY(reader->arena, struct report_fixed, task->fixed_count);
    for (size_t i = 0; i < task->fixed_count; i++) {
        const struct json_value *item = json_reader_item(&list, i);
        const struct report_texts names = get_texts(reader, item, "names");
        fixed[i] = (struct report_fixed){get_text(reader, item, "kind"), names.items, names.count,
                                         read_region(reader, item)};
    }
    task->fixed = fixed;
}

/* A task's blocks and grants use the number of slots it gives; used and free slots add up to the
 * MPU's. */
static void check_slots(struct json_reader *reader, const struct report *report,
                        const struct report_program *task)
{
    uint64_t used = 0;
    for (size_t i = 0; i < task->fixed_count; i++)
        used += task->fixed[i].region.slots;
    for (size_t i = 0; i < task->block_count; i++) {
        for (size_t k = 0; k < task->blocks[i].region_count; k++)
            used += task->blocks[i].regions[k].slots;
    }
    json_reader_expect(reader, used == task->slots_used, "the slots of a task do not add up");
    json_reader_expect(reader, used + task->slots_free == report->mpu_slots - report->mpu_reserved,
                       "the slots of a task do not add up to the MPU's");
}

static void read_task(struct json_reader *reader, const struct report *report,
                      const struct json_value *json, struct report_program *task)
{
    task->priority = json_reader_number(reader, json, "priority", 255);
    task->is_started = json_reader_flag(reader, json, "start");
    task->slots_used = (uint32_t)json_reader_number(reader, json, "slots_used", SLOTS_MOST);
    task->slots_free = (uint32_t)json_reader_number(reader, json, "slots_free", SLOTS_MOST);
    task->uses = get_texts(reader, json, "uses");
    task->notifications = get_texts(reader, json, "notifications");
    read_interrupts(reader, json, task);
    read_fixed(reader, json, task);
    check_slots(reader, report, task);
}

static size_t find_program(const struct report *report, const char *name)
{
    for (size_t i = 0; i < report->program_count; i++) {
        if (strcmp(report->programs[i].name, name) == 0)
            return i;
    }
    return REPORT_NONE;
}

static void read_programs(struct json_reader *reader, const struct json_value *json,
                          struct report *report)
{
    size_t count;
    const struct json_list list = get_list(reader, json, "programs", &count);
    json_reader_expect(reader, count > 0 && count <= PROGRAMS_MOST, "no kernel, or too many tasks");
    struct report_program *programs = ARENA_ARRAY(reader->arena, struct report_program, count);
    report->programs = programs;
    for (size_t i = 0; i < count && !reader->is_broken; i++) {
        const struct json_value *item = json_reader_item(&list, i);
        programs[i].name = get_text(reader, item, "name");
        reader->part = programs[i].name;
        programs[i].maps = get_texts(reader, item, "maps");
        read_blocks(reader, report, item, &programs[i]);
        if (i != REPORT_KERNEL)
            read_task(reader, report, item, &programs[i]);
        json_reader_expect(reader, find_program(report, programs[i].name) == REPORT_NONE,
                           "two programs have the same name");
        report->program_count = i + 1;
    }
}

/* ---- memories ---- */

static void read_memory(struct json_reader *reader, const struct json_value *json,
                        struct report_memory *memory)
{
    *memory = (struct report_memory){
        .name = get_text(reader, json, "name"),
        .base = get_bytes(reader, json, "base"),
        .size = get_bytes(reader, json, "size"),
        .attributes = (uint32_t)json_reader_number(reader, json, "attributes", ATTRIBUTES_MOST),
        .used_bytes = get_bytes(reader, json, "used"),
        .free_bytes = get_bytes(reader, json, "free"),
        .padding_bytes = get_bytes(reader, json, "padding"),
        .gap_bytes = get_bytes(reader, json, "gap"),
        .task_need_bytes = get_bytes(reader, json, "task_need"),
        .task_padding_bytes = get_bytes(reader, json, "task_padding"),
        .task_gap_bytes = get_bytes(reader, json, "task_gap"),
        .bound_bytes = get_bytes(reader, json, "bound"),
    };
    json_reader_expect(reader, memory->base + memory->size <= ADDRESS_MOST,
                       "a memory ends above the last address");
}

static void read_memories(struct json_reader *reader, const struct json_value *json,
                          struct report *report)
{
    size_t count;
    const struct json_list list = get_list(reader, json, "memories", &count);
    json_reader_expect(reader, count <= MEMORIES_MOST, "too many memories");
    struct report_memory *memories = ARENA_ARRAY(reader->arena, struct report_memory, count);
    report->memories = memories;
    for (size_t i = 0; i < count && !reader->is_broken; i++) {
        read_memory(reader, json_reader_item(&list, i), &memories[i]);
        for (size_t k = 0; k < i; k++)
            json_reader_expect(reader, strcmp(memories[k].name, memories[i].name) != 0,
                               "two memories have the same name");
        report->memory_count = i + 1;
    }
}

static bool has_program(enum report_row_kind kind)
{
    return kind == REPORT_ROW_KERNEL || kind == REPORT_ROW_TASK;
}

static struct report_row read_row(struct json_reader *reader, const struct report *report,
                                  size_t memory, const struct json_value *json)
{
    struct report_row row = {
        .start = get_bytes(reader, json, "start"),
        .bytes = get_bytes(reader, json, "size"),
        .program = REPORT_NONE,
        .block = REPORT_NONE,
    };
    json_reader_expect(reader, report_names_find_row(get_text(reader, json, "kind"), &row.kind),
                       "unknown kind of row");
    if (json_reader_has(json, "need"))
        row.need_bytes = get_bytes(reader, json, "need");
    json_reader_expect(reader, row.bytes > 0 && row.need_bytes <= row.bytes, "a row is too small");
    if (!has_program(row.kind))
        return row;
    row.program = find_program(report, get_text(reader, json, "owner"));
    if (row.program != REPORT_NONE)
        row.block = find_block(&report->programs[row.program], memory);
    json_reader_expect(reader, row.block != REPORT_NONE, "a row's owner has no block there");
    if (row.block == REPORT_NONE)
        return row;
    const struct report_block *block = &report->programs[row.program].blocks[row.block];
    json_reader_expect(reader,
                       (row.kind == REPORT_ROW_KERNEL) == (row.program == REPORT_KERNEL) &&
                           row.start == block->base && row.bytes == block->bytes &&
                           row.need_bytes == block->need_bytes,
                       "a row does not match its owner's block");
    return row;
}

static void add_row(struct report_memory *totals, const struct report_row *row)
{
    const bool has_owner = has_program(row->kind) || row->kind == REPORT_ROW_INFO;
    totals->has_owner = totals->has_owner || has_owner;
    totals->padding_bytes += has_owner ? row->bytes - row->need_bytes : 0;
    totals->gap_bytes += row->kind == REPORT_ROW_GAP ? row->bytes : 0;
    if (row->kind == REPORT_ROW_FREE)
        totals->free_bytes += row->bytes;
    else
        totals->used_bytes += row->bytes;
}

/* Every block has a row, the rows tile the memory, and the totals are the sums of the rows. */
static void check_memory(struct json_reader *reader, const struct report *report, size_t index)
{
    const struct report_memory *memory = &report->memories[index];
    struct report_memory totals = {0};
    uint64_t at = memory->base;
    size_t owned = 0;
    size_t blocks = 0;
    for (size_t i = 0; i < memory->row_count; i++) {
        const struct report_row *row = &memory->rows[i];
        json_reader_expect(reader, row->start == at,
                           "a row does not start where the previous one ends");
        at += row->bytes;
        owned += has_program(row->kind) ? 1 : 0;
        add_row(&totals, row);
    }
    for (size_t i = 0; i < report->program_count; i++)
        blocks += find_block(&report->programs[i], index) == REPORT_NONE ? 0 : 1;
    json_reader_expect(reader, at == memory->base + memory->size,
                       "the rows do not add up to the memory's size");
    json_reader_expect(reader, owned == blocks, "a block has no row");
    json_reader_expect(
        reader,
        totals.used_bytes == memory->used_bytes && totals.free_bytes == memory->free_bytes &&
            totals.padding_bytes == memory->padding_bytes && totals.gap_bytes == memory->gap_bytes,
        "the totals are not the sums of the rows");
}

/* After the programs, which the rows refer to. */
static void read_rows(struct json_reader *reader, const struct json_value *json,
                      struct report *report)
{
    struct report_memory *memories =
        arena_grow(reader->arena, report->memories, report->memory_count, report->memory_count,
                   sizeof *memories);
    const struct json_list list = json_reader_list(reader, json, "memories");
    report->memories = memories;
    for (size_t m = 0; m < report->memory_count && !reader->is_broken; m++) {
        reader->part = memories[m].name;
        const struct json_list items =
            get_list(reader, json_reader_item(&list, m), "rows", &memories[m].row_count);
        struct report_row *rows =
            ARENA_ARRAY(reader->arena, struct report_row, memories[m].row_count);
        struct report_memory totals = {0};
        for (size_t i = 0; i < memories[m].row_count && !reader->is_broken; i++) {
            rows[i] = read_row(reader, report, m, json_reader_item(&items, i));
            add_row(&totals, &rows[i]);
        }
        memories[m].rows = rows;
        memories[m].has_owner = totals.has_owner;
        if (!reader->is_broken)
            check_memory(reader, report, m);
    }
}

/* ---- the whole report ---- */

static void find_task_block(struct json_reader *reader, const struct report *report,
                            const struct json_value *json, size_t *ret_program, size_t *ret_block)
{
    const size_t memory = find_memory(reader, report, get_text(reader, json, "memory"));
    *ret_program = find_program(report, get_text(reader, json, "task"));
    *ret_block = REPORT_NONE;
    if (*ret_program != REPORT_NONE)
        *ret_block = find_block(&report->programs[*ret_program], memory);
    json_reader_expect(reader, *ret_block != REPORT_NONE, "a task has no such block");
}

static void read_moves(struct json_reader *reader, const struct json_value *json,
                       struct report *report)
{
    report->is_locked = json_reader_has(json, "moves");
    if (!report->is_locked)
        return;
    reader->part = "moves";
    const struct json_list list = get_list(reader, json, "moves", &report->move_count);
    struct report_move *moves = ARENA_ARRAY(reader->arena, struct report_move, report->move_count);
    for (size_t i = 0; i < report->move_count && !reader->is_broken; i++) {
        const struct json_value *item = json_reader_item(&list, i);
        moves[i].kind = get_text(reader, item, "kind");
        moves[i].reason = get_text(reader, item, "reason");
        moves[i].boundaries_changed = json_reader_flag(reader, item, "boundaries_changed");
        find_task_block(reader, report, item, &moves[i].program, &moves[i].block);
    }
    report->moves = moves;
}

static void read_next_to_hurt(struct json_reader *reader, const struct json_value *json,
                              struct report *report)
{
    report->hurt_program = REPORT_NONE;
    report->hurt_block = REPORT_NONE;
    if (!json_reader_has(json, "next_to_hurt"))
        return;
    reader->part = "next_to_hurt";
    find_task_block(reader, report, json_reader_object(reader, json, "next_to_hurt"),
                    &report->hurt_program, &report->hurt_block);
}

static void read_mpu(struct json_reader *reader, const struct json_value *json,
                     struct report *report)
{
    reader->part = "mpu";
    const struct json_value *mpu = json_reader_object(reader, json, "mpu");
    report->mpu_model = get_text(reader, mpu, "model");
    report->mpu_slots = (uint32_t)json_reader_number(reader, mpu, "slots", SLOTS_MOST);
    report->mpu_reserved = (uint32_t)json_reader_number(reader, mpu, "reserved", report->mpu_slots);
    report->has_subregions = json_reader_flag(reader, mpu, "subregions");
}

static void read_identity(struct json_reader *reader, const struct json_value *json,
                          struct report *report)
{
    const struct json_value *compat = json_reader_object(reader, json, "compat");
    report->name = get_text(reader, json, "name");
    report->board = get_text(reader, json, "board");
    report->slot = get_text(reader, json, "slot");
    report->version = get_text(reader, json, "version");
    report->epoch = json_reader_number(reader, json, "epoch", UINT32_MAX);
    report->id = get_text(reader, json, "id");
    report->bound_bytes = json_reader_number(reader, json, "bound", INT64_MAX);
    report->compat = compat == NULL ? "{}" : json_reader_json(reader, compat);
}

static void read_report(struct json_reader *reader, const struct json_value *json,
                        struct report *report)
{
    read_identity(reader, json, report);
    read_mpu(reader, json, report);
    reader->part = "memories";
    read_memories(reader, json, report);
    reader->part = "programs";
    if (!reader->is_broken)
        read_programs(reader, json, report);
    if (!reader->is_broken)
        read_rows(reader, json, report);
    if (!reader->is_broken)
        read_moves(reader, json, report);
    if (!reader->is_broken)
        read_next_to_hurt(reader, json, report);
}

static bool check_version(struct json_reader *reader, const struct json_value *json)
{
    if (!json_reader_has(json, "imgbuild_report"))
        return json_reader_break(reader, "not an imgbuild report");
    const uint64_t version = json_reader_number(reader, json, "imgbuild_report", UINT32_MAX);
    if (reader->is_broken || version == REPORT_JSON_VERSION)
        return !reader->is_broken;
    return diag_error(reader->diags, "report-version", reader->pos,
                      "report version is %llu, expected %d", (unsigned long long)version,
                      REPORT_JSON_VERSION);
}

bool report_json_read(struct span text, struct source_pos named_at, struct arena *arena,
                      struct report *ret, struct diag_list *diags)
{
    struct json_reader reader = {
        .arena = arena, .diags = diags, .pos = named_at, .code = "report-malformed"};
    const struct json_value *json = json_reader_open(&reader, text);
    if (json == NULL)
        return false;
    struct report report = {0};
    reader.part = "report";
    bool ok = check_version(&reader, json);
    if (ok)
        read_report(&reader, json, &report);
    ok = ok && !reader.is_broken;
    json_reader_close(json);
    if (ok)
        *ret = report;
    return ok;
}
