#include "linker/link/objects.h"

#include "linker/elf/ar_archive.h"
#include "linker/elf/elf_file.h"
#include "linker/link/archive_walk.h"

#include "base/file.h"

#include <elf.h>
#include <string.h>

/* What the first bytes of an object say. */
struct identity {
    bool is_object;    /* an ELF relocatable object of any kind */
    bool is_supported; /* 32 bits, little-endian */
    uint16_t machine;
    uint32_t flags;
};

/* One file as it stands on disk; each is read once, however many programs name it. */
struct object_file {
    const char *path;
    bool is_there;
    const char *problem;            /* why it is neither an object nor an archive; else NULL */
    bool is_damaged;                /* it was one */
    const struct identity *members; /* of an archive those that are objects */
    size_t member_count;
};

struct looking {
    struct arena *arena;
    struct object_file *files;
    size_t count, capacity;
    struct diag_list *diags;
};

const char *objects_machine_name(struct arena *arena, uint16_t machine)
{
    static const struct {
        uint16_t machine;
        const char *name;
    } names[] = {
        {EM_386, "x86"},         {EM_ARM, "ARM"},      {EM_X86_64, "x86-64"},
        {EM_AARCH64, "AArch64"}, {EM_RISCV, "RISC-V"}, {EM_XTENSA, "Xtensa"},
        {EM_MIPS, "MIPS"},       {EM_PPC, "PowerPC"},  {EM_AVR, "AVR"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].machine == machine)
            return names[i].name;
    }
    return arena_format(arena, "machine %u", (unsigned)machine);
}

/* ---- reading ---- */

/* The header's fields up to e_machine lie at the same offsets in every class. */
static struct identity identify(struct span bytes)
{
    struct identity identity = {0};
    if (!elf_file_is_elf(bytes) || bytes.bytes < sizeof(Elf32_Ehdr))
        return identity;
    const bool is_little = bytes.data[EI_DATA] == ELFDATA2LSB;
    const uint16_t type = span_u16(bytes, offsetof(Elf32_Ehdr, e_type));
    const uint16_t machine = span_u16(bytes, offsetof(Elf32_Ehdr, e_machine));
    identity.is_object = (is_little ? type : type >> 8) == ET_REL;
    identity.is_supported = is_little && bytes.data[EI_CLASS] == ELFCLASS32;
    identity.machine = machine;
    if (!is_little)
        identity.machine = (uint16_t)(machine >> 8 | (machine & 0xff) << 8);
    identity.flags = span_u32(bytes, offsetof(Elf32_Ehdr, e_flags));
    return identity;
}

/* What is wrong with an object of a kind that we can read; NULL: nothing. */
static const char *damage_of(struct span bytes)
{
    struct elf_file file;
    const char *problem = NULL;
    if (!elf_file_is_elf(bytes))
        return NULL;
    const struct identity identity = identify(bytes);
    const bool is_readable = identity.is_object && identity.is_supported;
    if (!is_readable && bytes.bytes >= sizeof(Elf32_Ehdr))
        return NULL;
    return elf_file_open(bytes, &file, &problem) ? NULL : problem;
}

static size_t identify_members(struct archive_walk walk, struct identity *ret)
{
    size_t count = 0;
    struct walked_member member;
    while (archive_walk_next(&walk, &member)) {
        const struct identity identity = identify(member.bytes);
        if (!identity.is_object)
            continue; /* a license, or intermediate code for the linker's optimiser */
        if (ret != NULL)
            ret[count] = identity;
        count++;
    }
    return count;
}

/* What clang writes with -flto: lld takes it, and it names no machine in a form that we read. */
static bool is_intermediate_code(struct span bytes)
{
    static const uint8_t magic[] = {'B', 'C', 0xc0, 0xde};
    return bytes.bytes >= sizeof magic && memcmp(bytes.data, magic, sizeof magic) == 0;
}

