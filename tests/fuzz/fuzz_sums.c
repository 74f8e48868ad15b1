/* SHA256SUMS as anybody may have written it: what is read, written again, gives the same bytes, and
 * an archive is intact under it only when each of its members has its own line. */
#include "sign/archive/archive_read.h"
#include "sign/archive/archive_write.h"
#include "sign/archive/intact.h"
#include "sign/archive/sums.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void out_of_memory(void)
{
    abort();
}

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* The digests are of the contents; whatever else is accepted would be an error. */
static const char whole[] =
    "711a6108ba2ce6ca93dd47d6817f2361db10d8ab6eec89460b2dfc2c325efabe  README.txt\n"
    "c3bf47ea1f4a4a605470313cacb3a44f4a461f68c6faeab07e737610cb5ac835  image/image.bin\n";

static void check_intact(struct span text, struct arena *arena)
{
    struct diag_list diags = diag_list_in(arena);
    const struct archive_member members[] = {{"README.txt", span_of_text("readme")},
                                             {ARCHIVE_SUMS_NAME, text},
                                             {"image/image.bin", span_of_text("firmware")}};
    struct span bytes;
    struct archive archive;
    check(archive_write(members, sizeof members / sizeof *members, arena, &bytes, &diags));
    check(archive_read(bytes, NOWHERE, arena, &archive, &diags));
    const bool is_intact = intact_check(&archive, NOWHERE, arena, &diags);
    check(is_intact == (diags.error_count == 0));
    check(is_intact == span_equal(text, span_of_text(whole)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena *arena = arena_create(out_of_memory);
    struct diag_list diags = diag_list_in(arena);
    const struct span text = {data, bytes};
    struct sums sums;
    const bool is_read = sums_parse(text, NOWHERE, arena, &sums, &diags);
    check(is_read == (diags.error_count == 0));
    if (is_read)
        check(span_equal(sums_write(sums.lines, sums.line_count, arena), text));
    check_intact(text, arena);
    arena_destroy(arena);
    return 0;
}
