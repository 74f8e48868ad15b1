#include "manifests/keys/task_keys.h"

#include "manifests/keys/program_keys.h"
#include "manifests/keys/references.h"
#include "manifests/keys/stack_analysis.h"
#include "manifests/yaml/limits.h"

#include <string.h>
#include <strings.h>

static const char *const KEYS[] = {
    "objects",       "libraries", "flags",           "entry",   "priority",      "start",
    "stack",         "heap",      "code_memory",     "script",  "data_memory",   "limits",
    "uses",          "maps",      "sections",        "place",   "interrupts",    "config",
    "notifications", "calls",     "allow_inversion", "regions", "stack_analysis"};
static const char *const REGION_KEYS[] = {"split"};

static const struct reader_bounds PRIORITIES = {0, 255};
static const struct reader_bounds SIZES = {1, UINT32_MAX};
static const struct reader_bounds SIZES_OR_NONE = {0, UINT32_MAX};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- sections ---- */

static void read_sections(struct reader *reader, const struct node *node,
                          struct manifest_task *task)
{
    const struct node *map;
    if (!reader_submap(reader, node, "sections", &map) ||
        !reader_count(reader, map, map->pair_count, LIMIT_SECTIONS, "sections"))
        return;
    const struct reference_names memories = references_memories(reader);
    struct manifest_section *sections =
        ARENA_ARRAY(reader->arena, struct manifest_section, map->pair_count);
    size_t count = 0;
    for (size_t i = 0; i < map->pair_count && !reader_is_full(reader); i++) {
        const struct node_pair *pair = &map->pairs[i];
        struct manifest_section section = {.name = {pair->key, pair->key_pos}};
        struct manifest_text memory;
        if (reader_name(reader, section.name, READER_DOTTED_NAME, "section") &&
            reader_node_text(reader, pair->value, pair->key, &memory) &&
            references_find(reader, memories.names, memories.code, memories.what, memory,
                            &section.memory.index)) {
            section.memory.pos = memory.pos;
            sections[count++] = section;
        }
    }
    task->sections = sections;
    task->section_count = count;
}

/* ---- notifications and interrupts ---- */

static void read_notifications(struct reader *reader, const struct node *node,
                               struct manifest_task *task)
{
    reader_texts(reader, node, "notifications", &task->notifications);
    const struct manifest_texts *names = &task->notifications;
    if (names->count > LIMIT_NOTIFICATIONS) {
        diag_error(reader->diags, "manifest-too-many", names->items[LIMIT_NOTIFICATIONS].pos,
                   "task '%s' has %zu notifications; at most %d fit in a word", task->name.text,
                   names->count, LIMIT_NOTIFICATIONS);
        task->notifications.count = LIMIT_NOTIFICATIONS;
    }
    for (size_t i = 0; i < names->count && !reader_is_full(reader); i++) {
        reader_name(reader, names->items[i], READER_DOTTED_NAME, "notification");
        for (size_t k = 0; k < i; k++) {
            if (strcmp(names->items[i].text, names->items[k].text) == 0)
                diag_error(reader->diags, "manifest-named-twice", names->items[i].pos,
                           "'%s' is listed twice", names->items[i].text);
        }
    }
}

static bool find_notification(struct reader *reader, const struct manifest_task *task,
                              struct manifest_text name, size_t *ret)
{
    const char *words[LIMIT_NOTIFICATIONS];
    for (size_t i = 0; i < task->notifications.count; i++) {
        words[i] = task->notifications.items[i].text;
        if (strcmp(words[i], name.text) == 0) {
            *ret = i;
            return true;
        }
    }
    diag_error(reader->diags, "manifest-unknown-notification", name.pos,
               "task '%s' has no notification '%s'", task->name.text, name.text);
    const char *nearest = diag_nearest(name.text, words, task->notifications.count);
    if (nearest != NULL)
        diag_hint(reader->diags, "did you mean '%s'?", nearest);
    else
        diag_hint(reader->diags, "add it to the task's 'notifications'");
    return false;
}

