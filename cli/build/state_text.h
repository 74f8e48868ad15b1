/* A build's state as JSON. The text is this program's own; one that is anything else reads as none.
 *
 *   {"imgbuild_state": 2,
 *    "files": [{"path": "hello.o", "stamp": "BYTES INODE DEVICE MODIFIED CHANGED", "taken": NS,
 *               "xxh3": "32 digits"}, …],
 *    "steps": [{"output": "…", "command": "…", "files": "…", "stamp": "…", "map": "…",
 *               "inputs": "INDEX INDEX …", "programs": COUNT, "absent": ["…"]}, …],
 *    "memories": [{"name": "/flash", "used": 1344}],
 *    "build": {"key": "…", "files": "…", "inputs": "INDEX …", "summary": "…",
 *              "outputs": [{"path": "…", "stamp": "…"}]}}
 */
#ifndef CLI_BUILD_STATE_TEXT_H
#define CLI_BUILD_STATE_TEXT_H

#include "base/span.h"
#include "cli/build/state_tables.h"

/* Fills an open, empty state. False, with parts of it filled, when the text is not a state of this
 * version. */
bool state_text_read(struct span text, struct build_state *state);

const char *state_text_write(const struct build_state *state, struct arena *arena);

#endif
