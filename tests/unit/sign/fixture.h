/* What each test of this folder has for itself: an arena and a list of diagnostics. */
#ifndef TESTS_UNIT_SIGN_FIXTURE_H
#define TESTS_UNIT_SIGN_FIXTURE_H

#include "base/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
    struct arena *arena;
    struct diag_list diags;
};

static inline void out_of_memory(void)
{
    abort();
}

static inline int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->arena = arena_create(out_of_memory);
    fixture->diags = diag_list_in(fixture->arena);
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;
    arena_destroy(fixture->arena);
    free(fixture);
    return 0;
}

#endif