static bool is_named_as_object(const char *name)
{
    const size_t length = strlen(name);
    return length > 2 && strcmp(name + length - 2, ".o") == 0;
}

/* A linker passes over a member that is damaged, and then lacks what it defines. */
static const char *damage_of_archive(struct archive_walk walk)
{
    struct walked_member member;
    while (archive_walk_next(&walk, &member)) {
        const struct span bytes = member.bytes;
        const char *problem = damage_of(bytes);
        if (problem != NULL)
            return arena_format(walk.arena, "in its member %s, %s", member.name, problem);
        if (!elf_file_is_elf(bytes) && !is_intermediate_code(bytes) &&
            is_named_as_object(member.name))
            return arena_format(walk.arena, "its member %s is no object file", member.name);
    }
    return ar_archive_is_whole(walk.archive)
               ? NULL
               : "it is cut off, or no archive behind its first bytes";
}

static void find_problem(const struct archive_walk *walk, struct object_file *file)
{
    const struct span bytes = walk->archive;
    const struct identity single = identify(bytes);
    file->problem = ar_archive_is_archive(bytes) ? damage_of_archive(*walk) : damage_of(bytes);
    file->is_damaged = file->problem != NULL;
    if (file->is_damaged || ar_archive_is_archive(bytes) || single.is_object ||
        is_intermediate_code(bytes))
        return;
    file->problem =
        bytes.bytes == 0 ? "it is empty" : "it is neither an object file nor an archive";
}

static void read_members(struct arena *arena, struct span bytes, struct object_file *file)
{
    const bool is_archive = ar_archive_is_archive(bytes);
    const struct identity single = identify(bytes);
    const struct archive_walk walk = {.arena = arena, .path = file->path, .archive = bytes};
    const size_t count = is_archive ? identify_members(walk, NULL) : single.is_object;
    struct identity *members = ARENA_ARRAY(arena, struct identity, count);
    if (is_archive)
        identify_members(walk, members);
    else if (count == 1)
        members[0] = single;
    find_problem(&walk, file);
    file->members = members;
    file->member_count = count;
}

/* The file at a path, from the disk or as it was seen before; false when it cannot be read. */
static bool look_at(struct looking *looking, const char *path, struct source_pos pos,
                    struct object_file *ret)
{
    for (size_t i = 0; i < looking->count; i++) {
        if (strcmp(looking->files[i].path, path) == 0) {
            *ret = looking->files[i];
            return true;
        }
    }
    struct object_file file = {.path = path};
    struct file_stamp stamp;
    file.is_there = file_look(path, &stamp);
    if (file.is_there) {
        struct span bytes;
        if (!file_read(looking->arena, path, OBJECTS_FILE_LIMIT, pos, &bytes, looking->diags))
            return false;
        read_members(looking->arena, bytes, &file);
    }
    if (looking->count == looking->capacity) {
        const size_t capacity = looking->capacity == 0 ? 64 : looking->capacity * 2;
        looking->files = arena_grow(looking->arena, looking->files, looking->count, capacity,
                                    sizeof *looking->files);
        looking->capacity = capacity;
    }
    looking->files[looking->count++] = file;
    *ret = file;
    return true;
}

static bool check_file(struct looking *looking, const char *path, struct source_pos pos,
                       struct object_file *ret)
{
    if (!look_at(looking, path, pos, ret))
        return false;
    if (!ret->is_there && file_is_folder(path))
        return diag_error(looking->diags, "link-not-an-object", pos,
                          "%s is a folder, not an object file", path);
    if (!ret->is_there)
        return diag_error(looking->diags, "link-object-missing", pos, "there is no file %s", path);
    if (ret->problem == NULL)
        return true;
    diag_error(looking->diags, "link-not-an-object", pos, "%s is %s: %s", path,
               ret->is_damaged ? "damaged" : "no object", ret->problem);
    if (ret->is_damaged)
        diag_hint(looking->diags, "make it again: remove it first, since it may look up to date");
    return false;
}

