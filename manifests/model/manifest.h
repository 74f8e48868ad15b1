/* A board's manifest, read, merged, resolved and checked: what all later stages work from.
 *
 * Every value carries the position where it was written. References between parts are indices.
 */
#ifndef MANIFESTS_MODEL_MANIFEST_H
#define MANIFESTS_MODEL_MANIFEST_H

#include "base/diag.h"
#include "base/file_version.h"
#include "layout/mpu/mpu.h"
#include "manifests/yaml/node.h"

enum { MANIFEST_NONE = -1 };

struct manifest_text {
    const char *text; /* NULL: not given */
    struct source_pos pos;
};

struct manifest_number {
    uint64_t value;
    bool is_given;
    struct source_pos pos; /* of the default's source when a default applies, or NOWHERE */
};

struct manifest_flag {
    bool value;
    bool is_given;
    struct source_pos pos;
};

struct manifest_texts {
    const struct manifest_text *items;
    size_t count;
    struct source_pos pos;
};

/* A reference to an entry of manifest->memories, ->peripherals or ->tasks. */
struct manifest_ref {
    size_t index;
    struct source_pos pos;
};

struct manifest_refs {
    const struct manifest_ref *items;
    size_t count;
    struct source_pos pos;
};

struct manifest_hole {
    uint64_t base, size;
    struct source_pos pos;
};

struct manifest_memory {
    struct manifest_text name;
    struct manifest_number base, size, skip;
    bool readable, writable, executable, dma;
    enum layout_cache cache;
    const struct manifest_hole *holes; /* ascending */
    size_t hole_count;
    struct source_pos pos;
};

/* An image slot: the memories that it moves. One that the board builds and the chip does not know
 * moves none. */
struct manifest_image_memory {
    struct manifest_ref memory;
    struct manifest_number base, size; /* one not given: as the memory's own */
};

struct manifest_image {
    struct manifest_text name;
    const struct manifest_image_memory *memories;
    size_t memory_count;
    bool is_built; /* named by the board's `images` list */
};

struct manifest_interrupt_source {
    struct manifest_text name; /* "rx" */
    uint64_t number;
};

struct manifest_peripheral {
    struct manifest_text name;
    struct manifest_number base, size;
    const struct manifest_interrupt_source *interrupts;
    size_t interrupt_count;
    struct source_pos pos;
};

enum manifest_linker_style { MANIFEST_STYLE_LD, MANIFEST_STYLE_DRIVER };

struct manifest_toolchain {
    struct manifest_text linker; /* default arm-none-eabi-ld; riscv64-unknown-elf-ld on pmp */
    struct manifest_texts flags;
    struct manifest_texts launcher; /* words put before the linker's command */
    enum manifest_linker_style style;
};

/* A size in one memory: `limits`, `kernel.size`, `place`. */
struct manifest_memory_number {
    struct manifest_ref memory;
    uint64_t value;
};

/* What kernel and tasks have in common. Paths are joined with the folder of the file that wrote
 * them. */
struct manifest_program {
    struct manifest_texts objects; /* glob patterns, ${name} replaced */
    struct manifest_texts libraries;
    struct manifest_text entry;   /* default: kernel reset_handler, task _start */
    struct manifest_text script;  /* own linker script, or not given */
    struct manifest_number stack; /* the kernel's default: 1K */
    size_t code_memory;
    struct manifest_refs data_memories; /* more than one: the solver chooses */
};

struct manifest_kernel {
    struct manifest_program program;
    const struct manifest_memory_number *sizes;
    size_t size_count;
    struct manifest_refs maps;
    struct manifest_texts stackless;
    struct source_pos pos;
};

struct manifest_section {
    struct manifest_text name; /* input section, without a leading dot as written */
    struct manifest_ref memory;
};

struct manifest_interrupt {
    size_t peripheral;
    uint64_t number;
    size_t notification;       /* bit number of the task's notification */
    struct manifest_text name; /* as written: "uart0.rx" */
};

struct manifest_call {
    struct manifest_text slot;
    struct manifest_ref task;
    bool inversion_allowed;
};

