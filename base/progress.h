/* What a long task tells while it runs. Whoever starts the task decides what becomes of it. */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include "base/span.h"

struct progress {
    void (*show)(void *context, const char *text); /* how far it is; replaces the text before */
    void (*end)(void *context);                    /* that text is to go: others write now */
    void (*detail)(void *context, const char *line);
    void (*say)(void *context, const char *line);
    void (*pass_on)(void *context, struct span words); /* NULL: nobody wants to hear */
    void *context;
};

/* Each does nothing where progress is NULL. */
void progress_show(const struct progress *progress, const char *text);
void progress_end(const struct progress *progress);

/* A line for those who want to know more. */
void progress_detail(const struct progress *progress, const char *line);

/* A line for everybody who did not ask for silence. */
void progress_say(const struct progress *progress, const char *line);

/* Whether anybody wants to hear what other programs say. */
bool progress_is_heard(const struct progress *progress);
void progress_pass_on(const struct progress *progress, struct span words);

#endif
