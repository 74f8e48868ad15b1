/* Explained faults as JSON. */
#include "cli/address/fault_report.h"

#include "cli/format/json_text.h"

#include <imgbuild/tables.h>
#include <jansson.h>

#include <string.h>

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *text_or_null(const char *text)
{
    json_t *json = text == NULL ? NULL : json_string(text);
    return json == NULL ? json_null() : json;
}

static json_t *texts(const char *const *items, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, text_or_null(items[i]));
    return list;
}

/* The same data as in the answer of `addr --json`. */
static json_t *answer_json(const struct address_book *book, const struct address_answer *answer,
                           struct arena *arena)
{
    return json_loads(address_answer_json(book, answer, arena), 0, NULL);
}

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

static json_t *frames_json(const struct fault_report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->frame_count; i++) {
        const struct fault_frame *frame = &report->frames[i];
        json_t *json = json_object();
        json_object_set_new(json, "pc", number(frame->pc));
        json_object_set_new(json, "function", text_or_null(frame->position.function));
        json_object_set_new(json, "file", text_or_null(frame->position.file));
        json_object_set_new(json, "line",
                            frame->position.line == 0 ? json_null() : number(frame->position.line));
        json_object_set_new(json, "inlined", json_boolean(frame->position.is_inlined));
        json_object_set_new(json, "by", json_string(trust_text(frame->trust)));
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *regions_json(const struct fault_report *report)
{
    static const char *const names[] = {"read", "write", "execute", "device", "dma"};
    json_t *list = json_array();
    for (size_t i = 0; i < report->region_count; i++) {
        const struct address_region *region = &report->regions[i];
        json_t *json = json_object(), *attributes = json_array();
        for (size_t k = 0; region->has_attributes && k < sizeof names / sizeof *names; k++)
            if (region->attributes & 1U << k)
                json_array_append_new(attributes, json_string(names[k]));
        json_object_set_new(json, "number", number(region->number));
        json_object_set_new(json, "first", number(region->start));
        json_object_set_new(json, "last", number(region->end - 1));
        json_object_set_new(json, "attributes", attributes);
        json_array_append_new(list, json);
    }
    return list;
}

const char *fault_report_json(const struct address_book *book, const struct fault_report *report,
                              struct arena *arena)
{
    const struct fault_record *record = report->record;
    json_t *json = json_object();
    json_object_set_new(json, "archive_id", text_or_null(record->archive_id));
    json_object_set_new(json, "image_id", text_or_null(book->id));
    json_object_set_new(json, "task",
                        report->has_task ? json_string(address_book_owner(book, report->task))
                                         : text_or_null(record->task));
    json_object_set_new(json, "gen",
                        record->gen.is_given ? number(record->gen.value) : json_null());
    json_object_set_new(json, "kind", text_or_null(record->kind));
    json_object_set_new(json, "by", text_or_null(record->by));
    json_object_set_new(json, "message", text_or_null(record->message));
    json_object_set_new(json, "at",
                        report->has_pc ? answer_json(book, &report->at, arena) : json_null());
    json_object_set_new(json, "access", text_or_null(access_text(report->access)));
    json_object_set_new(json, "bytes", report->is_size_known ? number(report->bytes) : json_null());
    json_object_set_new(json, "target",
                        report->bytes > 0 ? answer_json(book, &report->target, arena)
                                          : json_null());
    json_object_set_new(json, "reasons", texts(report->reasons, report->reason_count));
    json_object_set_new(json, "backtrace", frames_json(report));
    json_object_set_new(json, "backtrace_end",
                        text_or_null(report->frames_end[0] == '\0' ? NULL : report->frames_end));
    json_object_set_new(json, "regions", regions_json(report));
    json_object_set_new(json, "missing", texts(report->missing, report->missing_count));
    const char *text = json_text_take(json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII), arena);
    json_decref(json);
    return text;
}
