/* One run of a linker, as plain data: what to run, and then how it went. */
#ifndef LINKER_LINK_LINK_STEP_H
#define LINKER_LINK_LINK_STEP_H

#include "linker/link/program.h"

#include "base/process/process_pool.h"
#include "base/span.h"

/* By how much a program does not fit its place in a memory. */
struct link_overflow {
    size_t memory; /* index into program.memories */
    uint64_t bytes_over;
};

/* One run of the linker. Script and argv decide, with the bytes of the files that link_inputs()
 * lists and of the linker itself, what comes out: equal inputs, equal output. */
struct link_step {
    const struct program *program;
    const char *const *argv; /* NULL-terminated */
    size_t argument_count;
    const char *script_path; /* the generated script: memory.ld or link.ld */
    const char *script_text;
    const char *output_path;
    const char *dependency_path; /* make rules that the linker writes */
    const char *map_path;        /* its map, see link_map.h; NULL: none was asked for */
    /* set by link_run() */
    bool failed;
    enum process_end end;
    struct span output; /* the linker's own words, also of a run that did not fail */
    int exit_status;    /* -1: not started or ended by a signal */
    int signal_number;
    const struct link_overflow *overflows;
    size_t overflow_count;
};

#endif
