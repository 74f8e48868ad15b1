/* Parts of a manifest by name. */
#include "manifests/model/manifest.h"

#include <string.h>

bool manifest_find_task(const struct manifest *manifest, const char *name, size_t *ret)
{
    for (size_t i = 0; i < manifest->task_count; i++) {
        if (strcmp(manifest->tasks[i].name.text, name) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

bool manifest_find_memory(const struct manifest *manifest, const char *name, size_t *ret)
{
    for (size_t i = 0; i < manifest->memory_count; i++) {
        if (strcmp(manifest->memories[i].name.text, name) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}
