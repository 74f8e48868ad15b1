/* What follows from a memory by itself. */
#include "manifests/model/manifest.h"

#include <imgbuild/tables.h>

uint32_t manifest_memory_attributes(const struct manifest_memory *memory)
{
    return (memory->readable ? IMGBUILD_READ : 0) | (memory->writable ? IMGBUILD_WRITE : 0) |
           (memory->executable ? IMGBUILD_EXECUTE : 0) | (memory->dma ? IMGBUILD_DMA : 0);
}
