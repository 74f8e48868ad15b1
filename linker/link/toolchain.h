/* The linker that a board names, and how to speak to it. */
#ifndef LINKER_LINK_TOOLCHAIN_H
#define LINKER_LINK_TOOLCHAIN_H

#include <stdbool.h>
#include <stddef.h>

enum toolchain_style {
    TOOLCHAIN_LD,    /* arm-none-eabi-ld, ld.lld, … */
    TOOLCHAIN_DRIVER /* a compiler that starts the linker: options go through -Wl, */
};

struct toolchain {
    const char *linker; /* a path, or a name that is looked up on PATH */
    enum toolchain_style style;
    const char *emulation;    /* -m of style ld, when the flags have none; NULL: the linker's own */
    bool is_arm;              /* what it links is for Arm, whose options it has */
    const char *const *flags; /* of the program that is linked: after the objects, searched together
                               * with the libraries */
    size_t flag_count;
    const char *const *launcher; /* words put before the linker: a wrapper, `nice`, … */
    size_t launcher_count;
};

#endif
