/* Points in time as they are written, always UTC. */
#ifndef BASE_UTC_TIME_H
#define BASE_UTC_TIME_H

#include "base/diag.h"

/* Reads 2026-01-31T12:00:00Z, 2026-01-31 (its first second), or @1700000000 (seconds since 1970),
 * from the year 1970 to 9999, without leap seconds. False, with *ret untouched, for any other text.
 * Units:  seconds since 1970-01-01T00:00:00Z.
 * Source: RFC 3339, 5.6. */
MUST_CHECK bool utc_time_parse(const char *text, int64_t *ret);

/* Writes it as 2026-01-31T12:00:00Z.
 * Shape:  from 1970 to 9999. */
const char *utc_time_text(int64_t seconds, struct arena *arena);

#endif
