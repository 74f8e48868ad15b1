/* Reading report.json, which is not trusted: an archive may be anybody's.
 *
 * A value that is missing, of another type or out of range ends the reading with one error, which
 * says where it stands. Functions that read a part return what they can and leave the error to be
 * found at the end. */
#include "cli/report/report_json.h"

#include "base/shown_text.h"
#include "cli/report/report_names.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Far more than any board has; they keep searches by name from becoming slow. */
enum { MEMORIES_MOST = 256, PROGRAMS_MOST = 4096, SLOTS_MOST = 255, ATTRIBUTES_MOST = 31 };

static const uint64_t ADDRESS_MOST = UINT64_C(1) << 32;

struct reading {
    struct arena *arena;
    struct diag_list *diags;
    struct source_pos pos;
    const char *part; /* what is being read, for messages */
    bool is_broken;
};

static void broken(struct reading *reading, const char *what)
{
    if (!reading->is_broken)
        diag_error(reading->diags, "report-malformed", reading->pos, "%s: %s", reading->part, what);
    reading->is_broken = true;
}

static void expect(struct reading *reading, bool holds, const char *otherwise)
{
    if (!holds)
        broken(reading, otherwise);
}

/* ---- values ---- */

static const char *text_of(struct reading *reading, const json_t *json, const char *what)
{
    const char *text = json_string_value(json);
    if (text == NULL) {
        broken(reading, arena_format(reading->arena, "%s is no text", what));
        return "";
    }
    return shown_text(reading->arena, arena_copy_text(reading->arena, text, strlen(text)));
}

static const char *get_text(struct reading *reading, const json_t *json, const char *key)
{
    return text_of(reading, json_object_get(json, key), key);
}

static uint64_t get_number(struct reading *reading, const json_t *json, const char *key,
                           uint64_t most)
{
    const json_t *value = json_object_get(json, key);
    const json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= 0 && (uint64_t)number <= most)
        return (uint64_t)number;
    broken(reading, arena_format(reading->arena, "%s is no number from 0 to %llu", key,
                                 (unsigned long long)most));
    return 0;
}

static uint64_t get_bytes(struct reading *reading, const json_t *json, const char *key)
{
    return get_number(reading, json, key, ADDRESS_MOST);
}

static bool get_flag(struct reading *reading, const json_t *json, const char *key)
{
    const json_t *value = json_object_get(json, key);
    if (!json_is_boolean(value))
        broken(reading, arena_format(reading->arena, "%s is no flag", key));
    return json_is_true(value);
}

static const json_t *get_list(struct reading *reading, const json_t *json, const char *key,
                              size_t *ret_count)
{
    const json_t *list = json_object_get(json, key);
    if (!json_is_array(list))
        broken(reading, arena_format(reading->arena, "%s is no list", key));
    *ret_count = json_array_size(list);
    return list;
}