static bool find_source(struct reader *reader, const struct manifest_peripheral *peripheral,
                        struct manifest_text name, const char *source, uint64_t *ret)
{
    const char **words = ARENA_ARRAY(reader->arena, const char *, peripheral->interrupt_count);
    for (size_t i = 0; i < peripheral->interrupt_count; i++) {
        words[i] = peripheral->interrupts[i].name.text;
        if (strcmp(words[i], source) == 0) {
            *ret = peripheral->interrupts[i].number;
            return true;
        }
    }
    diag_error(reader->diags, "manifest-unknown-interrupt", name.pos,
               "peripheral '%s' has no interrupt '%s'", peripheral->name.text, source);
    const char *nearest = diag_nearest(source, words, peripheral->interrupt_count);
    if (nearest == NULL && peripheral->interrupt_count > 0)
        nearest = words[0];
    if (nearest != NULL)
        diag_hint(reader->diags, "did you mean '%s.%s'?", peripheral->name.text, nearest);
    else
        diag_hint(reader->diags, "the chip file lists no 'interrupts' for it");
    return false;
}

/* Grammar: PERIPHERAL "." INTERRUPT. */
static bool find_interrupt(struct reader *reader, struct manifest_text name,
                           struct manifest_interrupt *interrupt)
{
    const char *dot = strchr(name.text, '.');
    if (dot == NULL) {
        diag_error(reader->diags, "manifest-unknown-interrupt", name.pos,
                   "'%s' is not an interrupt of a peripheral", name.text);
        diag_hint(reader->diags, "write PERIPHERAL.INTERRUPT, such as 'uart0.rx: uart-irq'");
        return false;
    }
    const struct reference_names index = references_peripherals(reader);
    const struct manifest_text peripheral = {
        arena_copy_text(reader->arena, name.text, (size_t)(dot - name.text)), name.pos};
    return references_find(reader, index.names, index.code, index.what, peripheral,
                           &interrupt->peripheral) &&
           find_source(reader, &reader->manifest->peripherals[interrupt->peripheral], name, dot + 1,
                       &interrupt->number);
}

static void read_interrupts(struct reader *reader, const struct node *node,
                            struct manifest_task *task)
{
    const struct node *map;
    if (!reader_submap(reader, node, "interrupts", &map) ||
        !reader_count(reader, map, map->pair_count, LIMIT_INTERRUPTS, "interrupts"))
        return;
    struct manifest_interrupt *interrupts =
        ARENA_ARRAY(reader->arena, struct manifest_interrupt, map->pair_count);
    size_t count = 0;
    for (size_t i = 0; i < map->pair_count && !reader_is_full(reader); i++) {
        const struct node_pair *pair = &map->pairs[i];
        struct manifest_interrupt interrupt = {.name = {pair->key, pair->key_pos}};
        struct manifest_text notification;
        const bool found = find_interrupt(reader, interrupt.name, &interrupt);
        if (reader_node_text(reader, pair->value, pair->key, &notification) &&
            find_notification(reader, task, notification, &interrupt.notification) && found)
            interrupts[count++] = interrupt;
    }
    task->interrupts = interrupts;
    task->interrupt_count = count;
}

/* ---- calls ---- */

static void add_call(struct reader *reader, struct manifest_task *task, struct manifest_call *calls,
                     struct manifest_text slot, const struct node *callee)
{
    const struct reference_names index = references_tasks(reader);
    struct manifest_call call = {.slot = slot};
    struct manifest_text name;
    if (!reader_name(reader, slot, READER_DOTTED_NAME, "task slot") ||
        !reader_node_text(reader, callee, slot.text, &name) ||
        !references_find(reader, index.names, index.code, index.what, name, &call.task.index))
        return;
    for (size_t i = 0; i < task->call_count; i++) {
        if (strcmp(calls[i].slot.text, slot.text) == 0) {
            diag_error(reader->diags, "manifest-named-twice", slot.pos, "'%s' is listed twice",
                       slot.text);
            return;
        }
    }
    call.task.pos = name.pos;
    calls[task->call_count++] = call;
}

