/* Explained faults as JSON. */
#include "cli/address/fault_report.h"

#include "cli/address/address_json.h"

static const char *access_text(enum fault_access access)
{
    switch (access) {
    case FAULT_READS:
        return "read";
    case FAULT_WRITES:
        return "write";
    case FAULT_EXECUTES:
        return "execute";
    case FAULT_UNKNOWN:
        break;
    }
    return NULL;
}

static const char *trust_text(enum unwind_trust trust)
{
    switch (trust) {
    case UNWIND_GIVEN:
        return "given";
    case UNWIND_BY_CFI:
        return "cfi";
    case UNWIND_BY_LINK:
        return "lr";
    case UNWIND_FOUND:
        break;
    }
    return "guess";
}

static void write_frames(struct json_writer *writer, const struct fault_report *report)
{
    json_writer_open_list(writer, "backtrace");
    for (size_t i = 0; i < report->frame_count; i++) {
        const struct fault_frame *frame = &report->frames[i];
        json_writer_open_object(writer, NULL);
        json_writer_number(writer, "pc", frame->pc);
        address_json_position(writer, &frame->position);
        json_writer_text(writer, "by", trust_text(frame->trust));
        json_writer_close_object(writer);
    }
    json_writer_close_list(writer);
    json_writer_text(writer, "backtrace_end",
                     report->frames_end[0] == '\0' ? NULL : report->frames_end);
}

static void write_regions(struct json_writer *writer, const struct fault_report *report)
{
    json_writer_open_list(writer, "regions");
    for (size_t i = 0; i < report->region_count; i++) {
        const struct address_region *region = &report->regions[i];
        json_writer_open_object(writer, NULL);
        json_writer_number(writer, "number", region->number);
        json_writer_number(writer, "first", region->start);
        json_writer_number(writer, "last", region->end - 1);
        address_json_attributes(writer, region->has_attributes ? region->attributes : 0);
        json_writer_close_object(writer);
    }
    json_writer_close_list(writer);
}

static void write_record(struct json_writer *writer, const struct address_book *book,
                         const struct fault_report *report)
{
    const struct fault_record *record = report->record;
    json_writer_text(writer, "archive_id", record->archive_id);
    json_writer_text(writer, "image_id", book->id);
    json_writer_text(writer, "task",
                     report->has_task ? address_book_owner(book, report->task) : record->task);
    if (record->gen.is_given)
        json_writer_number(writer, "gen", record->gen.value);
    else
        json_writer_null(writer, "gen");
    json_writer_text(writer, "kind", record->kind);
    json_writer_text(writer, "by", record->by);
    json_writer_text(writer, "message", record->message);
}

static void write_access(struct json_writer *writer, const struct address_book *book,
                         const struct fault_report *report)
{
    if (report->has_pc)
        address_json_answer(writer, "at", book, &report->at);
    else
        json_writer_null(writer, "at");
    json_writer_text(writer, "access", access_text(report->access));
    if (report->is_size_known)
        json_writer_number(writer, "bytes", report->bytes);
    else
        json_writer_null(writer, "bytes");
    if (report->bytes > 0)
        address_json_answer(writer, "target", book, &report->target);
    else
        json_writer_null(writer, "target");
}

const char *fault_report_json(const struct address_book *book, const struct fault_report *report,
                              struct arena *arena)
{
    struct json_writer writer = json_writer_in(arena, JSON_ASCII);
    json_writer_open_object(&writer, NULL);
    write_record(&writer, book, report);
    write_access(&writer, book, report);
    json_writer_texts(&writer, "reasons", report->reasons, report->reason_count);
    write_frames(&writer, report);
    write_regions(&writer, report);
    json_writer_texts(&writer, "missing", report->missing, report->missing_count);
    json_writer_close_object(&writer);
    return json_writer_end(&writer);
}
