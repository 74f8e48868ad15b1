/* `imgbuild completion`: a script that completes commands and options in a shell. */
#include "cli/command.h"

#include "base/buffer.h"

#include <string.h>

/* The words after `imgbuild COMMAND`: its options, as `--name`. */
static const char *option_words(struct arena *arena, const struct command *command)
{
    struct buffer words = buffer_in(arena);
    for (size_t i = 0; i < command->option_count; i++)
        buffer_format(&words, "--%s ", command->options[i].name);
    for (size_t i = 0; i < command_common_option_count; i++)
        buffer_format(&words, "--%s%s", command_common_options[i].name,
                      i + 1 < command_common_option_count ? " " : "");
    return buffer_text(&words);
}

static const char *command_words(struct arena *arena)
{
    struct buffer words = buffer_in(arena);
    for (size_t i = 0; i < command_count; i++)
        buffer_format(&words, "%s%s", i == 0 ? "" : " ", commands[i]->name);
    return buffer_text(&words);
}

static const char *bash_script(struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    buffer_format(&out,
                  "_imgbuild() {\n"
                  "    local word=${COMP_WORDS[COMP_CWORD]} words=\n"
                  "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
                  "        words='%s --help --version'\n"
                  "    elif [[ $word == -* ]]; then\n"
                  "        case ${COMP_WORDS[1]} in\n",
                  command_words(arena));
    for (size_t i = 0; i < command_count; i++)
        buffer_format(&out, "        %s) words='%s' ;;\n", commands[i]->name,
                      option_words(arena, commands[i]));
    buffer_append_text(&out, "        esac\n"
                             "    fi\n"
                             "    [ -z \"$words\" ] || COMPREPLY=($(compgen -W \"$words\" -- "
                             "\"$word\"))\n"
                             "}\n"
                             "complete -o default -F _imgbuild imgbuild\n");
    return buffer_text(&out);
}

/* Text inside single quotes, for zsh or fish. */
static void put_quoted(struct buffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            buffer_append_text(out, "'\\''");
        else
            buffer_append_byte(out, (uint8_t)*text);
    }
}

static const char *zsh_script(struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    buffer_append_text(&out, "#compdef imgbuild\n"
                             "_imgbuild() {\n"
                             "    if (( CURRENT == 2 )); then\n"
                             "        local -a known=(\n");
    for (size_t i = 0; i < command_count; i++) {
        buffer_format(&out, "            '%s:", commands[i]->name);
        put_quoted(&out, commands[i]->summary);
        buffer_append_text(&out, "'\n");
    }
    buffer_append_text(&out, "        )\n"
                             "        _describe command known\n"
                             "    elif [[ $words[CURRENT] == -* ]]; then\n"
                             "        case $words[2] in\n");
    for (size_t i = 0; i < command_count; i++)
        buffer_format(&out, "        %s) compadd -- %s ;;\n", commands[i]->name,
                      option_words(arena, commands[i]));
    buffer_append_text(&out, "        esac\n"
                             "    else\n"
                             "        _files\n"
                             "    fi\n"
                             "}\n"
                             "compdef _imgbuild imgbuild\n");
    return buffer_text(&out);
}

static void put_fish_option(struct buffer *out, const char *condition, const struct option *option)
{
    buffer_format(out, "complete -c imgbuild -n '%s' -l %s", condition, option->name);
    if (option->letter != 0)
        buffer_format(out, " -s %c", option->letter);
    buffer_format(out, "%s -d '", option->kind == OPTION_FLAG ? "" : " -r");
    put_quoted(out, option->help);
    buffer_append_text(out, "'\n");
}

static const char *fish_script(struct arena *arena)
{
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = commands[i];
        buffer_format(&out, "complete -c imgbuild -n __fish_use_subcommand -a %s -d '",
                      command->name);
        put_quoted(&out, command->summary);
        buffer_append_text(&out, "'\n");
        const char *condition =
            arena_format(arena, "__fish_seen_subcommand_from %s", command->name);
        for (size_t k = 0; k < command->option_count; k++)
            put_fish_option(&out, condition, &command->options[k]);
        for (size_t k = 0; k < command_common_option_count; k++)
            put_fish_option(&out, condition, &command_common_options[k]);
    }
    return buffer_text(&out);
}

static enum exit_status run(struct invocation *invocation)
{
    const char *shell = invocation->options.words[0];
    const char *text = NULL;
    if (strcmp(shell, "bash") == 0)
        text = bash_script(invocation->arena);
    else if (strcmp(shell, "zsh") == 0)
        text = zsh_script(invocation->arena);
    else if (strcmp(shell, "fish") == 0)
        text = fish_script(invocation->arena);
    else
        return command_usage(invocation, "unknown shell '%s': expected bash, zsh or fish", shell);
    return terminal_print(invocation->terminal, text) ? EXIT_DONE : EXIT_INPUT;
}

const struct command command_completion = {
    .name = "completion",
    .words = "bash|zsh|fish",
    .least_words = 1,
    .most_words = 1,
    .summary = "print a script that completes commands and options",
    .help = "For bash: imgbuild completion bash >/etc/bash_completion.d/imgbuild\n",
    .options = NULL,
    .option_count = 0,
    .run = run,
};
