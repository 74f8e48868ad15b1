#include "cli/plan/plan_sizes.h"

/* The sizes of each program, in file order, in one array cut into pieces: a board may have
 * thousands of tasks.
 * Shape:  entry 0 is the kernel's, entry 1 + i that of task i. */
static struct plan_program_sizes *sizes_by_program(const struct manifest_sizes *sizes,
                                                   size_t task_count, struct arena *arena)
{
    size_t *filled = ARENA_ARRAY(arena, size_t,
                                 task_count + 1); /* where each piece begins, later where it ends */
    for (size_t i = 0; i < sizes->count; i++) {
        const size_t program = (size_t)(sizes->items[i].task + 1);
        if (program < task_count)
            filled[program + 1]++;
    }
    for (size_t p = 1; p <= task_count; p++)
        filled[p] += filled[p - 1];
    struct plan_size *all = ARENA_ARRAY(arena, struct plan_size, sizes->count);
    struct plan_program_sizes *programs =
        ARENA_ARRAY(arena, struct plan_program_sizes, task_count + 1);
    for (size_t p = 0; p <= task_count; p++)
        programs[p].items = &all[filled[p]];
    for (size_t i = 0; i < sizes->count; i++) {
        const struct manifest_size *size = &sizes->items[i];
        const size_t program = (size_t)(size->task + 1);
        if (size->bytes == 0)
            continue;
        programs[program].count++;
        all[filled[program]++] =
            (struct plan_size){.memory = size->memory, .bytes = size->bytes, .align_bytes = 1};
    }
    return programs;
}

/* The kernel's sizes: those in the file, or those in the manifest where the file has none. */
static struct plan_program_sizes kernel_sizes(const struct manifest *manifest,
                                              struct plan_program_sizes given, struct arena *arena)
{
    const struct manifest_kernel *kernel = &manifest->kernel;
    struct plan_size *items =
        ARENA_ARRAY(arena, struct plan_size, given.count + kernel->size_count);
    size_t count = 0;
    for (; count < given.count; count++)
        items[count] = given.items[count];
    for (size_t i = 0; i < kernel->size_count; i++) {
        const struct manifest_memory_number *size = &kernel->sizes[i];
        bool is_given = size->value == 0;
        for (size_t k = 0; k < given.count; k++)
            is_given |= given.items[k].memory == size->memory.index;
        if (!is_given)
            items[count++] = (struct plan_size){
                .memory = size->memory.index, .bytes = size->value, .align_bytes = 1};
    }
    return (struct plan_program_sizes){items, count};
}

struct plan_sizes plan_sizes_from(const struct manifest *manifest,
                                  const struct manifest_sizes *sizes, struct arena *arena)
{
    struct plan_program_sizes *programs = sizes_by_program(sizes, manifest->task_count, arena);
    return (struct plan_sizes){kernel_sizes(manifest, programs[0], arena), programs + 1};
}