/* A mapping of slots to tasks, or a list of tasks whose names are their slots. */
static void read_calls(struct reader *reader, const struct node *node, struct manifest_task *task)
{
    const struct node *given = node_get(node, "calls");
    if (given == NULL)
        return;
    if (given->kind != NODE_MAP && given->kind != NODE_LIST) {
        diag_error(reader->diags, "manifest-wrong-type", given->pos,
                   "'calls' takes a mapping of slots to tasks or a list of tasks, not %s",
                   node_kind_words(given));
        return;
    }
    const size_t count = given->kind == NODE_MAP ? given->pair_count : given->item_count;
    if (!reader_count(reader, given, count, LIMIT_CALLS, "calls"))
        return;
    struct manifest_call *calls = ARENA_ARRAY(reader->arena, struct manifest_call, count);
    task->calls = calls;
    for (size_t i = 0; i < count && !reader_is_full(reader); i++) {
        if (given->kind == NODE_MAP) {
            const struct node_pair *pair = &given->pairs[i];
            add_call(reader, task, calls, (struct manifest_text){pair->key, pair->key_pos},
                     pair->value);
            continue;
        }
        struct manifest_text name;
        if (reader_node_text(reader, given->items[i], "calls", &name))
            add_call(reader, task, calls, name, given->items[i]);
    }
}

static void allow_inversion(struct reader *reader, const struct manifest_task *task,
                            struct manifest_call *calls, struct manifest_text slot)
{
    const char **words = ARENA_ARRAY(reader->arena, const char *, task->call_count);
    for (size_t i = 0; i < task->call_count; i++) {
        words[i] = calls[i].slot.text;
        if (strcmp(words[i], slot.text) == 0) {
            calls[i].inversion_allowed = true;
            return;
        }
    }
    diag_error(reader->diags, "manifest-unknown-slot", slot.pos,
               "task '%s' has no slot '%s' in its 'calls'", task->name.text, slot.text);
    const char *nearest = diag_nearest(slot.text, words, task->call_count);
    if (nearest != NULL)
        diag_hint(reader->diags, "did you mean '%s'?", nearest);
    else
        diag_hint(reader->diags, "'allow_inversion' lists slots, the keys of 'calls'");
}

static void read_inversions(struct reader *reader, const struct node *node,
                            struct manifest_task *task)
{
    struct manifest_texts slots = {0};
    reader_texts(reader, node, "allow_inversion", &slots);
    if (slots.count > 0 &&
        !reader_count(reader, node_get(node, "allow_inversion"), slots.count, LIMIT_CALLS, "slots"))
        return;
    struct manifest_call *calls =
        ARENA_ARRAY(reader->arena, struct manifest_call, task->call_count);
    if (task->call_count > 0)
        memcpy(calls, task->calls, task->call_count * sizeof *calls);
    for (size_t i = 0; i < slots.count && !reader_is_full(reader); i++)
        allow_inversion(reader, task, calls, slots.items[i]);
    task->calls = calls;
}

/* ---- tasks ---- */

static void read_regions(struct reader *reader, const struct node *node, struct manifest_task *task)
{
    const struct node *regions = node_get(node, "regions");
    task->split = (struct manifest_flag){.value = true};
    if (regions != NULL &&
        reader_map(reader, regions, "'regions'", REGION_KEYS, COUNT(REGION_KEYS)))
        reader_flag(reader, regions, "split", &task->split);
}

