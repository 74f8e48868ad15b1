#include "linker/link/object_checks.h"

#include "linker/elf/ar_archive.h"
#include "linker/link/archive_walk.h"
#include "linker/link/lto_object.h"
#include "linker/link/not_allocated.h"
#include "linker/link/objects.h"
#include "linker/link/program_toolchain.h"

#include "base/file.h"

#include <string.h>

struct checking {
    struct arena *arena;   /* of the whole run */
    struct arena *scratch; /* of one program: the files that it is made of */
    const struct toolchain *toolchain;
    struct processor_rules *rules;
    struct path_list libraries; /* that were looked at: programs share them */
    struct diag_list *diags;
};

/* ---- opening ---- */

/* One file of a program: an object, or the members of an archive that are objects. */
struct opened_file {
    bool is_archive;
    struct opened_object *objects;
    size_t count;
};

/* An object of a kind that we can read; intermediate code of clang is none. */
static bool open_object(struct span bytes, const char *name, struct opened_object *ret)
{
    const char *problem;
    ret->name = name;
    return elf_file_is_elf(bytes) && elf_file_open(bytes, &ret->file, &problem);
}

static void open_members(struct arena *arena, const char *path, struct span archive,
                         struct opened_file *ret)
{
    struct archive_walk walk = {.arena = arena, .path = path, .archive = archive};
    struct walked_member member;
    size_t capacity = 0;
    while (archive_walk_next(&walk, &member)) {
        if (ret->count == capacity) {
            capacity = capacity == 0 ? 64 : 2 * capacity;
            ret->objects =
                arena_grow(arena, ret->objects, ret->count, capacity, sizeof *ret->objects);
        }
        const char *name = arena_format(arena, "%s(%s)", path, member.name);
        ret->count += open_object(member.bytes, name, &ret->objects[ret->count]);
    }
}

static bool open_file(struct checking *checking, const struct program *program, const char *path,
                      struct opened_file *ret)
{
    struct span bytes;
    *ret = (struct opened_file){0};
    if (!file_read(checking->scratch, path, OBJECTS_FILE_LIMIT, program->pos, &bytes,
                   checking->diags))
        return false;
    ret->is_archive = ar_archive_is_archive(bytes);
    if (ret->is_archive) {
        open_members(checking->scratch, path, bytes, ret);
        return true;
    }
    ret->objects = ARENA_NEW(checking->scratch, struct opened_object);
    ret->count = open_object(bytes, path, ret->objects);
    return true;
}

/* ---- checks ---- */

static bool check_lto(struct checking *checking, const struct program *program,
                      const struct opened_file *file)
{
    const struct toolchain toolchain = toolchain_of_program(checking->toolchain, program);
    bool good = true;
    for (size_t i = 0; i < file->count && good; i++)
        good = lto_object_check(&toolchain, program, file->objects[i].name, &file->objects[i].file,
                                checking->diags);
    return good;
}

static bool check_processors(struct checking *checking, const struct program *program,
                             const struct opened_file *file)
{
    bool good = true;
    for (size_t i = 0; i < file->count; i++)
        good = processor_check(checking->scratch, checking->rules, program, file->objects[i].name,
                               &file->objects[i].file, checking->diags) &&
               good;
    return good;
}

/* Objects given one by one are all linked; which members of an archive are is known only later. */
static bool check_objects(struct checking *checking, const struct program *program)
{
    struct opened_object *single =
        ARENA_ARRAY(checking->scratch, struct opened_object, program->object_count);
    size_t single_count = 0;
    bool good = true;
    for (size_t i = 0; i < program->object_count; i++) {
        struct opened_file file;
        if (!open_file(checking, program, program->objects[i], &file)) {
            good = false;
            continue;
        }
        good = check_lto(checking, program, &file) && good;
        if (file.is_archive || file.count == 0)
            continue;
        single[single_count++] = file.objects[0];
        good = check_processors(checking, program, &file) && good;
    }
    return not_allocated_check_objects(program, single, single_count, checking->diags) && good;
}

static bool is_known_library(const struct checking *checking, const char *path)
{
    bool found = false;
    for (size_t i = 0; i < checking->libraries.count && !found; i++)
        found = strcmp(checking->libraries.items[i], path) == 0;
    return found;
}

static bool check_libraries(struct checking *checking, const struct program *program)
{
    bool good = true;
    for (size_t i = 0; i < program->library_count; i++) {
        struct opened_file file;
        if (is_known_library(checking, program->libraries[i]))
            continue;
        path_list_add(&checking->libraries, checking->arena, program->libraries[i]);
        good = open_file(checking, program, program->libraries[i], &file) &&
               check_lto(checking, program, &file) && good;
    }
    return good;
}

static bool add_kernel(struct checking *checking, const struct program *program)
{
    bool good = true;
    for (size_t i = 0; i < program->object_count; i++) {
        struct opened_file file;
        if (!open_file(checking, program, program->objects[i], &file)) {
            good = false;
            continue;
        }
        for (size_t k = 0; k < file.count; k++)
            processor_rules_add_kernel(checking->arena, checking->rules, &file.objects[k].file);
    }
    return good;
}

static bool check_program(struct checking *checking, const struct program *program)
{
    const bool good = check_objects(checking, program);
    return check_libraries(checking, program) && good;
}

bool object_checks_run(struct arena *arena, const struct toolchain *toolchain,
                       const struct program *const *programs, size_t count,
                       struct processor_rules *rules, struct diag_list *diags)
{
    struct checking checking = {.arena = arena,
                                .scratch = arena_create_like(arena),
                                .toolchain = toolchain,
                                .rules = rules,
                                .diags = diags};
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        if (programs[i]->kind == PROGRAM_KERNEL)
            good = add_kernel(&checking, programs[i]);
        arena_reset(checking.scratch);
    }
    for (size_t i = 0; i < count; i++) {
        good = check_program(&checking, programs[i]) && good;
        arena_reset(checking.scratch);
    }
    arena_destroy(checking.scratch);
    return good;
}
