#include "cli/address/fault_why.h"

#include "base/shown_text.h"
#include "layout/mpu/mpu_facts.h"

#include <imgbuild/tables.h>

#include <string.h>

struct why {
    struct address_book *book;
    struct arena *arena;
    struct fault_report *report;
    const char **reasons;
    size_t count;
};

static void add(struct why *why, const char *text)
{
    if (why->count < FAULT_REASONS_MOST)
        why->reasons[why->count++] = text;
}

static bool is_kind(const struct why *why, const char *kind)
{
    return why->report->record->kind != NULL && strcmp(why->report->record->kind, kind) == 0;
}

static bool is_by(const struct why *why, const char *by)
{
    return why->report->record->by != NULL && strcmp(why->report->record->by, by) == 0;
}

static const char *task_name(const struct why *why)
{
    return address_book_owner(why->book, why->report->task);
}

/* "0x0801bffd..+4" */
static const char *slice_text(const struct why *why, uint64_t start, uint64_t bytes)
{
    return arena_format(why->arena, "0x%08llx..+%llu", (unsigned long long)start,
                        (unsigned long long)bytes);
}

static uint32_t needed(enum fault_access access)
{
    switch (access) {
    case FAULT_READS:
        return IMGBUILD_READ;
    case FAULT_WRITES:
        return IMGBUILD_WRITE;
    case FAULT_EXECUTES:
        return IMGBUILD_EXECUTE;
    case FAULT_UNKNOWN:
        break;
    }
    return 0;
}

static const char *able(enum fault_access access)
{
    switch (access) {
    case FAULT_READS:
        return "readable";
    case FAULT_WRITES:
        return "writable";
    case FAULT_EXECUTES:
        return "executable";
    case FAULT_UNKNOWN:
        break;
    }
    return "the task's";
}

/* ---- addresses without a region of the task ---- */

static void why_nobodys(struct why *why, const struct address_place *place)
{
    const char *words = address_place_words(why->book, place, why->arena);
    add(why, arena_format(why->arena, "0x%08llx has no owner: %s", (unsigned long long)place->addr,
                          words));
    if (place->start < place->end && place->start > 0) {
        const struct address_place before =
            address_place_of(why->book, place->start - 1, why->arena);
        add(why, arena_format(why->arena, "that range starts at 0x%08llx, after %s",
                              (unsigned long long)place->start,
                              address_place_words(why->book, &before, why->arena)));
    }
}

static void why_foreign(struct why *why, const struct address_place *place)
{
    const char *memory = why->book->layout.memories[place->memory].name;
    if (place->owner == ADDRESS_KERNEL) {
        add(why, arena_format(why->arena, "0x%08llx belongs to the kernel (%s block)",
                              (unsigned long long)place->addr, memory));
        return;
    }
    const char *region =
        place->has_region ? arena_format(why->arena, ", region %zu", place->region.number) : "";
    add(why, arena_format(
                 why->arena, "0x%08llx belongs to task %s (%s block%s), and %s has no region there",
                 (unsigned long long)place->addr, address_book_owner(why->book, place->owner),
                 memory, region, task_name(why)));
}

static void why_uncovered(struct why *why, uint64_t addr)
{
    const struct address_place place = address_place_of(why->book, addr, why->arena);
    if (addr < 256)
        add(why, arena_format(why->arena,
                              "0x%08llx is close to 0: probably a null pointer, or a field or "
                              "element accessed through one",
                              (unsigned long long)addr));
    if (place.owner == ADDRESS_KERNEL ||
        (place.owner != ADDRESS_NOBODY && place.owner != why->report->task))
        why_foreign(why, &place);
    else if (place.owner == why->report->task)
        add(why,
            arena_format(why->arena, "no region of %s contains 0x%08llx, although its block does",
                         task_name(why), (unsigned long long)addr));
    else if (place.kind == ADDRESS_INFO)
        add(why, arena_format(why->arena, "0x%08llx is in the info block; %s is not in info.tasks",
                              (unsigned long long)addr, task_name(why)));
    else if (place.kind == ADDRESS_PERIPHERAL)
        add(why, arena_format(why->arena, "0x%08llx is %s; not by %s", (unsigned long long)addr,
                              address_place_words(why->book, &place, why->arena), task_name(why)));
    else
        why_nobodys(why, &place);
}

