/* Which memories a task has blocks in. */
#ifndef MANIFESTS_MODEL_BLOCKS_H
#define MANIFESTS_MODEL_BLOCKS_H

#include "manifests/model/manifest.h"

/* True when code or data of a program may lie in a memory. */
bool blocks_program_has(const struct manifest_program *program, size_t memory);

/* The same for a task, with its sections. */
bool blocks_task_has(const struct manifest_task *task, size_t memory);

/* Blocks that a task will have: one for code, one for data, one for each further memory of its
 * sections. */
size_t blocks_count(const struct manifest_task *task);

/* The memories in words: "code in flash, data in ram or dtcm, sections in sram1". */
const char *blocks_words(const struct manifest *manifest, const struct manifest_task *task,
                         struct arena *arena);

#endif
