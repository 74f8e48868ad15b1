#include "cli/build/build_programs.h"

#include "base/path.h"
#include "cli/build/build_libraries.h"
#include "layout/mpu/mpu_facts.h"
#include "linker/link/archive_walk.h"
#include "linker/link/response_file.h"

struct programs_being_made {
    const struct manifest *manifest;
    struct arena *arena;
    struct toolchain toolchain;
    struct library_answers answers;
    struct path_list responses; /* of one program */
    struct diag_list *diags;
};

static const char **texts_of(const struct manifest_texts *texts, struct arena *arena)
{
    const char **items = ARENA_ARRAY(arena, const char *, texts->count);
    for (size_t i = 0; i < texts->count; i++)
        items[i] = texts->items[i].text;
    return items;
}

/* Two patterns may match the same file: it is linked once, where it was first named. */
static void drop_repetitions(struct path_list *paths)
{
    size_t kept = 0;
    for (size_t i = 0; i < paths->count; i++) {
        bool repeated = false;
        for (size_t k = 0; k < kept && !repeated; k++)
            repeated = span_equal(span_of_text(paths->items[k]), span_of_text(paths->items[i]));
        if (!repeated)
            paths->items[kept++] = paths->items[i];
    }
    paths->count = kept;
}

/* The words of a response file are paths, not patterns. */
static bool add_response(const struct manifest_text *text, struct arena *arena,
                         struct path_list *responses, struct path_list *ret,
                         struct diag_list *diags)
{
    struct response_words words = {0};
    if (!response_file_read(arena, text->text + 1, text->pos, RESPONSE_BESIDE_FILE, &words, diags))
        return false;
    for (size_t i = 0; i < words.files.count; i++)
        path_list_add(responses, arena, words.files.items[i]);
    for (size_t i = 0; i < words.count; i++)
        path_list_add(ret, arena, path_join(arena, words.items[i].folder, words.items[i].text));
    return true;
}

static bool expand_objects(const struct manifest_texts *patterns, const char *program,
                           struct programs_being_made *making, struct path_list *ret)
{
    struct arena *arena = making->arena;
    struct diag_list *diags = making->diags;
    bool ok = true;
    for (size_t i = 0; i < patterns->count; i++) {
        const struct manifest_text *pattern = &patterns->items[i];
        const size_t before = ret->count;
        if (pattern->text[0] == '@') {
            ok = add_response(pattern, arena, &making->responses, ret, diags) && ok;
        } else if (!file_glob(arena, pattern->text, pattern->pos, ret, diags)) {
            ok = false;
        } else if (ret->count == before) {
            ok = diag_error(diags, "build-no-object", pattern->pos, "%s: no object file matches %s",
                            program, pattern->text);
            diag_hint(diags, "compile it first; patterns are relative to the manifest's folder, "
                             "and -D name=value sets ${name}");
        }
    }
    drop_repetitions(ret);
    return ok;
}

static bool has_thin_archive(const struct path_list *objects)
{
    bool found = false;
    for (size_t i = 0; i < objects->count && !found; i++)
        found = archive_walk_is_thin(objects->items[i]);
    return found;
}

static bool set_inputs(struct build_program *item, const struct manifest_program *from,
                       struct programs_being_made *making)
{
    struct path_list objects = {0};
    struct program *program = &item->program;
    making->responses = (struct path_list){0};
    bool ok = expand_objects(&from->objects, program->name, making, &objects);
    program->objects = objects.items;
    program->object_count = objects.count;
    program->finds_files = has_thin_archive(&objects);
    ok = build_flags_of(making->manifest, from, making->arena, &making->responses, program,
                        making->diags) &&
         ok;
    ok = build_libraries_of(&making->toolchain, from, making->arena, &making->answers,
                            &making->responses, program, making->diags) &&
         ok;
    program->response_files = making->responses.items;
    program->response_file_count = making->responses.count;
    item->program.entry = from->entry.text;
    item->program.user_script = from->script.text;
    item->program.stack_bytes = from->stack.value;
    return ok;
}

/* The index of a memory in the program's list, which a new memory is appended to. */
static size_t memory_of(struct build_program *item, const struct manifest *manifest, size_t memory,
                        const char **names)
{
    for (size_t i = 0; i < item->program.memory_count; i++) {
        if (item->memories[i] == memory)
            return i;
    }
    const size_t added = item->program.memory_count++;
    item->memories[added] = memory;
    names[added] = manifest->memories[memory].name.text;
    return added;
}

