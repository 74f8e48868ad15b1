/* The `stack_analysis` of a task: what the analyser of stack depths cannot see itself. */
#ifndef MANIFESTS_KEYS_STACK_ANALYSIS_H
#define MANIFESTS_KEYS_STACK_ANALYSIS_H

#include "manifests/keys/reader.h"

/* Grammar: {calls: {FUNCTION: [FUNCTION...]}, recursion: {FUNCTION: DEPTH}}. */
void stack_analysis_check(struct reader *reader, const struct node *node);

#endif
