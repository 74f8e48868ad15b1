#include "manifests/keys/program_keys.h"

#include "layout/mpu/mpu_facts.h"
#include "manifests/keys/library_keys.h"
#include "manifests/keys/paths.h"
#include "manifests/keys/references.h"

#include <string.h>

enum { STACK_LEAST_BYTES = 8, STACK_MOST_BYTES = 1 << 30 };

void program_keys_read_stack(struct reader *reader, const struct node *map,
                             struct manifest_number *ret)
{
    const struct reader_bounds bounds = {STACK_LEAST_BYTES, STACK_MOST_BYTES};
    struct manifest_number stack = {0};
    reader_number(reader, map, "stack", bounds, &stack);
    if (!stack.is_given)
        return;
    *ret = stack;
    const uint64_t alignment = mpu_facts_of(reader->manifest->mpu.model)->stack_align_bytes;
    if (!reader->mpu_is_known || stack.value % alignment == 0)
        return;
    diag_error(reader->diags, "manifest-bad-stack", stack.pos,
               "stack size %u is not a multiple of %u", (unsigned)stack.value, (unsigned)alignment);
    diag_hint(reader->diags, "the next multiple is %u",
              (unsigned)(stack.value - stack.value % alignment + alignment));
}

/* ---- memories ---- */

bool program_keys_read_code_memory(struct reader *reader, const struct node *map, size_t *ret)
{
    struct manifest_text name = {0};
    const struct reference_names memories = references_memories(reader);
    size_t memory;
    reader_text(reader, map, "code_memory", &name);
    if (name.text == NULL ||
        !references_find(reader, memories.names, memories.code, memories.what, name, &memory))
        return false;
    *ret = memory;
    const struct manifest_memory *found = &reader->manifest->memories[memory];
    if (!found->readable || found->executable)
        return true;
    diag_error(reader->diags, "manifest-memory-access", name.pos,
               "code_memory '%s' is not executable", name.text);
    diag_hint(reader->diags, "its access must have an x, such as 'access: rx'");
    return false;
}

static bool is_empty_list(const struct node *node)
{
    return node != NULL && node->kind == NODE_LIST && node->item_count == 0;
}

void program_keys_read_data_memory(struct reader *reader, const struct node *map,
                                   struct manifest_refs *ret)
{
    struct manifest_refs memories = {0};
    references_read(reader, map, "data_memory", references_memories(reader), REFERENCE_LIST_OR_NAME,
                    &memories);
    for (size_t i = 0; i < memories.count; i++) {
        const struct manifest_memory *memory = &reader->manifest->memories[memories.items[i].index];
        if (!memory->readable || memory->writable)
            continue;
        diag_error(reader->diags, "manifest-memory-access", memories.items[i].pos,
                   "data_memory '%s' is not writable", memory->name.text);
        diag_hint(reader->diags, "its access must have a w, such as 'access: rw'");
    }
    if (memories.count > 0)
        *ret = memories;
    else if (is_empty_list(node_get(map, "data_memory")))
        diag_error(reader->diags, "manifest-missing-key", memories.pos,
                   "'data_memory' lists no memory");
}

/* ---- programs ---- */

static void read_files(struct reader *reader, const struct node *map, struct source_pos pos,
                       const char *owner, struct manifest_program *program)
{
    const size_t errors_before = reader->diags->error_count;
    paths_read_patterns(reader, map, "objects", &program->objects);
    library_keys_read(reader, map, program);
    paths_read_replaced_list(reader, map, "flags", &program->flags);
    paths_read(reader, map, "script", &program->script);
    if (reader->options->scope == MANIFEST_FOR_PLAN || program->objects.count > 0 ||
        reader->diags->error_count != errors_before)
        return;
    diag_error(reader->diags, "manifest-no-objects", pos, "%s has no 'objects' to link", owner);
    diag_hint(reader->diags, "objects: [\"${build}/NAME/*.o\"]");
}

/* What linkers take as a symbol without quotes. It is written into linker scripts. */
static bool is_symbol(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.$";
    static const char digits[] = "0123456789";
    if (strchr(digits, name[0]) != NULL)
        return false;
    for (; *name != '\0'; name++) {
        if (strchr(letters, *name) == NULL && strchr(digits, *name) == NULL)
            return false;
    }
    return true;
}

static void read_entry(struct reader *reader, const struct node *map, const char *default_entry,
                       struct manifest_text *ret)
{
    *ret = (struct manifest_text){default_entry, NOWHERE};
    reader_text(reader, map, "entry", ret);
    if (is_symbol(ret->text))
        return;
    diag_error(reader->diags, "manifest-bad-name", ret->pos, "'%s' is not a valid symbol name",
               ret->text);
    diag_hint(reader->diags, "a symbol has letters, digits, '_', '.' and '$', and begins with no "
                             "digit");
}

void program_keys_read(struct reader *reader, const struct node *map, struct source_pos pos,
                       const char *owner, struct program_defaults defaults,
                       struct manifest_program *ret)
{
    struct manifest_program program = {
        .stack = defaults.stack,
        .code_memory = reader->manifest->code_memory,
        .data_memories = reader->manifest->data_memories,
    };
    read_files(reader, map, pos, owner, &program);
    read_entry(reader, map, defaults.entry, &program.entry);
    program_keys_read_code_memory(reader, map, &program.code_memory);
    program_keys_read_data_memory(reader, map, &program.data_memories);
    program_keys_read_stack(reader, map, &program.stack);
    if (!program.stack.is_given && node_get(map, "stack") == NULL) {
        diag_error(reader->diags, "manifest-missing-key", pos, "%s has no 'stack'", owner);
        diag_hint(reader->diags, "give it one, or give the board a 'stack' for every task");
    }
    *ret = program;
}
