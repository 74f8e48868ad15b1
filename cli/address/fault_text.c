/* Explained faults as text. */
#include "cli/address/fault_report.h"

#include "base/buffer.h"
#include "base/shown_text.h"

#include <string.h>

static const char *shown(const char *text, struct arena *arena)
{
    return text == NULL ? "?" : shown_text(arena, text);
}

static void put_head(struct buffer *out, const struct address_book *book,
                     const struct fault_report *report)
{
    const struct fault_record *record = report->record;
    struct arena *arena = out->arena;
    buffer_format(out, "fault of task %s",
                  record->task == NULL && report->has_task ? address_book_owner(book, report->task)
                                                           : shown(record->task, arena));
    if (report->is_task_guessed)
        buffer_append_text(out, " (by its stack or code)");
    if (record->gen.is_given)
        buffer_format(out, ", gen %llu", (unsigned long long)record->gen.value);
    buffer_format(out, ": %s", shown(record->kind, arena));
    if (record->by != NULL)
        buffer_format(out, ", found by the %s", shown(record->by, arena));
    buffer_append_text(out, "\n");
    if (record->message != NULL)
        buffer_format(out, "    says    %s\n", shown(record->message, arena));
}

static void put_image(struct buffer *out, const struct address_book *book)
{
    const struct tables_read *tables = &book->tables;
    if (!book->has_tables)
        buffer_format(out, "    image   %s\n", shown(book->layout.name, out->arena));
    else
        buffer_format(out, "    image   %s %u.%u.%u, ID %s\n", shown(tables->name, out->arena),
                      tables->major, tables->minor, tables->patch, book->id);
}

static void put_positions(struct buffer *out, const struct fault_report *report)
{
    if (!report->has_pc) {
        buffer_append_text(out, "    at      pc not recorded\n");
        return;
    }
    buffer_format(out, "    at      0x%08llx", (unsigned long long)report->at.given);
    if (report->at.position_count > 0)
        buffer_format(out, " %s at %s",
                      report->at.positions[0].function == NULL ? "?"
                                                               : report->at.positions[0].function,
                      address_line_text(&report->at.positions[0], out->arena));
    else if (report->at.symbol != NULL)
        buffer_format(out, " %s+0x%llx", report->at.symbol,
                      (unsigned long long)report->at.symbol_offset);
    buffer_append_text(out, "\n");
}

static const char *verb(enum fault_access access)
{
    switch (access) {
    case FAULT_READS:
        return "read";
    case FAULT_WRITES:
        return "wrote";
    case FAULT_EXECUTES:
        return "executed";
    case FAULT_UNKNOWN:
        break;
    }
    return "accessed";
}

static void put_access(struct buffer *out, const struct address_book *book,
                       const struct fault_report *report)
{
    const bool is_call = report->record->by != NULL && strcmp(report->record->by, "kernel") == 0;
    if (report->bytes == 0 || (is_call && !report->is_size_known))
        return;
    buffer_format(out, "    did     %s 0x%08llx", verb(report->access),
                  (unsigned long long)report->start);
    if (report->is_size_known)
        buffer_format(out, "..+%llu", (unsigned long long)report->bytes);
    buffer_format(out, ": %s", address_place_words(book, &report->target.place, out->arena));
    if (report->target.symbol != NULL)
        buffer_format(out, ", %s+0x%llx", report->target.symbol,
                      (unsigned long long)report->target.symbol_offset);
    buffer_append_text(out, "\n");
}

static void put_reasons(struct buffer *out, const struct fault_report *report)
{
    for (size_t i = 0; i < report->reason_count; i++)
        buffer_format(out, "    %-7s %s\n", i == 0 ? "why" : "", report->reasons[i]);
    for (size_t i = 0; report->bytes > 0 && i < report->target.note_count; i++)
        buffer_format(out, "    %-7s %s\n", i == 0 ? "note" : "", report->target.notes[i]);
}

static const char *doubt(enum unwind_trust trust)
{
    switch (trust) {
    case UNWIND_GIVEN:
    case UNWIND_BY_CFI:
        return "";
    case UNWIND_BY_LINK:
        return "  (by lr)";
    case UNWIND_FOUND:
        break;
    }
    return "  (a guess: found on the stack)";
}

static void put_frames(struct buffer *out, const struct fault_report *report)
{
    if (!report->has_task)
        return;
    buffer_append_text(out, "    backtrace\n");
    for (size_t i = 0; i < report->frame_count; i++) {
        const struct fault_frame *frame = &report->frames[i];
        buffer_format(out, "      #%-2zu 0x%08llx %s", i, (unsigned long long)frame->pc,
                      frame->position.function != NULL ? frame->position.function
                      : frame->is_in_code              ? "?? (no symbol here)"
                                                       : "?? (not in the task's code)");
        if (frame->position.file != NULL)
            buffer_format(out, "%s at %s", frame->position.is_inlined ? " (inlined)" : "",
                          address_line_text(&frame->position, out->arena));
        buffer_format(out, "%s\n", doubt(frame->trust));
    }
    if (report->frames_end[0] != '\0')
        buffer_format(out, "          %s\n", report->frames_end);
}

/* A region of a task in words: its memory, or the purpose of a fixed region. */
static const char *region_words(const struct address_book *book,
                                const struct address_region *region, struct arena *arena)
{
    const struct address_place place = address_place_of(book, region->start, arena);
    if (place.owner == region->task)
        return book->layout.memories[place.memory].name;
    const struct layout_read_task *task = &book->layout.tasks[region->task];
    for (size_t f = 0; f < task->fixed_count; f++) {
        const struct layout_read_fixed *fixed = &task->fixed[f];
        if (region->start < fixed->region.start || region->start >= fixed->region.end)
            continue;
        const char *name = place.name == NULL ? fixed->names[0] : place.name;
        return arena_format(arena, "%s %s", fixed->kind, name);
    }
    return address_place_words(book, &place, arena);
}

static void put_regions(struct buffer *out, const struct address_book *book,
                        const struct fault_report *report)
{
    if (!report->has_task)
        return;
    buffer_format(out, "    regions of %s\n", address_book_owner(book, report->task));
    for (size_t i = 0; i < report->region_count; i++) {
        const struct address_region *region = &report->regions[i];
        buffer_format(out, "      %-3zu %s %s  %s\n", region->number,
                      address_range_text(region->start, region->end, out->arena),
                      region->has_attributes
                          ? address_attributes_text(region->attributes, out->arena)
                          : "???",
                      region_words(book, region, out->arena));
    }
}

const char *fault_report_text(const struct address_book *book, const struct fault_report *report,
                              struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    put_head(&out, book, report);
    put_image(&out, book);
    put_positions(&out, report);
    put_access(&out, book, report);
    put_reasons(&out, report);
    put_frames(&out, report);
    put_regions(&out, book, report);
    for (size_t i = 0; i < report->missing_count; i++)
        buffer_format(&out, "    missing %s\n", report->missing[i]);
    return buffer_text(&out);
}
