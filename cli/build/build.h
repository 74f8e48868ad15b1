/* What the stages of a build share. */
#ifndef CLI_BUILD_BUILD_H
#define CLI_BUILD_BUILD_H

#include "cli/build/build_programs.h"
#include "cli/build/build_state.h"
#include "cli/plan/lock_file.h"
#include "cli/signing/info_fill.h"

#include "base/progress.h"
#include "linker/image/image.h"
#include "linker/link/linked.h"
#include "linker/link/objects.h"
#include "linker/link/processor_check.h"

struct build_sign;

struct signer;

struct build {
    struct arena *arena;
    struct diag_list *diags;
    const struct progress *progress;
    const char *tool; /* name and version of this program */
    const struct manifest *manifest;
    const char *folder;           /* where outputs go */
    const char *work_folder;      /* where intermediate files go, inside `folder` */
    const char *revision;         /* for archive.json, or NULL */
    const char *const *variables; /* NAME=VALUE, as the manifest was read with */
    size_t variable_count;
    struct info_set info;             /* what --info says */
    struct signer *image_signer;      /* of images for MCUboot, or NULL */
    struct process_pool_options pool; /* how linkers run */
    bool explains;                    /* says why each linker runs */
    struct lock_file lock;            /* the lock, and how strictly to follow it */
    struct toolchain toolchain;
    const char *linker_path;          /* the program that `toolchain.linker` names */
    struct path_list linker_programs; /* it, its launcher, and the programs behind them */
    struct build_programs programs;   /* as every image slot starts out */
    struct objects_target target;
    struct processor_rules rules; /* what every object must run on */
    struct build_state *state;
    struct build_sign *sign;   /* who signs the archives, or NULL */
    struct path_list inputs;   /* files that the linker read, except those that the build made */
    const char *changed_input; /* changed while the build ran; NULL: none did */
};

/* One program of an image slot, linked. */
struct built_program {
    struct span elf;
    struct linked linked;
    const struct program_place *places; /* as program.memories */
    const char *map_path;               /* of its final link, or NULL */
};

/* One image slot, built: everything that its outputs are made from. */
struct built_slot {
    const struct plan_slot *slot;
    struct plan plan;
    struct build_programs programs;
    struct built_program *built; /* as programs; the kernel's ELF has the ID */
    struct image image;          /* with the ID */
    uint8_t id[8];
    struct layout_range info; /* empty without an info block */
};

#endif