/* ---- all programs ---- */

/* Calls visit for each file of a program; false when a call returned false. */
typedef bool visit_fn(struct looking *looking, const struct program *program, const char *path,
                      void *context);

static bool for_each_file(struct looking *looking, const struct program *const *programs,
                          size_t count, visit_fn *visit, void *context)
{
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        const struct program *program = programs[i];
        for (size_t k = 0; k < program->object_count; k++)
            good = visit(looking, program, program->objects[k], context) && good;
        for (size_t k = 0; k < program->library_count; k++)
            good = visit(looking, program, program->libraries[k], context) && good;
    }
    return good;
}

static bool visit_check(struct looking *looking, const struct program *program, const char *path,
                        void *context)
{
    struct object_file file;
    (void)context;
    return check_file(looking, path, program->pos, &file);
}

/* How often each machine occurs. A machine is a 16-bit number. */
struct census {
    size_t files[UINT16_MAX + 1];
    struct identity first_of[UINT16_MAX + 1];
    bool has_kernel;
    struct identity kernel;
    uint16_t most_common;
};

static bool visit_count(struct looking *looking, const struct program *program, const char *path,
                        void *context)
{
    struct census *census = context;
    struct object_file file;
    if (!look_at(looking, path, program->pos, &file) || file.member_count == 0)
        return true;
    const struct identity first = file.members[0];
    if (program->kind == PROGRAM_KERNEL && !census->has_kernel) {
        census->has_kernel = true;
        census->kernel = first;
    }
    if (census->files[first.machine]++ == 0)
        census->first_of[first.machine] = first;
    if (census->files[first.machine] > census->files[census->most_common])
        census->most_common = first.machine;
    return true;
}

static bool visit_compare(struct looking *looking, const struct program *program, const char *path,
                          void *context)
{
    const struct identity *expected = context;
    struct object_file file;
    if (!look_at(looking, path, program->pos, &file))
        return true;
    for (size_t i = 0; i < file.member_count; i++) {
        const struct identity *member = &file.members[i];
        if (member->machine == expected->machine && member->is_supported)
            continue;
        if (member->machine != expected->machine)
            diag_error(looking->diags, "link-wrong-machine", program->pos,
                       "%s is made for %s, the rest of the image for %s", path,
                       objects_machine_name(looking->arena, member->machine),
                       objects_machine_name(looking->arena, expected->machine));
        else
            diag_error(looking->diags, "link-wrong-machine", program->pos,
                       "%s is not made for a 32-bit, little-endian machine", path);
        diag_hint(looking->diags, "compile it with the compiler that the other objects come from");
        return false;
    }
    return true;
}

bool objects_check(struct arena *arena, const struct program *const *programs, size_t count,
                   struct objects_target *ret, struct diag_list *diags)
{
    struct looking looking = {.arena = arena, .diags = diags};
    if (!for_each_file(&looking, programs, count, visit_check, NULL))
        return false;
    struct census *census = ARENA_NEW(arena, struct census);
    if (!for_each_file(&looking, programs, count, visit_count, census))
        return false;
    struct identity expected =
        census->has_kernel ? census->kernel : census->first_of[census->most_common];
    if (!for_each_file(&looking, programs, count, visit_compare, &expected))
        return false;
    *ret = (struct objects_target){expected.machine, expected.flags};
    return true;
}

bool objects_target_of(struct arena *arena, const char *path, struct source_pos pos,
                       struct objects_target *ret, struct diag_list *diags)
{
    struct looking looking = {.arena = arena, .diags = diags};
    struct object_file file;
    if (!check_file(&looking, path, pos, &file))
        return false;
    if (file.member_count == 0)
        return diag_error(diags, "link-not-an-object", pos, "%s has no object file in it", path);
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): members come with their count */
    *ret = (struct objects_target){file.members[0].machine, file.members[0].flags};
    return true;
}