static struct report_texts get_texts(struct reading *reading, const json_t *json, const char *key)
{
    size_t count;
    const json_t *list = get_list(reading, json, key, &count);
    const char **items = ARENA_ARRAY(reading->arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        items[i] = text_of(reading, json_array_get(list, i), key);
    return (struct report_texts){items, count};
}

/* ---- inside a program ---- */

static struct report_symbol read_symbol(struct reading *reading, const json_t *json)
{
    struct report_symbol symbol = {
        .name = get_text(reading, json, "name"),
        .addr = get_bytes(reading, json, "address"),
        .bytes = get_bytes(reading, json, "size"),
    };
    expect(reading, report_names_find_symbol(get_text(reading, json, "kind"), &symbol.kind),
           "a symbol is of no known kind");
    if (json_object_get(json, "guessed") != NULL)
        symbol.is_size_guessed = get_flag(reading, json, "guessed");
    return symbol;
}

/* Symbols lie inside their section and add up to their object. */
static void check_symbols(struct reading *reading, const struct report_section *section,
                          const struct report_object *object)
{
    uint64_t sum = 0;
    uint64_t last = section->addr;
    for (size_t i = 0; i < object->symbol_count && !reading->is_broken; i++) {
        const struct report_symbol *symbol = &object->symbols[i];
        const uint64_t offset = symbol->addr - section->addr;
        expect(reading, symbol->addr >= last, "symbols are not in the order of their addresses");
        expect(reading, offset <= section->bytes && symbol->bytes <= section->bytes - offset,
               "a symbol lies outside of its section");
        last = symbol->addr;
        sum += symbol->bytes;
    }
    expect(reading, sum == object->bytes, "the symbols of an object do not add up to it");
}

static struct report_object read_object(struct reading *reading, const json_t *json,
                                        const struct report_section *section)
{
    size_t count;
    const json_t *list = get_list(reading, json, "symbols", &count);
    struct report_symbol *symbols = ARENA_ARRAY(reading->arena, struct report_symbol, count);
    for (size_t i = 0; i < count && !reading->is_broken; i++)
        symbols[i] = read_symbol(reading, json_array_get(list, i));
    struct report_object object = {
        .name = get_text(reading, json, "name"),
        .bytes = get_bytes(reading, json, "size"),
        .symbols = symbols,
        .symbol_count = count,
    };
    expect(reading, report_names_find_object(get_text(reading, json, "kind"), &object.kind),
           "an object is of no known kind");
    check_symbols(reading, section, &object);
    return object;
}

static int compare_addresses(const void *left, const void *right)
{
    const struct report_symbol *a = left;
    const struct report_symbol *b = right;
    return (a->addr > b->addr) - (a->addr < b->addr);
}

/* The symbols of all objects tile the section: no byte is nobody's or two's. */
static void check_tiles(struct reading *reading, const struct report_section *section)
{
    size_t most = 0;
    size_t count = 0;
    for (size_t i = 0; i < section->object_count; i++)
        most += section->objects[i].symbol_count;
    struct report_symbol *tiles = ARENA_ARRAY(reading->arena, struct report_symbol, most);
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
        expect(reading, tiles[i].addr == at, "symbols do not tile their section");
        at += tiles[i].bytes;
    }
    expect(reading, at == section->addr + section->bytes, "symbols do not fill their section");
}

static struct report_section read_section(struct reading *reading, const json_t *json)
{
    struct report_section section = {
        .name = get_text(reading, json, "name"),
        .addr = get_bytes(reading, json, "address"),
        .bytes = get_bytes(reading, json, "size"),
    };
    expect(reading, report_names_find_section(get_text(reading, json, "kind"), &section.kind),
           "a section is of no known kind");
    const json_t *list = get_list(reading, json, "objects", &section.object_count);
    struct report_object *objects =
        ARENA_ARRAY(reading->arena, struct report_object, section.object_count);
    uint64_t sum = 0;
    for (size_t i = 0; i < section.object_count && !reading->is_broken; i++) {
        objects[i] = read_object(reading, json_array_get(list, i), &section);
        sum += objects[i].bytes;
    }
    section.objects = objects;
    expect(reading, sum == section.bytes, "the objects of a section do not add up to it");
    if (!reading->is_broken)
        check_tiles(reading, &section);
    return section;
}

static void read_sections(struct reading *reading, const json_t *json, struct report_block *block)
{
    const json_t *list = get_list(reading, json, "sections", &block->section_count);
    struct report_section *sections =
        ARENA_ARRAY(reading->arena, struct report_section, block->section_count);
    uint64_t at = block->base;
    for (size_t i = 0; i < block->section_count && !reading->is_broken; i++) {
        sections[i] = read_section(reading, json_array_get(list, i));
        expect(reading, sections[i].addr == at, "a section does not start where the last one ends");
        at += sections[i].bytes;
    }
    block->sections = sections;
    expect(reading, at == block->base + block->linked_bytes,
           "the sections of a block do not add up to what was linked");
}

/* ---- programs ---- */

static struct report_region read_region(struct reading *reading, const json_t *json)
{
    struct report_region region = {
        .start = get_bytes(reading, json, "first"),
        .end = get_number(reading, json, "last", ADDRESS_MOST - 1) + 1,
        .slots = (uint32_t)get_number(reading, json, "slots", SLOTS_MOST),
        .attributes = (uint32_t)get_number(reading, json, "attributes", ATTRIBUTES_MOST),
        .mpu_base = get_bytes(reading, json, "mpu_base"),
    };
    expect(reading, region.start < region.end, "a region ends before it starts");
    if (json_object_get(json, "mpu_size") == NULL)
        return region;
    region.mpu_size = get_bytes(reading, json, "mpu_size");
    region.srd = (uint32_t)get_number(reading, json, "srd", 255);
    expect(reading, region.mpu_size != 0, "a region's size is 0");
    return region;
}

