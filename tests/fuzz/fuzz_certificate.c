/* Certificates, chains and revocation lists of anybody: PEM files, and DER one after the other. */
#include "sign/certificates/chain.h"
#include "sign/certificates/trust.h"
#include "sign/keys/pem.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

enum { AT_2030 = 1893456000, PARTS_MOST = 8 };

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

/* Names are shown on terminals, and compared. */
static void check_printable(const char *text)
{
    for (; *text != 0; text++)
        check(*text >= ' ' && *text <= '~');
}

static bool same_objection(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Each certificate of a chain is taken for a trusted one. */
static void check_chain(const struct chain *chain, const struct chain_terms *terms,
                        struct arena *arena)
{
    for (size_t i = 0; i < chain->count; i++) {
        const struct certificate *anchor = &chain->certificates[i];
        check_printable(anchor->subject_text);
        if (!chain_ends_at(chain, anchor))
            continue;
        const char *objection = chain_objection(chain, anchor, terms, arena);
        check(same_objection(objection, chain_objection(chain, anchor, terms, arena)));
        if (objection != NULL)
            continue;
        check(anchor->is_ca && anchor->may_sign_certificates);
        check(!chain->certificates[0].is_ca && chain->certificates[0].may_sign_code);
        check(terms->list_count == 0 || anchor->may_sign_lists);
    }
}

static void check_pem(struct span pem, const struct chain_terms *terms, struct arena *arena)
{
    struct diag_list diags = diag_list_in(arena);
    struct chain chain;
    const bool is_chain = chain_read(pem, NOWHERE, arena, &chain, &diags);
    check(is_chain == (diags.error_count == 0));
    if (is_chain)
        check_chain(&chain, terms, arena);
    diags = diag_list_in(arena);
    const struct trust_anchor *anchor;
    const bool is_anchor = trust_read_anchor(pem, NOWHERE, arena, &anchor, &diags);
    check(is_anchor == (diags.error_count == 0));
    if (!is_anchor || !is_chain)
        return;
    const struct trust trust = {
        .anchors = &anchor, .anchor_count = 1, .threshold = 1, .at_unix = AT_2030};
    const struct trust_verdict verdict = trust_judge(&trust, &chain.key, &chain, arena);
    check((verdict.trusted_by == NULL) == (verdict.reason != NULL));
    check(trust_count(&trust, &verdict, 1, arena) == (verdict.trusted_by != NULL));
}

static void check_list(struct span bytes, struct arena *arena)
{
    struct diag_list diags = diag_list_in(arena);
    const struct trust_crl *crl;
    check(trust_read_crl(bytes, NOWHERE, arena, &crl, &diags) == (diags.error_count == 0));
}

/* A SEQUENCE with a length of two bytes, which certificates and lists are. */
static bool next_part(struct span *rest, struct span *ret)
{
    enum { HEADER_BYTES = 4, LONG_OF_TWO = 0x82, SEQUENCE = 0x30 };
    if (rest->bytes < HEADER_BYTES || rest->data[0] != SEQUENCE || rest->data[1] != LONG_OF_TWO)
        return false;
    size_t bytes = HEADER_BYTES + (size_t)(rest->data[2] << 8 | rest->data[3]);
    if (bytes > rest->bytes)
        bytes = rest->bytes;
    *ret = (struct span){rest->data, bytes};
    *rest = (struct span){rest->data + bytes, rest->bytes - bytes};
    return true;
}

/* Parts that are lists are the chain's lists, all others make the chain. */
static void check_der(struct span rest, struct arena *arena)
{
    struct diag_list diags = diag_list_in(arena);
    const struct revocation_list *lists[PARTS_MOST];
    struct chain_terms terms = {.at_unix = AT_2030, .lists = lists};
    struct buffer pem = buffer_in(arena);
    struct span part;
    for (size_t i = 0; i < PARTS_MOST && next_part(&rest, &part); i++) {
        size_t count;
        if (revocation_read(part, NOWHERE, arena, &lists[terms.list_count], &count, &diags)) {
            check(count == 1);
            check_printable(lists[terms.list_count++]->issuer_text);
        } else {
            buffer_append_text(&pem, pem_write("CERTIFICATE", part, arena));
        }
    }
    check_pem(buffer_span(&pem), &terms, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena *arena = arena_create(out_of_memory);
    const struct span input = {data, bytes};
    const struct chain_terms terms = {.at_unix = AT_2030};
    check_pem(input, &terms, arena);
    check_list(input, arena);
    check_der(input, arena);
    arena_destroy(arena);
    return 0;
}
