/* Texts that -D changes, and paths, which belong to the folder of the file that wrote them. */
#ifndef MANIFESTS_KEYS_PATHS_H
#define MANIFESTS_KEYS_PATHS_H

#include "manifests/keys/reader.h"

/* One text, in place: its variables replaced; joined with the folder of the file that wrote it. */
void paths_replace(struct reader *reader, struct manifest_text *text);
void paths_join(struct reader *reader, struct manifest_text *text);

/* Text with variables replaced. */
void paths_read_replaced(struct reader *reader, const struct node *map, const char *key,
                         struct manifest_text *ret);
void paths_read_replaced_list(struct reader *reader, const struct node *map, const char *key,
                              struct manifest_texts *ret);

/* The same, joined with the folder of the file that wrote it. */
void paths_read(struct reader *reader, const struct node *map, const char *key,
                struct manifest_text *ret);
void paths_read_list(struct reader *reader, const struct node *map, const char *key,
                     struct manifest_texts *ret);

/* Glob patterns: the folder's letters stand for themselves. Of @PATH, PATH is joined. */
void paths_read_patterns(struct reader *reader, const struct node *map, const char *key,
                         struct manifest_texts *ret);

#endif
