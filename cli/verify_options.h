/* The options that `verify` and `extract` share: which keys to trust, and what is known about a
 * device. */
#ifndef CLI_VERIFY_OPTIONS_H
#define CLI_VERIFY_OPTIONS_H

#include "cli/archive/verification.h"
#include "cli/command.h"

#define VERIFY_OPTIONS                                                                             \
    {"trust", 0, OPTION_MANY, "FILE", "trust this public key, or this CA's certificates"},         \
        {"threshold", 0, OPTION_ONE, "N", "how many trusted keys must have signed (default 1)"},   \
        {"at", 0, OPTION_ONE, "TIME",                                                              \
         "check dates against this time: 2026-01-31[T12:00:00Z], @SECS"},                          \
        {"crl", 0, OPTION_MANY, "FILE", "revocation list; if given, every issuer needs one"},      \
        {"identity", 0, OPTION_MANY, "SUBJECT", "accept only certificates with this subject"},     \
        {"image-public", 0, OPTION_ONE, "KEY",                                                     \
         "check MCUboot's signature inside the image with this key"},                              \
        {"hardware", 0, OPTION_ONE, "NAME", "the device's hardware revision"},                     \
        {"board", 0, OPTION_ONE, "NAME", "the device's board"},                                    \
        {"slot", 0, OPTION_ONE, "NAME", "the image slot it is to be written to"},                  \
        {"running", 0, OPTION_ONE, "N.N.N|none", "the version now running on the device"},         \
        {"host", 0, OPTION_MANY, "DAEMON=N.N.N", "the version of a daemon on its host"},           \
        {"epoch", 0, OPTION_ONE, "N", "the lowest epoch that the device accepts"},                 \
        {"no-downgrade", 0, OPTION_FLAG, NULL, "refuse a version lower than the running one"},     \
    {                                                                                              \
        "strict", 0, OPTION_FLAG, NULL, "also refuse if a fact about the device is not given"      \
    }

/* Reads them. Errors: usage, file-…, key-…, trust-…, crl-…: an unusable file is wrong usage. */
MUST_CHECK bool verify_options_read(struct invocation *invocation, struct verify_options *ret);

/* The exit status for an answer. */
enum exit_status verify_answer_status(enum verify_answer answer);

#endif
