#include "layout/model/used.h"

uint64_t used_bytes(const struct layout *layout)
{
    uint64_t used = 0;
    for (size_t i = 0; i < layout->memory_count; i++)
        used += layout->memories[i].need_bytes + layout->memories[i].padding_bytes +
                layout->memories[i].gap_bytes;
    return used;
}
