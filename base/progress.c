#include "base/progress.h"

void progress_show(const struct progress *progress, const char *text)
{
    if (progress != NULL)
        progress->show(progress->context, text);
}

void progress_end(const struct progress *progress)
{
    if (progress != NULL)
        progress->end(progress->context);
}

void progress_detail(const struct progress *progress, const char *line)
{
    if (progress != NULL)
        progress->detail(progress->context, line);
}

void progress_say(const struct progress *progress, const char *line)
{
    if (progress != NULL)
        progress->say(progress->context, line);
}

bool progress_is_heard(const struct progress *progress)
{
    return progress != NULL && progress->pass_on != NULL;
}

void progress_pass_on(const struct progress *progress, struct span words)
{
    if (progress_is_heard(progress))
        progress->pass_on(progress->context, words);
}
