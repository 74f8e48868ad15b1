#include "cli/diff/diff_model.h"

#include <string.h>

bool diff_has_moved_boundaries(const struct diff_program *program, const struct diff_block *block)
{
    return program->has_same_contents && block->has_other_cuts;
}

const struct diff_block *diff_find_block(const struct diff_program *program, const char *memory)
{
    for (size_t i = 0; i < program->block_count; i++) {
        if (strcmp(program->blocks[i].memory, memory) == 0)
            return &program->blocks[i];
    }
    return NULL;
}
