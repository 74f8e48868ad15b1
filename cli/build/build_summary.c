#include "cli/build/build_summary.h"

#include "cli/report/report_text.h"
#include "layout/model/memory_map.h"

enum { BAR_CELLS = 20 };

struct build_summary build_summary_in(struct arena *arena)
{
    return (struct build_summary){buffer_in(arena), buffer_in(arena)};
}

void build_summary_add_text(struct build_summary *summary, const char *text)
{
    buffer_append_text(&summary->now, text);
    buffer_append_text(&summary->later, text);
}

/* A bar is empty only when nothing is used, and full only when everything is. */
static size_t bar_cells(const struct memory_map_totals *totals)
{
    const uint64_t cells = (totals->used * BAR_CELLS + totals->size / 2) / totals->size;
    if (cells == 0 && totals->used != 0)
        return 1;
    if (cells == BAR_CELLS && totals->used != totals->size)
        return BAR_CELLS - 1;
    return (size_t)cells;
}

/* The name under which the state keeps a memory of an image slot. */
static const char *state_name(const struct built_slot *built, size_t memory, struct arena *arena)
{
    return arena_format(arena, "%s/%s", built->slot->name,
                        built->plan.request.memories[memory].name);
}

static const char *line_of(const struct layout_memory *memory,
                           const struct memory_map_totals *totals, struct arena *arena)
{
    const size_t cells = bar_cells(totals);
    const uint64_t tenths = (totals->used * 1000 + totals->size / 2) / totals->size;
    struct buffer line = buffer_in(arena);
    buffer_format(&line, "%-12s [", memory->name);
    buffer_fill(&line, '#', cells);
    buffer_fill(&line, '.', BAR_CELLS - cells);
    buffer_format(&line, "] %9llu of %9s used, %9llu free, %3llu.%llu%%",
                  (unsigned long long)totals->used, report_text_bytes(arena, totals->size),
                  (unsigned long long)totals->free, (unsigned long long)(tenths / 10),
                  (unsigned long long)(tenths % 10));
    return buffer_text(&line);
}

static void add_change(struct buffer *out, uint64_t before, uint64_t now)
{
    const uint64_t bytes = now > before ? now - before : before - now;
    if (bytes != 0)
        buffer_format(out, ", %c%llu %s", now > before ? '+' : '-', (unsigned long long)bytes,
                      bytes == 1 ? "byte" : "bytes");
}

/* The same numbers as in the report. */
static bool totals_of(const struct built_slot *built, size_t memory, struct arena *arena,
                      struct memory_map_totals *ret)
{
    const struct memory_map map =
        memory_map_of(&built->plan.request, &built->plan.layout, memory, arena);
    *ret = memory_map_total(&map);
    return ret->has_owner;
}

void build_summary_add_memories(struct build_summary *summary, const struct build *build,
                                const struct built_slot *built)
{
    for (size_t i = 0; i < built->plan.layout.memory_count; i++) {
        struct memory_map_totals totals;
        uint64_t before;
        if (!totals_of(built, i, build->arena, &totals))
            continue;
        build_summary_add_text(summary,
                               line_of(&built->plan.request.memories[i], &totals, build->arena));
        if (build_state_find_used(build->state, state_name(built, i, build->arena), &before))
            add_change(&summary->now, before, totals.used);
        build_summary_add_text(summary, "\n");
    }
}

void build_summary_keep(struct build *build, const struct built_slot *built)
{
    for (size_t i = 0; i < built->plan.layout.memory_count; i++) {
        struct memory_map_totals totals;
        if (totals_of(built, i, build->arena, &totals))
            build_state_set_used(build->state, state_name(built, i, build->arena), totals.used);
    }
}
