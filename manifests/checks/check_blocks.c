#include "manifests/checks/checks.h"
#include "manifests/model/blocks.h"
#include "manifests/yaml/limits.h"

#include <inttypes.h>

/* ---- purposes ---- */

static void check_apart(const struct checks *checks, const struct manifest_program *program,
                        const char *owner)
{
    for (size_t i = 0; i < program->data_memories.count; i++) {
        const struct manifest_ref *data = &program->data_memories.items[i];
        if (data->index != program->code_memory)
            continue;
        diag_error(checks->diags, "manifest-same-memory", data->pos,
                   "%s has code and data in the same memory, '%s'", owner,
                   checks->manifest->memories[data->index].name.text);
        diag_hint(checks->diags, "describe it as two memories, one for code and one for data");
    }
}

static void check_sections(const struct checks *checks, const struct manifest_task *task)
{
    for (size_t i = 0; i < task->section_count; i++) {
        const struct manifest_section *section = &task->sections[i];
        if (!blocks_program_has(&task->program, section->memory.index))
            continue;
        diag_error(
            checks->diags, "manifest-same-memory", section->memory.pos,
            "section '%s' is placed in memory '%s', which holds the task's code or data already",
            section->name.text, checks->manifest->memories[section->memory.index].name.text);
        diag_hint(checks->diags, "use 'sections' only for sections in another memory");
    }
}

static void check_limits(const struct checks *checks, const struct manifest_task *task)
{
    for (size_t i = 0; i < task->limit_count; i++) {
        const struct manifest_ref *memory = &task->limits[i].memory;
        if (blocks_task_has(task, memory->index))
            continue;
        diag_error(checks->diags, "manifest-memory-not-used", memory->pos,
                   "limit for memory '%s', which task '%s' does not use",
                   checks->manifest->memories[memory->index].name.text, task->name.text);
        diag_hint(checks->diags, "the task has %s",
                  blocks_words(checks->manifest, task, checks->arena));
    }
}

/* ---- pins ---- */

static void check_pin_step(const struct checks *checks, const struct manifest_memory_number *place)
{
    const uint64_t step = mpu_bound_step_bytes(&checks->manifest->mpu);
    if (place->value % step == 0)
        return;
    diag_error(checks->diags, "manifest-bad-place", place->memory.pos,
               "no MPU region begins at 0x%08" PRIx64, place->value);
    diag_hint(checks->diags, "use a multiple of %u", (unsigned)step);
}

static void check_pin(const struct checks *checks, const struct manifest_memory_number *place,
                      const struct manifest_memory *memory)
{
    check_pin_step(checks, place);
    const uint64_t start = memory->base.value + memory->skip.value;
    const uint64_t end = memory->base.value + memory->size.value;
    if (!memory->base.is_given || !memory->size.is_given ||
        (place->value >= start && place->value < end))
        return;
    diag_error(checks->diags, "manifest-bad-place", place->memory.pos,
               "0x%08" PRIx64 " lies outside memory '%s'", place->value, memory->name.text);
    diag_hint(checks->diags, "'%s' has room from 0x%08" PRIx64 " to 0x%08" PRIx64,
              memory->name.text, start, end - 1);
}

static void check_places(const struct checks *checks, const struct manifest_task *task)
{
    for (size_t i = 0; i < task->place_count; i++) {
        const struct manifest_memory_number *place = &task->places[i];
        if (!blocks_task_has(task, place->memory.index)) {
            diag_error(checks->diags, "manifest-memory-not-used", place->memory.pos,
                       "place in memory '%s', which task '%s' does not use",
                       checks->manifest->memories[place->memory.index].name.text, task->name.text);
            diag_hint(checks->diags, "the task has %s",
                      blocks_words(checks->manifest, task, checks->arena));
            continue;
        }
        for (size_t k = 0; k < checks->variant_count; k++)
            check_pin(checks, place, &checks->variants[k][place->memory.index]);
    }
}

void check_blocks(const struct checks *checks)
{
    const struct manifest *manifest = checks->manifest;
    check_apart(checks, &manifest->kernel.program, "the kernel");
    for (size_t i = 0; i < manifest->task_count; i++) {
        const struct manifest_task *task = &manifest->tasks[i];
        if (checks->diags->error_count >= LIMIT_ERRORS)
            return;
        check_apart(checks, &task->program,
                    arena_format(checks->arena, "task '%s'", task->name.text));
        check_sections(checks, task);
        check_limits(checks, task);
        check_places(checks, task);
    }
}
