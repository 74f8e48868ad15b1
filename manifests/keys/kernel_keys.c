#include "manifests/keys/kernel_keys.h"

#include "manifests/keys/program_keys.h"
#include "manifests/keys/references.h"

enum { DEFAULT_STACK_BYTES = 1024 };

static const char *const KEYS[] = {"objects",   "libraries",   "flags",      "entry",
                                   "stack",     "script",      "size",       "maps",
                                   "stackless", "code_memory", "data_memory"};

static const struct reader_bounds ANY_SIZE = {1, UINT32_MAX};

static void read_stackless(struct reader *reader, const struct node *node,
                           struct manifest_kernel *kernel)
{
    reader_texts(reader, node, "stackless", &kernel->stackless);
    if (kernel->stackless.count > 0)
        reader_note_no_effect(reader, kernel->stackless.pos, "kernel.stackless");
    for (size_t i = 0; i < kernel->stackless.count && !reader_is_full(reader); i++) {
        const struct manifest_text name = kernel->stackless.items[i];
        if (name.text[0] == '\0')
            diag_error(reader->diags, "manifest-empty-text", name.pos,
                       "a function of 'stackless' has no name");
    }
}

void kernel_keys_read(struct reader *reader, const struct node *node, struct source_pos missing_at)
{
    static const struct node no_keys = {.kind = NODE_MAP};
    struct manifest_kernel *kernel = &reader->manifest->kernel;
    const struct source_pos pos = node == NULL ? missing_at : node->pos;
    const struct program_defaults defaults = {
        .entry = "reset_handler", .stack = {.value = DEFAULT_STACK_BYTES, .is_given = true}};
    if (node == NULL)
        node = &no_keys;
    kernel->pos = pos;
    if (!reader_map(reader, node, "'kernel'", KEYS, sizeof KEYS / sizeof *KEYS))
        return;
    program_keys_read(reader, node, pos, "the kernel", defaults, &kernel->program);
    references_read_numbers(reader, node, "size", ANY_SIZE, &kernel->sizes, &kernel->size_count);
    references_read(reader, node, "maps", references_memories(reader), REFERENCE_LIST_ONLY,
                    &kernel->maps);
    read_stackless(reader, node, kernel);
}