/* ---- addresses in regions of the task ---- */

static void why_not_able(struct why *why, const struct address_region *region)
{
    add(why,
        arena_format(why->arena, "region %zu of %s (%s %s) is not %s", region->number,
                     task_name(why), address_range_text(region->start, region->end, why->arena),
                     address_attributes_text(region->attributes, why->arena),
                     able(why->report->access)));
}

static bool has_entries(const struct layout_read *layout)
{
    enum mpu_model model;
    return mpu_facts_find(layout->mpu_model, &model) &&
           mpu_facts_of(model)->shape == MPU_SHAPE_ENTRIES;
}

/* common: the attributes that all the regions have. */
static void why_crossing(struct why *why, size_t first, size_t last, uint32_t common)
{
    const struct fault_report *report = why->report;
    const char *slice = slice_text(why, report->start, report->bytes);
    const char *both = last - first == 1 ? "both" : "all";
    const bool is_readable = report->access == FAULT_UNKNOWN && (common & IMGBUILD_READ) != 0;
    const char *reason = is_by(why, "mpu") && has_entries(&why->book->layout)
                             ? "an access across two PMP entries always faults"
                             : "a kernel that checks single regions refuses this";
    add(why,
        arena_format(why->arena, "%s crosses from region %zu into region %zu; %s are %s: %s", slice,
                     first, last, both, is_readable ? "readable" : able(report->access), reason));
}

static void why_allowed(struct why *why, const struct address_region *region)
{
    add(why,
        arena_format(why->arena,
                     "according to the tables, %s may access %s in this way (region %zu, %s): "
                     "%sthis is not what was refused",
                     task_name(why), slice_text(why, why->report->start, why->report->bytes),
                     region->number, address_attributes_text(region->attributes, why->arena),
                     why->report->is_pc_foreign ? "" : "the MPU was not set up from them, or "));
}

/* Ignore instructions outside the task: they do not tell us what the task did. */
static void why_pc_foreign(struct why *why)
{
    const struct fault_report *report = why->report;
    if (!report->is_pc_foreign || report->access == FAULT_EXECUTES)
        return;
    const char *name =
        report->has_task ? task_name(why) : shown_text(why->arena, report->record->task);
    add(why, arena_format(why->arena,
                          "pc 0x%08llx is not code of %s but in %s: the instruction there does not "
                          "show what %s did",
                          (unsigned long long)report->at.given, name,
                          address_place_words(why->book, &report->at.place, why->arena), name));
}

static void why_no_task(struct why *why)
{
    const char *task = why->report->record->task;
    if (task == NULL)
        add(why, "the record does not say which task it was");
    else if (strcmp(task, "kernel") == 0)
        add(why, "the kernel itself faulted, and it has no regions in the tables");
    else
        add(why,
            arena_format(why->arena, "this image has no task %s", shown_text(why->arena, task)));
}

/* The first byte that the task may not access in this way decides. */
static void why_access(struct why *why)
{
    const struct fault_report *report = why->report;
    const uint64_t end = report->start + report->bytes;
    const uint32_t need = needed(report->access);
    struct address_region region = {0};
    size_t first = 0;
    uint32_t common = UINT32_MAX;
    for (uint64_t addr = report->start; addr < end; addr = region.end) {
        if (!address_region_of(why->book, report->task, addr, &region)) {
            if (addr > report->start)
                add(why,
                    arena_format(why->arena, "%s extends past region %zu, which ends at 0x%08llx",
                                 slice_text(why, report->start, report->bytes), region.number,
                                 (unsigned long long)addr));
            why_uncovered(why, addr);
            return;
        }
        if (addr == report->start)
            first = region.number;
        common &= region.attributes;
        if (!region.has_attributes || need == 0)
            continue;
        if ((region.attributes & need) == 0) {
            why_not_able(why, &region);
            return;
        }
    }
    if (first != region.number)
        why_crossing(why, first, region.number, common);
    else if (!region.has_attributes || need == 0)
        add(why, arena_format(why->arena, "0x%08llx lies in region %zu of %s (%s)",
                              (unsigned long long)report->start, region.number, task_name(why),
                              region.has_attributes
                                  ? address_attributes_text(region.attributes, why->arena)
                                  : "its access rights are unknown"));
    else
        why_allowed(why, &region);
}

