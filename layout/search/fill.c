#include "layout/search/fill.h"

#include <assert.h>

void fill_start(const struct fill *fill, struct fill_front *ret)
{
    ret->frontier = fill->problem->memories[fill->memory].start;
    ret->gap_units = 0;
    ret->gap_count = 0;
}

static void remove_gap(struct fill_front *front, uint32_t index)
{
    front->gap_units -= front->gaps[index].end - front->gaps[index].start;
    front->gap_count--;
    for (uint32_t i = index; i < front->gap_count; i++)
        front->gaps[i] = front->gaps[i + 1];
}

static uint32_t shortest_gap(const struct fill_front *front)
{
    uint32_t shortest = 0;
    for (uint32_t i = 1; i < front->gap_count; i++)
        if (front->gaps[i].end - front->gaps[i].start <
            front->gaps[shortest].end - front->gaps[shortest].start)
            shortest = i;
    return shortest;
}

/* Keeps a gap at its place among the others, if it can be of use. */
static void add_gap(const struct fill *fill, struct fill_front *front, uint64_t start, uint64_t end)
{
    if (start + fill->smallest > end)
        return;
    if (front->gap_count == FILL_GAPS_MOST) {
        const uint32_t shortest = shortest_gap(front);
        if (front->gaps[shortest].end - front->gaps[shortest].start >= end - start)
            return;
        remove_gap(front, shortest);
    }
    uint32_t at = front->gap_count++;
    for (; at > 0 && front->gaps[at - 1].start > start; at--)
        front->gaps[at] = front->gaps[at - 1];
    front->gaps[at] = (struct layout_range){start, end};
    front->gap_units += end - start;
}

/* What is free between the frontier and a block behind it. */
static void add_gaps_before(const struct fill *fill, struct fill_front *front, uint64_t until)
{
    const struct space *space = &fill->problem->memories[fill->memory].space;
    for (size_t i = 0; i < space->part_count && space->parts[i].start < until; i++) {
        const struct layout_range part = space->parts[i];
        const uint64_t start = part.start > front->frontier ? part.start : front->frontier;
        const uint64_t end = part.end < until ? part.end : until;
        if (end > start)
            add_gap(fill, front, start, end);
    }
}

static bool place_in_gap(const struct fill *fill, struct fill_front *front,
                         const struct memo_block *asked, uint32_t slots, struct layout_range *ret)
{
    for (uint32_t i = 0; i < front->gap_count; i++) {
        const struct layout_range gap = front->gaps[i];
        if (gap.start + asked->piece->size > gap.end ||
            !memo_place(fill->memo, asked, slots, gap.start, gap.end, ret))
            continue;
        remove_gap(front, i);
        add_gap(fill, front, gap.start, ret->start);
        add_gap(fill, front, ret->end, gap.end);
        return true;
    }
    return false;
}

void fill_place(const struct fill *fill, struct fill_front *front, size_t block, uint32_t slots,
                struct layout_range *ret)
{
    const struct problem *problem = fill->problem;
    const struct memo_block asked = {(uint32_t)(block + fill->memory * problem->block_count),
                                     problem->cover, &problem->memories[fill->memory].space,
                                     &problem->blocks[block].piece};
    if (front->gap_count > 0 && place_in_gap(fill, front, &asked, slots, ret))
        return;
    const bool placed = memo_place(fill->memo, &asked, slots, front->frontier, UINT64_MAX / 2, ret);
    assert(placed); /* a memory's space reaches far beyond its end */
    (void)placed;
    if (ret->start > front->frontier)
        add_gaps_before(fill, front, ret->start);
    front->frontier = ret->end;
}

bool fill_fronts_equal(const struct fill_front *a, const struct fill_front *b)
{
    if (a->frontier != b->frontier || a->gap_count != b->gap_count)
        return false;
    for (uint32_t i = 0; i < a->gap_count; i++)
        if (a->gaps[i].start != b->gaps[i].start || a->gaps[i].end != b->gaps[i].end)
            return false;
    return true;
}
