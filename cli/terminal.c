#include "cli/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct terminal terminal_open(enum verbosity verbosity, enum color_choice color)
{
    const bool is_terminal = isatty(STDERR_FILENO) != 0;
    const char *kind = getenv("TERM");
    const bool is_dumb = kind == NULL || strcmp(kind, "dumb") == 0;
    const bool wants_none = getenv("NO_COLOR") != NULL;
    return (struct terminal){
        .verbosity = verbosity,
        .has_color = color == COLOR_ALWAYS ||
                     (color == COLOR_AUTO && is_terminal && !is_dumb && !wants_none),
        .shows_progress = is_terminal && !is_dumb && verbosity != QUIET,
    };
}

void terminal_progress(struct terminal *terminal, const char *text)
{
    if (!terminal->shows_progress)
        return;
    fprintf(stderr, "\r\033[K%s", text);
    fflush(stderr);
    terminal->progress_is_shown = true;
}

void terminal_progress_end(struct terminal *terminal)
{
    if (!terminal->progress_is_shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    terminal->progress_is_shown = false;
}

bool terminal_print(struct terminal *terminal, const char *text)
{
    return terminal_print_bytes(terminal, span_of_text(text));
}

bool terminal_print_bytes(struct terminal *terminal, struct span bytes)
{
    terminal_progress_end(terminal);
    if (fwrite(bytes.data, 1, bytes.bytes, stdout) == bytes.bytes && fflush(stdout) == 0)
        return true;
    if (errno != EPIPE) /* the reader has closed the pipe */
        fprintf(stderr, "imgbuild: cannot write to standard output: %s\n", strerror(errno));
    return false;
}

void terminal_say(struct terminal *terminal, enum verbosity least, const char *line)
{
    if (terminal->verbosity < least)
        return;
    terminal_progress_end(terminal);
    fprintf(stderr, "%s\n", line);
}

/* ---- as progress ---- */

static void show_progress(void *context, const char *text)
{
    terminal_progress(context, text);
}

static void end_progress(void *context)
{
    terminal_progress_end(context);
}

static void say_detail(void *context, const char *line)
{
    terminal_say(context, VERBOSE, line);
}

static void say(void *context, const char *line)
{
    terminal_say(context, NORMAL, line);
}

static void pass_on(void *context, struct span words)
{
    terminal_pass_on(context, words);
}

struct progress terminal_as_progress(struct terminal *terminal)
{
    const bool is_heard = terminal->shows_progress || terminal->verbosity == VERBOSE;
    return (struct progress){.show = show_progress,
                             .end = end_progress,
                             .detail = say_detail,
                             .say = say,
                             .pass_on = is_heard ? pass_on : NULL,
                             .context = terminal};
}

void terminal_pass_on(struct terminal *terminal, struct span words)
{
    terminal_progress_end(terminal);
    fwrite(words.data, 1, words.bytes, stderr);
    fflush(stderr);
}