static void read_free_form(struct reader *reader, const struct node *node,
                           struct manifest_task *task)
{
    reader_submap(reader, node, "config", &task->config);
    const struct node *analysis = node_get(node, "stack_analysis");
    if (analysis == NULL)
        return;
    stack_analysis_check(reader, analysis);
    task->stack_analysis = analysis;
    reader_note_no_effect(reader, analysis->pos,
                          arena_format(reader->arena, "tasks.%s.stack_analysis", task->name.text));
}

static void read_memory_keys(struct reader *reader, const struct node *node,
                             struct manifest_task *task)
{
    references_read_numbers(reader, node, "limits", SIZES, &task->limits, &task->limit_count);
    references_read_numbers(reader, node, "place", SIZES_OR_NONE, &task->places,
                            &task->place_count);
    references_read(reader, node, "maps", references_memories(reader), REFERENCE_LIST_ONLY,
                    &task->maps);
    read_sections(reader, node, task);
}

static void check_task_name(struct reader *reader, struct manifest_text name)
{
    if (!reader_name(reader, name, READER_DOTTED_NAME, "task"))
        return;
    if (strcasecmp(name.text, "kernel") == 0)
        diag_error(reader->diags, "manifest-bad-name", name.pos,
                   "a task cannot be called 'kernel'; files and reports use that name");
}

static void read_task(struct reader *reader, const struct node_pair *pair,
                      struct manifest_number stack, struct manifest_task *task)
{
    const struct node *node = pair->value;
    const char *owner = arena_format(reader->arena, "task '%s'", pair->key);
    task->name = (struct manifest_text){pair->key, pair->key_pos};
    task->pos = pair->key_pos;
    task->start = (struct manifest_flag){.value = true};
    check_task_name(reader, task->name);
    if (!reader_map(reader, node, owner, KEYS, COUNT(KEYS)))
        return;
    program_keys_read(reader, node, task->pos, owner,
                      (struct program_defaults){.entry = "_start", .stack = stack}, &task->program);
    reader_require(reader, node, "priority", task->pos, owner);
    reader_number(reader, node, "priority", PRIORITIES, &task->priority);
    reader_flag(reader, node, "start", &task->start);
    reader_number(reader, node, "heap", SIZES_OR_NONE, &task->heap);
    references_read(reader, node, "uses", references_peripherals(reader), REFERENCE_LIST_ONLY,
                    &task->uses);
    read_memory_keys(reader, node, task);
    read_notifications(reader, node, task);
    read_interrupts(reader, node, task);
    read_calls(reader, node, task);
    read_inversions(reader, node, task);
    read_regions(reader, node, task);
    read_free_form(reader, node, task);
}

bool task_keys_index(struct reader *reader, const struct node *tasks, struct source_pos missing_at)
{
    if (tasks == NULL || (tasks->kind == NODE_MAP && tasks->pair_count == 0)) {
        diag_error(reader->diags, "manifest-no-tasks", tasks == NULL ? missing_at : tasks->pos,
                   "the board has no tasks");
        diag_hint(reader->diags, "tasks: {supervisor: {priority: 0, stack: 1K}}");
        return false;
    }
    if (tasks->kind != NODE_MAP)
        return diag_error(reader->diags, "manifest-wrong-type", tasks->pos,
                          "'tasks' takes a mapping, not %s", node_kind_words(tasks));
    if (!reader_count(reader, tasks, tasks->pair_count, LIMIT_TASKS, "tasks"))
        return false;
    reader->tasks = name_index_of_keys(reader->arena, tasks);
    return true;
}

void task_keys_read_all(struct reader *reader, const struct node *tasks,
                        struct manifest_number stack)
{
    struct manifest_task *items =
        ARENA_ARRAY(reader->arena, struct manifest_task, tasks->pair_count);
    size_t count = 0;
    while (count < tasks->pair_count && !reader_is_full(reader)) {
        read_task(reader, &tasks->pairs[count], stack, &items[count]);
        count++;
    }
    reader->manifest->tasks = items;
    reader->manifest->task_count = count;
}