static void read_regions(struct reading *reading, const json_t *json, struct report_block *block)
{
    const json_t *list = get_list(reading, json, "regions", &block->region_count);
    struct report_region *regions =
        ARENA_ARRAY(reading->arena, struct report_region, block->region_count);
    uint64_t at = block->base;
    for (size_t i = 0; i < block->region_count && !reading->is_broken; i++) {
        regions[i] = read_region(reading, json_array_get(list, i));
        expect(reading, regions[i].start == at, "a region does not start where the last one ends");
        at = regions[i].end;
    }
    block->regions = regions;
    expect(reading, block->region_count == 0 || at == block->base + block->bytes,
           "the regions of a block do not fill it");
}

static size_t find_memory(struct reading *reading, const struct report *report, const char *name)
{
    for (size_t i = 0; i < report->memory_count; i++) {
        if (strcmp(report->memories[i].name, name) == 0)
            return i;
    }
    broken(reading, arena_format(reading->arena, "there is no memory %s", name));
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

static struct report_block read_block(struct reading *reading, const struct report *report,
                                      const json_t *json)
{
    struct report_block block = {
        .memory = find_memory(reading, report, get_text(reading, json, "memory")),
        .base = get_bytes(reading, json, "base"),
        .bytes = get_bytes(reading, json, "size"),
        .need_bytes = get_bytes(reading, json, "need"),
        .linked_bytes = get_bytes(reading, json, "linked"),
        .has_limit = json_object_get(json, "limit") != NULL,
        .has_headroom = json_object_get(json, "headroom") != NULL,
    };
    expect(reading, block.linked_bytes <= block.need_bytes && block.need_bytes <= block.bytes,
           "a block is smaller than what lies in it");
    if (block.has_limit)
        block.limit_bytes = get_number(reading, json, "limit", INT64_MAX);
    if (block.has_headroom)
        block.headroom_bytes = get_bytes(reading, json, "headroom");
    read_regions(reading, json, &block);
    read_sections(reading, json, &block);
    return block;
}

static void read_blocks(struct reading *reading, const struct report *report, const json_t *json,
                        struct report_program *program)
{
    size_t count;
    const json_t *list = get_list(reading, json, "blocks", &count);
    expect(reading, count <= report->memory_count, "a program has more blocks than memories");
    struct report_block *blocks = ARENA_ARRAY(reading->arena, struct report_block, count);
    program->blocks = blocks;
    for (size_t i = 0; i < count && !reading->is_broken; i++) {
        blocks[i] = read_block(reading, report, json_array_get(list, i));
        expect(reading, find_block(program, blocks[i].memory) == REPORT_NONE,
               "a program has two blocks in one memory");
        program->block_count = i + 1;
    }
}

static void read_interrupts(struct reading *reading, const json_t *json,
                            struct report_program *task)
{
    const json_t *list = get_list(reading, json, "interrupts", &task->interrupt_count);
    struct report_interrupt *interrupts =
        ARENA_ARRAY(reading->arena, struct report_interrupt, task->interrupt_count);
    for (size_t i = 0; i < task->interrupt_count; i++) {
        const json_t *item = json_array_get(list, i);
        interrupts[i] = (struct report_interrupt){get_text(reading, item, "name"),
                                                  get_number(reading, item, "number", UINT32_MAX),
                                                  get_text(reading, item, "notification")};
    }
    task->interrupts = interrupts;
}

static void read_fixed(struct reading *reading, const json_t *json, struct report_program *task)
{
    const json_t *list = get_list(reading, json, "fixed", &task->fixed_count);
    struct report_fixed *fixed =
        ARENA_ARRAY(reading->arena, struct report_fixed, task->fixed_count);
    for (size_t i = 0; i < task->fixed_count; i++) {
        const json_t *item = json_array_get(list, i);
        const struct report_texts names = get_texts(reading, item, "names");
        fixed[i] = (struct report_fixed){get_text(reading, item, "kind"), names.items, names.count,
                                         read_region(reading, item)};
    }
    task->fixed = fixed;
}

/* What a task's blocks and grants take is what it says to use, and all of the MPU's together. */
static void check_slots(struct reading *reading, const struct report *report,
                        const struct report_program *task)
{
    uint64_t used = 0;
    for (size_t i = 0; i < task->fixed_count; i++)
        used += task->fixed[i].region.slots;
    for (size_t i = 0; i < task->block_count; i++) {
        for (size_t k = 0; k < task->blocks[i].region_count; k++)
            used += task->blocks[i].regions[k].slots;
    }
    expect(reading, used == task->slots_used, "the slots of a task do not add up");
    expect(reading, used + task->slots_free == report->mpu_slots - report->mpu_reserved,
           "the slots of a task are not those of the MPU");
}

static void read_task(struct reading *reading, const struct report *report, const json_t *json,
                      struct report_program *task)
{
    task->priority = get_number(reading, json, "priority", 255);
    task->is_started = get_flag(reading, json, "start");
    task->slots_used = (uint32_t)get_number(reading, json, "slots_used", SLOTS_MOST);
    task->slots_free = (uint32_t)get_number(reading, json, "slots_free", SLOTS_MOST);
    task->uses = get_texts(reading, json, "uses");
    task->notifications = get_texts(reading, json, "notifications");
    read_interrupts(reading, json, task);
    read_fixed(reading, json, task);
    check_slots(reading, report, task);
}

static size_t find_program(const struct report *report, const char *name)
{
    for (size_t i = 0; i < report->program_count; i++) {
        if (strcmp(report->programs[i].name, name) == 0)
            return i;
    }
    return REPORT_NONE;
}

static void read_programs(struct reading *reading, const json_t *json, struct report *report)
{
    size_t count;
    const json_t *list = get_list(reading, json, "programs", &count);
    expect(reading, count > 0 && count <= PROGRAMS_MOST, "there is no kernel, or too many tasks");
    struct report_program *programs = ARENA_ARRAY(reading->arena, struct report_program, count);
    report->programs = programs;
    for (size_t i = 0; i < count && !reading->is_broken; i++) {
        const json_t *item = json_array_get(list, i);
        programs[i].name = get_text(reading, item, "name");
        reading->part = programs[i].name;
        programs[i].maps = get_texts(reading, item, "maps");
        read_blocks(reading, report, item, &programs[i]);
        if (i != REPORT_KERNEL)
            read_task(reading, report, item, &programs[i]);
        expect(reading, find_program(report, programs[i].name) == REPORT_NONE,
               "two programs have this name");
        report->program_count = i + 1;
    }
}

/* ---- memories ---- */

static void read_memory(struct reading *reading, const json_t *json, struct report_memory *memory)
{
    *memory = (struct report_memory){
        .name = get_text(reading, json, "name"),
        .base = get_bytes(reading, json, "base"),
        .size = get_bytes(reading, json, "size"),
        .attributes = (uint32_t)get_number(reading, json, "attributes", ATTRIBUTES_MOST),
        .used_bytes = get_bytes(reading, json, "used"),
        .free_bytes = get_bytes(reading, json, "free"),
        .padding_bytes = get_bytes(reading, json, "padding"),
        .gap_bytes = get_bytes(reading, json, "gap"),
        .task_need_bytes = get_bytes(reading, json, "task_need"),
        .task_padding_bytes = get_bytes(reading, json, "task_padding"),
        .task_gap_bytes = get_bytes(reading, json, "task_gap"),
        .bound_bytes = get_bytes(reading, json, "bound"),
    };
    expect(reading, memory->base + memory->size <= ADDRESS_MOST,
           "a memory ends behind the last address");
}

static void read_memories(struct reading *reading, const json_t *json, struct report *report)
{
    size_t count;
    const json_t *list = get_list(reading, json, "memories", &count);
    expect(reading, count <= MEMORIES_MOST, "there are too many memories");
    struct report_memory *memories = ARENA_ARRAY(reading->arena, struct report_memory, count);
    report->memories = memories;
    for (size_t i = 0; i < count && !reading->is_broken; i++) {
        read_memory(reading, json_array_get(list, i), &memories[i]);
        for (size_t k = 0; k < i; k++)
            expect(reading, strcmp(memories[k].name, memories[i].name) != 0,
                   "two memories have the same name");
        report->memory_count = i + 1;
    }
}

static bool has_program(enum report_row_kind kind)
{
    return kind == REPORT_ROW_KERNEL || kind == REPORT_ROW_TASK;
}

static struct report_row read_row(struct reading *reading, const struct report *report,
                                  size_t memory, const json_t *json)
{
    struct report_row row = {
        .start = get_bytes(reading, json, "start"),
        .bytes = get_bytes(reading, json, "size"),
        .program = REPORT_NONE,
        .block = REPORT_NONE,
    };
    expect(reading, report_names_find_row(get_text(reading, json, "kind"), &row.kind),
           "a row is of no known kind");
    if (json_object_get(json, "need") != NULL)
        row.need_bytes = get_bytes(reading, json, "need");
    expect(reading, row.bytes > 0 && row.need_bytes <= row.bytes, "a row is too small");
    if (!has_program(row.kind))
        return row;
    row.program = find_program(report, get_text(reading, json, "owner"));
    if (row.program != REPORT_NONE)
        row.block = find_block(&report->programs[row.program], memory);
    expect(reading, row.block != REPORT_NONE, "a row's owner has no block there");
    if (row.block == REPORT_NONE)
        return row;
    const struct report_block *block = &report->programs[row.program].blocks[row.block];
    expect(reading,
           (row.kind == REPORT_ROW_KERNEL) == (row.program == REPORT_KERNEL) &&
               row.start == block->base && row.bytes == block->bytes &&
               row.need_bytes == block->need_bytes,
           "a row is not the block of its owner");
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

/* Every block has its row, rows tile the memory, and its totals are theirs. */
static void check_memory(struct reading *reading, const struct report *report, size_t index)
{
    const struct report_memory *memory = &report->memories[index];
    struct report_memory totals = {0};
    uint64_t at = memory->base;
    size_t owned = 0;
    size_t blocks = 0;
    for (size_t i = 0; i < memory->row_count; i++) {
        const struct report_row *row = &memory->rows[i];
        expect(reading, row->start == at, "a row does not start where the last one ends");
        at += row->bytes;
        owned += has_program(row->kind) ? 1 : 0;
        add_row(&totals, row);
    }
    for (size_t i = 0; i < report->program_count; i++)
        blocks += find_block(&report->programs[i], index) == REPORT_NONE ? 0 : 1;
    expect(reading, at == memory->base + memory->size, "the rows do not add up to the memory");
    expect(reading, owned == blocks, "not every block has a row");
    expect(reading,
           totals.used_bytes == memory->used_bytes && totals.free_bytes == memory->free_bytes &&
               totals.padding_bytes == memory->padding_bytes &&
               totals.gap_bytes == memory->gap_bytes,
           "the totals are not those of the rows");
}

/* After the programs, whom the rows name. */
static void read_rows(struct reading *reading, const json_t *json, struct report *report)
{
    struct report_memory *memories =
        arena_grow(reading->arena, report->memories, report->memory_count, report->memory_count,
                   sizeof *memories);
    const json_t *list = json_object_get(json, "memories");
    report->memories = memories;
    for (size_t m = 0; m < report->memory_count && !reading->is_broken; m++) {
        reading->part = memories[m].name;
        const json_t *items =
            get_list(reading, json_array_get(list, m), "rows", &memories[m].row_count);
        struct report_row *rows =
            ARENA_ARRAY(reading->arena, struct report_row, memories[m].row_count);
        struct report_memory totals = {0};
        for (size_t i = 0; i < memories[m].row_count && !reading->is_broken; i++) {
            rows[i] = read_row(reading, report, m, json_array_get(items, i));
            add_row(&totals, &rows[i]);
        }
        memories[m].rows = rows;
        memories[m].has_owner = totals.has_owner;
        if (!reading->is_broken)
            check_memory(reading, report, m);
    }
}

/* ---- the whole ---- */

static void find_task_block(struct reading *reading, const struct report *report,
                            const json_t *json, size_t *ret_program, size_t *ret_block)
{
    const size_t memory = find_memory(reading, report, get_text(reading, json, "memory"));
    *ret_program = find_program(report, get_text(reading, json, "task"));
    *ret_block = REPORT_NONE;
    if (*ret_program != REPORT_NONE)
        *ret_block = find_block(&report->programs[*ret_program], memory);
    expect(reading, *ret_block != REPORT_NONE, "a task has no such block");
}

static void read_moves(struct reading *reading, const json_t *json, struct report *report)
{
    report->is_locked = json_object_get(json, "moves") != NULL;
    if (!report->is_locked)
        return;
    reading->part = "moves";
    const json_t *list = get_list(reading, json, "moves", &report->move_count);
    struct report_move *moves = ARENA_ARRAY(reading->arena, struct report_move, report->move_count);
    for (size_t i = 0; i < report->move_count && !reading->is_broken; i++) {
        const json_t *item = json_array_get(list, i);
        moves[i].kind = get_text(reading, item, "kind");
        moves[i].reason = get_text(reading, item, "reason");
        moves[i].boundaries_changed = get_flag(reading, item, "boundaries_changed");
        find_task_block(reading, report, item, &moves[i].program, &moves[i].block);
    }
    report->moves = moves;
}

static void read_next_to_hurt(struct reading *reading, const json_t *json, struct report *report)
{
    const json_t *hurt = json_object_get(json, "next_to_hurt");
    report->hurt_program = REPORT_NONE;
    report->hurt_block = REPORT_NONE;
    if (hurt == NULL)
        return;
    reading->part = "next_to_hurt";
    find_task_block(reading, report, hurt, &report->hurt_program, &report->hurt_block);
}

static void read_mpu(struct reading *reading, const json_t *json, struct report *report)
{
    const json_t *mpu = json_object_get(json, "mpu");
    reading->part = "mpu";
    report->mpu_model = get_text(reading, mpu, "model");
    report->mpu_slots = (uint32_t)get_number(reading, mpu, "slots", SLOTS_MOST);
    report->mpu_reserved = (uint32_t)get_number(reading, mpu, "reserved", report->mpu_slots);
    report->has_subregions = get_flag(reading, mpu, "subregions");
}

static void read_identity(struct reading *reading, const json_t *json, struct report *report)
{
    const json_t *compat = json_object_get(json, "compat");
    report->name = get_text(reading, json, "name");
    report->board = get_text(reading, json, "board");
    report->slot = get_text(reading, json, "slot");
    report->version = get_text(reading, json, "version");
    report->epoch = get_number(reading, json, "epoch", UINT32_MAX);
    report->id = get_text(reading, json, "id");
    report->bound_bytes = get_number(reading, json, "bound", INT64_MAX);
    expect(reading, json_is_object(compat), "compat is no object");
    char *dumped = json_dumps(compat, JSON_COMPACT);
    report->compat = dumped == NULL ? "{}" : arena_format(reading->arena, "%s", dumped);
    free(dumped);
}

static void read_report(struct reading *reading, const json_t *json, struct report *report)
{
    read_identity(reading, json, report);
    read_mpu(reading, json, report);
    reading->part = "memories";
    read_memories(reading, json, report);
    reading->part = "programs";
    if (!reading->is_broken)
        read_programs(reading, json, report);
    if (!reading->is_broken)
        read_rows(reading, json, report);
    if (!reading->is_broken)
        read_moves(reading, json, report);
    if (!reading->is_broken)
        read_next_to_hurt(reading, json, report);
}

static bool check_version(struct reading *reading, const json_t *json)
{
    const json_t *version = json_object_get(json, "imgbuild_report");
    if (!json_is_integer(version)) {
        broken(reading, "it is no report of imgbuild");
        return false;
    }
    if (json_integer_value(version) == REPORT_JSON_VERSION)
        return true;
    return diag_error(reading->diags, "report-version", reading->pos,
                      "this report is of version %lld, and this program knows version %d only",
                      (long long)json_integer_value(version), REPORT_JSON_VERSION);
}

bool report_json_read(struct span text, struct source_pos named_at, struct arena *arena,
                      struct report *ret, struct diag_list *diags)
{
    struct reading reading = {arena, diags, named_at, "report", false};
    json_error_t error;
    json_t *json = json_loadb((const char *)text.data, text.bytes, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        reading.pos.line = error.line > 0 ? (uint32_t)error.line : 0;
        return diag_error(diags, "report-malformed", reading.pos, "it is no JSON: %s",
                          shown_text(arena, arena_format(arena, "%s", error.text)));
    }
    struct report report = {0};
    bool ok = check_version(&reading, json);
    if (ok)
        read_report(&reading, json, &report);
    ok = ok && !reading.is_broken;
    json_decref(json);
    if (ok)
        *ret = report;
    return ok;
}