struct manifest_task {
    struct manifest_text name;
    struct manifest_program program;
    struct manifest_number priority; /* 0..255 */
    struct manifest_flag start;      /* default true */
    struct manifest_number heap;
    const struct manifest_memory_number *limits;
    size_t limit_count;
    struct manifest_refs uses;
    struct manifest_refs maps;
    const struct manifest_section *sections;
    size_t section_count;
    const struct manifest_memory_number *places;
    size_t place_count;
    struct manifest_texts notifications;
    const struct manifest_interrupt *interrupts;
    size_t interrupt_count;
    const struct manifest_call *calls;
    size_t call_count;
    struct manifest_flag split;        /* `regions.split`, default true */
    const struct node *stack_analysis; /* or NULL; its names and numbers are checked */
    const struct node *config;         /* free-form, or NULL */
    struct source_pos pos;
};

struct manifest_info_block {
    bool is_given;
    uint64_t size;
    struct manifest_refs tasks;
    struct source_pos pos;
};

enum manifest_format {
    MANIFEST_FORMAT_ELF = 1,
    MANIFEST_FORMAT_BIN = 2,
    MANIFEST_FORMAT_HEX = 4,
    MANIFEST_FORMAT_SREC = 8,
    MANIFEST_FORMAT_UF2 = 16,
    MANIFEST_FORMAT_MCUBOOT = 32
};

/* How MCUboot puts a new image into its place. */
enum manifest_mcuboot_mode {
    MANIFEST_MCUBOOT_SWAP,
    MANIFEST_MCUBOOT_OVERWRITE,
    MANIFEST_MCUBOOT_XIP
};

/* The image's records behind it: protected and other ones, with the largest signature. */
enum { MANIFEST_MCUBOOT_TLV_BYTES = 476 };

/* Given, room is reserved in the kernel's code memory: the header in front of the kernel, and at
 * the end the image's records and MCUboot's trailer. */
struct manifest_mcuboot {
    bool is_given;
    struct manifest_number header; /* bytes, a multiple of 32 */
    uint64_t align_bytes;          /* what the flash writes at once: a power of two */
    uint64_t sectors;              /* of a slot, at most */
    enum manifest_mcuboot_mode mode;
    uint8_t erased; /* what flash reads as when it is erased */
    struct source_pos pos;
};

/* The severity of a check that the manifest may change. */
struct manifest_check_level {
    struct manifest_text name;
    bool is_off;
    enum diag_level level;
};

/* `-D name=value`: replaces ${name} in paths and in the toolchain. */
struct manifest_variable {
    const char *name, *value;
};

struct manifest {
    const struct node
        *root;              /* flattened: board over chip, inheritance resolved; `show` prints it */
    struct path_list files; /* every file that was read, in order, as opened */
    const struct file_version *versions; /* as files: the bytes that were parsed */
    struct manifest_text name, board;
    uint64_t major, minor, patch, epoch;
    struct manifest_text chip;
    struct mpu mpu; /* reserved: default 1; granularity: default 4 */
    struct manifest_text openocd_target, openocd_interface; /* of the chip: OpenOCD's own scripts */
    struct manifest_number uf2_family; /* of the chip: what its UF2 bootloader asks for */
    const struct manifest_memory *memories;
    size_t memory_count;
    const struct manifest_image *images; /* those built, as the board lists them, then the rest */
    size_t image_count;
    const struct manifest_peripheral *peripherals;
    size_t peripheral_count;
    size_t code_memory;
    struct manifest_refs data_memories;
    struct manifest_toolchain toolchain;
    struct manifest_kernel kernel;
    struct manifest_info_block info;
    const struct manifest_task *tasks;
    size_t task_count;
    unsigned formats; /* of enum manifest_format; default elf, bin, hex */
    struct manifest_mcuboot mcuboot;
    const struct node *compat; /* or NULL; checked */
    const struct manifest_check_level *checks;
    size_t check_count;
    struct manifest_texts
        without_effect; /* dotted keys that are read and checked, and nothing more yet */
    const struct manifest_variable *variables; /* as given */
    size_t variable_count;
    const struct manifest_source *source; /* for manifest_load_again */
};