static void set_memories(struct build_program *item, const struct manifest *manifest,
                         const struct manifest_program *from, const struct manifest_task *task,
                         struct arena *arena)
{
    const size_t section_count = task == NULL ? 0 : task->section_count;
    const size_t most = PROGRAM_FIXED_MEMORIES + section_count;
    const char **names = ARENA_ARRAY(arena, const char *, most);
    item->memories = ARENA_ARRAY(arena, size_t, most);
    item->program.memories = names;
    memory_of(item, manifest, from->code_memory, names);
    memory_of(item, manifest, from->data_memories.items[0].index, names);
    struct program_section *sections = ARENA_ARRAY(arena, struct program_section, section_count);
    for (size_t i = 0; i < section_count; i++) {
        const struct manifest_section *section = &task->sections[i];
        sections[i] = (struct program_section){
            .name = section->name.text,
            .memory = memory_of(item, manifest, section->memory.index, names),
            .pos = section->name.pos,
        };
    }
    item->program.sections = sections;
    item->program.section_count = section_count;
}

/* With `task` NULL: the kernel. */
static bool describe(struct build_program *item, const struct manifest_task *task,
                     struct programs_being_made *making)
{
    const struct manifest *manifest = making->manifest;
    const struct manifest_program *from = task == NULL ? &manifest->kernel.program : &task->program;
    item->program = (struct program){
        .kind = task == NULL ? PROGRAM_KERNEL : PROGRAM_TASK,
        .name = task == NULL ? "kernel" : task->name.text,
        .pos = task == NULL ? manifest->kernel.pos : task->name.pos,
        .stack_align_bytes = mpu_facts_of(manifest->mpu.model)->stack_align_bytes,
        .heap_bytes = task == NULL ? 0 : task->heap.value,
    };
    set_memories(item, manifest, from, task, making->arena);
    return set_inputs(item, from, making);
}

bool build_programs_of(const struct manifest *manifest, struct arena *arena,
                       struct build_programs *ret, struct diag_list *diags)
{
    struct build_programs programs = {
        ARENA_ARRAY(arena, struct build_program, manifest->task_count + 1),
        manifest->task_count + 1};
    struct programs_being_made making = {.manifest = manifest,
                                         .arena = arena,
                                         .toolchain = build_programs_toolchain(manifest, arena),
                                         .diags = diags};
    programs.items[0].task = MANIFEST_NONE;
    bool ok = describe(&programs.items[0], NULL, &making);
    for (size_t i = 0; i < manifest->task_count; i++) {
        const struct manifest_task *task = &manifest->tasks[i];
        programs.items[1 + i].task = (int)i;
        ok = describe(&programs.items[1 + i], task, &making) && ok;
    }
    *ret = programs;
    return ok;
}

struct build_programs build_programs_copy(const struct build_programs *programs,
                                          struct arena *arena)
{
    struct build_programs copy = {ARENA_ARRAY(arena, struct build_program, programs->count),
                                  programs->count};
    for (size_t i = 0; i < copy.count; i++) {
        const struct build_program *from = &programs->items[i];
        const size_t count = from->program.memory_count;
        copy.items[i] = *from;
        copy.items[i].memories =
            arena_grow(arena, from->memories, count, count, sizeof *from->memories);
        copy.items[i].program.memories =
            arena_grow(arena, from->program.memories, count, count, sizeof *from->program.memories);
    }
    return copy;
}

void build_programs_set_data_memory(struct build_program *program, const struct manifest *manifest,
                                    size_t memory, struct arena *arena)
{
    const size_t count = program->program.memory_count;
    const char **names = arena_grow(arena, program->program.memories, count, count, sizeof *names);
    names[PROGRAM_DATA] = manifest->memories[memory].name.text;
    program->program.memories = names;
    program->memories[PROGRAM_DATA] = memory;
}

struct toolchain build_programs_toolchain(const struct manifest *manifest, struct arena *arena)
{
    const struct manifest_toolchain *from = &manifest->toolchain;
    return (struct toolchain){
        .linker = from->linker.text,
        .style = from->style == MANIFEST_STYLE_DRIVER ? TOOLCHAIN_DRIVER : TOOLCHAIN_LD,
        .is_arm = mpu_facts_of(manifest->mpu.model)->processor == MPU_ARM,
        .emulation =
            mpu_facts_of(manifest->mpu.model)->processor == MPU_RISCV ? "elf32lriscv" : NULL,
        .launcher = texts_of(&from->launcher, arena),
        .launcher_count = from->launcher.count,
    };
}
