/* The `stack_analysis` of a task: what the analyser of stack depths cannot see itself. */
#ifndef MANIFESTS_STACK_ANALYSIS_H
#define MANIFESTS_STACK_ANALYSIS_H

#include "manifests/reader.h"

/* Grammar: {calls: {FUNCTION: [FUNCTION...]}, recursion: {FUNCTION: DEPTH}}. */
void stack_analysis_check(struct reader *reader, const struct node *node);

#endif