/* ---- kinds ---- */

static void why_stack(struct why *why)
{
    const struct fault_report *report = why->report;
    const struct fault_record *record = report->record;
    if (!why->book->has_tables)
        return;
    const struct tables_read_task *task = &why->book->tables.tasks[report->task];
    const unsigned long long base = task->stack_base;
    if (record->sp.is_given && record->sp.value < base)
        add(why, arena_format(why->arena,
                              "stack overflow: sp is %llu bytes below the stack's bottom 0x%08llx",
                              base - record->sp.value, base));
    else if (record->address.is_given && record->address.value < base)
        add(why, arena_format(why->arena,
                              "stack overflow: 0x%08llx is %llu bytes below the stack's bottom "
                              "0x%08llx",
                              (unsigned long long)record->address.value,
                              base - record->address.value, base));
    add(why, arena_format(why->arena, "%s has %llu bytes of stack, set by `stack:` in its manifest",
                          task->name, task->stack_top - base));
}

static void why_bad_stack(struct why *why)
{
    const struct fault_record *record = why->report->record;
    if (!why->book->has_tables || !record->sp.is_given)
        return;
    const struct tables_read_task *task = &why->book->tables.tasks[why->report->task];
    const struct address_place place = address_place_of(why->book, record->sp.value, why->arena);
    add(why, arena_format(why->arena, "sp 0x%08llx is not in the stack of %s, %s: it is in %s",
                          (unsigned long long)record->sp.value, task->name,
                          task->stack_base < task->stack_top
                              ? address_range_text(task->stack_base, task->stack_top, why->arena)
                              : "none",
                          address_place_words(why->book, &place, why->arena)));
}

/* Errors found by the processor have nothing to do with regions. */
static const char *processor_reason(const struct why *why)
{
    static const struct {
        const char *kind, *words;
    } reasons[] = {
        {"undefined-instruction", "the processor does not know this instruction"},
        {"bad-state", "a branch to an address without bit 0, which selects Thumb: the processor "
                      "has no other instruction set"},
        {"unaligned-access", "this instruction needs an aligned address"},
        {"division-by-zero", "the divisor was 0, and the kernel traps division by zero"},
        {"breakpoint", "a breakpoint instruction without a debugger attached"},
        {"panic", "the task panicked"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (is_kind(why, reasons[i].kind))
            return reasons[i].words;
    return NULL;
}

/* The address that a kernel gives for a bad call may be any of its arguments. */
static void why_refused_call(struct why *why)
{
    const struct fault_report *report = why->report;
    const bool is_loan = is_kind(why, "bad-loan");
    if (report->bytes == 0)
        return;
    add(why, arena_format(why->arena, "the kernel refused %s 0x%08llx%s %s",
                          is_loan ? "the memory lent at" : "a system call with argument",
                          (unsigned long long)report->start, is_loan ? ":" : "; as an address:",
                          address_place_words(why->book, &report->target.place, why->arena)));
    if (report->is_size_known || is_loan)
        why_access(why);
}

void fault_why(struct address_book *book, struct arena *arena, struct fault_report *report)
{
    struct why why = {book, arena, report, ARENA_ARRAY(arena, const char *, FAULT_REASONS_MOST), 0};
    const char *words = processor_reason(&why);
    if (words != NULL) {
        add(&why, words);
    } else if (!report->has_task) {
        why_no_task(&why);
    } else if (is_kind(&why, "stack-overflow")) {
        why_stack(&why);
    } else if (is_kind(&why, "bad-stack")) {
        why_bad_stack(&why);
    } else if (is_kind(&why, "bad-loan") || is_kind(&why, "bad-syscall")) {
        why_refused_call(&why);
    } else if (report->bytes > 0) {
        why_access(&why);
        if (is_by(&why, "cpu") && is_kind(&why, "bus-error"))
            add(&why, "the bus reported an error for this access");
    }
    why_pc_foreign(&why);
    report->reasons = why.reasons;
    report->reason_count = why.count;
}
