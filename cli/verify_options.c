#include "cli/verify_options.h"

#include "base/file.h"
#include "base/utc_time.h"
#include "cli/signing/public_file.h"
#include "manifests/yaml/number.h"
#include "sign/certificates/public_key_file.h"
#include "sign/image/mcuboot.h"

#include <string.h>
#include <time.h>

enum { TRUST_FILE_BYTES_MOST = 16 << 20 };

/* ---- trust ---- */

static bool read_anchors(struct invocation *invocation, struct trust *trust)
{
    const struct option_values *paths = options_values(&invocation->options, "trust");
    const struct trust_anchor **anchors =
        ARENA_ARRAY(invocation->arena, const struct trust_anchor *, paths->count);
    bool ok = true;
    for (size_t i = 0; i < paths->count; i++) {
        const struct source_pos named_at = {paths->items[i], 0, 0};
        struct span pem;
        ok = public_file_read(paths->items[i], invocation->arena, &pem, invocation->diags) &&
             trust_read_anchor(pem, named_at, invocation->arena, &anchors[trust->anchor_count],
                               invocation->diags) &&
             ok;
        trust->anchor_count += anchors[trust->anchor_count] != NULL;
    }
    trust->anchors = anchors;
    return ok;
}

static bool read_crls(struct invocation *invocation, struct trust *trust)
{
    const struct option_values *paths = options_values(&invocation->options, "crl");
    const struct trust_crl **crls =
        ARENA_ARRAY(invocation->arena, const struct trust_crl *, paths->count);
    bool ok = true;
    for (size_t i = 0; i < paths->count; i++) {
        const struct source_pos named_at = {paths->items[i], 0, 0};
        struct span bytes;
        ok = file_read(invocation->arena, paths->items[i], TRUST_FILE_BYTES_MOST, NOWHERE, &bytes,
                       invocation->diags) &&
             trust_read_crl(bytes, named_at, invocation->arena, &crls[trust->crl_count],
                            invocation->diags) &&
             ok;
        trust->crl_count += crls[trust->crl_count] != NULL;
    }
    trust->crls = crls;
    return ok;
}

static bool usage(struct invocation *invocation, const char *message)
{
    command_usage(invocation, "%s", message);
    return false;
}

static bool read_at(struct invocation *invocation, struct trust *trust)
{
    const char *text = options_value(&invocation->options, "at");
    trust->at_unix = (int64_t)time(NULL);
    return text == NULL || utc_time_parse(text, &trust->at_unix) ||
           usage(invocation, "invalid --at: expected a time in UTC such as 2026-01-31T12:00:00Z, "
                             "2026-01-31 or @1700000000");
}

static bool read_threshold(struct invocation *invocation, struct trust *trust)
{
    const char *text = options_value(&invocation->options, "threshold");
    uint64_t threshold = 1;
    if (text != NULL && (number_parse(text, &threshold) != NUMBER_GOOD || threshold == 0))
        return usage(invocation, "invalid --threshold: expected a number of at least 1");
    trust->threshold = (size_t)threshold;
    const size_t most = trust_most_signers(trust, invocation->arena);
    if (text == NULL || threshold <= most)
        return true;
    command_usage(invocation,
                  "--threshold %s can never be reached: only %zu distinct key%s trusted", text,
                  most, most == 1 ? " is" : "s are");
    return false;
}

static bool check_company(struct invocation *invocation)
{
    static const char *const names[] = {"threshold", "crl", "identity"};
    if (options_values(&invocation->options, "trust")->count != 0)
        return true;
    bool ok = true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (options_values(&invocation->options, names[i])->count == 0)
            continue;
        command_usage(invocation, "--%s requires --trust", names[i]);
        ok = false;
    }
    return ok;
}

static bool read_trust(struct invocation *invocation, struct trust *ret)
{
    const struct option_values *identities = options_values(&invocation->options, "identity");
    struct trust trust = {.identities = identities->items, .identity_count = identities->count};
    bool ok = check_company(invocation);
    ok = read_at(invocation, &trust) && ok;
    ok = read_anchors(invocation, &trust) && ok;
    ok = read_crls(invocation, &trust) && ok;
    if (!ok || !read_threshold(invocation, &trust))
        return false;
    *ret = trust;
    return true;
}

/* ---- facts ---- */

