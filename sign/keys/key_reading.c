#include "sign/keys/key_reading.h"

#include "sign/keys/der.h"
#include "sign/keys/oid.h"

bool key_reading_wrong(const struct key_reading *reading, const char *what)
{
    return diag_error(reading->diags, "key-form", reading->pos, "%s", what);
}

bool key_reading_unsupported(const struct key_reading *reading, const char *what)
{
    diag_error(reading->diags, "key-unsupported", reading->pos, "%s is not supported", what);
    diag_hint(reading->diags, "keys are of P-256, P-384, RSA with 3072 bits or RSA with 4096 bits");
    return false;
}

bool key_reading_curve(const struct key_reading *reading, struct span parameters,
                       enum key_kind *ret)
{
    struct span curve;
    if (der_is_next(parameters, DER_SEQUENCE)) {
        key_reading_unsupported(reading,
                                "an EC key that spells its curve out instead of naming it");
        diag_hint(reading->diags, "write the name with `openssl pkey -ec_param_enc named_curve`");
        return false;
    }
    if (!der_whole(parameters, DER_OID, &curve))
        return key_reading_wrong(reading, "the EC key does not name its curve");
    const enum oid oid = oid_of(curve);
    if (oid != OID_P256 && oid != OID_P384)
        return key_reading_unsupported(reading, arena_format(reading->arena, "an EC key on %s",
                                                             oid_name(curve, reading->arena)));
    *ret = oid == OID_P256 ? KEY_P256 : KEY_P384;
    return true;
}
