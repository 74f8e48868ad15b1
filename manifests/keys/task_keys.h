/* The `tasks` of a board. */
#ifndef MANIFESTS_KEYS_TASK_KEYS_H
#define MANIFESTS_KEYS_TASK_KEYS_H

#include "manifests/keys/reader.h"

/* Makes the index of the tasks' names, so that anything may refer to them.
 * Errors: manifest-no-tasks, manifest-too-many, manifest-wrong-type; then there are no tasks. */
bool task_keys_index(struct reader *reader, const struct node *tasks, struct source_pos missing_at);

/* Fills manifest->tasks. `stack` is the board's default, which may not be given. */
void task_keys_read_all(struct reader *reader, const struct node *tasks,
                        struct manifest_number stack);

#endif
