#include "manifests/keys/stack_analysis.h"

static const char *const KEYS[] = {"calls", "recursion"};
static const struct reader_bounds DEPTHS = {1, 1000000};

void stack_analysis_check(struct reader *reader, const struct node *node)
{
    const struct node *map;
    if (!reader_map(reader, node, "'stack_analysis'", KEYS, sizeof KEYS / sizeof *KEYS))
        return;
    if (reader_submap(reader, node, "calls", &map)) {
        for (size_t i = 0; i < map->pair_count && !reader_is_full(reader); i++) {
            struct manifest_texts callees;
            reader_node_texts(reader, map->pairs[i].value, map->pairs[i].key, &callees);
        }
    }
    if (reader_submap(reader, node, "recursion", &map)) {
        for (size_t i = 0; i < map->pair_count && !reader_is_full(reader); i++) {
            uint64_t depth;
            (void)reader_node_number(reader, map->pairs[i].value, map->pairs[i].key, DEPTHS,
                                     &depth);
        }
    }
}
