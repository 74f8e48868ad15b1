/* Limits against hostile input. Real boards stay far below all of them. */
#ifndef MANIFESTS_YAML_LIMITS_H
#define MANIFESTS_YAML_LIMITS_H

enum {
    LIMIT_FILE_BYTES = 4 << 20,
    LIMIT_FILES = 64,     /* of one manifest: itself, what it inherits, chips */
    LIMIT_NODES = 400000, /* of all files together, each alias counted as what it stands for */
    LIMIT_DEPTH = 32,     /* mappings and lists inside one another */
    LIMIT_ALIASES = 1000, /* uses of anchors in all files together */
    LIMIT_ANCHORS = 256,  /* in one file */
    LIMIT_TASKS = 4096,
    LIMIT_MEMORIES = 256,
    LIMIT_PERIPHERALS = 1024,
    LIMIT_IMAGES = 16,
    LIMIT_INTERRUPTS = 1024, /* of one peripheral, and of one task */
    LIMIT_CALLS = 1024,      /* of one task, as the next */
    LIMIT_SECTIONS = 256,
    LIMIT_NOTIFICATIONS = 32, /* bits of a word: not only a limit, a format */
    LIMIT_NAME_BYTES = 64,
    LIMIT_ERRORS = 100 /* after so many a pass stops looking for more */
};

#endif
