#include "cli/address/fault_explain.h"

#include "cli/address/fault_why.h"
#include "linker/debug/thumb_access.h"

#include <imgbuild/tables.h>

#include <string.h>

enum { FRAMES_MOST = 256, MISSING_MOST = 13 + FAULT_UNUSABLE_MOST, LR = 14, SP = 13, PC = 15 };

static bool is_kind(const struct fault_record *record, const char *kind)
{
    return record->kind != NULL && strcmp(record->kind, kind) == 0;
}

/* ---- whose fault ---- */

static bool owns(const struct address_book *book, const struct fault_number *number,
                 struct arena *arena, size_t *ret)
{
    if (!number->is_given)
        return false;
    const struct address_place place = address_place_of(book, number->value, arena);
    *ret = place.owner;
    return place.owner < book->layout.task_count;
}

static void find_task(const struct address_book *book, struct arena *arena,
                      struct fault_report *report)
{
    const struct fault_record *record = report->record;
    if (record->task != NULL) {
        report->has_task = address_book_find_task(book, record->task, &report->task);
        return;
    }
    report->has_task = owns(book, &record->sp, arena, &report->task) ||
                       owns(book, &record->pc, arena, &report->task);
    report->is_task_guessed = report->has_task;
}

/* ---- what it did ---- */

static struct thumb_registers thumb_registers_of(const struct fault_record *record)
{
    struct thumb_registers registers = {.known = 0};
    const struct fault_number *const others[] = {&record->sp, &record->lr, &record->pc};
    for (unsigned i = 0; i <= PC; i++) {
        const struct fault_number *number = i < SP ? &record->registers[i] : others[i - SP];
        registers.values[i] = (uint32_t)number->value;
        registers.known |= number->is_given ? 1U << i : 0;
    }
    registers.values[PC] &= ~1U;
    return registers;
}

static struct thumb_access decode(struct address_book *book, const struct fault_report *report)
{
    const struct fault_record *record = report->record;
    struct debug_file *file = address_book_program(book, report->at.place.owner);
    if (!report->has_pc || report->is_pc_foreign || file == NULL ||
        debug_file_machine(file) != DEBUG_ARM)
        return (struct thumb_access){0};
    const struct thumb_registers registers = thumb_registers_of(record);
    return thumb_access_decode(debug_file_bytes(file, report->at.place.addr), &registers);
}

/* The instruction gives the size of the access; the address, which part was refused. */
static void take_access(const struct thumb_access *access, struct fault_report *report)
{
    const struct fault_number *address = &report->record->address;
    if (access->kind == THUMB_NO_ACCESS)
        return;
    report->access = access->kind == THUMB_READ ? FAULT_READS : FAULT_WRITES;
    report->bytes = access->unit_bytes;
    report->is_size_known = true;
    const bool holds =
        access->has_addr && (!address->is_given || (address->value >= access->addr &&
                                                    address->value - access->addr < access->bytes));
    if (holds) {
        report->start = access->addr;
        report->bytes = access->bytes;
    } else if (!address->is_given) {
        report->bytes = 0;
    }
}

