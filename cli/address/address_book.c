#include "cli/address/address_book.h"

#include "linker/elf/loaded.h"
#include "linker/elf/symbols.h"
#include "sign/image/image_id.h"

#include <string.h>

static const char image_name[] = "image/image.elf";

/* ---- opening ---- */

static struct span bytes_of_image(const void *image, uint64_t addr)
{
    return loaded_bytes_from(*(const struct span *)image, addr);
}

static bool same_tasks(const struct address_book *book)
{
    if (book->tables.task_count != book->layout.task_count)
        return false;
    for (size_t i = 0; i < book->tables.task_count; i++)
        if (strcmp(book->tables.tasks[i].name, book->layout.tasks[i].name) != 0)
            return false;
    return true;
}

static bool read_tables(struct address_book *book, struct diag_list *diags)
{
    const struct source_pos pos = artifact_pos(&book->artifact, image_name);
    struct span elf;
    uint64_t header_addr;
    switch (artifact_member(&book->artifact, image_name, &elf)) {
    case ARTIFACT_FOUND:
        break;
    case ARTIFACT_ABSENT:
        return diag_error(diags, "tables-malformed", pos, "missing image");
    case ARTIFACT_FAILED:
        return diag_error(diags, "tables-malformed", pos, "cannot read the image");
    }
    if (!symbols_find(elf, "imgbuild_image", &header_addr))
        return diag_error(diags, "tables-malformed", pos, "missing symbol imgbuild_image");
    if (!tables_read(bytes_of_image, &elf, header_addr, pos, book->arena, &book->tables, diags))
        return false;
    return same_tasks(book) ||
           diag_error(diags, "tables-malformed", pos,
                      "the tasks in the kernel's tables differ from those in layout.json");
}

/* Appends the errors to the command's diagnostics, as warnings. */
static void warn(const struct address_book *book, const struct diag_list *diags, const char *hint)
{
    for (size_t i = 0; i < diags->count; i++) {
        diag_add(book->diags, DIAG_WARNING, diags->items[i].code, diags->items[i].pos, "%s",
                 diags->items[i].message);
        diag_hint(book->diags, "%s", hint);
    }
}

static void open_tables(struct address_book *book)
{
    struct arena *arena = book->arena;
    struct diag_list diags = diag_list_in(arena);
    book->has_tables = read_tables(book, &diags);
    if (book->has_tables)
        book->id = image_id_text(book->tables.id, arena);
    else
        warn(book, &diags,
             "build the image again: without its tables, access rights and the image's ID are "
             "unknown");
}

bool address_book_open(const char *path, const char *slot, struct arena *arena,
                       struct address_book *ret, struct diag_list *diags)
{
    static const char layout_name[] = "layout.json";
    struct span json;
    *ret = (struct address_book){.arena = arena, .diags = diags};
    if (!artifact_open(path, slot, arena, &ret->artifact, diags) ||
        !artifact_need_member(&ret->artifact, layout_name, &json) ||
        !layout_read(json, artifact_pos(&ret->artifact, layout_name), arena, &ret->layout, diags))
        return false;
    ret->kernel.name = "elf/kernel.elf";
    ret->tasks = ARENA_ARRAY(arena, struct address_program, ret->layout.task_count);
    for (size_t i = 0; i < ret->layout.task_count; i++)
        ret->tasks[i].name = arena_format(arena, "elf/tasks/%s.elf", ret->layout.tasks[i].name);
    open_tables(ret);
    return true;
}

void address_book_close(struct address_book *book)
{
    if (book->tasks == NULL)
        return;
    debug_file_close(book->kernel.file);
    for (size_t i = 0; i < book->layout.task_count; i++)
        debug_file_close(book->tasks[i].file);
}

/* ---- owners ---- */

const char *address_book_owner(const struct address_book *book, size_t owner)
{
    if (owner == ADDRESS_KERNEL)
        return "kernel";
    return owner < book->layout.task_count ? book->layout.tasks[owner].name : "nobody";
}

bool address_book_find_task(const struct address_book *book, const char *name, size_t *ret)
{
    for (size_t i = 0; i < book->layout.task_count; i++)
        if (strcmp(book->layout.tasks[i].name, name) == 0) {
            *ret = i;
            return true;
        }
    return false;
}

static void open_program(struct address_book *book, struct address_program *program)
{
    const struct source_pos pos = artifact_pos(&book->artifact, program->name);
    struct diag_list diags = diag_list_in(book->arena);
    struct span elf;
    program->is_opened = true;
    if (artifact_member(&book->artifact, program->name, &elf) != ARTIFACT_FOUND)
        (void)diag_error(&diags, "artifact-no-member", pos, "missing file");
    else if (debug_file_open(elf, pos, book->arena, &program->file, &diags))
        return;
    warn(book, &diags, "build the image again: without this file, functions and lines are unknown");
}

struct debug_file *address_book_program(struct address_book *book, size_t owner)
{
    if (owner != ADDRESS_KERNEL && owner >= book->layout.task_count)
        return NULL;
    struct address_program *program = owner == ADDRESS_KERNEL ? &book->kernel : &book->tasks[owner];
    if (!program->is_opened)
        open_program(book, program);
    return program->file;
}

const char *address_book_lacks(const struct debug_file *file, struct arena *arena)
{
    static const struct {
        enum debug_lack lack;
        const char *words;
    } words[] = {
        {DEBUG_NO_SYMBOLS, "symbols"},
        {DEBUG_NO_DWARF, "debug information (compile with -g)"},
        {DEBUG_BAD_DWARF, "readable debug information: it is damaged or too large"},
        {DEBUG_DWARF_ELSEWHERE, "debug information of its own: it refers to another file"},
    };
    const char *text = NULL;
    const unsigned lacks = debug_file_lacks(file);
    if ((lacks & DEBUG_NO_SYMBOLS) != 0 && (lacks & DEBUG_NO_DWARF) != 0)
        return "symbols and debug information: it was stripped";
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lacks & words[i].lack)
            text =
                text == NULL ? words[i].words : arena_format(arena, "%s, %s", text, words[i].words);
    return text;
}
