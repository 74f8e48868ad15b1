#include "cli/archive/compat.h"

#include <string.h>

struct gating {
    const struct compat *compat;
    const struct compat_facts *facts;
    struct arena *arena;
    struct gate *gates;
    size_t count;
};

static void add(struct gating *gating, const char *name, enum gate_state state, const char *reason)
{
    gating->gates[gating->count++] = (struct gate){name, state, reason};
}

static const char *text_of(struct gating *gating, const struct version *version)
{
    return arena_format(gating->arena, "%llu.%llu.%llu", (unsigned long long)version->parts[0],
                        (unsigned long long)version->parts[1],
                        (unsigned long long)version->parts[2]);
}

/* A gate that requires one of several words. */
static void check_word(struct gating *gating, const char *name, const char *fact,
                       const char *const *allowed, size_t count)
{
    if (count == 0) {
        add(gating, name, GATE_REFUSES, "the archive is for no device");
        return;
    }
    const char *list = allowed[0];
    for (size_t i = 1; i < count; i++)
        list = arena_format(gating->arena, "%s, %s", list, allowed[i]);
    if (fact == NULL) {
        add(gating, name, GATE_UNCHECKED,
            arena_format(gating->arena, "the archive is for %s; --%s is not given", list, name));
        return;
    }
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
        found = strcmp(allowed[i], fact) == 0;
    add(gating, name, found ? GATE_HOLDS : GATE_REFUSES,
        arena_format(gating->arena, "the archive is for %s; the device %s %s", list,
                     found ? "is" : "is not", fact));
}

static void check_words(struct gating *gating)
{
    const struct compat *compat = gating->compat;
    const struct compat_facts *facts = gating->facts;
    if (compat->has_hardware)
        check_word(gating, "hardware", facts->hardware, compat->hardware, compat->hardware_count);
    else if (facts->hardware != NULL)
        add(gating, "hardware", GATE_ABSENT, "the archive names no hardware");
    check_word(gating, "board", facts->board, &compat->board, 1);
    if (compat->slot[0] != '\0')
        check_word(gating, "slot", facts->slot, &compat->slot, 1);
    else if (facts->slot != NULL)
        add(gating, "slot", GATE_REFUSES,
            arena_format(gating->arena,
                         "the archive is for the whole memory, not for an image slot; the device's "
                         "slot is %s",
                         facts->slot));
}

/* ---- versions ---- */

