#include "linker/link/found_sections.h"

#include "linker/elf/ar_archive.h"
#include "linker/elf/elf_file.h"
#include "linker/link/archive_walk.h"
#include "linker/link/objects.h"

#include "base/file.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

struct looking {
    struct arena *arena;   /* of the result */
    struct arena *scratch; /* of the files */
    const struct program *program;
    struct program_set *sets;
    size_t count, capacity;
    bool has_tls;
};

static bool is_identifier(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    static const char digits[] = "0123456789";
    if (*name == '\0' || strchr(letters, *name) == NULL)
        return false;
    while (*name != '\0' && (strchr(letters, *name) != NULL || strchr(digits, *name) != NULL))
        name++;
    return *name == '\0';
}

static bool is_placed(const struct program *program, const char *name)
{
    bool found = false;
    for (size_t i = 0; i < program->section_count && !found; i++)
        found = strcmp(program->sections[i].name, name) == 0;
    return found;
}

static struct program_set *set_named(struct looking *looking, const char *name)
{
    for (size_t i = 0; i < looking->count; i++) {
        if (strcmp(looking->sets[i].name, name) == 0)
            return &looking->sets[i];
    }
    if (looking->count == looking->capacity) {
        looking->capacity = looking->capacity == 0 ? 16 : 2 * looking->capacity;
        looking->sets = arena_grow(looking->arena, looking->sets, looking->count, looking->capacity,
                                   sizeof *looking->sets);
    }
    struct program_set *set = &looking->sets[looking->count++];
    *set = (struct program_set){.name = arena_copy_text(looking->arena, name, strlen(name)),
                                .kind = PROGRAM_SET_CONSTANT,
                                .align_bytes = 1};
    return set;
}

/* The rank of a section among sets: one that is writable anywhere is writable. */
static enum program_set_kind kind_of(const struct elf_section *section)
{
    if ((section->flags & SHF_WRITE) == 0)
        return PROGRAM_SET_CONSTANT;
    return section->type == SHT_NOBITS ? PROGRAM_SET_ZEROED : PROGRAM_SET_INITIALISED;
}

static void add_section(struct looking *looking, const struct elf_section *section)
{
    if ((section->flags & SHF_ALLOC) == 0)
        return;
    if ((section->flags & SHF_TLS) != 0)
        looking->has_tls = looking->has_tls || section->bytes > 0;
    else if ((section->flags & SHF_EXECINSTR) == 0 && is_identifier(section->name) &&
             !is_placed(looking->program, section->name)) {
        struct program_set *set = set_named(looking, section->name);
        const enum program_set_kind kind = kind_of(section);
        if (kind > set->kind)
            set->kind = kind;
        if (section->align_bytes > set->align_bytes)
            set->align_bytes = section->align_bytes;
    }
}

static void look_into(struct looking *looking, struct span bytes)
{
    struct elf_file file;
    const char *problem;
    if (!elf_file_is_elf(bytes) || !elf_file_open(bytes, &file, &problem))
        return;
    for (size_t i = 1; i < file.section_count; i++) {
        const struct elf_section section = elf_file_section(&file, i);
        add_section(looking, &section);
    }
}

static void look_at(struct looking *looking, const char *path)
{
    struct diag_list unused = diag_list_in(looking->scratch);
    struct span bytes;
    if (!file_read(looking->scratch, path, OBJECTS_FILE_LIMIT, NOWHERE, &bytes, &unused))
        return;
    if (!ar_archive_is_archive(bytes))
        look_into(looking, bytes);
    struct archive_walk walk = {.arena = looking->scratch, .path = path, .archive = bytes};
    struct walked_member member;
    while (archive_walk_next(&walk, &member))
        look_into(looking, member.bytes);
}

static int compare_sets(const void *left, const void *right)
{
    const struct program_set *a = left;
    const struct program_set *b = right;
    return strcmp(a->name, b->name);
}

void found_sections_of(struct arena *arena, const struct program *program,
                       const struct program_set **ret_sets, size_t *ret_count, bool *ret_has_tls)
{
    struct looking looking = {
        .arena = arena, .scratch = arena_create_like(arena), .program = program};
    for (size_t i = 0; i < program->object_count; i++)
        look_at(&looking, program->objects[i]);
    for (size_t i = 0; i < program->library_count; i++)
        look_at(&looking, program->libraries[i]);
    arena_destroy(looking.scratch);
    if (looking.count > 1)
        qsort(looking.sets, looking.count, sizeof *looking.sets, compare_sets);
    *ret_sets = looking.sets;
    *ret_count = looking.count;
    *ret_has_tls = looking.has_tls || program->finds_files; /* nobody looks into what it finds */
}
