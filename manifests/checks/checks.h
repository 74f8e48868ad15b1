/* What can be checked without a linker, on a manifest whose parts have been read.
 *
 * Values that were wrong by themselves are not given in the manifest; no check trips over them
 * again. The MPU and the code memory are known, and every reference is good.
 */
#ifndef MANIFESTS_CHECKS_CHECKS_H
#define MANIFESTS_CHECKS_CHECKS_H

#include "manifests/model/manifest.h"

/* A manifest under check. */
struct checks {
    const struct manifest *manifest;
    struct arena *arena;
    struct diag_list *diags;
    const struct manifest_memory *const
        *variants; /* the memories of each image slot that is built, or as they are */
    size_t variant_count;
};

/* Runs the checks below, in the order of the table in checks.c. One whose prerequisites found an
 * error is left out: what it would say may be wrong. */
void checks_run(const struct manifest *manifest, struct arena *arena, struct diag_list *diags);

/* A task sends only to strictly more important ones, else two can wait for each other.
 * Errors: manifest-call-self, manifest-call-inversion (severity: call-inversion). */
void check_calls(const struct checks *checks);

/* Errors: manifest-interrupt-claimed-twice. */
void check_interrupts(const struct checks *checks);

/* Memories lie apart, holes inside; MCUboot leaves room for an image.
 * Errors: manifest-overlap, manifest-hole-outside, manifest-mcuboot-room. */
void check_memories(const struct checks *checks);

/* The memories that tasks and the kernel name suit their purpose.
 * Errors: manifest-same-memory, manifest-memory-not-used, manifest-bad-place. */
void check_blocks(const struct checks *checks);

/* What a task is granted beside its blocks: each one region, all apart.
 * Errors: manifest-not-coverable, manifest-overlap. */
void check_grants(const struct checks *checks);

/* Errors: manifest-too-many-slots. */
void check_slots(const struct checks *checks);

/* Generated symbols are unique once '-' and '.' have become '_'.
 * Errors: manifest-symbol-collision. */
void check_symbols(const struct checks *checks);

#endif