/* An error found by the processor itself has the instruction's own address. */
static bool is_about_instruction(const struct fault_record *record)
{
    static const char *const kinds[] = {
        "undefined-instruction", "bad-state", "division-by-zero", "breakpoint", "panic",
        "unaligned-access"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (is_kind(record, kinds[i]))
            return true;
    return false;
}

/* The instruction that was refused for an unaligned address gives that address. */
static void set_unaligned(struct address_book *book, struct fault_report *report)
{
    const struct thumb_access access = decode(book, report);
    if (access.kind == THUMB_NO_ACCESS || !access.has_addr)
        return;
    report->access = access.kind == THUMB_READ ? FAULT_READS : FAULT_WRITES;
    report->start = access.addr;
    report->bytes = access.bytes;
    report->is_size_known = true;
}

static void set_access(struct address_book *book, struct arena *arena, struct fault_report *report)
{
    const struct fault_record *record = report->record;
    const bool is_call = is_kind(record, "bad-loan") || is_kind(record, "bad-syscall");
    report->start = record->address.value;
    report->bytes = record->address.is_given && !is_about_instruction(record) ? 1 : 0;
    if (is_kind(record, "unaligned-access")) {
        set_unaligned(book, report);
    } else if (is_kind(record, "instruction-access") && !record->address.is_given) {
        report->access = FAULT_EXECUTES;
        report->start = report->at.place.addr & ~(uint64_t)1;
        report->bytes = report->has_pc ? 1 : 0;
    } else if (report->bytes == 0 && record->address.is_given) {
        return;
    } else if (is_kind(record, "instruction-access")) {
        report->access = FAULT_EXECUTES;
        report->start &= ~(uint64_t)1;
    } else if (record->length.is_given && record->address.is_given) {
        report->bytes = record->length.value;
        report->is_size_known = true;
    } else if (!is_call) {
        const struct thumb_access access = decode(book, report);
        take_access(&access, report);
    }
    const uint64_t address_end = (uint64_t)UINT32_MAX + 1;
    if (report->bytes > address_end - report->start)
        report->bytes = address_end - report->start;
    if (report->bytes > 0)
        report->target = address_answer(book, report->start, ADDRESS_READABLE_NAMES, arena);
}

/* ---- where ---- */

/* The kernel was called by the instruction before the one where the task continues. */
static uint64_t site_of(struct address_book *book, const struct fault_report *report,
                        struct arena *arena)
{
    const uint64_t pc = report->record->pc.value & ~(uint64_t)1;
    const bool is_by_kernel =
        report->record->by != NULL && strcmp(report->record->by, "kernel") == 0 && pc >= 2;
    const struct address_place place = address_place_of(book, pc, arena);
    struct debug_file *file = is_by_kernel ? address_book_program(book, place.owner) : NULL;
    if (file == NULL || debug_file_machine(file) != DEBUG_ARM)
        return report->record->pc.value;
    const struct span code = debug_file_bytes(file, pc - 2);
    return code.bytes >= 2 && code.data[1] == 0xdf ? pc - 2 : report->record->pc.value; /* svc */
}

/* ---- backtrace ---- */

/* How many of the stack's bytes are in the task's stack or below it: those above belong to others.
 */
static size_t believed_bytes(const struct address_book *book, const struct fault_report *report)
{
    const struct fault_record *record = report->record;
    if (!record->sp.is_given)
        return 0;
    const struct tables_read_task *task =
        book->has_tables && report->has_task ? &book->tables.tasks[report->task] : NULL;
    if (task == NULL || task->stack_base >= task->stack_top)
        return record->stack.bytes;
    const uint64_t most =
        record->sp.value < task->stack_top ? task->stack_top - record->sp.value : 0;
    return most < record->stack.bytes ? (size_t)most : record->stack.bytes;
}

static struct unwind_start start_of(const struct address_book *book,
                                    const struct fault_report *report)
{
    const struct fault_record *record = report->record;
    const struct thumb_registers registers = thumb_registers_of(record);
    struct unwind_start start = {
        .pc = report->at.place.addr & ~(uint64_t)1,
        .has_pc = report->has_pc,
        .known = registers.known,
        .stack_addr = record->sp.value,
        .stack = {record->stack.data, believed_bytes(book, report)},
    };
    for (unsigned i = 0; i <= PC; i++)
        start.registers[i] = registers.values[i];
    if (record->lr.value == 0)
        start.known &= ~(1U << LR);
    return start;
}

static bool is_in_code(const struct address_book *book, size_t task, uint64_t addr)
{
    struct address_region region;
    return address_region_of(book, task, addr, &region) && region.has_attributes &&
           (region.attributes & IMGBUILD_EXECUTE) != 0;
}

static void add_frame(struct address_book *book, const struct unwind_frame *frame,
                      enum address_names names, struct arena *arena, struct fault_report *report,
                      struct fault_frame *frames)
{
    struct debug_file *file = address_book_program(book, report->task);
    const struct debug_position *positions;
    const size_t count = debug_lines_at(file, frame->call_addr, arena, &positions);
    struct debug_symbol symbol;
    const bool has_symbol = debug_file_is_code(file, frame->call_addr) &&
                            debug_file_symbol(file, frame->call_addr, &symbol);
    for (size_t i = 0; i < (count == 0 ? 1 : count) && report->frame_count < FRAMES_MOST; i++) {
        struct fault_frame *to = &frames[report->frame_count++];
        *to = (struct fault_frame){.pc = frame->pc, .trust = frame->trust};
        to->is_in_code = debug_file_is_code(file, frame->call_addr) ||
                         is_in_code(book, report->task, frame->call_addr);
        if (i < count)
            to->position = positions[i];
        if (to->position.function == NULL && has_symbol && i + 1 >= count)
            to->position.function = symbol.name;
        address_make_shown(&to->position, names, arena);
    }
}

static void set_frames(struct address_book *book, enum address_names names, struct arena *arena,
                       struct fault_report *report)
{
    report->frames_end = "";
    struct debug_file *file = report->has_task ? address_book_program(book, report->task) : NULL;
    if (file == NULL)
        return;
    const struct unwind_start start = start_of(book, report);
    const struct unwind_trace trace = unwind_frames(file, &start, arena);
    struct fault_frame *frames = ARENA_ARRAY(arena, struct fault_frame, FRAMES_MOST);
    for (size_t i = 0; i < trace.frame_count; i++)
        add_frame(book, &trace.frames[i], names, arena, report, frames);
    report->frames = frames;
    report->frames_end = trace.end;
}

/* ---- what is missing ---- */

static void set_missing(struct address_book *book, struct arena *arena, struct fault_report *report)
{
    const struct fault_record *record = report->record;
    const char **missing = ARENA_ARRAY(arena, const char *, MISSING_MOST);
    const struct {
        bool is_missing;
        const char *words;
    } fields[] = {
        {record->archive_id == NULL, "archive_id: the record may be from another image"},
        {record->task == NULL, "task"},
        {record->kind == NULL, "kind"},
        {!record->address.is_given, "address"},
        {!report->has_pc, "pc: not recorded, so the location is unknown"},
        {!record->lr.is_given || record->lr.value == 0, "lr"},
        {!record->sp.is_given, "sp"},
        {!record->registers[0].is_given, "registers"},
        {!record->has_stack, "stack: not recorded, so callers are unknown"},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].is_missing)
            missing[report->missing_count++] = fields[i].words;
    for (size_t i = 0; i < record->unusable_count; i++)
        missing[report->missing_count++] =
            arena_format(arena, "usable data: %s", record->unusable[i]);
    const size_t believed = believed_bytes(book, report);
    if (record->sp.is_given && believed < record->stack.bytes)
        missing[report->missing_count++] =
            arena_format(arena, "usable data: %zu bytes of 'stack' are above the task's stack",
                         record->stack.bytes - believed);
    if (record->task != NULL && !report->has_task && strcmp(record->task, "kernel") != 0)
        missing[report->missing_count++] = "a task of that name, in this image";
    struct debug_file *file = report->has_task ? address_book_program(book, report->task) : NULL;
    const char *lacks = file == NULL ? NULL : address_book_lacks(file, arena);
    if (lacks != NULL)
        missing[report->missing_count++] = arena_format(arena, "in the program: %s", lacks);
    report->missing = missing;
}

