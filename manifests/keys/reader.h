/* Typed access to a settled tree: every getter checks, reports, and leaves its result as it was on
 * an error.
 *
 * Errors are collected in the list and not returned: a reader goes on and finds the next one.
 */
#ifndef MANIFESTS_KEYS_READER_H
#define MANIFESTS_KEYS_READER_H

#include "manifests/model/manifest.h"
#include "manifests/yaml/names.h"

struct reader {
    struct arena *arena;
    struct diag_list *diags;
    const struct manifest_options *options;
    struct manifest *manifest; /* being filled; index tables below are made as its parts are read */
    const char *board_folder;
    struct name_index memories, peripherals, tasks;
    struct manifest_text *without_effect;
    size_t without_effect_count, without_effect_capacity;
    bool mpu_is_known; /* without these two the checks between parts would only repeat errors */
    bool code_memory_is_known;
};

/* Inclusive. */
struct reader_bounds {
    uint64_t least, most;
};

enum reader_name_kind {
    READER_WORD,       /* memory, peripheral, interrupt: no dot, since a dot separates them */
    READER_DOTTED_NAME /* task, slot, notification, section */
};

/* True when enough has been reported that a loop over hostile input should end. */
bool reader_is_full(const struct reader *reader);

/* Checks that a node is a mapping which has only the given keys. `owner` names it in messages:
 * "task 'net'".
 * Errors: manifest-wrong-type (returns false), manifest-unknown-key. */
bool reader_map(struct reader *reader, const struct node *node, const char *owner,
                const char *const *keys, size_t key_count);

/* Reports manifest-missing-key at `pos` when a key is absent; returns whether it is there. */
bool reader_require(struct reader *reader, const struct node *map, const char *key,
                    struct source_pos pos, const char *owner);

/* ---- values of a key; an absent key leaves *ret as it is ---- */

void reader_text(struct reader *reader, const struct node *map, const char *key,
                 struct manifest_text *ret);
void reader_number(struct reader *reader, const struct node *map, const char *key,
                   struct reader_bounds bounds, struct manifest_number *ret);
void reader_flag(struct reader *reader, const struct node *map, const char *key,
                 struct manifest_flag *ret);
void reader_texts(struct reader *reader, const struct node *map, const char *key,
                  struct manifest_texts *ret);

/* The place of a key's value in `words`.
 * Errors: manifest-bad-choice. */
bool reader_choice(struct reader *reader, const struct node *map, const char *key,
                   const char *const *words, size_t word_count, size_t *ret);

/* False, and manifest-too-many is reported, when there is more of something than allowed. */
bool reader_count(struct reader *reader, const struct node *node, size_t count, size_t limit,
                  const char *what);

/* Sets *ret to the mapping at a key. False when it is absent or (reported) something else. */
bool reader_submap(struct reader *reader, const struct node *map, const char *key,
                   const struct node **ret);

/* ---- single nodes; `what` names the value in messages ---- */

bool reader_node_text(struct reader *reader, const struct node *node, const char *what,
                      struct manifest_text *ret);
bool reader_node_number(struct reader *reader, const struct node *node, const char *what,
                        struct reader_bounds bounds, uint64_t *ret);
bool reader_node_choice(struct reader *reader, const struct node *node, const char *what,
                        const char *const *words, size_t word_count, size_t *ret);

/* A list of texts.
 * Errors: manifest-wrong-type. */
bool reader_node_texts(struct reader *reader, const struct node *node, const char *what,
                       struct manifest_texts *ret);

/* Errors: manifest-bad-name. */
bool reader_name(struct reader *reader, struct manifest_text name, enum reader_name_kind kind,
                 const char *what);

/* Notes a key that is read and checked, and has no effect yet. */
void reader_note_no_effect(struct reader *reader, struct source_pos pos, const char *dotted_key);

#endif