static bool read_running(struct invocation *invocation, struct compat_facts *facts)
{
    const char *text = options_value(&invocation->options, "running");
    if (text == NULL)
        return !facts->no_downgrade || usage(invocation, "--no-downgrade requires --running");
    if (strcmp(text, "none") == 0) {
        facts->running = RUNNING_NONE;
        return true;
    }
    facts->running = RUNNING_VERSION;
    return version_read(text, &facts->running_version) ||
           usage(invocation, "invalid --running: expected a version such as 3.1.0, or none");
}

static bool read_host(struct invocation *invocation, const char *text, struct compat_facts *facts,
                      struct compat_host_fact *ret)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text || !version_read(equals + 1, &ret->version))
        return usage(invocation,
                     "invalid --host: expected a daemon and its version, such as halpid=5.1.0");
    ret->name = arena_copy_text(invocation->arena, text, (size_t)(equals - text));
    for (size_t i = 0; i < facts->host_count; i++) {
        if (strcmp(facts->hosts[i].name, ret->name) == 0) {
            command_usage(invocation, "--host is given twice for %s", ret->name);
            return false;
        }
    }
    facts->host_count++;
    return true;
}

static bool read_hosts(struct invocation *invocation, struct compat_facts *facts)
{
    const struct option_values *values = options_values(&invocation->options, "host");
    struct compat_host_fact *hosts =
        ARENA_ARRAY(invocation->arena, struct compat_host_fact, values->count);
    facts->hosts = hosts;
    for (size_t i = 0; i < values->count; i++) {
        if (!read_host(invocation, values->items[i], facts, &hosts[i]))
            return false;
    }
    return true;
}

static bool read_epoch(struct invocation *invocation, struct compat_facts *facts)
{
    const char *text = options_value(&invocation->options, "epoch");
    facts->has_epoch = text != NULL;
    return text == NULL ||
           (number_parse(text, &facts->epoch) == NUMBER_GOOD && facts->epoch <= UINT32_MAX) ||
           usage(invocation, "invalid --epoch: expected a 32-bit number");
}

static bool read_facts(struct invocation *invocation, struct compat_facts *ret)
{
    const struct options *options = &invocation->options;
    struct compat_facts facts = {
        .hardware = options_value(options, "hardware"),
        .board = options_value(options, "board"),
        .slot = options_value(options, "slot"),
        .no_downgrade = options_flag(options, "no-downgrade"),
        .refuse_unknown = options_flag(options, "strict"),
    };
    if (facts.slot != NULL && facts.slot[0] == '\0')
        return usage(
            invocation,
            "--slot needs the name of an image slot; leave it out for devices without image slots");
    if (!read_running(invocation, &facts) || !read_hosts(invocation, &facts) ||
        !read_epoch(invocation, &facts))
        return false;
    *ret = facts;
    return true;
}

static bool read_image_key(struct invocation *invocation, struct verify_options *options)
{
    const char *path = options_value(&invocation->options, "image-public");
    const struct source_pos named_at = {path, 0, 0};
    struct span pem;
    if (path == NULL)
        return true;
    struct public_key *key = ARENA_NEW(invocation->arena, struct public_key);
    options->image_key = key;
    return public_file_read(path, invocation->arena, &pem, invocation->diags) &&
           public_key_file_read(pem, named_at, invocation->arena, key, invocation->diags) &&
           mcuboot_check_key(key, named_at, invocation->diags);
}

bool verify_options_read(struct invocation *invocation, struct verify_options *ret)
{
    struct verify_options options = {.image_key = NULL};
    if (!read_image_key(invocation, &options) || !read_facts(invocation, &options.facts) ||
        !read_trust(invocation, &options.trust))
        return false;
    *ret = options;
    return true;
}

enum exit_status verify_answer_status(enum verify_answer answer)
{
    switch (answer) {
    case VERIFY_TRUSTED:
    case VERIFY_INTACT:
        return EXIT_DONE;
    case VERIFY_DAMAGED:
        return EXIT_INPUT;
    case VERIFY_UNTRUSTED:
        return EXIT_UNTRUSTED;
    case VERIFY_REFUSED:
        return EXIT_REFUSED;
    case VERIFY_UNREADABLE:
        return EXIT_UNREADABLE;
    }
    return EXIT_INPUT;
}