enum manifest_scope {
    MANIFEST_FOR_BUILD, /* every ${name} must be defined */
    MANIFEST_FOR_PLAN   /* without objects: undefined names are left as they are */
};

/* `--set key=value`: lies over the board file and all that it inherits. */
struct manifest_setting {
    const char *key;   /* dotted: "tasks.net.stack" */
    const char *value; /* YAML: "2K", "[uart0]", "null" */
};

struct manifest_options {
    const struct manifest_variable *variables;
    size_t variable_count;
    const struct manifest_setting *settings;
    size_t setting_count;
    enum manifest_scope scope;
};

/* Reads a board file, everything that it inherits and its chip file, and checks all that can be
 * checked without a linker. Reports all that it finds.
 * Shape:  *ret and all it points to live in `arena`.
 * Errors: yaml-…, manifest-…; the list stands in manifests/README.md. *ret is untouched on failure.
 */
MUST_CHECK bool manifest_load(struct arena *arena, const char *path,
                              const struct manifest_variable *variables, size_t variable_count,
                              enum manifest_scope scope, struct manifest *ret,
                              struct diag_list *diags);

/* The same with all options. Positions in a setting name the file "--set KEY=VALUE". */
MUST_CHECK bool manifest_load_with(struct arena *arena, const char *path,
                                   const struct manifest_options *options, struct manifest *ret,
                                   struct diag_list *diags);

/* The board of a loaded manifest with other options; the board file and what it inherits are not
 * read again.
 * Shape:  *ret lives in the arena of `loaded`.
 * Errors: as manifest_load_with. */
MUST_CHECK bool manifest_load_again(const struct manifest *loaded,
                                    const struct manifest_options *options, struct manifest *ret,
                                    struct diag_list *diags);

/* The severity that the manifest gives to a check; false: it is off. */
bool manifest_check_is_on(const struct manifest *manifest, const char *check,
                          enum diag_level default_level, enum diag_level *ret_level);

/* Who may do what with a memory: IMGBUILD_READ | ... of imgbuild/tables.h. */
uint32_t manifest_memory_attributes(const struct manifest_memory *memory);

/* The memories as one image slot has them: base and size replaced, holes that then lie outside left
 * out. NULL: without image slots.
 * Shape:  an array of manifest->memory_count entries in `arena`. */
const struct manifest_memory *manifest_image_memories(const struct manifest *manifest,
                                                      const struct manifest_image *image,
                                                      struct arena *arena);

/* The bytes that MCUboot's trailer takes at the end of a slot.
 * Source: MCUboot, boot_trailer_sz() of bootutil and _trailer_size() of imgtool. */
uint64_t manifest_mcuboot_trailer_bytes(const struct manifest_mcuboot *mcuboot);

/* The same with the image's records, which lie before it. */
uint64_t manifest_mcuboot_tail_bytes(const struct manifest_mcuboot *mcuboot);

enum manifest_origins { MANIFEST_PLAIN, MANIFEST_WITH_ORIGINS };

/* Prints the flattened manifest as YAML that reads back to the same tree (file paths rewritten so
 * that the result, saved beside the board file, means the same); with origins each value is
 * followed by a comment `# file:line`. */
const char *manifest_show(const struct manifest *manifest, enum manifest_origins origins,
                          struct arena *arena);

/* The index of a task, or of a memory, by name; false, with *ret untouched, when there is none. */
bool manifest_find_task(const struct manifest *manifest, const char *name, size_t *ret);
bool manifest_find_memory(const struct manifest *manifest, const char *name, size_t *ret);

/* The sizes file of `layout --sizes`: `sizes: {TASK: {MEMORY: BYTES}}`, `kernel` allowed as a task.
 */
struct manifest_size {
    int task; /* index, MANIFEST_NONE: the kernel */
    size_t memory;
    uint64_t bytes;
    struct source_pos pos;
};

struct manifest_sizes {
    const struct manifest_size *items; /* unique by task and memory */
    size_t count;
};

/* Errors: yaml-…, sizes-…. */
MUST_CHECK bool manifest_sizes_load(struct arena *arena, const char *path,
                                    const struct manifest *manifest, struct manifest_sizes *ret,
                                    struct diag_list *diags);

#endif
