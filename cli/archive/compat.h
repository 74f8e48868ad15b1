/* Whether an archive belongs on a device: what archive.json requires, against what is known about
 * the device. */
#ifndef CLI_ARCHIVE_COMPAT_H
#define CLI_ARCHIVE_COMPAT_H

#include "base/arena.h"
#include "base/version.h"

struct compat_host {
    const char *name;        /* of a daemon */
    const char *requirement; /* valid, as base/version.h has it */
};

/* What an archive requires. */
struct compat {
    const char *board, *slot; /* slot "": for devices without image slots */
    struct version version;
    uint64_t epoch;
    bool has_hardware;
    const char *const *hardware; /* the hardware revisions it is for */
    size_t hardware_count;
    const char *upgrade_from; /* a requirement on the running version, or NULL */
    const struct compat_host *hosts;
    size_t host_count;
    const char *const *unknown; /* gates of newer versions of imgbuild */
    size_t unknown_count;
};

struct compat_host_fact {
    const char *name;
    struct version version;
};

enum compat_running { RUNNING_NOT_GIVEN, RUNNING_NONE, RUNNING_VERSION };

/* What is known about a device. */
struct compat_facts {
    const char *hardware, *board, *slot; /* NULL: not given */
    enum compat_running running;         /* RUNNING_NONE: fresh from the factory */
    struct version running_version;
    const struct compat_host_fact *hosts; /* names unique */
    size_t host_count;
    bool has_epoch;
    uint64_t epoch;      /* the lowest that the device accepts */
    bool no_downgrade;   /* needs `running` */
    bool refuse_unknown; /* --strict: a gate without its fact refuses */
};

enum gate_state {
    GATE_HOLDS,
    GATE_REFUSES,
    GATE_UNCHECKED, /* its fact was not given */
    GATE_ABSENT     /* a fact was given that the archive does not require; an image slot is always
                       required: an archive without one uses the whole memory */
};

struct gate {
    const char *name; /* "hardware", "host.halpid", … */
    enum gate_state state;
    const char *reason; /* in words */
};

struct gates {
    const struct gate *items;
    size_t count;
    bool refuse; /* a gate refuses; with refuse_unknown, also one that was not checked */
};

/* Compares everything. The gates are in a fixed order: hardware, board, slot, upgrade_from, host.*,
 * epoch, downgrade, unknown ones. */
struct gates compat_check(const struct compat *compat, const struct compat_facts *facts,
                          struct arena *arena);

/* "holds", "refuses", "unchecked", "no such gate". */
const char *gate_state_name(enum gate_state state);

#endif