/* A kernel that could not save the registers records 0; a jump to 0 has a nonzero link register. */
static bool is_pc_recorded(const struct fault_record *record)
{
    return record->pc.is_given && (record->pc.value != 0 || record->lr.value != 0);
}

/* A task that is not in the image has no code in it. */
static bool is_foreign(const struct fault_report *report, size_t owner)
{
    const char *task = report->record->task;
    if (owner == ADDRESS_NOBODY)
        return false;
    if (report->has_task)
        return owner != report->task;
    return task != NULL && !(owner == ADDRESS_KERNEL && strcmp(task, "kernel") == 0);
}

struct fault_report fault_explain(struct address_book *book, const struct fault_record *record,
                                  enum address_names names, struct arena *arena)
{
    struct fault_report report = {.record = record, .has_pc = is_pc_recorded(record)};
    find_task(book, arena, &report);
    if (report.has_pc) {
        report.at = address_answer(book, site_of(book, &report, arena), names, arena);
        report.is_pc_foreign = is_foreign(&report, report.at.place.owner);
    }
    set_access(book, arena, &report);
    if (report.has_task)
        report.region_count = address_regions_of_task(book, report.task, arena, &report.regions);
    fault_why(book, arena, &report);
    set_frames(book, names, arena, &report);
    set_missing(book, arena, &report);
    return report;
}
