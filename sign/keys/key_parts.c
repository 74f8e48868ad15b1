#include "sign/keys/key_parts.h"

enum { EC_VERSION = 1 };

bool key_parts_take_algorithm(struct span *rest, struct key_algorithm *ret)
{
    struct span after = *rest, content;
    struct key_algorithm algorithm;
    if (!der_take(&after, DER_SEQUENCE, &content) || !der_take(&content, DER_OID, &algorithm.oid) ||
        algorithm.oid.bytes == 0)
        return false;
    algorithm.parameters = content;
    struct span parameter;
    if (content.bytes != 0 &&
        (!der_take(&content, (enum der_tag)content.data[0], &parameter) || content.bytes != 0))
        return false;
    *rest = after;
    *ret = algorithm;
    return true;
}

bool key_parts_spki(struct span der, struct spki_parts *ret)
{
    struct span content;
    struct spki_parts parts;
    if (!der_whole(der, DER_SEQUENCE, &content) ||
        !key_parts_take_algorithm(&content, &parts.algorithm) ||
        !der_take_bytes_of_bits(&content, &parts.key) || content.bytes != 0)
        return false;
    *ret = parts;
    return true;
}

bool key_parts_rsa_public(struct span der, struct rsa_public_parts *ret)
{
    struct span content;
    struct rsa_public_parts parts;
    if (!der_whole(der, DER_SEQUENCE, &content) || !der_take_number(&content, &parts.n) ||
        !der_take_number(&content, &parts.e) || content.bytes != 0)
        return false;
    *ret = parts;
    return true;
}

bool key_parts_rsa_private(struct span der, struct rsa_private_parts *ret)
{
    struct span content;
    uint32_t version;
    struct rsa_private_parts parts;
    struct span *const numbers[] = {&parts.n, &parts.e,  &parts.d,  &parts.p,
                                    &parts.q, &parts.dp, &parts.dq, &parts.qp};
    if (!der_whole(der, DER_SEQUENCE, &content) || !der_take_u32(&content, &version) ||
        version != 0)
        return false;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (!der_take_number(&content, numbers[i]))
            return false;
    }
    if (content.bytes != 0)
        return false;
    *ret = parts;
    return true;
}

bool key_parts_ec_private(struct span der, struct ec_private_parts *ret)
{
    struct span content, wrapped;
    uint32_t version;
    struct ec_private_parts parts = {0};
    if (!der_whole(der, DER_SEQUENCE, &content) || !der_take_u32(&content, &version) ||
        version != EC_VERSION || !der_take(&content, DER_OCTET_STRING, &parts.scalar))
        return false;
    if (der_is_next(content, DER_CONTEXT_0) &&
        (!der_take(&content, DER_CONTEXT_0, &parts.parameters) || parts.parameters.bytes == 0))
        return false;
    if (der_is_next(content, DER_CONTEXT_1) && (!der_take(&content, DER_CONTEXT_1, &wrapped) ||
                                                !der_take_bytes_of_bits(&wrapped, &parts.point) ||
                                                wrapped.bytes != 0 || parts.point.bytes == 0))
        return false;
    if (content.bytes != 0)
        return false;
    *ret = parts;
    return true;
}

bool key_parts_pkcs8(struct span der, struct pkcs8_parts *ret)
{
    struct span content, attributes, bits = {0};
    uint32_t version;
    struct pkcs8_parts parts = {0};
    if (!der_whole(der, DER_SEQUENCE, &content) || !der_take_u32(&content, &version) ||
        version > 1 || !key_parts_take_algorithm(&content, &parts.algorithm) ||
        !der_take(&content, DER_OCTET_STRING, &parts.key))
        return false;
    if (der_is_next(content, DER_CONTEXT_0) && !der_take(&content, DER_CONTEXT_0, &attributes))
        return false;
    if (version == 1 && der_is_next(content, DER_CONTEXT_1_STRING)) {
        if (!der_take(&content, DER_CONTEXT_1_STRING, &bits) || bits.bytes < 2 || bits.data[0] != 0)
            return false;
        parts.public_key = (struct span){bits.data + 1, bits.bytes - 1};
    }
    if (content.bytes != 0 || (version == 1) != (parts.public_key.bytes != 0))
        return false;
    *ret = parts;
    return true;
}
