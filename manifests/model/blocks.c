#include "manifests/model/blocks.h"

#include "base/buffer.h"

bool blocks_program_has(const struct manifest_program *program, size_t memory)
{
    for (size_t i = 0; i < program->data_memories.count; i++) {
        if (program->data_memories.items[i].index == memory)
            return true;
    }
    return program->code_memory == memory;
}

/* True when no earlier section names the same memory. */
static bool is_first_in_memory(const struct manifest_task *task, size_t section)
{
    for (size_t i = 0; i < section; i++) {
        if (task->sections[i].memory.index == task->sections[section].memory.index)
            return false;
    }
    return true;
}

bool blocks_task_has(const struct manifest_task *task, size_t memory)
{
    for (size_t i = 0; i < task->section_count; i++) {
        if (task->sections[i].memory.index == memory)
            return true;
    }
    return blocks_program_has(&task->program, memory);
}

size_t blocks_count(const struct manifest_task *task)
{
    size_t count = task->program.data_memories.count > 0 ? 2 : 1;
    for (size_t i = 0; i < task->section_count; i++)
        count += is_first_in_memory(task, i);
    return count;
}

const char *blocks_words(const struct manifest *manifest, const struct manifest_task *task,
                         struct arena *arena)
{
    struct buffer words = buffer_in(arena);
    const struct manifest_refs *data = &task->program.data_memories;
    buffer_format(&words, "code in %s", manifest->memories[task->program.code_memory].name.text);
    for (size_t i = 0; i < data->count; i++)
        buffer_format(&words, "%s%s", i == 0 ? ", data in " : " or ",
                      manifest->memories[data->items[i].index].name.text);
    for (size_t i = 0; i < task->section_count; i++) {
        if (is_first_in_memory(task, i))
            buffer_format(&words, ", sections in %s",
                          manifest->memories[task->sections[i].memory.index].name.text);
    }
    return buffer_text(&words);
}