/* The fact is not given; it is not needed when no version can pass. */
static void add_unchecked(struct gating *gating, const char *name, const char *requirement,
                          const char *reason)
{
    static const struct version any = {{UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    const bool never = version_requirement_flaw(requirement, &any) == VERSION_REQUIREMENT_NEVER;
    add(gating, name, never ? GATE_REFUSES : GATE_UNCHECKED,
        never ? arena_format(gating->arena, "no version can be %s", requirement) : reason);
}

static void check_version(struct gating *gating, const char *name, const char *what,
                          const char *requirement, const struct version *fact)
{
    const bool holds = version_fulfils(fact, requirement);
    add(gating, name, holds ? GATE_HOLDS : GATE_REFUSES,
        arena_format(gating->arena, "%s is %s; required: %s", what, text_of(gating, fact),
                     requirement));
}

static void check_upgrade(struct gating *gating)
{
    static const char name[] = "upgrade_from";
    const char *requirement = gating->compat->upgrade_from;
    switch (gating->facts->running) {
    case RUNNING_NOT_GIVEN:
        if (requirement != NULL)
            add_unchecked(gating, name, requirement,
                          arena_format(gating->arena,
                                       "the running version must be %s; --running is not given",
                                       requirement));
        return;
    case RUNNING_NONE:
        add(gating, name, requirement == NULL ? GATE_ABSENT : GATE_HOLDS,
            "does not apply: nothing is running yet");
        return;
    case RUNNING_VERSION:
        if (requirement == NULL)
            add(gating, name, GATE_ABSENT, "the archive accepts any running version");
        else
            check_version(gating, name, "the running version", requirement,
                          &gating->facts->running_version);
        return;
    }
}

static const struct compat_host_fact *find_fact(const struct compat_facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->host_count; i++) {
        if (strcmp(facts->hosts[i].name, name) == 0)
            return &facts->hosts[i];
    }
    return NULL;
}

static bool asks_for_host(const struct compat *compat, const char *name)
{
    for (size_t i = 0; i < compat->host_count; i++) {
        if (strcmp(compat->hosts[i].name, name) == 0)
            return true;
    }
    return false;
}

static void check_hosts(struct gating *gating)
{
    struct arena *arena = gating->arena;
    for (size_t i = 0; i < gating->compat->host_count; i++) {
        const struct compat_host *host = &gating->compat->hosts[i];
        const struct compat_host_fact *fact = find_fact(gating->facts, host->name);
        const char *name = arena_format(arena, "host.%s", host->name);
        if (fact == NULL)
            add_unchecked(gating, name, host->requirement,
                          arena_format(arena, "%s must be %s; --host %s=N.N.N is not given",
                                       host->name, host->requirement, host->name));
        else
            check_version(gating, name, host->name, host->requirement, &fact->version);
    }
    for (size_t i = 0; i < gating->facts->host_count; i++) {
        const char *name = gating->facts->hosts[i].name;
        if (!asks_for_host(gating->compat, name))
            add(gating, arena_format(arena, "host.%s", name), GATE_ABSENT,
                arena_format(arena, "the archive does not require a version of %s", name));
    }
}

static void check_epoch(struct gating *gating)
{
    const unsigned long long own = gating->compat->epoch;
    const unsigned long long least = gating->facts->epoch;
    if (!gating->facts->has_epoch)
        add(gating, "epoch", GATE_UNCHECKED,
            arena_format(gating->arena, "the archive's epoch is %llu; --epoch is not given", own));
    else
        add(gating, "epoch", own < least ? GATE_REFUSES : GATE_HOLDS,
            arena_format(gating->arena,
                         "the archive's epoch is %llu; the device requires at least %llu", own,
                         least));
}

static void check_downgrade(struct gating *gating)
{
    const struct compat_facts *facts = gating->facts;
    if (!facts->no_downgrade)
        return;
    if (facts->running != RUNNING_VERSION) {
        add(gating, "downgrade", GATE_HOLDS, "does not apply: nothing is running yet");
        return;
    }
    const bool goes_back = version_compare(&gating->compat->version, &facts->running_version) < 0;
    add(gating, "downgrade", goes_back ? GATE_REFUSES : GATE_HOLDS,
        arena_format(gating->arena, "the archive's version is %s; the running version is %s",
                     text_of(gating, &gating->compat->version),
                     text_of(gating, &facts->running_version)));
}

/* ---- all ---- */

static bool is_refused(const struct gating *gating)
{
    for (size_t i = 0; i < gating->count; i++) {
        if (gating->gates[i].state == GATE_REFUSES ||
            (gating->gates[i].state == GATE_UNCHECKED && gating->facts->refuse_unknown))
            return true;
    }
    return false;
}

struct gates compat_check(const struct compat *compat, const struct compat_facts *facts,
                          struct arena *arena)
{
    enum { FIXED_GATES = 6 };
    struct gating gating = {
        .compat = compat,
        .facts = facts,
        .arena = arena,
        .gates = ARENA_ARRAY(arena, struct gate,
                             FIXED_GATES + compat->host_count + facts->host_count +
                                 compat->unknown_count),
    };
    check_words(&gating);
    check_upgrade(&gating);
    check_hosts(&gating);
    check_epoch(&gating);
    check_downgrade(&gating);
    for (size_t i = 0; i < compat->unknown_count; i++)
        add(&gating, compat->unknown[i], GATE_REFUSES,
            "this imgbuild does not know this gate; a newer one may");
    return (struct gates){gating.gates, gating.count, is_refused(&gating)};
}

const char *gate_state_name(enum gate_state state)
{
    switch (state) {
    case GATE_HOLDS:
        return "holds";
    case GATE_REFUSES:
        return "refuses";
    case GATE_UNCHECKED:
        return "unchecked";
    case GATE_ABSENT:
        return "no such gate";
    }
    return "";
}
