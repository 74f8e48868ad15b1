/* Everything known about the addresses of one image: the layout, what the kernel's tables grant,
 * and the programs with their debug information, each opened when first needed. */
#ifndef CLI_ADDRESS_ADDRESS_BOOK_H
#define CLI_ADDRESS_ADDRESS_BOOK_H

#include "cli/archive/artifact.h"
#include "cli/plan/layout_read.h"
#include "layout/tables/tables_read.h"
#include "linker/debug/debug_file.h"

/* Numbers of owners: the index of a task, or one of these. */
#define ADDRESS_KERNEL SIZE_MAX
#define ADDRESS_NOBODY (SIZE_MAX - 1)

struct address_program {
    const char *name;        /* "elf/tasks/net.elf" */
    struct debug_file *file; /* NULL: not opened, or not available */
    bool is_opened;
};

struct address_book {
    struct arena *arena;
    struct diag_list *diags;
    struct artifact artifact;
    struct layout_read layout;
    struct tables_read tables; /* tasks as layout.tasks */
    bool has_tables;
    struct address_program kernel;
    struct address_program *tasks; /* as layout.tasks */
    const char *id;                /* as printed; NULL without tables */
};

/* Opens the book of an archive or a build folder. Tables that cannot be read are a warning; so are
 * programs, when they are opened.
 * Errors: those of artifact_open, artifact-no-member and layout-malformed for layout.json. */
MUST_CHECK bool address_book_open(const char *path, const char *slot, struct arena *arena,
                                  struct address_book *ret, struct diag_list *diags);

/* Must be called after address_book_open, even if that failed. */
void address_book_close(struct address_book *book);

/* The name of an owner: "kernel", or the task's. */
const char *address_book_owner(const struct address_book *book, size_t owner);

/* The program of an owner, opened; NULL, after a warning, if there is none. */
struct debug_file *address_book_program(struct address_book *book, size_t owner);

/* What debug information a program lacks, in words; NULL if it lacks nothing. */
const char *address_book_lacks(const struct debug_file *file, struct arena *arena);

/* The index of a task by its name; false if there is none. */
bool address_book_find_task(const struct address_book *book, const char *name, size_t *ret);

#endif
